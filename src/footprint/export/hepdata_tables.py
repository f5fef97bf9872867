"""The variables of one table for HEPData: axes, and values with their errors and qualifiers."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from footprint.errors import DataError, FileFormatError
from footprint.evaluation.columns import Beside, why_without
from footprint.evaluation.marks import legend
from footprint.evaluation.quantities import words
from footprint.export.hepdata_layout import TARGET, Axis, Layout, Quantity

STATISTICAL = "stat"
SPREAD = "spread over seeds"
_MISSING = "-"
_COLUMN = re.compile(r"\$(\w+)")


def read(path: Path, layout: Layout) -> pd.DataFrame:
    """Read a table and check that it has what the layout wants.

    Raises
    ------
    FileFormatError
        A column is missing.
    DataError
        There is no row, or no value in any.
    """
    # Text stays text: a class may be called 1, and a method none.
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    wanted = [c for axis in layout.axes for c in axis.columns]
    wanted += [quantity.column for quantity in layout.values]
    wanted += [*layout.by, *layout.apart]
    missing = [column for column in wanted if column not in frame]
    if missing:
        found = ", ".join(map(str, frame))
        msg = f"{path} lacks columns {', '.join(missing)}, found {found}: evaluate again"
        raise FileFormatError(msg)
    if frame.empty:
        msg = f"{path} has no rows, and HEPData takes no empty table: evaluate again, or remove "
        raise DataError(msg + "what it was made for from the study")
    numbers = frame[[quantity.column for quantity in layout.values]]
    if not numbers.map(lambda cell: _number(cell) is not None).any(axis=None):
        names = ", ".join(map(str, numbers))
        msg = f"{path}: no number in any of {len(frame)} rows of {names}, and HEPData takes no "
        raise DataError(msg + "empty table")
    return frame


def groups(frame: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Take a table apart by the values of some columns, in the order they come."""
    if not by:
        yield {}, frame
        return
    for key, rows in frame.groupby(list(by), sort=False):
        yield dict(zip(by, map(str, key), strict=True)), rows


def variables(path: Path, layout: Layout, rows: pd.DataFrame, units: str) -> Iterator[Any]:
    """Make the axes, and each curve's values along them; what a curve has not is a dash."""
    columns = [column for axis in layout.axes for column in axis.columns]
    places = list(dict.fromkeys(rows[columns].itertuples(index=False, name=None)))
    start = 0
    for axis in layout.axes:
        own = [place[start : start + len(axis.columns)] for place in places]
        start += len(axis.columns)
        yield _independent(axis, own, rows.iloc[0], units)
    for key, curve in groups(rows, layout.by):
        by_place = dict(zip(curve[columns].itertuples(index=False, name=None),
                            curve.to_dict("records"), strict=True))  # fmt: skip
        if len(by_place) < len(curve):
            where = ", ".join(f"{name} {value}" for name, value in key.items()) or "all of it"
            msg = f"{path}, {where}: two values at one place of {', '.join(columns)}: HEPData's "
            raise DataError(msg + "layout of this table does not tell them apart")
        cells: list[Mapping[Any, Any]] = [by_place.get(place, {}) for place in places]
        for quantity in layout.values:
            known = any(_number(cell.get(quantity.column)) is not None for cell in cells)
            if known or not quantity.optional:
                yield _dependent(quantity, cells, key, curve.iloc[0], units)


def _independent(
    axis: Axis, places: Sequence[tuple[str, ...]], first: "pd.Series[Any]", units: str
) -> Any:
    from hepdata_lib import Variable

    binned = len(axis.columns) > 1
    values: list[Any] = [
        tuple(_plain(cell) for cell in place) if binned else _plain(place[0]) for place in places
    ]
    name, unit = _filled(axis.name, first), _unit(axis.units, first, units)
    return Variable(name, is_independent=True, is_binned=binned, units=unit, values=values)


def _dependent(
    quantity: Quantity,
    cells: Sequence[Mapping[Any, Any]],
    key: Mapping[str, str],
    first: "pd.Series[Any]",
    units: str,
) -> Any:
    from hepdata_lib import Uncertainty, Variable

    known = quantity.beside(list(first.index))
    values = [_number(cell.get(quantity.column)) for cell in cells]
    variable = Variable(
        _filled(quantity.name, first),
        is_independent=False,
        is_binned=False,
        units=_unit(quantity.units, first, units),
        values=[_said(value, cell, known) for value, cell in zip(values, cells, strict=True)],
        zero_uncertainties_warning=False,
    )
    for name, value in key.items():
        variable.add_qualifier(name.replace("_", " "), value)
    for label, column in ((STATISTICAL, quantity.error), (SPREAD, quantity.spread)):
        if isinstance(column, str):
            errors = [_number(cell.get(column)) for cell in cells]
            errors = [
                None if isinstance(said, str) else error
                for said, error in zip(variable.values, errors, strict=True)
            ]
            if any(error is not None for error in errors):
                entry = Uncertainty(label)
                entry.values = errors
                variable.add_uncertainty(entry)
        elif column is not None:
            entry = Uncertainty(label, is_symmetric=False)
            entry.values = [
                _around(value, _number(cell.get(column[0])), _number(cell.get(column[1])))
                for value, cell in zip(values, cells, strict=True)
            ]
            variable.add_uncertainty(entry)
    return variable


def _said(value: float | None, cell: Mapping[Any, Any], known: Beside | None) -> float | str:
    """Give a value, or what it is at least where too few events are left for its error."""
    if known is not None:
        errors = [_number(cell.get(name)) for name in known.error]
        limit = _number(cell.get(known.limit))
        if limit is None and value is None:  # the lower end of an interval without an upper one
            limit = errors[0] if len(errors) > 1 else None
        if limit is not None and (value is None or errors[0] is None):
            return f"> {limit:.4g}"
    return _MISSING if value is None else value


def without_errors(path: Path, layout: Layout, rows: pd.DataFrame) -> list[str]:
    """Say which values of a table have no error, and why."""
    found = [
        f"'{_filled(quantity.name, rows.iloc[0])}' has no error: it {why}"
        for quantity in layout.values
        if quantity.error is None and (why := why_without(path.stem, quantity.column))
    ]
    marks: set[str] = set()
    for quantity in layout.values:
        known = quantity.beside([str(name) for name in rows])
        if known is not None and known.mark in rows:
            marks |= set(rows[known.mark])
    return [*found, *legend(marks)]


def _around(value: float | None, low: float | None, high: float | None) -> tuple[float, float]:
    """Give the ends of an interval from its value; zero, which is left out, where not known."""
    if value is None or low is None or high is None:
        return 0.0, 0.0
    return low - value, high - value


def _number(cell: Any) -> float | None:
    """Read a number; None where there is none, or it is not finite."""
    try:
        found = float(cell)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def _plain(cell: str) -> float | int | str:
    """Read a place on an axis: whole numbers as such, other text as it is, nothing as a dash."""
    found = _number(cell)
    if found is None:
        return cell or _MISSING
    return int(found) if re.fullmatch(r"-?\d+", cell) else found


def _filled(text: str, first: "pd.Series[Any]") -> str:
    """Put in what the columns say that a text names, as words."""

    def said(column: re.Match[str]) -> str:
        word = str(first.get(column[1], ""))
        if column[1] == "metric":
            return words(word)
        # Formulas keep their subscripts.
        return word if "$" in word else word.replace("_", " ")

    return _COLUMN.sub(said, text)


def _unit(text: str, first: "pd.Series[Any]", units: str) -> str:
    """Write a unit, that of the target or of a column; a density of pure numbers has none."""
    over = text.startswith("1/")
    asked = text.removeprefix("1/")
    unit = units if asked == TARGET else _COLUMN.sub(lambda n: str(first.get(n[1], "")), asked)
    unit = "" if unit in {"1", "-", "nan"} else unit
    if not over or not unit:
        return unit
    return f"1/({unit})" if re.search(r"[/* ]", unit) else f"1/{unit}"
