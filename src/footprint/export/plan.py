"""What an exported file is made of: a network, and what is done before and after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import keras

from footprint.config.datasets import Dataset as DatasetConfig
from footprint.export.description import ArrayIn, NoiseIn, TargetOut
from footprint.export.graph import Graph
from footprint.export.inputs import normalised
from footprint.export.network import PREFIX
from footprint.files.datasets import Dataset
from footprint.files.hdf5 import Array

CHECKED = 256
"""Events of the test split on which a converted network is compared with Keras."""


@dataclass(frozen=True)
class Plan:
    """What a file is made of.

    Attributes
    ----------
    network
        From a dictionary of normalised inputs to one of raw outputs.
    examples
        Inputs on which it is compared with Keras, by name.
    used
        What of the data set's configuration it needs.
    inputs, outputs
        What goes in and comes out, in physical units.
    before
        Adds the way from the inputs to those of the network, and gives the names of tensors (n,)
        of bool: events of which it cannot say anything.
    after
        Adds the way from the network's outputs to those of the file, NaN for such events.
    noise
        Random numbers that go in, too.
    edges
        Whether rounding may take a value of the network over an edge.
    """

    network: keras.Model
    examples: Mapping[str, Array]
    used: DatasetConfig
    inputs: tuple[ArrayIn, ...]
    outputs: tuple[TargetOut, ...]
    before: Callable[[Graph], list[str]]
    after: Callable[[Graph, list[str]], None]
    noise: NoiseIn | None = None
    edges: bool = False


def inputs_of(
    graph: Graph, dataset: Dataset, used: DatasetConfig, names: Sequence[str]
) -> list[str]:
    """Add the way of some inputs from their arrays to the network, as `Plan.before`."""
    faulty: list[str] = []
    for name in names:
        shape = dataset.array("train", "inputs", name).shape[1:-1]
        normalisation = dataset.normalisation(name)
        faulty += normalised(graph, used.inputs[name], normalisation, shape, PREFIX + name)
    return faulty
