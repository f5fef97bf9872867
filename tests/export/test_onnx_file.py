"""Exported networks say what our own predictions say, from arrays in physical units."""

import json
import runpy

import h5py
import numpy as np
import onnx
import onnxruntime
import pytest
from pydantic import TypeAdapter

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.config.networks import Model
from footprint.dataset.build import build_dataset
from footprint.errors import TrainingError
from footprint.export.description import KEY, Description
from footprint.files.datasets import open_dataset
from footprint.files.events import open_events
from footprint.files.predictions import read_predictions
from tests.conftest import ROOT
from tests.training import showers

JETS = {
    "samples": ["s"],
    "inputs": {
        "parts": [
            {"array": "pt", "transform": "log(x)", "mask": True},
            {"array": "deta", "normalise": "none"},
        ],
        "sums": {"channels": ["mass", {"array": "width", "transform": "sqrt(x)"}],
                 "whiten": "zca"},
    },
    "targets": {
        "kind": {"array": "kind", "classes": {"qcd": 0, "top": 1}},
        "mass": {"array": "true_mass", "log": True},
        "depth": {"array": "depth"},
    },
    "spectators": ["mass"],
    "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
}  # fmt: skip


def jets(rng, count=200, most=6):
    pt = np.sort(rng.exponential(50.0, (count, most)).astype(np.float32))[:, ::-1].copy()
    deta = rng.normal(0, 0.3, pt.shape).astype(np.float32)
    empty = np.arange(most) >= rng.integers(1, most + 1, count)[:, None]
    pt[empty] = deta[empty] = np.nan
    mass = rng.exponential(80.0, count)
    return {
        "pt": pt,
        "deta": deta,
        "mass": mass,
        "width": rng.random(count),
        "kind": (mass > 60).astype(np.int64),
        "true_mass": mass * rng.lognormal(0, 0.1, count),
        "depth": 700 + mass * rng.normal(0, 0.1, count),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("export")


def trained(folder, dataset, settings):
    """Train for an epoch, and keep network and predictions of the test split as rules do."""
    from footprint.training.apply import save_predictions
    from footprint.training.fit import fit
    from footprint.training.record import save_network

    config = Experiment.model_validate({"dataset": "d", "training": {"epochs": 1}, **settings})
    model = folder / "model.keras"
    with open_dataset(dataset) as data:
        network = fit(data, config, 1, folder / "checkpoint.h5").network
        save_network(model, network)
        save_predictions(folder / "said", network, data, method="e", config=config, seed=1)
    return model, config


def exported(folder, dataset, model, config):
    from footprint.export.onnx_file import export

    with open_dataset(dataset) as data:
        export(folder / "e.onnx", folder / "e.json", model, data, name="e", config=config, seed=1)
    return onnxruntime.InferenceSession(folder / "e.onnx", providers=["CPUExecutionProvider"])


def compared(folder, session, part, target):
    """What ONNX and predict say of the events of the test split, from those of the event file.

    Where an uncertainty is predicted, values and uncertainties come side by side.
    """
    file = read_predictions(folder / "said" / f"{target}.h5")
    with open_events(part) as events:
        arrays = events.read([i.name for i in session.get_inputs()] + ["event_id"], slice(None))
    rows = np.searchsorted(arrays.pop("event_id"), file.event_id)
    both = file.sigma is not None
    said = np.stack([file.prediction, file.sigma], -1) if both else file.prediction
    inputs = {name: values[rows].astype(np.float32) for name, values in arrays.items()}
    names = [out.name for out in session.get_outputs()]
    found = dict(zip(names, session.run(None, inputs), strict=True))
    one = [session.run(None, {n: v[i : i + 1] for n, v in inputs.items()}) for i in range(3)]
    name = target if target in found else f"predicted_{target}"
    for number, single in enumerate(one):
        np.testing.assert_allclose(single[names.index(name)][0], found[name][number], rtol=1e-4)
    return np.stack([found[name], found[f"{name}_sigma"]], -1) if both else found[name], said


@pytest.fixture(scope="module")
def of_showers(folder):
    """Image and traces of stations; a direction, a position, a value by its logarithm, classes."""
    path = folder / "showers"
    path.mkdir()
    dataset = showers.dataset(path, count=200)
    cnn = {"name": "cnn", "filters": [4], "traces": {"name": "conv1d", "filters": [3], "units": 2}}
    targets = ["axis", "core", "energy", "mass"]
    model, config = trained(path, dataset, {"targets": targets, "model": cnn})
    return path, exported(path, dataset, model, config)


@pytest.fixture(scope="module")
def of_jets(folder):
    """Constituents with their mask, and whitened sums beside them."""
    from footprint.files.events import EventWriter
    from footprint.files.hdf5 import ArraySpec
    from footprint.seeds import event_ids

    path = folder / "jets"
    path.mkdir()
    arrays = jets(np.random.default_rng(3))
    units = {"pt": "GeV", "mass": "GeV", "true_mass": "GeV", "depth": "g/cm2"}
    specs = [ArraySpec(name, units.get(name, ""), f"{name} of the jet") for name in arrays]
    with EventWriter(path / "s.h5", specs, sample="s", config="{}", seed=1) as writer:
        writer.append({"event_id": event_ids("s", 0, 200), **arrays})
    build_dataset(path / "d.h5", "d", Dataset.model_validate(JETS), {"s": [path / "s.h5"]})
    sets = {"name": "deep_sets", "constituent_units": [8], "units": [8]}
    gaussian = {"loss": "gaussian"}
    targets = {"kind": {}, "mass": gaussian, "depth": gaussian}
    model, config = trained(path, path / "d.h5", {"targets": targets, "model": sets})
    return path, exported(path, path / "d.h5", model, config), model, config


@pytest.mark.parametrize("target", ["axis", "core", "energy", "mass"])
def test_showers_as_predicted(of_showers, target):
    path, session = of_showers
    found, said = compared(path, session, path / "part-False.h5", target)
    np.testing.assert_allclose(found, said, rtol=1e-4, atol=1e-4 * np.abs(said).max())
    if target == "axis":
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-6)
    if target == "mass":
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)
    assert np.std(found, axis=0).min() > 0


IMAGES = {"method": "images", "flip": "up_down", "average_predictions": True, "shift": 1,
          "average_shifts": True}  # fmt: skip
TURNS = {"average_predictions": True}


@pytest.mark.parametrize(
    ("layout", "augment", "targets"),
    [
        ("offset", TURNS, {"axis": {}, "core": {}, "mass": {}, "energy": {"loss": "gaussian"}}),
        ("cartesian", IMAGES, {"mass": {}}),
    ],
    ids=["turns", "images"],
)
def test_averages_over_turns_and_flips(tmp_path, layout, augment, targets):
    """A triangular grid loses stations at its edges when it is turned: zeros stand for them."""
    inputs = {"footprint": showers.INPUTS["footprint"]}
    dataset = showers.dataset(tmp_path, layout, count=150, inputs=inputs)
    training = {"epochs": 1, "augment": augment}
    cnn = {"name": "cnn", "filters": [4]}
    settings = {"targets": targets, "model": cnn, "training": training}
    model, config = trained(tmp_path, dataset, settings)
    session, part = exported(tmp_path, dataset, model, config), tmp_path / "part-False.h5"
    means = {}
    for target in targets:
        means[target], said = compared(tmp_path, session, part, target)
        np.testing.assert_allclose(means[target], said, rtol=1e-4, atol=1e-4 * np.abs(said).max())
    # Without the mean the network says something else.
    alone = config.training.model_copy(update={"augment": None})
    single = config.model_copy(update={"training": alone})
    plain = exported(tmp_path, dataset, model, single)
    first = next(iter(targets))
    found, _ = compared(tmp_path, plain, part, first)
    assert np.abs(found - means[first]).max() > 1e-3


@pytest.mark.parametrize("target", ["kind", "mass", "depth"])
def test_jets_as_predicted(of_jets, target):
    """Mass, whose logarithm is learnt, and depth are predicted with their uncertainties."""
    path, session, _, _ = of_jets
    found, said = compared(path, session, path / "s.h5", target)
    assert found.shape[1:] == (2,)
    np.testing.assert_allclose(found, said, rtol=1e-4)
    assert np.std(found, axis=0).min() > 0


def test_the_file_says_what_goes_in_and_comes_out(of_jets):
    path, session, model, _ = of_jets
    said = Description.model_validate_json(session.get_modelmeta().custom_metadata_map[KEY])
    assert json.loads((path / "e.json").read_text()) == said.model_dump(mode="json")
    assert said.input_names == tuple(i.name for i in session.get_inputs())
    assert said.output_names == tuple(out.name for out in session.get_outputs())
    # A target and an input are both called mass: tensors must differ in their names.
    sigmas = ("predicted_mass_sigma", "depth_sigma")
    assert said.output_names == ("kind", "predicted_mass", sigmas[0], "depth", sigmas[1])
    uncertain = {out.name: (out.label, out.units) for out in said.outputs if out.uncertainty}
    assert uncertain == {sigmas[0]: ("mass_sigma", "GeV"), sigmas[1]: ("depth_sigma", "g/cm2")}
    pt, _, mass, _ = said.inputs
    assert (pt.name, pt.units, pt.shape, pt.dtype) == ("pt", "GeV", (6,), "float32")
    with open_dataset(path / "d.h5") as data:
        truth = data.file["train/spectators/mass"][:]
        assert said.origin.dataset_digest == data.file.attrs["digest"]
        assert said.origin.training_events == len(truth)
    assert (mass.domain.minimum, mass.domain.maximum) == (truth.min(), truth.max())
    assert mass.domain.quantiles["0.5"] == pytest.approx(np.median(truth), rel=1e-6)
    assert mass.domain.missing == 0
    assert pt.domain.missing > 0.1
    kind, answer = said.outputs[:2]
    assert (kind.classes, kind.shape, kind.domain) == (("qcd", "top"), (2,), None)
    assert (answer.units, answer.shape, answer.task) == ("GeV", (), "regression")
    assert answer.domain.minimum > 0
    assert [entry.name for entry in said.spectators] == ["mass"]
    assert said.verified.largest_difference < 1e-5
    assert "commit" in said.origin.software
    import hashlib

    assert said.origin.model_sha256 == hashlib.sha256(model.read_bytes()).hexdigest()


def test_events_without_a_logarithm_get_no_answer(of_jets, rng):
    """Build refuses them; here they must not pass for events that were not measured."""
    _, session, _, _ = of_jets
    arrays = {name: values.astype(np.float32) for name, values in jets(rng, 5).items()}
    inputs = {i.name: arrays[i.name] for i in session.get_inputs()}
    inputs["pt"][2, 0] = -1.0
    inputs["width"][4] = -1.0
    for values in session.run(None, inputs):
        bad = np.isnan(values.reshape(5, -1)).all(axis=1)
        assert bad.tolist() == [False, False, True, False, True]


def test_the_scripts_export_and_apply(of_jets, folder, monkeypatch):
    """New HDF5 events get the answers that predict gave them, beside their own values."""
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    path, _, model, config = of_jets
    network, said = folder / "by_script.onnx", folder / "by_script.h5"
    main_of("export_network")(
        model, path / "d.h5", "e", config.model_dump_json(), 1, network, folder / "by_script.json"
    )
    main_of("apply_network")(network, "new", str(path / "s.h5"), said)
    predictions = read_predictions(path / "said" / "kind.h5")
    with h5py.File(said) as answers, open_events(path / "s.h5") as events:
        arrays = events.read(["event_id", "mass"], slice(None))
        rows = np.searchsorted(arrays["event_id"], predictions.event_id)
        tops = answers["new_kind_top"][:]
        assert answers["new_mass"].attrs["units"] == "GeV"
        assert answers["new_mass_sigma"].attrs["units"] == "GeV"
        mass_sigma = answers["new_mass_sigma"][:]
        outside = answers["new_outside_mass"][:]
    np.testing.assert_allclose(tops[rows], predictions.prediction[:, 1], rtol=1e-4)
    sigma = read_predictions(path / "said" / "mass.h5").sigma
    np.testing.assert_allclose(mass_sigma[rows], sigma, rtol=1e-4)
    with open_dataset(path / "d.h5") as data:
        seen = data.file["train/spectators/mass"][:]
    mass = arrays["mass"]
    np.testing.assert_array_equal(outside, (mass < seen.min()) | (mass > seen.max()))


def main_of(script):
    return runpy.run_path(str(ROOT / "scripts" / f"{script}.py"))["main"]


def converted(layers, activation=None):
    import keras

    from footprint.export.network import converted as convert

    entry = keras.Input((4,), name="a")
    hidden = keras.layers.Dense(4, name="first", activation=activation)(entry)
    for layer in layers:
        hidden = layer(hidden)
    network = keras.Model({"a": entry}, {"o": keras.layers.Dense(1)(hidden)})
    return network, convert(network)


def test_a_layer_that_onnx_does_not_know_is_named():
    import keras

    class Odd(keras.layers.Layer):
        def call(self, x):
            return keras.ops.erfinv(keras.ops.tanh(x))

    with pytest.raises(TrainingError) as caught:
        converted([Odd(name="my_odd")])
    text = str(caught.value)
    assert "layer 'my_odd' (Odd) uses Erfinv" in text
    assert "convolutional" in text


def test_gelu_is_written_with_what_onnx_has(rng):
    network, core = converted([], "gelu")
    x = rng.normal(size=(50, 4)).astype(np.float32) * 3
    session = onnxruntime.InferenceSession(core.SerializeToString())
    found = session.run(["network/out/o"], {"network/a": x})[0]
    np.testing.assert_allclose(found, network.predict_on_batch({"a": x})["o"], atol=1e-5)


def test_mixed_precision_is_exported_in_single(rng):
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network, core = converted([keras.layers.Dense(50, "relu"), keras.layers.Dense(50, "relu")])
    finally:
        keras.config.set_dtype_policy(before)
    x = rng.normal(size=(50, 4)).astype(np.float32)
    weights = [layer.get_weights() for layer in network.layers if layer.get_weights()]
    expected = x.astype(np.float64)
    for number, (kernel, bias) in enumerate(weights):
        expected = expected @ kernel + bias
        expected = np.maximum(expected, 0) if number in {1, 2} else expected
    session = onnxruntime.InferenceSession(core.SerializeToString())
    found = session.run(["network/out/o"], {"network/a": x})[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_transform_that_onnx_does_not_know_is_named(of_jets, folder):
    path, _, model, config = of_jets
    data = Dataset.model_validate(JETS).model_dump(mode="json")
    data["inputs"]["sums"]["channels"][1]["transform"] = "fmod(x, 2)"
    build_dataset(folder / "o.h5", "d", Dataset.model_validate(data), {"s": [path / "s.h5"]})
    with pytest.raises(TrainingError, match=r"'fmod\(x, 2\)' cannot be exported"):
        exported(folder, folder / "o.h5", model, config)
    assert not (folder / "e.onnx").exists()


def test_a_wrong_conversion_is_noticed(of_jets, folder, monkeypatch):
    """Were the converter to get one weight wrong, nothing would be written."""
    from footprint.export import onnx_file

    def twisted(network):
        core = convert(network)
        weights = next(w for w in core.graph.initializer if len(w.dims) == 2)
        values = onnx.numpy_helper.to_array(weights).copy()
        values[0, 0] += 0.1
        weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))
        return core

    convert = onnx_file.converted
    monkeypatch.setattr(onnx_file, "converted", twisted)
    path, _, model, config = of_jets
    with pytest.raises(TrainingError, match=r"differs from Keras by .*expected less than 0.0001"):
        exported(folder, path / "d.h5", model, config)


def test_another_backend_is_refused(monkeypatch):
    import keras

    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(TrainingError, match=r"the backend jax: set KERAS_BACKEND=tensorflow"):
        converted([])


FAMILIES = [
    {"name": "residual", "filters": [4, 6], "blocks": 1},
    {"name": "set_attention", "width": 8, "blocks": 1},
    {"name": "hexagonal", "filters": [4, 6], "blocks": 1},
    {"name": "inception", "filters": [4], "bottleneck": 2},
    {"name": "separable", "filters": [4, 6], "blocks": 1},
    {"name": "self_normalising", "units": [5]},
    {"name": "deep_sets"},
    {"name": "energy_flow", "weight": "c0", "coordinates": ["c1", "c2"]},
    {"name": "particle_net", "coordinates": ["c1", "c2"]},
    {"name": "particle_cnn"},
    {"name": "particle_transformer", "four_vectors": ["c0", "c1", "c2", "c3"]},
    {"name": "recurrent"},
]


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family["name"])
def test_every_family_of_the_zoo(family, rng):
    from footprint.export.network import converted as convert
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    grid = family["name"] in {"residual", "set_attention", "hexagonal", "inception", "separable"}
    shape = (6, 6, 3) if grid else (20, 6)
    channels = ("signal", "mask of signal", "arrival_time") if grid else tuple(
        f"c{number}" for number in range(6)
    )  # fmt: skip
    config = TypeAdapter(Model).validate_python(family)
    network = build_network(config, {"i": Entry(shape, channels)}, {"t": Output(2, "softmax")}, 1)
    session = onnxruntime.InferenceSession(convert(network).SerializeToString())
    x = np.abs(rng.normal(size=(8, *shape))).astype(np.float32)
    found = session.run(["network/out/t"], {"network/i": x})[0]
    np.testing.assert_allclose(found, network.predict_on_batch({"i": x})["t"], rtol=1e-4)
