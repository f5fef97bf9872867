"""Turns and flips of an array of stations, found from where the stations stand."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from footprint.errors import TrainingError

Floats = NDArray[np.float64]
TURNS = (6, 4, 3, 2, 1)
TOLERANCE = 0.01
"""How far from a turned station its partner may stand, over the distance of nearest neighbours."""
FEWEST_PARTNERS = 0.5
"""Share of the stations that must find a partner, or it is no symmetry."""
FEWEST_STATIONS = 2


def orthogonal(turns: int, *, flips: bool) -> Floats:
    """List the turns by 2 pi k / turns, then the same after y -> -y.

    Returns
    -------
    ndarray, shape (turns or 2 turns, 2, 2)
        The matrices; the first is the identity.
    """
    angle = 2 * np.pi * np.arange(turns) / turns
    cosine, sine = np.cos(angle), np.sin(angle)
    rotations = np.array([[cosine, -sine], [sine, cosine]]).transpose(2, 0, 1)
    return np.concatenate([rotations, rotations * [1.0, -1.0]]) if flips else rotations


@dataclass(frozen=True)
class Layout:
    """Where the stations stand.

    Attributes
    ----------
    positions
        In m about the array's centre, shape (stations, 2), or (stations, 3) if their height
        matters; NaN where a grid has no station.
    """

    positions: Floats

    @cached_property
    def exists(self) -> NDArray[np.bool_]:
        """Whether there is a station, for each place."""
        return np.asarray(np.isfinite(self.positions).all(axis=1))

    @property
    def stations(self) -> int:
        """How many stations there are."""
        return int(np.count_nonzero(self.exists))

    @cached_property
    def _tree(self) -> KDTree:
        return KDTree(self.positions[self.exists])

    @cached_property
    def _tolerance(self) -> float:
        distances, _ = self._tree.query(self.positions[self.exists], k=2)
        return TOLERANCE * float(np.asarray(distances)[:, 1].min())

    def sources(self, matrix: Floats) -> NDArray[np.intp]:
        """Find out where the measurements come from when an event is turned.

        Parameters
        ----------
        matrix
            Orthogonal, shape (2, 2).

        Returns
        -------
        ndarray of int, shape (stations,)
            Number of the station whose measurement each gets, -1 where there is none. A place
            without station keeps what it has.
        """
        before = self.positions[self.exists].copy()
        before[:, :2] = before[:, :2] @ matrix  # the transpose is the inverse
        distances, nearest = self._tree.query(before)
        result = np.arange(len(self.positions))
        numbers = np.flatnonzero(self.exists)
        result[self.exists] = np.where(distances <= self._tolerance, numbers[nearest], -1)
        return result

    def share(self, sources: NDArray[np.intp]) -> float:
        """Share of the stations that get a measurement."""
        return float(np.mean(sources[self.exists] >= 0))


@dataclass(frozen=True)
class Symmetries:
    """A group of turns and flips, and where each takes a station's measurement from.

    Attributes
    ----------
    turns, flips
        Turns by a full circle over this number, with or without mirror images.
    matrices
        What happens to vectors, shape (elements, 2, 2).
    sources
        Number of the station whose measurement each gets, -1 for none, shape
        (elements, stations).
    """

    turns: int
    flips: bool
    matrices: Floats
    sources: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.matrices)

    def inverse(self, element: int) -> int:
        """Tell which element undoes another; a mirror image undoes itself."""
        return element if element >= self.turns else -element % self.turns


def symmetries_of(layout: Layout, turns: int | None, flips: bool | None) -> Symmetries:
    """Find a group of turns and flips on an array of stations.

    Parameters
    ----------
    layout
        The stations.
    turns, flips
        What is asked for; None for the most that the stations allow.

    Raises
    ------
    TrainingError
        The stations do not have this symmetry, or none at all.
    """
    if layout.stations < FEWEST_STATIONS:
        msg = f"{layout.stations} stations have a position, at least {FEWEST_STATIONS} expected"
        raise TrainingError(msg)
    most = next(n for n in TURNS if _lowest_share(layout, n, flips=False)[0] >= FEWEST_PARTNERS)
    chosen = most if turns is None else turns
    mirrored = _lowest_share(layout, chosen, flips=True)[0] >= FEWEST_PARTNERS
    wanted = mirrored if flips is None else flips
    lowest, worst = _lowest_share(layout, chosen, flips=wanted)
    if lowest < FEWEST_PARTNERS:
        has = _lowest_share(layout, most, flips=True)[0] >= FEWEST_PARTNERS
        angle = 360 * (worst % chosen) / chosen
        what = f"mirrored and turned by {angle:g}" if worst >= chosen else f"turned by {angle:g}"
        msg = (
            f"turns: {chosen} with flips: {str(wanted).lower()} is no symmetry of this layout: "
            f"{what} degrees, {round(lowest * layout.stations)} of {layout.stations} "
            f"stations come to lie on a station, expected at least half. It has turns: {most} and "
            f"flips: {str(has).lower()}"
        )
        raise TrainingError(msg)
    matrices = orthogonal(chosen, flips=wanted)
    if len(matrices) == 1:
        msg = (
            f"the {layout.stations} stations come to lie on each other under no turn or flip "
            f"about the array's centre: leave augment out"
        )
        raise TrainingError(msg)
    sources = np.stack([layout.sources(matrix) for matrix in matrices])
    return Symmetries(chosen, wanted, matrices, sources)


def _lowest_share(layout: Layout, turns: int, *, flips: bool) -> tuple[float, int]:
    shares = [layout.share(layout.sources(m)) for m in orthogonal(turns, flips=flips)]
    worst = int(np.argmin(shares))
    return shares[worst], worst
