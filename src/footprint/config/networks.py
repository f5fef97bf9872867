"""Networks: names from the zoo with hyperparameters, lists of layers, or the user's own file."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from footprint.config.base import Count, Name, Strict, one_of, value_of
from footprint.config.constituents import (
    DeepSets,
    EnergyFlow,
    ParticleCnn,
    ParticleNet,
    ParticleTransformer,
)
from footprint.config.family import Family, check_heads
from footprint.config.keras_layers import check_layer
from footprint.config.traces import TraceEncoder

Head = Literal["flatten", "max", "average"]


class Dense(Family):
    """Fully connected network on the flattened inputs."""

    name: Literal["dense"]
    units: Annotated[list[Count], Field(min_length=1)] = Field(
        [100, 100, 100], description="Units of each hidden layer."
    )


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


class Cnn(StationFamily):
    """Convolutional network: blocks of convolutions, each followed by pooling; then dense layers.

    Footprints (rows, columns, channels) of equal grids are joined to one image. Traces (rows,
    columns, bins, channels) need an encoder. Other inputs join before the dense layers.
    """

    name: Literal["cnn"]
    filters: Annotated[list[Count | list[Count]], Field(min_length=1)] = Field(
        [16, 32], description="Filters of each block; a list within makes several convolutions."
    )
    kernel_size: Count = Field(3, description="Side of the kernels in pixels.")
    pool_size: Count = Field(2, description="Side of the max pooling between blocks.")
    head: Head = Field(
        "flatten", description="From the last block to the dense layers: flatten or pool globally."
    )
    units: list[Count] = Field([], description="Units of the dense layers at the end.")


class Stages(StationFamily):
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
    units: list[Count] = Field([], description="Units of the dense layers at the end.")


class Residual(Stages):
    """Residual convolutional network: in each block two convolutions, added to their input.

    Inputs as for `cnn`. The defaults are for small arrays, 9 x 9 to 14 x 14 stations; for images
    take more filters, `head: average`, and blocks of three convolutions (ResNeXt) by `bottleneck`
    and `groups`: 1 x 1 to fewer filters, in groups, and 1 x 1 back.
    """

    name: Literal["residual"]
    kernel_size: Count = Field(3, description="Side of the kernels in pixels.")
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


class SetAttention(StationFamily):
    """Set of stations: the same layers for each, self-attention between them, then pooling.

    The order of the stations does not matter, silent ones are left out. Inputs of two or more
    axes are stations, all axes but the last flattened; give positions as channels, since
    the network does not see where in the array a station stands.
    """

    name: Literal["set_attention"]
    width: Count = Field(32, description="Features that describe a station inside the network.")
    heads: Count = Field(2, description="Heads of each attention, which share the width.")
    blocks: Count = Field(2, description="Blocks of attention and dense layers.")
    pooling: Literal["attention", "mean", "max"] = Field(
        "attention", description="How the stations that are not silent become one vector."
    )
    units: list[Count] = Field([64], description="Units of the dense layers at the end.")
    most_stations: Count | None = Field(
        None,
        description="Stations of an event that are looked at, faster than all; where more have "
        "triggered, those of the largest values of the array that the mask belongs to.",
    )
    trace_input: Name | None = Field(
        None,
        description="Input that holds the traces; without it the one of four axes (rows, "
        "columns, bins, channels).",
    )

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> Self:
        check_heads(self.heads, self.width)
        return self


class Layers(Strict):
    """A list of Keras layers by their Keras names, read from top to bottom.

    Each entry is a name (`Flatten`), a name with its first argument (`Dropout: 0.3`), or a name
    with arguments (`Conv2D: {filters: 32, kernel_size: 3, activation: relu}`). The output layer
    is added unless the list ends with it; an empty list is a network of an output layer alone.
    """

    layers: list[Annotated[str | dict[str, Any], AfterValidator(check_layer)]] = Field(
        description="The layers between input and output."
    )


class OwnFile(Strict):
    """A Python file with `build(inputs, outputs, **options)` that returns a model.

    `inputs` are the shapes of one event by name; `outputs` is, for each target, the pair
    (units, activation).
    """

    file: str = Field(description="Path of the Python file.")
    options: dict[str, Any] = Field({}, description="Passed on to `build`.")

    @field_validator("file")
    @classmethod
    def _exists(cls, file: str) -> str:
        if not Path(file).is_file():
            msg = f"no such file: {file} (looked in {Path.cwd()})"
            raise ValueError(msg)
        return file


ZOO = {
    "dense": Dense,
    "cnn": Cnn,
    "residual": Residual,
    "hexagonal": Hexagonal,
    "set_attention": SetAttention,
    "deep_sets": DeepSets,
    "energy_flow": EnergyFlow,
    "particle_net": ParticleNet,
    "particle_cnn": ParticleCnn,
    "particle_transformer": ParticleTransformer,
}


def _kind(data: Any) -> str | None:
    name = value_of(data, "name")
    if name is not None:
        return f"name:{name}"
    return next((key for key in ("layers", "file") if value_of(data, key) is not None), None)


Model = Annotated[
    Annotated[Dense, Tag("name:dense")]
    | Annotated[Cnn, Tag("name:cnn")]
    | Annotated[Residual, Tag("name:residual")]
    | Annotated[Hexagonal, Tag("name:hexagonal")]
    | Annotated[SetAttention, Tag("name:set_attention")]
    | Annotated[DeepSets, Tag("name:deep_sets")]
    | Annotated[EnergyFlow, Tag("name:energy_flow")]
    | Annotated[ParticleNet, Tag("name:particle_net")]
    | Annotated[ParticleCnn, Tag("name:particle_cnn")]
    | Annotated[ParticleTransformer, Tag("name:particle_transformer")]
    | Annotated[Layers, Tag("layers")]
    | Annotated[OwnFile, Tag("file")],
    Discriminator(
        _kind,
        custom_error_type="model_kind",
        custom_error_message="a model needs 'name:' (" + ", ".join(ZOO) + "), 'layers:' or 'file:'",
    ),
    one_of("name", ZOO),
]
