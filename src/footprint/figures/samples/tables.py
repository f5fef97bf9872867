"""The tables of one sample's survey, checked as they are read: all that a figure may know.

``sample.json`` names the sample; each CSV file holds one table. Which there are depends on the
arrays of the sample. Beyond the columns listed here a table may have more.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from footprint.figures.table_files import TableFolder, read_facts, read_table

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
class SampleTables(TableFolder):
    """The tables of one sample in one folder.

    Attributes
    ----------
    sample
        Name of the sample.
    hadronic_model
        What a simulation was made with; None where that is not known.
    """

    sample: str
    hadronic_model: str | None

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
    found = read_facts(folder / FACTS, _KEYS, "survey the sample again")
    model = found["hadronic_model"]
    return SampleTables(folder, str(found["sample"]), None if model is None else str(model))
