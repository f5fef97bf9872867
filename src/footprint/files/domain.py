"""Where a network has learnt: ranges of the arrays in the training split, in a data-set file.

Layout: ``domain/<array>`` for each array of the events that an input is made of, with ``range``
(smallest and largest measured value) and ``quantiles`` in physical units, before any transform;
attributes ``levels`` of the quantiles, ``missing``, ``units``, ``description``. All values of an
array count alike, whatever their pixel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from footprint.errors import FileFormatError, suggest
from footprint.files import hdf5
from footprint.files.hdf5 import ArraySpec

GROUP = "domain"
LEVELS = (0.01, 0.05, 0.16, 0.5, 0.84, 0.95, 0.99)
"""Of the quantiles: the median, the central 68, 90 and 98 %."""


@dataclass(frozen=True)
class Range:
    """What training events have of one array.

    Attributes
    ----------
    low, high
        Smallest and largest measured value; NaN where none was measured.
    quantiles
        At `LEVELS`, from as many events as fit into memory.
    missing
        Share of the values that were not measured.
    """

    low: float
    high: float
    quantiles: tuple[float, ...]
    missing: float


def write_domain(
    file: h5py.File, ranges: Mapping[str, Range], specs: Mapping[str, ArraySpec]
) -> None:
    """Store the ranges of the training split's arrays."""
    group = file.create_group(GROUP)
    for name, found in ranges.items():
        entry = group.create_group(name)
        entry["range"] = np.array([found.low, found.high])
        entry["quantiles"] = np.array(found.quantiles)
        entry.attrs["levels"] = LEVELS
        entry.attrs["missing"] = found.missing
        entry.attrs["units"] = specs[name].units
        entry.attrs["description"] = specs[name].description


def read_domain(file: h5py.File, path: Path, name: str) -> tuple[ArraySpec, Range]:
    """Read unit, meaning and range of an array.

    Raises
    ------
    FileFormatError
        The data set has no ranges, or none of this array.
    """
    if GROUP not in file:
        msg = (
            f"{path} has no '{GROUP}', the ranges of its training events: it was built by an older "
            f"Footprint, or with the normalisation of another data set. Build it again"
        )
        raise FileFormatError(msg)
    if name not in file[GROUP]:
        msg = f"{path} has no range of array '{name}'; {suggest(name, file[GROUP])}"
        raise FileFormatError(msg)
    entry = file[GROUP][name]
    low, high = (float(value) for value in entry["range"][:])
    quantiles = tuple(float(value) for value in entry["quantiles"][:])
    spec = hdf5.spec_of(entry)
    return spec, Range(low, high, quantiles, float(entry.attrs["missing"]))
