"""Turns and flips of data sets, trainings and predictions."""

import numpy as np
import pytest

from footprint.config.experiments import Experiment
from footprint.errors import TrainingError
from footprint.files.datasets import open_dataset
from footprint.files.predictions import read_predictions
from footprint.training.augment import augmentation_of
from footprint.training.goals import goals_of

from . import showers

MODEL = {"name": "cnn", "filters": [4], "units": [8]}


@pytest.fixture(scope="module", params=["cartesian", "axial", "offset"])
def path(request, tmp_path_factory):
    return showers.dataset(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def hexagon(tmp_path_factory):
    return showers.dataset(tmp_path_factory.mktemp("hexagon"), "axial")


def experiment(augment=None, *, model=MODEL, inputs=("footprint",), targets=None, **training):
    return Experiment.model_validate(
        {"dataset": "d", "targets": list(targets or showers.TARGETS), "inputs": list(inputs),
         "model": model, "training": {"epochs": 2, "batch_size": 32, "augment": augment} | training}
    )  # fmt: skip


def prepared(opened, augment=None, inputs=("footprint", "traces"), targets=None):
    config = experiment(augment or {}, inputs=inputs, targets=targets)
    goals = goals_of(opened, config)
    names = list(inputs)
    return augmentation_of(opened, config.training.augment, goals, names), goals


def rows_of(opened, goals, names, split="train"):
    inputs = opened.inputs(split, list(names), slice(None))
    return inputs, {g.name: g.encode(opened.target(split, g.name)) for g in goals}


def test_turned_data_obey_the_turned_axis(path):
    """Times of the moved stations are those of a plane front with the turned targets."""
    with open_dataset(path) as opened:
        augmentation, goals = prepared(opened)
        inputs, targets = rows_of(opened, goals, ["footprint"])
        places = np.stack([opened.constants[f"station_{k}"] for k in "xy"], axis=-1)
        norm = opened.normalisation("footprint")
        truth = opened.target("train", "axis"), opened.target("train", "core")
    elements = augmentation.draw(seed=3, epoch=0, rows=len(truth[0]))
    assert len(np.unique(elements)) == len(augmentation.symmetries)
    footprint = augmentation.turned_inputs(inputs, elements)["footprint"]
    encoded = augmentation.turned_targets(targets, elements)
    axis, core = (
        goal.decode(encoded[goal.name], values.shape)
        for goal, values in zip(goals, truth, strict=False)
    )
    np.testing.assert_allclose(np.linalg.norm(axis, axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(axis[:, 2], truth[0][:, 2], atol=1e-5)
    np.testing.assert_allclose(*(np.linalg.norm(c, axis=1) for c in (core, truth[1])), rtol=1e-3)
    assert np.abs(axis[:, :2] - truth[0][:, :2]).max() > 0.5
    measured = footprint[..., 1] == 1
    times = norm.invert(footprint)[..., 2]
    away = places - core[:, None, None]
    expected = -np.einsum("nxyk,nk->nxy", away, axis[:, :2]) / showers.LIGHT_M_PER_NS
    assert measured.mean() > 0.05
    assert np.all(footprint[~measured] == 0)
    # Float32 keeps times of some 10^4 ns to about 0.01 ns; a station apart they differ by 1000 ns.
    np.testing.assert_allclose(times[measured], expected[measured], atol=0.1)


def test_scalars_and_classes_stay(hexagon):
    with open_dataset(hexagon) as opened:
        augmentation, goals = prepared(opened)
        inputs, targets = rows_of(opened, goals, ["footprint"])
    elements = np.full(len(targets["mass"]), 7)
    after = augmentation.turned_targets(targets, elements)
    for name in ("energy", "mass"):
        np.testing.assert_array_equal(after[name], targets[name])
    for name in ("axis", "core"):
        assert not np.array_equal(after[name], targets[name])
        assert after[name].dtype == targets[name].dtype
    assert augmentation.turned_inputs(inputs, elements)["footprint"].dtype == np.float32


def test_traces_turn_with_the_footprint(path):
    with open_dataset(path) as opened:
        augmentation, goals = prepared(opened)
        inputs, _ = rows_of(opened, goals, ["footprint", "traces"])
        norms = {name: opened.normalisation(name) for name in inputs}
    elements = augmentation.draw(1, 2, len(inputs["traces"]))
    after = augmentation.turned_inputs(inputs, elements)
    signal = 10 ** norms["footprint"].invert(after["footprint"])[..., 0] - 1
    traces = 10 ** norms["traces"].invert(after["traces"])[..., 0] - 1
    hit = after["footprint"][..., 1] == 1
    np.testing.assert_array_equal(after["traces"][..., 1].min(axis=-1) == 1, hit)
    np.testing.assert_allclose(traces.sum(axis=-1)[hit], signal[hit], rtol=1e-4)


def test_each_event_has_its_own_turn(hexagon):
    with open_dataset(hexagon) as opened:
        augmentation, goals = prepared(opened)
        inputs, _ = rows_of(opened, goals, ["footprint"])
    elements = augmentation.draw(1, 0, len(inputs["footprint"]))
    together = augmentation.turned_inputs(inputs, elements)["footprint"]
    for row in range(20):
        one = {"footprint": inputs["footprint"][row : row + 1]}
        alone = augmentation.turned_inputs(one, elements[row : row + 1])["footprint"]
        np.testing.assert_array_equal(together[row], alone[0])


def test_a_turn_and_its_inverse_change_nothing(hexagon):
    with open_dataset(hexagon) as opened:
        augmentation, goals = prepared(opened)
        inputs, targets = rows_of(opened, goals, ["footprint", "traces"])
    for element in range(len(augmentation.symmetries)):
        there = np.full(len(targets["axis"]), element)
        back = np.full(len(there), augmentation.symmetries.inverse(element))
        again = augmentation.turned_inputs(augmentation.turned_inputs(inputs, there), back)
        for name, values in inputs.items():
            np.testing.assert_array_equal(again[name], values)
        vectors = augmentation.turned_targets(augmentation.turned_targets(targets, there), back)
        for name, values in targets.items():
            np.testing.assert_allclose(vectors[name], values, atol=1e-5)


def test_stations_that_nothing_comes_to_are_silent(tmp_path):
    with open_dataset(showers.dataset(tmp_path, "offset", 60)) as opened:
        augmentation, _ = prepared(opened)
        shapes = {n: opened.array("train", "inputs", n).shape[1:] for n in ("footprint", "traces")}
    everywhere = {name: np.ones((12, *shape), np.float32) for name, shape in shapes.items()}
    after = augmentation.turned_inputs(everywhere, np.arange(12))
    hit = (augmentation.symmetries.sources >= 0).reshape(12, 9, 9)
    assert np.count_nonzero(~hit) > 50
    for values in after.values():
        assert np.all(values[hit] == 1)
        assert np.all(values[~hit] == 0)


def test_constants_among_the_channels_stay(tmp_path):
    inputs = {"stations": {"channels": [*showers.CHANNELS, "station_x", "station_y"]}}
    path = showers.dataset(tmp_path, "cartesian", 60, inputs=inputs)
    with open_dataset(path) as opened:
        augmentation, goals = prepared(opened, inputs=["stations"])
        before, _ = rows_of(opened, goals, ["stations"])
    events = len(before["stations"])
    turned = augmentation.turned_inputs(before, np.full(events, 1))["stations"]
    np.testing.assert_array_equal(turned[..., 3:], before["stations"][..., 3:])
    np.testing.assert_array_equal(
        turned[..., :3], np.rot90(before["stations"][..., :3], axes=(1, 2))
    )


def test_draws_depend_on_seed_and_epoch_alone(hexagon):
    with open_dataset(hexagon) as opened:
        augmentation, _ = prepared(opened)
    first = augmentation.draw(1, 0, 12_000)
    np.testing.assert_array_equal(first, augmentation.draw(1, 0, 12_000))
    for other in (augmentation.draw(1, 1, 12_000), augmentation.draw(2, 0, 12_000)):
        assert np.mean(first == other) == pytest.approx(1 / 12, abs=0.02)
    assert np.bincount(first, minlength=12) == pytest.approx(np.full(12, 1000), abs=150)


@pytest.mark.parametrize("memory", [1000.0, 1e-6])
def test_batches_of_any_size_hold_the_same_turned_events(hexagon, memory):
    from footprint.training.fit import _examples

    with open_dataset(hexagon) as opened:
        augmentation, goals = prepared(opened)
        config = experiment({}, memory_MB=memory).training
        examples = _examples(opened, "train", ["footprint"], goals, config)
        order = examples.rows.order(1, 0)
        drawn = augmentation.draw(1, 0, len(order))
        parts = {}
        for size in (7, 64):
            batches = augmentation.batches(examples.batches(order, size), drawn[order])
            parts[size] = list(batches)
        inputs, targets = rows_of(opened, goals, ["footprint"])
    for name, of_all in (("footprint", augmentation.turned_inputs(inputs, drawn)),
                         ("axis", augmentation.turned_targets(targets, drawn))):  # fmt: skip
        for batches in parts.values():
            kind = "inputs" if name == "footprint" else "targets"
            found = np.concatenate([getattr(batch, kind)[name] for batch in batches])
            np.testing.assert_array_equal(found, of_all[name][order])


def trained(path, config, checkpoint):
    from footprint.training.fit import fit

    with open_dataset(path) as opened:
        return fit(opened, config, 1, checkpoint)


def weights(result):
    return [values.tobytes() for values in result.network.get_weights()]


def test_a_killed_augmented_training_goes_on_to_the_same_weights(hexagon, tmp_path, monkeypatch):
    from footprint.training import fit as module

    config = experiment({}, epochs=3)
    whole = trained(hexagon, config, tmp_path / "whole.h5")
    save = module.save_checkpoint

    def dying(*arguments, **named):
        save(*arguments, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "save_checkpoint", dying)
    with pytest.raises(KeyboardInterrupt):
        trained(hexagon, config, tmp_path / "cut.h5")
    monkeypatch.setattr(module, "save_checkpoint", save)
    resumed = trained(hexagon, config, tmp_path / "cut.h5")
    assert weights(resumed) == weights(whole)
    plain = trained(hexagon, experiment(epochs=3), tmp_path / "plain.h5")
    assert weights(plain) != weights(whole)


def test_only_training_events_are_turned(hexagon, tmp_path):
    result = trained(hexagon, experiment({}, epochs=1), tmp_path / "c.h5")
    with open_dataset(hexagon) as opened:
        inputs = opened.inputs("validation", ["footprint"], slice(None))
        targets = {g.name: g.encode(opened.target("validation", g.name)) for g in result.goals}
    loss = result.network.evaluate(inputs, targets, return_dict=True, verbose=0)["loss"]
    assert result.progress.history[0]["validation_loss"] == pytest.approx(loss, rel=1e-5)


def test_another_augmentation_is_another_training(hexagon):
    from footprint.training.fit import fingerprint

    with open_dataset(hexagon) as opened:
        marks = set()
        for changes in ({}, {"augment": {}}, {"augment": {"turns": 2}}, {"events": 50}):
            config = experiment(**changes)
            marks.add(fingerprint(opened, config, goals_of(opened, config), 1))
    assert len(marks) == 4


def test_averaged_predictions_turn_exactly_with_the_event(hexagon):
    """A network with random weights, which no symmetry made."""
    from footprint.training.fit import compiled

    with open_dataset(hexagon) as opened:
        augmentation, goals = prepared(opened, inputs=["footprint"])
        network = compiled(opened, experiment(), goals, ["footprint"], 5)
        inputs, _ = rows_of(opened, goals, ["footprint"], "test")
        truth = {g.name: opened.target("test", g.name).shape for g in goals}

    def physical(outputs):
        return {g.name: g.decode(outputs[g.name], truth[g.name]) for g in goals}

    def averaged(values):
        return physical(augmentation.averaged(network.predict_on_batch, values))

    before, plain = averaged(inputs), physical(network.predict_on_batch(inputs))
    events = len(before["axis"])
    worst = dict.fromkeys(before, 0.0)
    for element, matrix in enumerate(augmentation.symmetries.matrices):
        turned = augmentation.turned_inputs(inputs, np.full(events, element))
        after, raw = averaged(turned), physical(network.predict_on_batch(turned))
        for name, values in before.items():
            expected, unaveraged = values.copy(), plain[name].copy()
            if name in {"axis", "core"}:
                expected[:, :2] = values[:, :2] @ matrix.T
                unaveraged[:, :2] = plain[name][:, :2] @ matrix.T
            scale = np.abs(values).max()
            np.testing.assert_allclose(after[name] / scale, expected / scale, atol=3e-6)
            worst[name] = max(worst[name], np.abs(raw[name] - unaveraged).max() / scale)
    assert min(worst.values()) > 1e-3  # the network alone does not turn along
    np.testing.assert_allclose(np.linalg.norm(before["axis"], axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(before["mass"].sum(axis=1), 1.0, rtol=1e-5)


def test_predictions_are_averaged_in_pieces_when_asked_to(hexagon, tmp_path, monkeypatch):
    from footprint.training import apply
    from footprint.training.fit import compiled

    monkeypatch.setattr(apply, "APPLY_BATCH", 17)
    config = experiment({"average_predictions": True})
    with open_dataset(hexagon) as opened:
        augmentation, goals = prepared(opened, inputs=["footprint"])
        network = compiled(opened, config, goals, ["footprint"], 5)
        for name, own in (("yes", config), ("no", experiment({}))):
            apply.save_predictions(tmp_path / name, network, opened, method="m", config=own, seed=1)
        inputs, _ = rows_of(opened, goals, ["footprint"], "test")
    outputs = augmentation.averaged(network.predict_on_batch, inputs)
    for goal in goals:
        yes = read_predictions(tmp_path / "yes" / f"{goal.name}.h5")
        no = read_predictions(tmp_path / "no" / f"{goal.name}.h5")
        expected = goal.decode(outputs[goal.name], yes.truth.shape)
        np.testing.assert_allclose(yes.prediction, expected, rtol=1e-4, atol=1e-4)
        assert not np.allclose(no.prediction, expected, rtol=1e-3)


def test_variations_with_test_events_only_are_averaged_too(tmp_path):
    from footprint.training.apply import save_predictions
    from footprint.training.fit import compiled

    nominal = showers.dataset(tmp_path, "offset", 90)
    varied = showers.dataset(tmp_path, "offset", 40, like=nominal, signal_at_1000_m_VEM=700.0)
    config = experiment({"average_predictions": True})
    with open_dataset(nominal) as opened:
        network = compiled(opened, config, goals_of(opened, config), ["footprint"], 1)
    with open_dataset(varied) as opened:
        assert opened.length("train") == 0
        save_predictions(tmp_path, network, opened, method="m", config=config, seed=1)
    assert read_predictions(tmp_path / "axis.h5").prediction.shape == (40, 3)


@pytest.mark.parametrize(
    ("inputs", "augment", "words"),
    [
        (
            {"footprint": {"channels": [{"array": "signal", "per": "pixel"}]}},
            {},
            "'signal' of input 'footprint' is normalised pixel by pixel.* set per: channel",
        ),
        (
            {"footprint": ["signal"]},
            {"x": "statoin_x"},
            "no constant 'statoin_x'; did you mean 'station_x'",
        ),
        (
            {"footprint": ["signal"]},
            {"turns": 6},
            "turned by 60 degrees, 1 of 81 stations .* It has turns: 4 and flips: true",
        ),
        (
            {"footprint": ["signal"]},
            {"unchanged": ["footprints"]},
            "'footprints', no input or target; did you mean 'footprint'",
        ),
        (
            {"footprint": ["signal"], "features": ["slope"]},
            {},
            r"'features' of shape \(1,\) is not measured by stations of shape \(9, 9\), and may",
        ),
    ],
)
def test_refusals_of_inputs(tmp_path, inputs, augment, words):
    more = {"slope": np.random.default_rng(1).normal(size=60)}
    path = showers.dataset(tmp_path, "cartesian", 60, inputs=inputs, more=more)
    with open_dataset(path) as opened, pytest.raises(TrainingError, match=words):
        prepared(opened, augment, list(inputs))


def test_inputs_and_targets_may_be_said_to_stay(tmp_path):
    more = {"slope": np.random.default_rng(1).normal(size=60)}
    inputs = {"footprint": ["signal"], "features": ["slope"]}
    targets = {
        "maximum": {"array": "axis", "kind": "direction"},
        "core": {"array": "core", "kind": "position"},
    }
    path = showers.dataset(tmp_path, "cartesian", 60, inputs=inputs, targets=targets, more=more)
    with open_dataset(path) as opened:
        augmentation, goals = prepared(
            opened, {"unchanged": ["features", "maximum"]}, list(inputs), list(targets)
        )
        before, known = rows_of(opened, goals, inputs)
    elements = np.full(len(known["core"]), 2)
    after = augmentation.turned_inputs(before, elements)
    np.testing.assert_array_equal(after["features"], before["features"])
    assert not np.array_equal(after["footprint"], before["footprint"])
    turned = augmentation.turned_targets(known, elements)
    np.testing.assert_array_equal(turned["maximum"], known["maximum"])
    assert not np.array_equal(turned["core"], known["core"])


def test_positions_of_four_coordinates_are_refused(tmp_path):
    more = {"place": np.random.default_rng(1).normal(size=(60, 4))}
    targets = {"place": {"array": "place", "kind": "position"}}
    path = showers.dataset(tmp_path, "cartesian", 60, targets=targets, more=more)
    with open_dataset(path) as opened, pytest.raises(TrainingError, match="has 4 coordinates"):
        prepared(opened, targets=["place"])


def test_stations_cannot_become_silent_where_all_always_measure(tmp_path):
    noise = np.random.default_rng(1).normal(size=(60, 9, 9))
    inputs = {"footprint": ["signal", "level"]}
    for layout in ("offset", "axial"):
        folder = tmp_path / layout
        folder.mkdir()
        path = showers.dataset(folder, layout, 60, inputs=inputs, more={"level": noise})
        with open_dataset(path) as opened:
            if layout == "axial":  # all stations find a partner
                prepared(opened, inputs=["footprint"])
                continue
            with pytest.raises(TrainingError, match=r"channel 'level' .* never NaN"):
                prepared(opened, inputs=["footprint"])


def test_positions_of_unequal_shape_are_refused(tmp_path):
    flat = np.zeros((9, 9))
    constants = {"station_x": flat, "station_y": flat.ravel(), "station_z": flat}
    path = showers.dataset(tmp_path, "cartesian", 60, constants=constants)
    with open_dataset(path) as opened, pytest.raises(TrainingError, match="differ in shape"):
        prepared(opened)
