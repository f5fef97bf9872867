"""Cuts as a baseline: windows and a discriminant, ranked like any other score."""

import numpy as np
import pytest
from pydantic import TypeAdapter

from footprint.config import parse_study
from footprint.config.baselines import Baseline
from footprint.errors import DataError
from footprint.evaluation.baselines import fit_baselines, predict_baseline
from footprint.evaluation.ranking import ranked
from footprint.files.datasets import open_dataset

TOP = {
    "method": "cuts", "signal": "heavy", "windows": {"jet_mass": [105, 210]},
    "discriminant": "tau3 / tau2", "signal_is": "lower",
}  # fmt: skip


@pytest.fixture
def jets(write_dataset, rng):
    """Write jets: heavy ones have masses around 173 and a lower ratio of tau3 to tau2."""

    def change(_name, arrays):
        heavy = arrays["targets/mass"] == 1
        events = len(heavy)
        mass = np.where(heavy, rng.normal(173, 25, events), rng.exponential(90, events))
        ratio = np.clip(rng.normal(np.where(heavy, 0.5, 0.7), 0.12), 0.05, 1.2)
        tau2 = rng.uniform(5, 20, events)
        tau2[::25] = np.nan  # fewer than three constituents
        arrays["spectators/jet_mass"] = mass.astype(np.float32)
        arrays["spectators/tau2"] = tau2.astype(np.float32)
        arrays["spectators/tau3"] = (ratio * tau2).astype(np.float32)

    return write_dataset(train=2000, test=2000, change=change)


def predicted(path, **changes):
    config = TypeAdapter(Baseline).validate_python(TOP | changes)
    with open_dataset(path) as dataset:
        (fitted,) = fit_baselines(dataset, "mass", {"cuts": config}, threads=1)
        return predict_baseline(dataset, fitted), dataset.spectators("test")


def test_the_score_falls_with_the_discriminant_inside_and_is_zero_outside(jets):
    found, spectators = predicted(jets)
    mass, ratio = spectators["jet_mass"], spectators["tau3"] / spectators["tau2"]
    inside = (mass >= 105) & (mass <= 210) & np.isfinite(ratio)
    score = found.prediction.astype(np.float32)[:, 1]
    np.testing.assert_array_equal(score[~inside], 0)
    order = np.argsort(ratio[inside])
    assert np.all(np.diff(score[inside][order]) <= 0)
    assert len(np.unique(score[inside])) > 0.98 * inside.sum()
    assert score[inside].min() > 0
    assert score.max() < 1
    np.testing.assert_allclose(found.prediction.sum(axis=1), 1)


def test_rejections_are_those_of_the_cut_itself(jets):
    """Go through all cuts on tau3 / tau2 inside the window, and count what passes."""
    found, spectators = predicted(jets)
    mass, ratio = spectators["jet_mass"], spectators["tau3"] / spectators["tau2"]
    inside = (mass >= 105) & (mass <= 210) & np.isfinite(ratio)
    signal = found.truth == 1
    for efficiency in (0.2, 0.3, 0.5):
        for cut in np.sort(ratio[inside]):
            passing = inside & (ratio <= cut)
            if np.count_nonzero(passing & signal) >= efficiency * signal.sum():
                break
        expected = np.count_nonzero(passing & ~signal) / np.count_nonzero(~signal)
        roc = ranked(found.prediction[:, 1], signal).roc(np.ones(len(signal), dtype=np.int64))
        assert roc.false_positive_rate([efficiency])[0] == pytest.approx(expected, abs=1e-12)


def test_half_a_score_parts_the_classes_where_they_are_as_frequent(jets):
    found, _ = predicted(jets, windows={})
    counted = found.prediction[:, 1] > 0
    right = found.prediction[counted].argmax(axis=1) == found.truth[counted]
    # Two normal distributions 0.2 apart with sd 0.12: 80 % on the right side of the middle.
    assert right.mean() == pytest.approx(0.80, abs=0.03)


def test_the_signal_may_be_the_first_class_or_have_higher_values(jets):
    lower, _ = predicted(jets)
    other, _ = predicted(jets, signal="light", discriminant="tau3 / tau2", signal_is="higher")
    inside = lower.prediction[:, 1] > 0
    np.testing.assert_allclose(other.prediction[inside], lower.prediction[inside], rtol=1e-6)
    np.testing.assert_array_equal(other.prediction[~inside, 0], 0)
    inverse, _ = predicted(jets, discriminant="-tau3 / tau2", signal_is="higher")
    np.testing.assert_allclose(inverse.prediction, lower.prediction, rtol=1e-6)
    half, spectators = predicted(jets, windows={"jet_mass": [None, 105]})
    np.testing.assert_array_equal(half.prediction[spectators["jet_mass"] > 105, 1], 0)


def test_a_discriminant_that_points_the_other_way_is_said_and_obeyed(jets, caplog):
    found, spectators = predicted(jets, signal_is="higher")
    assert "heavy has rather lower values of 'tau3 / tau2'" in caplog.text
    inside = found.prediction[:, 1] > 0
    ratio = (spectators["tau3"] / spectators["tau2"])[inside]
    assert np.all(np.diff(found.prediction[inside, 1][np.argsort(ratio)]) >= 0)


def test_windows_without_events_of_a_class_are_refused(jets):
    with pytest.raises(DataError, match="no training event of class light, heavy is inside the w"):
        predicted(jets, windows={"jet_mass": [1e6, None]})


def test_boosting_on_substructure_understands_what_is_undefined(jets):
    features = ["jet_mass", "tau2", "tau3"]
    found, spectators = predicted_by_boosting(jets, features)
    undefined = np.isnan(spectators["tau2"])
    assert undefined.sum() == 80
    assert np.isfinite(found.prediction).all()
    right = found.prediction.argmax(axis=1) == found.truth
    assert right.mean() > 0.85
    assert right[undefined].mean() > 0.7  # by the mass alone


def predicted_by_boosting(path, features):
    config = TypeAdapter(Baseline).validate_python({"method": "boosting", "features": features})
    with open_dataset(path) as dataset:
        (fitted,) = fit_baselines(dataset, "mass", {"boosting": config}, threads=1)
        return predict_baseline(dataset, fitted), dataset.spectators("test")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signal": "heavi"}, "baseline 'cuts': signal 'heavi' is no class; did you mean 'heavy'"),
        ({"windows": {"xmax": [9, 3]}}, "the window [9, 3] is empty: give [low, high]"),
        ({"windows": {"mass": [0, 1]}}, "baseline 'cuts' of target 'mass' uses 'mass', which is n"),
        ({"discriminant": "tau3"}, "baseline 'cuts' of target 'mass' uses 'tau3', which is not"),
        ({"signal_is": "better"}, "Input should be 'lower' or 'higher'"),
    ],
)
def test_cuts_that_cannot_be_made_are_refused(faults, changes, words):
    given = TOP | {"windows": {}, "discriminant": "xmax"} | changes

    def change(study):
        study["datasets"]["showers"]["targets"]["mass"]["baselines"] = {"cuts": given}

    assert words in faults(change)


def test_cuts_are_for_two_classes(faults, tiny):
    given = TOP | {"windows": {"xmax": [500, None]}, "discriminant": "muons_at_ground"}
    mass = tiny["datasets"]["showers"]["targets"]["mass"]
    mass["baselines"] = {"cuts": given}
    assert parse_study(tiny)

    def three(study):
        target = study["datasets"]["showers"]["targets"]["mass"]
        target |= {"baselines": {"cuts": given}, "classes": {"a": 1, "b": 4, "c": [14, 56]}}

    assert "cuts tell two classes apart, this target has classes ['a', 'b', 'c']" in faults(three)

    def value(study):
        study["datasets"]["showers"]["targets"]["xmax"]["baselines"] = {"cuts": given}

    assert "cuts tell two classes apart, this target is continuous" in faults(value)
