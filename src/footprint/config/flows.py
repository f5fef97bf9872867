"""Normalising flows: densities that can be computed, drawn from and inverted."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Count, Fraction, Strict
from footprint.config.family import Activation

if TYPE_CHECKING:
    from footprint.config.family import Family as Body


class Flow(Strict):
    """A chain of invertible steps between what is learnt and a normal distribution.

    `affine_coupling` is RealNVP (Dinh et al. 2017), `spline_coupling` the neural spline flow
    (Durkan et al. 2019), `autoregressive` the masked autoregressive flow (Papamakarios et al.
    2017), whose draws take a pass for each variable, `spline_autoregressive` the same with splines.
    """

    name: Literal["flow"]
    transform: Literal[
        "affine_coupling", "spline_coupling", "autoregressive", "spline_autoregressive"
    ] = Field("spline_coupling", description="The kind of the invertible steps.")
    blocks: Count = Field(6, description="Steps of the chain; between them variables are mixed.")
    units: Annotated[list[Count], Field(min_length=1)] = Field(
        [64, 64], description="Units of the hidden layers of the network inside each step."
    )
    activation: Activation = Field("silu", description="Activation of the hidden layers.")
    dropout: Fraction = Field(0.0, description="Dropout rate after hidden layers.")
    bins: Annotated[int, Field(ge=2, le=100)] = Field(
        8, description="Pieces of a spline; affine steps have none."
    )
    range: Annotated[float, Field(gt=0, le=1000)] = Field(
        5.0,
        description="Splines act between -range and range, in units of the normal distribution, "
        "and leave what is beyond as it is.",
    )
    context: "Body | None" = Field(
        None,
        description="A network of the zoo that the conditions pass through first, such as "
        "`{name: dense, units: [64]}`; without it they enter each step as they are.",
    )
    context_units: list[Count] = Field(
        [], description="Units of dense layers between the conditions, or that network, and steps."
    )

    @model_validator(mode="after")
    def _all_variables_change(self) -> Self:
        if self.transform.endswith("coupling") and self.blocks == 1:
            msg = (
                f"one block of {self.transform} leaves half of the variables as they are: take "
                f"2 blocks or more, found 1"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _only_what_is_used(self) -> Self:
        if not self.transform.startswith("spline"):
            for name in ("bins", "range"):
                if getattr(self, name) != type(self).model_fields[name].default:
                    msg = (
                        f"{name} {getattr(self, name)} belongs to splines, and transform is "
                        f"{self.transform}: leave it out"
                    )
                    raise ValueError(msg)
        if self.context is not None and self.context.head_units:
            msg = (
                f"context.head_units {self.context.head_units} are layers of targets, which a flow "
                f"has not: name them context_units"
            )
            raise ValueError(msg)
        return self
