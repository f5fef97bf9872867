import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset


@pytest.fixture
def dataset(tmp_path, write_events):
    """A linear problem: two classes by the sign of a, a value that is the sum of both."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 700))
    part = write_events(
        {"a": a, "b": b, "sum": a + 2 * b + 5, "kind": (a > 0).astype(np.int64)},
        units={"sum": "EeV"},
    )
    config = Dataset.model_validate({
        "samples": ["s"],
        "inputs": {"ab": ["a", "b"]},
        "targets": {"kind": {"array": "kind", "classes": {"minus": 0, "plus": 1}},
                    "total": {"array": "sum"}},
        "spectators": ["a"],
    })  # fmt: skip
    path = tmp_path / "d.h5"
    build_dataset(path, "d", config, {"s": [part]})
    return path
