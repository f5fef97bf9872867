"""From what a network says to probabilities or physical units, in a graph.

What is computed here is what `Goal.decode` computes, in the same precision.
"""

import numpy as np

from footprint.export.graph import DOUBLE, FLOAT, Graph
from footprint.training.goals import Goal

Shape = tuple[int, ...]


def decoded(
    graph: Graph, goal: Goal, said: str, output: str, *, shape: Shape, faulty: list[str]
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
    output
        Name of the result: probabilities (n, classes), or values (n, *shape), float32; NaN for
        faulty events.
    shape
        Of one event's target.
    faulty
        Names of tensors (n,) of bool: events of which the network cannot say anything.
    """
    values = said
    if goal.normalisation is not None:
        wide = graph.reshaped(graph.cast(said, DOUBLE), shape)
        scale = graph.constant(goal.normalisation.scale.astype(np.float64))
        shift = graph.constant(goal.normalisation.shift.astype(np.float64))
        values = graph.add("Add", graph.add("Mul", wide, scale), shift)
        if goal.task == "direction":
            values = _unit_vector(graph, values)
        elif goal.log:
            values = graph.add("Pow", graph.constant(10.0), values)
        values = graph.cast(values, FLOAT)
    for number, flag in enumerate(faulty):
        last = number == len(faulty) - 1
        bad = graph.reshaped(flag, (1,) * len(shape))
        nothing = graph.constant(np.array(np.nan, dtype=np.float32))
        values = graph.add("Where", bad, nothing, values, output=output if last else None)
    if not faulty:
        graph.add("Identity", values, output=output)


def _unit_vector(graph: Graph, values: str) -> str:
    """Divide by the length; a vector of length zero stays what it is."""
    squares = graph.add("Mul", values, values)
    total = graph.add("ReduceSum", squares, graph.constant(np.array([-1])), keepdims=1)
    length = graph.add("Sqrt", total)
    one, zero = graph.constant(1.0), graph.constant(0.0)
    return graph.add(
        "Div", values, graph.add("Where", graph.add("Greater", length, zero), length, one)
    )
