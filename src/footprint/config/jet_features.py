"""Derived arrays of jets: images, features of constituents, substructure."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from footprint.config.base import Count, Meaning, Name, Positive, Strict
from footprint.config.jet_arrays import SUBSTRUCTURE

PIXELATE, NORMALISE = "pixelate", "normalise"
FrameStep = Literal["centre", "rotate", "flip"]
ImageStep = Literal[FrameStep, "pixelate", "normalise"]
Intensity = Literal["pt", "energy", "constituents"]

_OF_FOUR_VECTORS = {
    "px": Meaning("GeV", "momentum along x"),
    "py": Meaning("GeV", "momentum along y"),
    "pz": Meaning("GeV", "momentum along the beam"),
    "energy": Meaning("GeV", "energy"),
    "pt": Meaning("GeV", "transverse momentum"),
    "eta": Meaning("", "pseudorapidity"),
    "phi": Meaning("rad", "azimuth"),
    "log_pt": Meaning("", "ln(pT/GeV)"),
    "log_energy": Meaning("", "ln(E/GeV)"),
    "pt_fraction": Meaning("", "pT over the jet's"),
    "log_pt_relative": Meaning("", "ln of pT over the jet's"),
    "log_energy_relative": Meaning("", "ln of energy over the jet's"),
    "deta": Meaning("", "pseudorapidity from the jet's axis, after the steps"),
    "dphi": Meaning("rad", "azimuth from the jet's axis, after the steps"),
    "delta_r": Meaning("", "distance sqrt(deta^2 + dphi^2)"),
}
CONSTITUENT_FEATURES = _OF_FOUR_VECTORS | {"charge": Meaning("", "electric charge")}
"""Features of each constituent."""
OF_JETS = {
    "mass": Meaning("GeV", "mass of the constituents' sum"),
    "constituents": Meaning("", "number of constituents in the list"),
    **SUBSTRUCTURE,
}
"""Substructure of each jet."""

_SUMMED: dict[Intensity, Meaning] = {
    "pt": Meaning("GeV", "transverse momentum"),
    "energy": Meaning("GeV", "energy"),
    "constituents": Meaning("", "numbers of constituents"),
}


def _once(steps: list[str]) -> list[str]:
    twice = sorted({step for step in steps if steps.count(step) > 1})
    if twice:
        msg = f"{', '.join(twice)} more than once in {steps}: take each step once"
        raise ValueError(msg)
    return steps


class OfConstituents(Strict):
    """What is derived from the constituents of jets."""

    px: Name = Field("constituent_px", description="Momenta of the constituents in GeV, along x;")
    py: Name = Field("constituent_py", description="along y;")
    pz: Name = Field("constituent_pz", description="along the beam. NaN = no constituent.")
    energy: Name = Field("constituent_energy", description="Energies of the constituents in GeV.")

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
        options = ("px", "py", "pz", "energy", "charge", *self.of_jets())
        named = {key: getattr(self, key, None) for key in options}
        return {key: array for key, array in named.items() if array is not None}

    def of_jets(self) -> tuple[str, ...]:
        """Name the options that stand for arrays of one value a jet."""
        return tuple(key for key in type(self).model_fields if key.startswith("jet_"))


class InFrame(OfConstituents):
    """What is derived from constituents in the frame of their jet."""

    jet_eta: Name | None = Field(
        None,
        description="Pseudorapidity of the jet's axis; without it that of the constituents' sum.",
    )
    jet_phi: Name | None = Field(None, description="Azimuth of the axis in rad, likewise.")
    rotate_by: Literal["principal_axis", "second_subjet"] = Field(
        "principal_axis",
        description="What `rotate` brings along phi: the axis of the largest spread, upright; or "
        "the second hardest subjet as seen from the hardest, downwards. Jets of one subjet are "
        "rotated by their principal axis.",
    )
    subjet_radius: Positive = Field(0.3, le=2, description="Radius of the kt subjets.")

    def finds_subjets(self, steps: Sequence[str]) -> bool:
        """Whether steps turn jets by their subjets."""
        return "rotate" in steps and self.rotate_by == "second_subjet"

    @model_validator(mode="after")
    def _whole_axis(self) -> Self:
        if (self.jet_eta is None) != (self.jet_phi is None):
            found = "jet_phi" if self.jet_eta is None else "jet_eta"
            msg = f"{found} stands alone: an axis needs both jet_eta and jet_phi, or none"
            raise ValueError(msg)
        return self


class JetImage(InFrame):
    """Image of a jet in pseudorapidity (first axis) and azimuth (second).

    The steps and their sources stand in `docs/physics/jet_features.md`.
    """

    method: Literal["jet_image"] = Field(description="How the array is derived.")
    steps: Annotated[list[ImageStep], AfterValidator(_once)] = Field(
        ["centre", "rotate", "flip", "pixelate", "normalise"],
        description="What is done, in this order; leave out what shall not be. `normalise` after "
        "`pixelate`: the pixels sum to 1; before it: all constituents do.",
    )
    pixels: Annotated[int, Field(ge=2, le=512)] = Field(40, description="Pixels along each side.")
    half_width: Positive = Field(
        0.8,
        le=6,
        description="Half the length of a side; constituents outside are dropped. The usual choice "
        "is the jets' radius.",
    )
    deposit: Literal["pixel", "cloud_in_cell"] = Field(
        "pixel",
        description="`pixel`: all that a constituent carries goes to the pixel it lies in; "
        "`cloud_in_cell`: it is shared among the four nearest pixels, linearly along each axis, "
        "which keeps its place between them.",
    )
    intensity: Intensity = Field(
        "pt",
        description="What the pixels sum: transverse momentum, energy, or the number of "
        "constituents.",
    )
    of: Literal["all", "charged", "neutral"] = Field(
        "all", description="Which constituents are summed; the steps move by all of them."
    )
    charge: Name | None = Field(
        None, description="Charges of the constituents, for `of: charged` and `of: neutral`."
    )

    @model_validator(mode="after")
    def _pixelates(self) -> Self:
        if PIXELATE not in self.steps:
            msg = f"steps {self.steps} have no 'pixelate': without it there is no image"
            raise ValueError(msg)
        late = set(self.steps[self.steps.index(PIXELATE) :]) - {PIXELATE, NORMALISE}
        if late:
            msg = f"steps {self.steps}: {sorted(late)} must stand before 'pixelate'"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _charge_serves_a_choice(self) -> Self:
        if (self.of == "all") != (self.charge is None):
            found = f"charge '{self.charge}'" if self.charge else "no charge"
            msg = (
                f"of: {self.of} with {found}: expected `of: charged` or `of: neutral` together "
                f"with the array of charges, such as `charge: constituent_charge`, or neither"
            )
            raise ValueError(msg)
        return self

    def sources(self) -> dict[str, str]:
        """Name the arrays of the events that are needed, by option: those that this image uses."""
        found = super().sources()
        if self.intensity != "energy" and not self.finds_subjets(self.steps):
            del found["energy"]
        return found

    def arrays(self, name: str) -> dict[str, Meaning]:
        """Name the array that the derivation makes, with unit and meaning."""
        units, what = _SUMMED[self.intensity]
        if NORMALISE in self.steps:
            units = ""
        if self.of != "all":
            what = f"{what} of {self.of} constituents"
        return {name: Meaning(units, f"image of {what}, eta and phi: {', '.join(self.steps)}")}

    def single(self, name: str) -> dict[str, Meaning]:  # noqa: ARG002
        """List the arrays of one value an event: none."""
        return {}


class Constituents(InFrame):
    """Features of the constituents of a jet, the hardest first, NaN after the last.

    The features stand in `docs/physics/jet_features.md`.
    """

    method: Literal["constituents"] = Field(description="How the arrays are derived.")
    charge: Name | None = Field(None, description="Charges of the constituents; adds `charge`.")
    jet_pt: Name | None = Field(
        None, description="Transverse momentum of the jet in GeV; without it that of the sum."
    )
    jet_energy: Name | None = Field(None, description="Energy of the jet in GeV, likewise.")
    most: Count | None = Field(
        None, description="Keep the hardest so many; without it all that the events have."
    )
    steps: Annotated[list[FrameStep], AfterValidator(_once)] = Field(
        [],
        description="What is done with `deta` and `dphi`, in this order, as for images: the usual "
        "one is `[centre, rotate, flip]`.",
    )

    def features(self) -> dict[str, Meaning]:
        """List the features with units and meanings."""
        return _OF_FOUR_VECTORS if self.charge is None else CONSTITUENT_FEATURES

    def arrays(self, name: str) -> dict[str, Meaning]:
        """List the arrays that the derivation makes, with units and meanings."""
        return {
            f"{name}_{key}": Meaning(units, f"{meaning}, of each constituent")
            for key, (units, meaning) in self.features().items()
        }

    def single(self, name: str) -> dict[str, Meaning]:  # noqa: ARG002
        """List the arrays of one value an event: none."""
        return {}


class Substructure(OfConstituents):
    """Substructure of a jet: soft-drop mass, N-subjettiness, energy correlations.

    The definitions stand in `docs/physics/jet_features.md`.
    """

    method: Literal["substructure"] = Field(description="How the arrays are derived.")
    radius: Positive = Field(0.8, le=2, description="Radius of the jets.")

    def arrays(self, name: str) -> dict[str, Meaning]:
        """List the arrays that the derivation makes, with units and meanings."""
        return {f"{name}_{key}": meaning for key, meaning in OF_JETS.items()}

    def single(self, name: str) -> dict[str, Meaning]:
        """List the arrays of one value an event: all."""
        return self.arrays(name)
