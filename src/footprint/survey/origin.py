"""Where a sample comes from, as far as its event files say it."""

from dataclasses import dataclass
from pathlib import Path

from scipy.constants import speed_of_light

from footprint.config.observatory import ObservatoryOptions
from footprint.config.simulated import HadronicModel
from footprint.files import hdf5
from footprint.files.events import open_events
from footprint.simulate.xmax import TABLES

BIN_NS = 25.0
"""Width of a trace's bins where the sample does not say it, as those of Auger's stations."""


@dataclass(frozen=True)
class Origin:
    """What a sample was made with.

    Attributes
    ----------
    sample
        Its name.
    hadronic_model
        Hadronic model of a simulation; None where it is not known.
    light_speed
        Speed of the shower front in m/ns: some simulations take a round number.
    bin_ns
        Width of the bins of traces in ns.
    observatory
        All options of the generator `observatory`; None for another origin.
    """

    sample: str
    hadronic_model: HadronicModel | None
    light_speed: float
    bin_ns: float
    observatory: ObservatoryOptions | None = None

    @property
    def pedestal(self) -> float:
        """Mean pedestal in a station's signal in VEM; 0 where it is not known."""
        options = self.observatory
        return options.bins * options.pedestal_VEM if options is not None else 0.0


def origin_of(path: Path) -> Origin:
    """Read from one of its event files what a sample was made with."""
    with open_events(path) as events:
        config = hdf5.read_json(events.file, "config")
        options = config.get("options") or {}
        model = options.get("hadronic_model")
        return Origin(
            sample=events.sample,
            hadronic_model=model if model in TABLES else None,
            light_speed=float(options.get("light_speed_m_s", speed_of_light)) * 1e-9,
            bin_ns=float(options.get("bin_width_ns", BIN_NS)),
            observatory=ObservatoryOptions.model_validate(options)
            if config.get("generator") == "observatory"
            else None,
        )
