"""Schedules: the course of the learning rate over a training."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, model_validator

from footprint.config.base import Count, Fraction, Strict, one_of


class ConstantRate(Strict):
    """The learning rate stays as it is."""

    name: Literal["constant"]


class Cosine(Strict):
    """The learning rate falls to zero along half a period of a cosine, after a linear warm-up."""

    name: Literal["cosine"]
    warmup_epochs: int = Field(0, ge=0, description="Epochs of linear rise before.")
    per_step: bool = Field(
        False, description="Change the rate with each step; without it once an epoch."
    )


class OneCycle(Strict):
    """The learning rate rises to its peak, which is the optimizer's, and falls far below.

    It changes with each step. Smith and Topin, arXiv:1708.07120.
    """

    name: Literal["one_cycle"]
    warmup: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.3, description="Share of all steps in which the rate rises."
    )
    start: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.04, description="Rate of the first step in units of the peak."
    )
    end: Annotated[float, Field(gt=0, lt=1)] = Field(
        4e-6, description="Rate of the last step in units of the peak."
    )
    shape: Literal["cosine", "linear"] = Field(
        "cosine", description="Half periods of a cosine, or straight lines."
    )
    momentum: tuple[Fraction, Fraction] | None = Field(
        None,
        description="Lowest and highest momentum (beta_1 of adam and adamw), such as "
        "`[0.85, 0.95]`: it falls while the rate rises, and rises while it falls. Without it the "
        "optimizer's momentum stays.",
    )

    @model_validator(mode="after")
    def _momentum_rises(self) -> Self:
        if self.momentum is not None and not 0 < self.momentum[0] < self.momentum[1]:
            msg = (
                f"momentum is {list(self.momentum)}: expected the lowest, above 0, and then the "
                f"highest, such as [0.85, 0.95]"
            )
            raise ValueError(msg)
        return self


class Exponential(Strict):
    """The learning rate is multiplied by a factor after each epoch."""

    name: Literal["exponential"]
    factor: float = Field(0.95, gt=0, le=1, description="Factor an epoch.")


class Step(Strict):
    """The learning rate is multiplied by a factor every few epochs."""

    name: Literal["step"]
    every_epochs: Count = Field(10, description="Epochs between the steps.")
    factor: float = Field(0.5, gt=0, le=1, description="Factor a step.")


SCHEDULES = {
    "constant": ConstantRate,
    "cosine": Cosine,
    "one_cycle": OneCycle,
    "exponential": Exponential,
    "step": Step,
}
Schedule = Annotated[
    ConstantRate | Cosine | OneCycle | Exponential | Step,
    Discriminator("name"),
    one_of("name", SCHEDULES, "schedule"),
]
