"""Energy flow networks are infrared- and collinear-safe; particle flow networks are not."""

import numpy as np
import pytest

CHANNELS = {"parts": ("deta", "dphi", "pt_fraction", "charge", "mask of deta")}
EFN = {"name": "energy_flow", "coordinates": ["deta", "dphi"], "weight": "pt_fraction"}
PFN = {"name": "deep_sets"}


def jets(n=6, most=12, real=9):
    rng = np.random.default_rng(0)
    parts = np.zeros((n, most, 5), "f4")
    parts[:, :real, :2] = rng.normal(0, 0.3, (n, real, 2))
    parts[:, :real, 2] = rng.dirichlet(np.ones(real), n)
    parts[:, :real, 3] = rng.choice([-1, 1], (n, real))
    parts[:, :real, 4] = 1
    return parts


def without_energy(parts):
    """Add a constituent of no energy anywhere."""
    changed = parts.copy()
    changed[:, 9] = [0.7, -0.4, 0, 1, 1]
    return changed


def split(parts):
    """Split the first constituent into two of the same direction."""
    changed = parts.copy()
    changed[:, 9] = parts[:, 0]
    changed[:, 0, 2], changed[:, 9, 2] = 0.3 * parts[:, 0, 2], 0.7 * parts[:, 0, 2]
    return changed


@pytest.mark.parametrize("change", [without_energy, split])
@pytest.mark.parametrize("normalised", [False, True])
def test_safe(body_of, change, normalised):
    model = EFN | {"batch_normalisation": normalised}
    parts = jets()
    networks = [body_of(model, {"parts": (12, 5)}, CHANNELS) for _ in range(2)]
    for network, given in zip(networks, (parts, change(parts)), strict=True):
        network.compile("sgd", "mse")
        network.train_on_batch({"parts": given}, np.ones((6, 1)))
    for network in networks:
        before = network.predict_on_batch({"parts": parts})
        after = network.predict_on_batch({"parts": change(parts)})
        np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-6)
        # Also the training sees no difference.
        np.testing.assert_allclose(
            before, networks[0].predict_on_batch({"parts": parts}), rtol=1e-4, atol=1e-5
        )
        assert np.ptp(before) > 1e-3


@pytest.mark.parametrize("change", [without_energy, split])
def test_particle_flow_is_not_safe(body_of, change):
    network, parts = body_of(PFN, {"parts": (12, 5)}, CHANNELS), jets()
    before = network.predict_on_batch({"parts": parts})
    after = network.predict_on_batch({"parts": change(parts)})
    assert abs(np.asarray(after) - np.asarray(before)).max() > 1e-3


def test_energy_flow_is_the_weighted_sum(body_of):
    """By hand: one layer of directions, summed with the weights; then the output."""
    model = EFN | {"constituent_units": [3], "units": []}
    network, parts = body_of(model, {"parts": (12, 5)}, CHANNELS), jets()
    kernel, bias, last, shift = network.get_weights()
    sums = (parts[..., 2:3] * np.maximum(parts[..., :2] @ kernel + bias, 0)).sum(axis=1)
    found = network.predict_on_batch({"parts": parts})
    np.testing.assert_allclose(found, sums @ last + shift, rtol=1e-4, atol=1e-5)


def test_sizes_are_the_published_ones(jet_network):
    first = {2: 300, 4: 500, 7: 800}
    rest = 10_100 + 25_856 + 25_700 + 10_100 + 10_100 + 202
    plane = {"coordinates": ["c0", "c1"], "weight": "c2"}
    assert jet_network({"name": "energy_flow", **plane}).count_params() == first[2] + rest
    assert jet_network({"name": "deep_sets"}).count_params() == first[7] + rest
    assert jet_network({"name": "deep_sets"}, channels=4).count_params() == first[4] + rest
    assert first[2] + rest == pytest.approx(82_000, rel=0.01)
