"""Logic gates: their truth tables, and inputs scattered about the corners."""

import numpy as np
import pytest

from footprint.config.logic_gates import LogicGate
from footprint.files.events import open_events
from footprint.simulate.generate import simulate_part
from footprint.simulate.logic_gate import simulate

# Outputs for the inputs (0, 0), (0, 1), (1, 0), (1, 1).
TRUTH = {
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "xor": [0, 1, 1, 0],
    "nand": [1, 1, 1, 0],
    "nor": [1, 0, 0, 0],
    "xnor": [1, 0, 0, 1],
}


def sample(gate, noise=0.1):
    options = {"gate": gate, "noise": noise}
    return LogicGate.model_validate({"generator": "logic_gate", "events": 9, "options": options})


@pytest.mark.parametrize("gate", TRUTH)
def test_each_gate_has_its_truth_table(gate):
    events = simulate(np.random.default_rng(2), sample(gate, noise=0).options, 4000)
    corner = (2 * events["a"] + events["b"]).astype(int)
    np.testing.assert_array_equal(events["output"], np.array(TRUTH[gate])[corner])
    assert np.bincount(corner) / 4000 == pytest.approx([0.25] * 4, abs=0.03)


def test_the_output_is_of_the_corner_however_far_the_inputs_are_scattered():
    far, near = (
        simulate(np.random.default_rng(3), sample("xor", noise).options, 8000) for noise in (2, 0)
    )
    np.testing.assert_array_equal(far["output"], near["output"])
    for name in ("a", "b"):
        assert (far[name] - near[name]).std() == pytest.approx(2, rel=0.03)


def test_one_job_and_many_give_the_same_events(tmp_path):
    found = []
    for first, count in [(0, 400), (0, 255), (255, 145)]:
        path = tmp_path / f"{first}-{count}.h5"
        simulate_part(path, "gate", sample("or"), seed=4, first=first, count=count)
        with open_events(path) as events:
            found.append([events.file[name][:] for name in ("a", "b", "output", "event_id")])
    for values, *parts in zip(*found, strict=True):
        np.testing.assert_array_equal(values, np.concatenate(parts))
