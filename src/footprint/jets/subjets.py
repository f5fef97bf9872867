"""Subjets: the constituents of a jet clustered again, with a smaller radius."""

import awkward as ak
import fastjet
import numpy as np

from footprint.jets.clustering import cluster
from footprint.jets.kinematics import azimuth, delta_phi, pseudorapidity
from footprint.jets.steps import Coordinates, Floats


def second_from_first(
    found: Coordinates, momenta: tuple[Floats, Floats, Floats, Floats], radius: float
) -> Floats:
    """Direction in which the second hardest subjet lies, as seen from the hardest.

    The kt algorithm of S. Catani et al. (1993) and S. D. Ellis, D. E. Soper (1993), as in jet
    images of J. Cogan et al. (2015).

    Parameters
    ----------
    found
        The constituents.
    momenta
        Their px, py, pz and energies in GeV, each of the shape of `found.pt`.
    radius
        Of the subjets.

    Returns
    -------
    ndarray, shape (n, 2)
        Differences in pseudorapidity and azimuth; NaN for jets of less than two subjets.
    """
    counts = np.diff(found.starts)
    filled = np.flatnonzero(counts)
    towards = np.full((len(counts), 2), np.nan)
    if not len(filled):
        return towards
    jets = cluster(*momenta, counts[filled], algorithm=fastjet.kt_algorithm, radius=radius)
    subjets = jets.inclusive_jets()
    order = ak.argsort(subjets.px**2 + subjets.py**2, axis=1, ascending=False, stable=True)
    hardest = ak.pad_none(subjets[order], 2, clip=True)
    p, q, r = (ak.to_numpy(ak.fill_none(hardest[key], np.nan)) for key in ("px", "py", "pz"))
    eta, phi = pseudorapidity(p, q, r), azimuth(p, q)
    towards[filled, 0] = eta[:, 1] - eta[:, 0]
    towards[filled, 1] = delta_phi(phi[:, 1], phi[:, 0])
    return towards
