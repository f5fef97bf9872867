"""Moves and mixtures of the images of data sets, trainings with them, predictions over flips."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import shift

from footprint.config.experiments import Experiment
from footprint.errors import TrainingError
from footprint.files.datasets import open_dataset
from footprint.training.augment import augmentation_of
from footprint.training.feeding import Batch
from footprint.training.goals import goals_of
from footprint.training.image_augment import mixed
from footprint.training.image_moves import drawn
from footprint.training.image_values import Values
from tests.dataset.made_up import arrays, built, config

ROWS, COLUMNS = 6, 5
LOG = "log10(1 + x)"
PLAIN = {"array": "image", "transform": LOG}
TIME = {"array": "time", "mask": True}
INPUTS = {
    "plain": [PLAIN],
    "pixelwise": [{**PLAIN, "per": "pixel"}],
    "masked": [PLAIN, TIME],
    "masked_pixelwise": [{**TIME, "per": "pixel"}],
    "whitened": {"channels": [PLAIN, TIME], "whiten": {"method": "zca", "epsilon": 0.01}},
    "numbers": ["features"],
    "traces": ["traces"],
}
TARGETS = {
    "label": {"array": "kind", "classes": {"a": 0, "b": [1, 2]}},
    "energy": {"array": "energy"},
    "axis": {"array": "axis", "kind": "direction"},
    "core": {"array": "core", "kind": "position"},
}


def events(count=300):
    rng = np.random.default_rng(4)
    time = rng.normal(100.0, 20.0, (count, ROWS, COLUMNS))
    time[rng.random(time.shape) < 0.3] = np.nan
    image = rng.integers(0, 256, (count, ROWS, COLUMNS)).astype(np.uint8)
    axis = rng.normal(size=(count, 3))
    return arrays(
        count, image=image, time=time, features=rng.normal(size=count), core=axis[:, :2],
        traces=rng.normal(size=(count, ROWS, COLUMNS, 3)),
        axis=axis / np.linalg.norm(axis, axis=1, keepdims=True),
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    from footprint.files.events import EventWriter
    from footprint.files.hdf5 import ArraySpec
    from footprint.seeds import event_ids

    folder = tmp_path_factory.mktemp("images")
    part, of_all = folder / "s.h5", events()
    specs = [ArraySpec(name, "", name) for name in of_all]
    with EventWriter(part, specs, sample="s", config="{}", seed=1) as writer:
        writer.append({"event_id": event_ids("s", 0, 300), **of_all})
    return built(folder, {"s": [part]}, config(inputs=INPUTS, targets=TARGETS))


def experiment(inputs=("plain",), targets=("label",), augment=None, **training):
    if augment is not None:
        augment = {"method": "images", **augment}
    return Experiment.model_validate(
        {"dataset": "d", "targets": list(targets), "inputs": list(inputs),
         "model": {"layers": ["Flatten", {"Dense": 6}, {"Dropout": 0.2}]},
         "training": {"epochs": 2, "batch_size": 32, "augment": augment, **training}}
    )  # fmt: skip


def prepared(opened, settings):
    goals = goals_of(opened, settings)
    names = list(settings.inputs)
    augment = settings.training.augment
    return augmentation_of(opened, augment, goals, names), goals


def epoch_of(opened, settings, size=64, seed=1, epoch=0):
    """All events of an epoch in the order of the file, and their draws."""
    from footprint.training.fit import _examples

    augmentation, goals = prepared(opened, settings)
    names = list(settings.inputs)
    examples = _examples(opened, "train", names, goals, settings.training)
    order = np.random.default_rng(1).permutation(len(examples.rows))
    batches = list(augmentation.epoch(examples, order, size, seed, epoch))
    back = np.argsort(order)
    kinds = ("inputs", "targets")
    found = {
        name: np.concatenate([getattr(batch, kind)[name] for batch in batches])[back]
        for kind in kinds
        for name in getattr(batches[0], kind)
    }
    window = examples.rows.window
    return found, drawn(settings.training.augment, seed, epoch, len(order), window)


def physical(opened):
    """Transformed image and time of the training events, before any normalisation."""
    of_all = events()
    rows = (opened.event_id("train") & np.uint64(0xFFFFFFFF)).astype(int)
    return np.log10(1.0 + of_all["image"][rows]), of_all["time"][rows]


def shifted(values, draws, most=1, mode="constant", cval=0.0):
    steps = np.floor(draws.shift * (2 * most + 1)) - most
    flipped = [np.flip(v, np.flatnonzero(f)) for v, f in zip(values, draws.flip, strict=True)]
    return np.stack(
        [shift(v, s, order=0, mode=mode, cval=cval) for v, s in zip(flipped, steps, strict=True)]
    )


def normalised(opened, name, *channels):
    values = opened.normalisation(name).apply(np.stack(channels, axis=-1))
    return np.nan_to_num(values, nan=0.0)


@pytest.mark.parametrize("name", ["plain", "pixelwise"])
@pytest.mark.parametrize("padding", [None, "reflect", "missing"])
def test_moved_events_are_normalised_as_if_they_had_been_measured_so(path, name, padding):
    settings = experiment([name], augment={"flip": "both", "shift": 1, "padding": padding})
    with open_dataset(path) as opened:
        found, draws = epoch_of(opened, settings)
        image, _ = physical(opened)
        mode = "mirror" if padding == "reflect" else "constant"
        cval = np.nan if padding == "missing" else 0.0
        expected = normalised(opened, name, shifted(image, draws, mode=mode, cval=cval))
        still = opened.inputs("train", [name], slice(None))[name]
    np.testing.assert_allclose(found[name], expected, atol=2e-5)
    assert found[name].dtype == np.float32
    assert np.mean(np.abs(found[name] - still) > 0.1) > 0.5


@pytest.mark.parametrize("name", ["masked", "masked_pixelwise", "whitened"])
def test_masks_move_along_and_what_comes_in_was_not_measured(path, name):
    settings = experiment([name], augment={"flip": "left_right", "crop": 1})
    with open_dataset(path) as opened:
        found, draws = epoch_of(opened, settings)
        image, time = (shifted(values, draws, cval=np.nan) for values in physical(opened))
        mask = (~np.isnan(time)).astype(float)
        channels = [time, mask] if name == "masked_pixelwise" else [image, time, mask]
        expected = normalised(opened, name, *channels)
    # Whitened pixels without a mask lose what was missing before; there is none here.
    np.testing.assert_allclose(found[name], expected, atol=2e-4)
    np.testing.assert_array_equal(found[name][..., -1], mask)


def test_padding_zero_counts_as_measured_and_cut_out_empties(path):
    settings = experiment(["masked", "plain", "traces", "numbers"],
                          augment={"cut_out": 2, "padding": "zero"})  # fmt: skip
    with open_dataset(path) as opened:
        found, _ = epoch_of(opened, settings)
        still = opened.inputs("train", list(settings.inputs), slice(None))
        zero = normalised(opened, "masked", np.zeros(1), np.zeros(1), np.ones(1)).ravel()
        nothing = opened.normalisation("traces").apply(np.zeros(1)).ravel()
    cut = (found["plain"] != still["plain"]).any(axis=-1)
    assert cut.sum(axis=(1, 2)).max() == 4
    changed = (found["masked"] != still["masked"]).any(axis=-1)
    assert changed.sum() >= cut.sum()
    np.testing.assert_allclose(found["masked"][cut], np.tile(zero, (cut.sum(), 1)), rtol=1e-5)
    np.testing.assert_allclose(found["traces"][cut].ravel(), nothing[0], rtol=1e-4)
    np.testing.assert_array_equal(found["numbers"], still["numbers"])


def test_what_is_the_same_for_all_events_stays():
    values = Values(np.zeros(2, np.float32), np.array([1]), None, ())
    before = np.arange(8.0).reshape(1, 2, 2, 2)
    after = values.restored(np.zeros_like(before), before, before.shape)
    np.testing.assert_array_equal(after[..., 1], before[..., 1])
    assert not after[..., 0].any()


def test_batches_of_any_size_and_from_disk_hold_the_same_events(path, monkeypatch):
    from footprint.training import feeding

    everything = {"flip": "both", "shift": 0.2, "cut_out": 2, "mixup": 0.4}
    with open_dataset(path) as opened:
        parts = []
        monkeypatch.setattr(feeding, "WINDOW", 200)  # more than there are
        for size, memory in ((7, 1000.0), (64, 1000.0), (64, 1e-6)):
            settings = experiment(
                ["plain", "numbers"], ["label", "energy"], everything, memory_MB=memory
            )
            parts.append(epoch_of(opened, settings, size)[0])
        other = epoch_of(opened, settings, epoch=1)[0]
    for name, values in parts[0].items():
        for part in parts[1:]:
            np.testing.assert_array_equal(part[name], values)
        assert not np.array_equal(other[name], values)


def test_mixtures_of_inputs_and_targets(path):
    settings = experiment(["plain", "numbers"], ["label", "energy"], {"mixup": 1.0})
    with open_dataset(path) as opened:
        found, draws = epoch_of(opened, settings)
        still = opened.inputs("train", list(settings.inputs), slice(None))
        label = opened.target("train", "label")
        energy = opened.normalisation("energy").apply(opened.target("train", "energy"))
    share, partner = draws.share, draws.partner
    assert share.std() > 0.2
    for name, values in still.items():
        s = share.reshape(-1, *(1,) * (values.ndim - 1))
        np.testing.assert_allclose(found[name], s * values + (1 - s) * values[partner], atol=1e-5)
    of_b = share * (label == 1) + (1 - share) * (label[partner] == 1)
    np.testing.assert_allclose(found["label"], np.stack([1 - of_b, of_b], axis=1), atol=1e-6)
    np.testing.assert_allclose(
        found["energy"][:, 0], share * energy + (1 - share) * energy[partner], atol=1e-5
    )
    # Expectations stay: each event is as often a partner as it has one, with the other share.
    assert found["label"][:, 1].mean() == pytest.approx(np.mean(label == 1), abs=0.05)
    assert found["energy"].mean() == pytest.approx(energy.mean(), abs=0.1)


def test_weights_are_mixed_like_targets():
    def batch(weight):
        ones = np.ones((2, 3), np.float32)
        return Batch({"x": ones}, {"y": ones}, {"y": np.full(2, weight, np.float32)})

    share = np.array([0.25, 1.0])
    found = mixed(batch(2.0), batch(6.0), share)
    np.testing.assert_allclose(found.weights["y"], [5.0, 2.0])
    assert mixed(Batch({}, {}, None), Batch({}, {}, None), share).weights is None


def test_a_mixture_has_the_weighted_loss_of_both():
    """Crossentropy and squares, up to what does not depend on the network's answer."""
    rng = np.random.default_rng(2)
    share, (one, two) = rng.random(5), rng.random((2, 5)) * [[1.0], [9.0]]
    one[0] = two[0] = 0.0  # counts for nothing, and stays a number

    def batch(number, weight):
        targets = {"class": np.eye(3)[np.full(5, number)], "value": np.full((5, 1), number + 1.0)}
        weights = dict.fromkeys(targets, weight)
        return Batch({"x": np.full((5, 2), number)}, targets, weights)

    found = mixed(batch(0, one), batch(2, two), share)
    said = np.array([0.2, 0.3, 0.5])
    loss = found.weights["class"] * -(found.targets["class"] @ np.log(said))
    expected = -(share * one * np.log(0.2) + (1 - share) * two * np.log(0.5))
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    slope = found.weights["value"] * (0.5 - found.targets["value"][:, 0])
    expected = share * one * (0.5 - 1) + (1 - share) * two * (0.5 - 3)
    np.testing.assert_allclose(slope, expected, rtol=1e-5)
    np.testing.assert_allclose(found.inputs["x"][:, 0], 2 * (1 - share), rtol=1e-5)


def test_soft_classes_have_the_loss_of_hard_ones(path):
    """Where no event is mixed, in the validation split, nothing is different."""
    from footprint.training.fit import _examples, compiled

    logs = []
    with open_dataset(path) as opened:
        for augment in ({"flip": "both"}, {"flip": "both", "mixup": 0.2}):
            settings = experiment(augment=augment)
            goals = goals_of(opened, settings)
            network = compiled(opened, settings, goals, ["plain"], 3)
            examples = _examples(opened, "validation", ["plain"], goals, settings.training)
            batch = examples.batch(np.arange(len(examples.rows)))
            logs.append(network.test_on_batch(batch.inputs, batch.targets, return_dict=True))
    assert goals[0].keras_loss == "categorical_crossentropy"
    for name, value in logs[0].items():
        assert logs[1][name] == pytest.approx(value, rel=1e-5)


def test_a_killed_training_goes_on_to_the_same_weights(path, tmp_path, monkeypatch):
    from footprint.training import fit as module

    everything = {"flip": "both", "shift": 1, "cut_out": 2, "mixup": 0.4}
    settings = experiment(["plain"], ["label", "energy"], everything)
    save = module.save_checkpoint

    def dying(*arguments):
        save(*arguments)
        raise KeyboardInterrupt

    def weights():
        found = module.fit(opened, settings, 1, tmp_path / "cut.h5").network.get_weights()
        return [values.tobytes() for values in found]

    with open_dataset(path) as opened:
        whole = module.fit(opened, settings, 1, tmp_path / "whole.h5").network.get_weights()
        monkeypatch.setattr(module, "save_checkpoint", dying)
        with pytest.raises(KeyboardInterrupt):
            weights()
        monkeypatch.setattr(module, "save_checkpoint", save)
        assert weights() == [values.tobytes() for values in whole]


def test_averaged_predictions_are_the_same_for_all_flips(path):
    from footprint.training.fit import compiled

    augment = {"flip": "both", "shift": 2, "cut_out": 2, "average_predictions": True}
    settings = experiment(augment=augment)
    with open_dataset(path) as opened:
        augmentation, goals = prepared(opened, settings)
        network = compiled(opened, settings, goals, list(settings.inputs), 5)
        inputs = opened.inputs("test", list(settings.inputs), slice(None))

    def averaged(plain):
        return augmentation.averaged(network.predict_on_batch, {"plain": plain})["label"]

    before = averaged(inputs["plain"])
    for axes in (1, 2, (1, 2)):
        np.testing.assert_allclose(averaged(np.flip(inputs["plain"], axes)), before, atol=1e-6)
    raw = [
        network.predict_on_batch({"plain": np.flip(inputs["plain"], axes)})["label"]
        for axes in ((), 1, 2, (1, 2))
    ]
    np.testing.assert_allclose(before, np.mean(raw, axis=0), atol=1e-6)
    assert np.abs(raw[0] - before).max() > 1e-2


def test_averaged_over_shifts(path):
    """Nine images padded and cut by hand, of whose flips each prediction is a mean, too."""
    from footprint.training.fit import compiled

    augment = {"shift": 1, "average_shifts": True, "flip": "up_down", "average_predictions": True}
    settings = experiment(augment=augment)
    with open_dataset(path) as opened:
        augmentation, goals = prepared(opened, settings)
        network = compiled(opened, settings, goals, list(settings.inputs), 5)
        images = opened.inputs("test", ["plain"], slice(None))["plain"]
    rows, columns = images.shape[1:3]
    edge = (0, 0), (1, 1), (1, 1), (0, 0)
    framed = np.pad(images, edge, constant_values=augmentation.images["plain"].empty.item())
    cuts = [framed[:, i : i + rows, j : j + columns] for i, j in np.ndindex(3, 3)]
    answers = [network.predict_on_batch({"plain": cut})["label"] for cut in cuts]
    shifts = augmentation.config.model_copy(update={"flip": None, "average_predictions": False})
    alone = replace(augmentation, config=shifts)
    found = alone.averaged(network.predict_on_batch, {"plain": images})["label"]
    np.testing.assert_allclose(found, np.mean(answers, axis=0), atol=1e-6)
    asked = []

    def counting(inputs):
        asked.append(len(inputs["plain"]))
        return network.predict_on_batch(inputs)

    both = augmentation.averaged(counting, {"plain": images})["label"]
    assert asked == [len(images)] * 18
    assert np.abs(both - found).max() > 1e-4


@pytest.mark.parametrize(
    ("inputs", "targets", "augment", "words"),
    [
        (["numbers"], ["label"], {"flip": "both"}, r"no input of .* has rows, columns"),
        (["numbers", "plain"], ["label"], {"flip": "both", "inputs": ["numbers"]},
         r"input 'numbers' of shape \(1,\): expected rows, columns"),
        (["plain"], ["label"], {"flip": "both", "inputs": ["plan"]}, "did you mean 'plain'"),
        (["plain"], ["label"], {"cut_out": 6}, "cut_out 6 is larger than the image of 6 x 5"),
        (["plain"], ["label"], {"shift": 5}, "shift 5 is 5 of 5 pixels, expected at least 1"),
        (["plain"], ["label"], {"crop": 7}, "crop 7 is 7 of 6 pixels"),
        (["plain"], ["label"], {"shift": 0.05}, "shift 0.05 is 0 of 6 pixels"),
        (["plain"], ["axis"], {"flip": "both"}, "augment.flip: target 'axis' is a direction"),
        (["plain"], ["core"], {"crop": 1}, "augment.crop: target 'core' is a position"),
    ],
)  # fmt: skip
def test_refusals(path, inputs, targets, augment, words):
    with open_dataset(path) as opened, pytest.raises(TrainingError, match=words):
        prepared(opened, experiment(inputs, targets, augment))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ([{"array": "image", "transform": "log10(x + 0)"}], "would be -inf after log10"),
        ([{"array": "corner", "per": "pixel"}], "become up to .* as large by moving.*per: channel"),
        ({"channels": ["corner"], "whiten": {"epsilon": 1e-9}}, "raise whiten.epsilon"),
    ],
)
def test_refusals_of_values(tmp_path, write_events, entry, words):
    of_all = events()
    of_all["image"] = of_all["image"] + np.uint8(1) // 2 + 1.0
    corner = of_all["image"].copy()
    corner[:, 0, 0] = 1e-3 * corner[:, 0, 0]
    part = write_events({**of_all, "corner": corner})
    path = built(tmp_path, {"s": [part]}, config(inputs={"x": entry}, targets=TARGETS))
    with open_dataset(path) as opened, pytest.raises(TrainingError, match=words):
        prepared(opened, experiment(["x"], augment={"shift": 1}))
