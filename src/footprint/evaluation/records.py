"""What is known of how networks were trained, as their training left it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footprint.errors import FileFormatError


@dataclass(frozen=True)
class Training:
    """One training.

    Attributes
    ----------
    experiment, seed
        Whose.
    parameters, layers
        Weights of the network, and layers that have any.
    epochs, kept
        How many there were, and after which the weights were kept.
    loss
        Validation loss of that epoch, of all targets, without the penalties on weights; None
        where there is none.
    seconds
        Time that the epochs took.
    learnt
        What the validation loss is of: data set, targets, loss. Losses of trainings that agree
        in it can be compared; empty where it is not known.
    """

    experiment: str
    seed: int
    parameters: int
    layers: int
    epochs: int
    kept: int
    loss: float | None
    seconds: float
    learnt: str = ""


def read_training(path: Path) -> Training:
    """Read ``models/<experiment>/<seed>/training.json``.

    Raises
    ------
    FileFormatError
        The file is missing, not JSON, or lacks a key.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        loss = found["best_validation_loss"]
        return Training(
            experiment=path.parent.parent.name,
            seed=int(found["seed"]),
            parameters=int(found["parameters"]),
            layers=sum(layer["parameters"] > 0 for layer in found["layers"]),
            epochs=int(found["epochs"]),
            kept=int(found["best_epoch"]),
            loss=None if loss is None else loss - found.get("weight_penalty", 0.0),
            seconds=float(found["seconds"]),
            learnt=_learnt(found["experiment"]) if "experiment" in found else "",
        )
    except FileNotFoundError:
        msg = f"record of a training not found: {path}"
        raise FileFormatError(msg) from None
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path} is not the record of a training: {error!r}. Train again"
        raise FileFormatError(msg) from None


def _learnt(experiment: dict[str, Any]) -> str:
    """Name what decides the meaning of a validation loss.

    Networks for whole distributions have losses of their own kind: a generator's is a distance.
    """
    keys = ("dataset", "task", "target", "targets", "variables", "learn_from")
    parts: dict[str, Any] = {key: experiment.get(key) for key in keys}
    training = experiment.get("training") or {}
    parts["loss"] = training.get("loss")
    if parts["variables"] is not None:
        parts["model"] = (experiment.get("model") or {}).get("name")
    return json.dumps(parts, sort_keys=True)
