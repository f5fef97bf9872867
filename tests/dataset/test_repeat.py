"""Training events repeated until a spectrum is flat."""

import h5py
import numpy as np
import pytest

from footprint.files.datasets import open_dataset

from .made_up import built
from .test_weights import falling, settings, spectrum

RESAMPLE = {"method": "resample"}


@pytest.fixture
def resampled(tmp_path, write_events):
    part = write_events(falling())
    return built(tmp_path, {"s": [part]}, settings(flatten=RESAMPLE))


def test_rare_events_are_repeated_up_to_the_fullest_bin(resampled):
    with open_dataset(resampled) as dataset:
        flattening = dataset.weighting.flattening
        ids, label = dataset.event_id("train"), dataset.target("train", "label")
        bins = flattening.bins(dataset.spectators("train")["pt"])
        np.testing.assert_array_equal(dataset.weights("train"), 1)
        distinct, first, copies = np.unique(ids, return_index=True, return_counts=True)
        assert len(distinct) < len(ids)
        means = flattening.copies()
        for number in (0, 1):
            single = np.array(
                [np.count_nonzero((label[first] == number) & (bins[first] == b)) for b in range(4)]
            )
            filled = np.bincount(bins[label == number], minlength=4)
            np.testing.assert_allclose(means[number], single.max() / single)
            # Copies are rounded up or down event by event: within 4 sd of the fullest bin.
            assert np.abs(filled - single.max()).max() < 4 * 0.5 * single.max() ** 0.5
        mean = means[label[first], bins[first]]
        assert np.all((copies == np.floor(mean)) | (copies == np.ceil(mean)))
        assert np.all(copies[mean == 1] == 1)


def test_copies_lie_apart(resampled):
    with open_dataset(resampled) as dataset:
        ids = dataset.event_id("train")
    _, number, copies = np.unique(ids, return_inverse=True, return_counts=True)
    places = np.flatnonzero(copies[number] == 2)
    order = np.argsort(number[places], kind="stable")
    pairs = places[order].reshape(-1, 2)
    gaps = np.diff(pairs, axis=1) / len(ids)
    assert gaps.mean() == pytest.approx(1 / 3, abs=0.05)  # of two random places


def test_validation_and_test_events_come_once_with_weights_instead(resampled):
    with open_dataset(resampled) as dataset:
        bins = dataset.weighting.flattening.bins
        for split in ("validation", "test"):
            ids = dataset.event_id(split)
            assert len(np.unique(ids)) == len(ids)
            for number in (0, 1):
                chosen = dataset.target(split, "label") == number
                found = spectrum(dataset, split, number)
                events = np.bincount(bins(dataset.spectators(split)["pt"][chosen]), minlength=4)
                assert np.all(np.abs(found - 0.25) < 4 * 0.25 / events**0.5)
                assert dataset.weights(split)[chosen].mean() == pytest.approx(1, abs=0.2)


def test_the_result_does_not_depend_on_the_parts(resampled, tmp_path, write_events):
    values = falling()
    cut = [
        write_events({k: v[:2500] for k, v in values.items()}, name="one.h5"),
        write_events({k: v[2500:] for k, v in values.items()}, name="two.h5", first=2500),
    ]
    with open_dataset(resampled) as dataset:
        expected, mean = dataset.file.attrs["digest"], dataset.normalisation("energy").shift
        energy = dataset.inputs("train", ["energy"], slice(None))["energy"]
    assert abs(energy.mean(dtype=float)) < 1e-5  # normalised by what networks see
    assert mean > 0
    other = built(tmp_path, {"s": cut}, settings(flatten=RESAMPLE), name="cut")
    with h5py.File(other) as file:
        assert file.attrs["digest"] == expected


def test_no_event_is_copied_more_often_than_the_largest(tmp_path, write_events):
    part = write_events(falling())
    wanted = settings(flatten=RESAMPLE | {"largest": 2.5})
    with open_dataset(built(tmp_path, {"s": [part]}, wanted)) as dataset:
        _, copies = np.unique(dataset.event_id("train"), return_counts=True)
        assert copies.max() == 3
        assert dataset.weighting.flattening.copies().max() == pytest.approx(2.5)
