"""What is written for each row: answers of the network, and where it has never learnt."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.application.network import Network
from footprint.errors import ConfigError
from footprint.export.description import ArrayIn, Description, TargetOut
from footprint.files.hdf5 import Array, ArraySpec

AXES = ("x", "y", "z")
Columns = dict[str, Array]
"""Values by the name of their branch, of equal length."""


@dataclass(frozen=True)
class Layout:
    """Names and types of the columns.

    Attributes
    ----------
    name
        Of the application, with which all names begin.
    said
        What the network says of itself.
    """

    name: str
    said: Description

    @property
    def selected(self) -> str:
        """Name of the flag of rows that have an answer."""
        return f"{self.name}_selected"

    @property
    def outside(self) -> str:
        """Name of the flag of rows with any input outside the training domain."""
        return f"{self.name}_outside_domain"

    def outside_of(self, array: str) -> str:
        """Name the flag of rows in which this input is outside."""
        return f"{self.name}_outside_{array}"

    def answers_of(self, target: TargetOut) -> list[str]:
        """Name the columns of a target: one, or one for each class or coordinate."""
        whole = f"{self.name}_{target.label}"
        if target.classes:
            return [f"{whole}_{label}" for label in target.classes]
        count = int(np.prod(target.shape, dtype=int))
        if not target.shape or count == 1:
            return [whole]
        axes = AXES if count <= len(AXES) else tuple(map(str, range(count)))
        return [f"{whole}_{axis}" for axis in axes[:count]]

    def specs(self) -> dict[str, ArraySpec]:
        """Units and meanings of all columns, in their order.

        Raises
        ------
        ConfigError
            Two columns would have one name.
        """
        found: list[ArraySpec] = []
        for target in self.said.outputs:
            names = self.answers_of(target)
            parts = target.classes or [name.removeprefix(f"{self.name}_") for name in names]
            for name, part in zip(names, parts, strict=True):
                meaning = f"probability of {part}" if target.classes else target.description
                found.append(ArraySpec(name, target.units, meaning))
        found.append(ArraySpec(self.selected, "", "passes cut and selection: there is an answer"))
        text = "some input is outside the range of the training events"
        found.append(ArraySpec(self.outside, "", text))
        for array in self.said.inputs:
            text = f"{array.name} is outside its range in the training events"
            found.append(ArraySpec(self.outside_of(array.name), "", text))
        names = [spec.name for spec in found]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            msg = f"apply.{self.name}: two branches would be called {twice}: use another name"
            raise ConfigError(msg)
        return {spec.name: spec for spec in found}

    def is_flag(self, column: str) -> bool:
        """Whether a column is true or false; all others are float32."""
        flags = {self.selected, self.outside, *(self.outside_of(a.name) for a in self.said.inputs)}
        return column in flags


def filled(
    layout: Layout, network: Network, arrays: Mapping[str, Array], rows: NDArray[np.bool_]
) -> Columns:
    """Make the columns of some consecutive rows.

    Parameters
    ----------
    layout, network
        Which columns, and who answers.
    arrays
        Inputs of the rows that have an answer, first axis ``rows.sum()``.
    rows
        Which of the rows these are, shape (n,).

    Returns
    -------
    dict of str to ndarray, shape (n,)
        NaN in rows without answer, where no flag is set either.
    """
    found: Columns = {
        name: np.zeros(len(rows), np.bool_)
        if layout.is_flag(name)
        else np.full(len(rows), np.nan, np.float32)
        for name in layout.specs()
    }
    found[layout.selected] = rows.copy()
    if not rows.any():
        return found
    answers = network.answers(arrays)
    for target in layout.said.outputs:
        values = answers[target.label].reshape(int(rows.sum()), -1)
        for place, name in enumerate(layout.answers_of(target)):
            found[name][rows] = values[:, place]
    for entry in layout.said.inputs:
        flags = outside(entry, arrays[entry.name])
        found[layout.outside_of(entry.name)][rows] = flags
        found[layout.outside][rows] |= flags
    return found


def outside(entry: ArrayIn, values: Array) -> NDArray[np.bool_]:
    """Find events with a value that no training event had.

    Parameters
    ----------
    entry
        The input, with its domain.
    values
        Shape (n, ...), NaN where nothing was measured.

    Returns
    -------
    ndarray of bool, shape (n,)
        A measured value is below the smallest or above the largest of the training events, or
        there is one that was not measured although all of theirs were.
    """
    flat = values.reshape(len(values), -1).astype(np.float64)
    missing = np.isnan(flat)
    domain = entry.domain
    if domain.minimum is None or domain.maximum is None:
        return np.asarray((~missing).any(axis=1))
    beyond = (flat < domain.minimum) | (flat > domain.maximum)
    if domain.missing == 0:
        beyond |= missing
    return np.asarray(beyond.any(axis=1))
