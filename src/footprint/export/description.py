"""What an exported network says of itself: signature, units, domain, origin."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from footprint.config.base import DistributionTask, Task
from footprint.config.datasets import Dataset
from footprint.config.exports import Says
from footprint.files.domain import LEVELS, Range

KEY = "footprint"
"""Under which the description stands among the ONNX file's metadata."""


class Part(BaseModel):
    """A part of the description."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Domain(Part):
    """Where a quantity lay in the training split, in its unit."""

    minimum: float | None = Field(description="Smallest measured value; none without any.")
    maximum: float | None = Field(description="Largest.")
    quantiles: dict[str, float] = Field(description="Quantiles by their level, such as 0.5.")
    missing: float = Field(description="Share of values that were not measured.")

    @classmethod
    def of(cls, found: Range) -> "Domain":
        """Take the range of an array; JSON knows no NaN."""
        if found.missing == 1:
            return cls(minimum=None, maximum=None, quantiles={}, missing=1.0)
        levels = {f"{level:g}": value for level, value in zip(LEVELS, found.quantiles, strict=True)}
        return cls(minimum=found.low, maximum=found.high, quantiles=levels, missing=found.missing)


class Signature(Part):
    """A tensor, without its first axis of events."""

    name: str
    shape: tuple[int, ...]
    dtype: Literal["float32"] = "float32"
    units: str
    description: str


class ArrayIn(Signature):
    """An array that goes in: physical units, NaN where nothing was measured."""

    domain: Domain


class NoiseIn(Signature):
    """Random numbers that go in, from which events are drawn."""

    distribution: Literal["standard normal"] = "standard normal"


class TargetOut(Signature):
    """A target that comes out: physical units, or probabilities of classes; or its uncertainty.

    Of files that draw, an array or a target; of densities their logarithm.
    """

    target: str = Field(
        description="Name of the target, or array, in the study; that of the tensor may differ."
    )
    task: Task | DistributionTask
    classes: tuple[str, ...] = Field(description="Names of the classes, in the order of the axis.")
    domain: Domain | None = Field(description="Of the truth; none of classes and uncertainties.")
    uncertainty: bool = Field(
        False,
        description="Whether this is not the target's value, but its predicted uncertainty, "
        "half of the central 68 %: the standard deviation, unless the logarithm was learnt.",
    )

    @property
    def label(self) -> str:
        """What branches are called after: the target, or the target with ``_sigma``."""
        return f"{self.target}_sigma" if self.uncertainty else self.target


class Spectator(Part):
    """A quantity that the network does not see, but that its training events were made of."""

    name: str
    units: str
    description: str
    domain: Domain


class Origin(Part):
    """Where the network comes from."""

    software: dict[str, str] = Field(description="Versions, and the commit of the repository.")
    model_sha256: str = Field(description="Checksum of model.keras.")
    dataset_digest: str = Field(description="Checksum of the arrays of the data set.")
    training_events: int


class Verified(Part):
    """How the ONNX file compares with Keras on events of the test split."""

    events: int
    largest_difference: Annotated[
        float, Field(description="Relative to the largest output, before the way back to units.")
    ]
    tipped: float = Field(
        0.0,
        description="Share of values that differ more, as rounding took them over an edge: a "
        "station that triggers or not, the next count. Only of generators that have edges.",
    )


class Description(Part):
    """All that is known of an exported network."""

    format_version: Literal[1] = 1
    experiment_name: str
    seed: int
    says: Says = Field("answers", description="What the file says of events.")
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    inputs: tuple[ArrayIn, ...]
    noise: NoiseIn | None = Field(
        None, description="Of a file that draws: what goes in beside the inputs, as the last."
    )
    outputs: tuple[TargetOut, ...]
    spectators: tuple[Spectator, ...]
    origin: Origin
    verified: Verified
    experiment: dict[str, Any] = Field(description="Model, training and what is learnt.")
    dataset: Dataset = Field(description="What of the data set's configuration inputs need.")
