"""The points of a scan: their values, their names, and the experiment at each of them."""

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from itertools import product
from typing import Any

import numpy as np
from pydantic import ValidationError

from footprint.config.experiments import Experiment
from footprint.config.faults import path_in
from footprint.config.scans import Range, Scan, Values
from footprint.seeds import name_hash

Point = dict[str, Any]
"""Values of the scanned parameters by path."""
_CORNERS = 500
_TRIES = 1000


def name_of(values: Mapping[str, Any]) -> str:
    """Name a point after its values, so that it keeps its name whatever points are beside it."""
    text = json.dumps(values, sort_keys=True)
    return "point_" + blake2b(text.encode(), digest_size=5).hexdigest()


def known_points(name: str, scan: Scan, seed: int) -> dict[str, Point]:
    """List the points that do not depend on results: all of a grid, all draws of a random scan.

    Parameters
    ----------
    name
        Of the experiment.
    scan
        Its scan.
    seed
        Of the study.

    Returns
    -------
    dict of str to dict
        Values by the point's name; empty for Optuna.
    """
    if scan.method == "grid":
        lists = [_listed(values) for values in scan.parameters.values()]
        found = [dict(zip(scan.parameters, values, strict=True)) for values in product(*lists)]
        return {name_of(values): values for values in found}
    return _drawn(name, scan, seed) if scan.method == "random" else {}


def _listed(values: Values) -> list[Any]:
    return values.values() if isinstance(values, Range) else list(values)


def _drawn(name: str, scan: Scan, seed: int) -> dict[str, Point]:
    """Draw distinct points; a larger budget adds points to those of a smaller one.

    Each parameter has its own random stream, so a further one does not change the others' draws.

    Raises
    ------
    ValueError
        There are too few different points.
    """
    streams = {
        path: np.random.default_rng([seed, name_hash(f"{name}/scan"), name_hash(path)])
        for path in scan.parameters
    }
    found: dict[str, Point] = {}
    budget = scan.budget or 0
    for _ in range(_TRIES * budget):
        values = {p: _draw(streams[p], v) for p, v in scan.parameters.items()}
        found.setdefault(name_of(values), values)
        if len(found) == budget:
            return found
    msg = (
        f"experiments.{name}.scan: budget {budget}, but {_TRIES * budget} draws gave only "
        f"{len(found)} different points: take method grid, or a smaller budget"
    )
    raise ValueError(msg)


def _draw(stream: np.random.Generator, values: Values) -> Any:
    if not isinstance(values, Range):
        return values[stream.integers(len(values))]
    half = 0.5 if values.integer else 0.0  # each whole number has its share of the line
    low, high = values.low - half, values.high + half
    if values.log:
        return values.rounded(float(np.exp(stream.uniform(np.log(low), np.log(high)))))
    return values.rounded(float(stream.uniform(low, high)))


def rounds_of(scan: Scan) -> dict[int, list[str]]:
    """Name the points of each round of Optuna, which are not known before; rounds from 1."""
    if scan.method != "optuna":
        return {}
    return {
        number: [f"round_{number}_point_{place}" for place in range(1, count + 1)]
        for number, count in enumerate(scan.rounds_of_points(), start=1)
    }


def seed_of_round(name: str, seed: int, number: int) -> int:
    """Seed of the proposals of one round."""
    entropy = [seed, name_hash(f"{name}/scan"), number]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])


def with_values(experiment: Experiment, values: Mapping[str, Any]) -> Experiment:
    """Set values by their paths.

    Raises
    ------
    ValidationError
        The experiment cannot have them.
    ValueError
        A path leads to where there are no keys.
    """
    return Experiment.model_validate(_changed(experiment, values))


def _changed(experiment: Experiment, values: Mapping[str, Any]) -> dict[str, Any]:
    # What was not said keeps its default, which may be another for other values.
    data = experiment.model_dump(mode="json", exclude_unset=True, exclude={"scan"})
    for path, value in values.items():
        _put(data, path, value)
    return data


def _put(data: Any, path: str, value: Any) -> None:
    keys: list[Any] = path.split(".")
    for place, key in enumerate(keys):
        if isinstance(data, list):
            if not (key.isdecimal() and int(key) < len(data)):
                msg = f"{path}: '{key}' should be a place from 0 to {len(data) - 1} in the list"
                raise ValueError(msg)
            keys[place] = int(key)
        elif isinstance(data, dict):
            if data.get(key) is None:
                data[key] = {}
        else:
            found = ".".join(map(str, keys[:place]))
            msg = f"{path}: {found} is {data!r} and has no key '{key}'"
            raise ValueError(msg)  # noqa: TRY004, a fault of the configuration
        if place == len(keys) - 1:
            data[keys[place]] = value
        else:
            data = data[keys[place]]


def check_scan(
    name: str, experiment: Experiment, seed: int, check: Callable[[Experiment], None]
) -> None:
    """Refuse points that cannot be, before any is trained.

    Of Optuna's points, which are not known yet, the ends of the ranges stand for all between.

    Parameters
    ----------
    name, experiment
        The experiment that is scanned.
    seed
        Of the study.
    check
        What the study asks of an experiment; raises ValueError.

    Raises
    ------
    ValueError
        With the path of the parameter, and the nearest right name.
    """
    scan = experiment.scan
    if scan is None:
        return
    where = f"experiments.{name}.scan"
    for values in known_points(name, scan, seed).values() or _corners(scan):
        try:
            check(with_values(experiment, values))
        except ValidationError as error:
            data = _changed(experiment, values)
            msg = _words(where, error.errors(include_url=False)[0], data, values)
            raise ValueError(msg) from None
        except ValueError as error:
            msg = f"{where}: no point can have {json.dumps(values)}: {error}"
            raise ValueError(msg) from None


def _corners(scan: Scan) -> Iterator[Point]:
    ends = [
        [v.rounded(v.low), v.rounded(v.high)] if isinstance(v, Range) else v
        for v in scan.parameters.values()
    ]
    shape = [len(values) for values in ends]
    count = int(np.prod(shape, dtype=float))
    stream = np.random.default_rng(0)
    chosen = range(count) if count <= _CORNERS else stream.integers(count, size=_CORNERS).tolist()
    for number in chosen:
        places = np.unravel_index(number, shape)
        yield {path: v[i] for path, v, i in zip(scan.parameters, ends, places, strict=True)}


def _words(where: str, fault: Any, data: dict[str, Any], values: Point) -> str:
    """Name the parameter that a fault belongs to; the whole point where it belongs to none."""
    path = path_in(fault["loc"], data, missing=fault["type"] == "missing")
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "unknown_key":
        path = [*path, fault["ctx"]["key"]]
        at = ".".join(path)
        owners = [p for p in values if p == at or p.startswith(f"{at}.")]
    else:
        at = ".".join(path)
        owners = [p for p in values if p == at or at.startswith(f"{p}.")]
    if owners:
        found = "" if fault["type"] == "unknown_key" else f", found {json.dumps(values[owners[0]])}"
        return f"{where}.parameters.{owners[0]}: {message}{found}"
    return f"{where}: no point can have {json.dumps(values)}: {at}: {message}"
