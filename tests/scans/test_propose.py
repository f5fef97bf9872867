"""Optuna's proposals: what it asks itself, from results told in rounds, better than chance."""

import json
import math

import numpy as np
import optuna
import pytest

from footprint.config.scan_points import known_points
from footprint.config.scans import Scan
from footprint.scans.propose import propose
from footprint.scans.results import Result

SPACE = {
    "x": {"low": -3.0, "high": 3.0},
    "rate": {"low": 1e-4, "high": 1.0, "log": True},
}


def parameters(space=SPACE):
    return {path: Scan.model_validate({"parameters": {"inputs": v}, "method": "optuna",
                                       "budget": 1}).parameters["inputs"]
            for path, v in space.items()}  # fmt: skip


def loss(values):
    return (values["x"] - 1) ** 2 + (math.log10(values["rate"]) + 2) ** 2


def told(points, of=loss):
    return [Result(f"p{n}", values, 1, loss=of(values)) for n, values in enumerate(points)]


def in_rounds(seed, sizes):
    found = []
    for number, size in enumerate(sizes):
        found += propose(parameters(), told(found), size, sizes[0], 100 * seed + number)
    return found


def test_what_optuna_asks_is_proposed():
    first = propose(parameters(), [], 5, 5, seed=7)
    results = told(first)
    proposed = propose(parameters(), results, 3, 5, seed=8)
    space = {
        "x": optuna.distributions.FloatDistribution(-3, 3),
        "rate": optuna.distributions.FloatDistribution(1e-4, 1, log=True),
    }
    sampler = optuna.samplers.TPESampler(seed=8, n_startup_trials=5)
    study = optuna.create_study(sampler=sampler)
    for result in results:
        study.add_trial(optuna.trial.create_trial(
            params=result.values, distributions=space, value=result.loss
        ))  # fmt: skip
    asked = [study.ask(space).params for _ in range(3)]
    for one, other in zip(proposed, asked, strict=True):
        assert one == pytest.approx(other, rel=1e-5)
    assert proposed == propose(parameters(), results, 3, 5, seed=8)
    assert len({json.dumps(point) for point in (*first, *proposed)}) == 8


def test_rounds_find_the_minimum_of_a_quadratic_better_than_chance():
    draws = Scan.model_validate(
        {"method": "random", "budget": 24,
         "parameters": {f"model.{path}": values for path, values in SPACE.items()}}
    )  # fmt: skip
    guided, blind = [], []
    for seed in range(8):
        guided.append(min(map(loss, in_rounds(seed, [8, 8, 8]))))
        at_random = known_points("e", draws, seed).values()
        blind.append(min(loss({k.removeprefix("model."): v for k, v in p.items()})
                         for p in at_random))  # fmt: skip
    assert np.mean(guided) < np.mean(blind)


def test_ranges_and_choices_are_kept():
    space = {
        "filters": [[16, 32], [32, 64], None],
        "units": {"low": 8, "high": 64, "integer": True, "log": True},
    }
    points = propose(parameters(space), [], 12, 12, seed=3)
    assert {json.dumps(p["filters"]) for p in points} == {"[16, 32]", "[32, 64]", "null"}
    assert all(isinstance(p["units"], int) and 8 <= p["units"] <= 64 for p in points)
    again = propose(parameters(space), told(points, lambda p: p["units"]), 4, 12, seed=4)
    assert all(p["filters"] in space["filters"] for p in again)


def test_proposals_keep_away_from_points_that_failed():
    space = {"x": {"low": 0.0, "high": 1.0}}
    results = [
        Result(f"p{n}", {"x": x}, 1, **({"failed": "nan"} if x > 0.5 else {"loss": 1.0}))
        for n, x in enumerate(np.linspace(0, 1, 24))
    ]
    proposed = propose(parameters(space), results, 10, 10, seed=1)
    assert np.mean([point["x"] < 0.5 for point in proposed]) > 0.7
