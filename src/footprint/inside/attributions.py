"""Attributions of all answers to the pixels of all images, by the methods that are asked for."""

import keras
import numpy as np
import pandas as pd

from footprint.config.inside import Inside
from footprint.files.hdf5 import Array
from footprint.inside.answers import Question
from footprint.inside.findings import Findings
from footprint.inside.integrated_gradients import Contributions, integrated_gradients
from footprint.inside.occlusion import occlusion, patch_side
from footprint.inside.pixels import Floats, ImageInput
from footprint.inside.saliency import saliency
from footprint.training.goals import Goal

CLOSE = 0.05
"""Contributions that miss the difference of answers by more of it are noted."""


def attribute(
    network: keras.Model,
    goal: Goal,
    events: dict[str, Array],
    findings: Findings,
    *,
    images: list[ImageInput],
    config: Inside,
) -> None:
    """Find what the answers of some events rest on, and keep it.

    Parameters
    ----------
    network, goal
        Who answers, of which target.
    images, config
        The inputs whose pixels are made responsible, one after the other, and how.
    events
        All inputs of the events, normalised, shapes (n, ...).
    findings
        Where it goes.
    """
    output = np.asarray(network.predict_on_batch(events)[goal.name])
    chosen = output.argmax(axis=1) if goal.classes else np.zeros(len(output), np.intp)
    for image in images:
        questions = [
            Question(network, goal, number, image.name, events, chosen)
            for number in range(len(findings.about.answers))
        ]
        if "saliency" in config.methods:
            found = [saliency(question, image) for question in questions]
            text = "gradient of the answer by the pixel"
            findings.put(f"saliency/{image.name}", _stacked(found), text)
        if "integrated_gradients" in config.methods:
            _integrate(image, questions, config, findings)
        if "occlusion" in config.methods:
            patch = patch_side(config.patch, image.shape)
            found = [occlusion(question, image, patch) for question in questions]
            text = f"fall of the answer where {patch} x {patch} pixels are covered"
            findings.put(f"occlusion/{image.name}", _stacked(found), text, _units(findings))


def _stacked(found: list[Floats]) -> Array:
    return np.stack(found).astype(np.float32)


def _integrate(
    image: ImageInput, questions: list[Question], config: Inside, findings: Findings
) -> None:
    found = [integrated_gradients(question, image, config.steps) for question in questions]
    pixels = _stacked([one.pixels for one in found])
    name = f"integrated_gradients/{image.name}"
    findings.put(name, pixels, "contribution of the pixel to the answer", _units(findings))
    ids = findings.tables["shown"]["event_id"]
    rows = [
        _table(one, ids, image.name, answer.name)
        for one, answer in zip(found, findings.about.answers, strict=True)
    ]
    earlier = findings.tables.get("contributions")
    table = pd.concat([*([] if earlier is None else [earlier]), *rows], ignore_index=True)
    findings.tables["contributions"] = table
    missed = max(float(np.max(np.abs(one.gap) / _scale(one))) for one in found)
    if missed > CLOSE:
        findings.note(
            f"contributions of {image.name} miss the difference of the answers by up to "
            f"{100 * missed:.0f} %: set evaluation.inside.steps above {config.steps}"
        )


def _scale(one: Contributions) -> Floats:
    return np.asarray(np.maximum(np.abs(one.answer - one.baseline), 1e-6), np.float64)


def _table(one: Contributions, ids: "pd.Series[str]", image: str, component: str) -> pd.DataFrame:
    total = one.pixels.sum(axis=tuple(range(1, one.pixels.ndim)))
    columns = {"answer": one.answer, "answer_of_baseline": one.baseline, "contributions": total}
    return pd.DataFrame({"event_id": ids, "input": image, "component": component, **columns})


def _units(findings: Findings) -> str:
    return findings.about.answers[0].units
