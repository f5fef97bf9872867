"""From a member's values to ours: NaN for silent, columns, units, shape, type."""

from typing import Any

import numpy as np

from footprint.config.npz_members import NpzArray, NpzConstant, NpzMember
from footprint.errors import ConfigError, DataError
from footprint.files.hdf5 import Array

LENGTH_TOLERANCE = 1e-3
"""How far a unit vector's length may be from 1."""


def check_shape(found: tuple[int, ...], member: NpzMember, label: str) -> None:
    """Refuse a member whose values cannot get the expected shape.

    Parameters
    ----------
    found
        Shape of one event's value in the file.
    member
        What is expected.
    label
        Which member of which file, for messages.

    Raises
    ------
    ConfigError
        Too few columns, or another shape.
    """
    shape = found
    if member.take is not None:
        columns = _columns(member)
        rows = _with_columns_last(found, member)
        if not rows or rows[-1] <= max(columns):
            msg = f"{label} has shape {found}, too few columns to take {member.take}"
            raise ConfigError(msg)
        shape = (*rows[:-1], len(columns))
    if not _divides(shape, tuple(member.shape)):
        msg = (
            f"{label} has shape {found} for each event, expected {tuple(member.shape)}"
            + (f" after taking columns {member.take}" if member.take is not None else "")
            + ": change shape (of a convention: grid), or name another member"
        )
        raise ConfigError(msg)


def _columns(member: NpzMember) -> list[int]:
    take = member.take
    return take if isinstance(take, list) else [] if take is None else [take]


def _with_columns_last(shape: tuple[int, ...], member: NpzMember) -> tuple[int, ...]:
    """Drop axes of length 1 behind the columns, as four-vectors (200, 6, 1) have."""
    while shape and shape[-1] == 1 and max(_columns(member)) > 0:
        shape = shape[:-1]
    return shape


def _divides(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether axes may be divided, as 81 into 9 and 9, until the shapes agree; 1 counts for none.

    Axes are neither exchanged nor joined, so that traces (80, 9, 9) are never taken for
    (9, 9, 80).
    """
    rest = [length for length in wanted if length != 1]
    for length in found:
        product = 1
        while product < length and rest:
            product *= rest.pop(0)
        if product != length:
            return False
    return not rest


def converted(raw: Array, member: NpzMember, label: str, first: int = 0) -> Array:
    """Turn some rows of a member into our values.

    Parameters
    ----------
    raw
        The file's values, shape (n, ...); may be overwritten.
    member
        What they mean.
    label
        Which member of which file, for messages.
    first
        Index of the first row, for messages.

    Returns
    -------
    ndarray, shape (n, *member.shape)

    Raises
    ------
    DataError
        Values that our array must not hold.
    """
    values = raw
    if member.take is not None:
        values = raw.reshape(len(raw), *_with_columns_last(raw.shape[1:], member))
        values = values[..., member.take]
    values = values.reshape(len(raw), *member.shape)
    silent = None if member.silent is None else values == member.silent
    rescaled = member.scale != 1 or bool(np.any(member.offset))
    if rescaled or (silent is not None and values.dtype.kind != "f"):
        values = values.astype(np.float64)
    if rescaled:
        values *= member.scale
        values += np.asarray(member.offset)
    if silent is not None:
        values[silent] = np.nan
    if isinstance(member, NpzArray):
        _check(values, member, label, first)
        return _typed(values, np.dtype(member.type), label, first)
    if isinstance(member, NpzConstant) and member.centred:
        values = values - np.nanmean(values, dtype=np.float64)
    return _typed(values, np.dtype(np.float32), label, first)


def _check(values: Array, member: NpzArray, label: str, first: int) -> None:
    """Refuse values that physics forbids; NaN may stay."""
    if member.positive:
        _refuse(values <= 0, values, f"{label} must be positive", "remove the events", first)
    if member.one_of:
        bad = ~np.isin(values, member.one_of)
        what = f"{label} must be one of {member.one_of}"
        _refuse(bad, values, what, "say which column with take", first)
    if member.unit_vector:
        vectors = values.astype(np.float64)
        lengths = np.linalg.norm(vectors, axis=-1)
        what = f"{label} must be unit vectors"
        _refuse(np.abs(lengths - 1) > LENGTH_TOLERANCE, values, what, "normalise them", first)
        what = f"{label} must point upwards, against the flight of the shower"
        _refuse(vectors[:, 2] <= 0, values, what, "say scale: -1 if all point downwards", first)


def _typed(values: Array, dtype: np.dtype[Any], label: str, first: int) -> Array:
    """Bring values to their type in the event file, if it can hold them."""
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            result = values.astype(dtype)
        remedy = "where they mean 'not measured' they must be NaN, or say so with silent"
        _refuse(np.isinf(result), values, f"{label} must be finite in float32", remedy, first)
        return result
    limits = np.iinfo(dtype)
    if values.dtype.kind == "f":
        remedy = "read it as float32"
        _refuse(values != np.rint(values), values, f"{label} must be whole", remedy, first)
    outside = (values < limits.min) | (values > limits.max)
    _refuse(outside, values, f"{label} must fit into {dtype}", "say a larger type", first)
    return values.astype(dtype)


def _refuse(bad: Array, values: Array, what: str, remedy: str, first: int) -> None:
    """Raise where anything is bad, with the first bad value and its event."""
    count = int(np.count_nonzero(bad))
    if count:
        where = int(np.argwhere(bad)[0][0])
        found = values[where] if bad.ndim == 1 else values[bad][0]
        msg = (
            f"{what}: {count} of {bad.size} in events {first} to {first + len(values) - 1} are "
            f"not, the first in event {first + where}: {found}; {remedy}"
        )
        raise DataError(msg)
