"""From awkward arrays to plain ones: every event's value gets the same shape."""

from dataclasses import dataclass
from textwrap import shorten

import awkward as ak
import numpy as np
from awkward.types import ListType, NumpyType, OptionType, RegularType

from footprint.errors import ConfigError, DataError
from footprint.files.hdf5 import Array, storable

LARGEST_EXACT = 2**24
"""Integers up to here are exact in float32."""


@dataclass(frozen=True)
class Form:
    """What one entry of an awkward array looks like.

    Attributes
    ----------
    axes
        Length of each axis, None for a variable one.
    kind
        NumPy's letter for the type of the values, empty for anything but numbers.
    optional
        Whether values may be missing.
    words
        All this in awkward's words, for messages.
    """

    axes: tuple[int | None, ...]
    kind: str
    optional: bool
    words: str

    @property
    def jagged(self) -> bool:
        """Whether entries differ in their number of values."""
        return None in self.axes


def form_of(values: ak.Array) -> Form:
    """Find out what one entry of an awkward array looks like."""
    axes: list[int | None] = []
    inner = entry = ak.type(values).content
    while isinstance(inner, ListType | RegularType) and "__array__" not in inner.parameters:
        axes.append(inner.size if isinstance(inner, RegularType) else None)
        inner = inner.content
    optional = isinstance(inner, OptionType)
    if optional:
        inner = inner.content
    kind = np.dtype(inner.primitive).kind if isinstance(inner, NumpyType) else ""
    return Form(tuple(axes), kind, optional, shorten(str(entry), 120))


def check_form(form: Form, label: str, length: int | None) -> None:
    """Refuse what cannot become one plain array.

    Parameters
    ----------
    form
        What an entry looks like.
    label
        What it is, for messages.
    length
        What ``lengths`` says of it, if anything.

    Raises
    ------
    ConfigError
        Strings, records, more than one variable axis; jagged without a length, or the reverse.
    """
    if form.kind not in tuple("biuf"):
        msg = (
            f"{label} holds {form.words}, expected numbers: remove it from options.branches (in "
            f"options.cut strings may be compared)"
        )
        raise ConfigError(msg)
    if None in form.axes[1:]:
        msg = (
            f"{label} is jagged in more than its first axis ({form.words}), which no fixed shape "
            f"can hold: remove it from options.branches"
        )
        raise ConfigError(msg)
    if form.jagged and length is None:
        msg = (
            f"{label} is jagged ({form.words}): its number of values differs between entries. Say "
            f"under options.lengths how many to keep; shorter entries are filled up with NaN"
        )
        raise ConfigError(msg)
    if length is not None and not form.jagged:
        msg = f"{label} is not jagged ({form.words}): remove it from options.lengths"
        raise ConfigError(msg)


def plain(values: ak.Array, label: str, length: int | None) -> Array:
    """Turn the numbers of some entries into a NumPy array.

    Integers stay integers, booleans become 0 and 1, missing values NaN; where there may be NaN
    integers become float32. The type of the result follows from the type of the values alone.

    Parameters
    ----------
    values
        Awkward array.
    label
        What it is, for messages.
    length
        How many values of a jagged array to keep; shorter entries are filled up with NaN.

    Returns
    -------
    ndarray, shape (n, ...), or (n, length, ...) of jagged values

    Raises
    ------
    ConfigError
        Values that have no fixed shape.
    DataError
        Values that float32 cannot hold: infinite, or large integers where there may be NaN.
    """
    form = form_of(values)
    check_form(form, label, length)
    counts = np.asarray(ak.num(values, axis=1)) if form.jagged else None
    if counts is not None:
        values = ak.flatten(values, axis=1)
    if form.optional:
        values = ak.fill_none(ak.values_astype(values, np.float64), np.nan, axis=-1)
    numbers: Array = ak.to_numpy(values)
    if form.kind != "f" and (form.jagged or form.optional):
        numbers = exact_float32(numbers, label)
    elif form.kind == "b":
        numbers = numbers.astype(np.uint8)
    check_finite(numbers, label)
    return numbers if counts is None or length is None else padded(numbers, counts, length)


def padded(flat: Array, counts: Array, length: int) -> Array:
    """Cut the entries of a jagged array to a length, or fill them up with NaN.

    Parameters
    ----------
    flat
        All entries' values after each other, shape (sum of counts, ...), floating point.
    counts
        Number of values of each entry, shape (n,).
    length
        Number of values to give to each.

    Returns
    -------
    ndarray, shape (n, length, ...)
    """
    result = np.full((len(counts), length, *flat.shape[1:]), np.nan, dtype=flat.dtype)
    entry = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(flat)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = position < length
    result[entry[kept], position[kept]] = flat[kept]
    return result


def exact_float32(values: Array, label: str) -> Array:
    """Bring integers to float32, where it holds them exactly; NaN may be among them.

    Raises
    ------
    DataError
        Larger integers.
    """
    largest = np.nanmax(np.abs(values.astype(np.float64)), initial=0)
    if largest > LARGEST_EXACT:
        msg = (
            f"{label} holds integers up to {largest:.0f}, beyond the {LARGEST_EXACT} that stay "
            f"exact in float32, which NaN for missing values requires: remove it from "
            f"options.branches, or write a formula that makes them smaller"
        )
        raise DataError(msg)
    return values.astype(np.float32)


def check_finite(values: Array, label: str) -> None:
    """Refuse infinities, in float32 as they will be stored; NaN may stay.

    Raises
    ------
    DataError
        With the number of bad values.
    """
    with np.errstate(over="ignore"):
        bad = int(np.count_nonzero(np.isinf(storable(values))))
    if bad:
        msg = (
            f"{label}: {bad} of {values.size} values are infinite or too large for float32. "
            f"Remove their entries with options.cut or change the formula; where they mean 'not "
            f"measured' they must be NaN"
        )
        raise DataError(msg)
