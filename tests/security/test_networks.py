"""A .keras file comes from whoever sent it: it is opened without running what it brings."""

import json
import zipfile

import keras
import pytest

from footprint.config.experiments import Experiment
from footprint.errors import FileFormatError
from footprint.training.apply import load_network

CONFIG = {"dataset": "d", "task": "regression", "model": {"name": "dense"}}


def opened(path):
    return load_network(path, Experiment.model_validate(CONFIG))


def network(path, layer):
    entry = keras.Input((2,), name="x")
    hidden = layer(entry)
    output = keras.layers.Dense(1, name="y")(hidden)
    keras.Model({"x": entry}, {"y": output}).save(path)
    return path


@pytest.fixture
def with_layer(tmp_path):
    """A network that opens, and the same with another layer put into its file."""
    good = network(tmp_path / "good.keras", keras.layers.Activation("relu", name="l"))

    def changed(**layer):
        path = tmp_path / "bad.keras"
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                if name == "config.json":
                    config = json.loads(content)
                    entries = config["config"]["layers"]
                    next(e for e in entries if e["config"]["name"] == "l").update(layer)
                    content = json.dumps(config).encode()
                target.writestr(name, content)
        return path

    assert opened(good).count_params() == 3
    assert opened(changed()).count_params() == 3
    return changed


def test_lambda_layers_are_refused(tmp_path):
    path = tmp_path / "lambda.keras"
    canary = str(tmp_path / "canary")

    def harm(x):
        return (open(canary, "a").close(), x)[1]  # noqa: PTH123, harm is short

    network(path, keras.layers.Lambda(lambda x: harm(x), output_shape=(2,)))  # noqa: PLW0108
    (tmp_path / "canary").unlink(missing_ok=True)
    with pytest.raises(FileFormatError) as caught:
        opened(path)
    assert str(caught.value) == (
        f"{path} has a Lambda layer, which is a program of whoever wrote the file and is not run: "
        f"write it as a layer of your own (model.file), or in keras.ops"
    )
    assert not (tmp_path / "canary").exists()


def function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def a_lambda(module, name, **arguments):
    config = {"name": "l", "function": function(module, name), "arguments": arguments}
    return {"module": "keras.layers", "class_name": "Lambda", "config": config}


def test_nothing_of_other_modules_is_reached(with_layer, tmp_path):
    canary = str(tmp_path / "canary")
    command = {"args": ["touch", canary], "name": "l"}
    attempts = [
        {"module": "subprocess", "class_name": "Popen", "config": command, "registered_name": None},
        a_lambda("os", "system"),
        a_lambda("builtins", "exec"),
        a_lambda("keras.utils", "get_file", fname=canary, origin="file:///etc/hostname"),
        {"module": "keras.layers", "class_name": "Activation",
         "config": {"name": "l", "activation": function("builtins", "exec")}},
        # Not run but read: a file of this machine as words of a vocabulary.
        {"module": "keras.layers", "class_name": "StringLookup",
         "config": {"name": "l", "vocabulary": "/etc/hostname"}},
    ]  # fmt: skip
    for layer in attempts:
        path = with_layer(**layer)
        with pytest.raises(FileFormatError) as caught:
            opened(path)
        said = str(caught.value)
        assert said.startswith(f"cannot load {path} as a Keras network: "), said
        assert said.endswith(". Delete it and train again")
        assert len(said) < 700
        assert not (tmp_path / "canary").exists()
