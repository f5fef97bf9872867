"""Networks: names from the zoo with hyperparameters, lists of layers, or the user's own file."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator

from footprint.config.base import Count, Fraction, NotNegative, Strict, one_of, value_of
from footprint.config.keras_layers import check_layer

Activation = Literal["relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid", "leaky_relu"]


class _Zoo(Strict):
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


class Dense(_Zoo):
    """Fully connected network on the flattened inputs."""

    name: Literal["dense"]
    units: Annotated[list[Count], Field(min_length=1)] = Field(
        [100, 100, 100], description="Units of each hidden layer."
    )


class Cnn(_Zoo):
    """Convolutional network: blocks of convolutions, each followed by pooling; then dense layers.

    Inputs that are not images join before the dense layers.
    """

    name: Literal["cnn"]
    filters: Annotated[list[Count | list[Count]], Field(min_length=1)] = Field(
        [16, 32], description="Filters of each block; a list within makes several convolutions."
    )
    kernel_size: Count = Field(3, description="Side of the kernels in pixels.")
    pool_size: Count = Field(2, description="Side of the max pooling between blocks.")
    head: Literal["flatten", "max", "average"] = Field(
        "flatten", description="From the last block to the dense layers: flatten or pool globally."
    )
    units: list[Count] = Field([], description="Units of the dense layers at the end.")


class Layers(Strict):
    """A list of Keras layers by their Keras names, read from top to bottom.

    Each entry is a name (`Flatten`), a name with its first argument (`Dropout: 0.3`), or a name
    with arguments (`Conv2D: {filters: 32, kernel_size: 3, activation: relu}`). The output layer
    is added unless the list ends with it.
    """

    layers: Annotated[
        list[Annotated[str | dict[str, Any], AfterValidator(check_layer)]], Field(min_length=1)
    ] = Field(description="The layers between input and output.")


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


ZOO = {"dense": Dense, "cnn": Cnn}


def _kind(data: Any) -> str | None:
    name = value_of(data, "name")
    if name is not None:
        return f"name:{name}"
    return next((key for key in ("layers", "file") if value_of(data, key) is not None), None)


Model = Annotated[
    Annotated[Dense, Tag("name:dense")]
    | Annotated[Cnn, Tag("name:cnn")]
    | Annotated[Layers, Tag("layers")]
    | Annotated[OwnFile, Tag("file")],
    Discriminator(
        _kind,
        custom_error_type="model_kind",
        custom_error_message="a model needs 'name:' (" + ", ".join(ZOO) + "), 'layers:' or 'file:'",
    ),
    one_of("name", ZOO),
]
