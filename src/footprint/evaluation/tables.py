"""The folder of tables behind figures: one CSV file a table."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from footprint.errors import DataError, FileFormatError
from footprint.evaluation.columns import marked
from footprint.files.atomic import write_text
from footprint.files.csv_lines import check_last_line

TARGET = "target.json"
TRAIN_AGAIN = "Delete it and train again"
HISTORY = ("epoch", "loss", "validation_loss", "learning_rate")
PENALTY = "weight_penalty"
"""Column of networks with penalties on weights: their sum at an epoch's end, part of its losses."""


def write_tables(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    facts: Mapping[str, Any],
    facts_name: str = TARGET,
    documents: Mapping[str, Any] | None = None,
) -> None:
    """Write tables, in place of all that the folder had before.

    Parameters
    ----------
    folder
        Where they go. Other files than CSV and JSON in it are left alone.
    tables
        Tables by file name. What is measured and has neither error nor limit gets a mark there.
    facts
        What the tables are about: what was learnt, or which sample was surveyed.
    facts_name
        Name of the JSON file with the facts; it is written last.
    documents
        Further JSON files by file name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.csv"), *folder.glob("*.json")):
        old.unlink()
    for name, document in (documents or {}).items():
        write_text(folder / name, _json(document))
    for name, table in tables.items():
        whole = marked(name.removesuffix(".csv"), table)
        write_text(folder / name, whole.to_csv(index=False, lineterminator="\n"))
    write_text(folder / facts_name, _json(facts))


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def learning_curve(histories: Sequence[Path], seeds: Sequence[int]) -> pd.DataFrame:
    """Join the histories of an experiment's trainings.

    Parameters
    ----------
    histories
        CSV files with at least the columns `HISTORY`, one row an epoch.
    seeds
        Their seeds, in the same order.

    Raises
    ------
    DataError
        Their number differs from that of the seeds.
    FileFormatError
        A file is missing, not CSV, or lacks a column.
    """
    if len(histories) != len(seeds):
        msg = f"{len(histories)} histories given for {len(seeds)} seeds {list(seeds)}"
        raise DataError(msg)
    parts = []
    for path, seed in zip(histories, seeds, strict=True):
        history = _read_history(path)
        history.insert(0, "seed", seed)
        parts.append(history)
    return pd.concat(parts, ignore_index=True)


def _read_history(path: Path) -> pd.DataFrame:
    try:
        history = pd.read_csv(path)
    except FileNotFoundError:
        msg = f"history not found: {path}"
        raise FileFormatError(msg) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        msg = f"{path} is not a history in CSV: {error}"
        raise FileFormatError(msg) from None
    missing = [name for name in HISTORY if name not in history]
    if missing:
        msg = f"{path} lacks {missing}, expected a history with columns {list(HISTORY)}"
        raise FileFormatError(msg)
    check_last_line(path, TRAIN_AGAIN)
    _check_epochs(path, len(history))
    others = [name for name in history if name not in HISTORY]
    return history[[*HISTORY, *others]]


def _check_epochs(path: Path, found: int) -> None:
    """Compare with what the training wrote beside its history; others' networks have no such."""
    record = path.with_name("training.json")
    if not record.is_file():
        return
    try:
        expected = int(json.loads(record.read_text(encoding="utf-8"))["epochs"])
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{record} is not the record of a training ({error!r}). {TRAIN_AGAIN}"
        raise FileFormatError(msg) from None
    if found != expected:
        msg = (
            f"{path} is truncated: it has {found} epochs, expected {expected} as {record} says. "
            f"{TRAIN_AGAIN}"
        )
        raise FileFormatError(msg)
