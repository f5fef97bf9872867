"""Networks that read constituents one after the other: by hand, their order, their memory."""

import numpy as np
import pytest

CELLS = ["lstm", "gru"]
STEPS, VALUES = 5, 3
NAMES = {"parts": ("pt", "deta", "dphi", "mask of pt")}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step(x, state, weights):
    """Gates in, forget, candidate, out of a memory with its output."""
    kernel, recurrent, bias = weights
    output, memory = state
    into, forget, candidate, out = np.split(x @ kernel + output @ recurrent + bias, 4)
    memory = sigmoid(forget) * memory + sigmoid(into) * np.tanh(candidate)
    return sigmoid(out) * np.tanh(memory), memory


def gru_step(x, state, weights):
    """Gates update, reset, candidate; the reset acts behind the recurrent product."""
    kernel, recurrent, (bias, recurrent_bias) = weights
    from_x = np.split(x @ kernel + bias, 3)
    from_state = np.split(state[0] @ recurrent + recurrent_bias, 3)
    update, reset = (sigmoid(a + b) for a, b in zip(from_x[:2], from_state[:2], strict=True))
    candidate = np.tanh(from_x[2] + reset * from_state[2])
    return (update * state[0] + (1 - update) * candidate,)


def by_hand(cell, sequence, weights):
    """Outputs after each step."""
    units = weights[1].shape[0]
    step, state = {
        "lstm": (lstm_step, (np.zeros(units),) * 2),
        "gru": (gru_step, (np.zeros(units),)),
    }[cell]
    outputs = []
    for x in sequence:
        state = step(x, state, weights)
        outputs.append(state[0])
    return np.array(outputs)


def family(cell, **options):
    return {"name": "recurrent", "cell": cell, "memory_units": [4], "units": [], **options}


@pytest.fixture
def network_of(body_of):
    """A network for lists of three features and a mask, all weights and biases drawn anew."""

    def build(model, steps=STEPS, channels=NAMES):
        network = body_of(model, {"parts": (steps, VALUES + 1)}, channels)
        rng = np.random.default_rng(5)
        network.set_weights([rng.normal(size=w.shape) for w in network.get_weights()])
        return network

    return build


def lists(n=3, there=None, seed=0):
    parts = np.random.default_rng(seed).normal(size=(n, STEPS, VALUES + 1)).astype("f4")
    parts[..., -1] = 1 if there is None else there
    return parts


def said(network, parts):
    return network.predict_on_batch({"parts": parts.astype("f4")})[:, 0]


@pytest.mark.parametrize("order", ["hardest_first", "hardest_last"])
@pytest.mark.parametrize("cell", CELLS)
def test_steps_by_hand(network_of, cell, order):
    network = network_of(family(cell, order=order))
    *weights, kernel, bias = network.get_weights()
    # The third and, as if lost within the list, the second are no constituents.
    for there, read in (
        (1, [0, 1, 2, 3, 4]),
        ([1, 1, 0, 0, 0], [0, 1]),
        ([1, 0, 0, 1, 1], [0, 3, 4]),
    ):
        parts = lists(there=there)
        sequence = [parts[0, i, :-1] for i in (read if order == "hardest_first" else read[::-1])]
        expected = by_hand(cell, sequence, weights)[-1] @ kernel + bias
        assert said(network, parts)[0] == pytest.approx(expected[0], abs=2e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_layers_from_both_ends_by_hand(network_of, cell):
    network = network_of(
        family(cell, memory_units=[4, 2], bidirectional=True, order="hardest_first")
    )
    *weights, kernel, bias = network.get_weights()
    size = len(weights) // 4
    first, back, second, second_back = (weights[i * size : (i + 1) * size] for i in range(4))
    parts = lists(there=[1, 1, 1, 1, 0])
    x = parts[0, :4, :-1]
    x = np.hstack([by_hand(cell, x, first), by_hand(cell, x[::-1], back)[::-1]])
    ends = [by_hand(cell, x, second)[-1], by_hand(cell, x[::-1], second_back)[-1]]
    assert said(network, parts)[0] == pytest.approx((np.hstack(ends) @ kernel + bias)[0], abs=2e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_a_list_from_its_other_end_is_the_same_with_the_memories_exchanged(network_of, cell):
    network = network_of(family(cell, bidirectional=True))
    parts = lists()
    before = said(network, parts)
    assert abs(said(network, parts[:, ::-1]) - before).max() > 1e-2
    *memories, kernel, bias = network.get_weights()
    half = len(memories) // 2
    exchanged = memories[half:] + memories[:half] + [np.roll(kernel, 4, axis=0), bias]
    network.set_weights(exchanged)
    np.testing.assert_allclose(said(network, parts[:, ::-1]), before, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_the_order_matters(network_of, cell):
    network = network_of(family(cell))
    parts = lists()
    changed = said(network, parts[:, [0, 2, 1, 3, 4]]) - said(network, parts)
    assert abs(changed).min() > 1e-3


@pytest.mark.parametrize(("cell", "gates", "biases"), [("lstm", 4, 1), ("gru", 3, 2)])
def test_sizes(body_of, cell, gates, biases):
    def memory(units, values):
        return gates * units * (units + values + biases)

    def size(**options):
        model = family(cell, memory_units=[16, 8], units=[5], **options)
        return body_of(model, {"parts": (20, 4)}, NAMES).count_params()

    end = 5 + 1  # the output
    one_way = memory(16, 3) + memory(8, 16) + (8 + 1) * 5 + end
    assert size() == one_way
    both = 2 * memory(16, 3) + 2 * memory(8, 32) + (16 + 1) * 5 + end
    assert size(bidirectional=True) == both
    assert size(constituent_units=[7]) == one_way + (3 + 1) * 7 + memory(16, 7) - memory(16, 3)


def test_what_reads_forward_and_backward_starts_with_other_weights(body_of):
    model = family("gru", bidirectional=True, memory_units=[4, 4])
    weights = body_of(model, {"parts": (20, 4)}, NAMES).get_weights()
    recurrent = [w for w in weights if w.shape == (4, 12)]
    again = body_of(model, {"parts": (20, 4)}, NAMES).get_weights()
    assert len(recurrent) == 4
    assert len(np.unique(recurrent, axis=0)) == 4
    assert all(np.array_equal(a, b) for a, b in zip(weights, again, strict=True))


@pytest.mark.parametrize("cell", CELLS)
def test_penalties_reach_both_kernels(body_of, cell):
    network = body_of(family(cell, l2=0.1), {"parts": (20, 4)}, NAMES)
    kernel, recurrent, *_ = network.get_weights()
    penalty = sum(float(loss) for loss in network.losses)
    assert penalty == pytest.approx(0.1 * ((kernel**2).sum() + (recurrent**2).sum()), rel=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_what_was_read_first_is_remembered(body_of, cell):
    import keras

    # The first constituent decides; what follows is noise of the same size.
    network = body_of(
        family(cell, memory_units=[16], order="hardest_first"), {"parts": (STEPS, 4)}, NAMES
    )
    network.compile(keras.optimizers.Adam(2e-2), loss="mse")
    for step in range(150):
        parts = lists(128, seed=step)
        network.train_on_batch({"parts": parts}, np.sign(parts[:, 0, 0]))
    fresh = lists(500, seed=1000)
    right = np.sign(said(network, fresh)) == np.sign(fresh[:, 0, 0])
    assert right.mean() > 0.93
