"""Write a trained network as ONNX: physical units in, physical units out."""

import logging
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
from onnx import helper

from footprint.config.experiments import Experiment
from footprint.config.exports import Says, says_of, why_not
from footprint.errors import TrainingError
from footprint.export.answers import answers
from footprint.export.describe import origin_of, spectators
from footprint.export.description import KEY, Description, Signature, Verified
from footprint.export.graph import Graph, tensor_info
from footprint.export.log_density import log_density
from footprint.export.network import PREFIX, converted, largest_difference
from footprint.export.plan import Plan
from footprint.export.samples import samples
from footprint.files.atomic import atomic, write_text
from footprint.files.datasets import Dataset
from footprint.files.hdf5 import Array
from footprint.training.apply import load_network

TOLERANCE = 1e-4
"""Largest difference, relative to the largest output."""
MOST_TIPPED = 1e-4
"""Largest share of a generator's values that rounding may take over an edge."""

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
    says: Says | None = None,
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
    says
        What the file says of events; None for the only thing that the network can say.

    Raises
    ------
    TrainingError
        What the experiment learns cannot be exported, or does not say that, a layer or a transform
        has no counterpart, or the result differs from Keras.
    FileFormatError
        The network cannot be loaded, or the data set has no ranges.
    """
    asked = check_exportable(name, config, says)
    plan = _planned(asked, dataset, config, load_network(model, config), seed)
    core = converted(plan.network)
    verified = _verified(core, plan)
    said = Description(
        experiment_name=name,
        seed=seed,
        says=asked,
        input_names=tuple(entry.name for entry in _entries(plan)),
        output_names=tuple(out.name for out in plan.outputs),
        inputs=plan.inputs,
        noise=plan.noise,
        outputs=plan.outputs,
        spectators=tuple(spectators(dataset)),
        origin=origin_of(model, dataset, config),
        verified=verified,
        experiment=config.model_dump(mode="json", exclude={"evaluation", "seeds", "scan"}),
        dataset=plan.used,
    )
    whole = _joined(core, plan)
    text = said.model_dump_json(indent=1)
    helper.set_model_props(whole, {KEY: said.model_dump_json()})
    onnx.checker.check_model(whole)
    with atomic(output) as partial:
        partial.write_bytes(whole.SerializeToString(deterministic=True))
    write_text(description, text + "\n")
    log.info(
        "%s: %d tensors in, %d out; differs from Keras by %.1e",
        *(output, len(said.input_names), len(said.output_names), verified.largest_difference),
    )


def check_exportable(name: str, config: Experiment, says: Says | None = None) -> Says:
    """Refuse what cannot be exported, and files of what a network does not say.

    Raises
    ------
    TrainingError
        With what can be exported.
    """
    reason = why_not(config)
    if reason is not None:
        msg = f"experiment '{name}' {reason}"
        raise TrainingError(msg)
    known = says_of(config)
    if says not in known and (says is not None or len(known) > 1):
        msg = (
            f"experiment '{name}' says {' or '.join(known)}, a file each, found "
            f"{says or 'nothing asked for'}: ask for one of them"
        )
        raise TrainingError(msg)
    return says or known[0]


def _planned(
    says: Says, dataset: Dataset, config: Experiment, network: keras.Model, seed: int
) -> Plan:
    if says == "samples":
        return samples(dataset, config, network, seed)
    if says == "log_density":
        return log_density(dataset, config, network)
    return answers(dataset, config, network)


def _verified(core: onnx.ModelProto, plan: Plan) -> Verified:
    """Compare the converted network with Keras on events of the test split."""
    inputs = dict(plan.examples)
    expected = plan.network.predict_on_batch(inputs)
    session = onnxruntime.InferenceSession(
        core.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    outputs = [f"{PREFIX}out/{name}" for name in expected]
    found = session.run(outputs, {PREFIX + name: values for name, values in inputs.items()})
    compared = [
        _compared(np.asarray(ours), theirs, edges=plan.edges)
        for ours, theirs in zip(expected.values(), found, strict=True)
    ]
    # Of NaN too, which Python's own max may pass over.
    worst, tipped = (float(value) for value in np.max(compared, axis=0))
    if not worst < TOLERANCE:
        msg = (
            f"the exported network differs from Keras by {worst:.1e} of its largest output, "
            f"expected less than {TOLERANCE:g}: a layer is converted wrongly, take another"
        )
        raise TrainingError(msg)
    return Verified(
        events=len(next(iter(inputs.values()))), largest_difference=worst, tipped=tipped
    )


def _compared(ours: Array, theirs: Array, *, edges: bool) -> tuple[float, float]:
    """Find the largest difference, and the share of values that an edge explains.

    A station triggers or does not, so that rounding in the last digit may change a value by any
    amount, but only of so few that lie just there; a wrong conversion changes many.
    """
    if not edges:
        return largest_difference(ours, theirs), 0.0
    far = np.abs(ours - theirs) > TOLERANCE * np.max(np.abs(ours), initial=0.0)
    share = float(np.mean(far))
    if share > MOST_TIPPED:
        return largest_difference(ours, theirs), share
    return largest_difference(ours, np.where(far, ours, theirs)), share


def _entries(plan: Plan) -> list[Signature]:
    """List what goes in: arrays, then random numbers."""
    return [*plan.inputs, *([] if plan.noise is None else [plan.noise])]


def _joined(core: onnx.ModelProto, plan: Plan) -> onnx.ModelProto:
    """Put preprocessing, network and way back into one graph."""
    before, after = Graph("inputs"), Graph("outputs")
    faulty = plan.before(before)
    plan.after(after, faulty)
    graph = helper.make_graph(
        [*before.nodes, *core.graph.node, *after.nodes],
        "footprint",
        [tensor_info(entry.name, entry.shape) for entry in _entries(plan)],
        [tensor_info(out.name, out.shape) for out in plan.outputs],
        [*before.constants, *core.graph.initializer, *after.constants],
    )
    imports = [entry for entry in core.opset_import if entry.domain in {"", "ai.onnx"}]
    return helper.make_model(
        graph, producer_name="footprint", opset_imports=imports, ir_version=core.ir_version
    )
