"""What all families for arrays of stations have in common: sizes, training, saving, inputs."""

import subprocess
import sys

import numpy as np
import pytest

from tests.models.eager import ready_to_train, said

GRID = {"footprint": (14, 14, 3)}
TRACES = {"footprint": (6, 5, 3), "traces": (6, 5, 16, 1), "time": (2,)}
FAMILIES = [
    {"name": "dense", "units": [5]},
    {"name": "cnn", "filters": [4]},
    {"name": "cnn", "filters": [[4, 4], 6], "pool_last": True, "block_dropout": 0.1,
     "spatial_dropout": 0.1, "head": "max"},
    {"name": "residual", "filters": [4, 6], "blocks": 1},
    {"name": "residual", "filters": [4, 6], "blocks": 1, "pre_activation": False,
     "spatial_dropout": 0.1},
    {"name": "inception", "filters": [4, [4]], "bottleneck": 2, "spatial_dropout": 0.1},
    {"name": "separable", "filters": [4, 6], "blocks": 2, "spatial_dropout": 0.1},
    {"name": "hexagonal", "filters": [4, 6], "blocks": 1},
    {"name": "hexagonal", "filters": [4], "layout": "axial", "head": "max"},
    {"name": "set_attention", "width": 8, "blocks": 1},
    {"name": "set_attention", "width": 8, "pooling": "mean", "most_stations": 7},
    {"name": "set_attention", "width": 8, "pooling": "max"},
    {"name": "self_normalising", "units": [5]},
]  # fmt: skip
ENCODERS = [
    {"name": "conv1d", "filters": [3], "units": 2},
    {"name": "lstm", "units": 2, "bins_per_step": 4},
]
REGULAR = {"activation": "elu", "dropout": 0.2, "l2": 1e-3, "batch_normalisation": True}
SELU = {"dropout": 0.2, "l2": 1e-3}
ON_GRIDS = ["cnn", "residual", "inception", "separable", "hexagonal", "set_attention"]


def full(family, encoder=ENCODERS[0]):
    """Every option at once; all but the fully connected networks read traces."""
    if family["name"] == "self_normalising":
        return {**family, **SELU}
    traces = {} if family["name"] == "dense" else {"traces": encoder}
    return {"units": [4], **family, **traces, **REGULAR}


def events(shapes, n=8, seed=0):
    rng = np.random.default_rng(seed)
    arrays = {name: rng.normal(size=(n, *shape)).astype("f4") for name, shape in shapes.items()}
    arrays["footprint"][..., 1] = rng.random(arrays["footprint"].shape[:-1]) < 0.4
    return arrays


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        # A convolution from a to b channels has 9ab + b weights, a hexagonal one 7ab + b; of the
        # grid 4 x 4 stations are left, or 5 x 3 of the 20 x 14 that the sheared one takes.
        ("residual", 448 + 4 * 2_320 + 4_640 + 4 * 9_248 + 18_496 + 4 * 36_928 + 1_025),
        ("hexagonal", 352 + 4 * 1_808 + 3_616 + 4 * 7_200 + 14_400 + 4 * 28_736 + 961),
        # Embedding; blocks of attention, two normalisations, 32-64-32; pooling; 64; output.
        ("set_attention", 128 + 2 * (4 * 1_056 + 2 * 64 + 2_112 + 2_080) + 64 + 33 + 2_112 + 65),
    ],
)
def test_sizes_of_the_defaults(body_of, name, parameters):
    assert body_of({"name": name}, GRID).count_params() == parameters


@pytest.mark.parametrize("number", range(len(FAMILIES)))
def test_a_step_of_training_lowers_the_loss(body_of, number):
    model = full(FAMILIES[number], ENCODERS[number % 2])
    rates = {key: 0.0 for key in model if key.endswith("dropout")}
    network = ready_to_train(body_of(model | rates, TRACES))
    inputs, truth = events(TRACES, 32), np.random.default_rng(1).normal(size=(32, 1))
    before = network.train_on_batch(inputs, truth)
    for _ in range(10):
        after = network.train_on_batch(inputs, truth)
    assert np.isfinite(after)
    assert after < before


def test_networks_load_where_only_their_use_is_imported(body_of, tmp_path):
    inputs = events(TRACES)
    np.savez(tmp_path / "events.npz", **inputs)
    for number, family in enumerate(FAMILIES):
        network = body_of(full(family, ENCODERS[number % 2]), TRACES)
        network.save(tmp_path / f"{number}.keras")
        np.save(tmp_path / f"{number}.npy", said(network, inputs))
    code = f"""
import sys, numpy as np
from footprint.training import backend
backend.prepare(1)
backend.start()
import keras
from footprint.training import apply
assert not set(backend.UNUSED) & set(sys.modules), "jobs start without them"
inputs = dict(np.load("events.npz"))
for number in range({len(FAMILIES)}):
    network = keras.saving.load_model(f"{{number}}.keras", compile=False, safe_mode=True)
    found = keras.ops.convert_to_numpy(network(inputs, training=False))
    assert np.array_equal(found, np.load(f"{{number}}.npy")), number
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family["name"])
def test_mixed_precision_says_nearly_the_same(body_of, family):
    import keras

    inputs = events(TRACES)
    model = full(family) | {"batch_normalisation": False}
    exact = said(body_of(model, TRACES), inputs)
    try:
        keras.config.set_dtype_policy("mixed_float16")
        rough = body_of(model, TRACES)
    finally:
        keras.config.set_dtype_policy("float32")
    assert {v.dtype for v in rough.trainable_variables} == {"float32"}
    # 11 bits of each number are 0.05 %, and pass through several layers.
    np.testing.assert_allclose(said(rough, inputs), exact, rtol=0.02, atol=0.01)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family["name"])
def test_options_of_all_families_arrive(body_of, family):
    import keras

    model = full(family)
    layers = body_of(model, TRACES).layers
    kinds = [type(layer) for layer in layers]
    assert (keras.layers.BatchNormalization in kinds) == ("batch_normalisation" in model)
    rates = {layer.rate for layer in layers if "Dropout" in type(layer).__name__}
    assert rates == {rate for key, rate in model.items() if key.endswith("dropout")}
    dropout = [layer.seed for layer in layers if "Dropout" in type(layer).__name__]
    assert None not in dropout
    assert len(set(dropout)) == len(dropout)
    used = {layer.activation.__name__ for layer in layers if type(layer).__name__ == "Activation"}
    assert used == {model.get("activation", "selu")}
    free = {
        layer.name
        for layer in layers
        for kernel in ("kernel", "depthwise", "pointwise")
        if getattr(layer, f"{kernel}_regularizer", "no such kernel") is None
    }
    assert free <= {"output", "station_scores"}


@pytest.mark.parametrize("name", ON_GRIDS)
def test_footprints_of_one_grid_are_joined(body_of, name):
    whole, shapes = {"name": name}, {"signal": (6, 6, 2), "time": (6, 6, 1)}
    one = body_of(whole, {"footprint": (6, 6, 3)}, {})
    two = body_of(whole, shapes, {})
    two.set_weights(one.get_weights())
    arrays = events({"footprint": (6, 6, 3)})
    parts = {"signal": arrays["footprint"][..., :2], "time": arrays["footprint"][..., 2:]}
    assert np.array_equal(said(one, arrays), said(two, parts))


@pytest.mark.parametrize("name", ON_GRIDS)
def test_global_features_join_before_the_dense_layers(body_of, name):
    shapes = {"footprint": (6, 6, 3), "weather": (2,)}
    with_weather = body_of({"name": name, "units": [4]}, shapes).count_params()
    without = body_of({"name": name, "units": [4]}, {"footprint": (6, 6, 3)}).count_params()
    assert with_weather - without == 2 * 4


NO_FOOTPRINT = "it needs a footprint (rows, columns, channels) or traces"


@pytest.mark.parametrize(
    ("model", "shapes", "words"),
    [
        ({"name": "cnn"}, {"x": (8,)}, NO_FOOTPRINT),
        ({"name": "residual"}, {"x": (8,)}, NO_FOOTPRINT),
        ({"name": "hexagonal"}, {"x": (9, 2)}, NO_FOOTPRINT),
        ({"name": "inception"}, {"x": (9, 2)}, NO_FOOTPRINT),
        ({"name": "separable"}, {"x": (9, 2)}, NO_FOOTPRINT),
        ({"name": "set_attention"}, {"x": (8,)}, "it needs stations (stations, channels)"),
        ({"name": "residual"}, {"a": (9, 9, 1), "b": (8, 9, 1)},
         "grids that differ, {'a': (9, 9), 'b': (8, 9)}"),
        ({"name": "set_attention"}, {"a": (9, 1), "b": (8, 1)},
         "differ in the number of stations, {'a': 9, 'b': 8}"),
        ({"name": "cnn"}, {"a": (9, 9, 1), "t": (9, 9, 80, 1)},
         "input 't' holds traces (stations, bins, channels) and needs an encoder: add traces:"),
        ({"name": "cnn", "traces": {"name": "lstm"}}, {"a": (9, 9, 1)},
         "traces: {name: lstm} encodes an input of traces"),
        ({"name": "cnn", "traces": {"name": "lstm"}}, {"a": (9, 9, 80, 1), "b": (9, 9, 80, 1)},
         "takes one input of traces, found ['a', 'b']"),
        ({"name": "cnn", "traces": {"name": "lstm", "bins_per_step": 7}}, {"a": (9, 9, 80, 1)},
         "traces of 80 bins cannot be read 7 at once: set bins_per_step to a divisor of 80"),
        ({"name": "set_attention", "traces": {"name": "lstm"}, "trace_input": "t"},
         {"a": (9, 1)}, "trace_input: t is none of its inputs ['a']"),
        ({"name": "set_attention", "traces": {"name": "lstm"}, "trace_input": "a"},
         {"a": (9, 1)}, "has shape (9, 1), expected (stations, bins, channels)"),
    ],
)  # fmt: skip
def test_inputs_that_do_not_suit(fault_of, model, shapes, words):
    assert words in fault_of(model, shapes)


@pytest.mark.parametrize("name", ON_GRIDS)
def test_a_mask_that_is_no_channel(fault_of, name):
    words = fault_of({"name": name, "mask": "muons"}, GRID)
    assert "mask: muons is no mask among its channels, found masks of ['signal']" in words
    assert "set mask: true on the channel of 'muons'" in words
    assert "found masks of no array" in fault_of({"name": name, "mask": "signal"}, GRID, {})
