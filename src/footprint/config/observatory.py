"""Options of the generator `observatory`: air showers over an array of surface detectors.

The formulas stand in `docs/physics/observatory.md`; the defaults are those of M. Erdmann,
J. Glombitza, D. Walz, Astropart. Phys. 97 (2018) 46.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from footprint.config.atmospheres import AtmosphereChoice
from footprint.config.base import Fraction, NotNegative, Positive, Strict, shorthand
from footprint.config.shower_models import (
    MUONS,
    ArrivalModel,
    LateralModel,
    MassNumber,
    Muons,
    named_muons,
)
from footprint.config.simulated import HadronicModel, Simulated

Stations = Annotated[int, Field(ge=2, le=200)]
LOWEST_LG_ENERGY, HIGHEST_LG_ENERGY = 17.0, 21.0
"""Energies, as log10(E/eV), for which the Xmax tables are given."""
LARGEST_ZENITH_DEG = 60.0
"""Zenith angle up to which the model of signals and arrival times is given."""


class ObservatoryOptions(Strict):
    """Air showers over an array of surface detectors, such as those of the Auger observatory.

    The formulas and their sources stand in `docs/physics/observatory.md`.
    """

    layout: Literal["offset", "axial", "cartesian"] = Field(
        "offset",
        description="`offset`: triangular grid, every other column shifted; `axial`: hexagon of a "
        "triangular grid in axial coordinates; `cartesian`: square grid.",
    )
    rows: Stations = Field(9, description="Stations along x, first axis of the arrays.")
    columns: Stations = Field(9, description="Stations along y, second axis of the arrays.")
    spacing_m: Positive = Field(1500.0, le=1e5, description="Distance between neighbours, m.")
    stations: str | None = Field(
        None,
        description="CSV file of stations with columns x, y and, if not flat, z in m; replaces "
        "the layout. Positions are taken from their mean, which lies at the altitude.",
    )
    altitude_m: NotNegative = Field(
        1400.0, le=6000, description="Altitude of the array above sea level, m."
    )
    atmosphere: AtmosphereChoice = Field(
        "us_standard",
        description="`us_standard` (CORSIKA 17, Keilhauer), `us_standard_linsley` (CORSIKA 1), "
        "`malargue_january` and `malargue_july` (CORSIKA 18 and 24), or layers.",
    )

    lg_energy: tuple[float, float] = Field(
        (18.5, 20.0), description="Range of log10(E/eV), within 17 to 21."
    )
    spectral_index: float = Field(
        1.0, ge=-5, le=10, description="Index g of dN/dE ~ E^-g; 1 is flat in log10 E."
    )
    masses: Annotated[
        dict[MassNumber, Positive],
        shorthand(
            list, lambda given: dict.fromkeys(given, 1.0), list[int] | dict[MassNumber, Positive]
        ),
    ] = Field(
        {1: 1.0, 4: 1.0, 14: 1.0, 56: 1.0},
        min_length=1,
        description="Mass numbers A with their relative abundances; a list is equal ones.",
    )
    zenith_max_deg: Positive = Field(
        60.0, description="Largest zenith angle, at most 60 degrees; pdf ~ sin cos."
    )
    core_radius_m: NotNegative | None = Field(
        None,
        description="Cores are uniform in a disc of this radius about the array's centre, m; "
        "without it half the spacing.",
    )
    hadronic_model: HadronicModel = Field(
        "EPOS-LHC", description="Table of the Xmax distribution (De Domenico et al. 2013)."
    )
    lowest_maximum_m: NotNegative = Field(
        200.0,
        le=1e4,
        description="An Xmax that lies less than this above the array is drawn again, m.",
    )

    muons: Annotated[
        Muons, shorthand(str, named_muons, Literal["published", "realistic"] | Muons)
    ] = Field(
        MUONS["published"],
        description="Number of muons by mass: `published`, `realistic`, or the numbers.",
    )
    muon_scale: Positive = Field(
        1.0, le=100, description="Factor on the number of muons of every shower."
    )
    signal_at_1000_m_VEM: Positive = Field(
        900.0,
        le=1e6,
        description="Signal of a 10 EeV shower at 1000 m from the axis, VEM; proportional to the "
        "energy. About 13 times that of Auger's stations.",
    )
    lateral: LateralModel = Field(
        default_factory=LateralModel, description="Signal against distance and depth."
    )
    arrival: ArrivalModel = Field(
        default_factory=ArrivalModel, description="Arrival of the particles in a station."
    )
    front: Literal["plane", "sphere"] = Field(
        "plane", description="Shape of the shower front that arrives at the stations."
    )
    sphere_origin: Positive = Field(
        0.5, lt=1, description="Depth of the spherical front's origin, as a part of Xmax."
    )
    light_speed_m_s: Positive = Field(
        3e8, ge=2.9e8, le=3.1e8, description="Speed of the shower front, m/s."
    )

    traces: bool = Field(
        True,
        description="Signal in bins of time; without, only integrated signal and arrival time.",
    )
    bins: Annotated[int, Field(ge=1, le=2000)] = Field(
        80, description="Time bins; particles that come after the last are lost."
    )
    bin_width_ns: Positive = Field(25.0, description="Width of a time bin, ns.")
    time_resolution_ns: NotNegative = Field(
        480.0,
        description="Sd of a station's arrival time times 1 + log10(signal/VEM + 1), ns.",
    )
    time_jitter_ns: NotNegative = Field(
        0.0, description="Sd of a further error of each station's arrival time, ns."
    )
    event_jitter_ns: NotNegative = Field(
        100.0, description="Full width of the uniform offset of all times of an event, ns."
    )
    bin_noise: NotNegative = Field(
        0.05, le=1, description="Relative sd of the signal in each time bin."
    )
    pedestal_VEM: NotNegative = Field(
        1.2, description="Mean pedestal of each time bin, never subtracted, VEM."
    )
    pedestal_spread: NotNegative = Field(
        0.5, le=5, description="Relative sd of the pedestal in each time bin."
    )
    noise_scale: NotNegative = Field(
        1.0, le=100, description="Factor on bin_noise and pedestal_spread."
    )
    gain_spread: Fraction = Field(
        0.0,
        description="Relative sd of the stations' gains, drawn for each event: a factor on the "
        "particles' signal, not on the pedestal.",
    )
    trigger_VEM: NotNegative = Field(
        115.2, description="Stations with a smaller signal, pedestal included, are silent, VEM."
    )
    dead_fraction: Fraction = Field(
        0.0, description="Part of the stations that is dead, drawn for each event."
    )
    saturation_VEM: Positive | None = Field(
        None, description="Largest integrated signal a station reports, VEM; without it any."
    )
    bin_saturation_VEM: Positive | None = Field(
        None, description="Largest signal of a time bin, VEM, with traces; without it any."
    )

    @field_validator("lg_energy")
    @classmethod
    def _tables_reach(cls, value: tuple[float, float]) -> tuple[float, float]:
        lowest, highest = value
        if not LOWEST_LG_ENERGY <= lowest <= highest <= HIGHEST_LG_ENERGY:
            msg = (
                f"expected [lowest, highest] log10(E/eV) within {LOWEST_LG_ENERGY:g} to "
                f"{HIGHEST_LG_ENERGY:g}, for which the Xmax tables are given"
            )
            raise ValueError(msg)
        return value

    @field_validator("zenith_max_deg")
    @classmethod
    def _model_reaches(cls, value: float) -> float:
        if value > LARGEST_ZENITH_DEG:
            msg = (
                f"the model of signals and arrival times is given for zenith angles up to "
                f"{LARGEST_ZENITH_DEG:g} degrees: inclined showers need another one"
            )
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        hexagon = self.stations is None and self.layout == "axial"
        if hexagon and (self.rows != self.columns or self.rows % 2 == 0):
            msg = (
                f"layout axial is a hexagon about a central station and needs rows = columns, "
                f"an odd number, found {self.rows} x {self.columns}"
            )
            raise ValueError(msg)
        if self.bin_saturation_VEM is not None and not self.traces:
            msg = "bin_saturation_VEM needs traces: true; without, use saturation_VEM"
            raise ValueError(msg)
        if self.saturation_VEM is not None and self.saturation_VEM <= self.trigger_VEM:
            msg = (
                f"saturation_VEM = {self.saturation_VEM:g} is not above trigger_VEM = "
                f"{self.trigger_VEM:g}: no station could trigger without being saturated"
            )
            raise ValueError(msg)
        return self


class Observatory(Simulated):
    """A sample from the generator `observatory`."""

    generator: Literal["observatory"] = Field(description="Which generator makes the events.")
    options: ObservatoryOptions = Field(
        default_factory=ObservatoryOptions, description="Options of the generator."
    )

    @property
    def arrays(self) -> tuple[str, ...]:
        """What the generator makes of each event, and the constants."""
        traces = ("traces",) if self.options.traces else ()
        return (*EVENT_ARRAYS, *traces, *CONSTANTS)


EVENT_ARRAYS = (
    "mass_number",
    "energy",
    "lg_energy",
    "xmax",
    "axis",
    "zenith",
    "azimuth",
    "core",
    "shower_maximum",
    "muon_fraction",
    "relative_muons",
    "stations_hit",
    "saturated_stations",
    "signal",
    "arrival_time",
    "station_status",
)
CONSTANTS = ("station_x", "station_y", "station_z")
"""The same for all events of a sample."""
