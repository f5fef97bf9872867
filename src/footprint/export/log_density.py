"""Densities: the logarithm of their value, per unit of the arrays or targets as they stand."""

import math

import keras
import numpy as np

from footprint.config.experiments import Experiment
from footprint.config.formulas import evaluate
from footprint.config.inputs import Channel
from footprint.export.derivatives import derivative
from footprint.export.describe import PREDICTED, arrays_in, domain_of, free, used_config
from footprint.export.description import ArrayIn, TargetOut
from footprint.export.formulas import translated
from footprint.export.graph import DOUBLE, FLOAT, Graph
from footprint.export.inputs import difference
from footprint.export.network import PREFIX
from footprint.export.outputs import answered
from footprint.export.plan import CHECKED, Plan, inputs_of
from footprint.files.datasets import Dataset
from footprint.training.distributions import LOG_DENSITY, TARGETS, Distribution, distribution_of
from footprint.training.goals import Goal

SCORE = "anomaly_score"
"""What minus the logarithm is called, of variables as they are learnt."""
LOG10 = "log10(x)"


def log_density(dataset: Dataset, config: Experiment, network: keras.Model) -> Plan:
    """Plan the file of a flow that says how probable values are under their conditions.

    With ``learn_from`` a second output is the score that anomalies are judged by, whose order
    depends on what the transforms make of the arrays.
    """
    learnt = distribution_of(dataset, config)
    own = [] if learnt.variables is None else [learnt.name]
    names = [*learnt.conditions, *own]
    used = used_config(dataset, names)
    arrays = arrays_in(dataset, used, names)
    values = _targets_in(dataset, learnt, [array.name for array in arrays])
    inputs = (*arrays, *values)
    scored = config.learn_from is not None
    outputs = _outputs(dataset, learnt, [array.name for array in inputs], scored=scored)
    examples = dataset.inputs("test", names, slice(CHECKED))
    if learnt.variables is None:
        examples[TARGETS] = learnt.encoded(dataset, "test", slice(CHECKED))

    def before(graph: Graph) -> list[str]:
        faulty = inputs_of(graph, dataset, used, names)
        tensors = [value.name for value in values]
        return faulty + (_encoded(graph, learnt.goals, tensors) if tensors else [])

    def after(graph: Graph, faulty: list[str]) -> None:
        said = graph.cast(graph.reshaped(f"{PREFIX}out/{LOG_DENSITY}", ()), DOUBLE)
        plain = graph.add("Sub", said, graph.constant(learnt.log_scale))
        slopes = _slopes(graph, learnt, [used.inputs[name].channels for name in own])
        slopes += [
            _log_slope(graph, LOG10, graph.cast(value.name, DOUBLE), ())
            for goal, value in zip(learnt.goals, values, strict=True)
            if goal.log
        ]
        whole = graph.add("Sum", plain, *slopes)
        ways = {LOG_DENSITY: whole, SCORE: graph.add("Neg", plain)}
        for out in outputs:
            answer = graph.cast(ways[out.target], FLOAT)
            answered(graph, answer, out.name, shape=(), faulty=faulty)

    return Plan(
        network=network,
        examples=examples,
        used=used,
        inputs=inputs,
        outputs=outputs,
        before=before,
        after=after,
    )


def _targets_in(dataset: Dataset, learnt: Distribution, taken: list[str]) -> tuple[ArrayIn, ...]:
    """Describe the targets, whose values go in."""
    return tuple(
        ArrayIn(
            name=free(goal.name, "target_", taken),
            shape=(),
            units=spec.units,
            description=f"value of target {goal.name}: {spec.description}",
            domain=domain_of(dataset.target("train", goal.name)),
        )
        for goal in learnt.goals
        for spec in [dataset.spec("targets", goal.name)]
    )


def _outputs(
    dataset: Dataset, learnt: Distribution, taken: list[str], *, scored: bool
) -> tuple[TargetOut, ...]:
    """Describe what comes out."""
    if learnt.variables is None:
        units = {goal.name: dataset.spec("targets", goal.name).units for goal in learnt.goals}
    else:
        channels = zip(learnt.variables.channels, dataset.array_units(learnt.name), strict=True)
        units = dict(channels)
    of = ", ".join(f"{name} [{unit}]" if unit else name for name, unit in units.items())
    texts = {LOG_DENSITY: f"natural logarithm of the probability density of {of}"}
    if scored:
        texts[SCORE] = (
            "minus the natural logarithm of the density of the variables as they are learnt, after "
            "their transforms: the larger, the less usual"
        )
    return tuple(
        TargetOut(
            name=free(name, PREDICTED, taken), target=name, shape=(), units="nat",
            description=text, task="density", classes=(), domain=None,
        )
        for name, text in texts.items()
    )  # fmt: skip


def _encoded(graph: Graph, goals: list[Goal], tensors: list[str]) -> list[str]:
    """Add what `Goal.encode` computes of each target, joined; events whose truth has no number."""
    columns, faulty = [], []
    for goal, tensor in zip(goals, tensors, strict=True):
        wide = graph.cast(tensor, DOUBLE)
        values = translated(graph, LOG10, wide) if goal.log else wide
        if goal.normalisation is not None:
            shift, scale = (
                graph.constant(np.asarray(part, np.float64).reshape(()))
                for part in (goal.normalisation.shift, goal.normalisation.scale)
            )
            values = graph.add("Div", graph.add("Sub", values, shift), scale)
        encoded = graph.cast(values, FLOAT)
        faulty.append(graph.add("Or", graph.add("IsInf", encoded), graph.add("IsNaN", encoded)))
        columns.append(graph.reshaped(encoded, (1,)))
    graph.add("Concat", *columns, axis=-1, output=PREFIX + TARGETS)
    return faulty


def _slopes(graph: Graph, learnt: Distribution, inputs: list[list[Channel]]) -> list[str]:
    """Add the sums of ln |dy/dx| over the values of an event, of each channel with a transform.

    What was not measured counts as the mean, as it does for the network.
    """
    variables, found = learnt.variables, []
    if variables is None:
        return []
    shape = variables.shape[:-1]
    means = np.broadcast_to(variables.normalisation.shift, variables.shape).astype(np.float64)
    for place, channel in enumerate(inputs[0]):
        if channel.transform is None or channel.inverse is None:
            continue
        x = difference(graph, channel)
        mean = np.asarray(evaluate(channel.inverse, {"x": means[..., place]}), np.float64)
        x = graph.add("Where", graph.add("IsNaN", x), graph.constant(mean), x)
        found.append(_log_slope(graph, channel.transform, x, shape))
    return found


def _log_slope(graph: Graph, formula: str, x: str, shape: tuple[int, ...]) -> str:
    """Add the sum of ln |dy/dx| over the values of an event, shape (n,)."""
    slope = translated(graph, derivative(formula), x)
    # The slope of a linear transform is a number.
    slope = graph.add("Expand", slope, graph.add("Shape", x))
    values = graph.add("Log", graph.add("Abs", slope))
    if not shape:
        return values
    flat = graph.reshaped(values, (math.prod(shape),))
    return graph.add("ReduceSum", flat, graph.constant(np.array([1])), keepdims=0)
