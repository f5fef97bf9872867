"""Courses of learning rate and momentum over the steps of a training."""

import math

import numpy as np
import pytest

from footprint.config.trainings import Training
from footprint.training.schedules import learning_rates, momenta


def course(function, epochs=10, steps=10, **schedule):
    optimizer = {"name": "sgd", "learning_rate": 2.0, "momentum": 0.9}
    config = Training.model_validate(
        {"epochs": epochs, "schedule": schedule, "optimizer": optimizer}
    )
    return np.concatenate([function(config, epoch, steps) for epoch in range(epochs)])


@pytest.mark.parametrize("shape", ["cosine", "linear"])
def test_one_cycle_rises_to_the_peak_and_falls_far_below(shape):
    rates = course(learning_rates, name="one_cycle", shape=shape, end=1e-5)
    assert rates[0] == pytest.approx(2.0 * 0.04)
    assert np.argmax(rates) == 30  # 0.3 of 99, rounded
    assert rates[30] == 2.0
    assert rates[-1] == pytest.approx(2e-5)
    assert (np.diff(rates[:31]) > 0).all()
    assert (np.diff(rates[30:]) < 0).all()
    # Half way up both shapes are half way between start and peak.
    assert rates[15] == pytest.approx(0.5 * (2.0 * 0.04 + 2.0))


def test_one_cycle_follows_its_shape():
    linear = course(learning_rates, name="one_cycle", shape="linear", start=0.1)
    assert linear[10] == pytest.approx(2.0 * (0.1 + 0.9 / 3))
    cosine = course(learning_rates, name="one_cycle", start=0.1)
    assert cosine[10] == pytest.approx(2.0 * (0.1 + 0.9 * (1 - math.cos(math.pi / 3)) / 2))


def test_one_cycle_of_few_epochs_is_whole():
    rates = course(learning_rates, epochs=1, steps=50, name="one_cycle")
    assert (rates[0], rates.max(), rates[-1]) == pytest.approx((0.08, 2.0, 8e-6))
    assert course(learning_rates, epochs=2, steps=1, name="one_cycle") == pytest.approx([0.08, 2])
    assert np.isfinite(course(learning_rates, epochs=1, steps=1, name="one_cycle")).all()


def test_the_momentum_is_cycled_against_the_rate():
    cycle = {"name": "one_cycle", "momentum": [0.85, 0.95]}
    values, rates = course(momenta, **cycle), course(learning_rates, **cycle, start=1e-9, end=1e-9)
    assert values[[0, 30, -1]] == pytest.approx([0.95, 0.85, 0.95])
    # From the highest to the lowest in the same shape.
    np.testing.assert_allclose((0.95 - values) / 0.1, rates / 2.0, atol=1e-8)
    config = Training.model_validate({"schedule": {"name": "one_cycle"}})
    assert momenta(config, 0, 10) is None


def test_a_cosine_per_step_starts_and_ends_like_that_per_epoch():
    epochs = course(learning_rates, name="cosine")
    assert (epochs.reshape(10, 10) == epochs[::10, None]).all()
    steps = course(learning_rates, name="cosine", per_step=True)
    np.testing.assert_allclose(steps[::10], epochs[::10])
    assert (np.diff(steps) < 0).all()
    assert steps[-1] == pytest.approx(1 + math.cos(math.pi * 0.99))
    warm = course(learning_rates, name="cosine", per_step=True, warmup_epochs=2)
    np.testing.assert_allclose(warm[:21], 2.0 * np.arange(1, 22) / 21)
    assert warm[60] == pytest.approx(1.0)
