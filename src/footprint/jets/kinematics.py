"""Transverse momentum, angles and mass from Cartesian four-momenta (GeV, c = 1)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def transverse_momentum(px: Floats, py: Floats) -> Floats:
    """Momentum across the beam, of any shape; NaN stays NaN."""
    return np.hypot(px, py)


def pseudorapidity(px: Floats, py: Floats, pz: Floats) -> Floats:
    """Give eta = arsinh(pz / pT); infinite along the beam, NaN without any momentum."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.arcsinh(pz / np.hypot(px, py))


def azimuth(px: Floats, py: Floats) -> Floats:
    """Angle about the beam, in (-pi, pi]."""
    return np.arctan2(py, px)


def mass(px: Floats, py: Floats, pz: Floats, energy: Floats) -> Floats:
    """Give the invariant mass; 0 where rounding makes its square negative.

    Computed in double precision: the squares of energy and momentum nearly cancel.
    """
    p, q, r, e = (np.asarray(x, np.float64) for x in (px, py, pz, energy))
    return np.sqrt(np.maximum(e * e - (p * p + q * q + r * r), 0.0))


def delta_phi(phi: Floats, reference: Floats) -> Floats:
    """Difference of two azimuths, in [-pi, pi)."""
    return (phi - reference + np.pi) % (2 * np.pi) - np.pi


def four_momentum(
    pt: Floats, eta: Floats, phi: Floats, mass: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give (px, py, pz, energy) of transverse momentum, pseudorapidity, azimuth and mass."""
    pz = pt * np.sinh(eta)
    return pt * np.cos(phi), pt * np.sin(phi), pz, np.sqrt(pt * pt + pz * pz + mass * mass)
