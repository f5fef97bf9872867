"""Write a trained network as ONNX: physical units in, physical units out."""

import logging
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
from onnx import helper

from footprint.config.experiments import Experiment
from footprint.config.exports import why_not
from footprint.errors import TrainingError
from footprint.export.describe import arrays_in, origin_of, spectators, targets_out, used_config
from footprint.export.description import KEY, Description, Verified
from footprint.export.graph import Graph, tensor_info
from footprint.export.inputs import normalised
from footprint.export.network import PREFIX, converted, largest_difference
from footprint.export.outputs import decoded
from footprint.export.versions import averaged, multiplied, versions_of
from footprint.files.atomic import atomic, write_text
from footprint.files.datasets import Dataset
from footprint.training.apply import averaging_of, load_network
from footprint.training.augment import Augmentation
from footprint.training.goals import Goal, goals_of

CHECKED = 256
"""Events of the test split on which the converted network is compared with Keras."""
TOLERANCE = 1e-4
"""Largest difference, relative to the largest output."""

log = logging.getLogger(__name__)


def export(
    output: Path,
    description: Path,
    model: Path,
    dataset: Dataset,
    *,
    name: str,
    config: Experiment,
    seed: int,
) -> None:
    """Write a trained network with all that is done before and after it.

    Parameters
    ----------
    output, description
        The ONNX file, and the JSON file beside it that says what is in it.
    model
        The trained network, model.keras.
    dataset
        What it was trained on.
    name, config, seed
        Name and configuration of the experiment, and the seed of the training.

    Raises
    ------
    TrainingError
        What the experiment learns cannot be exported, a layer or a transform has no counterpart,
        or the result differs from Keras.
    FileFormatError
        The network cannot be loaded, or the data set has no ranges.
    """
    check_exportable(name, config)
    names = config.inputs or dataset.names("inputs")
    used, goals = used_config(dataset, names), goals_of(dataset, config)
    arrays = arrays_in(dataset, used)
    targets = targets_out(dataset, goals, [array.name for array in arrays])
    network = load_network(model, config)
    core = converted(network)
    verified = _verified(core, network, dataset, names)
    said = Description(
        experiment_name=name,
        seed=seed,
        input_names=tuple(array.name for array in arrays),
        output_names=tuple(target.name for target in targets),
        inputs=tuple(arrays),
        outputs=tuple(targets),
        spectators=tuple(spectators(dataset)),
        origin=origin_of(model, dataset, config),
        verified=verified,
        experiment=config.model_dump(mode="json", exclude={"evaluation", "seeds", "scan"}),
        dataset=used,
    )
    whole = _joined(core, dataset, goals, said, averaging_of(dataset, config, goals, names))
    text = said.model_dump_json(indent=1)
    helper.set_model_props(whole, {KEY: said.model_dump_json()})
    onnx.checker.check_model(whole)
    with atomic(output) as partial:
        partial.write_bytes(whole.SerializeToString(deterministic=True))
    write_text(description, text + "\n")
    log.info(
        "%s: %d arrays in, %d answers out; differs from Keras by %.1e",
        *(output, len(arrays), len(targets), verified.largest_difference),
    )


def check_exportable(name: str, config: Experiment) -> None:
    """Refuse what has no single answer for an event.

    Raises
    ------
    TrainingError
        With what can be exported.
    """
    reason = why_not(config)
    if reason is not None:
        msg = f"experiment '{name}' {reason}"
        raise TrainingError(msg)


def _verified(
    core: onnx.ModelProto, network: keras.Model, dataset: Dataset, names: list[str]
) -> Verified:
    """Compare the converted network with Keras on events of the test split."""
    inputs = dataset.inputs("test", names, slice(CHECKED))
    expected = network.predict_on_batch(inputs)
    session = onnxruntime.InferenceSession(
        core.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    outputs = [f"{PREFIX}out/{name}" for name in expected]
    found = session.run(outputs, {PREFIX + name: values for name, values in inputs.items()})
    worst = max(
        largest_difference(np.asarray(ours), theirs)
        for ours, theirs in zip(expected.values(), found, strict=True)
    )
    if not worst < TOLERANCE:
        msg = (
            f"the exported network differs from Keras by {worst:.1e} of its largest output, "
            f"expected less than {TOLERANCE:g}: a layer is converted wrongly, take another"
        )
        raise TrainingError(msg)
    return Verified(events=len(next(iter(inputs.values()))), largest_difference=worst)


def _joined(
    core: onnx.ModelProto,
    dataset: Dataset,
    goals: list[Goal],
    said: Description,
    averaging: Augmentation | None,
) -> onnx.ModelProto:
    """Put preprocessing, network and way back into one graph."""
    before, after = Graph("inputs"), Graph("outputs")
    shapes_in = {
        name: dataset.array("train", "inputs", name).shape[1:] for name in said.dataset.inputs
    }
    units = {goal.name: goal.output.units for goal in goals}
    versions = versions_of(averaging, shapes_in, units) if averaging is not None else None
    shapes = {array.name: array.shape for array in said.inputs}
    faulty: list[str] = []
    for name, entry in said.dataset.inputs.items():
        shape = shapes[entry.channels[0].array]
        normalisation = dataset.normalisation(name)
        plain = PREFIX + name if versions is None else f"plain/{name}"
        faulty += normalised(before, entry, normalisation, shape, plain)
        if versions is not None:
            place = PREFIX + name
            multiplied(before, versions, name, plain, shape=shapes_in[name], output=place)
    for goal in goals:
        targets = [target for target in said.outputs if target.target == goal.name]
        out = f"{PREFIX}out/{goal.name}"
        if versions is not None:
            out = averaged(after, versions, goal.name, out)
        outputs = tuple(target.name for target in targets)
        decoded(after, goal, out, outputs, shape=targets[0].shape, faulty=faulty)
    graph = helper.make_graph(
        [*before.nodes, *core.graph.node, *after.nodes],
        "footprint",
        [tensor_info(array.name, array.shape) for array in said.inputs],
        [tensor_info(target.name, target.shape) for target in said.outputs],
        [*before.constants, *core.graph.initializer, *after.constants],
    )
    imports = [entry for entry in core.opset_import if entry.domain in {"", "ai.onnx"}]
    return helper.make_model(
        graph, producer_name="footprint", opset_imports=imports, ir_version=core.ir_version
    )
