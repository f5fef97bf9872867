"""Options of the generator `function`: points along a formula of x, with noise."""

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from footprint.config.base import NotNegative, Strict
from footprint.config.formulas import Transform, evaluate
from footprint.config.simulated import Simulated

Edge = Annotated[float, Field(allow_inf_nan=False)]
_TRIED = 1001
"""Points of the range at which the formula is tried before any job starts."""


class FunctionOptions(Strict):
    """Points (x, y) of a function of one variable, for networks to learn."""

    formula: Transform = Field(
        description="The function, a formula of x such as `sin(4 * x) + 0.3 * x`."
    )
    range: tuple[Edge, Edge] = Field(
        (-1.0, 1.0), description="x is uniform between these two values."
    )
    noise: NotNegative = Field(0.0, description="Sd of the normal noise on y, in the unit of y.")
    units: dict[Literal["x", "y"], str] = Field(
        {}, description="Units of x and y; without them they are pure numbers."
    )

    @model_validator(mode="after")
    def _is_finite(self) -> Self:
        low, high = self.range
        if not low < high:
            msg = f"range: found [{low:g}, {high:g}], expected the lower value first"
            raise ValueError(msg)
        x = np.linspace(low, high, _TRIED)
        bad = x[~np.isfinite(np.broadcast_to(evaluate(self.formula, {"x": x}), x.shape))]
        if len(bad):
            msg = (
                f"the formula '{self.formula}' is not finite at x = {bad[0]:g}, within the range "
                f"[{low:g}, {high:g}]: choose a range where it is defined everywhere"
            )
            raise ValueError(msg)
        return self


class Function(Simulated):
    """A sample from the generator `function`."""

    arrays: ClassVar[tuple[str, ...]] = ("x", "y", "truth")
    """What the generator makes of each event."""

    generator: Literal["function"] = Field(description="Which generator makes the events.")
    options: FunctionOptions = Field(description="Options of the generator.")
