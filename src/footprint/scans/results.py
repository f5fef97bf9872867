"""What came out of the points of a scan, read from the records of their trainings."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footprint.errors import FileFormatError, TrainingError


@dataclass(frozen=True)
class Result:
    """One point of a scan.

    Attributes
    ----------
    point
        Its name.
    values
        Values of the parameters by path.
    seed
        Seed of its training.
    loss
        Lowest validation loss without the penalties on weights, so that points of other
        penalties can be compared; None where the training failed.
    best_epoch, epochs
        Epoch of this loss, and epochs trained.
    seconds
        Time of the training.
    parameters
        Parameters of the network.
    experiment
        The whole configuration with the values of the point.
    failed
        Why it failed; empty where it did not.
    """

    point: str
    values: dict[str, Any]
    seed: int
    loss: float | None = None
    best_epoch: int | None = None
    epochs: int | None = None
    seconds: float | None = None
    parameters: int | None = None
    experiment: dict[str, Any] | None = None
    failed: str = ""


def read_result(path: Path) -> Result:
    """Read the record of a point, which stands in the point's own folder.

    Raises
    ------
    FileFormatError
        The file is missing, or not the record of a point of a scan.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        point, values, seed = path.parent.name, record["values"], record["seed"]
        if "failed" in record:
            return Result(point, values, seed, failed=record["failed"])
        return Result(
            point,
            values,
            seed,
            record["best_validation_loss"] - record["weight_penalty"],
            record["best_epoch"],
            record["epochs"],
            record["seconds"],
            record["parameters"],
            record["experiment"],
        )
    except OSError:
        msg = f"file not found: {path}, expected the record of a point of a scan: train it again"
        raise FileFormatError(msg) from None
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path} is not the record of a point of a scan ({error!r}): train it again"
        raise FileFormatError(msg) from None


def choose(results: Sequence[Result]) -> Result:
    """Choose the point of the lowest validation loss; of equal ones the first.

    Raises
    ------
    TrainingError
        All points failed; with their reasons.
    """
    trained = [result for result in results if result.loss is not None]
    if not trained:
        reasons = "\n".join(f"  {json.dumps(r.values)}: {r.failed}" for r in results)
        msg = f"all {len(results)} points of the scan failed:\n{reasons}"
        raise TrainingError(msg)
    return min(trained, key=lambda result: result.loss or 0.0)
