"""Predicted uncertainties: known pulls, closed forms against draws, variances of ensembles."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from footprint.config.experiments import Evaluation, Experiment
from footprint.evaluation import posterior, uncertainty
from footprint.evaluation.bootstrap import bootstrap
from footprint.evaluation.ensembles import averaged
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.judge import measure_of
from footprint.evaluation.methods import Methods

EVENTS = 4000


@pytest.fixture
def sure(regression):
    """Predictions whose sigmas are right, but for a factor; of the logarithm if so."""

    def make(factor=1.0, *, shift=0.0, log=False, events=EVENTS, seed=1):
        random = np.random.default_rng(seed)
        s = random.uniform(0.02, 0.2, events) if log else random.uniform(5, 40, events)
        base = regression(events=events, seed=seed)
        truth = base.truth.astype(np.float64)
        away = (shift + random.normal(size=events)) * s
        prediction = truth * 10.0**away if log else truth + away
        told = factor * s
        sigma = prediction * np.sinh(told * np.log(10)) if log else told
        return replace(base, prediction=prediction, sigma=sigma, log=log)

    return make


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(("factor", "shift"), [(1.0, 0.0), (0.5, 0.0), (2.0, 0.4)])
def test_pulls_are_what_they_were_made(sure, factor, shift, log):
    found = bootstrap(measure_of(sure(factor, shift=shift, log=log), Evaluation()), EVENTS, 100)
    expected = {
        "pull_mean": shift / factor,
        "pull_width": 1 / factor,
        "coverage_68": 100 * np.diff(stats.norm.cdf([-factor, factor], shift))[0],
    }
    for name, value in expected.items():
        assert found[name].value == pytest.approx(value, abs=4 * found[name].error)
    # The error of the width of n normal pulls is width / sqrt(2 n).
    error = 1 / factor / np.sqrt(2 * EVENTS)
    assert found["pull_width"].error == pytest.approx(error, rel=0.3)


@pytest.mark.parametrize("log", [False, True])
def test_the_closed_form_is_that_of_many_draws(sure, log):
    exact = sure(events=400, log=log, shift=0.3)
    normal = uncertainty.normal_of(exact)
    draws = np.random.default_rng(5).normal(size=(400, 4000)) * normal.sigma[:, None]
    samples = normal.mean[:, None] + draws
    drawn = replace(exact, sigma=None, samples=10.0**samples if log else samples)
    closed, sampled = posterior.posteriors(exact), posterior.posteriors(drawn)
    assert closed.pit == pytest.approx(sampled.pit, abs=0.04)
    assert np.mean(closed.crps) == pytest.approx(np.mean(sampled.crps), rel=0.01)
    assert closed.crps == pytest.approx(sampled.crps, rel=0.15)
    assert np.mean(closed.half_width) == pytest.approx(np.mean(sampled.half_width), rel=0.01)


def test_the_log_likelihood_is_that_of_the_normal_density(sure):
    found = sure(events=50)
    expected = stats.norm.logpdf(found.truth, found.prediction, found.sigma)
    assert uncertainty.log_likelihood(found) == pytest.approx(expected)
    logarithm = sure(events=50, log=True)
    normal = uncertainty.normal_of(logarithm)
    expected = stats.norm.logpdf(np.log10(logarithm.truth.astype(float)), normal.mean, normal.sigma)
    assert uncertainty.log_likelihood(logarithm) == pytest.approx(expected)


def test_an_ensemble_adds_the_spread_of_its_members(sure):
    """Two members whose means differ: the variance of their mixture, by hand."""
    first = sure(events=300)
    second = replace(first, prediction=first.prediction + 30.0, sigma=2 * first.sigma)
    mean = averaged([first, second], [3.0, 1.0])
    expected = (3 * first.sigma**2 + 4 * first.sigma**2) / 4 + 30.0**2 * 3 / 16
    assert mean.prediction == pytest.approx(first.prediction + 7.5)
    assert mean.sigma == pytest.approx(np.sqrt(expected))
    same = averaged([first, first], [1.0, 1.0])
    assert same.sigma == pytest.approx(first.sigma)
    assert averaged([first, replace(second, sigma=None)], [1.0, 1.0]).sigma is None


def test_an_ensemble_of_logarithms_adds_in_decades(sure):
    first = sure(events=300, log=True)
    assert averaged([first, first], [1.0, 1.0]).sigma == pytest.approx(first.sigma)
    tenfold = replace(first, prediction=10 * first.prediction, sigma=10 * first.sigma)
    found = uncertainty.normal_of(averaged([first, tenfold], [1.0, 1.0]))
    own = uncertainty.normal_of(first)
    # The mean of 1 and 10 is 5.5: 0.74 and 0.26 decades away.
    squares = own.sigma**2 + (np.log10(5.5) ** 2 + np.log10(10 / 5.5) ** 2) / 2
    assert found.sigma == pytest.approx(np.sqrt(squares))


def test_errors_follow_the_sigma_that_was_predicted(sure):
    found = bootstrap(uncertainty.in_bins_of_sigma(sure(0.5)), EVENTS, 100)
    ratio = found["observed"].value / found["predicted"].value
    assert ratio == pytest.approx(2.0, abs=0.25)
    assert np.all(np.diff(found["predicted"].value) > 0)
    assert found["events"].value.sum() == EVENTS
    away = found["observed"].value - 2 * found["predicted"].value
    assert np.sum((away / found["observed"].error) ** 2) < 30  # chi squared of 10 bins


def test_weights_count_in_pulls(sure):
    """Events of weight 2 count as if each were there twice."""
    found = sure(events=200)
    numbers = uncertainty.measures(found)
    weight = np.where(np.arange(200) < 100, 2.0, 1.0)
    twice = found.in_order(np.concatenate([np.arange(200), np.arange(100)]))
    expected = uncertainty.measures(twice)(np.ones(300))
    assert numbers(weight) == pytest.approx(expected)


def test_tables_hold_what_the_metrics_say(sure):
    networks = (sure(seed=1), sure(seed=2, shift=0.2))
    networks = tuple(replace(entry, truth=networks[0].truth) for entry in networks)
    constant = replace(networks[0], method="constant", sigma=None, seed=0)
    methods = Methods("cnn", networks, {"constant": constant}, ())
    config = Experiment.model_validate({
        "dataset": "d", "task": "regression", "model": {"name": "dense"}, "seeds": [1, 2],
        "training": {"loss": "gaussian"}, "evaluation": {"bootstrap": 20, "bins": 3},
    })  # fmt: skip
    result = evaluate(methods, config, [], None)
    pulls = result.tables["pulls.csv"]
    assert list(pulls["method"].unique()) == ["cnn", "cnn_ensemble"]
    own = pulls[pulls["method"] == "cnn"]
    width = own["high"] - own["low"]
    assert np.sum(own["density"] * width) == pytest.approx(1, abs=0.01)
    centre = (own["low"] + own["high"]) / 2
    found = result.metrics.metrics["pull_mean"]
    assert np.sum(own["density"] * width * centre) == pytest.approx(found.value, abs=0.05)
    assert found.error > 0
    assert found.unit == ""
    assert "pull_mean" not in result.metrics.baselines["constant"]
    # Independent errors average out: the ensemble is more cautious than it needs to be.
    assert result.metrics.ensemble["pull_width"].value < 0.95
    sigma = result.tables["sigma_calibration.csv"]
    assert set(sigma["units"]) == {"g/cm2"}
    assert {"coverage.csv", "pit.csv", "coverage_in_bins.csv"} < set(result.tables)
