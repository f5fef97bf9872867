"""From what a network draws to arrays in physical units, in a graph.

What is computed here is what `Variables.snapped` and `Variables.physical` compute, in the same
order and precision.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from footprint.export.formulas import translated
from footprint.export.graph import DOUBLE, FLOAT, Graph
from footprint.export.inputs import turned
from footprint.export.outputs import answered
from footprint.files.datasets import MASK
from footprint.training.variables import Variables

HALF = np.array(0.5, np.float32)
NOT_MEASURED = np.array(np.nan, np.float32)


def physical(
    graph: Graph,
    variables: Variables,
    said: str,
    outputs: Mapping[str, str],
    faulty: Sequence[str],
) -> None:
    """Add the way from a network's draws to arrays.

    Parameters
    ----------
    graph
        What is added to; arrays that others are relative to are tensors of their names.
    variables
        What is drawn.
    said
        Name of the draws, shape (n, ..., channels).
    outputs
        Names of the results by array, shapes (n, ...), float32; NaN where nothing was measured.
    faulty
        Names of tensors (n,) of bool: events without draws.
    """
    sharp = _snapped(graph, variables, said)
    wide = _inverted(graph, variables, sharp)
    for place, channel in enumerate(variables.channels):
        if channel.startswith(MASK):
            continue
        values = _column(graph, wide, place)
        if channel in variables.inverses:
            values = translated(graph, variables.inverses[channel], values)
        if channel in variables.relative_to:
            values = graph.add("Add", values, graph.cast(variables.relative_to[channel], DOUBLE))
        values = graph.cast(values, FLOAT)
        mask = variables.mask_of(channel)
        if mask is not None:
            there = graph.add("Greater", sharp[mask], graph.constant(HALF))
            values = graph.add("Where", there, values, graph.constant(NOT_MEASURED))
        shape = variables.shape[:-1]
        answered(graph, values, outputs[channel], shape=shape, faulty=faulty)


def _column(graph: Graph, values: str, place: int) -> str:
    return graph.add("Gather", values, graph.constant(np.array(place)), axis=-1)


def _snapped(graph: Graph, variables: Variables, said: str) -> list[str]:
    """Make each channel as sharp as real ones, in the order of `Variables.snapped`."""

    def number(value: float) -> str:
        return graph.constant(np.array(value, np.float32))

    sharp = [_column(graph, said, place) for place in range(len(variables.channels))]
    for place, (channel, silence) in enumerate(
        zip(variables.channels, variables.silence, strict=True)
    ):
        own = sharp[place]
        if channel.startswith(MASK):
            sharp[place] = graph.cast(graph.add("Greater", own, graph.constant(HALF)), FLOAT)
        elif silence is not None:
            distance = graph.add("Abs", graph.add("Sub", own, number(silence.value)))
            near = graph.add("Less", distance, number(0.5 * silence.gap))
            sharp[place] = graph.add("Where", near, number(silence.value), own)
    for place, form in enumerate(variables.forms):
        if not form.mask and form.silence is not None:
            own = sharp[place]
            inside = graph.add("Clip", own, number(form.low), number(form.high))
            silent = graph.add("Equal", own, number(form.silence))
            sharp[place] = graph.add("Where", silent, own, inside)
    for place, channel in enumerate(variables.channels):
        mask, silence = variables.gate_of(channel), variables.silence[place]
        if mask is not None:
            empty = number(0.0 if silence is None else silence.value)
            heard = graph.add("Greater", sharp[mask], number(0.0))
            sharp[place] = graph.add("Where", heard, sharp[place], empty)
    return sharp


def _inverted(graph: Graph, variables: Variables, sharp: Sequence[str]) -> str:
    """Undo whitening and normalisation in double precision, shape (n, ..., channels)."""
    whole, normalisation = variables.shape, variables.normalisation
    columns = [graph.reshaped(values, (*whole[:-1], 1)) for values in sharp]
    values = graph.cast(graph.add("Concat", *columns, axis=-1), DOUBLE)
    whitening = normalisation.whitening
    if whitening is not None:
        values = turned(graph, whitening.channels, whitening.inverse, values, whole)
    scaled = graph.add("Mul", values, graph.constant(normalisation.scale.astype(np.float64)))
    return graph.add("Add", scaled, graph.constant(normalisation.shift.astype(np.float64)))
