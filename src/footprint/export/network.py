"""A trained network as it stands, in ONNX: normalised inputs in, its raw outputs out."""

import logging
import re
import tempfile
from pathlib import Path

import keras
import numpy as np
import onnx
from onnx import compose

from footprint.errors import TrainingError
from footprint.export.graph import OPSET
from footprint.files.hdf5 import Array

PREFIX = "network/"

log = logging.getLogger(__name__)


def converted(network: keras.Model) -> onnx.ModelProto:
    """Convert a network.

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
    for layer in network.layers:
        layer.trainable = False
    # Keras asks that a network has been called once before it is exported.
    said = network(
        {tensor.name: np.zeros((1, *tensor.shape[1:]), "float32") for tensor in network.inputs}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        try:
            network.export(path, format="onnx", verbose=False, opset_version=OPSET)
        except Exception as error:
            raise _refused(network, error) from error
        found = onnx.load(path)
    unknown = sorted({node.op_type for node in found.graph.node if _foreign(node)})
    if unknown:
        raise _refused(network, ValueError(f"operations without a counterpart: {unknown}"))
    return _renamed(found, sorted(said))


def _foreign(node: onnx.NodeProto) -> bool:
    """Whether a node is none of ONNX's own operators."""
    return node.domain not in {"", "ai.onnx"}


def _refused(network: keras.Model, error: Exception) -> TrainingError:
    """Word which layer cannot be exported."""
    said = " ".join(str(error).split())[:400]
    suspects = [layer for layer in network.layers if re.search(rf"\b{layer.name}\b", said)]
    which = ", ".join(f"'{layer.name}' ({type(layer).__name__})" for layer in suspects)
    return TrainingError(
        f"the network cannot be exported to ONNX: layer {which or 'unknown'}: {said}. All families "
        f"of the zoo and Keras' dense, convolutional, pooling, recurrent, attention and "
        f"normalisation layers can; write the layer with such operations"
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
    return prefixed


def largest_difference(ours: Array, theirs: Array) -> float:
    """Find the largest difference of two arrays, relative to the largest value of the first."""
    size = float(np.max(np.abs(ours), initial=0.0))
    return float(np.max(np.abs(ours - theirs), initial=0.0)) / (size or 1.0)
