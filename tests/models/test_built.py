"""No part of a network is unfinished: elsewhere than on TensorFlow Keras would trace it each step.

Keras takes a layer that it never called itself for unfinished, and computes the shapes of the whole
network before every step of a training.
"""

import pytest

from tests.models.flows import TRANSFORMS, network_of
from tests.models.test_constituents import CHANNELS, SHAPES, named, small
from tests.models.test_constituents import FAMILIES as OF_CONSTITUENTS
from tests.models.test_families import ENCODERS, FAMILIES, TRACES, full


def unfinished(network):
    return [layer.path for layer in network._flatten_layers() if not layer.built]


@pytest.mark.parametrize("encoder", ENCODERS, ids=named)
@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_networks_for_arrays_of_stations(body_of, family, encoder):
    assert not unfinished(body_of(full(family, encoder), TRACES))


@pytest.mark.parametrize("family", OF_CONSTITUENTS, ids=named)
def test_networks_for_constituents(body_of, family):
    assert not unfinished(body_of(small(family), SHAPES, CHANNELS))


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_flows(kind):
    context = {"name": "dense", "units": [5], "dropout": 0.2}
    assert not unfinished(network_of(3, 2, transform=kind, context=context, dropout=0.1))
