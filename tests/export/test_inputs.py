"""The graph before a network does what the data set did."""

import numpy as np
import pytest
from onnx import TensorProto

from footprint.config.inputs import Input
from footprint.dataset.inputs import stacked
from footprint.dataset.normalise import Moments, input_normalisation
from footprint.dataset.whiten import whitened
from footprint.errors import DataError
from footprint.export.graph import Graph
from footprint.export.inputs import normalised
from tests.export.graphs import session

SHAPE = (3, 2)


@pytest.fixture
def block(rng):
    signal = rng.exponential(50.0, (40, *SHAPE)).astype(np.float32)
    signal[rng.random(signal.shape) < 0.3] = np.nan
    time = rng.normal(1e6, 20.0, (40, *SHAPE)).astype(np.float32)
    plane = rng.normal(1e6, 500.0, (40, *SHAPE)).astype(np.float32)
    plane[rng.random(plane.shape) < 0.1] = np.nan
    return {
        "signal": signal,
        "time": time,
        "plane": plane,
        "event_id": np.arange(40, dtype=np.uint64),
    }


def both(channels, block, whiten=None):
    """What the data set makes of a block, and what the graph makes of it."""
    config = Input.model_validate({"channels": channels, "whiten": whiten})
    stack = stacked("i", config, block)
    moments = Moments()
    moments.add(stack)
    normalisation = input_normalisation("i", config, moments)
    if whiten:
        normalisation = whitened("i", config, normalisation, moments, [stack])
    expected = np.nan_to_num(normalisation.apply(stack), nan=0.0).astype(np.float32)
    shape = block[config.channels[0].array].shape[1:]
    return expected, *ran(config, normalisation, block, shape)


def ran(config, normalisation, block, shape):
    graph = Graph("p")
    flags = normalised(graph, config, normalisation, shape, "out")
    arrays = {array for channel in config.channels for array in channel.arrays()}
    run = session(
        graph.nodes,
        graph.constants,
        dict.fromkeys(arrays, (TensorProto.FLOAT, shape)),
        {"out": (TensorProto.FLOAT, len(shape) + 2), **dict.fromkeys(flags, (TensorProto.BOOL, 1))},
    )
    found, *faulty = run.run(None, {name: block[name] for name in arrays})
    return found, np.any(faulty, axis=0) if faulty else np.zeros(len(found), bool)


CASES = {
    "plain": ["signal", "time"],
    "range": [{"array": "signal", "normalise": "range"}],
    "none": [{"array": "signal", "normalise": "none", "transform": "sqrt(x)"}],
    "masks": [{"array": "signal", "transform": "log10(1 + x)", "mask": True},
              {"array": "time", "mask": True}],
    "relative": [{"array": "time", "relative_to": "plane", "mask": True},
                 {"array": "signal", "relative_to": "plane", "transform": "arctan(x / 1e6)"}],
    "pixels": [{"array": "signal", "per": "pixel", "mask": True},
               {"array": "time", "per": "pixel"}],
}  # fmt: skip


@pytest.mark.parametrize("channels", CASES.values(), ids=CASES)
def test_same_as_the_data_set(block, channels):
    expected, found, faulty = both(channels, block)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)
    assert not faulty.any()


@pytest.mark.parametrize("method", ["zca", "pca"])
def test_whitened_with_masks_in_between(block, method):
    expected, found, _ = both(CASES["masks"], block, method)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert set(np.unique(found[..., 1])) == {0.0, 1.0}


def test_one_value_an_event(rng):
    block = {"pt": rng.exponential(10.0, 30).astype(np.float32), "event_id": np.arange(30)}
    expected, found, _ = both([{"array": "pt", "transform": "log(x)"}], block)
    assert found.shape == (30, 1)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)


def test_what_is_not_measured_counts_as_the_mean_and_is_masked(block):
    _, found, _ = both(CASES["masks"], block)
    missing = np.isnan(block["signal"])
    assert missing.any()
    np.testing.assert_array_equal(found[..., 0][missing], 0.0)
    np.testing.assert_array_equal(found[..., 1], (~missing).astype(np.float32))


def test_events_without_a_logarithm_are_marked(block):
    """A data set with such events is never built, so no network has learnt what they are."""
    config = Input.model_validate({"channels": [{"array": "signal", "transform": "log10(x)"}]})
    stack = stacked("i", config, block)
    moments = Moments()
    moments.add(stack)
    normalisation = input_normalisation("i", config, moments)
    block["signal"][3, 1, 1] = -1.0
    block["signal"][5, 0, 0] = 0.0
    block["signal"][7] = np.nan
    _, faulty = ran(config, normalisation, block, SHAPE)
    assert np.flatnonzero(faulty).tolist() == [3, 5]


def test_a_difference_of_infinite_values_is_marked(block):
    config = Input.model_validate({"channels": CASES["relative"][:1]})
    stack = stacked("i", config, block)
    moments = Moments()
    moments.add(stack)
    normalisation = input_normalisation("i", config, moments)
    block["time"][4, 2, 1] = block["plane"][4, 2, 1] = np.inf
    _, faulty = ran(config, normalisation, block, SHAPE)
    assert np.flatnonzero(faulty).tolist() == [4]


@pytest.mark.parametrize("transform", [None, "sqrt(x)"])
def test_events_with_infinite_values_are_marked(block, transform):
    """Building a data set refuses them; a network could make a plausible number of them."""
    config = Input.model_validate({"channels": [{"array": "signal", "transform": transform}]})
    moments = Moments()
    moments.add(stacked("i", config, block))
    normalisation = input_normalisation("i", config, moments)
    block["signal"][4, 2, 1] = np.inf
    with pytest.raises(DataError, match="is not finite for 1 measured"):
        stacked("i", config, block)
    _, faulty = ran(config, normalisation, block, SHAPE)
    assert np.flatnonzero(faulty).tolist() == [4]
