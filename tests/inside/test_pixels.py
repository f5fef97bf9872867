"""The event that others are compared with, whatever the normalisation of its pixels."""

import numpy as np
import pytest

from footprint.files.datasets import open_dataset
from tests.dataset.made_up import arrays, built, config

DARK = (0, 0)
INPUTS = {
    "plain": ["image"],
    "pixelwise": [{"array": "image", "per": "pixel"}],
    "zca": {"channels": ["image"], "whiten": "zca"},
    "pca": {"channels": ["image"], "whiten": "pca"},
    "partly": [{"array": "time", "per": "pixel"}],
}


@pytest.fixture
def path(tmp_path, write_events):
    """Photographs with a corner that is always dark, and times that are not always measured."""
    rng = np.random.default_rng(1)
    image = rng.integers(1, 256, (200, 4, 5)).astype(np.uint8)
    image[:, *DARK] = 0
    time = rng.normal(100.0, 5.0, image.shape)
    time[rng.random(time.shape) < 0.2] = np.nan
    time[:, *DARK] = np.nan
    time[:, 1, 1] = 40.0
    part = write_events(arrays(200, image=image, time=time))
    return built(tmp_path, {"s": [part]}, config(inputs=INPUTS))


def empty(path, name):
    from footprint.config.inside import Inside
    from footprint.inside.pixels import image_inputs

    with open_dataset(path) as dataset:
        (found,) = image_inputs(dataset, [name], Inside())
    return found


@pytest.mark.parametrize("name", ["plain", "pixelwise", "zca", "pca"])
def test_empty_photographs_are_black(path, name):
    """Also where single pixels never change, or all are mixed."""
    np.testing.assert_allclose(empty(path, name).baseline, 0, atol=1e-9)


def test_what_is_not_always_measured_was_not_measured(path):
    found = empty(path, "partly")
    np.testing.assert_allclose(found.seen(found.baseline[None]), 0, atol=1e-6)
