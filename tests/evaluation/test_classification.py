from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, roc_auc_score

from footprint.evaluation import classification as room
from footprint.evaluation.bins import equal_population
from footprint.evaluation.bootstrap import bootstrap, resamplings
from footprint.evaluation.ranking import ranked


def ones(predictions):
    return np.ones(len(predictions.truth), dtype=np.int64)


def test_auc_and_fpr_agree_with_scikit_learn_with_ties_and_resampled(rng):
    truth = rng.random(400) < 0.4
    scores = np.round(rng.normal(truth * 1.0, 1), 1)  # many ties
    ranking = ranked(scores, truth)
    plain = ranking.roc(np.ones(400, dtype=np.int64)).auc()
    assert plain == pytest.approx(roc_auc_score(truth, scores))
    for counts in resamplings(400, 5):
        drawn = np.repeat(np.arange(400), counts)
        assert ranking.roc(counts).auc() == pytest.approx(
            roc_auc_score(truth[drawn], scores[drawn])
        )


def test_false_positive_rate_at_the_first_threshold_that_reaches_the_efficiency():
    #       0.9 S | 0.8 S B | 0.7 B | 0.6 S S B | 0.5 S B B
    scores = np.asarray([0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.5, 0.5, 0.5])
    signal = np.asarray([1, 1, 0, 0, 1, 1, 0, 1, 0, 0], dtype=bool)
    curve = ranked(scores, signal).roc(np.ones(10, dtype=np.int64))
    found = curve.false_positive_rate([0.2, 0.21, 0.4, 0.41, 0.8, 1.0])
    np.testing.assert_allclose(found, [0, 1 / 5, 1 / 5, 3 / 5, 3 / 5, 1])


def test_efficiency_is_reached_in_spite_of_floating_point():
    scores = np.arange(20.0, 0, -1)
    signal = np.tile([True, False], 10)
    curve = ranked(scores, signal).roc(np.ones(20, dtype=np.int64))
    assert curve.false_positive_rate([0.7])[0] == pytest.approx(0.6)  # 0.7 * 10 > 7


def test_resampling_without_signal_has_no_auc():
    curve = ranked(np.asarray([1.0, 2.0]), np.asarray([True, False])).roc(np.asarray([0, 2]))
    assert np.isnan(curve.auc())
    assert np.isnan(curve.false_positive_rate([0.5])).all()


def test_numbers_agree_with_scikit_learn(classification):
    p = classification(events=900)
    found = room.measures(p, [0.5])(ones(p))
    assert found["accuracy"] == pytest.approx(accuracy_score(p.truth, p.prediction.argmax(1)))
    assert found["log_loss"] == pytest.approx(log_loss(p.truth, p.prediction), rel=1e-5)
    macro = roc_auc_score(p.truth, p.prediction, multi_class="ovr", average="macro")
    assert found["auc_macro"] == pytest.approx(macro)
    assert set(found) == {
        *("accuracy", "auc_macro", "log_loss", "calibration_error", "brier_score"),
        *(f"auc_{name}" for name in p.classes),
        *(f"rejection_{name}_at_50" for name in p.classes),
    }


def test_random_scores_have_auc_one_half_within_the_error(classification):
    p = classification(events=2000, sharpness=0)
    found = bootstrap(room.measures(p, []), 2000, 100)
    for name in p.classes:
        area = found[f"auc_{name}"]
        assert abs(area.value - 0.5) < 4 * area.error
        # Mann-Whitney: sd = sqrt((n + m + 1) / (12 n m))
        n = np.count_nonzero(p.truth == p.classes.index(name))
        expected = np.sqrt((2000 + 1) / (12 * n * (2000 - n)))
        assert area.error == pytest.approx(expected, rel=0.3)


def test_perfect_classifier(classification):
    p = classification()
    p = replace(p, prediction=np.eye(3, dtype=np.float32)[p.truth])
    found = room.measures(p, [0.3])(ones(p))
    assert found["accuracy"] == found["auc_macro"] == found["auc_iron"] == 1
    assert np.isinf(found["rejection_iron_at_30"])
    assert found["log_loss"] == found["calibration_error"] == 0


def test_the_background_of_a_rejection_is_all_other_classes(classification):
    p = classification(events=10)  # 4, 3 and 3 events
    assert room.backgrounds(p, [0.3, 0.5]) == {
        **dict.fromkeys(("rejection_proton_at_30", "rejection_proton_at_50"), 6),
        **dict.fromkeys(("rejection_iron_at_30", "rejection_iron_at_50"), 7),
        **dict.fromkeys(("rejection_photon_at_30", "rejection_photon_at_50"), 7),
    }


def test_constant_classifier_rejects_nothing(classification):
    p = classification()
    p = replace(p, prediction=np.full((300, 3), 1 / 3, dtype=np.float32))
    found = room.measures(p, [0.3])(ones(p))
    assert found["auc_macro"] == 0.5
    assert found["rejection_proton_at_30"] == 1
    assert found["log_loss"] == pytest.approx(np.log(3), rel=1e-6)
    assert found["calibration_error"] == pytest.approx(0, abs=1e-6)


def test_overconfident_classifier_has_calibration_error(classification):
    p = classification(events=3000, sharpness=0)
    sure = np.full((3000, 3), 0.05, dtype=np.float32)
    sure[np.arange(3000), p.prediction.argmax(1)] = 0.9
    found = room.measures(replace(p, prediction=sure), [])(ones(p))
    assert found["calibration_error"] == pytest.approx(0.9 - found["accuracy"], abs=1e-6)


def test_confusion_matrix_agrees_with_scikit_learn_and_its_error_is_binomial(classification):
    p = classification(events=900)
    found = bootstrap(room.confusion(p), 900, 400)
    expected = confusion_matrix(p.truth, p.prediction.argmax(1))
    np.testing.assert_array_equal(found["count"].value, expected)
    share = found["fraction"].value
    np.testing.assert_allclose(share.sum(axis=1), 1)
    np.testing.assert_allclose(
        found["fraction"].error, np.sqrt(share * (1 - share) / 300), rtol=0.2
    )


def test_score_densities_integrate_to_one(classification):
    p = classification()
    density = room.scores(p)(ones(p))["density"]
    np.testing.assert_allclose(density.sum(axis=2) / room.SCORE_BINS, 1)


def test_reliability_of_calibrated_probabilities(rng, classification):
    chance = rng.random(20_000).astype(np.float32)
    p = replace(
        classification(),
        classes=("background", "signal"),
        truth=(rng.random(20_000) < chance).astype(int),
        prediction=np.stack([1 - chance, chance], axis=1),
    )
    sums = room.reliability(p)(np.ones(20_000, dtype=np.int64))
    assert sums["events"].sum() == 2 * 20_000
    pull = (sums["observed"] - sums["predicted"]) / np.sqrt(0.25 * sums["events"])
    assert np.abs(pull).max() < 4


def test_confusion_in_bins_adds_up_to_the_overall_one(classification):
    p = classification(events=900)
    p.spectators["zenith"][:5] = np.nan  # in no bin
    bins = equal_population(p.spectators["zenith"], 5)
    found = room.confusion_in_bins(p, bins)(ones(p))
    known = np.flatnonzero(np.isfinite(p.spectators["zenith"]))
    overall = room.confusion(p, known)(np.ones(len(known), dtype=np.int64))
    np.testing.assert_array_equal(found["count"].sum(axis=0), overall["count"])
    np.testing.assert_allclose(found["fraction"].sum(axis=2), 1)
    accuracy = room.accuracy_in_bins(p, bins)(ones(p))["accuracy"]
    right = np.trace(found["count"], axis1=1, axis2=2)
    np.testing.assert_allclose(accuracy, right / [len(entry.members) for entry in bins])


def test_accuracy_in_bins_finds_where_it_is_good(classification):
    p = classification(events=3000)
    half = p.spectators["zenith"] > 30
    p.prediction[half] = np.eye(3)[p.truth[half]]
    bins = equal_population(p.spectators["zenith"], 2)
    found = bootstrap(room.accuracy_in_bins(p, bins), 3000, 100)["accuracy"]
    share = np.mean(p.prediction.argmax(1)[~half] == p.truth[~half])
    np.testing.assert_allclose(found.value, [share, 1])
    assert found.error[0] == pytest.approx(np.sqrt(share * (1 - share) / 1500), rel=0.3)
