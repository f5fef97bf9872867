"""The table of one scan's points, checked as it is read: all that a figure may know."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from footprint.errors import FileFormatError
from footprint.figures.table_files import TableFolder, read_facts, read_table

FACTS = "scan.json"
_KEYS = ("experiment", "method", "parameters")
_COLUMNS = ("point", "status", "validation_loss", "epochs", "seconds")


@dataclass(frozen=True)
class Parameter:
    """One scanned parameter.

    Attributes
    ----------
    path
        Its path in the experiment.
    numbers
        Whether its values are numbers.
    log
        Whether its axis is logarithmic.
    """

    path: str
    numbers: bool
    log: bool


@dataclass(frozen=True)
class ScanTables(TableFolder):
    """The tables of one scan in one folder.

    Attributes
    ----------
    experiment
        The experiment that is scanned.
    method
        ``grid``, ``random`` or ``optuna``.
    parameters
        What is scanned.
    """

    experiment: str
    method: str
    parameters: tuple[Parameter, ...]

    def points(self) -> pd.DataFrame:
        """Read the points: a row each, with a column of values for each parameter.

        Raises
        ------
        FileFormatError
            The file is missing or not CSV, a column is missing or is not of numbers.
        DataError
            There is no point, or none that was trained.
        """
        words = {parameter.path for parameter in self.parameters if not parameter.numbers}
        expected = (*_COLUMNS, *(parameter.path for parameter in self.parameters))
        text = {"point", "status", "reason", *words}
        return read_table(self.path("points"), expected, text, {"epochs", "seconds"})


def open_scan(folder: Path) -> ScanTables:
    """Open a scan's folder of tables.

    Raises
    ------
    FileFormatError
        No such folder, or its ``scan.json`` is missing, not JSON or lacks a key.
    """
    found = read_facts(folder / FACTS, _KEYS, "choose among the scan's points again")
    try:
        parameters = tuple(
            Parameter(str(entry["path"]), bool(entry["numbers"]), bool(entry["log"]))
            for entry in found["parameters"]
        )
    except (KeyError, TypeError) as error:
        msg = f"{folder / FACTS}: parameters need path, numbers and log, found {error!r}: choose "
        raise FileFormatError(msg + "among the scan's points again") from None
    return ScanTables(folder, str(found["experiment"]), str(found["method"]), parameters)
