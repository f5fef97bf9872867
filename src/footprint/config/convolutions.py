"""Convolutional networks of the zoo: what reads images, footprints and jet images alike."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Count, Fraction, Name
from footprint.config.family import Family
from footprint.config.traces import TraceEncoder

Head = Literal["flatten", "max", "average"]


class StationFamily(Family):
    """Options of all networks that may read traces of stations."""

    traces: TraceEncoder | None = Field(
        None, description="How the trace of each station becomes channels of the footprint."
    )
    mask: Name | None = Field(
        None,
        description="Array whose mask says which stations are silent; without it the first "
        "channel that is a mask, and all stations count where there is none.",
    )


class ImageFamily(StationFamily):
    """Options of all convolutional networks."""

    spatial_dropout: Fraction = Field(
        0.0,
        description="Dropout rate of whole channels: after each block, and before the last "
        "convolution of blocks that add to their input.",
    )
    units: list[Count] = Field([], description="Units of the dense layers at the end.")


class PooledBlocks(ImageFamily):
    """Options of networks that are blocks of layers, with pooling between them."""

    filters: Annotated[list[Count | list[Count]], Field(min_length=1)] = Field(
        [16, 32], description="Filters of each block; a list within makes several layers."
    )
    pool_size: Count = Field(2, description="Side of the max pooling between blocks.")
    pool_last: bool = Field(False, description="Pool after the last block too.")
    block_dropout: Fraction = Field(
        0.0, description="Dropout rate after each block, of single pixels of single channels."
    )
    head: Head = Field(
        "flatten", description="From the last block to the dense layers: flatten or pool globally."
    )


class Cnn(PooledBlocks):
    """Convolutional network: blocks of convolutions, each followed by pooling; then dense layers.

    Images and footprints (rows, columns, channels) of equal grids are joined to one image. Traces
    (rows, columns, bins, channels) need an encoder. Other inputs join before the dense layers.
    Blocks of several 3 x 3 convolutions make a deep network like VGG (Simonyan, Zisserman 2015):
    `filters: [[64, 64], [128, 128], [256, 256, 256]], pool_last: true`.
    """

    name: Literal["cnn"]
    kernel_size: Count = Field(3, description="Side of the kernels in pixels.")


class Inception(PooledBlocks):
    """Inception network: units of four branches side by side, with pooling between blocks of them.

    The branches are a 1 x 1 convolution; 1 x 1, then 3 x 3; 1 x 1, then 5 x 5; 3 x 3 max pooling,
    then 1 x 1 (Szegedy et al. 2015). Their channels are joined: a unit of 16 filters returns 64
    channels, and a list within `filters` makes several units. Inputs as for `cnn`.
    """

    name: Literal["inception"]
    bottleneck: Count = Field(
        1,
        description="How many times fewer filters than the other convolutions the 1 x 1 ones "
        "before 3 x 3 and 5 x 5 have.",
    )

    @model_validator(mode="after")
    def _filters_can_be_divided(self) -> Self:
        for block in self.filters:
            for filters in block if isinstance(block, list) else [block]:
                if filters % self.bottleneck:
                    msg = f"filters must be multiples of bottleneck {self.bottleneck}, found "
                    raise ValueError(msg + str(filters))
        return self


class Stages(ImageFamily):
    """Options of the residual networks, on square and on triangular grids."""

    filters: Annotated[list[Count], Field(min_length=1)] = Field(
        [16, 32, 64], description="Filters of each stage; each halves the grid of the one before."
    )
    blocks: Count = Field(2, description="Residual blocks in each stage.")
    head: Head = Field(
        "flatten",
        description="From the last stage to the dense layers: flatten, which keeps where the core "
        "was, or pool globally.",
    )


class Residual(Stages):
    """Residual convolutional network: in each block two convolutions, added to their input.

    Inputs as for `cnn`. The defaults are for small arrays, 9 x 9 to 14 x 14 stations; for images
    take more filters, `head: average`, and blocks of three convolutions (ResNeXt) by `bottleneck`
    and `groups`: 1 x 1 to fewer filters, in groups, and 1 x 1 back.
    """

    name: Literal["residual"]
    kernel_size: Count = Field(3, description="Side of the kernels in pixels.")
    pre_activation: bool = Field(
        True,
        description="Activation (and batch normalisation) before each convolution, so that sums "
        "pass on unchanged (He et al. 2016); false: after it and after each sum, as in the first "
        "residual networks.",
    )
    bottleneck: Count = Field(
        1, description="How many times fewer filters the kernels within a block have."
    )
    groups: Count = Field(
        1, description="Groups of filters within a block that do not see each other (cardinality)."
    )

    @model_validator(mode="after")
    def _filters_can_be_shared(self) -> Self:
        for filters in self.filters:
            if filters % (self.bottleneck * self.groups):
                msg = (
                    f"filters must be multiples of bottleneck x groups = {self.bottleneck} x "
                    f"{self.groups}, found {filters}"
                )
                raise ValueError(msg)
        return self


class Separable(Stages):
    """Network of separable convolutions with residual shortcuts, like Xception (Chollet 2017).

    A separable convolution is a kernel for each channel, then 1 x 1 over all channels: fewer
    parameters and products. Blocks add what their separable convolutions make to their input;
    the first of a stage halves the grid and has a 1 x 1 convolution as its shortcut. Inputs as
    for `cnn`.
    """

    name: Literal["separable"]
    kernel_size: Count = Field(3, description="Side of the kernels in pixels.")
    convolutions: Count = Field(2, description="Separable convolutions in each block.")
    head: Head = Field(
        "average",
        description="From the last stage to the dense layers: flatten or pool globally.",
    )


class Hexagonal(Stages):
    """Residual network for triangular grids; its kernels reach a station's six neighbours.

    Inputs as for `cnn`, with stations on a triangular grid.
    """

    name: Literal["hexagonal"]
    layout: Literal["offset", "axial"] = Field(
        "offset",
        description="How rows and columns index the grid: `offset` if odd columns (second axis) "
        "are shifted by half a spacing, `axial` if each is shifted against the one before.",
    )
