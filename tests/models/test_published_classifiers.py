"""The tutorials' networks as they stand in the studies, against their published sizes."""

import math

import pytest
import yaml
from pydantic import TypeAdapter

from footprint.config.networks import Model
from tests.conftest import ROOT

SHAPES = {
    "images": (28, 28, 1),
    "mnist": (28, 28, 1),
    "cifar10": (32, 32, 3),
    "airshower-full": (14, 14, 2),
}
MLP = 669_706


def small_cnn(channels, side):
    """Convolution 5 x 5, pooling, convolution 3 x 3 with stride 2, ten classes."""
    return (25 * channels + 1) * 32 + (9 * 32 + 1) * 64 + ((side // 4) ** 2 * 64 + 1) * 10


STEPS = [(3, 16), (16, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128), (128, 256)]
SHOWER = [(2, 64), (64, 64), (64, 64), (64, 128), (128, 128), (128, 128)]
PUBLISHED = {
    ("images", "mlp"): MLP,
    ("images", "mlp_dropout"): MLP,
    ("mnist", "mlp"): MLP,
    ("mnist", "mlp_without_dropout"): MLP,
    ("cifar10", "nn"): 855_050,
    ("cifar10", "cnn"): 276_426,
    ("cifar10", "dcnn_2017"): 2_178_090,
    # The following are no published numbers, but what their layers come to.
    ("cifar10", "dcnn_2020"): sum(9 * a * b + b for a, b in STEPS) + 257 * 128 + 129 * 10,
    ("cifar10", "small_cnn"): small_cnn(3, 32),
    ("images", "small_cnn"): small_cnn(1, 28),
    ("mnist", "small_cnn"): small_cnn(1, 28),
    ("airshower-full", "tutorial_fcn"): 393 * 100 + 3 * 101 * 100 + 101,
    ("airshower-full", "tutorial_cnn"): sum(9 * a * b + b for a, b in SHOWER) + 129 * 128 + 129,
}
STUDIES = {
    name: yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text())["experiments"]
    for name in SHAPES
}


def built(model, shape, units, activation):
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    entry = Entry(shape, tuple(f"c{i}" for i in range(shape[-1])))
    config = TypeAdapter(Model).validate_python(model)
    return build_network(config, {"image": entry}, {"goal": Output(units, activation)}, 1)


def trainable(network):
    return sum(math.prod(weight.shape) for weight in network.trainable_variables)


def test_all_lists_of_layers_are_counted():
    lists = {
        (study, name)
        for study, experiments in STUDIES.items()
        for name, experiment in experiments.items()
        if "layers" in experiment["model"]
    }
    assert lists == set(PUBLISHED)


@pytest.mark.parametrize(("study", "name"), PUBLISHED)
def test_sizes_are_the_published_ones(study, name):
    experiment = STUDIES[study][name]
    output = (1, "linear") if experiment["task"] == "regression" else (10, "softmax")
    assert trainable(built(experiment["model"], SHAPES[study], *output)) == PUBLISHED[study, name]


def test_the_last_map_of_the_network_of_2017():
    layers = STUDIES["cifar10"]["dcnn_2017"]["model"]["layers"]
    network = built({"layers": layers}, (32, 32, 3), 10, "softmax")
    flatten = next(x for x in network.layers if type(x).__name__ == "Flatten")
    assert flatten.input.shape == (None, 2, 2, 256)


def test_the_elastic_net_of_the_network_of_2020():
    import keras
    import numpy as np

    layers = STUDIES["cifar10"]["dcnn_2020"]["model"]["layers"]
    network = built({"layers": layers}, (32, 32, 3), 10, "softmax")
    (dense,) = [x for x in network.layers if getattr(x, "units", 0) == 128]
    kernel = np.asarray(dense.kernel)
    expected = 0.025 * abs(kernel).sum() + 0.025 * (kernel**2).sum()
    assert isinstance(dense.kernel_regularizer, keras.regularizers.L1L2)
    assert len(network.losses) == 1
    assert float(network.losses[0]) == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.parametrize(
    ("study", "name"),
    [
        (study, name)
        for study, experiments in STUDIES.items()
        for name, experiment in experiments.items()
        if "layers" not in experiment["model"] and study != "airshower-full"
    ],
)
def test_networks_of_the_zoo_fit_their_images(study, name):
    network = built(STUDIES[study][name]["model"], SHAPES[study], 10, "softmax")
    assert network.output["goal"].shape == (None, 10)
