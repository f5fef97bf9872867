"""Derived arrays: physics quantities computed from those of an event when a data set is built."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, model_validator

from footprint.config.base import Meaning, Name, NotNegative, Positive, Strict, one_of
from footprint.config.footprint_features import FEATURES, TRACE_FEATURES
from footprint.config.formulas import Formula, variables
from footprint.config.jet_features import Constituents, JetImage, Substructure


class FootprintFeatures(Strict):
    """Features of an air shower's footprint: plane fit, lateral distribution, shape of traces.

    The features and their units stand in `docs/physics/footprint_features.md`.
    """

    method: Literal["footprint"] = Field(description="How the arrays are derived.")
    signal: Name = Field("signal", description="Signal of each station in VEM, NaN = silent.")
    time: Name = Field("arrival_time", description="Arrival time at each station in ns.")
    x: Name = Field("station_x", description="Coordinate of each station in m, NaN = none there.")
    y: Name = Field("station_y", description="Second coordinate in m.")
    z: Name = Field("station_z", description="Altitude of each station above the array's in m.")
    traces: Name | None = Field(
        None, description="Signal of each station per time bin; adds the features of traces."
    )
    bin_ns: Positive = Field(25.0, description="Length of a trace's bin in ns.")
    pedestal_VEM: float = Field(
        96.0,
        allow_inf_nan=False,
        description="Mean noise in a station's signal, subtracted; spread evenly over a trace.",
    )
    noise_VEM: NotNegative = Field(
        5.4, description="Sd of that noise per station; small signals count less in the fits."
    )
    timing_ns: Positive = Field(
        480.0, description="Sd of an arrival time is this over 1 + log10(signal + 1)."
    )
    slope: float = Field(
        -5.4, lt=0, ge=-20, description="Expected exponent of the lateral distribution at 1000 m."
    )
    slope_sd: Positive = Field(
        0.5, description="How well it is known: footprints of few stations take it as it stands."
    )
    flat_within_m: Positive = Field(
        150.0, description="The lateral distribution is constant within this distance."
    )

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        named = list(self.sources().values())
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            msg = f"{twice} stand for more than one of {', '.join(self.sources())}"
            raise ValueError(msg)
        return self

    def sources(self) -> dict[str, str]:
        """Name the arrays of the events that are needed, by option."""
        options = ("signal", "time", "x", "y", "z", "traces")
        return {key: getattr(self, key) for key in options if getattr(self, key) is not None}

    def features(self) -> dict[str, Meaning]:
        """List the features in the order of the columns, with units and meanings."""
        return FEATURES | (TRACE_FEATURES if self.traces is not None else {})

    def single(self, name: str) -> dict[str, Meaning]:
        """List the arrays of one value an event."""
        return {f"{name}_{key}": meaning for key, meaning in self.features().items()}

    def arrays(self, name: str) -> dict[str, Meaning]:
        """List the arrays that the derivation makes, with units and meanings.

        Parameters
        ----------
        name
            Name of the derivation.
        """
        return {
            name: Meaning("", f"all features of the footprint: {', '.join(self.features())}"),
            f"{name}_axis": Meaning("", "axis of the plane fit, upward unit vector"),
            f"{name}_core": Meaning("m", "core of the lateral distribution's fit"),
            **self.single(name),
        }


class Geometry(Strict):
    """Where the stations of an array are as seen from the axis of a shower.

    `<name>_distance`, perpendicular to the axis, and `<name>_plane_time`, when a plane front that
    moves with light along the axis reaches them, after it reaches the core.
    """

    method: Literal["geometry"] = Field(description="How the arrays are derived.")
    axis: Name = Field("axis", description="Upward unit vector along the axis (x, y, z).")
    core: Name = Field("core", description="Where the axis meets the ground (x, y), m.")
    x: Name = Field("station_x", description="Coordinate of each station in m, NaN = none there.")
    y: Name = Field("station_y", description="Second coordinate in m.")
    z: Name = Field("station_z", description="Altitude of each station above the array's in m.")

    def sources(self) -> dict[str, str]:
        """Name the arrays of the events that are needed, by option."""
        return {option: getattr(self, option) for option in ("axis", "core", "x", "y", "z")}

    def arrays(self, name: str) -> dict[str, Meaning]:
        """Name the arrays that the derivation makes, with units and meanings."""
        return {
            f"{name}_distance": Meaning("m", "distance of each station from the axis"),
            f"{name}_plane_time": Meaning("ns", "arrival of a plane front after that at the core"),
        }

    def single(self, name: str) -> dict[str, Meaning]:  # noqa: ARG002 - stations are several
        """Name what may have one value an event."""
        return {}


ID = "event_id"
RANDOM = ("random_uniform", "random_normal")
"""Names in formulas that stand for random numbers."""


class FormulaArray(Strict):
    """A formula over arrays of the events, one array more."""

    method: Literal["formula"] = Field(description="How the array is derived.")
    formula: Formula = Field(
        description="Formula over arrays of equal shape; `random_uniform` (0 to 1) and "
        "`random_normal` are random numbers of each event, always the same."
    )
    units: str = Field("", description="Unit of the result.")
    description: str = Field("", description="One line on it; without it the formula.")

    def sources(self) -> dict[str, str]:
        """Name the arrays of the events that are needed."""
        return {name: ID if name in RANDOM else name for name in variables(self.formula)}

    def arrays(self, name: str) -> dict[str, Meaning]:
        """Name the array that the derivation makes, with unit and meaning."""
        return {name: Meaning(self.units, self.description or self.formula)}

    def single(self, name: str) -> dict[str, Meaning]:
        """Name what may have one value an event."""
        return self.arrays(name)


METHODS = {
    "footprint": FootprintFeatures,
    "formula": FormulaArray,
    "geometry": Geometry,
    "jet_image": JetImage,
    "constituents": Constituents,
    "substructure": Substructure,
}
Derivation = Annotated[
    FootprintFeatures | FormulaArray | Geometry | JetImage | Constituents | Substructure,
    Discriminator("method"),
    one_of("method", METHODS, "derived array"),
]
