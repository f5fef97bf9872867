"""Corrections by validation events: known temperatures and biases are found and taken off."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from footprint.config.corrections import BiasCorrection
from footprint.config.ensembles import Ensemble
from footprint.config.experiments import Evaluation, Experiment
from footprint.errors import DataError, FileFormatError
from footprint.evaluation import bias_correction, calibration, classification
from footprint.evaluation.bootstrap import bootstrap
from footprint.evaluation.corrections import correct
from footprint.evaluation.ensembles import combine
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.methods import gather
from footprint.files.predictions import VALIDATION, write_predictions

EVENTS = 4000
MODEL = {"name": "dense"}


@pytest.fixture
def sharp(classification):
    """Make the predictions of a network whose logits are too large by a factor.

    Classes are drawn from the probabilities themselves, so at the right temperature they are
    right, whatever the logits are.
    """

    def make(factor=1.0, *, seed=1, events=EVENTS, first=0, classes=3):
        rng = np.random.default_rng(seed)
        logits = rng.normal(0, 2, (events, classes))
        chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        truth = (rng.random((events, 1)) > np.cumsum(chance, axis=1)[:, :-1]).sum(axis=1)
        told = calibration.at_temperature(chance, 1 / factor).astype(np.float32)
        base = classification(events=events)
        return replace(
            base, truth=truth, prediction=told, classes=base.classes[:classes],
            event_id=np.arange(first, first + events, dtype=np.uint64),
        )  # fmt: skip

    return make


@pytest.fixture
def tilted(regression):
    """Make predictions with a bias that is a known function of the prediction."""

    def make(bias, *, seed=1, events=EVENTS, first=0, sd=20.0):
        rng = np.random.default_rng(seed)
        # Truth about the prediction, so that without bias E[truth | prediction] is the prediction.
        right = rng.normal(750, 50, events)
        truth = right + rng.normal(0, sd, events)
        base = regression(events=events)
        return replace(
            base, truth=truth, prediction=right + bias(right),
            event_id=np.arange(first, first + events, dtype=np.uint64),
        )  # fmt: skip

    return make


def written(folder, test, validation):
    """Write what the predict step writes."""
    (folder / VALIDATION).mkdir(parents=True)
    write_predictions(folder / "target.h5", test)
    write_predictions(folder / VALIDATION / "target.h5", validation)
    return folder / "target.h5"


def judged(path, task, **evaluation):
    config = Experiment.model_validate(
        {
            "dataset": "d",
            "task": task,
            "model": MODEL,
            "evaluation": {"bootstrap": 50, **evaluation},
        }
    )
    return evaluate(gather("cnn", config, [path], []), config, [], None, [path])


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.5])
def test_the_temperature_is_that_of_the_logits(sharp, factor):
    value, error = calibration.calibration_of("temperature", sharp(factor)).parameters[
        "temperature"
    ]
    assert value == pytest.approx(factor, abs=3.5 * error)
    assert 0 < error < 0.1 * factor


def test_the_error_of_the_temperature_is_its_spread_and_grows_with_weights(sharp):
    rng, found = np.random.default_rng(3), {"plain": [], "weighted": []}
    for seed in range(60):
        made = sharp(2.0, seed=seed, events=500)
        for name, weight in (("plain", None), ("weighted", rng.exponential(size=500))):
            fit = calibration.calibration_of("temperature", made, weight)
            found[name].append(fit.parameters["temperature"])
    spread, stated = {}, {}
    for name, fits in found.items():
        values, errors = np.array(fits).T
        spread[name], stated[name] = values.std(ddof=1), errors.mean()
        assert stated[name] == pytest.approx(spread[name], rel=0.35)  # 9 % from 60 samples
    # <w^2> / <w>^2 of an exponential distribution is 2.
    assert stated["weighted"] / stated["plain"] == pytest.approx(np.sqrt(2), rel=0.1)


def test_a_temperature_changes_no_order_of_two_classes(sharp):
    # Where single precision takes two large logits for one, a temperature may part them again.
    made = sharp(0.6, classes=2)
    fit = calibration.calibration_of("temperature", made)
    after = replace(made, prediction=fit.apply(made.prediction))
    counts = np.ones(EVENTS, dtype=np.int64)
    one, other = (classification.measures(p, [0.5])(counts) for p in (made, after))
    for name in ("accuracy", "auc_macro", "auc_proton", "rejection_proton_at_50"):
        assert other[name] == pytest.approx(one[name], abs=1e-12)
    assert other["log_loss"] < one["log_loss"]


def test_at_temperature_one_nothing_changes_and_probabilities_keep_their_sum(sharp):
    p = sharp().prediction
    assert calibration.at_temperature(p, 1.0) == pytest.approx(p, abs=1e-6)
    assert calibration.at_temperature(p, 7.0).sum(axis=1) == pytest.approx(1.0)
    certain = np.array([[1.0, 0.0], [0.3, 0.7]], np.float32)
    assert np.isfinite(calibration.at_temperature(certain, 2.0)).all()


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("method", ["temperature", "isotonic"])
def test_calibration_makes_probabilities_right(sharp, method, classes):
    validation = sharp(2.5, seed=1, classes=classes)
    test = sharp(2.5, seed=2, classes=classes)
    fit = calibration.calibration_of(method, validation)
    after = replace(test, prediction=fit.apply(test.prediction))
    before, found = (bootstrap(classification.measures(p, []), EVENTS, 50) for p in (test, after))
    for name in ("log_loss", "brier_score", "calibration_error"):
        assert found[name].value < before[name].value - 3 * (found[name] - before[name]).error
    chance, sd = calibration.floor(after, 50)
    # Validation events are as few as test events, so their own errors come on top.
    assert found["calibration_error"].value < 2 * chance + 4 * sd
    assert before["calibration_error"].value > chance + 10 * sd
    assert after.prediction.sum(axis=1) == pytest.approx(1.0)
    assert after.prediction.min() > 0


def test_the_calibration_error_of_chance_is_that_of_right_probabilities(sharp):
    """Its distribution over samples is the one that is drawn from one of them."""
    counts = np.ones(500, dtype=np.int64)
    found = []
    for seed in range(40):
        made = sharp(seed=seed, events=500)
        found.append(classification.measures(made, [])(counts)["calibration_error"])
    mean, sd = calibration.floor(sharp(seed=99, events=500), 200)
    assert np.mean(found) == pytest.approx(mean, abs=4 * sd / np.sqrt(40))
    assert np.std(found, ddof=1) == pytest.approx(sd, rel=0.4)
    # It falls with the root of the number of events.
    assert calibration.floor(sharp(events=8000), 50)[0] == pytest.approx(mean / 4, rel=0.2)


def test_the_brier_score_is_that_of_its_definition():
    from footprint.evaluation.classification import _brier

    p = np.array([[0.5, 0.3, 0.2], [0.0, 1.0, 0.0]])
    assert _brier(p, np.array([0, 2])) == pytest.approx([0.25 + 0.09 + 0.04, 2.0])


def test_evaluation_shows_both_and_keeps_the_own_scores(sharp, tmp_path):
    path = written(tmp_path, sharp(2.0), sharp(2.0, seed=2, first=EVENTS))
    plain, both = (
        judged(path, "classification", **more) for more in ({}, {"calibration": "temperature"})
    )
    assert both.metrics.metrics == plain.metrics.metrics
    assert set(both.tables) - set(plain.tables) == {"calibration.csv", "calibrated_reliability.csv"}
    for name in ("roc.csv", "reliability.csv", "auc.csv"):
        assert both.tables[name].equals(plain.tables[name])
    found = both.metrics.corrected["cnn_calibrated"]
    assert found["temperature"].value == pytest.approx(2.0, abs=4 * found["temperature"].error)
    table = both.tables["calibration.csv"].set_index(["step", "metric"])
    for step, numbers in (("before", both.metrics.metrics), ("after", found)):
        for name in ("log_loss", "brier_score", "calibration_error"):
            assert table.loc[(step, name), "value"] == pytest.approx(numbers[name].value)
            assert table.loc[(step, name), "error"] == pytest.approx(numbers[name].error)
    gain = both.metrics.differences["cnn_calibrated"]["log_loss"]
    assert gain.value > 5 * gain.error
    curve = both.tables["calibrated_reliability.csv"]
    after = curve[(curve["step"] == "after") & (curve["events"] > 30)]
    pull = (after["observed"] - after["predicted"]) / after["error"]
    assert np.mean(pull**2) < 2.5


def test_an_ensemble_is_calibrated_as_a_network_of_its_own(sharp, tmp_path):
    """The mean of a sure and a right network needs a temperature between those of both."""
    files = {
        name: written(tmp_path / name, sharp(factor), sharp(factor, seed=2, first=EVENTS))
        for name, factor in (("sure", 4.0), ("right", 1.0))
    }
    both = Ensemble(members=["sure", "right"])
    mean, validation = (
        combine("both", both, {name: [of(path)] for name, path in files.items()})
        for of in (lambda path: path, lambda path: path.parent / VALIDATION / path.name)
    )
    path = written(tmp_path / "both", mean, validation)
    found = judged(path, "classification", calibration="temperature").metrics.corrected
    assert list(found) == ["cnn_calibrated"]
    assert 1.0 < found["cnn_calibrated"]["temperature"].value < 4.0


def test_corrections_need_other_events(sharp, tmp_path):
    path = written(tmp_path / "a", sharp(), sharp(seed=2))
    with pytest.raises(DataError, match=r"share 4000 events.*predict again"):
        judged(path, "classification", calibration="isotonic")
    (path.parent / VALIDATION / "target.h5").unlink()
    with pytest.raises(FileFormatError, match=r"validation/target\.h5"):
        judged(path, "classification", calibration="isotonic")
    config = Experiment.model_validate({"dataset": "d", "task": "classification", "model": MODEL})
    methods = gather("cnn", config, [path], [])
    with pytest.raises(DataError, match="0 prediction files for 1 trainings"):
        correct(methods, Evaluation(calibration="isotonic"), [])


@pytest.mark.parametrize(
    ("task", "given", "words"),
    [
        (
            "regression",
            {"calibration": "temperature"},
            "calibration is for the task classification",
        ),
        ("classification", {"bias_correction": {}}, "bias_correction is for the task regression"),
    ],
)
def test_corrections_are_of_their_task(task, given, words):
    with pytest.raises(ValidationError, match=words):
        Experiment.model_validate(
            {"dataset": "d", "task": task, "model": MODEL, "evaluation": given}
        )


@pytest.mark.parametrize("relative", [False, True])
def test_an_injected_bias_is_removed_within_errors(tilted, tmp_path, relative):
    def bias(right):
        return 10 + 0.1 * (right - 750) + 15 * np.sin((right - 750) / 60)

    test, validation = tilted(bias), tilted(bias, seed=2, first=EVENTS)
    test, validation = (replace(p, relative=relative) for p in (test, validation))
    result = judged(written(tmp_path, test, validation), "regression", bias_correction={"bins": 10})
    table = result.tables["corrected_bias.csv"]
    before, after = (table[table["step"] == step] for step in ("before", "after"))
    assert np.abs(before["bias"] / before["error"]).max() > 10
    # The bias is known from as many validation events, whose error comes on top.
    pull = after["bias"] / (np.sqrt(2) * after["error"])
    assert np.sum(pull**2) < 25  # chi squared of 10 bins
    found = result.metrics.corrected["cnn_corrected"]
    assert found["bias"].value == pytest.approx(0, abs=3 * np.sqrt(2) * found["bias"].error)
    assert found["sd"].value == pytest.approx(20, rel=0.05)
    assert result.metrics.metrics["bias"].value > 5 * result.metrics.metrics["bias"].error
    resolution = result.tables["resolution.csv"]
    assert set(resolution["method"]) == {"cnn", "cnn_corrected"}
    measured = result.tables["bias_correction.csv"]
    assert measured["bias"].to_numpy() == pytest.approx(bias(measured["centre"]), abs=12)


def test_without_bias_the_resolution_is_not_worse(tilted, tmp_path):
    path = written(tmp_path, tilted(lambda _: 0.0), tilted(lambda _: 0.0, seed=2, first=EVENTS))
    found = judged(path, "regression", bias_correction={})
    worse = found.metrics.differences["cnn_corrected"]["rmse"]
    # Eight biases of 500 events each add 8 / 4000 of the variance.
    assert abs(worse.value) < 20 * 8 / EVENTS / 2 + 3 * worse.error


def test_a_bias_of_a_spectator_is_removed(regression, tmp_path):
    def of_nuclei(first):
        made = regression(events=EVENTS, sd=10.0)
        mass = made.spectators["mass_number"].astype(np.float64)
        ids = np.arange(first, first + EVENTS, dtype=np.uint64)
        return replace(made, prediction=made.prediction + 0.5 * mass, event_id=ids)

    path = written(tmp_path, of_nuclei(0), of_nuclei(EVENTS))
    found = judged(path, "regression", bias_correction={"by": "mass_number"})
    table = found.tables["corrected_bias.csv"].set_index(["step", "centre"])
    for mass in (1.0, 4.0, 14.0, 56.0):
        error = table.loc[("before", mass), "error"]
        assert table.loc[("before", mass), "bias"] == pytest.approx(mass / 2, abs=4 * error)
        assert table.loc[("after", mass), "bias"] == pytest.approx(0, abs=4 * np.sqrt(2) * error)
    with pytest.raises(DataError, match="which 'cnn' does not have; spectators there: mass_number"):
        judged(path, "regression", bias_correction={"by": "zenith"})


def test_a_factor_scales_sigma_and_weights_count(tilted):
    made = replace(tilted(lambda right: 0.1 * right), log=True, sigma=np.full(EVENTS, 20.0))
    bias = bias_correction.bias_of(made, BiasCorrection(bins=2))
    after = bias_correction.corrected(made, bias, BiasCorrection(bins=2))
    assert after.sigma / made.sigma == pytest.approx(after.prediction / made.prediction)
    assert np.mean(after.prediction / made.prediction) == pytest.approx(1 / 1.1, rel=0.01)
    weight = np.where(np.arange(EVENTS) < 100, 1.0, 0.0)
    few = made.in_order(np.arange(100))
    weighted = bias_correction.bias_of(made, BiasCorrection(bins=2), weight)
    alone = bias_correction.bias_of(few, BiasCorrection(bins=2))
    assert weighted.value == pytest.approx(alone.value)
    assert weighted.error == pytest.approx(alone.error)
