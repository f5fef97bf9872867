"""Model cards: layers, cost and course of each training, from its record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footprint.errors import FileFormatError
from footprint.evaluation.rounding import NOTHING
from footprint.report.dataset_cards import Table

_LOSSES = {
    "crossentropy": "categorical cross-entropy",
    "mse": "mean squared error",
    "mae": "mean absolute error",
    "huber": "Huber (quadratic up to 1, then linear)",
    "gaussian": "gaussian (each value with its uncertainty)",
}
_OF_DISTRIBUTIONS = {
    "flow": "negative logarithm of the density",
    "gan": "non-saturating GAN (cross-entropy of the critic)",
    "wgan": "Wasserstein GAN (distance seen by the critic)",
}


@dataclass(frozen=True)
class ModelCard:
    """What there is to know about the networks of an experiment.

    Attributes
    ----------
    experiment
        Its name.
    facts
        Short statements by what they are about.
    trainings
        One row a training: epochs, losses, time, device, memory.
    layers
        The network's layers.
    commits
        Versions of the library that trained it.
    """

    experiment: str
    facts: Mapping[str, str]
    trainings: Table
    layers: Table
    commits: tuple[str, ...]


def model_card(paths: Sequence[Path]) -> ModelCard:
    """Read the card of an experiment from the records of its trainings, at least one.

    Parameters
    ----------
    paths
        ``<experiment>/<seed>/training.json`` of each training.

    Raises
    ------
    FileFormatError
        A record is missing, is not JSON or lacks a key.
    """
    records = [_read(path) for path in paths]
    path = paths[0]
    try:
        return _card(path.parent.parent.name, records)
    except (KeyError, TypeError) as error:
        msg = f"{path} is not the record of a training: {error!r}. Train again"
        raise FileFormatError(msg) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        msg = f"record of a training not found: {path}"
        raise FileFormatError(msg) from None
    except ValueError as error:
        msg = f"{path} is not the record of a training: {error}. Train again"
        raise FileFormatError(msg) from None
    if not isinstance(found, dict):
        msg = f"{path} is not the record of a training: found {type(found).__name__}. Train again"
        raise FileFormatError(msg)
    return found


def _card(name: str, records: Sequence[dict[str, Any]]) -> ModelCard:
    first = records[0]
    training, model = first["experiment"]["training"], first["experiment"]["model"]
    facts = {
        "data set": first["experiment"]["dataset"],
        "learns": ", ".join(first["targets"]) or first["experiment"].get("variables") or NOTHING,
        "network": _network(model),
        "parameters": f"{first['parameters']:,}",
        "optimizer": _settings(training["optimizer"]),
        "batch size": f"{training['batch_size']:,}",
        "schedule": _settings(training["schedule"]) if training.get("schedule") else "none",
        "loss": _loss(first),
        "backend": ", ".join(dict.fromkeys(_backend(record) for record in records)),
    }
    return ModelCard(
        name,
        facts,
        Table(
            "Trainings, each measured once: validation loss, time and memory have no error, "
            "several seeds show how much they differ; the rest is set or counted",
            ("seed", "epochs", "best epoch", "validation loss", "ended by", "time [s]",
             "memory [MB]", "device"),
            tuple(_training(record) for record in records),
        ),
        Table(
            f"Layers of the network, seed {first['seed']}",
            ("layer", "kind", "output", "parameters"),
            tuple(_layer(layer) for layer in first["layers"]),
        ),
        tuple(dict.fromkeys(str(r["software"].get("commit", "unknown")) for r in records)),
    )  # fmt: skip


def _backend(record: Mapping[str, Any]) -> str:
    """Name what computed in a training, with the version of Keras."""
    return f"{record['backend']} (Keras {record['software'].get('keras', 'unknown')})"


def _network(model: Mapping[str, Any]) -> str:
    if model.get("name"):
        return str(model["name"])
    return f"file {model['file']}" if model.get("file") else "layers as written out"


def _loss(record: Mapping[str, Any]) -> str:
    """Name the loss; of several targets that of each."""
    found: Mapping[str, str] = record.get("losses") or {}
    if not found:
        return _OF_DISTRIBUTIONS.get(record["experiment"]["model"].get("name"), NOTHING)
    names = {target: _LOSSES[loss] for target, loss in found.items()}
    if len(names) == 1:
        return next(iter(names.values()))
    return ", ".join(f"{target}: {name}" for target, name in names.items())


def _settings(entry: Mapping[str, Any]) -> str:
    """Write a named entry of the configuration: its name, and all that is set."""
    rest = ", ".join(
        f"{key.replace('_', ' ')} {value:g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in entry.items()
        if key != "name" and value not in (None, False)
    )
    return f"{entry['name']} ({rest})" if rest else str(entry["name"])


def _training(record: Mapping[str, Any]) -> tuple[str, ...]:
    loss, memory = record["best_validation_loss"], record.get("peak_memory_mb")
    if loss is not None:
        loss -= record.get("weight_penalty", 0.0)
    return (
        str(record["seed"]),
        str(record["epochs"]),
        str(record["best_epoch"]),
        NOTHING if loss is None else f"{loss:.4g}",
        stop_reason(record),
        f"{record['seconds']:.1f}",
        NOTHING if memory is None else f"{memory:,.0f}",
        ", ".join(record["devices"]) or NOTHING,
    )


def stop_reason(record: Mapping[str, Any]) -> str:
    """Say why a training ended; one whose loss was not finite has failed and has no record."""
    training = record["experiment"]["training"]
    if record["epochs"] >= training["epochs"]:
        return f"all {training['epochs']} epochs done"
    patience = (training.get("early_stopping") or {}).get("patience")
    return f"no lower validation loss for {patience} epochs"


def _layer(layer: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(layer["name"]),
        str(layer["kind"]),
        str(layer.get("output") or NOTHING),
        f"{layer['parameters']:,}",
    )
