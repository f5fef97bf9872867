"""Steps of the optimizers against their formulas, with settings that change between steps."""

import json

import keras
import numpy as np
import pytest

from footprint.config.trainings import Training
from footprint.training.optimizers import optimizer_of, settings_of, stepping

GRADIENTS = [3.0, -1.0, 0.5, 2.0]
CYCLE = {"name": "one_cycle", "momentum": [0.85, 0.95]}
SGD = {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9}


def training(optimizer, **more):
    return Training.model_validate({"optimizer": optimizer, "epochs": 2, **more})


def weights(gradients=GRADIENTS, **options):
    optimizer, variable = optimizer_of(training(options)), keras.Variable(1.0)
    values = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        values.append(float(variable.numpy()))
    return values


def sgd(gradients, rates, momenta, start=1.0, *, nesterov=False):
    weight, velocity, values = start, 0.0, []
    for gradient, rate, momentum in zip(gradients, rates, momenta, strict=True):
        velocity = momentum * velocity - rate * gradient
        weight += momentum * velocity - rate * gradient if nesterov else velocity
        values.append(weight)
    return values


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_follows_its_formula(nesterov):
    found = weights(**SGD, nesterov=nesterov)
    expected = sgd(GRADIENTS, [0.1] * 4, [0.9] * 4, nesterov=nesterov)
    assert found == pytest.approx(expected, abs=1e-6)
    plain = weights(name="sgd", learning_rate=0.1)
    assert plain == pytest.approx(1.0 - 0.1 * np.cumsum(GRADIENTS))


def test_weight_decay_and_clipping():
    # Without gradient a share of 0.1 x 0.5 of the weight goes in each step.
    assert weights([0.0, 0.0], name="sgd", learning_rate=0.1, weight_decay=0.5) == pytest.approx(
        [0.95, 0.95**2]
    )
    assert weights([0.0], name="adamw", learning_rate=0.1, weight_decay=0.5) == [
        pytest.approx(0.95)
    ]
    assert weights([7.0], name="sgd", learning_rate=0.1, clip_norm=2.0) == [pytest.approx(0.8)]


def test_adam_and_rmsprop_take_their_own_decays():
    first = weights([3.0], name="adam", learning_rate=0.1, epsilon=1.0)
    assert first == [pytest.approx(1 - 0.1 * 3 * 0.1 / 0.1 / (3 + 1 / np.sqrt(0.001)), rel=1e-5)]
    # After the bias correction of beta_1 alone m = (b g1 + g2) / (1 + b).
    both = weights([1.0, 3.0], learning_rate=0.1, beta_1=0.5, beta_2=0.0)
    assert both[1] - both[0] == pytest.approx(-0.1 * (0.5 * 1 + 3) / 1.5 / 3, rel=1e-5)
    found = weights([2.0], name="rmsprop", learning_rate=0.1, rho=0.75)
    assert found == [pytest.approx(1 - 0.1 / np.sqrt(0.25))]


def line(config):
    """One weight; the gradient of its loss is 2 x (w x - y)."""
    network = keras.Sequential([
        keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    ])  # fmt: skip
    network.compile(optimizer_of(config), "mse")
    return network


def run(network, config, steps=4):
    """Train for all epochs; return x, y and the weights after each step."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, config.epochs * steps))
    found = []
    for epoch in range(config.epochs):
        step = stepping(network, settings_of(config, epoch, steps))
        for number in range(epoch * steps, (epoch + 1) * steps):
            step(x[number : number + 1, None], y[number : number + 1, None], return_dict=True)
            found.append(float(network.get_weights()[0][0, 0]))
    return x, y, np.array(found)


@pytest.mark.parametrize("nesterov", [False, True])
def test_rate_and_momentum_change_between_steps(nesterov):
    config = training(SGD | {"nesterov": nesterov}, schedule=CYCLE)
    x, y, found = run(line(config), config)
    settings = [settings_of(config, epoch, 4) for epoch in range(2)]
    rates = np.concatenate([entry["learning_rate"] for entry in settings])
    momenta = np.concatenate([entry["moving_momentum"] for entry in settings])
    assert np.ptp(momenta) > 0.09
    before = np.concatenate([[1.0], found[:-1]])
    gradients = 2 * x * (before * x - y)
    np.testing.assert_allclose(found, sgd(gradients, rates, momenta, nesterov=nesterov), rtol=1e-4)


def test_the_cycled_momentum_of_adam_is_beta_1():
    cycle = CYCLE | {"start": 0.5, "end": 0.5}
    config = training({"learning_rate": 0.1, "beta_2": 0.0}, schedule=cycle, epochs=1)
    x, y, found = run(line(config), config, steps=3)
    settings = settings_of(config, 0, 3)
    before, mean = np.concatenate([[1.0], found[:-1]]), 0.0
    for number, beta in enumerate(settings["beta_1"]):
        gradient = 2 * x[number] * (before[number] * x[number] - y[number])
        mean = beta * mean + (1 - beta) * gradient
        step = settings["learning_rate"][number] * mean / (1 - beta ** (number + 1))
        assert found[number] - before[number] == pytest.approx(-step / abs(gradient), rel=1e-3)


@pytest.mark.parametrize("kind", ["sgd", "rmsprop", "adam", "adamw"])
def test_the_exponential_average_of_known_weights(kind):
    decay = {"weight_decay": 0.01} if kind == "adamw" else {}
    optimizer = {"name": kind, "learning_rate": 0.1, **decay}
    config = training(optimizer, weight_averaging={"name": "ema", "decay": 0.8})
    network = line(config)
    _, _, found = run(network, config)
    assert np.ptp(found) > 0.05
    network.optimizer.finalize_variable_values(network.trainable_variables)
    shares = 0.8 ** np.arange(len(found))[::-1]
    expected = np.average(found, weights=shares)
    assert float(network.get_weights()[0][0, 0]) == pytest.approx(expected, rel=1e-5)


def test_networks_with_changing_settings_can_be_saved(tmp_path):
    config = training({"name": "adam"}, schedule=CYCLE, weight_averaging={"name": "ema"})
    network = line(config)
    run(network, config, steps=1)
    network.save(tmp_path / "n.keras")
    assert json.dumps(network.optimizer.get_config())
    loaded = keras.saving.load_model(tmp_path / "n.keras", compile=False)
    np.testing.assert_array_equal(loaded.get_weights()[0], network.get_weights()[0])
