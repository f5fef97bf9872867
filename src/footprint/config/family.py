"""Options that all networks of the zoo have."""

from typing import Literal

from pydantic import Field

from footprint.config.base import Count, Fraction, NotNegative, Strict

Activation = Literal["relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid", "leaky_relu"]
Cell = Literal["lstm", "gru"]
"""Kinds of memory that read a sequence."""


def check_heads(heads: int, width: int) -> None:
    """Refuse heads of an attention that cannot share its features.

    Raises
    ------
    ValueError
        With both numbers.
    """
    if width % heads:
        msg = f"heads must divide width, found {heads} heads and width {width}"
        raise ValueError(msg)


class Family(Strict):
    """Options of all networks of the zoo."""

    name: str
    activation: Activation = Field("relu", description="Activation of the hidden layers.")
    dropout: Fraction = Field(0.0, description="Dropout rate after hidden dense layers.")
    l1: NotNegative = Field(0.0, description="L1 penalty on the kernels.")
    l2: NotNegative = Field(0.0, description="L2 penalty on the kernels.")
    batch_normalisation: bool = Field(
        False, description="Normalise batches between each hidden layer and its activation."
    )
    head_units: list[Count] = Field(
        [], description="Units of dense layers that each target has for itself before its output."
    )
