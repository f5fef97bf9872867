"""Normalising flows: densities that can be computed, drawn from and inverted."""

from typing import Annotated, Literal

from pydantic import Field

from footprint.config.base import Count, Strict
from footprint.config.family import Activation


class Flow(Strict):
    """A chain of invertible steps between what is learnt and a normal distribution.

    `affine_coupling` is RealNVP (Dinh et al. 2017), `spline_coupling` the neural spline flow
    (Durkan et al. 2019), `autoregressive` the masked autoregressive flow (Papamakarios et al.
    2017), whose samples take a pass for each variable.
    """

    name: Literal["flow"]
    transform: Literal["affine_coupling", "spline_coupling", "autoregressive"] = Field(
        "spline_coupling", description="The kind of the invertible steps."
    )
    blocks: Count = Field(6, description="Steps of the chain; between them variables are mixed.")
    units: Annotated[list[Count], Field(min_length=1)] = Field(
        [64, 64], description="Units of the hidden layers of the network inside each step."
    )
    activation: Activation = Field("silu", description="Activation of the hidden layers.")
