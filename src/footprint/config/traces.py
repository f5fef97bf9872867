"""Encoders that turn the trace of a station into a few channels of the footprint."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from footprint.config.base import Count, Strict, one_of
from footprint.config.family import Cell


class ConvolutionEncoder(Strict):
    """Convolutions along the time bins of each trace, the same weights for all stations."""

    name: Literal["conv1d"]
    filters: Annotated[list[Count], Field(min_length=1)] = Field(
        [16, 16], description="Filters of each convolution."
    )
    kernel_size: Count = Field(7, description="Length of the kernels in time bins.")
    strides: Count = Field(4, description="Time bins from one place of a kernel to the next.")
    units: Count = Field(16, description="Channels that a trace becomes.")


class RecurrentEncoder(Strict):
    """Options of the memories that read each trace, the same weights for all stations."""

    name: Cell
    units: Count | Annotated[list[Count], Field(min_length=1)] = Field(
        16, description="The memory's size; a list for several layers one behind the other."
    )
    bidirectional: bool = Field(
        False,
        description="Read each trace from both ends with weights of their own and join what is "
        "remembered, twice the channels.",
    )
    bins_per_step: Count = Field(
        4, description="Time bins read at once; fewer steps are faster, all bins are used."
    )

    @property
    def layers(self) -> list[int]:
        """Units of each layer."""
        return self.units if isinstance(self.units, list) else [self.units]


class LstmEncoder(RecurrentEncoder):
    """Long short-term memory (LSTM) that reads each trace."""

    name: Literal["lstm"]


class GruEncoder(RecurrentEncoder):
    """Gated recurrent unit (GRU) that reads each trace: a quarter fewer parameters than LSTM."""

    name: Literal["gru"]


ENCODERS = {"conv1d": ConvolutionEncoder, "lstm": LstmEncoder, "gru": GruEncoder}
TraceEncoder = Annotated[
    ConvolutionEncoder | LstmEncoder | GruEncoder,
    Discriminator("name"),
    one_of("name", ENCODERS, "trace encoder"),
]
