"""A few real events and those generated under the same conditions, pixel by pixel."""

from typing import Any

import numpy as np

from footprint.evaluation.generators import REAL, Generators
from footprint.evaluation.metrics import number
from footprint.files.samples import Samples

EVENTS = 5
"""Pictures of each kind."""
DIGITS = 5
MOST_CONDITIONS = 3
"""Conditions that stand above a picture."""
_PLANE = 3


def pictures(generators: Generators) -> list[dict[str, Any]]:
    """List the pixels of the first events of all arrays with rows and columns.

    Returns
    -------
    list of dict
        One row for each array, sample, event, row and column; without a value where nothing was
        measured. Of several trainings the first.
    """
    samples = generators.first
    rows: list[dict[str, Any]] = []
    for name, array in samples.real.arrays.items():
        if array.ndim != _PLANE:
            continue
        spec, half = samples.specs.get(name), generators.half_widths.get(name)
        about = {"variable": name, "units": "" if spec is None else spec.units, "half_width": half}
        for event in range(min(EVENTS, samples.events)):
            title = under(samples, event)
            kinds = {REAL: samples.real, generators.experiment: samples.generated}
            for sample, kind in kinds.items():
                picture = kind.arrays[name][event]
                rows += [
                    {
                        **about,
                        "sample": sample,
                        "event": event,
                        "conditions": title,
                        "row": row,
                        "column": column,
                        "value": number(float(f"{value:.{DIGITS}g}")),
                    }
                    for (row, column), value in np.ndenumerate(picture)
                ]
    return rows


def under(samples: Samples, event: int) -> str:
    """Write the conditions of an event that are single values."""
    parts: list[str] = []
    for name, values in samples.conditions.items():
        if values[event].size != 1 or len(parts) == MOST_CONDITIONS:
            continue
        spec = samples.specs.get(name)
        unit = f" {spec.units}" if spec is not None and spec.units else ""
        parts.append(f"{name.replace('_', ' ')} {float(values[event].ravel()[0]):.3g}{unit}")
    return ", ".join(parts)
