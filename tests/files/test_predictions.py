from dataclasses import replace

import h5py
import numpy as np
import pytest

from footprint.errors import FileFormatError
from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions, read_predictions, write_predictions


def predictions(**changes):
    base = Predictions(
        method="m", seed=1, task="regression", target=ArraySpec("energy", "EeV", "energy"),
        classes=(), event_id=np.arange(4, dtype=np.uint64), truth=np.arange(4.0),
        prediction=np.arange(4.0) + 1, spectators={"zenith": np.zeros(4)},
        spectator_specs={"zenith": ArraySpec("zenith", "deg", "zenith angle")},
    )  # fmt: skip
    return replace(base, **changes)


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "p.h5"
    write_predictions(path, predictions())
    found = read_predictions(path)
    np.testing.assert_array_equal(found.prediction, [1, 2, 3, 4])
    assert found.target == ArraySpec("energy", "EeV", "energy")
    assert found.spectator_specs["zenith"].units == "deg"
    assert (found.method, found.seed, found.task, found.classes) == ("m", 1, "regression", ())
    assert not found.relative
    write_predictions(path, predictions(relative=True))
    assert read_predictions(path).relative
    assert found.weight is None
    write_predictions(path, predictions(weight=np.arange(4.0)))
    np.testing.assert_array_equal(read_predictions(path).weight, np.arange(4.0))
    write_predictions(path, predictions(relative=True))
    draws = np.arange(200.0).reshape(4, 50)
    known = {"samples": draws, "log_density": -np.ones(4), "level": np.linspace(0, 1, 4)}
    write_predictions(path, predictions(**known))
    found = read_predictions(path)
    for name, values in known.items():
        np.testing.assert_allclose(getattr(found, name), values, rtol=1e-6)
    with h5py.File(path) as file:
        assert file["samples"].attrs["units"] == "EeV"
        assert file["log_density"].attrs["units"] == "nat"
    write_predictions(path, predictions(relative=True))
    found = read_predictions(path)
    assert (found.samples, found.log_density, found.level) == (None, None, None)
    with h5py.File(path, "a") as file:
        del file.attrs["relative"]  # as in files of other programs
    assert not read_predictions(path).relative


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"prediction": np.array([1, 2, np.nan, np.inf])},
            "2 of 4 predicted values are not",
        ),
        ({"prediction": np.ones((4, 2))}, r"shape \(4, 2\), expected \(4,\) for regression"),
        ({"weight": np.array([1, -1, 2, np.nan])}, "2 of 4 weights are negative or not finite"),
        ({"weight": np.ones(3)}, r"weight has shape \(3,\), expected \(4,\)"),
        ({"samples": np.ones((4, 49))}, r"shape \(4, 49\), expected \(4, draws\) with 50 draws"),
        ({"samples": np.ones((3, 50))}, r"samples has shape \(3, 50\), expected \(4, draws\)"),
        ({"samples": np.ones(4)}, r"samples has shape \(4,\), expected \(4, draws\)"),
        (
            {"samples": np.full((4, 50), np.inf)},
            "200 of 200 values of samples are not finite: the density has diverged, train it again",
        ),
        ({"log_density": np.array([0, 1, 2, np.nan])}, "1 of 4 values of log_density are not fin"),
        ({"log_density": np.ones((4, 1))}, r"log_density has shape \(4, 1\), expected \(4,\)"),
        ({"level": np.array([0, 0.5, 1, 1.5])}, r"1 of 4 values of level are outside \[0, 1\]"),
        (
            {"task": "position", "level": np.ones(4)},
            "level are of the posterior of a value, this is a position of 'energy': leave them out",
        ),
        ({"event_id": np.arange(3, dtype=np.uint64)}, "3 event_id for 4 events"),
        (
            {"task": "classification", "classes": ("a", "b"), "truth": np.zeros(4, int)},
            r"shape \(4,\), expected \(4, 2\) for classification of 'energy'",
        ),
    ],
)
def test_predictions_that_do_not_fit_are_not_written(tmp_path, changes, words):
    path = tmp_path / "p.h5"
    with pytest.raises(FileFormatError, match=words):
        write_predictions(path, predictions(**changes))
    assert not path.exists()
