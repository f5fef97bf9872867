"""Points in a plane whose density is known exactly: what a network that learns it can reach.

Each shape is a curve, or some points, with normal noise of one sd on x and y. Its density is the
mean over the curve of the density of the noise. On a whole circle that is a Bessel function, on
half of one an integral over the angle, which is summed with far more nodes than the noise is wide.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import i0e

from footprint.config.known_densities import KnownDensityOptions
from footprint.files.hdf5 import Array, ArraySpec

Wide = NDArray[np.float64]
_FEWEST_NODES, _NODES_PER_SD = 64, 12
_AT_ONCE = 1_000_000
"""Points times nodes that are computed at once."""


def arrays(options: KnownDensityOptions) -> tuple[ArraySpec, ...]:
    """Names, units and meanings of what is made of each event."""
    shape = options.shape.replace("_", " ")
    return (
        ArraySpec("x", "", f"first coordinate of a point of the shape {shape}"),
        ArraySpec("y", "", "second coordinate"),
        ArraySpec("log_density", "nat", f"logarithm of the density of the {shape} at this point"),
    )


def simulate(
    rng: np.random.Generator, options: KnownDensityOptions, points: int
) -> dict[str, Array]:
    """Draw points.

    Parameters
    ----------
    rng
        Random stream; the result depends on it, the options and the number of points alone.
    options
        Options of the generator.
    points
        How many, n.

    Returns
    -------
    dict of str to ndarray of float32, shape (n,)
        x and y, and the logarithm of the density there in nat.
    """
    if options.shape == "correlated_normal":
        normal = rng.standard_normal((points, 2))
        rest = np.sqrt(1 - options.correlation**2)
        second = options.correlation * normal[:, 0] + rest * normal[:, 1]
        places = np.stack([normal[:, 0], second], axis=1)
    else:
        places = _centres(rng, options, points)
        places = places + rng.normal(0.0, options.width, (points, 2))
    # Rounded as they will be stored, so that the density belongs to the point that others read.
    rounded = places.astype(np.float32)
    values = log_density(rounded.astype(np.float64), options)
    return {"x": rounded[:, 0], "y": rounded[:, 1], "log_density": values.astype(np.float32)}


def _centres(rng: np.random.Generator, options: KnownDensityOptions, points: int) -> Wide:
    """Draw places on the shape, before the noise, shape (n, 2)."""
    if options.shape == "mixture":
        return _corners(options.components)[rng.integers(0, options.components, points)]
    if options.shape == "ring":
        return _on_circle(rng.uniform(0, 2 * np.pi, points))
    upper = rng.integers(0, 2, points).astype(bool)
    angle = rng.uniform(0, np.pi, points)
    return np.where(upper[:, None], _on_circle(angle), _lower_moon(_on_circle(angle)))


def _on_circle(angle: Wide) -> Wide:
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _corners(components: int) -> Wide:
    return _on_circle(2 * np.pi * np.arange(components) / components)


def _lower_moon(places: Wide) -> Wide:
    """Turn the upper half circle by half a turn about (1/2, 1/4), or a point back: its mirror."""
    return np.array([1.0, 0.5]) - places


def log_density(places: Wide, options: KnownDensityOptions) -> Wide:
    """Compute the logarithm of the density.

    Parameters
    ----------
    places
        x and y, shape (n, 2).
    options
        Options of the generator.

    Returns
    -------
    ndarray of float64, shape (n,)
        In nat, per unit of x and of y.
    """
    if options.shape == "correlated_normal":
        return _correlated(places, options.correlation)
    if options.shape == "mixture":
        equal = np.full(options.components, 1 / options.components)
        return _mean_over(places, _corners(options.components), equal, options.width)
    if options.shape == "ring":
        return _ring(places, options.width)
    nodes, weights = np.polynomial.legendre.leggauss(
        _FEWEST_NODES + int(_NODES_PER_SD / options.width)
    )
    half_circle = _on_circle(0.5 * np.pi * (nodes + 1))
    moons = [
        _mean_over(seen, half_circle, 0.5 * weights, options.width)
        for seen in (places, _lower_moon(places))
    ]
    return np.asarray(np.logaddexp(*moons) - np.log(2))


def _correlated(places: Wide, correlation: float) -> Wide:
    x, y = places.T
    rest = 1 - correlation**2
    square = (x**2 - 2 * correlation * x * y + y**2) / rest
    return np.asarray(-0.5 * square - np.log(2 * np.pi) - 0.5 * np.log(rest))


def _ring(places: Wide, width: float) -> Wide:
    """Average the noise over a circle: the distance from its centre follows Rice (1945)."""
    radius = np.hypot(*places.T)
    bessel = np.log(i0e(radius / width**2))
    return np.asarray(-0.5 * ((radius - 1) / width) ** 2 + bessel - np.log(2 * np.pi * width**2))


def _mean_over(places: Wide, centres: Wide, weights: Wide, width: float) -> Wide:
    """Average the noise over some centres (m, 2) whose weights add up to 1; its logarithm (n,)."""
    step = max(1, _AT_ONCE // len(centres))
    parts = []
    for start in range(0, len(places), step):
        apart = places[start : start + step, None] - centres
        exponents = -0.5 * np.sum(apart**2, axis=2) / width**2
        highest = exponents.max(axis=1)
        parts.append(highest + np.log(np.exp(exponents - highest[:, None]) @ weights))
    return np.asarray(np.concatenate(parts) - np.log(2 * np.pi * width**2))
