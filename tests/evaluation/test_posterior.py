"""Posteriors: exact ones of a normal toy are calibrated, wrong ones are so by a known amount."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import erf

from footprint.config.ensembles import Ensemble
from footprint.config.experiments import Experiment
from footprint.errors import DataError
from footprint.evaluation import posterior as room
from footprint.evaluation.bootstrap import bootstrap
from footprint.evaluation.ensembles import combine
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.methods import gather

EVENTS, DRAWS = 6000, 200
PRIOR = np.array([[1.0, 0.6], [0.6, 1.0]])
NOISE = np.diag([0.25, 0.64])


@pytest.fixture
def exact(regression):
    """Draw two values from a normal prior, see them with normal noise, draw their posterior.

    The conjugate normal: the posterior has the mean P x and the covariance C = S - P S with
    P = S (S + N)^-1. Predictions are of the first value, in units of 10 about 700.
    """

    def make(width=1.0, shift=0.0, events=EVENTS, seed=1, **changes):
        rng = np.random.default_rng(11)
        truth = rng.multivariate_normal([0, 0], PRIOR, events)
        seen = truth + rng.normal(size=(events, 2)) * np.sqrt(np.diag(NOISE))
        pull = PRIOR @ np.linalg.inv(PRIOR + NOISE)
        covariance = (PRIOR - pull @ PRIOR) * width**2
        centre = seen @ pull.T + shift * np.sqrt(np.diag(covariance))
        draws = np.random.default_rng(seed).multivariate_normal([0, 0], covariance, (events, DRAWS))
        normal = stats.multivariate_normal([0, 0], covariance)
        of_truth = normal.logpdf(truth - centre)
        values = {
            "truth": 700 + 10 * truth[:, 0],
            "prediction": 700 + 10 * centre[:, 0],
            "samples": 700 + 10 * (centre[:, None, 0] + draws[..., 0]),
            "log_density": of_truth,
            "level": np.mean(normal.logpdf(draws) > of_truth[:, None], axis=1),
            "seed": seed,
        }
        return replace(regression(events=events), **(values | changes))

    return make


def sd_of_posterior():
    return 10 * np.sqrt((PRIOR - PRIOR @ np.linalg.inv(PRIOR + NOISE) @ PRIOR)[0, 0])


def judged(predictions, number=60):
    return bootstrap(room.measures(predictions), len(predictions.truth), number)


def test_an_exact_posterior_covers_what_it_says(exact):
    p = exact()
    found = judged(p)
    for name, expected in (
        ("coverage_68", 68.27),
        ("coverage_95", 95.45),
        ("joint_coverage_68", 68.27),
        # The mean logarithm of a normal's density is minus its entropy.
        ("log_likelihood", -0.5 * np.log(np.linalg.det(2 * np.pi * np.e * _covariance()))),
        ("interval_68", sd_of_posterior()),
        ("crps", sd_of_posterior() / np.sqrt(np.pi)),
    ):
        tolerance = max(4 * float(found[name].error), 0.01 * abs(expected))
        assert abs(float(found[name].value) - expected) < tolerance, name
    assert found["coverage_68"].error == pytest.approx(
        100 * np.sqrt(0.6827 * 0.3173 / EVENTS), rel=0.3
    )
    assert stats.kstest(room.posteriors(p).pit, "uniform").pvalue > 0.01
    assert stats.kstest(room.joint_level(p), "uniform").pvalue > 0.01


def _covariance():
    return PRIOR - PRIOR @ np.linalg.inv(PRIOR + NOISE) @ PRIOR


@pytest.mark.parametrize("width", [0.5, 2.0])
def test_posteriors_of_another_width_cover_as_the_error_function_says(width, exact):
    found = judged(exact(width=width))
    for name, sigmas in (("coverage_68", 1), ("coverage_95", 2)):
        expected = 100 * erf(sigmas * width / np.sqrt(2))
        assert abs(float(found[name].value) - expected) < 1.6, name
    # In two dimensions the region of sigma^2 = -2 ln(1 - 0.6827) holds 1 - exp(-sigma^2 w^2 / 2).
    joint = 100 * (1 - (1 - 0.6827) ** (width**2))
    assert abs(float(found["joint_coverage_68"].value) - joint) < 1.6
    assert found["log_likelihood"].value < judged(exact())["log_likelihood"].value
    assert found["crps"].value > judged(exact())["crps"].value


def test_a_shifted_posterior_is_found_by_its_pit(exact):
    # Shifted by one sd, the PIT is the normal's cdf of a normal about -1: the largest distance of
    # two normal cdf one sd apart is in the middle between them.
    found = judged(exact(shift=1.0))["pit_distance"]
    assert float(found.value) == pytest.approx(erf(0.5 / np.sqrt(2)), abs=0.02)
    assert found.error < 0.01
    assert judged(exact())["pit_distance"].value < 1.63 / np.sqrt(EVENTS)  # 1 % of all chances


def test_crps_is_the_closed_form_of_a_normal():
    # Gneiting and Raftery (2007), eq. 5 of Gneiting et al. (2005): of N(m, s) and the truth y.
    rng = np.random.default_rng(4)
    z = np.array([-2.0, -0.3, 0.0, 1.0, 3.0])
    draws = np.sort(5 + 2 * rng.normal(size=(5, 40_000)), axis=1)
    found = room.crps(draws, 5 + 2 * z)
    density, below = stats.norm.pdf(z), stats.norm.cdf(z)
    expected = 2 * (z * (2 * below - 1) + 2 * density - 1 / np.sqrt(np.pi))
    np.testing.assert_allclose(found, expected, atol=0.03)


def test_crps_of_few_draws_is_the_mean_over_pairs():
    draws, truth = np.array([[1.0, 2.0, 4.0]]), np.array([3.0])
    pairs = np.mean([1, 3, 2])
    assert room.crps(draws, truth)[0] == pytest.approx(np.mean([2, 1, 1]) - 0.5 * pairs)
    assert room.crps(np.full((1, 50), 2.0), truth)[0] == pytest.approx(1.0)  # the absolute error


def test_pit_is_linear_between_draws_and_the_interval_fits_it():
    draws = np.arange(1.0, 100.0)[None]  # 99 draws: k has the share k / 100 below it
    for truth, expected in ((50, 0.5), (50.25, 0.5025), (-7, 0.005), (1000, 0.995), (1, 0.01)):
        assert room.pit(draws, np.array([truth]))[0] == pytest.approx(expected), truth
    low, high = room.interval(draws, 0.5)
    assert (low[0], high[0]) == (25, 75)
    assert room.pit(np.full((1, 99), 3.0), np.array([3.0]))[0] == 0.5


def test_the_number_of_draws_is_of_no_consequence(exact):
    p = exact()
    few = replace(p, samples=p.samples[:, :50])
    assert judged(few)["coverage_68"].value == pytest.approx(68.27, abs=2)
    assert judged(few)["crps"].value == pytest.approx(judged(p)["crps"].value, rel=0.01)


def test_weights_count_as_events_that_come_several_times(exact):
    p = exact(events=400)
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 4, 400)
    again = p.in_order(np.repeat(np.arange(400), counts))
    for prepare in (room.measures, room.coverage, room.pit_histogram):
        found = prepare(p)(counts * 1.0)
        expected = prepare(again)(np.ones(len(again.truth), dtype=np.int64))
        assert found.keys() == expected.keys()
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values, rtol=1e-9, err_msg=name)


def test_a_method_without_draws_has_none_of_these_numbers(regression):
    p = regression()
    assert room.measures(p)(np.ones(300, dtype=np.int64)) == {}
    assert room.coverage(p)(np.ones(300, dtype=np.int64)) == {}
    with pytest.raises(ValueError, match="'cnn' has neither draws nor a sigma"):
        room.posteriors(p)


@pytest.fixture
def flow():
    return Experiment.model_validate(
        {
            "dataset": "d",
            "task": "density",
            "targets": ["xmax", "ln_mass"],
            "inputs": ["a"],
            "model": {"name": "flow"},
            "seeds": [1, 2],
            "evaluation": {"bootstrap": 30, "bins": 4, "against": ["mass_number"]},
        }
    )


def test_posteriors_stand_beside_other_methods_in_all_tables(exact, flow, write):
    paths = [write(replace(exact(seed=s, events=500), method="flow")) for s in (2, 1)]
    simple = write(replace(exact(events=500).without_posterior(), method="dense", seed=0))
    found = evaluate(gather("flow", flow, paths, [simple]), flow, [], None)
    own = {"coverage_68", "coverage_95", "interval_68", "crps", "pit_distance", "log_likelihood"}
    own |= {"joint_coverage_68"}
    numbers = found.metrics
    assert own <= set(numbers.metrics)
    assert {numbers.metrics[name].unit for name in ("crps", "interval_68")} == {"g/cm2"}
    assert numbers.metrics["coverage_68"].unit == "%"
    assert numbers.metrics["log_likelihood"].unit == "nat"
    assert not own & set(numbers.ensemble)
    assert not own & set(numbers.baselines["dense"])
    assert set(numbers.differences["dense"]) == set(numbers.baselines["dense"])
    coverage = found.tables["coverage.csv"]
    assert set(coverage["method"]) == {"flow"}
    at = coverage.set_index(["interval", "nominal"])["observed"]
    assert at["central", 68.27] == pytest.approx(numbers.metrics["coverage_68"].value)
    assert at["joint", 68.27] == pytest.approx(numbers.metrics["joint_coverage_68"].value)
    pit = found.tables["pit.csv"]
    assert (pit["density"] * (pit["high"] - pit["low"])).sum() == pytest.approx(1)
    binned = found.tables["coverage_in_bins.csv"]
    assert set(binned["variable"]) == {"xmax", "mass_number"}
    assert binned.loc[binned["variable"] == "xmax", "events"].tolist() == [125] * 4
    assert not binned["coverage_68"].isna().any()
    shown = found.tables["posteriors.csv"]
    assert shown["event"].unique().tolist() == [1, 2, 3, 4, 5, 6]
    assert shown["event_id"].nunique() == 6
    area = (shown["density"] * (shown["high"] - shown["low"])).groupby(shown["event"]).sum()
    np.testing.assert_allclose(area, 0.99, atol=0.02)


def test_without_draws_there_are_no_tables_of_them(regression, experiment, write):
    config = experiment("regression")
    methods = gather("cnn", config, [write(regression())], [])
    tables = evaluate(methods, config, [], None).tables
    assert not {"coverage.csv", "pit.csv", "coverage_in_bins.csv", "posteriors.csv"} & set(tables)


def test_events_keep_their_draws_when_they_are_brought_into_order(exact, flow, write):
    p = replace(exact(events=200), method="flow")
    mixed = p.in_order(np.random.default_rng(1).permutation(200))
    first, second = gather("flow", flow, [write(p), write(replace(mixed, seed=2))], []).networks
    for name in ("samples", "log_density", "level"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_a_mean_of_several_posteriors_is_none(exact, write):
    paths = {name: [write(replace(exact(events=100), method=name))] for name in ("a", "b")}
    mean = combine("both", Ensemble(members=["a", "b"]), paths)
    assert (mean.samples, mean.log_density, mean.level) == (None, None, None)


def test_trainings_of_which_some_have_no_draws_are_refused(exact, flow, write):
    first = write(replace(exact(events=100), method="flow"))
    second = write(replace(exact(events=100, seed=2), method="flow", level=None))
    message = (
        "'flow': predictions of seed 2 have no level, those of other seeds have: predict again "
        "with all seeds"
    )
    with pytest.raises(DataError, match=re.escape(message)):
        gather("flow", flow, [first, second], [])


def test_the_coverage_of_a_table_has_an_error_even_where_all_are_inside(exact, flow, write):
    sure = exact(width=30, events=100)
    flow = flow.model_copy(update={"seeds": [1]})
    methods = gather("flow", flow, [write(replace(sure, method="flow"))], [])
    table = pd.DataFrame(evaluate(methods, flow, [], None).tables["coverage.csv"])
    last = table[(table["interval"] == "central") & (table["nominal"] == 99)].iloc[0]
    assert (last["observed"], last["events"]) == (100, 100)
    assert 0.5 < last["error"] < 2
