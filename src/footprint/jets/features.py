"""Features of the constituents of jets, as networks on constituents take them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.jets.kinematics import azimuth, pseudorapidity
from footprint.jets.steps import Coordinates, Floats


@dataclass(frozen=True)
class Constituents:
    """Constituents of jets, jet after jet, and what they are compared with.

    Attributes
    ----------
    px, py, pz, energy
        Four-vectors in GeV, each of shape (constituents of all jets,).
    found
        The same relative to the axis of their jet, after the steps.
    jet_pt, jet_energy
        Of each jet in GeV, shape (n,).
    charge
        Electric charges, or None.
    """

    px: Floats
    py: Floats
    pz: Floats
    energy: Floats
    found: Coordinates
    jet_pt: Floats
    jet_energy: Floats
    charge: Floats | None = None

    def of_jet(self, values: Floats) -> Floats:
        """Repeat a value of each jet for its constituents."""
        return np.repeat(values, np.diff(self.found.starts))


FEATURES: dict[str, Callable[[Constituents], Any]] = {
    "px": lambda c: c.px,
    "py": lambda c: c.py,
    "pz": lambda c: c.pz,
    "energy": lambda c: c.energy,
    "pt": lambda c: c.found.pt,
    "eta": lambda c: pseudorapidity(c.px, c.py, c.pz),
    "phi": lambda c: azimuth(c.px, c.py),
    "log_pt": lambda c: np.log(c.found.pt),
    "log_energy": lambda c: _log(c.energy),
    "pt_fraction": lambda c: c.found.pt / c.of_jet(c.jet_pt),
    "log_pt_relative": lambda c: _log(c.found.pt / c.of_jet(c.jet_pt)),
    "log_energy_relative": lambda c: _log(c.energy / c.of_jet(c.jet_energy)),
    "deta": lambda c: c.found.deta,
    "dphi": lambda c: c.found.dphi,
    "delta_r": lambda c: np.hypot(c.found.deta, c.found.dphi),
    "charge": lambda c: c.charge,
}
"""How each feature follows from the constituents; logarithms are natural."""


def _log(values: Floats) -> Floats:
    """Logarithm; minus infinity, which data sets refuse, where there is none."""
    with np.errstate(divide="ignore"):
        return np.log(np.maximum(values, 0.0))


def constituent_features(
    jets: Constituents, wanted: Iterable[str], most: int
) -> dict[str, NDArray[np.float32]]:
    """Compute features of the hardest constituents.

    Parameters
    ----------
    jets
        The constituents.
    wanted
        Names among `FEATURES`.
    most
        Keep so many of each jet.

    Returns
    -------
    dict of str to ndarray of float32, shape (n, most)
        By falling transverse momentum, NaN after the last constituent.
    """
    chosen, rows, ranks = _hardest(jets.found, most)
    features = {}
    for name in wanted:
        full = np.full((len(jets.jet_pt), most), np.nan, dtype=np.float32)
        full[rows, ranks] = FEATURES[name](jets)[chosen]
        features[name] = full
    return features


def _hardest(found: Coordinates, most: int) -> tuple[Any, Any, Any]:
    """Which constituents are kept, the jet of each and its rank there."""
    jets = found.jets
    order = np.lexsort((-found.pt, jets))
    ranks = np.arange(len(order)) - found.starts[jets]
    kept = ranks < most
    return order[kept], jets[kept], ranks[kept]
