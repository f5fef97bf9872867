"""Exported networks that anyone can compute in the head, made without Keras."""

import numpy as np
from onnx import helper

from footprint.config.datasets import Dataset
from footprint.export.description import (
    KEY,
    ArrayIn,
    Description,
    Domain,
    Origin,
    TargetOut,
    Verified,
)
from footprint.export.graph import OPSET, Graph, tensor_info


def domain(low=0.0, high=100.0, missing=0.0):
    return Domain(minimum=low, maximum=high, quantiles={"0.5": (low + high) / 2}, missing=missing)


def network(path, arrays, *, targets=("sum",), dataset=None, domains=None, classes=()):
    """Write a network: the first target is the sum of all values of an event, others are twice it.

    Parameters
    ----------
    arrays
        Shape and unit of each input by name.
    classes
        Names of classes, of which the first gets the sum and the others 0.
    """
    graph = Graph("g")
    sums = []
    for name, (shape, _) in arrays.items():
        zero = graph.constant(np.array(0, np.float32))
        there = graph.add("Where", graph.add("IsNaN", name), zero, name)
        flat = graph.reshaped(there, (int(np.prod(shape, dtype=int)),))
        sums.append(graph.add("ReduceSum", flat, graph.constant(np.array([1])), keepdims=1))
    total = graph.add("Sum", *sums)
    outputs = []
    for number, name in enumerate(targets):
        weights = np.zeros((1, max(1, len(classes))), np.float32)
        weights[0, 0] = 1 + number
        value = graph.add("MatMul", total, graph.constant(weights))
        shape = (len(classes),) if classes else ()
        graph.nodes.append(
            helper.make_node("Reshape", [value, graph.constant(np.array([-1, *shape]))], [name])
        )
        outputs.append(
            TargetOut(
                name=name, target=name, shape=shape, units="" if classes else "GeV",
                description=f"{number + 1} times the sum", classes=classes, domain=None,
                task="classification" if classes else "regression",
            )
        )  # fmt: skip
    said = Description(
        experiment_name="e",
        seed=1,
        input_names=tuple(arrays),
        output_names=tuple(targets),
        inputs=tuple(
            ArrayIn(name=name, shape=shape, units=unit, description=f"test {name}",
                    domain=(domains or {}).get(name, domain()))
            for name, (shape, unit) in arrays.items()
        ),
        outputs=tuple(outputs),
        spectators=(),
        origin=Origin(software={}, model_sha256="", dataset_digest="", training_events=1),
        verified=Verified(events=1, largest_difference=0.0),
        experiment={},
        dataset=dataset
        or Dataset.model_validate({"samples": ["s"], "inputs": {"i": list(arrays)}}),
    )  # fmt: skip
    body = helper.make_graph(
        graph.nodes, "g", [tensor_info(name, shape) for name, (shape, _) in arrays.items()],
        [tensor_info(out.name, out.shape) for out in outputs], graph.constants,
    )  # fmt: skip
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    helper.set_model_props(model, {KEY: said.model_dump_json()})
    path.write_bytes(model.SerializeToString())
    return path
