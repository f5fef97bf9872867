"""Predictions of several methods brought to the same events in the same order."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from footprint.errors import DataError
from footprint.evaluation import checks
from footprint.files.hdf5 import Array
from footprint.files.predictions import Predictions, read_predictions


def read_aligned(paths: Sequence[Path]) -> list[Predictions]:
    """Read prediction files of one target and bring their events into one order.

    Parameters
    ----------
    paths
        At least one; the first says what the others must speak of.

    Returns
    -------
    list of Predictions
        In the order of the files, by rising event_id; truth of shape (n,) or (n, d).

    Raises
    ------
    FileFormatError
        A file is missing or not of predictions.
    DataError
        The files do not speak of the same events, target or task, or cannot be judged.
    """
    found = [read_predictions(path) for path in paths]
    reference = _ordered(checks.flat(found[0], paths[0]), paths[0])
    checks.check_truth(reference, paths[0])
    return [
        _aligned(checks.flat(entry, path), path, reference, paths[0])
        for entry, path in zip(found, paths, strict=True)
    ]


def _ordered(predictions: Predictions, path: Path) -> Predictions:
    """Sort by event_id."""
    order = np.argsort(predictions.event_id, kind="stable")
    ids = predictions.event_id[order]
    twice = ids[1:][ids[1:] == ids[:-1]]
    if twice.size:
        msg = f"{path}: {twice.size} event_id come more than once, first {twice[0]}"
        raise DataError(msg)
    return predictions.in_order(order)


def _aligned(
    predictions: Predictions, path: Path, reference: Predictions, reference_path: Path
) -> Predictions:
    """Bring predictions into the reference's order, or say how they differ."""
    for key, found, expected in (
        ("task", predictions.task, reference.task),
        ("target", predictions.target.name, reference.target.name),
        ("classes", list(predictions.classes), list(reference.classes)),
        ("units", predictions.target.units, reference.target.units),
        ("relative", predictions.relative, reference.relative),
        ("shape", predictions.truth.shape[1:], reference.truth.shape[1:]),
    ):
        if found != expected:
            msg = f"{path} has {key} {found}, {reference_path} has {expected}: they cannot be "
            raise DataError(msg + "compared")
    ordered = _ordered(predictions, path)
    if not np.array_equal(ordered.event_id, reference.event_id):
        shared = np.intersect1d(ordered.event_id, reference.event_id).size
        msg = (
            f"{path} and {reference_path} are not of the same events: {len(ordered.event_id)} "
            f"and {len(reference.event_id)}, {shared} in both; predict again from one data set"
        )
        raise DataError(msg)
    same = np.isclose(ordered.truth, reference.truth, rtol=1e-5, atol=0)
    different = np.count_nonzero(~same.reshape(len(same), -1).all(axis=1))
    if different:
        msg = (
            f"{path} and {reference_path} disagree on the truth of {different} of "
            f"{len(ordered.truth)} events; predict again from one data set"
        )
        raise DataError(msg)
    return ordered


def common_weight(aligned: Sequence[Predictions], paths: Sequence[Path]) -> Array | None:
    """Find the events' weights, which a file of predictions made elsewhere need not repeat."""
    found = [(entry.weight, p) for entry, p in zip(aligned, paths, strict=True)]
    known = [(weight, path) for weight, path in found if weight is not None]
    if not known:
        return None
    weight, path = known[0]
    for other, other_path in known[1:]:
        different = np.count_nonzero(~np.isclose(other, weight, rtol=1e-5, atol=0))
        if different:
            msg = (
                f"{other_path} and {path} disagree on the weight of {different} of {len(weight)} "
                f"events; predict again from one data set"
            )
            raise DataError(msg)
    _check_weight(aligned[0], weight, path)
    return None if np.all(weight == 1) else weight


def _check_weight(predictions: Predictions, weight: Array, path: Path) -> None:
    """Refuse weights that leave nothing to judge."""
    groups = {"": np.ones(len(weight), np.bool_)}
    if predictions.task == "classification":
        groups = {
            f" of class {name}": predictions.truth == number
            for number, name in enumerate(predictions.classes)
        }
    for name, members in groups.items():
        if not weight[members].any():
            msg = f"{path}: all test events{name} have weight 0: nothing can be said of them"
            raise DataError(msg)
