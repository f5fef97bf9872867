"""Networks: names from the zoo with hyperparameters, lists of layers, or the user's own file."""

from functools import reduce
from operator import or_
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

from footprint.config.adversarial import Gan, Wgan
from footprint.config.base import Count, Fraction, Name, Strict, one_of, value_of
from footprint.config.constituents import (
    DeepSets,
    EnergyFlow,
    ParticleCnn,
    ParticleNet,
    ParticleTransformer,
)
from footprint.config.convolutions import (
    Cnn,
    Hexagonal,
    Inception,
    Residual,
    Separable,
    StationFamily,
)
from footprint.config.family import Family, check_heads
from footprint.config.flows import Flow
from footprint.config.keras_layers import check_layer
from footprint.config.recurrent import Recurrent


class Dense(Family):
    """Fully connected network on the flattened inputs."""

    name: Literal["dense"]
    units: Annotated[list[Count], Field(min_length=1)] = Field(
        [100, 100, 100], description="Units of each hidden layer."
    )


class SelfNormalising(Family):
    """Fully connected network whose activations keep mean 0 and variance 1 through many layers.

    For that it needs inputs of mean 0 and variance 1, selu, initial weights of variance 1 / inputs
    (LeCun normal) and alpha dropout (Klambauer et al. 2017); hence no other activation and no
    batch normalisation.
    """

    name: Literal["self_normalising"]
    activation: Literal["selu"] = Field("selu", description="Activation of the hidden layers.")
    batch_normalisation: Literal[False] = Field(
        False, description="Not needed: the layers normalise themselves."
    )
    dropout: Fraction = Field(
        0.0, description="Alpha dropout rate after hidden dense layers, 0.05 to 0.1 as a rule."
    )
    units: Annotated[list[Count], Field(min_length=1)] = Field(
        [100] * 8, description="Units of each hidden layer."
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
    "inception": Inception,
    "separable": Separable,
    "self_normalising": SelfNormalising,
    "hexagonal": Hexagonal,
    "set_attention": SetAttention,
    "deep_sets": DeepSets,
    "energy_flow": EnergyFlow,
    "particle_net": ParticleNet,
    "particle_cnn": ParticleCnn,
    "particle_transformer": ParticleTransformer,
    "recurrent": Recurrent,
    "flow": Flow,
    "gan": Gan,
    "wgan": Wgan,
}

BODIES = {name: kind for name, kind in ZOO.items() if issubclass(kind, Family)}
Body: Any = Annotated[
    reduce(or_, BODIES.values()),
    Discriminator("name"),
    one_of("name", BODIES, "context"),
]
"""A network whose hidden layers may stand inside another: a family, no list and no flow."""
Flow.model_rebuild(_types_namespace={"Body": Body})


def _kind(data: Any) -> str | None:
    name = value_of(data, "name")
    if name is not None:
        return f"name:{name}"
    return next((key for key in ("layers", "file") if value_of(data, key) is not None), None)


Model = Annotated[
    Annotated[Dense, Tag("name:dense")]
    | Annotated[Cnn, Tag("name:cnn")]
    | Annotated[Residual, Tag("name:residual")]
    | Annotated[Inception, Tag("name:inception")]
    | Annotated[Separable, Tag("name:separable")]
    | Annotated[SelfNormalising, Tag("name:self_normalising")]
    | Annotated[Hexagonal, Tag("name:hexagonal")]
    | Annotated[SetAttention, Tag("name:set_attention")]
    | Annotated[DeepSets, Tag("name:deep_sets")]
    | Annotated[EnergyFlow, Tag("name:energy_flow")]
    | Annotated[ParticleNet, Tag("name:particle_net")]
    | Annotated[ParticleCnn, Tag("name:particle_cnn")]
    | Annotated[ParticleTransformer, Tag("name:particle_transformer")]
    | Annotated[Recurrent, Tag("name:recurrent")]
    | Annotated[Flow, Tag("name:flow")]
    | Annotated[Gan, Tag("name:gan")]
    | Annotated[Wgan, Tag("name:wgan")]
    | Annotated[Layers, Tag("layers")]
    | Annotated[OwnFile, Tag("file")],
    Discriminator(
        _kind,
        custom_error_type="model_kind",
        custom_error_message="a model needs 'name:' (" + ", ".join(ZOO) + "), 'layers:' or 'file:'",
    ),
    one_of("name", ZOO),
]
