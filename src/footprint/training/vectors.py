"""Directions and positions turned as networks learn them: normalised component by component."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.errors import TrainingError
from footprint.files.datasets import Normalisation
from footprint.files.hdf5 import Array
from footprint.training.goals import Goal

PLANE, SPACE = 2, 3
Elements = NDArray[np.intp]
"""Number of the turn or flip of each event."""


@dataclass(frozen=True)
class Affine:
    """What each turn or flip makes of a normalised vector: matrix @ v + shift.

    Attributes
    ----------
    matrix, shift
        Shapes (elements, units, units) and (elements, units).
    """

    matrix: Array
    shift: Array

    def apply(self, values: Array, elements: Elements) -> Array:
        """Turn vectors of shape (n, units)."""
        turned = np.einsum("nij,nj->ni", self.matrix[elements], values) + self.shift[elements]
        return np.asarray(turned.astype(values.dtype))


def turning_vectors(goals: Sequence[Goal], matrices: NDArray[np.float64]) -> dict[str, Affine]:
    """Find the targets that turn along, and how.

    Parameters
    ----------
    goals
        Targets of a network.
    matrices
        What happens to (x, y), shape (elements, 2, 2); a third component stays.

    Raises
    ------
    TrainingError
        It is not known whether or how a target turns.
    """
    found = {goal.name: _vector(goal) for goal in goals}
    return {name: _affine(n, matrices) for name, n in found.items() if n is not None}


def _vector(goal: Goal) -> Normalisation | None:
    """Shift and scale of a vector; None for classes and for a value."""
    if goal.normalisation is None or goal.task == "regression":
        return None
    units = goal.output.units
    if units not in {PLANE, SPACE}:
        msg = (
            f"training.augment: target '{goal.name}' of kind {goal.task} has {units} coordinates, "
            f"expected (x, y) or (x, y, z)"
        )
        raise TrainingError(msg)
    return goal.normalisation


def _affine(normalisation: Normalisation, matrices: NDArray[np.float64]) -> Affine:
    """Turn in physical units, written for normalised vectors."""
    shift, scale = np.ravel(normalisation.shift), np.ravel(normalisation.scale)
    whole = np.tile(np.eye(len(shift)), (len(matrices), 1, 1))
    whole[:, :PLANE, :PLANE] = matrices
    return Affine(whole * scale / scale[:, None], (whole @ shift - shift) / scale)
