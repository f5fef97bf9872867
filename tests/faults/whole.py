"""What no fault may leave: a file under its final name that is taken for whole and is not."""

import json

import h5py
import numpy as np
import pandas as pd
from PIL import Image

from footprint.evaluation.metrics import read_metrics
from footprint.evaluation.tables import learning_curve
from footprint.files import hdf5
from footprint.files.csv_lines import check_last_line
from footprint.files.datasets import open_dataset
from footprint.files.events import open_events
from footprint.files.predictions import read_predictions
from tests.workflow.weights import weights_of

NO_RESULTS = {"logs", "benchmarks"}
"""Folders of what jobs said, which no rule reads."""


def final_files(results):
    """Files under their final names: nothing hidden, as what is being written is."""
    for path in sorted(results.rglob("*")):
        parts = path.relative_to(results).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and parts[0] not in NO_RESULTS and not hidden:
            yield path


def unfinished(results):
    return [path for path in results.rglob("*") if "partial" in path.name]


def everything_final_is_whole(results, like=None):
    """Open every file with its reader, read all of it, and compare it with an undisturbed study.

    Returns the number of files, so that tests can say that there was something to look at.
    """
    count = 0
    for path in final_files(results):
        read(path, path.relative_to(results).parts[0])
        twin = None if like is None else like / path.relative_to(results)
        if twin is not None and twin.is_file():
            assert content(path) == content(twin), path
        count += 1
    return count


def content(path):
    """What must be equal of two files; times and paths in records and pages need not be."""
    if path.suffix == ".keras":
        return weights_of(path)
    return path.read_bytes() if path.suffix in {".h5", ".csv", ".png", ".pdf"} else None


def read(path, room):
    if path.suffix == ".h5":
        READERS.get(path.name, HDF5.get(room))(path)
    else:
        READERS.get(path.name, SUFFIXES.get(path.suffix))(path)


def everything_in(file):
    file.visititems(lambda _, item: np.asarray(item) if isinstance(item, h5py.Dataset) else None)


def events(path):
    with open_events(path) as found:
        everything_in(found.file)


def dataset(path):
    with open_dataset(path) as found:
        everything_in(found.file)


def checkpoint(path):
    with hdf5.opened(path, "checkpoint") as file:
        assert json.loads(file.attrs["progress"])["history"]
        everything_in(file)


def network(path):
    import keras

    assert keras.saving.load_model(path, compile=False).count_params()


def picture(path):
    with Image.open(path) as image:
        image.load()


def page(path):
    assert path.read_text().rstrip().endswith("</html>"), path


def portable_document(path):
    text = path.read_bytes()
    assert text.startswith(b"%PDF-"), path
    assert text.rstrip().endswith(b"%%EOF"), path


def table(path):
    check_last_line(path, "")
    assert len(pd.read_csv(path).columns), path


def text(path):
    assert path.read_text().endswith("\n"), path


HDF5 = {"events": events, "datasets": dataset, "predictions": read_predictions}
READERS = {
    "checkpoint.h5": checkpoint,
    "history.csv": lambda path: learning_curve([path], [1]),
}
SUFFIXES = {
    ".keras": network,
    ".csv": table,
    ".json": lambda path: (
        read_metrics(path) if "metrics" in path.parts else json.loads(path.read_text())
    ),
    ".png": picture,
    ".pdf": portable_document,
    ".html": page,
    ".md": text,
}
