"""What is measured of all methods in bins of a variable, as rows of a table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from footprint.config.experiments import Evaluation
from footprint.evaluation.bins import Bin, equal_population
from footprint.evaluation.bootstrap import Measure, Sampled, Values, bootstrap, mean
from footprint.evaluation.certainty import certainty, columns
from footprint.evaluation.methods import Methods
from footprint.files.predictions import Predictions

Row = dict[str, Any]
Prepare = Callable[[Predictions], Measure]


@dataclass(frozen=True)
class Variable:
    """A quantity of the events, divided into bins."""

    name: str
    units: str
    bins: list[Bin]


def truth_variable(methods: Methods, settings: Evaluation) -> Variable:
    """Divide the truth into bins."""
    target = methods.first.target
    bins = equal_population(methods.first.truth, settings.bins)
    return Variable(target.name, target.units, bins)


def spectator_variables(
    methods: Methods,
    settings: Evaluation,
    but: Sequence[str] = (),
    members: Values | None = None,
    names: Sequence[str] | None = None,
) -> list[Variable]:
    """Divide spectators into bins.

    Parameters
    ----------
    methods, settings
        Whose spectators, and in how many bins.
    but
        Names to leave out, since they are looked at as truth.
    members
        Whether each event counts, shape (n,); by default all do.
    names
        Which spectators; by default those that `evaluation.against` names.
    """
    first = methods.first
    return [
        Variable(name, first.spectator_specs[name].units, bins)
        for name in (settings.against if names is None else names)
        if name not in but
        for bins in [equal_population(_column(first, name), settings.bins, members)]
    ]


def _column(predictions: Predictions, name: str) -> Values:
    return predictions.spectators[name].reshape(len(predictions.truth))


def over_methods(
    methods: Methods, prepare: Prepare, number: int
) -> Iterator[tuple[str, dict[str, Sampled]]]:
    """Take a measure of all methods, of those with several trainings as the mean over them.

    The ensemble of several trainings is a method of its own.
    """
    for label, trainings in methods.everything.items():
        yield label, averaged([of_one(methods, prepare, entry, number) for entry in trainings])


def of_one(
    methods: Methods, prepare: Prepare, predictions: Predictions, number: int
) -> dict[str, Sampled]:
    """Take a measure of one training, ensemble or baseline."""
    return bootstrap(prepare(predictions), methods.events, number, methods.weight)


def over_seeds(methods: Methods, prepare: Prepare, number: int) -> dict[str, Sampled]:
    """Take a measure of each training of the experiment and average."""
    return averaged([of_one(methods, prepare, entry, number) for entry in methods.networks])


def averaged(found: Sequence[Mapping[str, Sampled]]) -> dict[str, Sampled]:
    """Average numbers over trainings."""
    return {name: mean([entry[name] for entry in found]) for name in found[0]}


def rows(
    methods: Methods,
    variables: Sequence[Variable],
    prepare: Callable[..., Measure],
    number: int,
) -> list[Row]:
    """Measure all methods in the bins of some variables.

    Parameters
    ----------
    methods, variables
        What is measured, and in which bins.
    prepare
        From predictions and ``bins`` to a measure of shape (bins,).
    number
        Resamplings.

    Returns
    -------
    list of dict
        One row for each method, variable and bin: the numbers, each with its ``_error``.
    """
    return [
        {"method": method, **place, **numbers}
        for variable in variables
        for method, found in over_methods(methods, partial(prepare, bins=variable.bins), number)
        for place, numbers in zip(places(variable), _numbers(variable, found), strict=True)
    ]


def places(variable: Variable) -> list[Row]:
    """Describe the bins of a variable as columns of a table."""
    return [
        {
            "variable": variable.name,
            "units": variable.units,
            "low": entry.low,
            "high": entry.high,
            "centre": entry.centre,
            "events": len(entry.members),
        }
        for entry in variable.bins
    ]


def _numbers(variable: Variable, found: Mapping[str, Sampled]) -> list[Row]:
    return [
        {
            key: value
            for quantity, sampled in found.items()
            for known in [certainty(quantity, sampled.at(k), events=float(len(entry.members)))]
            for key, value in columns(quantity, sampled.at(k), known).items()
            if not key.endswith("_mark") or value
        }
        for k, entry in enumerate(variable.bins)
    ]
