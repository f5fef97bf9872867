"""Points along a formula: they lie on it, scattered as told, however the work is cut."""

import numpy as np
import pytest

from footprint.config.functions import Function
from footprint.files.events import open_events
from footprint.simulate.function import simulate
from footprint.simulate.generate import simulate_part


def sample(**options):
    given = {"formula": "x ** 2 - 3 * x", "range": [-2, 5], **options}
    return Function.model_validate({"generator": "function", "events": 1000, "options": given})


def drawn(points=20_000, **options):
    return simulate(np.random.default_rng(1), sample(**options).options, points)


def test_the_truth_lies_on_the_formula_and_x_fills_its_range():
    points = drawn()
    x = points["x"].astype(np.float64)
    assert points["truth"] == pytest.approx(x * (x - 3), abs=1e-5)
    np.testing.assert_array_equal(points["y"], points["truth"])
    # Uniform: the share of points below each value is that of the range below it.
    below = np.searchsorted(np.sort(x), np.linspace(-2, 5, 11)) / len(x)
    assert below == pytest.approx(np.linspace(0, 1, 11), abs=0.015)


def test_noise_is_normal_of_the_given_width():
    points = drawn(noise=0.5)
    away = points["y"].astype(np.float64) - points["truth"]
    assert away.mean() == pytest.approx(0, abs=4 * 0.5 / 20_000**0.5)
    assert away.std() == pytest.approx(0.5, rel=0.02)
    assert np.mean(np.abs(away) < 0.5) == pytest.approx(0.6827, abs=0.012)
    assert abs(np.corrcoef(away, points["x"])[0, 1]) < 0.03


def test_one_job_and_many_give_the_same_events(tmp_path):
    wanted = sample(noise=0.1, units={"x": "GeV", "y": "cm"})
    cuts = [(0, 600), (0, 100), (100, 290), (390, 210)]
    parts = []
    for first, count in cuts:
        path = tmp_path / f"{first}-{count}.h5"
        simulate_part(path, "curve", wanted, seed=4, first=first, count=count)
        with open_events(path) as events:
            assert events.specs["x"].units == "GeV"
            assert events.specs["truth"].units == events.specs["y"].units == "cm"
            names = ("x", "y", "truth", "event_id")
            parts.append({name: events.file[name][:] for name in names})
    for name, values in parts[0].items():
        joined = np.concatenate([part[name] for part in parts[1:]])
        np.testing.assert_array_equal(values, joined)
