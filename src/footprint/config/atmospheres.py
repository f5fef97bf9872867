"""Atmospheres: the names of those that are built in, or layers of one's own."""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from footprint.config.base import Positive, Strict

AtmosphereName = Literal["us_standard", "us_standard_linsley", "malargue_january", "malargue_july"]
LARGEST_STEP = 0.02
"""Relative step of the depth between two layers; CORSIKA's own join to 0.2 %."""
HIGHEST_JOINT_M = 50_000.0
"""Above, hardly any air is left, and a step of it does not matter."""

Values = Annotated[
    list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=2, max_length=20)
]
Positives = Annotated[list[Positive], Field(min_length=2, max_length=20)]


class AtmosphereLayers(Strict):
    """Layers of an atmosphere: the depth is a + b exp(-h/c), in the last layer a - b h/c."""

    bottoms_m: Values = Field(
        description="Height of the lower border of each layer above sea level, from 0 upwards, m."
    )
    a_g_cm2: Values = Field(description="Constant a of each layer, g/cm2.")
    b_g_cm2: Positives = Field(description="Constant b of each layer, g/cm2.")
    c_cm: Positives = Field(description="Constant c of each layer, cm.")

    @model_validator(mode="after")
    def _is_an_atmosphere(self) -> Self:
        lengths = {name: len(getattr(self, name)) for name in type(self).model_fields}
        if len(set(lengths.values())) != 1:
            msg = f"each list needs one value a layer, found {lengths}"
            raise ValueError(msg)
        if self.bottoms_m[0] != 0 or sorted(set(self.bottoms_m)) != self.bottoms_m:
            msg = f"bottoms_m rises from 0, found {self.bottoms_m}"
            raise ValueError(msg)
        for upper, border in enumerate(self.bottoms_m[1:], start=1):
            below, above = self._depth(upper - 1, border), self._depth(upper, border)
            if border < HIGHEST_JOINT_M and abs(below - above) > LARGEST_STEP * abs(below):
                msg = (
                    f"layers do not join at {border:g} m: the depth is {below:.6g} g/cm2 by the "
                    f"lower and {above:.6g} by the upper layer (units: g/cm2 and cm)"
                )
                raise ValueError(msg)
        return self

    def _depth(self, layer: int, height_m: float) -> float:
        a, b, scale = self.a_g_cm2[layer], self.b_g_cm2[layer], self.c_cm[layer] / 100.0
        last = layer == len(self.bottoms_m) - 1
        return a - b * height_m / scale if last else a + b * math.exp(-height_m / scale)


def _kind(data: Any) -> str:
    return "name" if isinstance(data, str) else "layers"


AtmosphereChoice = Annotated[
    Annotated[AtmosphereName, Tag("name")] | Annotated[AtmosphereLayers, Tag("layers")],
    Discriminator(_kind),
]
