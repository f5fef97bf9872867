import time
from itertools import pairwise

import numpy as np
import pytest

from footprint.dataset import source as source_module
from footprint.dataset.build import build_dataset
from footprint.errors import ConfigError, DataError
from footprint.files.datasets import SPLITS, open_dataset
from footprint.files.events import EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids
from tests.dataset.made_up import arrays, built, config


def test_every_event_is_in_exactly_one_split_with_its_own_values(tmp_path, write_events):
    data = arrays()
    path = built(tmp_path, {"s": [write_events(data)]})
    seen = []
    with open_dataset(path) as dataset:
        norm = dataset.normalisation("image")
        for split in SPLITS:
            ids = dataset.event_id(split)
            rows = (ids & np.uint64(0xFFFFFFFF)).astype(int)
            seen += rows.tolist()
            inputs = dataset.inputs(split, ["image"], slice(None))["image"]
            back = norm.invert(inputs.astype(float))
            np.testing.assert_allclose(back[..., 0], data["image"][rows], atol=1e-4)
            np.testing.assert_array_equal(inputs[..., 2], ~np.isnan(data["time"][rows]))
            measured = inputs[..., 2] == 1
            np.testing.assert_allclose(
                back[..., 1][measured], data["time"][rows][measured], atol=1e-3
            )
            assert np.all(inputs[..., 1][~measured] == 0)
            np.testing.assert_array_equal(dataset.target(split, "label"), data["kind"][rows] > 0)
            np.testing.assert_allclose(dataset.target(split, "energy"), data["energy"][rows], 1e-6)
            np.testing.assert_array_equal(dataset.spectators(split)["kind"], data["kind"][rows])
    assert sorted(seen) == list(range(300))


def test_statistics_are_those_of_the_training_split_alone(tmp_path, write_events):
    data = arrays()
    path = built(tmp_path, {"s": [write_events(data)]})
    with open_dataset(path) as dataset:
        rows = (dataset.event_id("train") & np.uint64(0xFFFFFFFF)).astype(int)
        norm = dataset.normalisation("image")
        image, time = (data[name][rows].astype(np.float32) for name in ("image", "time"))
        np.testing.assert_allclose(norm.shift.ravel(), [image.mean(), np.nanmean(time), 0], 1e-5)
        np.testing.assert_allclose(norm.scale.ravel(), [image.std(), np.nanstd(time), 1], 1e-5)
        energy = dataset.normalisation("energy")
        assert energy.shift == pytest.approx(data["energy"][rows].mean(), rel=1e-6)
        assert energy.scale == pytest.approx(data["energy"][rows].std(), rel=1e-6)


def test_changing_test_events_does_not_change_the_statistics(tmp_path, write_events):
    data = arrays()
    first = built(tmp_path, {"s": [write_events(data)]}, name="first")
    with open_dataset(first) as dataset:
        rows = (dataset.event_id("test") & np.uint64(0xFFFFFFFF)).astype(int)
    changed = {**data, "image": data["image"].copy()}
    changed["image"][rows] += 1000.0
    second = built(tmp_path, {"s": [write_events(changed, name="x.h5")]}, name="second")
    with open_dataset(first) as one, open_dataset(second) as two:
        np.testing.assert_array_equal(
            one.normalisation("image").shift, two.normalisation("image").shift
        )


def test_adding_events_never_moves_one_to_another_split(tmp_path, write_events):
    data = arrays(500)
    few = {name: values[:200] for name, values in data.items()}
    small = built(tmp_path, {"s": [write_events(few, name="few.h5")]}, name="small")
    large = built(tmp_path, {"s": [write_events(data, name="all.h5")]}, name="large")
    with open_dataset(small) as one, open_dataset(large) as two:
        for split in SPLITS:
            assert set(one.event_id(split).tolist()) <= set(two.event_id(split).tolist())


def test_a_selection_does_not_move_events_either(tmp_path, write_events):
    part = write_events(arrays())
    full = built(tmp_path, {"s": [part]}, name="full")
    cut = built(tmp_path, {"s": [part]}, config(selection="energy > 30"), name="cut")
    with open_dataset(full) as one, open_dataset(cut) as two:
        for split in SPLITS:
            kept = one.event_id(split)[one.target(split, "energy") > 30]
            assert kept.tolist() == two.event_id(split).tolist()


def test_shares_are_as_asked(tmp_path, write_events):
    part = write_events(
        arrays(
            20_000,
            image=np.random.default_rng(0).random((20_000, 1, 1)),
            time=np.random.default_rng(1).random((20_000, 1, 1)),
        )
    )
    with open_dataset(built(tmp_path, {"s": [part]})) as dataset:
        found = [dataset.length(split) for split in SPLITS]
    np.testing.assert_allclose(np.array(found) / 20_000, [0.6, 0.2, 0.2], atol=0.012)


def test_bytes_do_not_depend_on_parts_nor_on_the_order_of_work(tmp_path, write_events):
    data = arrays(400)
    whole = built(tmp_path, {"s": [write_events(data, name="whole.h5")]}, name="whole_d")
    cuts = [0, 7, 130, 131, 400]
    parts = [
        write_events({k: v[a:b] for k, v in data.items()}, first=a, name=f"{a}.h5")
        for a, b in pairwise(cuts)
    ]
    time.sleep(1.1)  # HDF5 keeps times in seconds, where it is let
    again = built(tmp_path, {"s": parts}, name="parts_d")
    assert whole.read_bytes() == again.read_bytes()


def test_many_buckets_give_the_same_rows_in_the_same_order(tmp_path, write_events, monkeypatch):
    part = write_events(arrays(600))
    one = built(tmp_path, {"s": [part]}, name="one")
    monkeypatch.setattr(source_module, "BUCKET_BYTES", 10_000)
    many = built(tmp_path, {"s": [part]}, name="many")
    with open_dataset(one) as a, open_dataset(many) as b:
        for split in SPLITS:
            np.testing.assert_array_equal(a.event_id(split), b.event_id(split))
            np.testing.assert_allclose(
                a.array(split, "inputs", "image")[:],
                b.array(split, "inputs", "image")[:],
                atol=1e-5,
            )


def test_samples_are_shuffled_together_and_may_be_the_classes(tmp_path, write_events):
    parts = {
        "signal": [write_events(arrays(300, 1), sample="signal")],
        "background": [write_events(arrays(300, 2), sample="background")],
    }
    settings = config(
        samples=["signal", "background"],
        targets={
            "y": {"array": "sample", "classes": {"signal": "signal", "background": "background"}}
        },
    )
    with open_dataset(built(tmp_path, parts, settings)) as dataset:
        label = dataset.target("train", "y")
        assert dataset.classes("y") == ["signal", "background"]
    # Runs of equal labels in a random order: about half as many as events.
    runs = np.count_nonzero(np.diff(label)) + 1
    assert abs(runs / len(label) - 0.5) < 0.12


def test_transform_range_pixel_and_log_target(tmp_path, write_events):
    data = arrays(image=np.abs(arrays()["image"]))
    settings = config(
        inputs={
            "image": [{"array": "image", "transform": "log10(1 + x)", "normalise": "range"}],
            "pixels": [{"array": "time", "per": "pixel"}],
        },
        targets={"energy": {"array": "energy", "log": True}},
    )
    with open_dataset(built(tmp_path, {"s": [write_events(data)]}, settings)) as dataset:
        image = dataset.array("train", "inputs", "image")[:]
        assert image.min() == pytest.approx(0.0, abs=1e-6)
        assert image.max() == pytest.approx(1.0, abs=1e-6)
        assert dataset.normalisation("pixels").shift.shape == (4, 5, 1)
        assert dataset.is_log("energy")
        rows = (dataset.event_id("train") & np.uint64(0xFFFFFFFF)).astype(int)
        logs = np.log10(data["energy"][rows])
        assert dataset.normalisation("energy").shift == pytest.approx(logs.mean(), rel=1e-6)


def test_pixels_that_never_change_stay_zero(tmp_path, write_events):
    data = arrays()
    data["image"][:, 0, 0] = 7.0
    settings = config(inputs={"image": [{"array": "image", "per": "pixel"}]})
    with open_dataset(built(tmp_path, {"s": [write_events(data)]}, settings)) as dataset:
        image = dataset.array("train", "inputs", "image")[:]
        assert np.all(image[:, 0, 0] == 0)
        assert np.all(np.isfinite(image))


def test_rows_that_belong_together_go_into_one_split(tmp_path, write_events):
    rng = np.random.default_rng(4)
    collision = rng.integers(-5, 60, 300)
    part = write_events(arrays() | {"collision": collision})
    split = {"train": 0.6, "validation": 0.2, "test": 0.2, "together": "collision"}
    settings = config(split=split, spectators=["collision"])
    with open_dataset(built(tmp_path, {"s": [part]}, settings)) as dataset:
        found = [set(dataset.spectators(s)["collision"].tolist()) for s in SPLITS]
    assert set.union(*found) == set(collision.tolist())
    assert sum(map(len, found)) == len(set(collision.tolist()))
    with pytest.raises(ConfigError, match=r"split\.together names 'energy', which holds float32"):
        built(tmp_path, {"s": [part]}, config(split=split | {"together": "energy"}))


def test_classes_of_fractions_are_found_in_single_precision(tmp_path, write_events):
    part = write_events(arrays() | {"share": np.tile([0.1, 0.3], 150)})
    settings = config(targets={"y": {"array": "share", "classes": {"low": 0.1, "high": 0.3}}})
    with open_dataset(built(tmp_path, {"s": [part]}, settings)) as dataset:
        assert set(dataset.target("train", "y").tolist()) == {0, 1}
    settings = config(targets={"y": {"array": "kind", "classes": {"a": 0.5, "b": [0, 1, 2]}}})
    with pytest.raises(DataError, match=r"class values \[0.5\] cannot occur in 'kind'"):
        built(tmp_path, {"s": [part]}, settings)


def test_integers_do_not_overflow_in_a_selection(tmp_path, write_events):
    part = write_events(arrays() | {"big": np.full(300, 2_000_000_000, dtype=np.int32)})
    settings = config(selection="(big * 2 > 0) & (energy > 30)")
    with open_dataset(built(tmp_path, {"s": [part]}, settings)) as dataset:
        assert dataset.length("train") > 50


def test_large_spectators_do_not_grow_the_blocks(write_events):
    part = write_events(arrays() | {"trace": np.zeros((300, 64, 64))})
    settings = config(spectators=["trace"])
    source = source_module.inspected("d", settings, {"s": [part]})
    assert source.row_bytes > 8 * 64 * 64
    assert source.block * source.row_bytes <= source_module.BLOCK_BYTES


def with_constant(tmp_path, name, value):
    constant = (ArraySpec("position", "m", "where"), np.full((4, 5), value))
    path = tmp_path / name
    data = arrays()
    specs = [ArraySpec(key, "", key) for key in data]
    with EventWriter(path, specs, sample="s", config="{}", seed=1, constants=[constant]) as file:
        file.append({"event_id": event_ids("s", 0, 300), **data})
    return path


def test_constants_go_along_and_may_be_channels(tmp_path):
    path = with_constant(tmp_path, "a.h5", 2.5)
    position = {"array": "position", "normalise": "none"}
    settings = config(inputs={"image": {"channels": ["image", position]}})
    with open_dataset(built(tmp_path, {"s": [path]}, settings)) as dataset:
        assert np.all(dataset.constants["position"] == 2.5)
        channel = dataset.inputs("test", ["image"], slice(None))["image"][..., 1]
        assert channel.shape[1:] == (4, 5)
        assert np.all(channel == 2.5)


def test_samples_of_different_constants_are_refused(tmp_path):
    paths = [with_constant(tmp_path, f"{value}.h5", value) for value in (1.0, 2.0)]
    with pytest.raises(ConfigError, match=r"'position' has one value in .*1\.0\.h5"):
        built(tmp_path, {"s": [paths[1], paths[0]]})


def test_a_data_set_like_another_has_its_normalisation_and_only_test_events(tmp_path, write_events):
    first = built(tmp_path, {"s": [write_events(arrays(), name="a.h5")]})
    data = arrays(80, seed=5)
    data["kind"][:] = 1  # one class is missing, and the values are far from those of the first
    data["image"] += 100
    part = write_events(data, first=1000, name="b.h5")
    second = tmp_path / "like.h5"
    build_dataset(second, "d", config(), {"s": [part]}, like=first)
    with open_dataset(first) as one, open_dataset(second) as two:
        assert [two.length(split) for split in SPLITS] == [0, 0, 80]
        norm = one.normalisation("image")
        np.testing.assert_array_equal(two.normalisation("image").shift, norm.shift)
        rows = (two.event_id("test") & np.uint64(0xFFFFFFFF)).astype(int) - 1000
        back = norm.invert(two.inputs("test", ["image"], slice(None))["image"].astype(float))
        np.testing.assert_allclose(back[..., 0], data["image"][rows], rtol=1e-4)
        assert two.spec("targets", "energy") == one.spec("targets", "energy")
        assert two.classes("label") == ["a", "b"]
        assert two.channels("image") == ("image", "time", "mask of time")
