import math

import pytest

from footprint.config.trainings import Training
from footprint.training.progress import Progress
from footprint.training.schedules import learning_rates


def run(losses, **config):
    training = Training.model_validate({"epochs": 50, **config})
    progress = Progress()
    rates = []
    for loss in losses:
        if progress.finished(training):
            break
        rates.append(progress.cut(learning_rates(training, progress.epoch, 1)[0], training))
        progress.record({"validation_loss": loss}, training)
    return progress, rates


def test_the_best_epoch_is_kept_and_patience_counts_from_it():
    progress, _ = run([3, 2, 2.5, 2.4, 2.3, 1.0], early_stopping={"patience": 3})
    assert (progress.best_epoch, progress.best_loss, progress.epoch) == (2, 2, 5)


def test_small_improvements_do_not_count():
    progress, _ = run([3, 2.95, 2.91], early_stopping={"patience": 9, "min_delta": 0.2})
    assert (progress.reference_epoch, progress.plateau) == (1, 2)


def test_the_best_weights_are_kept_even_if_the_improvement_was_small():
    losses = [1, 0.95, 0.9, 0.87, 0.86]
    progress, _ = run(losses, early_stopping={"patience": 9, "min_delta": 0.1})
    assert (progress.best_epoch, progress.best_loss) == (5, 0.86)


def test_a_cut_never_raises_the_learning_rate():
    reduce = {"patience": 1, "min_learning_rate": 1e-6}
    _, rates = run([1] * 4, reduce_on_plateau=reduce, optimizer={"learning_rate": 1e-7})
    assert rates == pytest.approx([1e-7] * 4)


def test_without_early_stopping_all_epochs_are_done():
    progress, _ = run([1.0] * 60)
    assert progress.epoch == 50


def test_the_learning_rate_is_cut_on_each_plateau():
    reduce = {"patience": 2, "factor": 0.1, "min_learning_rate": 3e-5}
    _, rates = run([1, 1, 1, 1, 1, 1, 1], reduce_on_plateau=reduce)
    assert rates == pytest.approx([1e-3, 1e-3, 1e-3, 1e-4, 1e-4, 3e-5, 3e-5])


def rate(epoch, **schedule):
    config = Training.model_validate({"epochs": 10, "schedule": schedule})
    return learning_rates(config, epoch, 1)[0]


def test_schedules_by_hand():
    assert rate(7, name="constant") == 1e-3
    assert rate(3, name="exponential", factor=0.5) == pytest.approx(1e-3 / 8)
    assert rate(6, name="step", every_epochs=3, factor=0.1) == pytest.approx(1e-5)
    assert rate(0, name="cosine") == pytest.approx(1e-3)
    assert rate(5, name="cosine") == pytest.approx(0.5e-3)
    assert rate(0, name="cosine", warmup_epochs=3) == pytest.approx(0.25e-3)
    assert rate(2, name="cosine", warmup_epochs=3) == pytest.approx(0.75e-3)
    last = 0.5e-3 * (1 + math.cos(math.pi * 6 / 7))
    assert rate(9, name="cosine", warmup_epochs=3) == pytest.approx(last)
