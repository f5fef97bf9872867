"""The tables of one sample's survey, checked as they are read: all that a figure may know.

``sample.json`` names the sample; each CSV file holds one table. Which there are depends on the
arrays of the sample. Beyond the columns listed here a table may have more.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from footprint.errors import FileFormatError
from footprint.figures.tables import read_table

_BINNED = ("mass", "low", "high", "centre", "mean", "mean_error", "sd", "sd_error")
COLUMNS: dict[str, tuple[str, ...]] = {
    "events": ("event", "mass", "zenith", "core_x", "core_y", "axis_x", "axis_y"),
    "stations": ("event", "x", "y", "status", "signal", "arrival_time"),
    "traces": ("station", "radius", "low", "high", "signal"),
    "lateral_distribution": (
        *("mass", "energy_low", "energy_high", "centre", "signal", "error"),
        *("relative", "relative_error", "efficiency"),
    ),
    "time_residuals": (
        *("zenith_low", "zenith_high", "low", "high", "stations"),
        *("mean", "mean_error", "sd", "sd_error"),
    ),
    "trigger_efficiency": (
        *("energy_low", "energy_high", "low", "high"),
        *("efficiency", "efficiency_low", "efficiency_high"),
    ),
    "xmax_moments": ("showers", *_BINNED),
    "xmax_model": ("mass", "lg_energy", "mean", "sd"),
    "muons": ("quantity", *_BINNED),
    "stations_hit": ("variable", *_BINNED),
    "zenith": ("low", "high", "density", "error", "expected"),
    "energy_spectrum": ("mass", "low", "high", "density", "error"),
}
_TEXT = {"event", "event_id", "mass", "showers", "quantity", "variable"}
_MAY_BE_EMPTY = {"sd"}
FACTS = "sample.json"
_KEYS = ("sample", "events", "hadronic_model")


@dataclass(frozen=True)
class SampleTables:
    """The tables of one sample in one folder.

    Attributes
    ----------
    folder
        Where they lie.
    sample
        Name of the sample.
    hadronic_model
        What a simulation was made with; None where that is not known.
    """

    folder: Path
    sample: str
    hadronic_model: str | None

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
        return read_table(self.path(name), COLUMNS[name], _TEXT, _MAY_BE_EMPTY)


def open_sample(folder: Path) -> SampleTables:
    """Open a sample's folder of tables.

    Raises
    ------
    FileFormatError
        No such folder, or its ``sample.json`` is missing, not JSON or lacks a key.
    """
    path = folder / FACTS
    expected = f"expected JSON with keys {', '.join(_KEYS)}"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        msg = f"file not found: {path}, {expected}: survey the sample again"
        raise FileFormatError(msg) from None
    except ValueError as error:
        msg = f"{path} is not JSON ({error}), {expected}"
        raise FileFormatError(msg) from None
    if not isinstance(found, dict) or any(key not in found for key in _KEYS):
        there = ", ".join(found) if isinstance(found, dict) else type(found).__name__
        msg = f"{path}: {expected}, found {there or 'nothing'}"
        raise FileFormatError(msg)
    model = found["hadronic_model"]
    return SampleTables(folder, str(found["sample"]), None if model is None else str(model))
