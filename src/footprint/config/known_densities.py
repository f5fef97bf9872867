"""Options of the generator `known_density`: points whose exact density is known."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Strict
from footprint.config.simulated import Simulated

_USED = {
    "two_moons": ("width",),
    "mixture": ("width", "components"),
    "ring": ("width",),
    "correlated_normal": ("correlation",),
}
"""Which options decide each shape."""


class KnownDensityOptions(Strict):
    """Points (x, y) of a shape, and the logarithm of its density at each of them."""

    shape: Literal["two_moons", "mixture", "ring", "correlated_normal"] = Field(
        description="`two_moons`: two half circles of radius 1 that reach into each other; "
        "`mixture`: equal normal distributions evenly on a circle of radius 1; `ring`: a circle of "
        "radius 1; `correlated_normal`: a normal distribution, both sd 1."
    )
    width: Annotated[float, Field(ge=0.01, le=1)] = Field(
        0.1, description="Sd of the normal noise on x and y, of all shapes but `correlated_normal`."
    )
    components: Annotated[int, Field(ge=1, le=100)] = Field(
        8, description="Normal distributions of a `mixture`."
    )
    correlation: Annotated[float, Field(gt=-1, lt=1)] = Field(
        0.8, description="Correlation of x and y of a `correlated_normal`."
    )

    @model_validator(mode="after")
    def _has_a_meaning(self) -> Self:
        used = _USED[self.shape]
        for name, field in type(self).model_fields.items():
            if name not in {"shape", *used} and getattr(self, name) != field.default:
                msg = (
                    f"{name} says nothing of the shape '{self.shape}', which has "
                    f"{' and '.join(used)}: leave it out"
                )
                raise ValueError(msg)
        return self


class KnownDensity(Simulated):
    """A sample from the generator `known_density`."""

    arrays: ClassVar[tuple[str, ...]] = ("x", "y", "log_density")
    """What the generator makes of each event."""
    truth: ClassVar[tuple[str, ...]] = ("log_density",)
    """What networks must not see."""

    generator: Literal["known_density"] = Field(description="Which generator makes the events.")
    options: KnownDensityOptions = Field(description="Options of the generator.")
