"""Points of scans: which there are, how they are drawn, and what is refused before any job."""

import copy
import math

import numpy as np
import pytest

from footprint.config import parse_study
from footprint.config.scan_points import (
    known_points,
    name_of,
    rounds_of,
    seed_of_round,
    with_values,
)
from footprint.config.scans import Range, Scan
from tests.conftest import TINY

RATE = "training.optimizer.learning_rate"
DRAWN = {"low": 1e-4, "high": 1e-2, "log": True}


def scan(method="grid", **more):
    return Scan.model_validate({"method": method, **more})


def points(**keys):
    return list(known_points("e", scan(**keys), keys.pop("seed", 1)).values())


def experiment():
    return parse_study(copy.deepcopy(TINY)).experiments["xmax_cnn"]


def test_a_grid_has_all_combinations():
    rates = {"low": 1e-4, "high": 1e-2, "log": True, "points": 3}
    found = points(parameters={"model.filters": [[2, 4], [3]], RATE: rates})
    assert [list(point.values()) for point in found] == [
        [[2, 4], 1e-4], [[2, 4], 1e-3], [[2, 4], 1e-2], [[3], 1e-4], [[3], 1e-3], [[3], 1e-2],
    ]  # fmt: skip


def test_whole_numbers_stand_once_in_a_grid():
    values = Range(low=1, high=4, integer=True, points=7).values()
    assert values == [1, 2, 3, 4]
    assert all(isinstance(value, int) for value in values)


def test_exponents_without_a_point_are_numbers():
    assert points(parameters={RATE: ["1e-3", 2e-3]})[0] == {RATE: 1e-3}
    assert Range(low="1e-4", high=1).low == 1e-4


def test_a_point_keeps_its_name_whatever_stands_beside_it():
    few = known_points("e", scan(parameters={"model.dropout": [0.1, 0.3]}), 1)
    more = known_points("e", scan(parameters={"model.dropout": [0.0, 0.1, 0.2, 0.3]}), 1)
    assert set(few) < set(more)
    assert len(more) == 4
    assert name_of({"a": 1, "b": 2}) == name_of({"b": 2, "a": 1}) != name_of({"a": 2, "b": 1})


def test_random_points_follow_from_the_seed_and_a_larger_budget_adds_to_them():
    parameters = {"model.dropout": {"low": 0, "high": 0.5}, "model.filters": [[2], [3]]}
    drawn = {"method": "random", "parameters": parameters}
    few, again = points(**drawn, budget=5), points(**drawn, budget=5)
    assert few == again == points(**drawn, budget=9)[:5]
    other = known_points("e", scan(**drawn, budget=5), 2).values()
    assert [p["model.dropout"] for p in few] != [p["model.dropout"] for p in other]
    # A parameter more leaves the draws of the others.
    wider = points(method="random", budget=5, parameters={RATE: DRAWN, **parameters})
    assert [p["model.dropout"] for p in wider] == [p["model.dropout"] for p in few]


def test_a_logarithmic_range_is_drawn_evenly_in_the_logarithm():
    found = points(method="random", budget=500, parameters={RATE: DRAWN})
    logs = np.sort([math.log10(point[RATE]) for point in found])
    assert logs[0] >= -4
    assert logs[-1] <= -2
    # Kolmogorov-Smirnov: 1.63 / sqrt(n) is exceeded by chance once in a hundred seeds.
    assert np.max(np.abs((logs + 4) / 2 - (np.arange(500) + 0.5) / 500)) < 1.63 / math.sqrt(500)


def test_whole_numbers_are_drawn_with_equal_chance_at_the_ends_too():
    parameters = {"a": Range(low=1, high=3, integer=True), "b": Range(low=0, high=1)}
    config = Scan.model_construct(method="random", parameters=parameters, budget=480)
    found = [point["a"] for point in known_points("e", config, 1).values()]
    counts = np.bincount(found)[1:]
    assert len(counts) == 3
    assert np.sum((counts - 160) ** 2 / 160) < 9.21  # 1 % of chi2 with two degrees of freedom


def test_as_many_different_points_as_there_are():
    parameters = {"model.filters": [[2], [3], [4]], "model.kernel_size": [1, 3]}
    found = points(method="random", budget=6, parameters=parameters)
    assert len({name_of(point) for point in found}) == 6


def test_rounds_share_the_budget():
    config = scan("optuna", parameters={RATE: DRAWN}, budget=8, rounds=3)
    assert [len(names) for names in rounds_of(config).values()] == [3, 3, 2]
    assert rounds_of(config)[3] == ["round_3_point_1", "round_3_point_2"]
    assert len({seed_of_round("e", seed, n) for seed in (1, 2) for n in (1, 2)}) == 4
    assert known_points("e", config, 1) == {}


def test_values_are_set_by_their_paths_and_the_rest_stays():
    base = experiment()
    found = with_values(
        base, {"model.filters": [3], RATE: 0.02, "training.early_stopping.patience": 4}
    )
    assert found.model.filters == [3]
    assert found.training.optimizer.learning_rate == 0.02
    assert found.training.early_stopping.patience == 4
    assert (found.training.epochs, found.model.units) == (2, [4])
    assert (
        with_values(base, {"training.schedule.name": "cosine"}).training.schedule.warmup_epochs == 0
    )
    layers = parse_study(copy.deepcopy(TINY)).experiments["mass_layers"]
    found = with_values(layers, {"model.layers.1.Dense.units": 5})
    assert found.model.layers[1] == {"Dense": {"units": 5, "activation": "relu"}}
    # Values set once more change nothing: trainings set them on the experiment at the point.
    assert with_values(found, {"model.layers.1.Dense.units": 5}) == found


def of(parameters, **more):
    def change(study):
        study["experiments"]["xmax_cnn"]["scan"] = {"parameters": parameters, **more}

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            of({"model.dropuot": [0.1]}),
            (
                "experiments.xmax_cnn.scan.parameters.model.dropuot: unknown key 'dropuot'; did "
                "you mean 'dropout'?"
            ),
        ),
        (
            of({"training.optimiser.learning_rate": [0.1]}),
            (
                "scan.parameters.training.optimiser.learning_rate: unknown key 'optimiser'; did "
                "you mean 'optimizer'?"
            ),
        ),
        (
            of({RATE: DRAWN, "model.dropuot": [0.1]}, method="optuna", budget=3),
            "scan.parameters.model.dropuot: unknown key 'dropuot'",
        ),
        (
            of({"modle.dropout": [0.1]}),
            (
                "parameters.modle.dropout: a scan goes over keys of these, no 'modle'; did you "
                "mean 'model'?"
            ),
        ),
        (of({"model": [{"name": "cnn"}]}), "name a key below model, such as model.dropout"),
        (of({"model.name": ["cnn"]}), "write an experiment for each"),
        (of({"training.snapshots": [[1], [2]]}), "points of a scan keep none"),
        (of({"training.loss": ["mse", "mae"]}), "different losses cannot be compared"),
        (
            of({"model.dropout": [0.1, 1.5]}),
            "scan.parameters.model.dropout: Input should be less than 1, found 1.5",
        ),
        (
            of({"model.filters": [[2], ["many"]]}),
            "scan.parameters.model.filters: Input should be a valid integer",
        ),
        (
            of({"training.batch_size": {"low": 8, "high": 64}}, method="random", budget=2),
            "scan.parameters.training.batch_size: Input should be a valid integer",
        ),
        (
            of({"inputs": [["footprint"], ["footprnt"]]}),
            (
                'scan: no point can have {"inputs": ["footprnt"]}: experiments.xmax_cnn.inputs: no '
                "'footprnt'; did you mean 'footprint'?"
            ),
        ),
        (
            of({"training.optimizer.weight_decay": [0.0, 0.1]}),
            (
                'no point can have {"training.optimizer.weight_decay": 0.0}: training.optimizer: '
                "weight_decay 0.0 needs name: adamw, found adam"
            ),
        ),
        (of({"model.dropout": []}), "scan.parameters.model.dropout: Value should have at least 1"),
        (of({"model.dropout": 0.1}), "expected a list of values or a range {low: , high: }"),
        (of({"model.dropout": [0.1, 0.1]}), "0.1 stands there twice: give each value once"),
        (of({}), "scan.parameters: Dictionary should have at least 1 item"),
        (of({RATE: DRAWN}), f"parameters.{RATE}: a grid needs points, the number of values"),
        (of({RATE: DRAWN | {"low": 0}}), "a logarithmic range must be above zero, found low 0"),
        (of({RATE: DRAWN | {"low": 1}}), "low must be below high, found low 1 and high 0.01"),
        (
            of({RATE: DRAWN | {"hihg": 1}}),
            f"scan.parameters.{RATE}: unknown key 'hihg'; did you mean 'high'?",
        ),
        (of({RATE: DRAWN}, method="random"), "method random needs a budget"),
        (of({RATE: [0.1]}, budget=3), "budget is for random and optuna"),
        (of({RATE: [0.1]}, method="random", budget=3), "there are only 1 different points"),
        (of({RATE: DRAWN}, method="random", budget=3, rounds=2), "rounds 2 is for optuna"),
        (of({RATE: DRAWN}, method="optuna", budget=3, rounds=4), "rounds 4 exceeds the budget"),
        (of({RATE: DRAWN}, method="optun", budget=3), "scan.method: Input should be 'grid', "),
        (
            of({RATE: DRAWN | {"points": 501}}),
            "the grid has 501 points, at most 500: fewer values, or random",
        ),
    ],
)  # fmt: skip
def test_wrong_scans_stop_before_any_job(change, words, faults):
    assert words in faults(change)


def test_a_combination_that_cannot_be_is_refused(faults):
    def change(study):
        study["experiments"]["xmax_cnn"]["model"] = {"name": "residual", "filters": [4]}
        study["experiments"]["xmax_cnn"]["scan"] = {
            "method": "optuna", "budget": 4,
            "parameters": {"model.filters": [[4], [6]], "model.groups": [1, 4]},
        }  # fmt: skip

    message = faults(change)
    assert 'no point can have {"model.filters": [6], "model.groups": 4}: model: ' in message
    assert "filters must be multiples of bottleneck x groups = 1 x 4, found 6" in message


def test_no_experiment_has_the_name_of_the_folder_of_the_scans(faults):
    message = faults(lambda s: s["experiments"].update(scans=s["experiments"].pop("xmax_cnn")))
    assert "experiments.scans: tables/scans/ is for the scans: use another name" in message
