"""From what a network says to probabilities or physical units, in a graph.

What is computed here is what `Goal.decode` and `Goal.decode_sigma` compute, in the same precision.
"""

import math
from collections.abc import Sequence

import numpy as np

from footprint.export.formulas import translated
from footprint.export.graph import DOUBLE, FLOAT, Graph
from footprint.files.datasets import Normalisation
from footprint.training.gaussian import LIMIT
from footprint.training.goals import Goal

Shape = tuple[int, ...]


def decoded(
    graph: Graph,
    goal: Goal,
    said: str,
    outputs: tuple[str, ...],
    *,
    shape: Shape,
    faulty: list[str],
) -> None:
    """Add the way from a network's output to the target's unit.

    Parameters
    ----------
    graph
        What is added to.
    goal
        The target.
    said
        Name of the network's output, shape (n, units).
    outputs
        Name of the result: probabilities (n, classes), or values (n, *shape), float32; NaN for
        faulty events. A goal that predicts its own uncertainty has a second, for sigma.
    shape
        Of one event's target.
    faulty
        Names of tensors (n,) of bool: events of which the network cannot say anything.
    """
    found: tuple[str, ...] = (said,)
    if goal.normalisation is not None:
        found = _in_units(graph, goal, goal.normalisation, said, shape)
    for values, output in zip(found, outputs, strict=True):
        answered(graph, values, output, shape=shape, faulty=faulty)


def answered(
    graph: Graph, values: str, output: str, *, shape: Shape, faulty: Sequence[str]
) -> None:
    """Add an output (n, *shape), float32, that is NaN for faulty events."""
    for flag in faulty[:-1]:
        values = _without(graph, flag, values, shape)
    if faulty:
        _without(graph, faulty[-1], values, shape, output)
    else:
        graph.add("Identity", values, output=output)


def _without(graph: Graph, flag: str, values: str, shape: Shape, output: str | None = None) -> str:
    bad = graph.reshaped(flag, (1,) * len(shape))
    nothing = graph.constant(np.array(np.nan, dtype=np.float32))
    return graph.add("Where", bad, nothing, values, output=output)


def _in_units(
    graph: Graph, goal: Goal, normalisation: Normalisation, said: str, shape: Shape
) -> tuple[str, ...]:
    """Undo the normalisation and the logarithm: values, and sigma where it is predicted."""
    scale = normalisation.scale.astype(np.float64)
    shift = normalisation.shift.astype(np.float64)
    wide = graph.cast(said, DOUBLE)
    means = _columns(graph, wide, 0, goal.values) if goal.uncertain else wide
    scaled = graph.add("Mul", graph.reshaped(means, shape), graph.constant(scale))
    values = graph.add("Add", scaled, graph.constant(shift))
    if goal.task == "direction":
        values = _unit_vector(graph, values)
    elif goal.log:
        values = graph.add("Pow", graph.constant(10.0), values)
    if not goal.uncertain:
        return (graph.cast(values, FLOAT),)
    raw = graph.reshaped(_columns(graph, wide, goal.values, 2 * goal.values), shape)
    normalised = translated(graph, f"exp({LIMIT} * tanh(x / {LIMIT}))", raw)
    sigma = graph.add("Mul", normalised, graph.constant(np.abs(scale)))
    if goal.log:
        sigma = graph.add("Mul", values, translated(graph, f"sinh({math.log(10)} * x)", sigma))
    return graph.cast(values, FLOAT), graph.cast(sigma, FLOAT)


def _columns(graph: Graph, tensor: str, first: int, last: int) -> str:
    return graph.add("Gather", tensor, graph.constant(np.arange(first, last)), axis=1)


def _unit_vector(graph: Graph, values: str) -> str:
    """Divide by the length; a vector of length zero stays what it is."""
    squares = graph.add("Mul", values, values)
    total = graph.add("ReduceSum", squares, graph.constant(np.array([-1])), keepdims=1)
    length = graph.add("Sqrt", total)
    one, zero = graph.constant(1.0), graph.constant(0.0)
    return graph.add(
        "Div", values, graph.add("Where", graph.add("Greater", length, zero), length, one)
    )
