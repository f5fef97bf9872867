"""Mean image of each class and a few single ones, for inputs that are two-dimensional images."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.files import hdf5
from footprint.files.datasets import MASK, Dataset
from footprint.survey.datasets.rows import Groups, Rows
from footprint.survey.sums import Floats

BLOCK_BYTES = 8_000_000
AXES = 3
"""Rows, columns and channels of an image."""
SINGLES = 4
"""Single images of each class."""


@dataclass(frozen=True)
class Image:
    """One channel of an input.

    Attributes
    ----------
    name, channel, transform
        Of the input, of the channel, and the formula of x that it went through, if any.
    relative_to
        Array that was subtracted first, if any.
    place, mask
        Number of the channel, and of its mask if it has one.
    units, array_units
        Of the values, after the formula and before it.
    """

    name: str
    channel: str
    transform: str | None
    place: int
    mask: int | None
    units: str
    array_units: str
    relative_to: str | None = None

    @property
    def label(self) -> str:
        """What the values are."""
        x = self.channel if self.relative_to is None else f"{self.channel} - {self.relative_to}"
        if not self.transform:
            return x
        unit = f" [{self.array_units}]" if self.array_units else ""
        return f"{self.transform}, x = {x}{unit}"

    def of(self, values: Floats) -> Floats:
        """Take the channel of an input's original values; NaN where it was not measured."""
        taken = values[..., self.place]
        return taken if self.mask is None else np.where(values[..., self.mask] > 0, taken, np.nan)


def channels_of(dataset: Dataset, name: str) -> list[Image]:
    """List the channels of an input that hold measurements."""
    names = dataset.channels(name)
    config = hdf5.read_json(dataset.file, "config")
    asked = config.get("inputs", {}).get(name, {}).get("channels", [])
    units, arrays = dataset.channel_units(name), dataset.array_units(name)
    entries = {entry["array"]: entry for entry in asked}
    return [
        Image(
            name,
            channel,
            entries.get(channel, {}).get("transform"),
            place,
            names.index(MASK + channel) if MASK + channel in names else None,
            units[place],
            arrays[place],
            entries.get(channel, {}).get("relative_to"),
        )
        for place, channel in enumerate(names)
        if not channel.startswith(MASK)
    ]


def images_of(dataset: Dataset) -> list[str]:
    """Name the inputs that are images of pixels."""
    shapes = {name: dataset.array("train", "inputs", name).shape[1:] for name in
              dataset.names("inputs")}  # fmt: skip
    return [name for name, shape in shapes.items() if len(shape) == AXES and min(shape[:2]) > 1]


def original(dataset: Dataset, name: str, rows: slice) -> Floats:
    """Read an input of training events with its normalisation undone, shape (n, ..., channels)."""
    values = dataset.inputs("train", [name], rows)[name].astype(np.float64)
    return np.asarray(dataset.normalisation(name).invert(values))


def means(dataset: Dataset, rows: Rows, groups: list[Groups]) -> pd.DataFrame:
    """Write the weighted mean of each pixel over the events of a class, with its error.

    Pixels that were not measured do not count; channels that never change are left out.
    """
    tables = []
    for name in images_of(dataset):
        images = channels_of(dataset, name)
        sums = _sums(dataset, name, images, rows, groups)
        for place, image in enumerate(images):
            if _is_constant(sums[0][place]):
                continue
            for group, of_group in zip(groups, sums, strict=True):
                for number, label in enumerate(group.classes):
                    mean, error = _mean(of_group[place, number])
                    about = {"target": group.target, "input": name, "channel": image.channel}
                    about |= {"label": image.label, "units": image.units, "class": label}
                    tables.append(_table(about, {"mean": mean, "error": error}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _sums(
    dataset: Dataset, name: str, images: list[Image], rows: Rows, groups: list[Groups]
) -> list[Floats]:
    """Sum w, w^2, w x and w x^2 by group: shapes (channels, classes, 4, rows, columns)."""
    shape = dataset.array("train", "inputs", name).shape[1:3]
    found = [np.zeros((len(images), len(group.classes), 4, *shape)) for group in groups]
    for place, values in _blocks(dataset, name, rows):
        weight = rows.after[place]
        for channel, image in enumerate(images):
            x = image.of(values)
            known = np.isfinite(x)
            x = np.where(known, x, 0.0)
            for group, sums in zip(groups, found, strict=True):
                for number in range(len(group.classes)):
                    w = weight * (group.numbers[place] == number)
                    sums[channel, number] += np.stack(
                        [
                            np.tensordot(w, known, 1),
                            np.tensordot(w**2, known, 1),
                            np.tensordot(w, x, 1),
                            np.tensordot(w, x**2, 1),
                        ]
                    )
    return found


def _blocks(dataset: Dataset, name: str, rows: Rows) -> Iterator[tuple[NDArray[np.intp], Floats]]:
    """Read some rows at once: their places among the rows of the survey, and original values."""
    size = int(np.prod(dataset.array("train", "inputs", name).shape[1:], dtype=int))
    step = max(1, BLOCK_BYTES // (8 * size))
    last = int(rows.index[-1]) + 1
    for start in range(0, last, step):
        place = np.flatnonzero((rows.index >= start) & (rows.index < start + step))
        if place.size:
            values = original(dataset, name, slice(start, start + step))
            yield place, values[rows.index[place] - start]


def _is_constant(sums: Floats) -> bool:
    """Whether no pixel changes from event to event, such as the position of a station."""
    weight, _, first, second = sums.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = first / weight
        variance = second / weight - mean**2
    # Values were stored in single precision.
    return bool(np.all(np.nan_to_num(variance) <= 1e-10 * np.nan_to_num(mean**2)))


def _mean(sums: Floats) -> tuple[Floats, Floats]:
    weight, squares, first, second = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = first / weight
        variance = np.maximum(second / weight - mean**2, 0.0)
        return mean, np.sqrt(variance * squares) / weight


def _table(about: dict[str, str], columns: dict[str, Floats]) -> pd.DataFrame:
    shape = next(iter(columns.values())).shape
    row, column = np.indices(shape)
    return pd.DataFrame(
        {**about, "row": row.ravel(), "column": column.ravel()}
        | {name: values.ravel() for name, values in columns.items()}
    )


def singles(group: Groups) -> Iterator[tuple[str, int, int]]:
    """Choose the first events of each class: class, number among those chosen, place."""
    for number, label in enumerate(group.classes):
        for count, place in enumerate(np.flatnonzero(group.numbers == number)[:SINGLES].tolist()):
            yield label, count, place


def gallery(dataset: Dataset, rows: Rows, groups: list[Groups]) -> pd.DataFrame:
    """Write a few single images of each class, as they come in the training split."""
    tables = []
    ids = dataset.event_id("train")
    for name in images_of(dataset):
        for group in groups:
            for label, count, place in singles(group):
                row = int(rows.index[place])
                values = original(dataset, name, slice(row, row + 1))[0]
                for image in channels_of(dataset, name):
                    about = {"target": group.target, "input": name, "channel": image.channel}
                    about |= {
                        "label": image.label,
                        "units": image.units,
                        "class": label,
                        "number": str(count),
                    }
                    about["event_id"] = str(ids[row])
                    tables.append(_table(about, {"value": image.of(values)}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
