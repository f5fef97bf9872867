"""Known densities: they integrate to one, the points follow them, and limits are as they must."""

import re

import numpy as np
import pytest
from scipy import integrate, stats

from footprint.config.known_densities import KnownDensity, KnownDensityOptions
from footprint.files.events import open_events
from footprint.simulate.generate import simulate_part
from footprint.simulate.known_density import log_density, simulate

SHAPES = {
    "two_moons": {},
    "mixture": {"components": 5, "width": 0.15},
    "ring": {"width": 0.2},
    "correlated_normal": {"correlation": -0.7},
}


def options(shape, **given):
    return KnownDensityOptions(shape=shape, **(given or SHAPES[shape]))


def on_grid(shape, reach=6.0, steps=401):
    axis = np.linspace(-reach, reach, steps)
    places = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    density = np.exp(log_density(places, options(shape))).reshape(steps, steps)
    return axis, density * (axis[1] - axis[0]) ** 2


@pytest.mark.parametrize("shape", SHAPES)
def test_the_density_has_integral_one_and_the_points_follow_it(shape):
    axis, mass = on_grid(shape)
    assert mass.sum() == pytest.approx(1, abs=2e-6)
    events = simulate(np.random.default_rng(5), options(shape), 20_000)
    for number, name in enumerate(("x", "y")):
        marginal = mass.sum(axis=1 - number)
        middles = axis + 0.5 * (axis[1] - axis[0])
        cumulative = np.cumsum(marginal)
        found = stats.kstest(events[name], lambda v, m=middles, c=cumulative: np.interp(v, m, c))
        assert found.pvalue > 1e-3, (shape, name, found)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_mean_logarithm_of_the_points_is_minus_the_entropy(shape):
    _, mass = on_grid(shape)
    cell = (12.0 / 400) ** 2
    held = mass > 0
    entropy = -np.sum(mass[held] * np.log(mass[held] / cell))
    found = simulate(np.random.default_rng(6), options(shape), 20_000)["log_density"]
    assert found.dtype == np.float32
    error = found.std() / np.sqrt(len(found))
    assert abs(-found.mean(dtype=float) - entropy) < 4 * error


def test_a_correlated_normal_and_a_single_component_are_normal():
    places = np.random.default_rng(7).normal(size=(50, 2))
    found = log_density(places, options("correlated_normal", correlation=0.6))
    normal = stats.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]])
    np.testing.assert_allclose(found, normal.logpdf(places), rtol=1e-12)
    found = log_density(places, options("mixture", components=1, width=0.5))
    normal = stats.multivariate_normal([1, 0], 0.25 * np.eye(2))
    np.testing.assert_allclose(found, normal.logpdf(places), rtol=1e-12)


def test_a_mixture_of_many_components_is_a_ring():
    places = np.random.default_rng(8).normal(size=(50, 2))
    many = log_density(places, options("mixture", components=100, width=0.2))
    np.testing.assert_allclose(many, log_density(places, options("ring", width=0.2)), rtol=1e-9)


def test_moons_agree_with_an_adaptive_integral_over_the_angle():
    def noise(angle, x, y):
        return np.exp(-0.5 * ((x - np.cos(angle)) ** 2 + (y - np.sin(angle)) ** 2) / 0.3**2)

    for x, y in [(-1.2, -0.1), (0.4, 0.3), (2.1, 0.6)]:
        both = [
            integrate.quad(noise, 0, np.pi, args=place, epsabs=1e-13)[0]
            for place in ((x, y), (1 - x, 0.5 - y))
        ]
        expected = np.log(sum(both) / (4 * np.pi**2 * 0.3**2))
        found = log_density(np.array([[x, y]]), options("two_moons", width=0.3))
        np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("width", [0.01, 0.1])
def test_moons_far_from_their_ends_are_rings_of_half_the_density(width):
    # On top of the upper moon its ends, and the lower moon, are many sd away: half of the points
    # lie on half of the circle, so that the density is that of the whole circle.
    places = np.array([[0.0, 1.0], [0.3, 0.97], [-0.4, 0.9 + width]])
    moons = log_density(places, options("two_moons", width=width))
    ring = log_density(places, options("ring", width=width))
    np.testing.assert_allclose(moons, ring, atol=1e-6)
    # The two moons are images of each other.
    other = log_density(np.array([1.0, 0.5]) - places, options("two_moons", width=width))
    np.testing.assert_allclose(moons, other, rtol=1e-12)


def test_one_job_and_many_give_the_same_events(tmp_path):
    sample = KnownDensity.model_validate(
        {"generator": "known_density", "events": 9, "options": {"shape": "two_moons"}}
    )
    found = []
    for first, count in [(0, 400), (0, 255), (255, 145)]:
        path = tmp_path / f"{first}-{count}.h5"
        simulate_part(path, "moons", sample, seed=4, first=first, count=count)
        with open_events(path) as events:
            assert events.file["log_density"].attrs["units"] == "nat"
            found.append([events.file[n][:] for n in ("x", "y", "log_density", "event_id")])
    for values, *parts in zip(*found, strict=True):
        np.testing.assert_array_equal(values, np.concatenate(parts))


def test_an_option_without_a_meaning_is_refused():
    message = "components says nothing of the shape 'ring', which has width: leave it out"
    with pytest.raises(ValueError, match=re.escape(message)):
        KnownDensityOptions(shape="ring", components=3)
