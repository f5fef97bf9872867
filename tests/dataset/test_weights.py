"""Weights of events in data sets: what they are, and that all splits and variations share them."""

import numpy as np
import pytest

from footprint.config.weights import Flatten
from footprint.dataset.build import build_dataset
from footprint.dataset.weights import factors_of
from footprint.errors import DataError
from footprint.files.datasets import SPLITS, open_dataset

from .made_up import arrays, built, config

EDGES = [0.0, 1.0, 2.0, 3.0, 4.0]
CLASSES = ("a", "b")


def falling(count=6000, seed=1, **changes):
    """Two classes with falling spectra of different slope, `b` being twice as frequent."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, count)
    pt = rng.exponential(np.where(kind == 0, 1.0, 2.0))
    return arrays(count, seed, kind=kind, pt=pt) | changes


def settings(**weights):
    given = dict(weights)
    if "flatten" in given:
        given["flatten"] = {"array": "pt", "target": "label", "bins": EDGES} | given["flatten"]
    targets = {"label": {"array": "kind", "classes": {"a": 0, "b": [1, 2]}}}
    return config(
        inputs={"energy": ["energy"]}, targets=targets, spectators=["kind", "pt"], weights=given
    )


def flatten(**changes):
    return Flatten.model_validate({"array": "pt", "target": "label"} | changes)


def spectrum(dataset, split, number):
    """Share of a class's weight in each bin, events beyond the edges in the first and last."""
    chosen = dataset.target(split, "label") == number
    pt = np.clip(dataset.spectators(split)["pt"][chosen], EDGES[0], 0.999 * EDGES[-1])
    filled, _ = np.histogram(pt, EDGES, weights=dataset.weights(split)[chosen].astype(float))
    return filled / filled.sum()


def test_factors_of_two_bins_by_hand():
    # a has 3 and 1 events, flat are 2 and 2; b has them as it should.
    sums, events = np.array([[3.0, 1.0], [2.0, 2.0]]), np.array([4.0, 4.0])
    found = factors_of(sums, events, np.array([1.0, 1.0]), flatten())
    np.testing.assert_allclose(found, [[2 / 3, 2], [1, 1]])
    # A bin three times as wide shall hold three times as much.
    found = factors_of(sums, events, np.array([1.0, 3.0]), flatten())
    np.testing.assert_allclose(found, [[1 / 3, 3], [1 / 2, 3 / 2]])
    # To the spectrum of b, which has twice as many events.
    sums = np.array([[3.0, 1.0], [4.0, 4.0]])
    found = factors_of(sums, np.array([4.0, 8.0]), sums[1], flatten(to="b"))
    np.testing.assert_allclose(found, [[2 / 3, 2], [1, 1]])


def test_empty_bins_take_the_factor_of_the_nearest_and_the_goal_is_scaled_to_the_others():
    sums = np.array([[0.0, 6.0, 2.0, 0.0, 0.0]])
    found = factors_of(sums, np.array([8.0]), np.ones(5), flatten())
    np.testing.assert_allclose(found, [[2 / 3, 2 / 3, 2, 2, 2]])


def test_no_factor_is_above_the_largest_and_the_mean_stays_one(caplog):
    sums = np.array([[96.0, 3.0, 1.0]])
    goal = np.ones(3)
    free = factors_of(sums, np.array([100.0]), goal, flatten(largest=1000))
    np.testing.assert_allclose(free, [[100 / 288, 100 / 9, 100 / 3]])
    assert not caplog.records
    cut = factors_of(sums, np.array([100.0]), goal, flatten(largest=5))
    np.testing.assert_allclose(cut / cut[0, 0], [[1, 14.4, 14.4]])
    assert (cut * sums).sum() == pytest.approx(100)
    assert "2 factors of weights.flatten are above largest = 5" in caplog.text


@pytest.mark.parametrize("to", ["flat", "a", "b"])
@pytest.mark.parametrize("array", [None, "generator"])
def test_all_classes_get_one_spectrum_with_mean_weight_one(tmp_path, write_events, to, array):
    generator = np.random.default_rng(5).uniform(0.1, 3.0, 6000)
    part = write_events(falling(generator=generator))
    wanted = settings(flatten={"to": to}) if array is None else settings(
        array=array, flatten={"to": to}
    )  # fmt: skip
    with open_dataset(built(tmp_path, {"s": [part]}, wanted)) as dataset:
        spectra = [spectrum(dataset, "train", number) for number in (0, 1)]
        np.testing.assert_allclose(spectra[0], spectra[1], rtol=1e-4)
        if to == "flat":
            np.testing.assert_allclose(spectra[0], 0.25, rtol=1e-4)
        label, weight = dataset.target("train", "label"), dataset.weights("train")
        for number in (0, 1):
            assert weight[label == number].mean(dtype=float) == pytest.approx(1, rel=1e-5)
        if array is None and to in CLASSES:
            np.testing.assert_allclose(weight[label == CLASSES.index(to)], 1, rtol=1e-6)
        # The other splits are as flat as their numbers of events allow.
        for number in (0, 1):
            found = spectrum(dataset, "test", number)
            np.testing.assert_allclose(found, spectra[number], atol=0.06)
            assert np.abs(found - spectra[number]).max() > 1e-4


def test_factors_come_from_the_training_split_alone(tmp_path, write_events):
    values = falling()
    parts = {"s": [write_events(values)]}
    path = built(tmp_path, parts, settings(flatten={}))
    with open_dataset(path) as dataset:
        held = np.concatenate([dataset.event_id(split) for split in SPLITS[1:]])
        before = dataset.weighting.flattening.factors
    rows = (held & np.uint64(2**32 - 1)).astype(int)
    values["pt"][rows] = 3.5
    parts = {"s": [write_events(values, name="changed.h5")]}
    with open_dataset(built(tmp_path, parts, settings(flatten={}), name="e")) as dataset:
        np.testing.assert_array_equal(dataset.weighting.flattening.factors, before)
        numbers = dataset.target("test", "label")
        np.testing.assert_allclose(dataset.weights("test"), before[numbers, 3], rtol=1e-6)


def test_events_beyond_the_edges_count_to_the_outermost_bins(tmp_path, write_events):
    pt = np.repeat([-5.0, 0.5, 1.5, 99.0], 200)
    part = write_events(arrays(800, kind=np.tile([0, 1], 400), pt=pt))
    wanted = settings(flatten={"bins": [0.0, 1.0, 2.0]})
    with open_dataset(built(tmp_path, {"s": [part]}, wanted)) as dataset:
        values, weight = dataset.spectators("train")["pt"], dataset.weights("train")
        label = dataset.target("train", "label")
        for number in (0, 1):
            low, high = (weight[(label == number) & side] for side in (values < 1, values > 1))
            assert low.sum(dtype=float) == pytest.approx(high.sum(dtype=float), rel=1e-5)


def test_a_number_of_bins_spans_the_training_values(tmp_path, write_events):
    part = write_events(falling())
    with open_dataset(built(tmp_path, {"s": [part]}, settings(flatten={"bins": 7}))) as dataset:
        values = dataset.spectators("train")["pt"]
        edges = dataset.weighting.flattening.edges
    np.testing.assert_allclose(edges, np.linspace(values.min(), values.max(), 8))


def test_weights_of_the_events_are_divided_by_their_training_mean(tmp_path, write_events):
    part = write_events(falling(generator=np.arange(6000.0)))
    with open_dataset(built(tmp_path, {"s": [part]}, settings(array="generator"))) as dataset:
        indices = {
            split: (dataset.event_id(split) & np.uint64(2**32 - 1)).astype(float)
            for split in SPLITS
        }
        mean = indices["train"].mean()
        assert dataset.weighting.scale == pytest.approx(mean)
        for split in SPLITS:
            np.testing.assert_allclose(dataset.weights(split), indices[split] / mean, rtol=1e-6)
        np.testing.assert_array_equal(
            dataset.weights("train", slice(3, 9)), dataset.weights("train")[3:9]
        )


def test_without_weights_there_are_none(tmp_path, write_events):
    with open_dataset(built(tmp_path, {"s": [write_events(falling())]})) as dataset:
        assert dataset.weights("train") is None
        assert dataset.weighting is None
        assert "weight" not in dataset.file["train"]


def test_variations_are_weighted_as_the_nominal_data_set(tmp_path, write_events):
    wanted = settings(flatten={}, array="generator")
    nominal = built(
        tmp_path, {"s": [write_events(falling(generator=np.full(6000, 4.0)))]}, wanted
    )  # fmt: skip
    other = falling(seed=2, generator=np.full(6000, 8.0), pt=np.full(6000, 1.5))
    varied = tmp_path / "varied.h5"
    build_dataset(varied, "d", wanted, {"s": [write_events(other, name="o.h5")]}, nominal)
    with open_dataset(nominal) as one, open_dataset(varied) as two:
        factors = one.weighting.flattening.factors
        np.testing.assert_array_equal(two.weighting.flattening.factors, factors)
        found = two.weights("test")
        np.testing.assert_allclose(found, 2 * factors[two.target("test", "label"), 1], rtol=1e-6)
        assert len(two.weights("train")) == 0


def test_values_that_cannot_be_weighted_are_refused(tmp_path, write_events):
    def refusal(wanted, **changes):
        part = write_events(falling(**changes), name="refused.h5")
        with pytest.raises(DataError) as caught:
            built(tmp_path, {"s": [part]}, wanted)
        return str(caught.value)

    flat = settings(flatten={})
    pt = np.full(6000, 0.5)
    pt[7] = np.nan
    assert "weights.flatten.array: 1 values of 'pt' in one block are not finite" in refusal(
        flat, pt=pt
    )
    assert "pt' has shape (2,) an event, expected one value" in refusal(flat, pt=np.ones((6000, 2)))
    generator = np.ones(6000)
    generator[[5, 8]] = -1.0
    words = refusal(settings(array="generator"), generator=generator)
    assert "weights.array: 2 values of 'generator' in one block are negative" in words
    words = refusal(settings(array="generator"), generator=np.zeros(6000))
    assert "all training weights 'generator' are 0" in words
    words = refusal(settings(flatten={"bins": 5}), pt=np.ones(6000))
    assert "'pt' is 1 in all training events: there is no spectrum to flatten" in words
    kind = np.tile([0, 1], 3000)
    words = refusal(settings(flatten={"to": "b"}), kind=kind, pt=0.5 + 2.0 * kind)
    assert "class a has no training event in the bins of 'pt' where b has some" in words
