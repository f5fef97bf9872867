"""The time for an event has an error: of batches that are drawn, and of blocks simulated."""

import numpy as np
import pytest

from footprint.simulate import timing
from footprint.training.drawing import Batch, per_event


def test_batches_of_equal_size_have_the_standard_error_of_their_mean():
    seconds = [1.0, 1.2, 0.9, 1.1]
    mean, error = per_event([Batch(10, time) for time in seconds])
    assert mean == pytest.approx(0.105)
    assert error == pytest.approx(np.std(seconds, ddof=1) / 2 / 10)


def test_a_small_last_batch_weighs_less():
    """Batches that all take the same time an event have no error, whatever their size."""
    assert per_event([Batch(10, 1.0), Batch(10, 1.0), Batch(1, 0.1)]) == pytest.approx((0.1, 0.0))
    assert np.isnan(per_event([Batch(10, 1.0)])[1])


def test_the_simulation_is_timed_block_by_block(monkeypatch):
    times = iter([0.0, 1.0, 1.5, 3.0])
    monkeypatch.setattr(timing, "process_time", lambda: next(times))
    monkeypatch.setattr(timing, "simulate_block", lambda *_: None)
    mean, error = timing.seconds_per_event("showers", None, 1, seconds=2.0)
    assert mean * timing.BLOCK == pytest.approx(1.0)
    assert error * timing.BLOCK == pytest.approx(np.std([1.0, 0.5, 1.5], ddof=1) / np.sqrt(3))


def test_an_unknown_error_is_null(tmp_path):
    timing.save_timing(tmp_path / "one.json", "showers", 0.1, float("nan"))
    assert '"seconds_per_event_error": null' in (tmp_path / "one.json").read_text()
