"""The two-sample test: networks that find what differs, and nothing where nothing does."""

from dataclasses import replace

import numpy as np
import pytest

from footprint.config.two_sample import TwoSample
from footprint.errors import DataError
from footprint.evaluation.two_sample import area, folds, read_two_sample
from footprint.training.two_sample import both_of, model_of, save_two_sample
from tests.evaluation.samples_of import blobs, normal, samples_of

QUICK = TwoSample(epochs=6, batch_size=32, learning_rate=5e-3)


def answered(tmp_path, samples, config=QUICK, **further):
    path = tmp_path / "two.h5"
    save_two_sample(path, samples, config, name="gan", seed=1, **further)
    predictions = read_two_sample(path, samples)
    weight = np.ones(samples.events) if samples.weight is None else samples.weight
    return predictions, area(folds(predictions), weight, weight)["two_sample_auc"]


def test_two_shifted_normals_are_told_apart_as_well_as_can_be(tmp_path):
    """The best area is Phi(d / sqrt(2)): 0.76 for a shift of one."""
    made = {"mass": normal(2, 1000, 1.0), "width": normal(3, 1000)}
    samples = samples_of({"mass": normal(1, 1000), "width": normal(4, 1000)}, made)
    predictions, found = answered(tmp_path, samples)
    assert found == pytest.approx(0.76, abs=0.03)
    assert predictions.classes == ("generated", "real")
    assert predictions.truth.tolist() == [1] * 1000 + [0] * 1000
    assert len(np.unique(predictions.event_id)) == 2000


def test_the_same_distribution_cannot_be_told_apart(tmp_path):
    arrays = [{"mass": normal(k, 800), "width": normal(k + 10, 800)} for k in (1, 2)]
    _, found = answered(tmp_path, samples_of(*arrays))
    assert found == pytest.approx(0.5, abs=0.045)


def test_what_only_fails_at_given_conditions_is_found(tmp_path):
    """Real events follow their condition, generated ones do not."""
    condition = normal(1, 1000)
    real = {"mass": condition + 0.3 * normal(2, 1000), "width": normal(5, 1000)}
    made = {"mass": np.sqrt(1.09) * normal(3, 1000), "width": normal(6, 1000)}
    conditions = {"energy": condition.astype(np.float32)}
    _, found = answered(tmp_path, samples_of(real, made, conditions=conditions))
    assert found > 0.8
    _, blind = answered(tmp_path, samples_of(real, made))
    assert blind < 0.56


def test_images_and_observables_are_looked_at(tmp_path):
    samples = samples_of(blobs(1, 150), blobs(2, 150, width=1.0))
    observables = (normal(1, 150)[:, None], normal(2, 150, 5.0)[:, None])
    observables[0][3] = np.nan
    _, found = answered(tmp_path, samples, observables=observables)
    assert found > 0.95
    assert model_of(QUICK, (9, 9, 2)).name == "cnn"
    assert model_of(QUICK, (2, 2, 2)).name == "dense"
    assert model_of(QUICK, (7,)).name == "dense"


def test_the_same_seed_gives_the_same_answers(tmp_path):
    samples = samples_of({"mass": normal(1, 40)}, {"mass": normal(2, 40)})
    quick = TwoSample(epochs=1)
    first, second = (answered(tmp_path, samples, quick)[0].prediction for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize("name", ["observables", "conditions"])
def test_variables_of_any_name_are_looked_at(name):
    real, made = {"mass": normal(1, 41)}, {"mass": normal(2, 41)}
    samples = replace(samples_of(real, made, conditions={"energy": normal(3, 41)}), variables=name)
    inputs = both_of(samples, 1, (normal(4, 41)[:, None], normal(5, 41)[:, None])).inputs
    assert len(inputs) == 3
    assert (inputs[name][:41] == samples.real.network).all()


def test_pairs_stay_in_one_half():
    samples = samples_of({"mass": normal(1, 41)}, {"mass": normal(2, 41)})
    fold = both_of(samples, 1).fold
    assert (fold[:41] == fold[41:]).all()
    assert sorted(np.bincount(fold[:41])) == [20, 21]


def test_few_events_are_refused(tmp_path):
    samples = samples_of({"mass": normal(1, 19)}, {"mass": normal(2, 19)})
    with pytest.raises(DataError) as caught:
        save_two_sample(tmp_path / "x.h5", samples, QUICK, name="gan", seed=1)
    assert str(caught.value) == (
        "19 real events are too few to tell generated ones from them, expected 20 at least: "
        "simulate more, or a larger test split"
    )


def test_a_generator_is_no_classifier():
    message = "model 'wgan' does not tell two kinds apart: take dense or cnn"
    with pytest.raises(ValueError, match=message):
        TwoSample.model_validate({"model": {"name": "wgan"}})
