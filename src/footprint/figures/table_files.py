"""Folders of tables that figures are drawn from: CSV files, and a JSON file of facts on them."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from footprint.errors import DataError, FileFormatError
from footprint.files.csv_lines import check_last_line


@dataclass(frozen=True)
class TableFolder:
    """Tables in one folder.

    Attributes
    ----------
    folder
        Where they lie.
    """

    folder: Path

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        return self.path(name).is_file()

    def path(self, name: str) -> Path:
        """Where a table lies."""
        return self.folder / f"{name}.csv"


def read_facts(path: Path, keys: Collection[str], remedy: str) -> dict[str, Any]:
    """Read what tables are about.

    Parameters
    ----------
    path
        The JSON file beside them.
    keys
        Keys that are needed; there may be more.
    remedy
        What to do if it is not as it should be, for messages.

    Raises
    ------
    FileFormatError
        The file is missing, not JSON or lacks a key.
    """
    expected = f"expected JSON with keys {_list(keys)}"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        msg = f"file not found: {path}, {expected}: {remedy}"
        raise FileFormatError(msg) from None
    except ValueError as error:
        msg = f"{path} is not JSON ({error}), {expected}: {remedy}"
        raise FileFormatError(msg) from None
    if not isinstance(found, dict) or any(key not in found for key in keys):
        there = _list(found) if isinstance(found, dict) else type(found).__name__
        msg = f"{path}: {expected}, found {there}: {remedy}"
        raise FileFormatError(msg)
    return found


def read_table(
    path: Path,
    expected: tuple[str, ...],
    text: Collection[str],
    may_be_empty: Collection[str] = (),
) -> pd.DataFrame:
    """Read a CSV file and check that it can be drawn.

    Parameters
    ----------
    path
        The file.
    expected
        Columns that are needed; there may be more.
    text
        Columns of text. All others hold numbers.
    may_be_empty
        Columns without which a figure can do; errors and spreads are always among them.

    Raises
    ------
    FileFormatError
        The file is missing or not CSV, a column is missing or is not of numbers.
    DataError
        The table, or one of its columns that should be drawn, is empty.
    """
    if not path.is_file():
        there = sorted(file.name for file in path.parent.glob("*.csv"))
        msg = f"file not found: {path}, expected a table with columns {_list(expected)}; "
        msg += f"the folder holds {_list(there)}: evaluate again"
        raise FileFormatError(msg)
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        msg = f"{path} is not a CSV table ({str(error).strip()}), expected columns "
        raise FileFormatError(msg + _list(expected)) from None
    missing = [column for column in expected if column not in table]
    if missing:
        msg = f"{path} lacks columns {_list(missing)}: expected {_list(expected)}, "
        raise FileFormatError(msg + f"found {_list(table.columns)}")
    check_last_line(path, "Delete its folder and evaluate again")
    if table.empty:
        msg = f"{path} has no rows, expected columns {_list(expected)}, found them empty: "
        raise DataError(msg + "no event passed, or the evaluation was cut short")
    for column in table:
        if str(column) not in text:
            needed = str(column) in expected
            empty = str(column) in may_be_empty or str(column).endswith(("error", "spread"))
            table[column] = _numbers(table[column], path, needed=needed, may_be_empty=empty)
    return table


def _numbers(
    column: "pd.Series[Any]", path: Path, *, needed: bool, may_be_empty: bool
) -> "pd.Series[Any]":
    """Read a column's numbers; an empty cell is NaN, which errors may be and values not all."""
    numbers = pd.to_numeric(column.where(column != "", "nan"), errors="coerce").astype(float)
    wrong = column[numbers.isna() & ~column.str.lower().isin(["", "nan"])]
    if len(wrong) and needed:
        msg = f"{path}: column '{column.name}' holds {wrong.iloc[0]!r} in row "
        raise FileFormatError(msg + f"{int(wrong.index[0]) + 1}, expected a number")
    if needed and not may_be_empty and numbers.isna().all():
        msg = f"{path}: column '{column.name}' holds no number in any of {len(column)} rows"
        raise DataError(msg)
    return numbers


def _list(names: Iterable[Any]) -> str:
    return ", ".join(str(name) for name in names) or "nothing"
