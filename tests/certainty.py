"""Finds numbers of a study that have no error, and nothing that says why."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from footprint.evaluation.columns import Beside, measured, uncertain, why_without
from footprint.evaluation.marks import MEANING, UNDEFINED
from footprint.evaluation.rounding import NOTHING

NAMES = {"class", "method", "mass", "truth", "predicted", "label", "kind", "units", "event"}
"""Columns of names, also where these are digits."""
SETTINGS = {"layers with weights", "parameters", "epochs", "epoch kept"}
"""Columns of the summary's networks that are no measurements, as the text above it says."""
INSIDE = "inside"
"""Folder of looks inside networks, whose tables are of single events."""


def without_certainty(results: Path) -> list[str]:
    """Name every such number among the tables, metrics and the summary of a study."""
    tables = [p for p in sorted(results.glob("tables/**/*.csv")) if INSIDE not in p.parts]
    metrics = sorted(results.glob("metrics/*/*.json"))
    found = [bad for path in tables for bad in of_table(path.stem, pd.read_csv(path))]
    found += [bad for path in metrics for bad in of_metrics(path)]
    summary = results / "summary.md"
    return found + (list(of_summary(summary.read_text())) if summary.is_file() else [])


def of_table(name: str, table: pd.DataFrame) -> Iterator[str]:
    columns = measured(name, table)
    for column, known in columns.items():
        bad = table[uncertain(table, known)]
        if len(bad):
            yield f"{name}.csv: {column} of {len(bad)} rows, the first {dict(bad.iloc[0])}"
        marks = set(table[known.mark].dropna()) if known.mark in table else set()
        if marks - {*MEANING, ""}:
            yield f"{name}.csv: {column} has marks {marks}"
    companions = {beside for known in columns.values() for beside in _companions(known)}
    for column in table.columns.difference([*companions, *columns, *NAMES]):
        number = pd.api.types.is_numeric_dtype(table[column]) and table[column].notna().any()
        if number and why_without(name, column) is None:
            yield f"{name}.csv: column {column} has no error and is not declared to have none"


def _companions(known: Beside) -> tuple[str, ...]:
    return (*known.error, known.limit, known.mark)


def of_metrics(path: Path) -> Iterator[str]:
    found = json.loads(path.read_text())
    groups = {"metrics": found["metrics"], "ensemble": found.get("ensemble", {})}
    for kind in ("corrected", "baselines", "differences"):
        groups |= {f"{kind} {name}": of for name, of in found.get(kind, {}).items()}
    for group, numbers in groups.items():
        for name, entry in numbers.items():
            if not (entry["error"] or entry.get("lower_limit") or entry.get("mark") in MEANING):
                yield f"{path.name}: {group}, {name}: {entry}"


def of_summary(text: str) -> Iterator[str]:
    head: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip(" *") for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            head = []
        elif not head:
            head = cells
        elif not cells[0].startswith(":--"):
            for column, cell in zip(head[1:], cells[1:], strict=True):
                words = (" ± ", "(± ", "(95 %)", "(one seed)", *(f"({mark})" for mark in MEANING))
                sure = cell in {NOTHING, UNDEFINED} or any(word in cell for word in words)
                if not sure and column not in SETTINGS:
                    yield f"summary: {cells[0]}, {column}: {cell}"


def share_without_error(results: Path) -> float:
    """Compute which share of the measured numbers has the mark that no error can be stated."""
    marks, numbers = 0, 0
    for path in results.glob("tables/**/*.csv"):
        table = pd.read_csv(path)
        for known in measured(path.stem, table).values():
            numbers += len(table)
            if known.mark in table:
                marks += int(np.sum(table[known.mark] == "no error"))
    return marks / numbers
