"""From arrays of the events to targets: class numbers, or values that can be learnt."""

import numpy as np

from footprint.config.datasets import SAMPLE, Target
from footprint.errors import DataError
from footprint.files.events import Block
from footprint.files.hdf5 import Array

DIRECTION = 3
"""Components of a direction."""
COORDINATES = 2
"""Fewest coordinates of a position."""
MATRIX = 2
UNIT = 1e-3
"""By how much the length of a unit vector may be off."""


def target_values(name: str, config: Target, block: Block, sample: str) -> Array:
    """Compute a target.

    Parameters
    ----------
    name, config
        Name and configuration of the target.
    block
        Events that passed the selection.
    sample
        The sample they come from.

    Returns
    -------
    ndarray, shape (n,) or (n, d)
        Class numbers (int64), or values in physical units.

    Raises
    ------
    DataError
        A value is NaN or infinite, in no class, without a logarithm, or not positive where
        numbers relative to it are asked for.
    """
    if config.array == SAMPLE:
        classes = list(config.class_values().values())
        number = next((i for i, group in enumerate(classes) if sample in group), None)
        if number is None:
            msg = (
                f"target '{name}': sample '{sample}' is in no class: add it to classes or take "
                f"it out of the data set's samples"
            )
            raise DataError(msg)
        return np.full(len(block["event_id"]), number, dtype=np.int64)
    values = block[config.array]
    _refuse(name, config, block, ~np.isfinite(values.astype(np.float64)), "not finite")
    if config.classes is not None:
        return _class_numbers(name, config, block)
    _check_coordinates(name, config, block)
    if config.log:
        _refuse(name, config, block, values <= 0, "not positive, log10 cannot be learnt")
    if config.relative:
        why = "not positive, bias and resolution relative to the truth have no meaning"
        _refuse(name, config, block, values <= 0, why)
    return values


def _check_coordinates(name: str, config: Target, block: Block) -> None:
    """Refuse what does not have the coordinates that its kind says."""
    values = block[config.array]
    count = int(np.prod(values.shape[1:], dtype=int))
    wanted = {"value": count == 1, "direction": values.shape[1:] == (DIRECTION,)}
    if not wanted.get(config.kind, values.ndim == MATRIX and count >= COORDINATES):
        expected = {
            "value": "one value: say kind: direction or kind: position, or keep each component "
            "as an array of its own in the sample and make it a target of its own",
            "direction": f"a unit vector of {DIRECTION} components",
            "position": f"at least {COORDINATES} coordinates; one coordinate is a value",
        }[config.kind]
        msg = (
            f"target '{name}' of kind {config.kind}: '{config.array}' has shape "
            f"{values.shape[1:]} an event, expected {expected}"
        )
        raise DataError(msg)
    if config.kind == "direction":
        length = np.linalg.norm(values.astype(np.float64), axis=1)
        bad = np.abs(length - 1) > UNIT
        _refuse(name, config, block, bad, "no unit vectors")


def _class_numbers(name: str, config: Target, block: Block) -> Array:
    values = block[config.array]
    numbers = np.full(values.shape, -1, dtype=np.int64)
    for number, group in enumerate(config.class_values().values()):
        # 0.1 in YAML is not the 0.1 of a float32 array: compare in the array's own type.
        wanted = np.asarray(group).astype(values.dtype)
        if not np.allclose(wanted.astype(np.float64), np.asarray(group, dtype=np.float64)):
            msg = (
                f"target '{name}': class values {group} cannot occur in '{config.array}', which "
                f"holds {values.dtype}: give values of that type"
            )
            raise DataError(msg)
        numbers[np.isin(values, wanted)] = number
    _refuse(name, config, block, numbers < 0, f"in none of the classes {config.classes}")
    return numbers


def _refuse(name: str, config: Target, block: Block, bad: Array, why: str) -> None:
    if bad.any():
        row = int(np.nonzero(bad)[0][0])
        msg = (
            f"target '{name}': {np.count_nonzero(bad)} values of '{config.array}' in one block "
            f"are {why}, first {block[config.array][row]} in event {block['event_id'][row]}: "
            f"select these events away or mend the sample"
        )
        raise DataError(msg)
