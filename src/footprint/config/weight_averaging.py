"""Averages of weights over a training, which are kept in place of the weights themselves."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from footprint.config.base import Count, Strict, one_of


class ExponentialAverage(Strict):
    """Mean of the weights after all steps, each counting `decay` times as much as the next.

    Averaged weights are validated, and those of the best epoch are kept.
    """

    name: Literal["ema"]
    decay: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.999, description="Weight of a step relative to the next: 0.999 remembers 1,000 steps."
    )


class EpochAverage(Strict):
    """Mean of the weights at the ends of epochs (stochastic weight averaging).

    Averaged weights are validated, and those of the best epoch are kept; before `from_epoch` the
    weights as they are. Izmailov and others, arXiv:1803.05407.
    """

    name: Literal["swa"]
    from_epoch: Count = Field(description="First epoch, from 1, that enters the mean.")


WEIGHT_AVERAGES: dict[str, type[Strict]] = {"ema": ExponentialAverage, "swa": EpochAverage}
WeightAveraging = Annotated[
    ExponentialAverage | EpochAverage,
    Discriminator("name"),
    one_of("name", WEIGHT_AVERAGES, "weight average"),
]
