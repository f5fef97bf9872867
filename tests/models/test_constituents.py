"""What all networks for jets have in common: sets without order, padding, inputs, messages."""

import subprocess
import sys

import numpy as np
import pytest

from tests.models.eager import ready_to_train, said

FEATURES = ("parts_deta", "parts_dphi", "parts_pt_fraction", "parts_log_pt")
MOMENTA = ("parts_px", "parts_py", "parts_pz", "parts_energy")
CHANNELS = {"parts": (*FEATURES, "mask of parts_deta", *MOMENTA)}
MOST = 9
SHAPES = {"parts": (MOST, 9), "jet": (2,)}
PLANE = ["parts_deta", "parts_dphi"]
SETS = [
    {"name": "deep_sets", "constituent_units": [9, 8]},
    {"name": "deep_sets", "constituent_units": [8], "pooling": "mean"},
    {
        "name": "energy_flow", "constituent_units": [9, 8], "coordinates": PLANE,
        "weight": "parts_pt_fraction",
    },
    {
        "name": "particle_net", "coordinates": PLANE,
        "blocks": [{"neighbours": 4, "channels": [6, 7]}, {"neighbours": 20, "channels": [8]}],
    },
    {
        "name": "particle_transformer", "four_vectors": list(MOMENTA), "width": 8, "heads": 2,
        "blocks": 1, "embedding_units": [6], "pair_units": [5],
    },
]  # fmt: skip
FAMILIES = [
    *SETS,
    {"name": "particle_cnn", "filters": [6, 8], "blocks": 1},
    {
        "name": "recurrent", "cell": "lstm", "memory_units": [5, 4], "bidirectional": True,
        "constituent_units": [6],
    },
]  # fmt: skip
REGULAR = {"activation": "elu", "dropout": 0.2, "l2": 1e-3}


def named(family):
    return family["name"]


def small(family, **options):
    return {"units": [6], "dropout": 0.0, **family, **options}


def jets(n=8, seed=0, numbers=None):
    """Jets of some constituents of falling pT, then padding; the first two are nearly empty."""
    rng = np.random.default_rng(seed)
    if numbers is None:
        numbers = np.array([0, 1, *rng.integers(2, MOST + 1, n - 2)])
    there = np.arange(MOST) < np.reshape(numbers, (-1, 1))
    pt = np.sort(rng.exponential(30, (n, MOST)), axis=1)[:, ::-1]
    eta, phi = rng.normal(0, 0.4, (2, n, MOST))
    momenta = pt * np.stack([np.cos(phi), np.sin(phi), np.sinh(eta), np.cosh(eta) * 1.001])
    fraction = pt / np.maximum((pt * there).sum(axis=1, keepdims=True), 1e-9)
    parts = np.stack([eta, phi, fraction, np.log(pt), np.ones_like(pt), *momenta], axis=-1)
    return {
        "parts": np.where(there[..., None], parts, 0).astype("f4"),
        "jet": rng.normal(size=(n, 2)).astype("f4"),
    }


def trained(network, arrays, steps=2):
    """Take a few steps, so that moving averages and all weights differ from where they start."""
    ready_to_train(network, 1e-2)
    for step in range(steps):
        truth = np.random.default_rng(step).normal(size=(len(arrays["jet"]), 1))
        network.train_on_batch(arrays, truth)
    return network


def same(left, right, tolerance=2e-5):
    np.testing.assert_allclose(left, right, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("family", SETS, ids=named)
def test_the_order_of_the_constituents_does_not_matter(body_of, family):
    arrays = jets()
    network = body_of(small(family), SHAPES, CHANNELS)
    before = said(network, arrays)
    order = np.random.default_rng(1).permutation(MOST)
    same(said(network, arrays | {"parts": arrays["parts"][:, order]}), before)
    assert len(np.unique(before.round(5))) == len(before)


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_padding_is_left_out_in_training_and_use(body_of, family):
    arrays = jets()
    filled = {name: values.copy() for name, values in arrays.items()}
    padding = arrays["parts"][..., 4] == 0
    noise = np.random.default_rng(2).normal(size=arrays["parts"].shape)
    noise[..., 4] = 0
    filled["parts"][padding] += noise[padding]
    model = small(family, batch_normalisation=True)
    one, other = (body_of(model, SHAPES, CHANNELS) for _ in range(2))
    trained(one, arrays)
    trained(other, filled)
    same(said(other, filled), said(one, arrays), 1e-4)
    # What is no padding does count.
    filled["parts"][2, 0, :2] += 1
    assert abs(said(one, filled) - said(one, arrays))[2] > 1e-4


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_more_padding_is_the_same_jet(body_of, family):
    arrays = jets()
    short = body_of(small(family), SHAPES, CHANNELS)
    long = body_of(small(family), SHAPES | {"parts": (MOST + 5, 9)}, CHANNELS)
    long.set_weights(short.get_weights())
    longer = arrays | {"parts": np.pad(arrays["parts"], [(0, 0), (0, 5), (0, 0)])}
    same(said(long, longer), said(short, arrays))


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_looking_at_the_hardest_constituents(body_of, family):
    arrays = jets()
    cut = {name: values.copy() for name, values in arrays.items()}
    cut["parts"][:, 5:] = 0
    whole = body_of(small(family), SHAPES, CHANNELS)
    first = body_of(small(family, most_constituents=5), SHAPES, CHANNELS)
    first.set_weights(whole.get_weights())
    same(said(first, arrays), said(whole, cut))
    assert abs(said(first, arrays) - said(whole, arrays)).max() > 1e-4


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_jets_of_no_constituents_give_a_number_and_train(body_of, family):
    arrays = jets(numbers=np.zeros(8))
    network = body_of(small(family, batch_normalisation=True), SHAPES, CHANNELS)
    trained(network, arrays, steps=1)
    assert np.isfinite(said(network, arrays)).all()
    assert all(np.isfinite(weights).all() for weights in network.get_weights())


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_training_lowers_the_loss_and_reaches_all_weights(body_of, family):
    import keras

    start, network = (body_of(small(family, activation="elu"), SHAPES, CHANNELS) for _ in range(2))
    ready_to_train(network, 3e-3)
    arrays, truth = jets(32), np.random.default_rng(1).normal(size=(32, 1))
    losses = [float(network.train_on_batch(arrays, truth)) for _ in range(5)]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    for before, after in zip(start.trainable_variables, network.trainable_variables, strict=True):
        moved = keras.ops.convert_to_numpy(before) != keras.ops.convert_to_numpy(after)
        assert moved.any(), after.path


def test_networks_load_where_only_their_use_is_imported(body_of, tmp_path):
    arrays = jets()
    np.savez(tmp_path / "jets.npz", **arrays)
    for number, family in enumerate(FAMILIES):
        model = small(family, batch_normalisation=number % 2 == 0) | REGULAR
        network = trained(body_of(model, SHAPES, CHANNELS), arrays, steps=1)
        network.save(tmp_path / f"{number}.keras")
        np.save(tmp_path / f"{number}.npy", said(network, arrays))
    code = f"""
import numpy as np
from footprint.training import backend
backend.prepare(1)
backend.start()
import keras
from footprint.training import apply
arrays = dict(np.load("jets.npz"))
for number in range({len(FAMILIES)}):
    network = keras.saving.load_model(f"{{number}}.keras", compile=False, safe_mode=True)
    found = keras.ops.convert_to_numpy(network(arrays, training=False))
    assert np.array_equal(found, np.load(f"{{number}}.npy")), number
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_the_same_seed_trains_the_same_network(body_of, family):
    arrays = jets(16)
    model = small(family, batch_normalisation=True) | REGULAR
    one, two = (trained(body_of(model, SHAPES, CHANNELS), arrays, steps=1) for _ in range(2))
    assert np.array_equal(said(one, arrays), said(two, arrays))


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_mixed_precision_says_nearly_the_same(body_of, family):
    import keras

    arrays = jets()
    exact = said(body_of(small(family), SHAPES, CHANNELS), arrays)
    try:
        keras.config.set_dtype_policy("mixed_float16")
        rough = body_of(small(family), SHAPES, CHANNELS)
    finally:
        keras.config.set_dtype_policy("float32")
    # 11 bits of each number are 0.05 %, and pass through several layers.
    np.testing.assert_allclose(said(rough, arrays), exact, rtol=0.03, atol=0.03)


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_options_of_all_families_arrive(body_of, family):
    import keras

    model = small(family, batch_normalisation=True) | REGULAR
    layers = body_of(model, SHAPES, CHANNELS).layers
    assert any(type(layer).__name__ == "MaskedBatchNormalization" for layer in layers)
    dropout = [layer.seed for layer in layers if isinstance(layer, keras.layers.Dropout)]
    assert dropout
    assert None not in dropout
    assert len(set(dropout)) == len(dropout)
    used = {layer.activation.__name__ for layer in layers if type(layer).__name__ == "Activation"}
    assert used == {"elu"}
    free = {
        layer.name
        for layer in layers
        if hasattr(layer, "kernel_regularizer") and layer.kernel_regularizer is None
    }
    assert free <= {"output"}


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_vectors_join_before_the_last_dense_layers(body_of, family):
    with_jet = body_of(small(family), SHAPES, CHANNELS).count_params()
    alone = body_of(small(family), {"parts": SHAPES["parts"]}, CHANNELS).count_params()
    assert with_jet - alone == 2 * 6


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_lists_are_joined(body_of, family):
    arrays = jets()
    shapes = {"features": (MOST, 5), "momenta": (MOST, 4), "jet": (2,)}
    channels = {"features": CHANNELS["parts"][:5], "momenta": CHANNELS["parts"][5:]}
    one, two = body_of(small(family), SHAPES, CHANNELS), body_of(small(family), shapes, channels)
    two.set_weights(one.get_weights())
    parts = arrays["parts"]
    apart = {"features": parts[..., :5], "momenta": parts[..., 5:], "jet": arrays["jet"]}
    same(said(two, apart), said(one, arrays))


def test_several_targets_from_one_network():
    import keras
    from pydantic import TypeAdapter

    from footprint.config.networks import Model
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    entries = {"parts": Entry((MOST, 9), CHANNELS["parts"]), "jet": Entry((2,), ("a", "b"))}
    outputs = {"kind": Output(2, "softmax"), "mass": Output(1, "linear")}
    for family in FAMILIES:
        config = TypeAdapter(Model).validate_python(small(family, head_units=[3]))
        network = build_network(config, entries, outputs, 1)
        answers = {name: keras.ops.convert_to_numpy(x) for name, x in network(jets()).items()}
        assert {name: values.shape for name, values in answers.items()} == {
            "kind": (8, 2), "mass": (8, 1)
        }  # fmt: skip
        same(answers["kind"].sum(axis=1), np.ones(8))


@pytest.mark.parametrize("family", FAMILIES, ids=named)
@pytest.mark.parametrize(
    ("shapes", "channels", "words"),
    [
        ({"jet": (2,)}, {}, "it needs constituents (constituents, channels): add such an input"),
        ({"image": (8, 8, 1)}, {}, "take 'dense' for vectors and 'cnn' or 'residual' for images"),
        ({"parts": (9, 1), "more": (8, 1)}, {},
         "differ in the number of constituents, {'parts': 9, 'more': 8}"),
        ({"parts": (9, 9), "image": (8, 8, 1)}, CHANNELS,
         "input 'image' has shape (8, 8, 1), expected constituents (constituents, channels)"),
        ({"parts": (9, 1)}, {"parts": ("mask of pt",)},
         "'mask of pt' is their only channel: add features of the constituents"),
    ],
)  # fmt: skip
def test_inputs_that_do_not_suit(fault_of, family, shapes, channels, words):
    assert words in fault_of(small(family), shapes, channels)


def test_channels_that_are_missing(fault_of):
    shapes, channels = {"parts": (9, 2)}, {"parts": ("parts_deta", "parts_pt")}
    plane = {"coordinates": ["parts_deta", "parts_dhi"]}
    for family in ("particle_net", "energy_flow"):
        weight = {"weight": "parts_pt"} if family == "energy_flow" else {}
        words = fault_of({"name": family, **plane, **weight}, shapes, channels)
        assert "coordinates: no channel 'parts_dhi'; did you mean 'parts_deta'?" in words
    model = {"name": "energy_flow", "coordinates": ["parts_deta"], "weight": "pt_fraction"}
    assert "weight: no channel 'pt_fraction'" in fault_of(model, shapes, channels)
    assert "mask: muons is no mask among its channels, found masks of ['parts_deta']" in fault_of(
        {"name": "deep_sets", "mask": "muons"}, SHAPES, CHANNELS
    )


def test_the_named_mask_decides_and_the_other_is_a_feature(body_of):
    channels = {"parts": ("pt", "mask of pt", "charge", "mask of charge")}
    arrays = {"parts": np.random.default_rng(0).normal(size=(1, 5, 4)).astype("f4")}
    arrays["parts"][0, :, 1], arrays["parts"][0, :, 3] = [1, 1, 1, 0, 0], [1, 0, 1, 0, 0]
    for mask, padding in ((None, [3, 4]), ("pt", [3, 4]), ("charge", [1, 3, 4])):
        model = {"name": "deep_sets", "constituent_units": [8], "mask": mask}
        network = body_of(model, {"parts": (5, 4)}, channels)
        before = said(network, arrays)
        for constituent in range(5):
            changed = arrays["parts"].copy()
            changed[0, constituent, [0, 2]] += 2
            unchanged = np.allclose(said(network, {"parts": changed}), before, rtol=1e-5)
            assert unchanged == (constituent in padding)


def test_without_a_mask_all_constituents_count(body_of):
    arrays = {"parts": np.zeros((1, 5, 2), "f4")}
    network = body_of({"name": "deep_sets", "constituent_units": [8]}, {"parts": (5, 2)}, {})
    before = said(network, arrays)
    for constituent in range(5):
        changed = arrays["parts"].copy()
        changed[0, constituent] += 1
        assert abs(said(network, {"parts": changed}) - before).max() > 1e-5
