"""The table of how well two kinds of events are separated in bins of spectators."""

from dataclasses import replace

import pandas as pd

from footprint.config.experiments import Evaluation
from footprint.config.separation import Separation
from footprint.evaluation import separation
from footprint.evaluation.against import Variable, rows, spectator_variables
from footprint.evaluation.bins import in_bins
from footprint.evaluation.methods import Methods


def tables(methods: Methods, settings: Evaluation, asked: Separation) -> dict[str, pd.DataFrame]:
    """Make ``separation.csv``, unless there is no variable in whose bins both kinds are."""
    first, second = separation.kinds(methods.first, asked)
    variables = [
        _with_both(variable, first, second)
        for variable in spectator_variables(
            methods, settings, but=[asked.spectator or ""], members=first | second
        )
    ]
    found = rows(
        methods,
        variables,
        lambda predictions, bins: in_bins(
            bins, lambda members: separation.measures(predictions, asked, members)
        ),
        settings.bootstrap,
    )
    kinds = separation.words(asked)
    table = pd.DataFrame([{"method": row.pop("method"), "kinds": kinds, **row} for row in found])
    return {} if table.empty else {"separation.csv": table}


def _with_both(variable: Variable, *kinds: separation.Chosen) -> Variable:
    """Leave out the bins that do not hold enough events of each kind."""
    bins = [
        entry
        for entry in variable.bins
        if all(kind[entry.members].sum() >= separation.FEWEST for kind in kinds)
    ]
    return replace(variable, bins=bins)
