import re

import pytest
from pydantic import TypeAdapter

from footprint.config.networks import Model, OwnFile
from footprint.errors import TrainingError
from tests.conftest import ROOT

FOOTPRINT = {"footprint": (14, 14, 2)}
CIFAR_NN = [
    "Flatten",
    {"Dense": {"units": 256, "activation": "relu"}},
    {"Dropout": 0.3},
    {"Dense": {"units": 256, "activation": "relu"}},
    {"Dropout": 0.3},
]
CIFAR_CNN = [
    layer
    for filters in (32, 64, 128)
    for layer in (
        {"Conv2D": {"filters": filters, "kernel_size": 5, "strides": 2, "activation": "relu"}},
        {"Dropout": 0.3},
    )
]


def network(model, inputs=None, units=1, activation="linear", seed=1):
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    config = TypeAdapter(Model).validate_python(model)
    entries = {
        name: Entry(shape, tuple(f"c{i}" for i in range(shape[-1])))
        for name, shape in (inputs or FOOTPRINT).items()
    }
    return build_network(config, entries, {"energy": Output(units, activation)}, seed)


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        ({"name": "dense", "units": [20]}, 7_881),
        ({"name": "dense", "units": [100, 100, 100]}, 59_601),
        ({"name": "cnn", "filters": [16, 32]}, 6_513),
        ({"name": "cnn", "filters": [[32, 32], [64, 64], [128, 128]], "head": "max"}, 286_849),
    ],
)
def test_zoo_has_the_published_parameter_counts(model, parameters):
    assert network(model).count_params() == parameters


@pytest.mark.parametrize(
    "last",
    [
        [],
        [{"Dense": {"units": 10, "activation": "softmax"}}],
        [{"Dense": 10}, {"Activation": "softmax"}],
        [{"Dense": 10}, "Softmax"],
    ],
)
def test_layer_list_with_and_without_its_output_layer(last):
    built = network({"layers": CIFAR_NN + last}, {"image": (32, 32, 3)}, 10, "softmax")
    assert built.count_params() == 855_050


def test_logits_in_place_of_probabilities():
    with pytest.raises(TrainingError, match=r"10 units, one a class, and no activation: add"):
        network({"layers": [*CIFAR_NN, {"Dense": 10}]}, {"image": (4, 4, 1)}, 10, "softmax")


def test_what_layers_are_given_by_name_and_arguments():
    import keras

    layers = [
        {"Conv2D": {"filters": 3, "kernel_size": 3, "kernel_initializer": "he_normal",
                    "bias_initializer": {"Constant": 0.5}, "kernel_constraint": {"MaxNorm": 2}}},
        "Flatten",
        {"Dense": {"units": 2, "kernel_regularizer": "l2", "bias_regularizer": {"L1": 0.3}}},
    ]  # fmt: skip
    _, convolution, _, dense, _ = network({"layers": layers}, {"image": (4, 4, 1)}).layers
    assert isinstance(convolution.kernel_initializer, keras.initializers.HeNormal)
    assert keras.ops.convert_to_numpy(convolution.bias).tolist() == [0.5] * 3
    assert convolution.kernel_constraint.max_value == 2
    assert isinstance(dense.kernel_regularizer, keras.regularizers.L2)
    assert float(dense.bias_regularizer.l1) == pytest.approx(0.3)


def test_convolutional_layer_list():
    dense = ["Flatten", {"Dense": {"units": 128, "activation": "relu"}}, {"Dropout": 0.3}]
    # Three valid 5x5 convolutions with stride 2 leave one pixel of a 32x32 image.
    built = network({"layers": CIFAR_CNN + dense}, {"image": (32, 32, 3)}, 10, "softmax")
    assert built.count_params() == 276_426


def test_dropout_layers_have_seeds_of_their_own():
    layers = [{"SpatialDropout2D": 0.1}, *CIFAR_NN, {"AlphaDropout": 0.1}]
    built = network({"layers": layers}, {"image": (32, 32, 3)}, 10, "softmax")
    seeds = [layer.seed for layer in built.layers if "Dropout" in type(layer).__name__]
    assert len(set(seeds)) == 4
    assert None not in seeds


def test_the_same_seed_gives_the_same_initial_weights():
    import numpy as np

    one, two, other = (network({"name": "cnn"}, seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[0], other[0])


def test_images_and_vectors_join_before_the_dense_layers():
    built = network(
        {"name": "cnn", "filters": [4], "head": "average", "units": [3]},
        {"image": (8, 8, 1), "energy": (2,)},
    )
    # 4 pooled features and 2 others, 3 units; then the output.
    assert built.count_params() == (9 * 4 + 4) + (6 * 3 + 3) + (3 + 1)


def test_families_know_the_names_of_the_channels():
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    entries = {"footprint": Entry((6, 6, 2), ("signal", "mask of signal"))}
    for name in ("cnn", "residual", "inception", "separable", "hexagonal", "set_attention"):
        config = TypeAdapter(Model).validate_python({"name": name, "mask": "time"})
        with pytest.raises(TrainingError, match=rf"'{name}' .* found masks of \['signal'\]"):
            build_network(config, entries, {"energy": Output(1, "linear")}, 1)


def test_penalties_and_batch_normalisation_are_applied():
    built = network({"name": "dense", "units": [5], "l1": 0.1, "l2": 0.2,
                     "batch_normalisation": True})  # fmt: skip
    assert built.count_params() == (392 * 5 + 5) + 4 * 5 + 6
    assert len(built.losses) == 1


@pytest.mark.parametrize(
    ("model", "inputs", "words"),
    [
        ({"name": "cnn"}, {"x": (8,)}, "it needs a footprint (rows, columns, channels)"),
        ({"layers": [{"Conv2D": {"filters": 3, "kernel_size": 3}}]}, {"x": (8,)},
         "layers[0] Conv2D cannot follow a layer that returns (8,) per event"),
        ({"layers": [{"Dense": {"units": -3}}]}, {"x": (8,)}, "layers[0] Dense cannot be made"),
        ({"layers": ["Flatten"]}, {"x": (8,), "y": (2,)}, "takes one input, found ['x', 'y']"),
        ({"layers": [{"Conv2D": {"filters": 3, "kernel_size": 3}}]}, {"x": (8, 8, 1)},
         "returns (6, 6, 1) per event, expected (1,): add Flatten or a global pooling"),
        ({"layers": [{"MultiHeadAttention": {"num_heads": 1, "key_dim": 2}}]}, {"x": (8, 2)},
         "layers[0] MultiHeadAttention cannot follow"),
        ({"name": "cnn", "filters": [2, 2, 2]}, {"x": (2, 2, 1)},
         "'cnn' does not fit inputs of shapes {'x': (2, 2, 1)}: Computed output size would be "),
        ({"layers": [{"Reshape": {"target_shape": [28, 28, 1]}}, "Flatten"]}, {"x": (8, 8, 3)},
         "returns (8, 8, 3) per event: The total size of the tensor must be unchanged. Received: "),
    ],
)  # fmt: skip
def test_networks_that_do_not_fit(model, inputs, words):
    with pytest.raises(TrainingError) as caught:
        network(model, inputs)
    assert words in str(caught.value)


def test_softmax_over_another_number_of_classes():
    layers = ["Flatten", {"Dense": {"units": 7, "activation": "softmax"}}]
    with pytest.raises(TrainingError, match="softmax over 7 classes, the target has 10"):
        network({"layers": layers}, {"image": (4, 4, 1)}, 10, "softmax")


OWN = """
import keras

def build(inputs, outputs, width=3):
    (units, activation), = outputs.values()
    tensors = {name: keras.Input(shape, name=name) for name, shape in inputs.items()}
    x = keras.layers.Flatten()(tensors["footprint"])
    x = keras.layers.Dense(width)(x)
    return keras.Model(tensors, keras.layers.Dense(units + {extra}, activation=activation)(x))
"""


def test_own_file(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(OWN.replace("{extra}", "0"))
    built = network({"file": str(path), "options": {"width": 5}})
    assert built.count_params() == 392 * 5 + 5 + 6
    path.write_text(OWN.replace("{extra}", "1"))
    with pytest.raises(
        TrainingError, match=r"returns outputs {'energy': \(None, 2\)}, expected {'e"
    ):
        network({"file": str(path)})
    path.write_text("x = 1")
    with pytest.raises(TrainingError, match=r"defines no function build\(inputs"):
        network({"file": str(path)})


CUSTOM = """
import keras
from helper import WIDTH

{mark}
class Scale(keras.layers.Layer):
    def call(self, x):
        return 2 * x

def build(inputs, outputs):
    tensors = {name: keras.Input(shape, name={name}) for name, shape in inputs.items()}
    x = Scale()(keras.layers.Flatten()(list(tensors.values())[0]))
    return keras.Model(tensors, keras.layers.Dense(1)(keras.layers.Dense(WIDTH)(x)))
"""


def custom(tmp_path, mark="@keras.saving.register_keras_serializable()", name="name"):
    (tmp_path / "helper.py").write_text("WIDTH = 4")
    path = tmp_path / "own.py"
    path.write_text(CUSTOM.replace("{mark}", mark).replace("name={name}", f"name={name}"))
    return {"file": str(path)}


def test_own_file_of_the_documentation(tmp_path):
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    text = (ROOT / "docs/how_to/own_model.md").read_text()
    file = tmp_path / "my_network.py"
    file.write_text(re.search(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1])
    entries = {"footprint": Entry((8, 8, 2), ("muons", "arrival_time"))}
    outputs = {"mass": Output(4, "softmax"), "xmax": Output(1, "linear")}
    built = build_network(OwnFile(file=str(file), options={"filters": 4}), entries, outputs, seed=1)
    shapes = {name: tensor.shape for name, tensor in built.output.items()}
    assert shapes == {"mass": (None, 4), "xmax": (None, 1)}


def test_own_layers_and_files_beside(tmp_path):
    from footprint.config.experiments import Experiment
    from footprint.training.apply import load_network
    from footprint.training.record import save_network

    model = custom(tmp_path)
    save_network(tmp_path / "model.keras", network(model))
    import keras

    registered = keras.saving.get_custom_objects()
    known = dict(registered)
    registered.clear()
    try:
        config = Experiment.model_validate({"dataset": "d", "task": "regression", "model": model})
        loaded = load_network(tmp_path / "model.keras", config)
    finally:
        registered.update(known)
    assert loaded.count_params() == (392 * 4 + 4) + 5


def test_own_files_that_would_fail_after_the_training(tmp_path):
    with pytest.raises(TrainingError, match="cannot be saved and loaded again"):
        network(custom(tmp_path, mark=""))
    with pytest.raises(TrainingError, match=r"takes inputs .*expected \{'footprint'"):
        network(custom(tmp_path, name="None"))
    path = tmp_path / "broken.py"
    path.write_text("import nowhere_to_be_found")
    with pytest.raises(TrainingError, match="cannot be imported: No module named"):
        network({"file": str(path)})
