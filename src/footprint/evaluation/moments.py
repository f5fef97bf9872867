"""Numbers of events whose values lie on a grid or on stations: sums, centres, widths, fronts.

Values have shape (n, cells), positions (cells, d); every function returns one number an event,
shape (n,), NaN where an event does not have it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.files.hdf5 import Array

Floats = NDArray[np.float64]
FEWEST = 3
"""Hit cells that a correlation needs."""


@dataclass(frozen=True)
class Grid:
    """Where cells lie.

    Attributes
    ----------
    positions
        Shape (cells, d); 0 where a grid has no station.
    axes
        Names of the d directions.
    units
        Of the positions.
    cell
        What a cell is called: ``pixel`` or ``station``.
    """

    positions: Floats
    axes: tuple[str, ...]
    units: str
    cell: str


def flat(values: Array) -> Floats:
    """Put the cells of each event in a row, shape (n, cells)."""
    return np.asarray(values.reshape(len(values), -1), dtype=np.float64)


def filled(values: Array) -> Floats:
    """Count what was not measured as nothing, shape (n, cells)."""
    return np.nan_to_num(flat(values), nan=0.0)


def total(values: Array) -> Floats:
    """Add up all cells."""
    return np.asarray(filled(values).sum(axis=1))


def hit(values: Array) -> Floats:
    """Count the cells with more than nothing."""
    return np.asarray((filled(values) > 0).sum(axis=1), dtype=np.float64)


def largest(values: Array) -> Floats:
    """Find the largest value."""
    return np.asarray(filled(values).max(axis=1))


def centre(values: Array, positions: Floats) -> Floats:
    """Find the centre of gravity of what is positive, shape (n, d)."""
    weights = np.maximum(filled(values), 0.0)
    sums = weights.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(sums > 0, weights @ positions / sums, np.nan)
    return np.asarray(found)


def squares(values: Array, positions: Floats) -> Floats:
    """Compute each cell's squared distance to the event's centre of gravity, shape (n, cells)."""
    middle = centre(values, positions)
    return np.asarray(
        sum(
            (positions[None, :, axis] - middle[:, axis, None]) ** 2
            for axis in range(positions.shape[1])
        )
    )


def width(values: Array, positions: Floats) -> Floats:
    """Compute the root of the mean squared distance to the centre of gravity."""
    weights = np.maximum(filled(values), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (weights * squares(values, positions)).sum(axis=1) / weights.sum(axis=1)
    return np.asarray(np.sqrt(mean))


def inner_share(values: Array, positions: Floats, radius: float) -> Floats:
    """Compute the share of the total within a distance of the centre of gravity."""
    weights = np.maximum(filled(values), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = np.where(squares(values, positions) < radius**2, weights, 0.0)
        return np.asarray(inside.sum(axis=1) / weights.sum(axis=1))


def mean_time(times: Array) -> Floats:
    """Average over the cells that were hit."""
    known = np.isfinite(flat(times))
    with np.errstate(invalid="ignore"):
        return np.asarray(filled(times).sum(axis=1) / known.sum(axis=1))


def spread_of_times(times: Array) -> Floats:
    """Compute the standard deviation over the cells that were hit; 0 of a single one."""
    known = np.isfinite(flat(times))
    away = np.where(known, filled(times) - mean_time(times)[:, None], 0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt((away**2).sum(axis=1) / known.sum(axis=1)))


def plane_front(times: Array, positions: Floats) -> tuple[Floats, Floats]:
    """Fit t = t0 + g x to the cells that were hit.

    Returns
    -------
    tuple of ndarray
        Slope of the front, the length of g: the sine of the angle of a plane wave over its speed.
        And the residual: the root of the sum of the squared residuals over the degrees of
        freedom. NaN without a degree of freedom, or where the cells do not span all directions.
    """
    known = np.isfinite(flat(times))
    scale = float(np.ptp(positions, axis=0).max()) or 1.0
    design = np.column_stack([np.ones(len(positions)), positions / scale])
    parameters = design.shape[1]
    normal = np.einsum("nc,ci,cj->nij", known.astype(np.float64), design, design)
    start = np.nan_to_num(mean_time(times))[:, None]
    values = np.where(known, filled(times) - start, 0.0)
    possible = (known.sum(axis=1) > parameters) & (
        np.linalg.matrix_rank(normal, tol=1e-9, hermitian=True) == parameters
    )
    normal[~possible] = np.eye(parameters)
    fitted = np.linalg.solve(normal, (values @ design)[..., None])[..., 0]
    residual = np.where(known, values - fitted @ design.T, 0.0)
    freedom = np.where(possible, known.sum(axis=1) - parameters, np.nan)
    slope = np.sqrt((fitted[:, 1:] ** 2).sum(axis=1)) / scale
    return np.where(possible, slope, np.nan), np.sqrt((residual**2).sum(axis=1) / freedom)


def correlation(signal: Array, times: Array) -> Floats:
    """Correlate the logarithm of the signal with the time over the cells that have both."""
    strength, when = flat(signal), flat(times)
    known = np.isfinite(when) & (np.nan_to_num(strength) > 0)
    number = known.sum(axis=1)
    logs = np.log(np.where(known, strength, 1.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (
            np.where(known, values - (values.sum(axis=1) / number)[:, None], 0.0)
            for values in (logs, np.where(known, when, 0.0))
        )
        size = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
        found = (x * y).sum(axis=1) / size
    return np.asarray(np.where((number >= FEWEST) & (size > 0), found, np.nan))


def mass(image: Array, positions: Floats) -> Floats:
    """Compute the invariant mass of pixels as massless particles.

    Parameters
    ----------
    image
        Transverse momenta.
    positions
        Pseudorapidity and azimuth about the jet's axis, shape (cells, 2). The mass does not
        depend on where the axis points.
    """
    momentum = np.maximum(filled(image), 0.0)
    eta, phi = positions.T
    energy, px, py, pz = (
        momentum @ factor for factor in (np.cosh(eta), np.cos(phi), np.sin(phi), np.sinh(eta))
    )
    return np.asarray(np.sqrt(np.maximum(energy**2 - px**2 - py**2 - pz**2, 0.0)))
