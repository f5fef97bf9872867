"""Survey a data set: all tables of its events by class."""

import logging
from typing import Any

import numpy as np
import pandas as pd

from footprint.evaluation.bootstrap import effective_events
from footprint.files import hdf5
from footprint.files.datasets import SPLITS, Dataset, Split
from footprint.survey.datasets import card, closure, constituents, images, spectra
from footprint.survey.datasets.rows import Rows, groups_of, rows_of

log = logging.getLogger(__name__)


def survey_dataset(dataset: Dataset) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Survey the first events of each split, `footprint.survey.datasets.EVENTS` at most.

    Spectra, mean images and single events are those of the training split, as networks see it.

    Returns
    -------
    tuple of dict
        Tables by file name; and facts: name of the data set, classes of each target, what is
        flattened, and half the width of jet images in eta and phi.
    """
    rows: dict[Split, Rows] = {split: rows_of(dataset, split) for split in SPLITS}
    train = rows["train"]
    groups = groups_of(dataset, train)
    found = {
        "classes": _classes(dataset),
        "cut_flow": card.cut_flow(dataset),
        "normalisation": card.normalisation(dataset),
        "spectra": spectra.table(dataset, train, groups),
        **closure.tables(dataset, rows),
        "mean_images": images.means(dataset, train, groups),
        "single_images": images.gallery(dataset, train, groups),
        "single_jets": constituents.table(dataset, train, groups),
    }
    tables = {f"{name}.csv": table for name, table in found.items() if len(table)}
    log.info("%d training events, tables %s", len(train.index), ", ".join(tables))
    return tables, _facts(dataset)


def _facts(dataset: Dataset) -> dict[str, Any]:
    flattening = dataset.weighting.flattening if dataset.weighting else None
    derived = hdf5.read_json(dataset.file, "config").get("derived", {})
    return {
        "dataset": hdf5.text(dataset.file, "dataset"),
        **card.facts(dataset),
        "classes": {
            name: dataset.classes(name)
            for name in dataset.names("targets")
            if dataset.classes(name)
        },
        "weighted": dataset.weighting is not None,
        "flattened": flattening.array if flattening else None,
        "goal": flattening.to if flattening else None,
        "jet_images": {
            name: entry["half_width"]
            for name, entry in derived.items()
            if entry["method"] == "jet_image"
        },
    }


def _classes(dataset: Dataset) -> pd.DataFrame:
    """Count the events of each class in each whole split, and what they weigh."""
    found = []
    for split in SPLITS:
        weights = dataset.weights(split)
        weight = np.ones(dataset.length(split)) if weights is None else weights.astype(np.float64)
        everything = Rows(split, np.arange(len(weight)), weight, weight)
        for group in groups_of(dataset, everything):
            for number, label in enumerate(group.classes):
                own = weight[group.numbers == number]
                found.append(
                    {
                        "target": group.target,
                        "split": split,
                        "class": label,
                        "events": len(own),
                        "weight": float(own.sum()),
                        "effective_events": effective_events(own),
                    }
                )
    return pd.DataFrame(found)
