"""From physical arrays to what a network sees, as the data set does it, in a graph.

What is computed here is what `footprint.dataset.inputs.stacked` and `Normalisation.apply` compute,
in the same order and precision, with the numbers of the data set.
"""

import math

import numpy as np

from footprint.config.inputs import Channel, Input
from footprint.dataset.inputs import mask_positions
from footprint.export.formulas import translated
from footprint.export.graph import BOOL, DOUBLE, FLOAT, Graph
from footprint.files.datasets import Normalisation
from footprint.files.hdf5 import Array

Shape = tuple[int, ...]


def normalised(
    graph: Graph, config: Input, normalisation: Normalisation, shape: Shape, output: str
) -> list[str]:
    """Add the way of one input from its arrays to the network.

    Parameters
    ----------
    graph
        What is added to; the arrays are tensors of their names, float32.
    config, normalisation
        Of the input.
    shape
        Of one event's value of each array.
    output
        Name of the tensor that the network reads, shape (n, ..., channels).

    Returns
    -------
    list of str
        Names of tensors (n,) of bool: events with values that are infinite, or for which the
        transform of a channel is not defined. No data set has such events.
    """
    layers, faulty = [], []
    for channel in config.channels:
        values = _transformed(graph, channel)
        missing = graph.add("IsNaN", values)
        faulty.append(_faulty(graph, channel, values, missing, shape))
        layers.append(values)
        if channel.mask:
            layers.append(graph.cast(graph.add("Not", missing), FLOAT))
    stacked = _stacked(graph, layers, shape)
    centred = graph.add("Sub", graph.cast(stacked, DOUBLE), _constant(graph, normalisation.shift))
    scaled = graph.add("Div", centred, _constant(graph, normalisation.scale))
    measured = graph.add("Where", graph.add("IsNaN", scaled), graph.constant(0.0), scaled)
    if normalisation.whitening is not None:
        channels = len(mask_positions(config))
        whitening, whole = normalisation.whitening, (*shape, channels)
        measured = turned(graph, whitening.channels, whitening.matrix, measured, whole)
    graph.add("Cast", measured, output=output, to=FLOAT)
    return faulty


def _constant(graph: Graph, values: Array) -> str:
    return graph.constant(values.astype(np.float64))


def _transformed(graph: Graph, channel: Channel) -> str:
    """Evaluate the formula in double precision; what is stored is float32."""
    if channel.transform is None and channel.relative_to is None:
        return channel.array
    values = difference(graph, channel)
    if channel.transform is not None:
        values = translated(graph, channel.transform, values)
    return graph.cast(values, FLOAT)


def difference(graph: Graph, channel: Channel) -> str:
    """Add what a channel's transform is a formula of, in double precision."""
    wide = graph.cast(channel.array, DOUBLE)
    if channel.relative_to is None:
        return wide
    return graph.add("Sub", wide, graph.cast(channel.relative_to, DOUBLE))


def _faulty(graph: Graph, channel: Channel, values: str, missing: str, shape: Shape) -> str:
    bad = graph.add("IsInf", values)
    if channel.transform is not None or channel.relative_to is not None:
        measured = graph.add("Not", graph.add("IsNaN", channel.array))
        if channel.relative_to is not None:
            other = graph.add("Not", graph.add("IsNaN", channel.relative_to))
            measured = graph.add("And", measured, other)
        bad = graph.add("Or", bad, graph.add("And", missing, measured))
    return any_of(graph, bad, shape)


def any_of(graph: Graph, bad: str, shape: Shape) -> str:
    """Tell of each event whether anything in it is bad, shape (n,)."""
    if not shape:
        return bad
    flat = graph.reshaped(graph.cast(bad, FLOAT), (math.prod(shape),))
    return graph.cast(graph.add("ReduceMax", flat, axes=[1], keepdims=0), BOOL)


def _stacked(graph: Graph, layers: list[str], shape: Shape) -> str:
    """Stack channels along a new last axis."""
    columns = [graph.reshaped(layer, (*shape, 1)) for layer in layers]
    return graph.add("Concat", *columns, axis=-1)


def turned(graph: Graph, channels: Array, matrix: Array, values: str, shape: Shape) -> str:
    """Multiply all values of the whitened channels by a matrix; masks stay."""
    channels = channels.astype(np.int64)
    others = np.setdiff1d(np.arange(shape[-1]), channels)
    chosen = graph.add("Gather", values, graph.constant(channels), axis=-1)
    flat = graph.reshaped(chosen, (len(matrix),))
    product = graph.add("MatMul", flat, graph.constant(matrix.T.astype(np.float64)))
    back = graph.reshaped(product, (*shape[:-1], len(channels)))
    if not len(others):
        return back
    rest = graph.add("Gather", values, graph.constant(others), axis=-1)
    both = graph.add("Concat", back, rest, axis=-1)
    places = np.argsort(np.concatenate([channels, others])).astype(np.int64)
    return graph.add("Gather", both, graph.constant(places), axis=-1)
