"""Run parts of a graph by themselves."""

import onnxruntime
from onnx import TensorProto, helper

from footprint.export.graph import OPSET, tensor_info


def session(nodes, constants, inputs, outputs, metadata=None):
    """A session over some nodes; inputs are shapes by name, outputs (type, rank) by name."""
    graph = helper.make_graph(
        nodes,
        "part",
        [
            tensor_info(name, shape)
            if kind == TensorProto.FLOAT
            else helper.make_tensor_value_info(name, kind, ["events", *shape])
            for name, (kind, shape) in inputs.items()
        ],
        [
            helper.make_tensor_value_info(name, kind, [None] * rank)
            for name, (kind, rank) in outputs.items()
        ],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
