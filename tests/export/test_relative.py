"""Channels relative to another array, which exported networks do not know."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset
from footprint.errors import TrainingError
from footprint.export.describe import used_config
from footprint.files.datasets import open_dataset


def test_a_difference_of_arrays_is_not_exported(tmp_path, write_events):
    a, b = np.random.default_rng(1).normal(size=(2, 300))
    part = write_events({"a": a, "b": b})
    channels = [{"array": "a", "relative_to": "b"}]
    config = Dataset.model_validate({"samples": ["s"], "inputs": {"ab": channels}})
    build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
    with open_dataset(tmp_path / "d.h5") as data, pytest.raises(TrainingError) as stop:
        used_config(data, ["ab"])
    assert str(stop.value) == (
        f"channel 'a' of input 'ab' in {tmp_path / 'd.h5'} is relative_to 'b', which an exported "
        f"network does not subtract: leave export out, or derive the difference by a formula and "
        f"name that as array"
    )
