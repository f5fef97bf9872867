"""The table of a scan: every point with its values and what came out."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from footprint.config.scans import Range, Scan, Values
from footprint.scans.results import Result

FACTS = "scan.json"
_DECADES = 30.0


def points_table(results: Sequence[Result], chosen: Result) -> pd.DataFrame:
    """Make a row of each point, in the order of the scan; its values under their paths."""
    return pd.DataFrame(
        [
            {
                "point": result.point,
                "status": _status(result, chosen),
                **{path: text_of(value) for path, value in result.values.items()},
                "validation_loss": result.loss,
                "best_epoch": result.best_epoch,
                "epochs": result.epochs,
                "seconds": result.seconds,
                "network_parameters": result.parameters,
                "reason": result.failed,
            }
            for result in results
        ]
    ).astype(dict.fromkeys(("best_epoch", "epochs", "network_parameters"), "Int64"))


def _status(result: Result, chosen: Result) -> str:
    if result.failed:
        return "failed"
    return "chosen" if result.point == chosen.point else "trained"


def text_of(value: Any) -> str:
    """Write a value as it stands in YAML on one line."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return f"[{', '.join(text_of(entry) for entry in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {text_of(entry)}' for key, entry in value.items())}}}"
    return str(value)


def facts_of(name: str, scan: Scan) -> dict[str, Any]:
    """Say what the table is about: the experiment, and how each parameter is to be drawn."""
    return {
        "experiment": name,
        "method": scan.method,
        "parameters": [
            {"path": path, "numbers": _are_numbers(values), "log": _is_log(values)}
            for path, values in scan.parameters.items()
        ],
    }


def _are_numbers(values: Values) -> bool:
    if isinstance(values, Range):
        return True
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _is_log(values: Values) -> bool:
    """Whether values are even in the logarithm: a range that says so, numbers over decades."""
    if isinstance(values, Range):
        return values.log
    return _are_numbers(values) and min(values) > 0 and max(values) >= _DECADES * min(values)
