"""The tables of one data set's survey, checked as they are read: all that a figure may know.

``dataset.json`` names the data set and its classes; each CSV file holds one table. Which there
are depends on the data set. Beyond the columns listed here a table may have more.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from footprint.errors import FileFormatError
from footprint.figures.tables import read_table

_PIXELS = ("target", "input", "channel", "label", "class", "row", "column")
COLUMNS: dict[str, tuple[str, ...]] = {
    "classes": ("target", "split", "class", "events", "effective_events"),
    "spectra": (
        *("target", "class", "spectator", "units", "weighted"),
        *("low", "high", "density", "error"),
    ),
    "closure": (
        *("target", "spectator", "units", "split", "class", "low", "high", "goal"),
        *("before", "before_error", "after", "after_error"),
    ),
    "closure_tests": ("split", "class", "when", "chi2", "ndf"),
    "mean_images": (*_PIXELS, "mean"),
    "single_images": (*_PIXELS, "number", "value"),
    "single_jets": ("target", "input", "class", "number", "deta", "dphi", "share"),
}
_TEXT = {
    *("target", "class", "split", "spectator", "units", "when", "input", "channel", "label"),
    "event_id",
}
FACTS = "dataset.json"
_KEYS = ("dataset", "classes", "weighted")


@dataclass(frozen=True)
class DatasetTables:
    """The tables of one data set in one folder.

    Attributes
    ----------
    folder
        Where they lie.
    dataset
        Name of the data set.
    classes
        Classes of each target.
    weighted
        Whether events do not all count alike.
    jet_images
        Channels that are images in pseudorapidity (first axis) and azimuth, with half their width.
    """

    folder: Path
    dataset: str
    classes: dict[str, tuple[str, ...]]
    weighted: bool
    jet_images: dict[str, float]

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        return self.path(name).is_file()

    def path(self, name: str) -> Path:
        """Where a table lies."""
        return self.folder / f"{name}.csv"

    def read(self, name: str) -> pd.DataFrame:
        """Read a table.

        Raises
        ------
        FileFormatError
            The file is missing or not CSV, a column is missing or is not of numbers.
        DataError
            The table, or one of its columns that should be drawn, is empty.
        """
        return read_table(self.path(name), COLUMNS[name], _TEXT)


def open_dataset_tables(folder: Path) -> DatasetTables:
    """Open a data set's folder of tables.

    Raises
    ------
    FileFormatError
        No such folder, or its ``dataset.json`` is missing, not JSON or lacks a key.
    """
    path = folder / FACTS
    expected = f"expected JSON with keys {', '.join(_KEYS)}"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        msg = f"file not found: {path}, {expected}: survey the data set again"
        raise FileFormatError(msg) from None
    except ValueError as error:
        msg = f"{path} is not JSON ({error}), {expected}"
        raise FileFormatError(msg) from None
    if not isinstance(found, dict) or any(key not in found for key in _KEYS):
        there = ", ".join(found) if isinstance(found, dict) else type(found).__name__
        msg = f"{path}: {expected}, found {there or 'nothing'}"
        raise FileFormatError(msg)
    classes = {target: tuple(names) for target, names in found["classes"].items()}
    jets = {channel: float(width) for channel, width in found.get("jet_images", {}).items()}
    return DatasetTables(folder, str(found["dataset"]), classes, bool(found["weighted"]), jets)
