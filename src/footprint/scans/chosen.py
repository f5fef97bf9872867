"""The file that says what a scan chose, and how other jobs follow it."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from footprint.config.experiments import Experiment
from footprint.errors import FileFormatError
from footprint.files.atomic import atomic, write_text
from footprint.scans.results import Result

_SCANNED = ("inputs", "model", "training")
_KEYS = ("point", "values", "seed", "validation_loss", "experiment")


def save_chosen(path: Path, best: Result) -> None:
    """Write which point was chosen, with all settings that a training needs."""
    settings = {key: (best.experiment or {})[key] for key in _SCANNED}
    chosen = dict(
        zip(_KEYS, (best.point, best.values, best.seed, best.loss, settings), strict=True)
    )
    write_text(path, json.dumps(chosen, indent=1) + "\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"cannot read {path} as what a scan chose ({error}): delete it and run again"
        raise FileFormatError(msg) from None
    if not isinstance(found, dict) or any(key not in found for key in _KEYS):
        msg = f"{path} is not what a scan chose, expected keys {_KEYS}: delete it and run again"
        raise FileFormatError(msg)
    return found


def with_chosen(config: Experiment, chosen: Path | None) -> Experiment:
    """Give an experiment the settings that its scan chose; without a scan leave it as it is.

    Raises
    ------
    FileFormatError
        The file does not say what a scan chose.
    """
    if chosen is None:
        return config
    return Experiment.model_validate(config.model_dump(mode="json") | _read(chosen)["experiment"])


def take_chosen(chosen: Path, scan: Path, files: Iterable[Path]) -> None:
    """Copy the files of the chosen point.

    Parameters
    ----------
    chosen
        The file that says which it is.
    scan
        Folder with a folder for each point.
    files
        Copies to make, each with the name that the file has there.

    Raises
    ------
    FileFormatError
        A file of the point is missing.
    """
    folder = scan / str(_read(chosen)["point"])
    for file in files:
        source = folder / file.name
        if not source.is_file():
            msg = f"file not found: {source}, expected the chosen point of a scan: train it again"
            raise FileFormatError(msg)
        with atomic(file) as partial:
            shutil.copyfile(source, partial)
