"""A trained network as it stands, in ONNX: normalised inputs in, its raw outputs out."""

import logging
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from footprint.errors import TrainingError
from footprint.export.canonical import canonical
from footprint.export.graph import OPSET
from footprint.files.hdf5 import Array

PREFIX = "network/"


def converted(network: keras.Model) -> onnx.ModelProto:
    """Convert a network, in single precision whatever it was trained in.

    Parameters
    ----------
    network
        Takes a dictionary of inputs, returns a dictionary of outputs.

    Returns
    -------
    onnx.ModelProto
        Inputs ``network/<input>`` and outputs ``network/out/<output>``, whose first axes are
        free.

    Raises
    ------
    TrainingError
        Keras runs on another backend than TensorFlow, or the network has a layer of which ONNX
        knows no counterpart.
    """
    if keras.backend.backend() != "tensorflow":
        msg = (
            f"networks are exported with Keras on TensorFlow, found the backend "
            f"{keras.backend.backend()}: set KERAS_BACKEND=tensorflow; networks that were trained "
            f"on another backend are exported just so"
        )
        raise TrainingError(msg)
    for layer in network._flatten_layers():  # noqa: SLF001, layers within layers too
        # Weights are in single precision anyway; a CPU gains nothing from computing in half.
        if layer.compute_dtype != "float32":
            layer.dtype_policy = "float32"
    # Keras asks that a network has been called once before it is exported.
    said = network(
        {tensor.name: np.zeros((1, *tensor.shape[1:]), "float32") for tensor in network.inputs}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        with _quiet():
            network.export(path, format="onnx", verbose=False, opset_version=OPSET)
        found = onnx.load(path)
    _without_erfc(found.graph)
    _without_searches(found.graph)
    foreign = [node for node in _nodes(found.graph) if _foreign(node)]
    if foreign:
        raise _refused(network, foreign)
    return _renamed(found, sorted(said))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the converter from calling errors what is written otherwise or refused afterwards."""
    converter = logging.getLogger("tf2onnx.tfonnx")
    before = converter.level
    converter.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        converter.setLevel(before)


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """List all nodes, those of loops and conditions too."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _nodes(attribute.g)


def _foreign(node: onnx.NodeProto) -> bool:
    """Whether a node is none of ONNX's own operators: the converter leaves them as they were."""
    return node.domain not in {"", "ai.onnx"} or not onnx.defs.has(node.op_type, OPSET)


def _without_erfc(graph: onnx.GraphProto) -> None:
    """Write 1 - erf(x) for erfc(x), of which GELU is made and which ONNX does not have."""
    nodes = list(graph.node)
    if not any(node.op_type == "Erfc" for node in nodes):
        return
    one = "one_of_erfc"
    graph.initializer.append(numpy_helper.from_array(np.array(1.0, np.float32), one))
    del graph.node[:]
    for node in nodes:
        if node.op_type == "Erfc":
            erf = f"{node.output[0]}/erf"
            graph.node.append(helper.make_node("Erf", list(node.input), [erf], name=erf))
            node = helper.make_node("Sub", [one, erf], list(node.output), name=node.name)  # noqa: PLW2901
        graph.node.append(node)


def _without_searches(graph: onnx.GraphProto) -> None:
    """Write a search in sorted levels, which rounds to counts, as the number of those below."""
    nodes = list(graph.node)
    if not any(node.op_type == "LowerBound" for node in nodes):
        return
    axes = {"row": -2, "level": -1}
    for name, axis in axes.items():
        values = numpy_helper.from_array(np.array([axis], np.int64), f"{name}_of_search")
        graph.initializer.append(values)
    del graph.node[:]
    for node in nodes:
        if node.op_type != "LowerBound":
            graph.node.append(node)
            continue
        (levels, values), name = node.input, node.output[0]
        graph.node.extend(
            helper.make_node(operator, given, [made], name=made, **options)
            for operator, given, made, options in (
                ("Unsqueeze", [levels, "row_of_search"], f"{name}/levels", {}),
                ("Unsqueeze", [values, "level_of_search"], f"{name}/values", {}),
                ("Less", [f"{name}/levels", f"{name}/values"], f"{name}/below", {}),
                ("Cast", [f"{name}/below"], f"{name}/counted", {"to": TensorProto.INT32}),
                ("ReduceSum", [f"{name}/counted", "level_of_search"], name, {"keepdims": 0}),
            )
        )


def _refused(network: keras.Model, foreign: list[onnx.NodeProto]) -> TrainingError:
    """Word which layers cannot be exported; operations bear the names of their layers."""
    kinds = {layer.name: type(layer).__name__ for layer in network.layers}
    found: dict[str, set[str]] = {}
    for node in foreign:
        scopes = [re.sub(r"_\d+$", "", scope) for scope in node.name.split("/")]
        scopes += node.name.split("/")
        layer = next((scope for scope in scopes if scope in kinds), "unknown")
        found.setdefault(layer, set()).add(node.op_type)
    which = "; ".join(
        f"layer '{layer}' ({kinds.get(layer, 'unknown')}) uses {', '.join(sorted(operations))}"
        for layer, operations in found.items()
    )
    return TrainingError(
        f"the network cannot be exported to ONNX, which has no counterpart of some operations: "
        f"{which}. All families of the zoo can be exported, and Keras' dense, convolutional, "
        f"pooling, recurrent, attention and normalisation layers: build the layer of these"
    )


def _renamed(found: onnx.ModelProto, names: list[str]) -> onnx.ModelProto:
    """Give inputs and outputs the names that the network has for them.

    Names are in the order in which TensorFlow takes what stands in a dictionary.
    """
    del found.graph.value_info[:]
    prefixed: onnx.ModelProto = compose.add_prefix(found, PREFIX)
    outputs = {
        out.name: f"{PREFIX}out/{name}"
        for out, name in zip(prefixed.graph.output, names, strict=True)
    }
    for node in prefixed.graph.node:
        for number, name in enumerate(node.output):
            node.output[number] = outputs.get(name, name)
        for number, name in enumerate(node.input):
            node.input[number] = outputs.get(name, name)
    for out in prefixed.graph.output:
        out.name = outputs[out.name]
    canonical(prefixed.graph, PREFIX)
    return prefixed


def largest_difference(ours: Array, theirs: Array) -> float:
    """Find the largest difference of two arrays, relative to the largest value of the first."""
    size = float(np.max(np.abs(ours), initial=0.0))
    return float(np.max(np.abs(ours - theirs), initial=0.0)) / (size or 1.0)
