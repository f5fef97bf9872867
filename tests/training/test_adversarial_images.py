"""Images from a DCGAN: as sharp as real ones, whole, and of all kinds."""

import keras
import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.files.datasets import open_dataset
from footprint.training.distributions import distribution_of
from tests.training.test_fit import trained

needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="trained on TensorFlow alone"
)
SIDE, EVENTS = 8, 4000


def bars(rng, count=EVENTS):
    """One bright bar from edge to edge, in one of the rows or in one of the columns."""
    images = np.zeros((count, SIDE, SIDE))
    images[np.arange(count), rng.integers(0, SIDE, count)] = rng.uniform(0.6, 1, (count, 1))
    upright = rng.random(count) < 0.5
    images[upright] = images[upright].transpose(0, 2, 1)
    return images


def likeness(images):
    """Which bar an image is most like, how bright that is, and how much of a bar is elsewhere."""
    lines = np.concatenate([images.mean(axis=2), images.mean(axis=1)], axis=1)
    which = lines.argmax(axis=1)
    bar = lines[np.arange(len(images)), which]
    return which, bar, images.mean(axis=(1, 2)) * SIDE - bar


def experiment(model, **training):
    return Experiment.model_validate({
        "dataset": "d", "task": "generation", "variables": "image", "inputs": [],
        "model": {"name": "gan", **model}, "training": {"batch_size": 64, **training},
    })  # fmt: skip


@pytest.fixture
def dataset(tmp_path, rng, write_events):
    part = write_events({"image": bars(rng), "t": rng.normal(size=EVENTS)})
    config = Dataset.model_validate({
        "samples": ["s"], "targets": {"t": {"array": "t"}},
        "inputs": {"image": [{"array": "image", "normalise": "range"}]},
        "split": {"train": 0.8, "validation": 0.1, "test": 0.1},
    })  # fmt: skip
    build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
    return tmp_path / "d.h5"


def pair(path, config):
    from footprint.training.adversarial import adversary

    keras.utils.set_random_seed(1)
    with open_dataset(path) as opened:
        return adversary(config, distribution_of(opened, config), 1)


@needs_tensorflow
def test_images_are_whole_and_sharp_and_of_many_kinds(dataset, tmp_path, rng):
    small = {"latent": 16, "generator": {"units": [32], "filters": [16, 4]},
             "critic": {"filters": [8, 16], "units": [32]}}  # fmt: skip
    config = experiment(
        small, epochs=9, optimizer={"learning_rate": 5e-3, "beta_1": 0.5},
        weight_averaging={"name": "ema", "decay": 0.98},
    )  # fmt: skip
    generator = trained(dataset, config, tmp_path / "c.h5").network
    latent = rng.normal(size=(1000, 16)).astype(np.float32)
    which, bar, rest = likeness(np.asarray(generator({"latent": latent})["image"])[..., 0])
    # Real bars are 0.8 bright and there is nothing else; a grey image has 0.1 and 0.7.
    assert np.median(bar) > 0.5
    assert np.median(rest) < 0.2
    assert (np.bincount(which, minlength=2 * SIDE) > EVENTS / 1000).sum() >= SIDE


@needs_tensorflow
def test_a_grey_background_is_not_seen_as_a_black_one(dataset):
    """The darkest bars are 0.6 bright, but half of that is no threshold of photographs."""
    seen = pair(dataset, experiment({})).softened
    shades = np.linspace(0, 1, 11, dtype=np.float32).reshape(-1, 1, 1, 1)
    found = np.asarray(seen(shades)).ravel()
    assert found[0] == 0
    np.testing.assert_allclose(np.diff(found), found[1], rtol=1e-4)
    assert found[-1] > 1


@needs_tensorflow
def test_the_critic_sees_how_distant_parts_go_together(dataset):
    """Without a dense layer its answer is a sum over parts: all are right, the image is not."""

    def together(units):
        critic = pair(dataset, experiment({"critic": {"filters": [4, 4], "units": units}})).critic
        corner, other = np.zeros((2, 1, SIDE, SIDE, 1), np.float32)
        corner[:, 0, 0], other[:, -1, -1] = 30, 30
        both, one, two, none = (
            float(critic({"image": x})[0, 0]) for x in (corner + other, corner, other, 0 * other)
        )
        return abs(both - one - two + none) / max(abs(x - none) for x in (both, one, two))

    assert together([]) < 1e-4
    assert together([32, 32]) > 1e-2
