"""Back from what a network sees: stations that share a mask are silent and unmeasured together."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset
from footprint.files.datasets import open_dataset
from footprint.training.variables import variables_of


@pytest.fixture
def dataset(tmp_path, write_events):
    """Signals above 2, silent elsewhere, their times, and counts that are 0 there."""
    rng = np.random.default_rng(1)
    hit = rng.random((400, 3, 3)) < 0.3
    signal = np.where(hit, 2 + rng.exponential(size=hit.shape), np.nan)
    time = np.where(hit, rng.normal(500, 100, hit.shape), np.nan)
    counts = np.where(hit, rng.poisson(3, hit.shape) + 1, 0)
    part = write_events(
        {"signal": signal, "time": time, "counts": counts, "t": rng.normal(size=400)}
    )
    config = Dataset.model_validate({
        "samples": ["s"],
        "inputs": {"stations": [
            {"array": "signal", "transform": "log10(1 + x)", "inverse": "10**x - 1", "mask": True},
            "time",
            "counts",
        ]},
        "targets": {"t": {"array": "t"}},
    })  # fmt: skip
    path = tmp_path / "d.h5"
    build_dataset(path, "d", config, {"s": [part]})
    return path


def test_a_channel_without_mask_shares_that_of_another(dataset):
    with open_dataset(dataset) as opened:
        variables = variables_of(opened, "stations")
        seen = opened.inputs("train", ["stations"], slice(50))["stations"]
    assert variables.channels == ("signal", "mask of signal", "time", "counts")
    assert [variables.gate_of(c) for c in ("signal", "time", "counts")] == [1, 1, 1]
    # No counts are counts too: they are not NaN, but 0.
    assert [variables.mask_of(c) for c in ("signal", "time", "counts")] == [1, 1, None]
    np.testing.assert_array_equal(variables.snapped(seen), seen)
    found = variables.physical(seen)
    silent = seen[..., 1] == 0
    assert np.isnan(found["signal"][silent]).all()
    assert np.isnan(found["time"][silent]).all()
    assert found["counts"][silent] == pytest.approx(0, abs=1e-4)
    assert found["signal"][~silent].min() > 2 - 1e-3
    assert found["time"][~silent].mean() == pytest.approx(500, abs=30)


def test_nothing_is_left_where_a_generated_mask_is_0(dataset):
    with open_dataset(dataset) as opened:
        variables = variables_of(opened, "stations")
    made = np.random.default_rng(2).normal(size=(20, 3, 3, 4))
    sharp = variables.snapped(made)
    silent = sharp[..., 1] == 0
    assert 0 < silent.sum() < silent.size
    for place in (0, 2):
        assert np.all(sharp[silent][:, place] == 0)
    assert np.all(sharp[silent][:, 3] == variables.silence[3].value)
