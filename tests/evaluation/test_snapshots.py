"""Tables of what snapshots say: every state of every training, with its quality."""

import numpy as np
import pytest

from footprint.config.experiments import Evaluation
from footprint.errors import DataError, FileFormatError
from footprint.evaluation.snapshots import tables
from footprint.files.hdf5 import ArraySpec
from footprint.files.snapshots import (
    SnapshotPredictions,
    beside,
    read_snapshot_predictions,
    write_snapshot_predictions,
)

SETTINGS = Evaluation(bootstrap=40)
OFFSETS = (3.0, 0.5, 0.0)
"""By how much the three states of a regression are wrong."""


def regression(seed):
    """A straight line, and states that lie above it; the last one on it."""
    x, points = np.linspace(0, 1, 5)[:, None], np.linspace(0, 1, 50)[:, None]
    lines = [2 * values[:, 0] + np.array(OFFSETS)[:, None] for values in (x, points)]
    return SnapshotPredictions(
        method="m", seed=seed, task="regression", target=ArraySpec("y", "cm", "a line"),
        classes=(), axes=(("x", "GeV"),), grid=x, points=points, truth=2 * points[:, 0],
        epoch=np.array([1, 10, 7], np.int32), grid_prediction=lines[0], point_prediction=lines[1],
    )  # fmt: skip


def classification(classes=("zero", "one")):
    """Two inputs; the first state always says the last class, the second what is true."""
    grid = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    points, truth = np.repeat(grid, 25, axis=0), np.repeat([0, 1, 1, 0], 25)
    last = np.eye(len(classes))[np.full(100, len(classes) - 1)]
    right = np.eye(len(classes))[truth]
    prediction = np.stack([last, right])
    return SnapshotPredictions(
        method="m", seed=1, task="classification", target=ArraySpec("out", "", "of a gate"),
        classes=classes, axes=(("a", ""), ("b", "")), grid=grid, points=points, truth=truth,
        epoch=np.array([5, 20], np.int32), grid_prediction=prediction[:, ::25],
        point_prediction=prediction,
    )  # fmt: skip


def written(folder, *found):
    """Write snapshots where those of prediction files would lie."""
    paths = [folder / str(number) / "t.h5" for number in range(len(found))]
    for path, entry in zip(paths, found, strict=True):
        if entry is not None:
            write_snapshot_predictions(beside(path), entry)
    return paths


def test_the_fit_of_each_state_and_training(tmp_path):
    made = tables(written(tmp_path, regression(1), regression(2)), SETTINGS)
    assert set(made) == {
        "function_fit.csv", "function_fit_points.csv", "snapshot_quality.csv", "snapshot_axes.csv",
    }  # fmt: skip
    fit = made["function_fit.csv"]
    assert fit.groupby(["seed", "epoch", "trained"]).size().to_dict() == {
        (seed, epoch, int(epoch == 7)): 5 for seed in (1, 2) for epoch in (1, 7, 10)
    }
    late = fit[(fit["seed"] == 2) & (fit["epoch"] == 10)]
    assert late["prediction"].to_numpy() == pytest.approx(2 * late["first"].to_numpy() + 0.5)
    points = made["function_fit_points.csv"]
    assert points["value"].to_numpy() == pytest.approx(2 * points["first"].to_numpy())
    quality = made["snapshot_quality.csv"]
    assert list(quality["value"]) == pytest.approx([*OFFSETS, *OFFSETS], abs=1e-6)
    assert set(quality["metric"]) == {"rmse"}
    assert set(quality["unit"]) == {"cm"}
    # All events of a state are wrong by the same amount: resampling them changes nothing.
    assert quality["error"].to_numpy() == pytest.approx(0, abs=1e-6)
    assert made["snapshot_axes.csv"].to_numpy().tolist() == [["first", "x", "GeV"]]


def test_of_two_classes_the_second_is_listed(tmp_path):
    made = tables(written(tmp_path, classification()), SETTINGS)
    grid = made["decision_boundary.csv"]
    assert set(grid["class"]) == {"one"}
    assert list(grid["probability"]) == [1, 1, 1, 1, 0, 1, 1, 0]
    assert list(grid["trained"]) == [0] * 4 + [1] * 4
    points = made["decision_boundary_points.csv"]
    assert points["truth"].value_counts().to_dict() == {"zero": 50, "one": 50}
    assert (points["truth"] == "one").to_numpy().tolist() == (
        (points["first"] != points["second"]).tolist()
    )
    quality = made["snapshot_quality.csv"]
    assert list(quality["value"]) == [0.5, 1.0]
    # The share of 100 events: binomial.
    assert quality["error"][0] == pytest.approx(0.05, rel=0.35)


def test_of_three_classes_all_are_listed(tmp_path):
    made = tables(written(tmp_path, classification(("zero", "one", "two"))), SETTINGS)
    grid = made["decision_boundary.csv"]
    assert list(grid["class"].unique()) == ["zero", "one", "two"]
    sums = grid.groupby(["epoch", "first", "second"])["probability"].sum()
    assert sums.to_numpy() == pytest.approx(1)


def test_without_snapshots_there_are_no_tables_and_half_of_them_are_refused(tmp_path):
    assert tables([tmp_path / "1" / "t.h5"], SETTINGS) == {}
    paths = written(tmp_path, regression(1), None)
    with pytest.raises(DataError, match=r"snapshots not found: .*1/snapshots/t\.h5; others"):
        tables(paths, SETTINGS)


def test_what_is_written_is_read_again_and_misfits_are_refused(tmp_path):
    from dataclasses import fields, replace

    path, whole = tmp_path / "s.h5", classification()
    write_snapshot_predictions(path, whole)
    found = read_snapshot_predictions(path)
    for field in fields(whole):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(whole, field.name))
    write_snapshot_predictions(path, replace(whole, points=whole.points[:-1]))
    with pytest.raises(FileFormatError, match=r"points has shape \(99, 2\), expected \(100, 2\)"):
        read_snapshot_predictions(path)
    broken = replace(whole, grid_prediction=whole.grid_prediction * np.nan)
    with pytest.raises(FileFormatError, match="16 values of grid_prediction are not finite"):
        write_snapshot_predictions(path, broken)
