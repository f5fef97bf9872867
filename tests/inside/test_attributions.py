"""What attributions say of networks whose answers are known in closed form."""

import numpy as np
import pytest

from footprint.files.datasets import Normalisation
from tests.inside.conftest import SHAPE, Mixing

EVENTS = 3


def flat(x):
    import keras

    return keras.layers.Flatten()(x)


def bent(x):
    import keras

    x = keras.layers.Conv2D(4, 3, activation="relu")(x)
    return keras.layers.Dense(8, activation="tanh")(flat(x))


def question_of(network, goal, rng, other=0, answer=0, shape=SHAPE):
    from footprint.inside.answers import Question

    events = {"image": rng.normal(size=(EVENTS, *shape)).astype(np.float32)}
    if other:
        events["other"] = rng.normal(size=(EVENTS, other)).astype(np.float32)
    output = network.predict_on_batch(events)["t"]
    chosen = output.argmax(axis=1) if goal.classes else np.zeros(EVENTS, np.intp)
    return Question(network, goal, answer, "image", events, chosen)


def weights_of(network, size):
    return network.layers[-1].get_weights()[0][:size, 0]


def test_saliency_of_a_linear_network_is_its_weights(network, value, image, rng):
    from footprint.inside.saliency import saliency

    linear = network(flat, other=2)
    found = saliency(question_of(linear, value, rng, other=2), image())
    weights = 3 * weights_of(linear, 40).reshape(SHAPE)
    np.testing.assert_allclose(found, np.broadcast_to(weights, found.shape), rtol=1e-5, atol=1e-6)


def test_saliency_is_by_original_pixels_whatever_the_normalisation(network, value, image, rng):
    from footprint.inside.saliency import saliency

    linear = network(flat)
    scales = Normalisation(np.array([1.0, -4.0]), np.array([0.5, 20.0]))
    found = saliency(question_of(linear, value, rng), image(scales))[0]
    weights = 3 * weights_of(linear, 40).reshape(SHAPE)
    np.testing.assert_allclose(found, weights / scales.scale, rtol=1e-5, atol=1e-6)
    mixing = Mixing(40)
    found = saliency(question_of(linear, value, rng), image(mixing))[0]
    np.testing.assert_allclose(found.ravel(), mixing.matrix.T @ weights.ravel(), rtol=1e-4)


@pytest.mark.parametrize("mixed", [False, True])
def test_contributions_add_up_to_the_difference_of_answers(network, value, classes, image, rng,
                                                           mixed):  # fmt: skip
    from footprint.inside.integrated_gradients import integrated_gradients

    scales = Normalisation(np.array([1.0, -4.0]), np.array([0.5, 20.0]))
    own = image(Mixing(40) if mixed else scales, baseline=rng.normal(size=SHAPE))
    for goal, units, activation in ((value, 1, None), (classes, 3, "softmax")):
        question = question_of(network(bent, units=units, activation=activation, other=2), goal,
                               rng, other=2)  # fmt: skip
        found = integrated_gradients(question, own, 400)
        difference = found.answer - found.baseline
        assert np.abs(difference).min() > 0.01
        total = found.pixels.sum(axis=(1, 2, 3))
        np.testing.assert_allclose(total, difference, rtol=0.02, atol=0.02)
        np.testing.assert_allclose(found.gap, total - difference, atol=1e-5)
        # Coarser steps miss by more: the test sees what it is meant to see.
        assert np.abs(integrated_gradients(question, own, 1).gap).max() > np.abs(found.gap).max()


def test_contributions_to_a_linear_network_are_weight_times_distance(network, value, image, rng):
    from footprint.inside.integrated_gradients import integrated_gradients

    linear, baseline = network(flat), rng.normal(size=SHAPE)
    question = question_of(linear, value, rng)
    found = integrated_gradients(question, image(baseline=baseline), 2)
    weights = 3 * weights_of(linear, 40).reshape(SHAPE)
    expected = weights * (question.events["image"] - baseline)
    np.testing.assert_allclose(found.pixels, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("patch", [1, 2, 3])
def test_occlusion_peaks_at_the_only_pixel_that_counts(network, value, image, rng, patch):
    from footprint.inside.occlusion import occlusion

    one = network(flat)
    kernel = np.zeros((40, 1), np.float32)
    kernel[np.ravel_multi_index((3, 1, 1), SHAPE)] = 1.0
    one.layers[-1].set_weights([kernel, np.zeros(1, np.float32)])
    question = question_of(one, value, rng)
    found = occlusion(question, image(), patch)
    pixel = 3 * question.events["image"][:, 3, 1, 1]
    np.testing.assert_allclose(found[:, 3, 1], pixel, rtol=1e-5)
    for event in found:
        assert np.unravel_index(np.abs(event).argmax(), event.shape) == (3, 1)
    # Patches that do not reach the pixel change nothing, those that also cover others less.
    assert not np.abs(found[:, 0, 3]).any()
    if patch == 3:
        np.testing.assert_allclose(found[:, 2, 1], pixel * 6 / 9, rtol=1e-5)


def test_occlusion_covers_pixels_not_what_a_normalisation_makes_of_them(network, value, image, rng):
    from footprint.inside.occlusion import occlusion

    linear, mixing = network(flat), Mixing(40)
    own = image(mixing, baseline=rng.normal(size=SHAPE))
    question = question_of(linear, value, rng)
    original = own.original(question.events["image"])
    slopes = (mixing.matrix.T @ (3 * weights_of(linear, 40))).reshape(SHAPE)
    expected = (slopes * (original - own.baseline)).sum(axis=-1)
    np.testing.assert_allclose(occlusion(question, own, 1), expected, rtol=1e-3, atol=1e-3)


def test_log_odds_keep_their_digits_where_probabilities_are_close_to_1():
    from footprint.inside.answers import log_odds

    p = np.array([[1 - 1e-9, 1e-9, 0.0], [0.2, 0.5, 0.3], [1.0, 0.0, 0.0]], np.float32)
    found = np.asarray(log_odds(p, np.array([0, 1, 1])))
    np.testing.assert_allclose(found[:2], [np.log(1e9), 0.0], atol=1e-5)
    assert np.isfinite(found).all()


def test_answers_of_values_are_in_their_units_and_vectors_have_components(value):
    from footprint.inside.answers import answers_of
    from footprint.training.goals import Goal

    (one,) = answers_of(value, "depth", "m")
    assert (one.name, one.units) == ("", "m")
    vector = Normalisation(np.zeros(2), np.ones(2))
    core = Goal("core", (), vector, log=False, task="position")
    assert [a.name for a in answers_of(core, "core", "m")] == ["x", "y"]
    (log,) = answers_of(Goal("e", (), value.normalisation, log=True, task="regression"), "E", "EeV")
    assert "log" in log.label
    assert not log.units
