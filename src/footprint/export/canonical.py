"""The same order and the same names for the same graph.

Of equal nodes and constants the converter keeps one, by chance this or that, and it sorts nodes
that need not wait for each other by chance; so two exports of a network would differ in bytes.
"""

from collections.abc import Callable, Iterable
from typing import Any

import onnx
from onnx import numpy_helper

Resolve = Callable[[str], str]
"""From the name of a tensor as it was to its new one."""


def canonical(graph: onnx.GraphProto, prefix: str) -> None:
    """Sort nodes, name them and tensors by order and operation, and hold equal constants once.

    Parameters
    ----------
    graph
        What is changed, loops and conditions included; its inputs and outputs keep their names.
    prefix
        How all other names begin.
    """
    _Names(prefix, [entry.name for entry in (*graph.input, *graph.output)]).give(graph)


class _Names:
    def __init__(self, prefix: str, kept: list[str]) -> None:
        self.prefix, self.nodes = prefix, 0
        self.found = {name: name for name in ("", *kept)}

    def give(self, graph: onnx.GraphProto, outer: Resolve | None = None) -> None:
        """Rename all of a graph; what it does not have itself it takes from the outer one."""
        constants = {entry.name: entry for entry in graph.initializer}
        first: dict[tuple[int, tuple[int, ...], bytes], str] = {}
        same = {n: first.setdefault(_content(entry), n) for n, entry in constants.items()}
        used: dict[str, onnx.TensorProto] = {}
        own = {entry.name for entry in graph.input} | {n for x in graph.node for n in x.output}

        def resolved(name: str) -> str:
            if name not in same:
                return outer(name) if outer is not None and name not in own else self._of(name)
            kept = same[name]
            used[kept] = constants[kept]
            return self._of(kept, "constant")

        for entry in graph.input:
            entry.name = resolved(entry.name)
        nodes = _sorted(graph)
        for node in nodes:
            self._give_node(node, resolved)
        for entry in graph.output:
            entry.name = resolved(entry.name)
        for name, tensor in used.items():
            tensor.name = self.found[name]
        _replace(graph.node, nodes)
        _replace(graph.initializer, used.values())
        del graph.value_info[:]
        if outer is not None:
            graph.name = f"{self.prefix}graph_{self.nodes}"

    def _give_node(self, node: onnx.NodeProto, resolved: Resolve) -> None:
        node.input[:] = [resolved(name) for name in node.input]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                self.give(attribute.g, resolved)
        self.nodes += 1
        node.name = f"{self.prefix}{self.nodes}_{node.op_type}"
        for number, name in enumerate(node.output):
            node.output[number] = self._of(name, node.op_type)

    def _of(self, name: str, kind: str = "tensor") -> str:
        if name not in self.found:
            self.found[name] = f"{self.prefix}{kind}:{len(self.found)}"
        return self.found[name]


def _replace(held: Any, parts: Iterable[Any]) -> None:
    """Hold some of the parts, in another order."""
    copies = [type(part).FromString(part.SerializeToString()) for part in parts]
    del held[:]
    held.extend(copies)


def _sorted(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """List the nodes that outputs need, each after those that it needs, first inputs first."""
    nodes = list(graph.node)
    makers = {name: number for number, node in enumerate(nodes) for name in node.output}
    found: list[onnx.NodeProto] = []
    seen: set[int] = set()
    waiting = [(makers[e.name], False) for e in reversed(graph.output) if e.name in makers]
    while waiting:
        number, ready = waiting.pop()
        if ready:
            found.append(nodes[number])
        elif number not in seen:
            seen.add(number)
            waiting.append((number, True))
            needed = (makers[name] for name in reversed(_needs(nodes[number])) if name in makers)
            waiting += [(maker, False) for maker in needed]
    return found


def _needs(node: onnx.NodeProto) -> list[str]:
    """Name the tensors that a node takes, or that are taken within it."""
    inside = [attribute.g for attribute in node.attribute if attribute.HasField("g")]
    return [
        *node.input,
        *(name for graph in inside for part in _sorted(graph) for name in _needs(part)),
        *(entry.name for graph in inside for entry in graph.output),
    ]


def _content(tensor: onnx.TensorProto) -> tuple[int, tuple[int, ...], bytes]:
    return tensor.data_type, tuple(tensor.dims), numpy_helper.to_array(tensor).tobytes()
