"""Samples: events that are simulated, or read from files."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from footprint.config.base import Count, Name, NotNegative, Positive, Strict, one_of, value_of
from footprint.config.downloads import ReadSample
from footprint.config.functions import Function
from footprint.config.images import ImageFiles
from footprint.config.jet_files import JetClassFiles
from footprint.config.known_densities import KnownDensity
from footprint.config.logic_gates import LogicGate
from footprint.config.nanoaod import NanoAODFiles
from footprint.config.npz import NpzFiles
from footprint.config.observatory import Observatory
from footprint.config.pythia_jets import PythiaJets
from footprint.config.simulated import HadronicModel, Simulated
from footprint.config.toptagging import TopTaggingFiles


class VerticalShowersOptions(Strict):
    """Vertical air showers of one energy, seen through the muons that reach the ground.

    The reasons for the default values stand in `docs/physics/vertical_showers.md`.
    """

    energy_EeV: Positive = Field(
        10.0,
        ge=0.1,
        le=1000,
        description="Energy of every primary in EeV; the Xmax distribution is known from "
        "0.1 (10^17 eV) to 1000 (10^21 eV).",
    )
    mass_numbers: list[Annotated[int, Field(ge=1, le=56)]] = Field(
        [1, 4, 14, 56], min_length=1, description="Mass numbers A, drawn with equal probability."
    )
    hadronic_model: HadronicModel = Field(
        "EPOS-LHC", description="Table of the Xmax distribution (De Domenico et al. 2013)."
    )
    muons_at_10_EeV: Positive = Field(
        1000.0, le=1e6, description="Mean number of muons at ground of a 10 EeV proton shower."
    )
    mass_exponent: float = Field(
        0.15, ge=0, le=1, description="Exponent b of the number of muons, proportional to A^b."
    )
    muon_fluctuation: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.16,
        description="Relative sd of the number of muons from shower to shower for protons; "
        "falls as A^-0.3.",
    )
    depth_shift_g_cm2: NotNegative = Field(
        200.0,
        le=600,
        description="How far above Xmax a proton's muons are produced on average, g/cm2.",
    )
    depth_shift_per_lnA_g_cm2: float = Field(
        -10.0, ge=-40, le=40, description="Change of that shift for each unit of ln A, g/cm2."
    )
    interaction_spread_g_cm2: NotNegative = Field(
        55.0,
        le=200,
        description="Spread of the nucleons' first interactions in a nucleus, g/cm2; widens the "
        "production depths by sqrt(1 - 1/A) of it in quadrature.",
    )
    opening_angle_deg: Positive = Field(
        2.5, le=20, description="Sd of the muons' normal opening angle about the axis, degrees."
    )
    ground_altitude_m: NotNegative = Field(1400.0, le=6000, description="Altitude of the ground.")
    pixels: Annotated[int, Field(ge=4, le=128)] = Field(
        32, description="Pixels along each side of the grid."
    )
    pixel_size_m: Positive = Field(25.0, le=1e4, description="Length of a pixel's side in m.")
    core_offset_m: NotNegative = Field(
        300.0, le=1e5, description="Half-width of the uniform offset of the core in x and y, m."
    )
    time_offset_ns: NotNegative = Field(
        50.0, le=1e6, description="Half-width of the uniform offset of all times of an event, ns."
    )
    time_resolution_ns: NotNegative = Field(
        2.0, le=1e6, description="Sd of the timing of each pixel, ns."
    )


class VerticalShowers(Simulated):
    """A sample from the generator `vertical_showers`."""

    arrays: ClassVar[tuple[str, ...]] = (
        "mass_number",
        "xmax",
        "muons_at_ground",
        "filled_pixels",
        "core_x",
        "core_y",
        "muons",
        "arrival_time",
    )
    """What the generator makes of each event."""

    generator: Literal["vertical_showers"] = Field(description="Which generator makes the events.")
    options: VerticalShowersOptions = Field(
        default_factory=VerticalShowersOptions, description="Options of the generator."
    )


class RootOptions(Strict):
    """Which part of ROOT files to read, and how."""

    tree: str = Field(description="Name of the TTree or RNTuple.")
    branches: Annotated[dict[Name, str], Field(min_length=1)] = Field(
        description="Arrays to keep: our name, then the branch or a formula over branches in "
        "uproot's language."
    )
    units: dict[Name, str] = Field({}, description="Units of the arrays; others are pure numbers.")
    descriptions: dict[Name, str] = Field({}, description="One line on each array.")
    aliases: dict[Name, str] = Field(
        {}, description="Names for formulas, to be used in branches and cut."
    )
    cut: str | None = Field(
        None, description="Keep entries that pass this formula (one value per entry)."
    )
    lengths: dict[Name, Count] = Field(
        {}, description="Jagged arrays: keep so many values, fill up with NaN."
    )
    memory_MB: Positive = Field(100.0, description="Size of the blocks that are read at once.")

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        for name in ("event_id", "sample", "constants"):
            if name in self.branches:
                msg = f"'{name}' is what Footprint itself calls something: use another name"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _names_are_branches(self) -> Self:
        for key in ("units", "descriptions", "lengths"):
            for name in getattr(self, key):
                if name not in self.branches:
                    msg = f"{key} names '{name}', which is not among branches"
                    raise ValueError(msg)
        return self


class RootFiles(ReadSample):
    """A sample read from ROOT files."""

    can_stream: ClassVar[bool] = True

    reader: Literal["root"] = Field(description="Which reader understands the files.")
    options: RootOptions = Field(description="Options of the reader.")

    @property
    def arrays(self) -> tuple[str, ...]:
        """What is kept of each event."""
        return tuple(self.options.branches)


GENERATORS = {
    "vertical_showers": VerticalShowers,
    "observatory": Observatory,
    "pythia_jets": PythiaJets,
    "function": Function,
    "logic_gate": LogicGate,
    "known_density": KnownDensity,
}
READERS: dict[str, type[ReadSample]] = {
    "root": RootFiles,
    "npz": NpzFiles,
    "nanoaod": NanoAODFiles,
    "jetclass": JetClassFiles,
    "toptagging": TopTaggingFiles,
    "images": ImageFiles,
}
Files = Annotated[
    RootFiles | NpzFiles | NanoAODFiles | JetClassFiles | TopTaggingFiles | ImageFiles,
    Discriminator("reader"),
]
"""A sample that is read from files."""


def _kind(data: Any) -> str | None:
    for key in ("generator", "reader"):
        value = value_of(data, key)
        if value is not None:
            return f"{key}:{value}"
    return None


Sample = Annotated[
    Annotated[VerticalShowers, Tag("generator:vertical_showers")]
    | Annotated[Observatory, Tag("generator:observatory")]
    | Annotated[PythiaJets, Tag("generator:pythia_jets")]
    | Annotated[Function, Tag("generator:function")]
    | Annotated[LogicGate, Tag("generator:logic_gate")]
    | Annotated[KnownDensity, Tag("generator:known_density")]
    | Annotated[RootFiles, Tag("reader:root")]
    | Annotated[NpzFiles, Tag("reader:npz")]
    | Annotated[NanoAODFiles, Tag("reader:nanoaod")]
    | Annotated[JetClassFiles, Tag("reader:jetclass")]
    | Annotated[TopTaggingFiles, Tag("reader:toptagging")]
    | Annotated[ImageFiles, Tag("reader:images")],
    Discriminator(
        _kind,
        custom_error_type="sample_kind",
        custom_error_message="a sample needs 'generator:' ("
        + ", ".join(GENERATORS)
        + ") or 'reader:' ("
        + ", ".join(READERS)
        + ")",
    ),
    one_of("generator", GENERATORS),
    one_of("reader", READERS),
]
