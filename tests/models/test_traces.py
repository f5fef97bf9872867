"""Traces of stations: encoders with shared weights, and stations that are silent."""

import numpy as np
import pytest

from tests.models.eager import said

SHAPES = {"footprint": (4, 5, 3), "traces": (4, 5, 16, 1)}
ENCODERS = [{"name": "conv1d", "filters": [3, 4], "units": 6}, {"name": "lstm", "units": 6}]
BOTH_ENDS = {"name": "gru", "units": [5, 3], "bidirectional": True}
FAMILIES = ["cnn", "residual", "hexagonal", "set_attention"]


def events(n=4, seed=0):
    rng = np.random.default_rng(seed)
    arrays = {name: rng.normal(size=(n, *shape)).astype("f4") for name, shape in SHAPES.items()}
    arrays["footprint"][..., 1] = rng.random((n, 4, 5)) < 0.4
    return arrays


def encoder(config, shape=(4, 5, 16, 1)):
    """Model of an encoder alone, and what it makes of a trace is (n, rows, columns, units)."""
    from itertools import count

    import keras

    from footprint.config.convolutions import Cnn
    from footprint.models.traces import encoded

    keras.utils.set_random_seed(3)
    tensor = keras.Input(shape)
    return keras.Model(tensor, encoded(tensor, Cnn(name="cnn", traces=config), count(1)))


@pytest.mark.parametrize("config", [*ENCODERS, BOTH_ENDS], ids=lambda config: config["name"])
def test_every_station_is_encoded_alike(config):
    traces = events()["traces"]
    whole = encoder(config)
    one = encoder(config, (1, 1, 16, 1))
    one.set_weights(whole.get_weights())
    codes = said(whole, traces)
    assert codes.shape == (4, 4, 5, 6)
    alone = said(one, traces.reshape(80, 1, 1, 16, 1))
    np.testing.assert_allclose(codes, alone.reshape(codes.shape), atol=1e-6)
    assert len(np.unique(codes.round(4), axis=None)) > 80


def test_weights_of_the_encoders():
    # Convolutions of length 7 from 16 bins to 4 to 1, then 4 features to 6; gates of the LSTM.
    sizes = [encoder(config).count_params() for config in [*ENCODERS, BOTH_ENDS]]
    both_ends = 2 * 3 * (5 * (5 + 4 + 2) + 3 * (3 + 10 + 2))
    assert sizes == [7 * 3 + 3 + 7 * 3 * 4 + 4 + 4 * 6 + 6, 4 * ((4 + 6) * 6 + 6), both_ends]


def test_an_lstm_reads_the_bins_in_their_order():
    model = encoder({"name": "lstm", "units": 2, "bins_per_step": 4}, (1, 1, 8, 1))
    kernel, recurrent, bias = model.get_weights()
    trace = np.random.default_rng(0).normal(size=8).astype("f4")
    state = memory = np.zeros(2)
    for step in trace.reshape(2, 4):
        gates = step @ kernel + state @ recurrent + bias
        into, forget, out = (1 / (1 + np.exp(-gates[[2 * g, 2 * g + 1]])) for g in (0, 1, 3))
        memory = forget * memory + into * np.tanh(gates[4:6])
        state = out * np.tanh(memory)
    found = said(model, trace.reshape(1, 1, 1, 8, 1))
    np.testing.assert_allclose(found.ravel(), state, atol=1e-6)


def test_a_trace_turned_round_exchanges_what_is_read_from_both_ends():
    model = encoder(BOTH_ENDS | {"units": 3, "bins_per_step": 1}, (1, 1, 8, 1))
    trace = np.random.default_rng(0).normal(size=(2, 1, 1, 8, 1)).astype("f4")
    ahead = said(model, trace)
    weights = model.get_weights()
    model.set_weights(weights[3:] + weights[:3])
    turned = said(model, trace[:, :, :, ::-1])
    np.testing.assert_allclose(turned, np.roll(ahead, 3, axis=-1), atol=1e-6)


def first_station(arrays, *, silent):
    """Index of an event's first station that is silent, or of the first that has triggered."""
    return tuple(np.argwhere((arrays["footprint"][..., 1] == 0) == silent)[0])


@pytest.mark.parametrize("config", ENCODERS, ids=lambda config: config["name"])
@pytest.mark.parametrize("name", FAMILIES)
def test_what_silent_stations_hold_does_not_matter(body_of, name, config):
    network = body_of({"name": name, "traces": config}, SHAPES)
    arrays = events()
    before = said(network, arrays)
    for silent in (True, False):
        changed = {key: values.copy() for key, values in arrays.items()}
        station = first_station(arrays, silent=silent)
        changed["traces"][station] += 3
        after = said(network, changed)
        others = np.arange(4) != station[0]
        np.testing.assert_allclose(after[others], before[others], rtol=1e-5)
        assert np.allclose(after[station[0]], before[station[0]], atol=1e-6) == silent


MASKS = {"footprint": ("signal", "mask of signal", "mask of arrival_time")}


@pytest.mark.parametrize(
    ("mask", "decides"),
    [(None, 1), ("signal", 1), ("arrival_time", 2)],
)
def test_the_named_mask_decides(body_of, mask, decides):
    network = body_of({"name": "cnn", "traces": ENCODERS[0], "mask": mask}, SHAPES, MASKS)
    arrays = events(1)
    arrays["footprint"][..., 1:] = 0
    silent = said(network, arrays)
    arrays["traces"] += 1
    assert said(network, arrays) == silent
    for channel in (1, 2):
        arrays["footprint"][..., 1:] = 0
        arrays["footprint"][..., channel] = 1
        triggered = said(network, arrays)
        other = {**arrays, "traces": arrays["traces"] + 1}
        assert (said(network, other) != triggered) == (channel == decides)


def test_a_mask_among_the_traces_counts_for_the_station(body_of):
    shapes = {"traces": (4, 5, 16, 2)}
    network = body_of(
        {"name": "cnn", "traces": ENCODERS[0]}, shapes, {"traces": ("traces", "mask of traces")}
    )
    traces = np.random.default_rng(0).normal(size=(1, 4, 5, 16, 2)).astype("f4")
    traces[..., 1] = 0
    silent = said(network, {"traces": traces})
    traces[..., 0] += 1
    assert said(network, {"traces": traces}) == silent
    traces[0, 2, 2, 5:, 1] = 1
    one = said(network, {"traces": traces})
    assert one != silent
    traces[0, :2, ..., 0] += 1
    assert said(network, {"traces": traces}) == one


def test_without_a_mask_all_stations_count(body_of):
    network = body_of({"name": "cnn", "traces": ENCODERS[0]}, SHAPES, {})
    arrays = events(1)
    arrays["footprint"][..., 1] = 0
    before = said(network, arrays)
    arrays["traces"] += 1
    assert said(network, arrays) != before
