"""A few real events and those generated under the same conditions, pixel by pixel."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from footprint.evaluation.generators import REAL, Generators
from footprint.evaluation.metrics import number
from footprint.files.hdf5 import Array
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
    kinds = {REAL: samples.real.arrays, generators.experiment: samples.generated.arrays}
    return [
        {**about, "sample": sample, **pixel}
        for about, event in _events(generators)
        for sample, arrays in kinds.items()
        for pixel in _pixels(arrays[about["variable"]][event])
    ]


def pictures_by_epoch(generators: Generators) -> list[dict[str, Any]]:
    """List the pixels of what the generator made after some epochs of its training.

    Returns
    -------
    list of dict
        As of `pictures`, with the epoch, and without one for real events; the last epoch is that
        of the trained generator. Empty where no weights were kept.
    """
    samples = generators.first
    if not samples.snapshots:
        return []
    rows: list[dict[str, Any]] = []
    drawn = len(next(iter(samples.snapshots.values()))[0])
    for about, event in _events(generators, drawn):
        name = about["variable"]
        made = zip(samples.snapshot_epoch, samples.snapshots[name][:, event], strict=True)
        lines: list[tuple[str, int | None, Array]]
        lines = [(REAL, None, samples.real.arrays[name][event])]
        lines += [(generators.experiment, epoch, picture) for epoch, picture in made]
        rows += [
            {**about, "sample": sample, "epoch": epoch, **pixel}
            for sample, epoch, picture in lines
            for pixel in _pixels(picture)
        ]
    return rows


def _events(generators: Generators, most: int = EVENTS) -> Iterator[tuple[dict[str, Any], int]]:
    """Go through the first events of all arrays with rows and columns."""
    samples = generators.first
    for name, array in samples.real.arrays.items():
        if array.ndim != _PLANE:
            continue
        spec, half = samples.specs.get(name), generators.half_widths.get(name)
        about = {"variable": name, "units": "" if spec is None else spec.units, "half_width": half}
        for event in range(min(EVENTS, most, samples.events)):
            yield about | {"event": event, "conditions": under(samples, event)}, event


def _pixels(picture: Array) -> list[dict[str, Any]]:
    return [
        {"row": row, "column": column, "value": number(float(f"{value:.{DIGITS}g}"))}
        for (row, column), value in np.ndenumerate(picture)
    ]


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
