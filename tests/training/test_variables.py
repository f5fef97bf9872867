"""From what a network generates to physical units: silence, masks, formulas undone."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset
from footprint.errors import TrainingError
from footprint.files.datasets import Dataset as Data
from footprint.files.datasets import open_dataset
from footprint.seeds import event_ids
from footprint.training import feeding
from footprint.training.variables import variables_of


@pytest.fixture
def built(tmp_path, write_events):
    """Stations of which a third are silent, and pixels of which half are empty."""
    rng = np.random.default_rng(2)
    signal = rng.uniform(3.0, 300.0, (600, 3, 3))
    signal[rng.random(signal.shape) < 0.3] = np.nan
    time = np.where(np.isnan(signal), np.nan, rng.normal(size=signal.shape))
    muons = rng.poisson(0.7, signal.shape).astype(float)
    part = write_events({"signal": signal, "time": time, "muons": muons, "a": signal[:, 0, 0] * 0})

    def build(whiten=None, **change):
        first = {"array": "signal", "transform": "log10(x)", "inverse": "10**x", "mask": True}
        muons = {"array": "muons", "transform": "log10(1 + x)", "inverse": "10**x - 1"}
        channels = [first | change, "time", muons]
        image = {"channels": channels, "whiten": {"method": whiten, "epsilon": 0.01}}
        config = Dataset.model_validate(
            {"samples": ["s"], "inputs": {"image": image if whiten else channels}}
        )
        path = tmp_path / "d.h5"
        build_dataset(path, "d", config, {"s": [part]})
        return path

    return build


def test_chosen_rows_are_read_window_by_window(built, monkeypatch):
    """Those of a rare class would else bring all between them into memory."""
    monkeypatch.setattr(feeding, "WINDOW", 16)
    with open_dataset(built()) as data:
        every = data.array("train", "inputs", "image")[:]
        chosen = np.flatnonzero(np.arange(len(every)) % 7 == 0)
        chosen = chosen[(chosen < 100) | (chosen > 200)]
        rows = feeding.Rows(data, "train", ["image"], len(chosen), chosen=chosen)
        found = rows.take(np.arange(len(chosen)))["image"]
        spans = []
        monkeypatch.setattr(
            Data, "inputs", lambda *given: spans.append(given[3]) or {"image": every[given[3]]}
        )
        feeding.Rows(data, "train", ["image"], len(chosen), chosen=chosen).take(np.arange(3))
    assert (found == every[chosen]).all()
    assert max(span.stop - span.start for span in spans) <= 16


@pytest.mark.parametrize("method", [None, "zca", "pca"])
def test_the_volume_of_normalisation_is_that_of_whitening_too(built, method):
    """ln |det| of the way back, by moving each value a little."""
    with open_dataset(built(whiten=method)) as data:
        variables = variables_of(data, "image", must_invert=False)
    assert (variables.normalisation.whitening is None) == (method is None)
    size = int(np.prod(variables.shape))
    moved = np.concatenate([np.zeros((1, size)), np.eye(size)]).reshape(-1, *variables.shape)
    back = variables.normalisation.invert(moved).reshape(-1, size)
    expected = np.linalg.slogdet(back[1:] - back[0])[1]
    assert variables.log_scale == pytest.approx(expected, abs=1e-3)


def test_real_events_come_back_as_they_were(built):
    with open_dataset(built()) as data:
        variables = variables_of(data, "image")
        seen = data.array("train", "inputs", "image")[:]
        np.testing.assert_array_equal(variables.snapped(seen), seen)
        found = variables.physical(seen)
    silent = np.isnan(found["signal"])
    assert 0.25 < silent.mean() < 0.35
    np.testing.assert_array_equal(np.isnan(found["time"]), silent)
    assert found["signal"][~silent].min() >= 3.0 * (1 - 1e-5)
    assert found["signal"][~silent].max() <= 300.0 * (1 + 1e-5)
    muons = found["muons"]
    np.testing.assert_allclose(muons, np.round(muons), atol=1e-4)
    assert abs(muons.mean() - 0.7) < 0.1


def test_generated_values_become_as_sharp_as_real_ones(built):
    with open_dataset(built()) as data:
        variables = variables_of(data, "image")
        seen = data.array("train", "inputs", "image")[:]
    assert variables.channels == ("signal", "mask of signal", "time", "muons")
    assert [variables.mask_of(name) for name in variables.channels] == [1, None, 1, None]
    empty = variables.silence[3]
    assert empty is not None
    one = (np.log10(2.0) - variables.normalisation.shift.ravel()[3]) / (
        variables.normalisation.scale.ravel()[3]
    )
    np.testing.assert_allclose(empty.value + empty.gap, one, rtol=1e-5)
    blurred = seen.copy()
    blurred[..., 1] = 0.1 + 0.8 * seen[..., 1]  # what a sigmoid makes of a mask
    blurred[..., 3] += 0.4 * empty.gap
    sharp = variables.snapped(blurred)
    np.testing.assert_array_equal(sharp[..., 1], seen[..., 1])
    was_empty = seen[..., 3] == empty.value
    assert np.all(sharp[..., 3][was_empty] == empty.value)
    loud = seen.copy()
    loud[0, 0, 0, 3] = 1e6
    assert variables.snapped(loud)[0, 0, 0, 3] == seen[..., 3].max()
    silenced = seen.copy()
    silenced[..., 1] = 0.0
    assert np.isnan(variables.physical(variables.snapped(silenced))["time"]).all()


def test_a_transform_that_cannot_be_undone_is_refused(built):
    with open_dataset(built(inverse=None)) as data:
        with pytest.raises(TrainingError, match=r"\['signal'\] of input 'image' .* no inverse"):
            variables_of(data, "image")
        assert variables_of(data, "image", must_invert=False).unknown == ("signal",)


def test_what_was_subtracted_is_added_again(tmp_path, write_events):
    """Residuals of a nanosecond in times of microseconds come back, which float32 would blur."""
    rng = np.random.default_rng(3)
    front = rng.uniform(-2e4, 2e4, (300, 2, 2)).astype(np.float32)
    time = np.where(rng.random(front.shape) < 0.2, np.nan, front + rng.normal(0, 5, front.shape))
    part, ids = write_events({"time": time, "front": front}), event_ids("s", 0, len(front))
    relative = {"array": "time", "relative_to": "front", "mask": True}
    config = Dataset.model_validate(
        {"samples": ["s"], "inputs": {"image": [relative], "given": ["front"]}}
    )
    build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
    with open_dataset(tmp_path / "d.h5") as data:
        variables = variables_of(data, "image")
        assert float(data.normalisation("image").scale[..., 0].item()) == pytest.approx(5, rel=0.1)
        seen = data.array("train", "inputs", "image")[:]
        given = variables_of(data, "given").physical(data.array("train", "inputs", "given")[:])
        place = [int(np.flatnonzero(ids == one)[0]) for one in data.event_id("train")]
        other = variables_of(data, "image", must_invert=False)
    found = variables.physical(seen, given)["time"]
    np.testing.assert_allclose(found, time[place], atol=0.01)
    assert (other.relative_to, other.unknown) == ({}, ("time",))
    with pytest.raises(TrainingError) as stop:
        variables.physical(seen, {"fronts": given["front"]})
    assert str(stop.value) == (
        "'time' of 'image' is relative to 'front', which is not among the conditions; did you "
        "mean 'fronts'? known: fronts. Name the input that holds it as one of inputs"
    )
