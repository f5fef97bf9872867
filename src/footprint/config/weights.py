"""Weights of events: those that the events bring, and those that flatten a spectrum."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from footprint.config.base import Name, Strict

FLAT = "flat"


def _rising(edges: list[float]) -> list[float]:
    if any(low >= high for low, high in pairwise(edges)):
        msg = f"edges of bins must rise, found {edges}"
        raise ValueError(msg)
    return edges


Edges = Annotated[
    list[Annotated[float, Field(allow_inf_nan=False)]],
    Field(min_length=3),
    AfterValidator(_rising),
]


class Flatten(Strict):
    """Gives all classes of a target the same spectrum, so that networks cannot learn from it.

    The spectra are those of the training split; all splits get the weights that follow.
    """

    array: Name = Field(
        description="Whose spectrum: an array of one value an event, such as `jet_pt`; one of the "
        "spectators."
    )
    target: Name = Field(description="Target with the classes.")
    bins: Annotated[int, Field(ge=2, le=1000)] | Edges = Field(
        20,
        description="Number of equal bins between the smallest and largest value of the training "
        "split, or a list of edges; events beyond the edges count to the first or last bin.",
    )
    to: Name = Field(
        FLAT, description="`flat`: constant density; or the class whose spectrum all others get."
    )
    method: Literal["weights", "resample"] = Field(
        "weights",
        description="`weights`: each event gets a factor; `resample`: training events of emptier "
        "bins are repeated up to the fullest bin, and only validation and test get factors.",
    )
    largest: Annotated[float, Field(gt=1, allow_inf_nan=False)] = Field(
        20.0,
        description="Largest factor, in units of the mean over a class; or most copies of a "
        "training event. Bins of few events would rule the training otherwise.",
    )


class Weights(Strict):
    """How much each event counts in training and evaluation; without this all count alike."""

    array: Name | None = Field(
        None,
        description="Array of weights, such as a generator's; none may be negative. They are "
        "divided by their mean in the training split.",
    )
    flatten: Flatten | None = Field(None, description="Same spectrum for all classes.")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.array is None and self.flatten is None:
            msg = "weights need array, flatten or both: without weights leave the block out"
            raise ValueError(msg)
        if self.array and self.flatten and self.flatten.method == "resample":
            msg = (
                f"flatten.method 'resample' repeats events, which array '{self.array}' weighs "
                f"already: use method: weights"
            )
            raise ValueError(msg)
        return self
