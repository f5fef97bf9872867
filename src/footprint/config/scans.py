"""Scans: which hyperparameters of an experiment are tried, and how the points are found."""

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from footprint.config.base import Count, Strict
from footprint.errors import suggest

MOST = 500
"""Points of a scan; more would not be looked at one by one in its table and figure."""
PARTS = ("model", "training", "inputs")
"""Parts of an experiment that a scan may change."""
ROUNDS = 4
FIXED = {
    "model.name": "a scan stays within one kind of network: write an experiment for each",
    "model.file": "a scan stays within one model file: scan its options",
    "training.loss": "different losses cannot be compared: write an experiment for each",
    "training.snapshots": "points of a scan keep none: take them in an experiment without scan",
    "training.class_weights": "it changes what the validation loss is: write an experiment for "
    "each",
}
"""What no scan may change, with the reason."""
_EXPONENT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+")


class Range(Strict):
    """A range of numbers: drawn from by `random` and `optuna`, cut into `points` by `grid`."""

    low: float = Field(allow_inf_nan=False, description="Smallest value.")
    high: float = Field(allow_inf_nan=False, description="Largest value.")
    log: bool = Field(False, description="Even in the logarithm instead of in the value.")
    integer: bool = Field(False, description="Whole numbers only, as for a number of units.")
    points: Annotated[int, Field(ge=2)] | None = Field(
        None, description="Values of a grid, both ends among them."
    )

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not self.low < self.high:
            msg = f"low must be below high, found low {self.low:g} and high {self.high:g}"
            raise ValueError(msg)
        if self.log and self.low <= 0:
            msg = f"a logarithmic range must be above zero, found low {self.low:g}"
            raise ValueError(msg)
        if self.integer and not (self.low.is_integer() and self.high.is_integer()):
            msg = f"integer needs whole low and high, found {self.low:g} and {self.high:g}"
            raise ValueError(msg)
        return self

    def values(self) -> list[float]:
        """List the values of a grid."""
        space = np.geomspace if self.log else np.linspace
        found = [self.rounded(x) for x in space(self.low, self.high, self.points or 0)]
        return list(dict.fromkeys(found))

    def rounded(self, value: float) -> float:
        """Write a value as a person would: six digits, whole where asked, within the range.

        The last digits of a power may differ between machines; names of points must not.
        """
        if self.integer:
            return int(min(max(round(value), self.low), self.high))
        return min(max(float(f"{value:.6g}"), self.low), self.high)


def _numbers(choices: Any) -> Any:
    """Read `1e-4`, which YAML takes for a text, as the number it is meant to be."""
    if not isinstance(choices, list):
        return choices
    return [float(c) if isinstance(c, str) and _EXPONENT.fullmatch(c) else c for c in choices]


def _distinct(choices: list[Any]) -> list[Any]:
    texts = sorted(json.dumps(choice, sort_keys=True, default=str) for choice in choices)
    for one, other in pairwise(texts):
        if one == other:
            msg = f"{one} stands there twice: give each value once"
            raise ValueError(msg)
    return choices


def _kind(data: Any) -> str | None:
    if isinstance(data, list):
        return "choices"
    return "range" if isinstance(data, Mapping | Range) else None


Choices = Annotated[
    list[Any], BeforeValidator(_numbers), Field(min_length=1), AfterValidator(_distinct)
]
Values = Annotated[
    Annotated[Choices, Tag("choices")] | Annotated[Range, Tag("range")],
    Discriminator(
        _kind,
        custom_error_type="values_kind",
        custom_error_message="expected a list of values or a range {low: , high: }",
    ),
]


class Scan(Strict):
    """Trains an experiment with many settings and keeps the one of the lowest validation loss.

    Parameters are named by their path: `model.dropout`, `training.optimizer.learning_rate`,
    `inputs`; entries of lists by their place from 0, `model.layers.3.Dropout`.
    """

    method: Literal["grid", "random", "optuna"] = Field(
        "grid",
        description="All combinations, draws at random, or proposals of Optuna's TPE sampler "
        "from the results so far.",
    )
    parameters: dict[str, Values] = Field(
        min_length=1,
        description="By path, a list of values, or a range such as `{low: 1.0e-4, high: 1.0e-2, "
        "log: true}`.",
    )
    budget: Annotated[int, Field(ge=1, le=MOST)] | None = Field(
        None, description="Number of points of `random` and `optuna`."
    )
    rounds: Count | None = Field(
        None,
        description="Rounds of `optuna`: points of a round are trained side by side, the next "
        f"are proposed from their results. Without it {ROUNDS}, or as many as there are points.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for path in self.parameters:
            _check_path(path)
        ranges = {path: v for path, v in self.parameters.items() if isinstance(v, Range)}
        if self.method == "grid":
            self._check_grid(ranges)
            return self
        if self.budget is None:
            msg = f"method {self.method} needs a budget, the number of points, such as budget: 12"
            raise ValueError(msg)
        for path, values in ranges.items():
            if values.points is not None:
                msg = f"parameters.{path}.points is for grid; {self.method} draws from the range"
                raise ValueError(msg)
        if self.method == "random" and self.rounds is not None:
            msg = f"rounds {self.rounds} is for optuna; random draws all points at once"
            raise ValueError(msg)
        if self.rounds is not None and self.rounds > self.budget:
            msg = f"rounds {self.rounds} exceeds the budget of {self.budget} points"
            raise ValueError(msg)
        if self.method == "random" and self.size() < self.budget:
            msg = (
                f"budget {self.budget}, but there are only {self.size():g} different points: "
                f"take method grid, or a smaller budget"
            )
            raise ValueError(msg)
        return self

    def _check_grid(self, ranges: Mapping[str, Range]) -> None:
        for key in ("budget", "rounds"):
            if getattr(self, key) is not None:
                msg = f"{key} is for random and optuna; a grid has all combinations of its values"
                raise ValueError(msg)
        for path, values in ranges.items():
            if values.points is None:
                msg = f"parameters.{path}: a grid needs points, the number of values of the range"
                raise ValueError(msg)
        if self.size() > MOST:
            msg = f"the grid has {self.size():g} points, at most {MOST}: fewer values, or random"
            raise ValueError(msg)

    def size(self) -> float:
        """Count the points that there could be; infinite for a continuous range."""
        sizes: list[float] = []
        for values in self.parameters.values():
            if isinstance(values, list):
                sizes.append(len(values))
            elif self.method == "grid":
                sizes.append(len(values.values()))
            else:
                sizes.append(values.high - values.low + 1 if values.integer else np.inf)
        return float(np.prod(sizes))

    def rounds_of_points(self) -> list[int]:
        """List how many points each round of `optuna` has, the first rounds the larger ones."""
        budget = self.budget or 0
        rounds = self.rounds or min(ROUNDS, budget)
        return [budget // rounds + (number < budget % rounds) for number in range(rounds)]


def _check_path(path: str) -> None:
    part, _, below = path.partition(".")
    if part not in PARTS:
        msg = f"parameters.{path}: a scan goes over keys of these, no '{part}'; "
        raise ValueError(msg + suggest(part, PARTS))
    if not below and part != "inputs":
        msg = f"parameters.{path}: name a key below {part}, such as "
        raise ValueError(msg + ("model.dropout" if part == "model" else "training.batch_size"))
    if below and part == "inputs":
        msg = f"parameters.{path}: inputs are a list of names: scan 'inputs' itself"
        raise ValueError(msg)
    if path in FIXED:
        msg = f"parameters.{path}: {FIXED[path]}"
        raise ValueError(msg)
