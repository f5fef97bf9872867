"""Constituents in a jet's own frame: shifted to its centre, rotated, flipped.

Coordinates are pseudorapidity and azimuth relative to the jet's axis. Steps act on them in the
order in which they are asked for; what each does, and where it comes from, stands in
`docs/physics/jet_features.md`.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.compiled import compiled
from footprint.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS = ("centre", "rotate", "flip")
"""The steps by number."""
ON_AXIS = 1e-9
"""Constituents this near to an axis stand on it: rounding decides nothing."""
ROUND = 1e-9
"""Jets whose two principal moments differ relatively by less have no principal axis."""
POINT = 1e-18
"""Jets of a smaller mean squared extension have no direction at all."""


class Coordinates(NamedTuple):
    """Constituents of jets relative to an axis, jet after jet without gaps.

    Attributes
    ----------
    deta, dphi, pt
        Pseudorapidity and azimuth in rad from the axis, transverse momentum in GeV, each of shape
        (constituents of all jets,).
    starts
        Where each jet starts in them, and where the last one ends, shape (n + 1,).
    places
        Where each constituent stood in the list of its jet, shape (constituents of all jets,).
    """

    deta: Floats
    dphi: Floats
    pt: Floats
    starts: Ints
    places: Ints

    @property
    def jets(self) -> Ints:
        """Number of the jet of each constituent."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def of(self, values: NDArray[Any]) -> Floats:
        """Take the constituents' values out of a padded array, shape (n, most)."""
        return values[self.jets, self.places].astype(np.float64)


def relative(px: Any, py: Any, pz: Any, eta: Any = None, phi: Any = None) -> Coordinates:
    """Place constituents relative to the axis of their jet.

    A constituent without transverse momentum, or with a component that is NaN, is none.

    Parameters
    ----------
    px, py, pz
        Momenta in GeV, shape (n, most).
    eta, phi
        Axis of each jet, shape (n,); where NaN, and without them, that of the constituents' sum.

    Raises
    ------
    DataError
        A momentum is infinite.
    """
    starts = np.zeros(len(px) + 1, dtype=np.int64)
    places = np.empty(px.size, dtype=np.int64)
    x, y, z = (np.empty(px.size) for _ in range(3))
    sums = np.zeros((3, len(px)))
    _gather((px, py, pz), (x, y, z), places, starts, sums)
    if not np.isfinite(sums).all():
        broken = np.flatnonzero(~np.isfinite(sums).all(axis=0))
        msg = (
            f"{len(broken)} of {len(px)} jets in one block have constituents of infinite momentum, "
            f"first number {broken[0]} of the block: expected finite numbers, and NaN for none"
        )
        raise DataError(msg)
    x, y, z, places = (part[: starts[-1]] for part in (x, y, z, places))
    axis, cos, sin = _axes(sums, eta, phi)
    pt = np.sqrt(x * x + y * y)
    _turn_to_axes(x, y, starts, cos, sin)
    deta = np.arcsinh(z / pt) - np.repeat(axis, np.diff(starts))
    return Coordinates(deta, np.arctan2(y, x), pt, starts, places)


def _axes(sums: Floats, eta: Any, phi: Any) -> tuple[Floats, Floats, Floats]:
    """Pseudorapidity of each jet's axis, cosine and sine of its azimuth."""
    x, y, z = sums
    size = np.sqrt(x * x + y * y)
    balanced = size == 0
    size = np.where(balanced, 1.0, size)
    axis = np.arcsinh(np.where(balanced, 0.0, z) / size)
    cos, sin = np.where(balanced, 1.0, x / size), y / size
    if eta is None or phi is None:
        return axis, cos, sin
    given = np.isfinite(eta) & np.isfinite(phi)
    wide = np.asarray(phi, dtype=np.float64)
    axis = np.where(given, eta, axis)
    return axis, np.where(given, np.cos(wide), cos), np.where(given, np.sin(wide), sin)


def stepped(found: Coordinates, steps: Sequence[str], towards: Floats | None = None) -> Coordinates:
    """Take steps in their order.

    Parameters
    ----------
    found
        Constituents relative to an axis; they are left alone.
    steps
        Names among `STEPS`.
    towards
        What ``rotate`` turns downwards, to negative phi: a direction (eta, phi) for each jet,
        shape (n, 2). Where it is NaN, and without it, the principal axis is turned upright
        instead, the half with more pT to positive phi.
    """
    if not steps:
        return found
    moved = found._replace(deta=found.deta.copy(), dphi=found.dphi.copy())
    if towards is None:
        towards = np.full((len(found.starts) - 1, 2), np.nan)
    numbers = np.array([STEPS.index(step) for step in steps])
    _step(moved, numbers, towards)
    return moved


@compiled
def _gather(padded: Any, momenta: Any, places: Any, starts: Any, sums: Any) -> None:
    """Take what is there out of the padded arrays, and sum it jet by jet."""
    px, py, pz = padded
    x, y, z = momenta
    end = 0
    for jet in range(len(px)):
        a = b = c = 0.0
        for k in range(px.shape[1]):
            x[end], y[end], z[end] = px[jet, k], py[jet, k], pz[jet, k]
            # Comparisons with NaN are false.
            if x[end] * x[end] + y[end] * y[end] > 0 and abs(z[end]) >= 0:
                a, b, c = a + x[end], b + y[end], c + z[end]
                places[end] = k
                end += 1
        sums[0, jet], sums[1, jet], sums[2, jet] = a, b, c
        starts[jet + 1] = end


@compiled
def _turn_to_axes(x: Any, y: Any, starts: Any, cos: Any, sin: Any) -> None:
    """Turn momenta by the azimuth of their jet: angles taken then need no care about +-pi."""
    for jet in range(len(cos)):
        for k in range(starts[jet], starts[jet + 1]):
            x[k], y[k] = x[k] * cos[jet] + y[k] * sin[jet], y[k] * cos[jet] - x[k] * sin[jet]


@compiled
def _centre(x: Any, y: Any, pt: Any) -> None:
    mx, my = _mean(x, y, pt)
    for k in range(len(x)):
        x[k] -= mx
        y[k] -= my
        if y[k] >= math.pi:
            y[k] -= 2 * math.pi
        elif y[k] < -math.pi:
            y[k] += 2 * math.pi


@compiled
def _mean(x: Any, y: Any, pt: Any) -> tuple[float, float]:
    total = sx = sy = 0.0
    for k in range(len(x)):
        total += pt[k]
        sx += pt[k] * x[k]
        sy += pt[k] * y[k]
    return sx / total, sy / total


@compiled
def _principal_axis(x: Any, y: Any, pt: Any) -> tuple[float, float]:
    """Find the unit vector along the larger spread; upright, (0, 1), where there is none."""
    mx, my = _mean(x, y, pt)
    total = xx = xy = yy = 0.0
    for k in range(len(x)):
        dx, dy = x[k] - mx, y[k] - my
        total += pt[k]
        xx += pt[k] * dx * dx
        xy += pt[k] * dx * dy
        yy += pt[k] * dy * dy
    spread = math.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    if xx + yy <= POINT * total or spread <= ROUND * (xx + yy):
        return 0.0, 1.0
    angle = 0.5 * math.atan2(2 * xy, xx - yy)
    return math.cos(angle), math.sin(angle)


@compiled
def _surplus(x: Any, pt: Any) -> float:
    """Transverse momentum on the positive side less that on the negative one."""
    surplus = 0.0
    for k in range(len(x)):
        surplus += pt[k] * (int(x[k] > ON_AXIS) - int(x[k] < -ON_AXIS))
    return surplus


@compiled
def _turn(x: Any, y: Any, up_x: float, up_y: float) -> None:
    """Rotate a unit vector upright, to positive y."""
    for k in range(len(x)):
        x[k], y[k] = up_y * x[k] - up_x * y[k], up_x * x[k] + up_y * y[k]


@compiled
def _rotate(x: Any, y: Any, pt: Any, to_x: float, to_y: float) -> tuple[float, float]:
    """Rotate a direction downwards, without one the principal axis upright."""
    size = math.sqrt(to_x * to_x + to_y * to_y)
    if size > 0:
        _turn(x, y, -to_x / size, -to_y / size)
        return 0.0, -size
    up_x, up_y = _principal_axis(x, y, pt)
    _turn(x, y, up_x, up_y)
    # An axis has two ends: the one with more pT goes up.
    if _surplus(y, pt) < 0:
        _turn(x, y, 0.0, -1.0)
    return to_x, to_y


@compiled
def _step(moved: Coordinates, steps: Ints, towards: Floats) -> None:
    for jet in range(len(towards)):
        kept = slice(moved.starts[jet], moved.starts[jet + 1])
        x, y, weights = moved.deta[kept], moved.dphi[kept], moved.pt[kept]
        to_x, to_y = towards[jet]
        if len(x) == 0:
            continue
        for step in steps:
            if step == 0:
                _centre(x, y, weights)
            elif step == 1:
                to_x, to_y = _rotate(x, y, weights, to_x, to_y)
            else:
                if _surplus(x, weights) < 0:
                    x[:] = -x
                    to_x = -to_x
                if _surplus(y, weights) < 0:
                    y[:] = -y
                    to_y = -to_y
