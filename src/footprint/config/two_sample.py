"""The two-sample test: a network that is told to separate real from generated events."""

from typing import Self

from pydantic import Field, model_validator

from footprint.config.adversarial import Adversarial
from footprint.config.base import Count, Positive, Strict
from footprint.config.flows import Flow
from footprint.config.networks import Model


class TwoSample(Strict):
    """How the network of the two-sample test is built and trained.

    It learns from one half of the test events and of the generated ones and answers on the other,
    and the other way round. The more events it has and the better it is, the more it finds.
    """

    model: Model | None = Field(
        None,
        description="The network; without it `cnn` for what lies on a grid, else `dense` with two "
        "layers of 64.",
    )
    observables: bool = Field(
        True, description="Show it the observables of the events beside the events themselves."
    )
    epochs: Count = Field(20, description="Passes over a half of the events.")
    batch_size: Count = Field(128, description="Events a step.")
    learning_rate: Positive = Field(1e-3, description="Of Adam, falling to zero as a cosine.")

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        if isinstance(self.model, Flow | Adversarial):
            msg = f"model '{self.model.name}' does not tell two kinds apart: take dense or cnn"
            raise ValueError(msg)  # noqa: TRY004 - a fault of the configuration
        return self
