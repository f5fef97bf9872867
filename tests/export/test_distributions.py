"""Exported generators, densities and posteriors are those of Keras, in physical units."""

import h5py
import numpy as np
import onnx
import onnxruntime
import pytest

from footprint.application.network import open_network
from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.dataset.build import build_dataset
from footprint.errors import TrainingError
from footprint.files.datasets import open_dataset
from footprint.files.events import EventWriter, open_events
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids, stream
from tests.export.test_onnx_file import main_of

EVENTS, GRID = 900, (4, 3)
CONFIG = {
    "samples": ["s"],
    "inputs": {
        "start": ["e"],
        "geometry": ["plane"],
        "image": [
            {"array": "signal", "transform": "log10(x)", "inverse": "10**x", "mask": True},
            {"array": "time", "relative_to": "plane"},
            "muons",
        ],
        "values": {
            "channels": ["x", {"array": "y", "transform": "log(x)", "inverse": "exp(x)"}],
            "whiten": "zca",
        },
    },
    "targets": {
        "energy": {"array": "true_energy", "log": True},
        "depth": {"array": "true_depth"},
        "kind": {"array": "kind", "classes": {"usual": 0, "odd": 1}},
    },
    "split": {"train": 0.6, "validation": 0.1, "test": 0.3},
}
UNITS = {"signal": "VEM", "time": "ns", "plane": "ns", "y": "GeV", "true_energy": "EeV"}
GENERATION = {
    "task": "generation", "variables": "image", "inputs": ["start", "geometry"],
    "model": {"name": "wgan", "latent": 3, "generator": {"filters": [4], "units": [8]}},
}  # fmt: skip
AFFINE = {"name": "flow", "transform": "affine_coupling", "blocks": 2, "units": [6]}
DENSITY = {
    "task": "density", "variables": "values", "inputs": ["start"],
    "learn_from": {"target": "kind", "classes": ["usual"]},
    "model": AFFINE | {"transform": "autoregressive"},
}  # fmt: skip
POSTERIOR = {
    "task": "density", "targets": ["energy", "depth"], "inputs": ["start"], "model": AFFINE,
}  # fmt: skip


def events(rng):
    e = rng.uniform(-1, 1, EVENTS)
    plane = rng.uniform(-2e4, 2e4, (EVENTS, *GRID))
    signal = 10 ** (2 + e[:, None, None] + rng.normal(0, 0.5, plane.shape))
    hit = signal > 50
    x = e + rng.normal(size=EVENTS)
    return {
        "e": e,
        "plane": plane,
        "signal": np.where(hit, signal, np.nan),
        "time": np.where(hit, plane + rng.exponential(100.0, plane.shape), np.nan),
        "muons": np.where(hit, rng.integers(1, 5, plane.shape), np.nan),
        "x": x,
        "y": np.exp(0.5 * x + 0.5 * rng.normal(size=EVENTS)),
        "true_energy": 10 ** (e + 0.2 * rng.normal(size=EVENTS)),
        "true_depth": 700 + 50 * e + 20 * rng.normal(size=EVENTS),
        "kind": (x > 2).astype(np.int64),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("distributions")
    arrays = {
        name: values if values.dtype.kind == "i" else values.astype(np.float32)
        for name, values in events(np.random.default_rng(1)).items()
    }
    specs = [ArraySpec(name, UNITS.get(name, ""), f"{name} of the event") for name in arrays]
    with EventWriter(path / "s.h5", specs, sample="s", config="{}", seed=1) as writer:
        writer.append({"event_id": event_ids("s", 0, EVENTS), **arrays})
    build_dataset(path / "d.h5", "d", Dataset.model_validate(CONFIG), {"s": [path / "s.h5"]})
    return path


class Made:
    """A network with random weights, as good as a trained one here, and what Keras says."""

    def __init__(self, folder, name, settings):
        import keras

        from footprint.models import flow
        from footprint.models.adversarial import generator_of
        from footprint.training.distributions import distribution_of
        from footprint.training.record import save_network

        self.folder, self.name = folder, name
        self.config = Experiment.model_validate({"dataset": "d", **settings})
        with open_dataset(folder / "d.h5") as data:
            self.learnt = learnt = distribution_of(data, self.config)
            self.conditions = data.inputs("test", learnt.conditions, slice(None))
            self.ids = data.event_id("test")
            self.values = (
                data.inputs("test", [learnt.name], slice(None))[learnt.name]
                if learnt.variables
                else learnt.encoded(data, "test")
            )
        keras.utils.set_random_seed(1)
        if self.config.task == "generation":
            forms = learnt.variables.forms
            network = generator_of(self.config.model, learnt.name, learnt.entries, forms)
            # About half of the stations are hit, by the numbers of muons, which are sharpest.
            weights = [1.5 * w if w.ndim > 1 else w for w in network.get_weights()]
            weights[-1] = np.array([0.0, 0.0, 0.0, -1.0])
        else:
            network = flow.density_network(self.config.model, learnt.name, learnt.entries, 1)
            # As it begins it changes nothing.
            rng = np.random.default_rng(2)
            weights = [w + 0.2 * rng.normal(size=w.shape) for w in network.get_weights()]
        network.set_weights(weights)
        self.network, self.model = network, folder / f"{name}.keras"
        save_network(self.model, network)

    def export(self, says):
        from footprint.export.onnx_file import export

        path = self.folder / f"{self.name}-{says}.onnx"
        with open_dataset(self.folder / "d.h5") as data:
            export(path, path.with_suffix(".json"), self.model, data,
                   name=self.name, config=self.config, seed=1, says=says)  # fmt: skip
        return open_network(path)

    def arrays(self, *names):
        """What the test events have in the event file, in physical units."""
        with open_events(self.folder / "s.h5") as file:
            found = file.read([*names, "event_id"], slice(None))
        rows = np.searchsorted(found.pop("event_id"), self.ids)
        return {name: values[rows].astype(np.float32) for name, values in found.items()}

    def drawn(self):
        """Random numbers, and what Keras makes of them, as a network sees it."""
        from footprint.training.drawing import drawing

        draw, size = drawing(self.network, self.config, self.learnt)
        noise = stream(5, "test", 0).standard_normal((len(self.ids), size), np.float32)
        return noise, draw(self.conditions, noise)


@pytest.fixture(scope="module")
def generator(folder):
    made = Made(folder, "generator", GENERATION)
    return made, made.export("samples")


@pytest.fixture(scope="module")
def density(folder):
    made = Made(folder, "density", DENSITY)
    return made, made.export("log_density"), made.export("samples")


@pytest.fixture(scope="module")
def posterior(folder):
    made = Made(folder, "posterior", POSTERIOR)
    return made, made.export("log_density"), made.export("samples")


def run(network, inputs):
    names = list(network.said.output_names)
    return dict(zip(names, network.session.run(names, inputs), strict=True))


def test_the_same_noise_makes_the_same_events(generator):
    """But for a few values in ten thousand, which rounding may take over an edge."""
    made, network = generator
    noise, draws = made.drawn()
    given = made.arrays("e", "plane")
    variables = made.learnt.variables
    expected = variables.physical(variables.snapped(draws), {"plane": given["plane"]})
    found = run(network, {**given, "noise": noise})
    assert list(found) == list(expected) == ["signal", "time", "muons"]
    for name, values in expected.items():
        there = np.isfinite(values)
        assert 0.1 < there.mean() < 0.9
        far = np.abs(found[name] - values) > 1e-4 * np.abs(values[there]).max()
        tipped = far | (np.isfinite(found[name]) != there)
        assert tipped.mean() <= 1e-4
        # Other events from other random numbers.
        assert np.nanstd(found[name]) > 0.1 * np.nanstd(made.arrays(name)[name])
    assert set(np.unique(found["muons"])[:4]) == {1.0, 2.0, 3.0, 4.0}


def test_a_generator_says_what_its_noise_is(generator):
    made, network = generator
    said = network.said
    assert (said.says, said.input_names) == ("samples", ("e", "plane", "noise"))
    pixels = GRID[0] * GRID[1] * made.config.model.generator.noise
    assert said.noise.shape == (made.config.model.latent + pixels,)
    assert said.noise.distribution == "standard normal"
    signal, time, _ = said.outputs
    assert (signal.units, signal.shape, signal.task) == ("VEM", GRID, "generation")
    assert time.units == "ns"
    with open_dataset(made.folder / "d.h5") as data:
        plane = data.file["domain/plane/range"][:]
    assert (said.inputs[1].domain.minimum, said.inputs[1].domain.maximum) == tuple(plane)
    assert said.verified.largest_difference < 1e-4
    assert said.verified.tipped <= 1e-4


def test_conditions_that_no_event_may_have_make_none(generator):
    made, network = generator
    noise, _ = made.drawn()
    given = {name: values[:3] for name, values in made.arrays("e", "plane").items()}
    given["e"][1] = np.inf
    for values in run(network, {**given, "noise": noise[:3]}).values():
        assert np.isnan(values).all(axis=(1, 2)).tolist()[1]
        assert np.isfinite(values[[0, 2]]).any()


def test_draws_from_a_density(density):
    """From an autoregressive flow, whose draws take a loop."""
    made, _, network = density
    noise, draws = made.drawn()
    variables = made.learnt.variables
    expected = variables.physical(variables.snapped(draws))
    found = run(network, {**made.arrays("e"), "noise": noise})
    assert list(found) == ["x", "y"]
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-4, atol=1e-4)


def test_the_density_of_values_in_their_units(density):
    """As predictions have it, per unit of ln y, and divided by y per GeV."""
    from footprint.models import flow

    made, network, _ = density
    given = made.arrays("e", "x", "y")
    inputs = {**made.conditions, "values": made.values}
    plain = flow.log_densities(made.network, inputs) - made.learnt.log_scale
    found = run(network, given)
    np.testing.assert_allclose(found["anomaly_score"], -plain, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        found["log_density"], plain - np.log(given["y"]), rtol=1e-4, atol=1e-4
    )
    assert network.said.outputs[0].description.endswith("density of x, y [GeV]")
    with open_dataset(made.folder / "d.h5") as data:
        usual = np.count_nonzero(data.target("train", "kind") == 0)
    assert network.said.origin.training_events == usual < EVENTS * 0.6


def test_a_density_has_a_total_of_one(density, posterior):
    """Over physical units: the Jacobians of transforms, logarithms, whitening, normalisation."""
    for network, edges in (
        (density[1], {"x": np.linspace(-12, 12, 301), "y": np.geomspace(1e-6, 1e6, 301)}),
        (posterior[1],
         {"energy": np.geomspace(1e-6, 1e6, 301), "depth": np.linspace(0, 1400, 301)}),
    ):  # fmt: skip
        points = np.meshgrid(*(0.5 * (e[1:] + e[:-1]) for e in edges.values()), indexing="ij")
        areas = np.multiply.outer(*(np.diff(e) for e in edges.values()))
        given = {n: p.ravel().astype(np.float32) for n, p in zip(edges, points, strict=True)}
        given["e"] = np.full(areas.size, 0.3, np.float32)
        values = np.exp(run(network, given)["log_density"], dtype=np.float64)
        assert values @ areas.ravel() == pytest.approx(1, abs=0.003)


def test_values_that_were_not_measured_count_as_the_mean(density):
    from footprint.models import flow

    made, network, _ = density
    given = made.arrays("e", "x", "y")
    given["x"][:2] = given["y"][:2] = np.nan
    values = made.values.copy()
    values[:2] = 0.0
    with open_dataset(made.folder / "d.h5") as data:
        mean = data.normalisation("values").shift.ravel()[1]
    plain = flow.log_densities(made.network, {**made.conditions, "values": values})
    expected = plain[:2] - made.learnt.log_scale - mean
    np.testing.assert_allclose(run(network, given)["log_density"][:2], expected, rtol=1e-4)


def test_draws_from_a_posterior(posterior):
    made, _, network = posterior
    noise, draws = made.drawn()
    found = run(network, {**made.arrays("e"), "noise": noise})
    said = {out.name: (out.units, out.task) for out in network.said.outputs}
    assert said == {"energy": ("EeV", "density"), "depth": ("", "density")}
    for place, goal in enumerate(made.learnt.goals):
        expected = goal.decode(draws[:, place : place + 1], (len(draws),))
        np.testing.assert_allclose(found[goal.name], expected, rtol=1e-4)


def test_the_posterior_of_the_truth(posterior):
    """As predictions have it per unit of log10 of the energy, and per EeV."""
    from footprint.models import flow

    made, network, _ = posterior
    truth = made.arrays("true_energy", "true_depth")
    given = {"energy": truth["true_energy"], "depth": truth["true_depth"], **made.arrays("e")}
    plain = flow.log_densities(made.network, {**made.conditions, "targets": made.values})
    expected = plain - made.learnt.log_scale - np.log(given["energy"] * np.log(10))
    found = run(network, given)["log_density"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    given["energy"][3] = -1.0
    assert np.flatnonzero(np.isnan(run(network, given)["log_density"])).tolist() == [3]


def test_scores_of_new_events(density, tmp_path):
    made, network, _ = density
    path = made.folder / "density-log_density.onnx"
    main_of("apply_network")(path, "rare", str(made.folder / "s.h5"), tmp_path / "said.h5")
    expected = run(network, made.arrays("e", "x", "y"))
    with h5py.File(tmp_path / "said.h5") as said, open_events(made.folder / "s.h5") as file:
        rows = np.searchsorted(file.read(["event_id"], slice(None))["event_id"], made.ids)
        for name, values in expected.items():
            found = said[f"rare_{name}"][:][rows]
            np.testing.assert_allclose(found, values, rtol=1e-5, atol=1e-5)
        assert said["rare_log_density"].attrs["units"] == "nat"


def test_a_wrong_generator_is_noticed(folder, generator, monkeypatch):
    """More values differ than edges explain; nothing would be written."""
    from footprint.export import onnx_file

    def twisted(network):
        core = convert(network)
        kernel = next(node.input[1] for node in core.graph.node if node.op_type == "Conv")
        weights = next(w for w in core.graph.initializer if w.name == kernel)
        values = onnx.numpy_helper.to_array(weights).copy()
        values *= 1.01
        weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))
        return core

    convert = onnx_file.converted
    monkeypatch.setattr(onnx_file, "converted", twisted)
    made, _ = generator
    monkeypatch.setattr(made, "name", "twisted")
    with pytest.raises(TrainingError, match=r"differs from Keras by .*expected less than 0.0001"):
        made.export("samples")
    assert not list(folder.glob("twisted*"))


def test_edges_explain_few_values_and_no_nan():
    from footprint.export.onnx_file import _compared

    ours = np.ones((256, 81), np.float32)
    theirs = ours + np.float32(1e-6)
    theirs[0, :2] = 0.0
    assert _compared(ours, theirs, edges=False)[0] == 1.0
    difference, share = _compared(ours, theirs, edges=True)
    assert (difference, share) == (pytest.approx(1e-6, rel=0.1), 2 / ours.size)
    theirs[0, :3] = 0.0
    assert _compared(ours, theirs, edges=True)[0] == 1.0
    theirs[0, :3] = np.nan
    assert np.isnan(_compared(ours, theirs, edges=True)[0])


def test_what_is_not_said_is_refused():
    from footprint.export.onnx_file import check_exportable

    config = Experiment.model_validate({"dataset": "d", **GENERATION})
    assert check_exportable("g", config) == "samples"
    with pytest.raises(TrainingError, match=r"'g' says samples, a file each, found log_density"):
        check_exportable("g", config, "log_density")
    config = Experiment.model_validate({"dataset": "d", **POSTERIOR})
    with pytest.raises(TrainingError, match=r"says samples or log_density, .* nothing asked for"):
        check_exportable("p", config)


@pytest.mark.slow
@pytest.mark.parametrize("says", ["density", "draws"])
def test_splines(says, rng):
    """The density in one pass, and draws by a loop over the variables."""
    from footprint.export.network import converted
    from footprint.models import flow
    from footprint.models.outputs import Entry

    model = Experiment.model_validate({
        "dataset": "d", **DENSITY,
        "model": {"name": "flow", "transform": "spline_autoregressive", "blocks": 2, "bins": 3,
                  "units": [6]},
    }).model  # fmt: skip
    entries = {"c": Entry((2,), ("a", "b")), "v": Entry((3,), ("x", "y", "z"))}
    network = flow.density_network(model, "v", entries, 1)
    network.set_weights([w + 0.2 * rng.normal(size=w.shape) for w in network.get_weights()])
    network = flow.drawing_network(network, "v") if says == "draws" else network
    given = {t.name: rng.normal(size=(64, *t.shape[1:])).astype("f4") for t in network.inputs}
    session = onnxruntime.InferenceSession(converted(network).SerializeToString())
    (found,) = session.run(None, {f"network/{name}": x for name, x in given.items()})
    (expected,) = network.predict_on_batch(given).values()
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())
