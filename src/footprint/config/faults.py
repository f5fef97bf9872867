"""Words for what pydantic finds wrong: the path of the key, what was found, what was expected."""

import json
from collections.abc import Collection
from typing import Any


def line(fault: Any, data: Any, parts: Collection[str]) -> str:
    """Word a fault.

    Parameters
    ----------
    fault
        One of a validation error's ``errors()``.
    data
        What was checked.
    parts
        Names of the top-level keys: a check across them names the key itself.
    """
    missing = fault["type"] == "missing"
    where = ".".join(path_in(fault["loc"], data, missing=missing))
    if missing:
        return f"{where}: this key is needed and missing"
    message = fault["msg"].removeprefix("Value error, ")
    if not where and message.partition(".")[0] in parts:
        return str(message)
    where = where or "(top level)"
    if fault["type"] == "model_type":
        message = "expected keys and values, such as {key: value}"
    found = fault.get("input")
    if isinstance(found, dict | list) or fault["type"] in {"unknown_key", "unknown_kind"}:
        return f"{where}: {message}"
    return f"{where}: {message}, found {json.dumps(found, default=str)}"


def path_in(location: tuple[int | str, ...], data: Any, *, missing: bool) -> list[str]:
    """Drop from pydantic's location what stands for a choice between models, not for a key."""
    path: list[str] = []
    for position, part in enumerate(location):
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            if not (missing and position == len(location) - 1):
                continue
        path.append(str(part))
    return path
