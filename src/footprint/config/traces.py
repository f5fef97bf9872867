"""Encoders that turn the trace of a station into a few channels of the footprint."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from footprint.config.base import Count, Strict, one_of


class ConvolutionEncoder(Strict):
    """Convolutions along the time bins of each trace, the same weights for all stations."""

    name: Literal["conv1d"]
    filters: Annotated[list[Count], Field(min_length=1)] = Field(
        [16, 16], description="Filters of each convolution."
    )
    kernel_size: Count = Field(7, description="Length of the kernels in time bins.")
    strides: Count = Field(4, description="Time bins from one place of a kernel to the next.")
    units: Count = Field(16, description="Channels that a trace becomes.")


class LstmEncoder(Strict):
    """Long short-term memory that reads each trace, the same weights for all stations."""

    name: Literal["lstm"]
    units: Count = Field(16, description="Channels that a trace becomes: the memory's size.")
    bins_per_step: Count = Field(
        4, description="Time bins read at once; fewer steps are faster, all bins are used."
    )


ENCODERS = {"conv1d": ConvolutionEncoder, "lstm": LstmEncoder}
TraceEncoder = Annotated[
    ConvolutionEncoder | LstmEncoder,
    Discriminator("name"),
    one_of("name", ENCODERS, "trace encoder"),
]
