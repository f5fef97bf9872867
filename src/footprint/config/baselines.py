"""Baselines: simple methods that stand beside the networks in every table."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field

from footprint.config.base import Count, Name, Names, Strict, one_of
from footprint.config.formulas import Formula, variables
from footprint.errors import suggest

TWO = 2

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


def _is_window(window: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
    low, high = window
    if low is not None and high is not None and low >= high:
        msg = f"the window [{low:g}, {high:g}] is empty: give [low, high]"
        raise ValueError(msg)
    return window


Window = Annotated[tuple[float | None, float | None], AfterValidator(_is_window)]
"""Lower and upper end, null where it is open."""


class Cuts(Strict):
    """Windows and a cut on a discriminant, as one would tag by hand; for targets of two classes.

    Outside the windows, and where a value is NaN, the score is 0; inside it is a logistic function
    of the discriminant, so that every background rejection is that of a cut on it.
    """

    method: Literal["cuts"]
    signal: Name = Field(description="The class that the cuts select.")
    windows: dict[Name, Window] = Field(
        {},
        description="Spectators with the ends of their windows, null where open, such as "
        "`{soft_drop_mass: [105, 210]}`.",
    )
    discriminant: Formula = Field(description="Formula over spectators, such as `tau3 / tau2`.")
    signal_is: Literal["lower", "higher"] = Field(
        description="Which values of the discriminant are more like signal."
    )


METHODS = {
    "constant": Constant,
    "linear": Linear,
    "boosting": Boosting,
    "formula": FormulaBaseline,
    "array": ArrayBaseline,
    "cuts": Cuts,
}
Baseline = Annotated[
    Constant | Linear | Boosting | FormulaBaseline | ArrayBaseline | Cuts,
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


def check_baselines(baselines: Mapping[str, Baseline], kind: str, classes: list[str]) -> None:
    """Refuse baselines of a target that cannot predict it.

    Parameters
    ----------
    baselines
        By label.
    kind, classes
        Kind of the target, and its classes; none where it is continuous.

    Raises
    ------
    ValueError
        With their labels.
    """
    formulas = [n for n, b in baselines.items() if isinstance(b, FormulaBaseline)]
    if formulas and (classes or kind != "value"):
        learnt = "classes" if classes else f"a {kind}"
        msg = f"baselines {formulas} are formulas, which predict values and not {learnt}"
        raise ValueError(msg)
    arrays = [n for n, b in baselines.items() if isinstance(b, ArrayBaseline)]
    if arrays and classes:
        msg = f"baselines {arrays} are arrays, which are values and not classes"
        raise ValueError(msg)
    for name, baseline in baselines.items():
        if isinstance(baseline, Cuts):
            _check_cuts(name, baseline, classes)


def _check_cuts(name: str, cuts: Cuts, classes: list[str]) -> None:
    if len(classes) != TWO:
        found = f"has classes {classes}" if classes else "is continuous"
        msg = f"baseline '{name}': cuts tell two classes apart, this target {found}"
        raise ValueError(msg)
    if cuts.signal not in classes:
        msg = f"baseline '{name}': signal '{cuts.signal}' is no class; "
        raise ValueError(msg + suggest(cuts.signal, classes))


def spectators_of(baseline: Baseline) -> tuple[str, ...]:
    """Name the spectators that a baseline uses."""
    if isinstance(baseline, Boosting | Linear):
        return tuple(baseline.features or ())
    if isinstance(baseline, FormulaBaseline):
        return variables(baseline.formula)
    if isinstance(baseline, Cuts):
        return tuple(dict.fromkeys([*baseline.windows, *variables(baseline.discriminant)]))
    return (baseline.array,) if isinstance(baseline, ArrayBaseline) else ()
