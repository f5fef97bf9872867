"""The nodes of an ONNX graph while it is put together."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from footprint.files.hdf5 import Array

OPSET = 15
"""Version of ONNX's operators: what tf2onnx writes by default, known to all runtimes since 2021."""
BATCH = "events"
"""Name of the first axis, whose length is free."""
DOUBLE, FLOAT, BOOL = TensorProto.DOUBLE, TensorProto.FLOAT, TensorProto.BOOL


@dataclass
class Graph:
    """Nodes in the order they are computed, with their constants.

    Attributes
    ----------
    prefix
        How the names of all tensors begin, so that parts of a graph can be joined.
    nodes, constants
        What has been added.
    """

    prefix: str
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """Add a node with one output, and give back the output's name."""
        name = output or f"{self.prefix}/{len(self.nodes)}_{operator}"
        node = helper.make_node(operator, list(inputs), [name], name=name, **attributes)
        self.nodes.append(node)
        return name

    def constant(self, values: Array | float) -> str:
        """Add a constant of the type its values have; plain numbers are in double precision."""
        name = f"{self.prefix}/constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def cast(self, tensor: str, to: int) -> str:
        """Bring a tensor to another type."""
        return self.add("Cast", tensor, to=to)

    def reshaped(self, tensor: str, shape: tuple[int, ...]) -> str:
        """Give each event's values a shape."""
        return self.add("Reshape", tensor, self.constant(np.array((-1, *shape), dtype=np.int64)))


def tensor_info(name: str, shape: tuple[int, ...]) -> ValueInfoProto:
    """Describe an input or output of float32 with any number of events."""
    return helper.make_tensor_value_info(name, FLOAT, [BATCH, *shape])
