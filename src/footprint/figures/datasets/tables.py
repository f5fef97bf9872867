"""The tables of one data set's survey, checked as they are read: all that a figure may know.

``dataset.json`` names the data set and its classes; each CSV file holds one table. Which there
are depends on the data set. Beyond the columns listed here a table may have more.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from footprint.figures.table_files import TableFolder, read_facts, read_table

_PIXELS = ("target", "input", "channel", "label", "units", "class", "row", "column")
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
class DatasetTables(TableFolder):
    """The tables of one data set in one folder.

    Attributes
    ----------
    dataset
        Name of the data set.
    classes
        Classes of each target.
    weighted
        Whether events do not all count alike.
    jet_images
        Channels that are images in pseudorapidity (first axis) and azimuth, with half their width.
    """

    dataset: str
    classes: dict[str, tuple[str, ...]]
    weighted: bool
    jet_images: dict[str, float]

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
    found = read_facts(folder / FACTS, _KEYS, "survey the data set again")
    classes = {target: tuple(names) for target, names in found["classes"].items()}
    jets = {channel: float(width) for channel, width in found.get("jet_images", {}).items()}
    return DatasetTables(folder, str(found["dataset"]), classes, bool(found["weighted"]), jets)
