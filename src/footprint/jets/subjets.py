"""Subjets: the constituents of a jet clustered again, with a smaller radius."""

from typing import Any

import awkward as ak
import fastjet
import numpy as np

from footprint.jets.steps import Coordinates, Floats


def second_from_first(
    found: Coordinates, momenta: tuple[Any, Any, Any, Any], radius: float
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
    vectors = ak.zip(dict(zip(("px", "py", "pz", "E"), momenta, strict=True)))
    lists = ak.unflatten(vectors, np.diff(found.starts))
    definition = fastjet.JetDefinition(fastjet.kt_algorithm, radius)
    subjets = fastjet.ClusterSequence(lists, definition).inclusive_jets()
    squares = subjets.px**2 + subjets.py**2
    hardest = ak.argsort(squares, axis=1, ascending=False, stable=True)[:, :2]
    padded = ak.pad_none(subjets[hardest], 2, clip=True)
    px, py, pz = (
        np.asarray(ak.to_numpy(ak.fill_none(padded[key], np.nan)), dtype=np.float64)
        for key in ("px", "py", "pz")
    )
    eta = np.arcsinh(pz / np.hypot(px, py))
    turned = (px[:, 0] * px[:, 1] + py[:, 0] * py[:, 1], px[:, 0] * py[:, 1] - py[:, 0] * px[:, 1])
    return np.stack([eta[:, 1] - eta[:, 0], np.arctan2(turned[1], turned[0])], axis=1)
