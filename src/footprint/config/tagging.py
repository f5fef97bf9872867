"""Tagging: one class of a target is the signal, and what is asked of its score."""

from collections.abc import Collection
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from footprint.config.base import Name, Names, Strict

Rate = Annotated[float, Field(gt=0, lt=1)]


def _falling(rates: list[float]) -> list[float]:
    if len(set(rates)) != len(rates):
        msg = f"{rates} names a rate more than once: name each once"
        raise ValueError(msg)
    return sorted(rates, reverse=True)


class Tagging(Strict):
    """Events of one class are tagged by their score; the name of the class may stand for it.

    The score is the predicted probability of the signal, or where a background is named the
    signal's share of the two probabilities' sum. Rejection and sculpting are quoted at
    `signal_efficiencies`. Experiments on one target of a data set ask for the same, since they
    stand in one figure.
    """

    signal: Name = Field(description="Class of the target that is tagged.")
    background: Name | None = Field(
        None, description="Class it is tagged against; without it all others."
    )
    mistag_rates: Annotated[list[Rate], Field(min_length=1), AfterValidator(_falling)] = Field(
        [0.1, 0.01, 0.001],
        description="Shares of the background that may be tagged at the working points.",
    )
    against: Names = Field(
        [],
        description="Spectators in whose bins the efficiency and the mistag rate at the working "
        "points are shown, such as `[jet_pt, jet_mass]`.",
    )
    sculpting: Name | None = Field(
        None,
        description="Spectator whose spectrum of the background should not be changed by the "
        "cut, such as `soft_drop_mass`.",
    )
    reference: Name | None = Field(
        None,
        description="Experiment or baseline that the lower panel of the ROC figures divides by; "
        "without it the experiment itself, and the first one where several are compared.",
    )
    scoreboard: bool = Field(
        False,
        description="Published taggers stand beside these: the test split is that of the "
        "top-tagging reference data.",
    )

    @model_validator(mode="after")
    def _against_something_else(self) -> Self:
        if self.signal == self.background:
            msg = f"signal and background are both '{self.signal}': name two classes"
            raise ValueError(msg)
        return self

    def fits(self, classes: Collection[str]) -> bool:
        """Whether a target with these classes is the one that is tagged."""
        return self.signal in classes and (self.background is None or self.background in classes)
