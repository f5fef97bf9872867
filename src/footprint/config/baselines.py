"""Baselines: simple methods that stand beside the networks in every table."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from footprint.config.base import Count, Name, Names, Strict, one_of
from footprint.config.formulas import Formula, variables

Features = Annotated[
    Names | None,
    Field(
        description="Spectators to use, those with several values an event with all of them; "
        "without them the flattened inputs."
    ),
]
Oracle = Annotated[
    bool,
    Field(description="Mark in tables and figures: it sees truth that no experiment has."),
]


class Constant(Strict):
    """Predicts the mean of the training targets, or the classes' frequencies."""

    method: Literal["constant"]


class Linear(Strict):
    """Ridge or logistic regression on the flattened inputs, or on spectators."""

    method: Literal["linear"]
    features: Features = None
    oracle: Oracle = False


class Boosting(Strict):
    """Gradient boosting (scikit-learn's histogram version), one model a coordinate."""

    method: Literal["boosting"]
    features: Features = None
    oracle: Oracle = False
    iterations: Count | None = Field(
        None,
        description="Largest number of trees per class; without it 100 for inputs, whose columns "
        "are thousands, and 1500 for features.",
    )
    learning_rate: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="Share of each tree; without it 0.2 for inputs, 0.05 for features."
    )
    leaves: Annotated[int, Field(ge=2)] | None = Field(
        None, description="Most leaves of a tree; without it 8 for inputs, 15 for features."
    )


class FormulaBaseline(Strict):
    """A formula over spectators, such as an analytic reconstruction."""

    method: Literal["formula"]
    formula: Formula = Field(description="The prediction, in the target's unit.")


class ArrayBaseline(Strict):
    """A spectator as it stands, such as the axis of a plane fit."""

    method: Literal["array"]
    array: Name = Field(description="Spectator of the target's shape and unit.")
    oracle: Oracle = False


METHODS = {
    "constant": Constant,
    "linear": Linear,
    "boosting": Boosting,
    "formula": FormulaBaseline,
    "array": ArrayBaseline,
}
Baseline = Annotated[
    Constant | Linear | Boosting | FormulaBaseline | ArrayBaseline,
    Discriminator("method"),
    one_of("method", METHODS, "baseline"),
]


def usual_baselines() -> dict[str, Baseline]:
    """Give the baselines of a target that names none."""
    return {
        "constant": Constant(method="constant"),
        "linear": Linear(method="linear"),
        "boosting": Boosting(method="boosting"),
    }


def spectators_of(baseline: Baseline) -> tuple[str, ...]:
    """Name the spectators that a baseline uses."""
    if isinstance(baseline, Boosting | Linear):
        return tuple(baseline.features or ())
    if isinstance(baseline, FormulaBaseline):
        return variables(baseline.formula)
    return (baseline.array,) if isinstance(baseline, ArrayBaseline) else ()
