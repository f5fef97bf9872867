"""A look inside one trained network: everything that its configuration asks for."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.config.experiments import Experiment
from footprint.config.inside import Inside
from footprint.errors import TrainingError
from footprint.files import hdf5
from footprint.files.datasets import Dataset, Split
from footprint.files.hdf5 import Array
from footprint.files.inside import About
from footprint.files.predictions import Predictions, read_predictions
from footprint.inside.activations import activations
from footprint.inside.answers import answers_of
from footprint.inside.attributions import attribute
from footprint.inside.events import inputs_at, rows_of, shown_events
from footprint.inside.filters import first_filters
from footprint.inside.findings import Findings
from footprint.inside.misclassified import worst
from footprint.inside.pixels import ImageInput, image_inputs
from footprint.training.goals import Goal, goals_of


@dataclass(frozen=True)
class Subject:
    """What is looked at.

    Attributes
    ----------
    network, goal, dataset, config
        A network, one of its targets, where events come from, and what is asked for.
    names, images
        All inputs of the network, and those with rows and columns.
    """

    network: keras.Model
    goal: Goal
    dataset: Dataset
    config: Inside
    names: list[str]
    images: list[ImageInput]


def look_inside(
    folder: Path,
    network: keras.Model,
    dataset: Dataset,
    *,
    predictions: Path,
    method: str,
    config: Experiment,
) -> None:
    """Look inside a network and write what was found, a file for each target.

    Parameters
    ----------
    folder
        Where ``<target>.h5`` goes, and ``<target>_shown.csv`` and ``<target>_worst.csv``.
    network, dataset
        What is looked at, with which events.
    predictions
        Folder of the network's predictions: the test split is not predicted anew.
    method, config
        Name and configuration of the experiment.

    Raises
    ------
    TrainingError
        No input has rows and columns.
    """
    inside = config.evaluation.inside or Inside()
    names = list(config.inputs or dataset.names("inputs"))
    images = image_inputs(dataset, names, inside)
    if not images:
        shapes = {name: dataset.array("train", "inputs", name).shape[1:] for name in names}
        msg = (
            f"experiment '{method}' has no input with rows, columns and channels, found {shapes}: "
            f"leave evaluation.inside out"
        )
        raise TrainingError(msg)
    for goal in goals_of(dataset, config):
        subject = Subject(network, goal, dataset, inside, names, images)
        findings = Findings(_about(subject, method, config.seeds[0]))
        _look(subject, findings, read_predictions(predictions / f"{goal.name}.h5"))
        findings.write(folder)


def _about(subject: Subject, experiment: str, seed: int) -> About:
    goal, dataset = subject.goal, subject.dataset
    label = hdf5.text(dataset.array("train", "targets", goal.name), "label")
    units = dataset.spec("targets", goal.name).units
    return About(
        experiment=experiment,
        seed=seed,
        target=goal.name,
        label=label,
        units=units,
        task=goal.task,
        classes=goal.classes,
        inputs={image.name: image.channels for image in subject.images},
        answers=answers_of(goal, label.replace("_", " ") if label == goal.name else label, units),
    )


def _look(subject: Subject, findings: Findings, predictions: Predictions) -> None:
    methods = set(subject.config.methods)
    if "misclassified" in methods:
        _worst(subject, findings, predictions)
    if "filters" in methods:
        _filters(subject, findings)
    if not methods - {"misclassified", "filters"}:
        return
    rows = shown_events(subject.dataset, subject.goal, subject.config.events)
    events = inputs_at(subject.dataset, "validation", subject.names, rows)
    outputs = subject.network.predict_on_batch(events)[subject.goal.name]
    truth = subject.dataset.target("validation", subject.goal.name)[rows]
    said = subject.goal.decode(np.asarray(outputs), truth.shape)
    _keep(subject, findings, Events("shown", "validation", rows, truth, said))
    if "activations" in methods:
        _activations(subject, findings, events)
    images, config = subject.images, subject.config
    attribute(subject.network, subject.goal, events, findings, images=images, config=config)


def _worst(subject: Subject, findings: Findings, predictions: Predictions) -> None:
    chosen = worst(predictions, subject.config.gallery, log=subject.goal.log)
    if not len(chosen):
        findings.note("all events of the test split are classified rightly")
        return
    rows = rows_of(subject.dataset, "test", predictions.event_id[chosen])
    truth, said = predictions.truth[chosen], predictions.prediction[chosen]
    _keep(subject, findings, Events("worst", "test", rows, truth, said))


@dataclass(frozen=True)
class Events:
    """Some rows of a split, with the truth and what the network says of them."""

    group: str
    split: Split
    rows: NDArray[np.intp]
    truth: Array
    said: Array


def _keep(subject: Subject, findings: Findings, events: Events) -> None:
    """Keep some events: their images, what is true and what was said of them."""
    group, split, rows = events.group, events.split, events.rows
    truth, said = events.truth, events.said
    ids, units = subject.dataset.event_id(split)[rows], findings.about.units
    findings.put(f"{group}/event_id", ids, f"unique number, of the {split} split")
    findings.put(f"{group}/truth", truth, "true class number or value", units)
    findings.put(f"{group}/prediction", said, "predicted probabilities or value", units)
    for image in subject.images:
        seen = inputs_at(subject.dataset, split, [image.name], rows)[image.name]
        names = ", ".join(channel.label for channel in image.channels)
        shown = image.shown(image.original(seen)).astype(np.float32)
        findings.put(f"{group}/images/{image.name}", shown, f"before normalisation: {names}")
    table = pd.DataFrame({"event_id": ids.astype(str), "split": split})
    if subject.goal.classes:
        classes = np.array(subject.goal.classes)
        table["truth"], table["prediction"] = classes[truth], classes[said.argmax(axis=1)]
        table["probability"] = said.max(axis=1)
    else:
        for name, values in (("truth", truth), ("prediction", said)):
            for number, column in enumerate(values.reshape(len(values), -1).T):
                suffix = f"_{findings.about.answers[number].name}" if values.ndim > 1 else ""
                table[name + suffix] = column
    findings.tables[group] = table


def _filters(subject: Subject, findings: Findings) -> None:
    names = [channel for i in subject.images for channel in subject.dataset.channels(i.name)]
    found = first_filters(subject.network, names)
    if found is None:
        findings.note("the network has no convolution of images, so there are no filters")
        return
    findings.say(first_layer=found.layer, first_channels=found.channels)
    description = "weights on normalised inputs: rows, columns, channels, filters"
    findings.put("filters/kernel", found.kernel, description)


def _activations(subject: Subject, findings: Findings, events: dict[str, Array]) -> None:
    found = activations(subject.network, events)
    if not found:
        findings.note("the network has no convolution of images, so there are no activations")
    findings.say(layers={layer.layer: layer.maps for layer in found})
    for layer in found:
        findings.put(f"activations/{layer.layer}", layer.values, f"returned by {layer.layer}")
