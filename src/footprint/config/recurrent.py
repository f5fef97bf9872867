"""Recurrent networks for jets: a memory that reads the constituents one after the other."""

from typing import Annotated, Literal

from pydantic import Field

from footprint.config.base import Count
from footprint.config.constituents import ConstituentFamily
from footprint.config.family import Cell


class Recurrent(ConstituentFamily):
    """LSTM or GRU that reads the constituents, sorted by falling pT, one after the other.

    What it remembers at the end joins the other inputs before the last dense layers. Unlike for
    sets, the order matters.
    """

    name: Literal["recurrent"]
    cell: Cell = Field("gru", description="Kind of the memory; GRU has a quarter fewer parameters.")
    memory_units: Annotated[list[Count], Field(min_length=1)] = Field(
        [64], description="Size of the memory of each layer that reads."
    )
    bidirectional: bool = Field(
        False,
        description="Read from both ends with weights of their own and join what is remembered.",
    )
    order: Literal["hardest_last", "hardest_first"] = Field(
        "hardest_last",
        description="Order of reading where lists are sorted by falling pT; what is read last is "
        "remembered best.",
    )
    constituent_units: list[Count] = Field(
        [], description="Units of dense layers that each constituent passes before it is read."
    )
    units: list[Count] = Field([64], description="Units of the dense layers at the end.")
