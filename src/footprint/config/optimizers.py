"""Optimizers: how gradients become steps of the weights."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from footprint.config.base import Fraction, NotNegative, Positive, Strict, one_of, value_of

DECAY = "Share of each weight, times the learning rate, that a step takes off (decoupled decay)."


class Descent(Strict):
    """What all optimizers have."""

    name: str
    learning_rate: Positive = Field(1e-3, description="Learning rate that schedules start from.")
    clip_norm: Positive | None = Field(None, description="Largest norm of each gradient.")


class SGD(Descent):
    """Stochastic gradient descent, with momentum if wanted."""

    name: Literal["sgd"]
    learning_rate: Positive = Field(0.01, description="Learning rate that schedules start from.")
    momentum: Fraction = Field(0.0, description="Share of the last step that is taken again.")
    nesterov: bool = Field(False, description="Momentum after Nesterov, which looks ahead.")
    weight_decay: Positive | None = Field(None, description=DECAY)

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> Self:
        if self.nesterov and not self.momentum:
            msg = "nesterov without momentum does nothing: set momentum, such as 0.9"
            raise ValueError(msg)
        return self


class RMSprop(Descent):
    """Gradients divided by the root of their mean square."""

    name: Literal["rmsprop"]
    rho: Fraction = Field(0.9, description="Decay of the mean square an old step.")
    momentum: Fraction = Field(0.0, description="Share of the last step that is taken again.")
    epsilon: Positive = Field(1e-7, description="Added to the mean square.")
    centered: bool = Field(False, description="Divide by the standard deviation instead.")


class AdamMoments(Descent):
    """What Adam and AdamW share."""

    beta_1: Fraction = Field(0.9, description="Decay of the mean gradient a step.")
    beta_2: Fraction = Field(0.999, description="Decay of the mean square a step.")
    epsilon: Positive = Field(1e-7, description="Added to the root of the mean square.")


class Adam(AdamMoments):
    """Mean gradients divided by the root of their mean square; the default."""

    name: Literal["adam"] = "adam"

    @model_validator(mode="before")
    @classmethod
    def _decay_needs_adamw(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "weight_decay" in data:
            msg = f"weight_decay {data['weight_decay']} needs name: adamw, found adam"
            raise ValueError(msg)
        return data


class AdamW(AdamMoments):
    """Adam with decoupled weight decay."""

    name: Literal["adamw"]
    weight_decay: NotNegative = Field(0.0, description=f"{DECAY} It must be above 0.")

    @model_validator(mode="after")
    def _decays(self) -> Self:
        if not self.weight_decay:
            msg = "adamw without weight_decay is adam: set weight_decay, such as 0.004"
            raise ValueError(msg)
        return self


OPTIMIZERS = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam, "adamw": AdamW}


def _kind(data: Any) -> str | None:
    if not isinstance(data, Mapping | Descent):
        return None
    return str(value_of(data, "name") or "adam")


Optimizer = Annotated[
    Annotated[SGD, Tag("sgd")]
    | Annotated[RMSprop, Tag("rmsprop")]
    | Annotated[Adam, Tag("adam")]
    | Annotated[AdamW, Tag("adamw")],
    Discriminator(
        _kind,
        custom_error_type="optimizer_kind",
        custom_error_message=f"expected {{name: , ...}} of one of {', '.join(OPTIMIZERS)}",
    ),
    one_of("name", OPTIMIZERS),
]
