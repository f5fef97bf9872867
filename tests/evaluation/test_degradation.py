"""Changes along a curve: their size, and errors of paired and of different events."""

import numpy as np
import pytest

from footprint.errors import DataError
from footprint.evaluation.degradation import Setting, degradation, nominal_comparison
from footprint.evaluation.methods import Methods
from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions

EVENTS = 400


def methods(shift, *, first=0, seed=1):
    rng = np.random.default_rng(seed)
    truth = rng.normal(750, 50, EVENTS)
    noise = np.random.default_rng(9).normal(0, 20, EVENTS)
    predictions = Predictions(
        method="cnn", seed=1, task="regression", target=ArraySpec("xmax", "g/cm2", "depth"),
        classes=(), event_id=np.arange(first, first + EVENTS, dtype=np.uint64), truth=truth,
        prediction=truth + noise + shift,
    )  # fmt: skip
    return Methods("cnn", (predictions,), {}, ())


def settings():
    return [Setting("muons", 1.0, "nominal"), Setting("muons", 1.3, "muons_0")]


@pytest.fixture
def config(experiment):
    return {"cnn": experiment("regression", bootstrap=100)}


def rows(table, metric):
    found = table[table["metric"] == metric].set_index("point")
    return found.loc["nominal"], found.loc["muons_0"]


def test_a_common_shift_changes_the_bias_alone_and_without_error(config):
    by_point = {"nominal": methods(0.0), "muons_0": methods(12.5)}
    table = degradation(settings(), {"cnn": by_point}, config)
    nominal, shifted = rows(table, "bias")
    assert nominal["change"] == 0
    assert shifted["change"] == pytest.approx(12.5, abs=1e-3)
    # The same events with the same noise: the difference is known far better than either.
    assert shifted["change_error"] < 1e-3
    assert shifted["error"] > 0.5
    assert rows(table, "sd")[1]["change"] == pytest.approx(0, abs=1e-3)
    assert shifted["unit"] == "g/cm2"


def test_other_events_have_independent_errors(config):
    by_point = {"nominal": methods(0.0), "muons_0": methods(12.5, first=10_000)}
    nominal, shifted = rows(degradation(settings(), {"cnn": by_point}, config), "bias")
    assert shifted["change_error"] == pytest.approx(
        np.hypot(nominal["error"], shifted["error"]), rel=1e-6
    )


def test_the_nominal_point_alone_is_the_comparison(config):
    by_point = {"nominal": methods(3.0), "muons_0": methods(12.5)}
    table = nominal_comparison(degradation(settings(), {"cnn": by_point}, config))
    bias = table[table["metric"] == "bias"]
    assert len(bias) == 1
    assert bias["value"].iloc[0] == pytest.approx(3.0, abs=3.0)
    assert set(table["kind"]) == {"network"}


def test_a_point_without_predictions_is_named(config):
    with pytest.raises(DataError, match="'cnn' has no predictions of point 'muons_0'"):
        degradation(settings(), {"cnn": {"nominal": methods(0.0)}}, config)
