"""Data-set cards: events of each class and split, cut flow, split rule, normalisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.splits import SPLITS
from footprint.errors import FileFormatError
from footprint.evaluation.marks import EXACT, UNDEFINED
from footprint.evaluation.rounding import measured
from footprint.figures.table_files import read_facts
from footprint.survey.datasets import FACTS

_KEYS = ("dataset", "samples", "selection", "split", "digest", "commit")
_MANY = 4
WHOLE = f"100 % ({EXACT})"


@dataclass(frozen=True)
class Table:
    """A table as text.

    Attributes
    ----------
    title
        What stands above it.
    headings, rows
        Its cells.
    file
        Where its numbers stand; empty where they were made for the page.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    file: str = ""


@dataclass(frozen=True)
class DatasetCard:
    """What there is to know about a data set.

    Attributes
    ----------
    name
        Its name.
    facts
        Short statements by what they are about.
    tables
        Events by class and split, the cut flow, the normalisation.
    commit
        Version of the library that built it.
    """

    name: str
    facts: Mapping[str, str]
    tables: tuple[Table, ...]
    commit: str


def dataset_card(folder: Path, root: Path) -> DatasetCard:
    """Read the card of a data set from the tables of its survey.

    Parameters
    ----------
    folder
        The tables.
    root
        Folder of the study's results, beside which the page names files.

    Raises
    ------
    FileFormatError
        A table is missing, or what the tables are about is not said.
    """
    found = read_facts(folder / FACTS, _KEYS, "survey the data set again")
    facts = {
        "samples": ", ".join(found["samples"]),
        "selection": found["selection"] or "none: all events",
        "split": found["split"],
        "checksum": f"{found['digest']} (BLAKE2b of all it holds)",
    }
    tables = [_classes(folder, root), _normalisation(folder, root)]
    if (folder / "cut_flow.csv").is_file():
        tables.insert(1, _cut_flow(folder, root))
    return DatasetCard(found["dataset"], facts, tuple(tables), found["commit"])


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        msg = f"file not found: {path}, expected a table of a data set: survey it again"
        raise FileFormatError(msg)
    return pd.read_csv(path, keep_default_na=False)


def _classes(folder: Path, root: Path) -> Table:
    path = folder / "classes.csv"
    table = _read(path)
    weighted = bool((table["weight"] != table["events"]).any())
    headings = ["target", "class", *SPLITS, "all"]
    rows = []
    for (target, name), own in table.groupby(["target", "class"], sort=False):
        events = own.set_index("split")["events"]
        effective = own.set_index("split")["effective_events"]
        cells = [f"{events[s]:,}" + (f" ({effective[s]:,.0f})" if weighted else "") for s in SPLITS]
        rows.append((str(target) or "none", str(name), *cells, f"{events.sum():,}"))
    for target, own in table.groupby("target", sort=False):
        if own["class"].nunique() > 1:
            sums = own.groupby("split")["events"].sum()
            cells = [f"{sums[s]:,}" for s in SPLITS]
            rows.append((str(target), "all classes", *cells, f"{sums.sum():,}"))
    title = "Events of each class and split, counted"
    if weighted:
        title += ", in brackets the effective number of weighted events"
    return Table(title, tuple(headings), tuple(rows), _named(path, root))


def _cut_flow(folder: Path, root: Path) -> Table:
    path = folder / "cut_flow.csv"
    table = _read(path)
    rows: list[tuple[str, ...]] = []
    for sample, own in table.groupby("sample", sort=False):
        counts = own["events"].tolist()
        for cut, count, before in zip(own["cut"], counts, [counts[0], *counts], strict=False):
            first = not any(row[0] == sample for row in rows)
            shares = (WHOLE, WHOLE) if first else (_share(count, before), _share(count, counts[0]))
            rows.append((str(sample), str(cut), f"{count:,}", *shares))
    headings = ("sample", "cut", "events left", "of those before", "of all")
    title = "Cut flow: events are counted, shares have their binomial errors"
    return Table(title, headings, tuple(rows), _named(path, root))


def _share(part: int, whole: int) -> str:
    """Write the share of events that are left, with its error; see `shares.share_error`."""
    if not whole:
        return UNDEFINED
    share = part / whole
    error = np.sqrt(share * (1 - share) / whole)
    if not error:  # after a flat prior
        error = np.sqrt((part + 1) * (whole - part + 1) / ((whole + 2) ** 2 * (whole + 3)))
    return f"{measured(100 * share, 100 * float(error))} %"


def _normalisation(folder: Path, root: Path) -> Table:
    path = folder / "normalisation.csv"
    table = _read(path)
    rows = [
        (
            f"{row['kind']} {row['name']}",
            str(row["channel"]),
            str(row["x"]),
            str(row["array_units"]),
            str(row["transform"]),
            _span(row["shift_low"], row["shift_high"]),
            _span(row["scale_low"], row["scale_high"]),
            str(row["units"]),
        )
        for row in table.to_dict("records")
    ]
    title = "Normalisation: (transform(x) - shift) / scale, fixed from the training split alone"
    if table["whitened"].astype(str).eq("True").any():
        title += "; whitened after it"
    headings = ("array", "channel", "x", "unit of x", "transform", "shift", "scale", "their unit")
    return Table(title, headings, tuple(rows), _named(path, root))


def _span(low: Any, high: Any) -> str:
    first, last = (f"{float(value):.{_MANY}g}" for value in (low, high))
    return first if first == last else f"{first} to {last}"


def _named(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
