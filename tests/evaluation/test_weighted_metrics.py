"""Weighted events in all measures: against repeated events, scikit-learn and hand calculations."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from footprint.config.experiments import Separation
from footprint.errors import DataError
from footprint.evaluation import bootstrap, classification, distances, regression, separation
from footprint.evaluation.bins import equal_population
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.methods import gather
from footprint.evaluation.quantiles import quantiles
from footprint.evaluation.ranking import ranked

EFFICIENCIES = [0.3, 0.5]
KINDS = Separation(between=["proton", "iron"])
BY_MASS = Separation(between=[1, 4], spectator="mass_number")


def repeated(predictions, times):
    """Each event so many times."""
    return replace(
        predictions,
        event_id=np.arange(times.sum(), dtype=np.uint64),
        truth=np.repeat(predictions.truth, times, axis=0),
        prediction=np.repeat(predictions.prediction, times, axis=0),
        spectators={k: np.repeat(v, times) for k, v in predictions.spectators.items()},
    )


MEASURES = {
    "classification": [
        partial(classification.measures, efficiencies=EFFICIENCIES),
        classification.roc,
        classification.confusion,
        classification.scores,
        classification.reliability,
        partial(separation.measures, asked=KINDS),
    ],
    "regression": [
        regression.measures,
        lambda p: regression.density(regression.residuals(p), np.linspace(-50, 50, 11)),
        partial(separation.measures, asked=BY_MASS),
    ],
    "direction": [
        distances.measures,
        partial(distances.distribution, edges=np.geomspace(0.01, 10, 5)),
    ],
    "position": [distances.measures],
}
CASES = [(task, number) for task, found in MEASURES.items() for number in range(len(found))]


@pytest.mark.parametrize(("task", "number"), CASES)
def test_an_event_of_weight_two_is_the_event_twice(task, number, request, rng):
    predictions, prepare = request.getfixturevalue(task)(events=200), MEASURES[task][number]
    times = rng.integers(0, 4, 200)
    weighted = prepare(predictions)(times.astype(np.float64))
    twice = prepare(repeated(predictions, times))(np.ones(times.sum(), dtype=np.int64))
    for name, expected in twice.items():
        if name != "squares":  # which is there to tell the two apart
            np.testing.assert_allclose(weighted[name], expected, rtol=1e-10, err_msg=name)


@pytest.mark.parametrize(("task", "number"), CASES)
def test_weights_of_one_change_no_bit_but_of_interpolated_quantiles(task, number, request):
    predictions = request.getfixturevalue(task)(events=200)
    measure = MEASURES[task][number](predictions)
    whole, floating = (measure(np.ones(200, dtype=kind)) for kind in (np.int64, np.float64))
    for name, expected in whole.items():
        rounding = 1e-12 if "width" in name or name.startswith(("angle", "distance")) else 0
        np.testing.assert_allclose(floating[name], expected, rtol=rounding, err_msg=name)


@pytest.mark.parametrize(("task", "number"), CASES)
def test_a_common_factor_changes_no_number(task, number, request, rng):
    predictions, prepare = request.getfixturevalue(task)(events=200), MEASURES[task][number]
    weights = rng.uniform(0.05, 1.0, 200)
    one, other = (prepare(predictions)(factor * weights) for factor in (1.0, 0.01))
    for name in set(one) - {"count", "events", "squares", "predicted", "observed"}:
        np.testing.assert_allclose(other[name], one[name], rtol=1e-9, err_msg=name)


def test_classification_is_that_of_scikit_learn(classification_of_two, rng):
    predictions = classification_of_two
    truth, chance = predictions.truth, predictions.prediction.astype(np.float64)
    weights = rng.exponential(size=len(truth))
    found = classification.measures(predictions, EFFICIENCIES)(weights)
    right = chance.argmax(axis=1)
    assert found["accuracy"] == pytest.approx(accuracy_score(truth, right, sample_weight=weights))
    area = roc_auc_score(truth, chance[:, 1], sample_weight=weights)
    assert found["auc_iron"] == pytest.approx(area)
    expected = log_loss(truth, chance / chance.sum(axis=1, keepdims=True), sample_weight=weights)
    assert found["log_loss"] == pytest.approx(expected, rel=1e-6)
    assert abs(found["accuracy"] - accuracy_score(truth, right)) > 1e-3


@pytest.fixture
def classification_of_two(classification):
    made = classification(events=600)
    kept = made.truth < 2
    chances = made.prediction[kept][:, :2]
    return replace(
        made,
        classes=("proton", "iron"),
        event_id=made.event_id[kept],
        truth=made.truth[kept],
        prediction=chances / chances.sum(axis=1, keepdims=True),
        spectators={k: v[kept] for k, v in made.spectators.items()},
    )


def test_rejection_of_weighted_background_by_hand():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    is_signal = np.array([True, False, True, True, False, False])
    weights = np.array([0.5, 0.25, 1.0, 2.5, 0.75, 4.0])
    # Signal 0.5, 1.5, 4 of 4 at scores 0.9, 0.7, 0.6; background 0.25, 1, 5 of 5.
    roc = ranked(scores, is_signal).roc(weights)
    found = roc.false_positive_rate([0.125, 0.126, 0.375, 0.5, 1.0])
    np.testing.assert_allclose(found, [0, 0.05, 0.05, 0.05, 0.05])
    # Pairs: 0.5 * 5 + 1 * 4.75 + 2.5 * 4.75 of 20.
    assert roc.auc() == pytest.approx((2.5 + 4.75 + 11.875) / 20)
    roc = ranked(scores, is_signal).roc(np.full(6, 0.1))
    np.testing.assert_allclose(roc.false_positive_rate([1 / 3, 2 / 3, 1]), [0, 1 / 3, 1 / 3])


def test_backgrounds_and_reliability_know_the_effective_number(classification):
    predictions = classification(events=300)
    weights = np.where(np.arange(300) % 2 == 0, 3.0, 1.0)
    least = classification_least(predictions, weights)
    background = predictions.truth != 0
    w = weights[background]
    assert least["rejection_proton_at_30"] == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert classification_least(predictions, None)["rejection_proton_at_30"] == 200
    assert bootstrap.effective_events(np.array([2.0, 2.0, 0.0])) == 2
    assert bootstrap.effective_events(np.zeros(3)) == 0


def classification_least(predictions, weights):
    return classification.backgrounds(predictions, EFFICIENCIES, weights)


def test_errors_grow_with_the_spread_of_the_weights(rng):
    """The error of a mean is sd / sqrt(n_eff), sqrt(<w2> / <w>2) times that of equal weights."""
    values, weights = rng.normal(3, 2, 2000), rng.exponential(size=2000)

    def mean(counts):
        return {"mean": np.dot(counts, values) / counts.sum()}

    equal = bootstrap.bootstrap(mean, 2000, 800)["mean"]
    found = bootstrap.bootstrap(mean, 2000, 800, weights)["mean"]
    growth = np.sqrt((weights**2).mean() / weights.mean() ** 2)
    assert growth == pytest.approx(2**0.5, rel=0.05)
    assert found.error / equal.error == pytest.approx(growth, rel=0.15)
    assert found.value == pytest.approx(np.average(values, weights=weights))
    exact = np.sqrt(np.sum((weights * (values - found.value)) ** 2)) / weights.sum()
    assert found.error == pytest.approx(exact, rel=0.08)


def test_quantiles_of_weights_follow_the_distribution(rng):
    """Weights that turn a uniform into a triangular distribution give the latter's quantiles."""
    values = np.sort(rng.random(20_000))
    shares = [0.1, 0.5, 0.9]
    found = quantiles(values, 2 * values, shares)
    np.testing.assert_allclose(found, np.sqrt(shares), atol=0.01)
    np.testing.assert_array_equal(quantiles(values, np.zeros(20_000), [0.5]), np.nan)
    # Without anything to average over: x where the summed weight passes the share.
    assert quantiles(np.array([1.0, 2.0, 5.0]), np.array([9.0, 30.0, 1.0]), [0.5]) == [2.0]


def test_bins_know_that_a_kind_without_weight_is_not_there(regression):
    predictions = regression(events=40)
    weights = np.where(predictions.spectators["mass_number"] == 1, 0.0, 0.1)
    found = separation.measures(predictions, BY_MASS)(weights)
    assert np.isnan(found["merit_factor"])
    weights[:5] = 0.1
    assert np.isfinite(separation.measures(predictions, BY_MASS)(weights)["merit_factor"])
    bins = equal_population(predictions.truth, 4)
    of_bins = regression_in_bins(predictions, bins, np.full(40, 0.25))
    expected = regression_in_bins(predictions, bins, np.ones(40, dtype=np.int64))
    np.testing.assert_allclose(of_bins, expected)


def regression_in_bins(predictions, bins, counts):
    return regression.resolution(predictions, bins)(counts)["half_width_68"]


def test_metrics_and_tables_of_weighted_events(classification, write, experiment, rng):
    weight = rng.exponential(size=300).astype(np.float32)
    plain, settings = classification(), experiment(against=["zenith"])
    plain_path = write(plain)
    simple = write(classification("constant", seed=0))
    shuffled = rng.permutation(300)
    weighted = replace(
        plain,
        weight=weight[shuffled],
        event_id=plain.event_id[shuffled],
        truth=plain.truth[shuffled],
        prediction=plain.prediction[shuffled],
        spectators={k: v[shuffled] for k, v in plain.spectators.items()},
    )

    def metrics(path):
        return evaluate(gather("cnn", settings, [path], [simple]), settings, [], None)

    before = metrics(plain_path)
    assert before.metrics.effective_events is None
    assert "effective_events" not in before.metrics.model_dump_json()
    after = metrics(write(weighted, folder="weighted"))
    assert after.metrics.events == 300
    assert after.metrics.effective_events == pytest.approx(
        float(weight.sum()) ** 2 / float((weight**2).sum()), rel=1e-5
    )
    right = plain.prediction.argmax(axis=1) == plain.truth
    expected = np.average(right, weights=weight)
    assert after.metrics.metrics["accuracy"].value == pytest.approx(expected, rel=1e-6)
    assert after.metrics.metrics["accuracy"].error > before.metrics.metrics["accuracy"].error
    table = after.tables["confusion_matrix.csv"]
    assert table["count"].sum() == pytest.approx(weight.sum(), rel=1e-5)
    assert table.groupby("truth")["fraction"].sum().to_numpy() == pytest.approx(1.0)
    ones = write(replace(plain, weight=np.ones(300, np.float32)), folder="ones")
    same = metrics(ones)
    assert same.metrics.model_dump_json() == before.metrics.model_dump_json()
    for name, expected in before.tables.items():
        assert same.tables[name].to_csv() == expected.to_csv()


def test_counts_of_truth_against_prediction_are_weights(regression, write, experiment):
    settings = experiment("regression")
    weight = np.linspace(0.5, 1.5, 300, dtype=np.float32)
    path = write(replace(regression(), weight=weight))
    tables = evaluate(gather("cnn", settings, [path], []), settings, [], None).tables
    assert tables["truth_vs_prediction.csv"]["count"].sum() == pytest.approx(300, rel=1e-4)


def test_methods_that_disagree_on_weights_are_refused(classification, write, experiment):
    weight = np.linspace(0.5, 1.5, 300, dtype=np.float32)
    network = write(replace(classification(), weight=weight))
    simple = write(replace(classification("constant", seed=0), weight=weight[::-1].copy()))
    with pytest.raises(DataError, match="disagree on the weight of 300 of 300 events"):
        gather("cnn", experiment(), [network], [simple])
    truth = classification().truth
    path = write(replace(classification("none"), weight=np.where(truth == 1, 0, weight)))
    with pytest.raises(DataError, match="all test events of class iron have weight 0"):
        gather("none", experiment(), [path], [])
