"""Pickles that hold arrays, text, bytes and numbers; anything else is refused before it runs.

A pickle is a program that may call any function of any module. Here the only names it can reach
are the stand-ins of this file, which take what NumPy's own pickles say of an array and check
it; NumPy itself gets plain bytes, a type of plain numbers and a shape.
"""

import io
import pickle
import re
from math import prod
from typing import Any, Never

import numpy as np

from footprint.errors import FileFormatError
from footprint.files.hdf5 import Array

PLAIN = re.compile(r"[biuf][0-9]{1,2}")
"""Codes of plain numbers, such as u1."""
STATE = 5
"""Entries of an array's state: version, shape, type, order, bytes."""


class Refused(Exception):  # noqa: N818, becomes a message with the file's name
    """The pickle asks for more than arrays, text and numbers."""


def load(content: bytes, what: str) -> Any:
    """Load a pickle of plain values.

    Parameters
    ----------
    content
        The pickle. Those of Python 2 are understood; their text becomes bytes.
    what
        Which file, for messages.

    Returns
    -------
    object
        Of None, bool, int, float, str, bytes, ndarray, in dict, list and tuple.

    Raises
    ------
    FileFormatError
        Not a pickle, truncated, or one that asks for anything else, which is not executed.
    """
    try:
        return _values(_Plain(io.BytesIO(content), encoding="bytes").load(), {})
    except Refused as refusal:
        msg = (
            f"{what} is a pickle that asks for {refusal}; arrays, text and numbers alone are "
            f"read, nothing of it was executed. Do not load it elsewhere unless you know who "
            f"wrote it; write your own images as npz (docs/images.md)"
        )
        raise FileFormatError(msg) from None
    except Exception as error:  # noqa: BLE001, damaged pickles raise whatever they like
        said = " ".join(str(error).split())[:200]
        msg = (
            f"{what} cannot be read as a pickle of arrays: {type(error).__name__}: {said}. It is "
            f"truncated, damaged or another kind of file; copy or download it again"
        )
        raise FileFormatError(msg) from None


def _text(value: Any) -> str:
    """Take text as Python 2 and 3 write it."""
    return value.decode("latin1") if isinstance(value, bytes) else str(value)


class _Type:
    """A NumPy type: one of plain numbers, in its own or in the other order of bytes."""

    def __init__(self, code: Any, *_: Any) -> None:
        if not PLAIN.fullmatch(_text(code)):
            _refuse(f"values of type {_text(code)!r}")
        self.dtype = np.dtype(_text(code))

    def __setstate__(self, state: Any) -> None:
        _version, order, *further = state
        if any(entry not in (None, -1, 0) for entry in further):
            _refuse(f"{self.dtype} with {further}")
        if _text(order) == ">":
            self.dtype = self.dtype.newbyteorder(">")


class _Class:
    """What stands for numpy.ndarray where its name is an argument."""

    def __init__(self, *_: Any) -> None:
        _refuse("ndarray()")

    def __setstate__(self, _state: Any) -> None:
        _refuse("ndarray")


class _Array:
    """An array that gets its values after it is made, as NumPy does it."""

    values: Array | None = None

    def __init__(self, *_: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        if len(state) != STATE or not isinstance(state[2], _Type):
            _refuse("an array of an unknown kind")
        _version, shape, kind, columns_first, data = state
        self.values = _array(data, kind, shape, columns_first=bool(columns_first))


class _Buffer(_Array):
    """An array as NumPy writes it with pickle's protocol 5."""

    def __init__(self, data: Any, kind: Any, shape: Any, order: Any = "C", *_: Any) -> None:
        self.values = _array(data, kind, shape, columns_first=_text(order) == "F")


def _array(data: Any, kind: Any, shape: Any, *, columns_first: bool) -> Array:
    """Make an array of checked bytes, type and shape."""
    content = data.encode("latin1") if isinstance(data, str) else data
    if not isinstance(content, bytes | bytearray) or not isinstance(kind, _Type):
        _refuse(f"an array made of {type(data).__name__}")
    if not isinstance(shape, tuple) or any(not isinstance(n, int) or n < 0 for n in shape):
        _refuse(f"an array of shape {shape}")
    if prod(shape) * kind.dtype.itemsize != len(content):
        msg = f"{len(content)} bytes for an array of shape {shape} of {kind.dtype}"
        raise ValueError(msg)
    return np.ndarray(shape, kind.dtype, content, order="F" if columns_first else "C")


class _Number:
    """A single number of a NumPy type."""

    def __init__(self, kind: Any, content: Any) -> None:
        if not isinstance(kind, _Type):
            _refuse("a number of an unknown type")
        data = content.encode("latin1") if isinstance(content, str) else content
        self.value = np.frombuffer(data, kind.dtype)[0].item()

    def __setstate__(self, _state: Any) -> None:
        _refuse("a number with a state")


class _Bytes(bytes):
    """Bytes as Python 3 writes them for Python 2: text with the code latin1."""

    def __new__(cls, text: Any = "", code: Any = "latin1") -> Any:
        if not isinstance(text, str) or _text(code) != "latin1":
            _refuse(f"the code {code!r}")
        return text.encode("latin1")

    def __setstate__(self, _state: Any) -> None:
        _refuse("bytes with a state")


def _refuse(what: Any) -> Never:
    raise Refused(_text(what))


PERMITTED = {
    ("numpy", "ndarray"): _Class,
    ("numpy", "dtype"): _Type,
    # How Python 3 names bytes for Python 2.
    ("_codecs", "encode"): _Bytes,
    ("__builtin__", "bytes"): _Bytes,
    ("builtins", "bytes"): _Bytes,
}
"""Stand-ins by module and name."""
for _core in ("numpy.core", "numpy._core"):  # before and since NumPy 2
    PERMITTED |= {
        (f"{_core}.multiarray", "_reconstruct"): _Array,
        (f"{_core}.multiarray", "scalar"): _Number,
        (f"{_core}.numeric", "_frombuffer"): _Buffer,
    }


class _Plain(pickle.Unpickler):
    """Finds nothing but the stand-ins."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in PERMITTED:
            _refuse(f"'{module}.{name}'")
        return PERMITTED[module, name]

    def persistent_load(self, pid: Any) -> Never:
        _refuse(f"something kept elsewhere ({pid!r})")


def _values(found: Any, known: dict[int, Any]) -> Any:
    """Put arrays and numbers in place of the stand-ins, each object once.

    Parameters
    ----------
    found
        What was loaded.
    known
        What became of the containers in it, by their identity.
    """
    if isinstance(found, _Array):
        return found.values if found.values is not None else _refuse("an array without values")
    if isinstance(found, _Number):
        return found.value
    if isinstance(found, dict | list | tuple) and id(found) not in known:
        if isinstance(found, dict):
            pairs = found.items()
            new: Any = {_values(key, known): _values(value, known) for key, value in pairs}
        else:
            new = type(found)(_values(value, known) for value in found)
        known[id(found)] = new
    if isinstance(found, dict | list | tuple):
        return known[id(found)]
    if found is None or isinstance(found, bool | int | float | str | bytes):
        return found
    return _refuse(f"a value of type {type(found).__name__.lstrip('_').lower()}")
