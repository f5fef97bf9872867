"""The same network is the same bytes, whatever the converter called and sorted its nodes."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from footprint.export.canonical import canonical
from footprint.export.graph import OPSET

X = np.linspace(-2, 2, 5, dtype=np.float32)


def looped(body_first, outer):
    """Adds a constant of the outer graph and one of its own, three times."""
    nodes = [
        helper.make_node("Add", ["state", outer], ["half"], name="n__8"),
        helper.make_node("Add", ["half", "own__3"], ["next"], name="n__9"),
        helper.make_node("Identity", ["go_on"], ["go"], name="n__10"),
    ]
    nodes = [nodes[2], *nodes[:2]] if body_first else nodes
    infos = {"step": (TensorProto.INT64, []), "go_on": (TensorProto.BOOL, []),
             "state": (TensorProto.FLOAT, None), "go": (TensorProto.BOOL, []),
             "next": (TensorProto.FLOAT, None)}  # fmt: skip
    made = [helper.make_tensor_value_info(name, *info) for name, info in infos.items()]
    own = [numpy_helper.from_array(np.array(0.5, np.float32), "own__3")]
    return helper.make_graph(nodes, f"body_{outer}", made[:3], made[3:], own)


def model(*, other):
    """-x + |x| + 1, and 3 x 1.5 more by a loop; with ``other`` written otherwise."""
    ones = ("one__7", "one__9") if other else ("a", "a")
    constants = {name: np.array(1.0, np.float32) for name in ones}
    constants |= {"unused": np.zeros(2), "times": np.array(3), "yes": np.array(True)}
    nodes = [
        helper.make_node("Neg", ["x"], ["minus"], name="first"),
        helper.make_node("Abs", ["x"], ["size" if other else "s"], name="second__4"),
        helper.make_node("Add", ["minus", "size" if other else "s"], ["sum"], name="third"),
        helper.make_node("Add", ["sum", ones[0]], ["more"], name="fourth"),
        helper.make_node(
            "Loop", ["times", "yes", "more"], ["y"], body=looped(other, ones[1]), name="l"
        ),
        helper.make_node("Exp", ["x"], ["dead"], name="dead"),
    ]
    nodes = [nodes[1], nodes[0], *nodes[2:5]] if other else nodes
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n"])],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def test_the_same_bytes_and_the_same_answers():
    found = []
    for other in (False, True):
        made = model(other=other)
        canonical(made.graph, "network/")
        session = onnxruntime.InferenceSession(made.SerializeToString())
        np.testing.assert_allclose(session.run(["y"], {"x": X})[0], np.abs(X) - X + 1 + 3 * 1.5)
        found.append(made.SerializeToString(deterministic=True))
    assert found[0] == found[1]
    assert b"dead" not in found[0]
    assert b"unused" not in found[0]
