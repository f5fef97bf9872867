"""Steps of flows: inverses, determinants, what depends on what."""

import numpy as np
import pytest

from tests.models.flows import (
    CASES,
    TRANSFORMS,
    arrays,
    chain_of,
    events,
    forward,
    inverse,
    moved,
    network_of,
    tensors,
)

IDS = [f"{kind}-{size}-{given}" for kind, size, given in CASES]


def back_and_forth(chain, values, context):
    z, there = forward(chain, values, context)
    x, back = inverse(chain, z, context)
    return np.abs(x - values).max(), np.abs(there - back).max()


@pytest.mark.parametrize(("kind", "size", "given"), CASES, ids=IDS)
@pytest.mark.parametrize("by", [0.0, 0.15])
def test_the_inverse_undoes_the_flow(rng, kind, size, given, by):
    chain = chain_of(moved(network_of(size, given, transform=kind, blocks=4), by))
    values, context = events(rng, size, given)
    there, determinants = back_and_forth(chain, values, context)
    assert there < 1e-4
    assert determinants < 1e-4
    x, _ = inverse(chain, values, context)
    np.testing.assert_allclose(forward(chain, x, context)[0], values, atol=1e-4)


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_far_beyond_the_range_the_inverse_still_holds(rng, kind):
    chain = chain_of(moved(network_of(3, 2, transform=kind), 0.05))
    values, context = events(rng, 3, 2, scale=10.0)
    assert np.abs(values).max() > 25, "the range of splines ends at 5"
    assert max(back_and_forth(chain, values, context)) < 1e-4


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_the_flow_begins_as_the_identity(rng, kind):
    network = network_of(3, 2, transform=kind)
    x, c = events(rng, 3, 2)
    normal = -0.5 * (x**2 + np.log(2 * np.pi)).sum(axis=1)
    found = network.predict_on_batch({"x": x, "c": c})["log_density"]
    np.testing.assert_allclose(found[:, 0], normal, atol=1e-4)


def jacobian(chain, values, context):
    """dz/dx of each event by automatic differentiation, (n, d, d), and ln |det dz/dx|.

    One gradient for each variable: a graph of all of them takes longer to make than to use.
    """
    from footprint.inside.gradients import gradients

    (given,) = tensors(context)
    slopes = [
        gradients(lambda x, place=place: chain.to_latent(x, given)[0][:, place], values)[1]
        for place in range(values.shape[1])
    ]
    return np.stack(slopes, axis=1).astype(float), forward(chain, values, context)[1]


@pytest.mark.parametrize(("kind", "size", "given"), CASES, ids=IDS)
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_the_determinant_is_that_of_automatic_differentiation(rng, kind, size, given, scale):
    chain = chain_of(moved(network_of(size, given, transform=kind)))
    values, context = events(rng, size, given, count=20, scale=scale)
    slopes, log_determinant = jacobian(chain, values, context)
    sign, expected = np.linalg.slogdet(slopes)
    np.testing.assert_allclose(log_determinant, expected, atol=2e-3)
    assert np.ptp(expected) > 0.1 or (size, kind) == (1, "affine_coupling") or "auto" in kind
    assert np.abs(sign).min() == 1


@pytest.mark.parametrize("kind", ["autoregressive", "spline_autoregressive"])
@pytest.mark.parametrize("given", [0, 2])
def test_masks_let_a_variable_see_those_before_it_alone(rng, kind, given):
    network = moved(network_of(5, given, transform=kind, blocks=1, units=[24, 24]), 0.3)
    values, context = events(rng, 5, given, count=30)
    slopes, _ = jacobian(chain_of(network), values, context)
    above = np.triu(np.ones((5, 5), bool), 1)
    assert (slopes[:, above] == 0).all()
    assert (np.abs(slopes).max(axis=0)[~above] > 1e-4).all()


@pytest.mark.parametrize("kind", TRANSFORMS)
@pytest.mark.parametrize("given", [0, 2])
def test_every_variable_depends_on_every_other_and_on_the_context(rng, kind, given):
    network = moved(network_of(5, given, transform=kind, blocks=4), 0.3)
    values, context = events(rng, 5, given, count=30)
    slopes, _ = jacobian(chain_of(network), values, context)
    assert (np.abs(slopes).max(axis=0) > 1e-4).all()
    if given:
        z, other = (forward(chain_of(network), values, c)[0] for c in (context, context + 1))
        assert (np.abs(z - other).max(axis=0) > 1e-3).all()


def test_two_couplings_change_all_variables_whatever_their_number():
    from footprint.models.flow_chain import orders

    for size in range(1, 8):
        every = orders(size, 6, seed=2)
        assert all(sorted(order) == list(range(size)) for order in every)
        labels, changed = np.arange(size), []
        for order in every:
            labels = labels[order]
            changed.append(set(labels[size // 2 :]))
        for first, second in zip(changed[::2], changed[1::2], strict=True):
            assert first | second == set(range(size))


@pytest.mark.parametrize("seed", range(20))
def test_four_couplings_let_every_variable_depend_on_every_other(seed):
    from footprint.models.flow_chain import orders

    for size in range(1, 12):
        sees = np.eye(size, dtype=bool)
        for order in orders(size, 4, seed):
            sees = sees[order]
            sees[size // 2 :] |= sees[: size // 2].any(axis=0)
        assert sees.all(), size


def spline(parameters, values):
    from footprint.models.flow_splines import Spline

    kind = Spline(4, 3.0)
    given = np.broadcast_to(parameters, (len(values), 1, 13)).astype(np.float32)
    return kind, given, np.asarray(values, np.float32)[:, None]


def test_a_spline_rises_smoothly_and_leaves_the_tails(rng):
    parameters = np.concatenate([[0, 0], rng.normal(size=11)])
    kind, given, x = spline(parameters, np.linspace(-6, 6, 40001))
    z, log_slope = (part[:, 0] for part in arrays(*kind.forward(*tensors(x, given))))
    beyond = np.abs(x[:, 0]) >= 3
    np.testing.assert_array_equal(z[beyond], x[beyond, 0])
    assert (np.diff(z) > 0).all()
    measured = np.gradient(z.astype(float), x[:, 0].astype(float))
    np.testing.assert_allclose(np.exp(log_slope), measured, atol=0.02 * measured.max())
    assert np.abs(np.diff(log_slope)).max() < 0.02, "slopes do not jump"


def test_a_spline_of_one_bend_has_the_published_form():
    """Durkan et al. (2019), eq. 4 and 5, by hand for the second of two bins."""
    from footprint.models.flow_splines import Spline

    kind = Spline(2, 1.0)
    raw = np.array([0, 0, 0.0, 0.0, 0.4, -0.4, 0.7], np.float32)
    heights = np.exp([0.4, -0.4]) / np.exp([0.4, -0.4]).sum()
    heights = 2 * (1e-3 + (1 - 2e-3) * heights)
    slope = 1e-3 + (1 - 1e-3) * np.log1p(np.exp(0.7 + 0.5413248))
    xi, s = 0.3, heights[1] / 1.0
    below = s + (1 + slope - 2 * s) * xi * (1 - xi)
    expected = -1 + heights[0] + heights[1] * (s * xi**2 + slope * xi * (1 - xi)) / below
    steep = s**2 * (1 * xi**2 + 2 * s * xi * (1 - xi) + slope * (1 - xi) ** 2) / below**2
    given = tensors(np.array([[0.3]], np.float32), raw[None, None])
    z, log_slope = arrays(*kind.forward(*given))
    assert z[0, 0] == pytest.approx(expected, abs=1e-6)
    assert log_slope[0, 0] == pytest.approx(np.log(steep), abs=1e-5)


def test_scales_are_bounded():
    from footprint.models.flow_splines import Affine

    raw = np.array([[[0.5, 1e6]], [[0.5, -1e6]]], np.float32)
    z, log_slope = arrays(*Affine().forward(*tensors(np.full((2, 1), 1.5, np.float32), raw)))
    np.testing.assert_allclose(log_slope, [[-3], [3]])
    np.testing.assert_allclose(z[:, 0], np.exp([-3, 3]), rtol=1e-6)
