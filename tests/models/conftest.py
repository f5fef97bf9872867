from itertools import count

import pytest
from pydantic import TypeAdapter

from footprint.config.networks import Model
from footprint.errors import TrainingError
from footprint.training import backend

SHOWER = ("signal", "mask of signal", "arrival_time")


@pytest.fixture(scope="session", autouse=True)
def keras_started():
    """Start Keras as jobs do; without garbage among its modules tests take a sixth less time."""
    backend.start()
    import keras

    with pytest.MonkeyPatch.context() as patch:
        if keras.backend.backend() == "torch":
            from torch import Tensor

            # Where a gradient could be asked for, NumPy reads tensors of the other backends alone.
            read = Tensor.__array__
            patch.setattr(
                Tensor, "__array__", lambda x, *how, **also: read(x.detach(), *how, **also)
            )
        yield


@pytest.fixture
def body_of():
    """Build a family's body from shapes and channels, with one linear output."""

    def build(model, shapes, channels=None, seed=1):
        import keras

        from footprint.models import FAMILIES

        keras.utils.set_random_seed(seed)
        config = TypeAdapter(Model).validate_python(model)
        tensors = {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
        if channels is None:
            channels = {"footprint": SHOWER}
        hidden = FAMILIES[type(config)](tensors, config, count(7), channels)
        output = keras.layers.Dense(1, dtype="float32", name="output")(hidden)
        return keras.Model(tensors, output)

    return build


@pytest.fixture
def fault_of(body_of):
    """What a body says about inputs that do not suit it."""

    def fault(*arguments, **options):
        with pytest.raises((ValueError, TrainingError)) as caught:
            body_of(*arguments, **options)
        return str(caught.value)

    return fault


@pytest.fixture
def jet_network():
    """Build a network for two classes of jets, from channels c0, c1, ... or from an image."""

    def build(model, constituents=100, channels=7, shape=None):
        from footprint.models import build_network
        from footprint.models.outputs import Entry, Output

        shape = shape or (constituents, channels)
        entry = Entry(shape, tuple(f"c{i}" for i in range(shape[-1])))
        config = TypeAdapter(Model).validate_python(model)
        return build_network(config, {"jet": entry}, {"kind": Output(2, "softmax")}, 1)

    return build
