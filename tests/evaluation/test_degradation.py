"""Changes along a curve: their size, and errors of paired and of different events."""

from dataclasses import replace

import numpy as np
import pytest

from footprint.errors import DataError
from footprint.evaluation.at_points import at_all_points, at_point, cuts_of
from footprint.evaluation.degradation import Setting, degradation, nominal_comparison
from footprint.evaluation.methods import Methods
from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions, write_predictions

EVENTS = 400


def predictions(shift, *, first=0, seed=1):
    rng = np.random.default_rng(seed)
    truth = rng.normal(750, 50, EVENTS)
    noise = np.random.default_rng(9).normal(0, 20, EVENTS)
    return Predictions(
        method="cnn", seed=1, task="regression", target=ArraySpec("xmax", "g/cm2", "depth"),
        classes=(), event_id=np.arange(first, first + EVENTS, dtype=np.uint64), truth=truth,
        prediction=truth + noise + shift,
    )  # fmt: skip


def settings():
    return [Setting("muons", 1.0, "nominal"), Setting("muons", 1.3, "muons_0")]


@pytest.fixture
def judged(experiment):
    """Measure predictions at the nominal and at another point."""
    evaluation = experiment("regression", bootstrap=100).evaluation

    def by_point(**points):
        methods = {point: Methods("cnn", (found,), {}, ()) for point, found in points.items()}
        every = np.unique(np.concatenate([found.event_id for found in points.values()]))
        cuts = cuts_of(methods["nominal"], evaluation)
        return {
            "cnn": {p: at_point(m, evaluation, every, cuts, p)["cnn"] for p, m in methods.items()}
        }

    return by_point


def rows(table, metric, method="cnn"):
    found = table[(table["metric"] == metric) & (table["method"] == method)].set_index("point")
    return found.loc["nominal"], found.loc["muons_0"]


def test_a_common_shift_changes_the_bias_alone_and_without_error(judged):
    found = judged(nominal=predictions(0.0), muons_0=predictions(12.5))
    table = degradation(settings(), found)
    nominal, shifted = rows(table, "bias")
    assert nominal["change"] == 0
    assert shifted["change"] == pytest.approx(12.5, abs=1e-3)
    # The same events with the same noise: the difference is known far better than either.
    assert shifted["change_error"] < 1e-3
    assert shifted["error"] > 0.5
    assert rows(table, "sd")[1]["change"] == pytest.approx(0, abs=1e-3)
    assert shifted["unit"] == "g/cm2"


def test_other_events_have_independent_errors(judged):
    found = judged(nominal=predictions(0.0), muons_0=predictions(12.5, first=10_000))
    nominal, shifted = rows(degradation(settings(), found), "bias")
    assert shifted["change_error"] == pytest.approx(
        np.hypot(nominal["error"], shifted["error"]), rel=0.15
    )


def test_what_is_shared_by_half_of_the_events_is_known_better(judged):
    """Two means of n events that share half of them differ by sd sqrt(2 (1 - 1/2) / n)."""
    first, half = predictions(0.0), EVENTS // 2
    other = predictions(0.0, first=10_000, seed=2)
    noise = np.random.default_rng(5).normal(0, 20, EVENTS)
    other = replace(
        other,
        event_id=np.concatenate([first.event_id[:half], other.event_id[half:]]),
        truth=np.concatenate([first.truth[:half], other.truth[half:]]),
        prediction=np.concatenate([first.prediction[:half], (other.truth + noise)[half:]]),
    )
    table = degradation(settings(), judged(nominal=first, muons_0=other))
    nominal, shifted = rows(table, "bias")
    assert nominal["error"] == pytest.approx(20 / EVENTS**0.5, rel=0.2)
    assert shifted["change_error"] == pytest.approx(20 / EVENTS**0.5, rel=0.2)


def test_the_nominal_point_alone_is_the_comparison(judged):
    found = judged(nominal=predictions(3.0), muons_0=predictions(12.5))
    table = nominal_comparison(found)
    bias = table[table["metric"] == "bias"]
    assert len(bias) == 1
    assert bias["value"].iloc[0] == pytest.approx(3.0, abs=3.0)
    assert set(table["kind"]) == {"network"}


def test_a_point_without_predictions_is_named(judged):
    with pytest.raises(DataError, match="'cnn' has no predictions of point 'muons_0'"):
        degradation(settings(), judged(nominal=predictions(0.0)))


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), (100000.0, "100000"), (0.05, "0.05"), (0, "0"), (True, "true"),
     ("EPOS-LHC", "EPOS-LHC"), ({"1": 1.0}, '{"1": 1.0}')],
)  # fmt: skip
def test_settings_are_written_as_in_yaml(value, text):
    assert Setting("c", value, "p").text == text


def test_baselines_stand_beside_all_networks_once(experiment, tmp_path):
    config = experiment("regression", bootstrap=20)
    for point, shift in (("nominal", 0.0), ("muons_0", 5.0)):
        for network in ("cnn", "dense"):
            path = tmp_path / network / point / "xmax.h5"
            write_predictions(path, replace(predictions(shift), method=network))
        for label, oracle in (("fit", "false"), ("best", "true")):
            simple = replace(
                predictions(2 * shift), method=label, seed=0, config=f'{{"oracle": {oracle}}}'
            )
            write_predictions(tmp_path / "simple" / point / f"{label}.h5", simple)
    networks = {name: [tmp_path / name] for name in ("cnn", "dense")}
    configs = dict.fromkeys(networks, config)
    points = [entry.point for entry in settings()]
    found = at_all_points("xmax", points, configs, networks, tmp_path / "simple")
    table = degradation(settings(), found)
    kinds = dict(zip(table["method"], table["kind"], strict=True))
    assert kinds == {
        "cnn": "network", "fit": "baseline", "best": "oracle", "dense": "network",
    }  # fmt: skip
    assert not table.duplicated(["method", "curve", "point", "metric"]).any()
    assert rows(table, "bias", "dense")[1]["change"] == pytest.approx(5.0, abs=1e-3)
    assert rows(table, "bias", "fit")[1]["change"] == pytest.approx(10.0, abs=1e-3)
