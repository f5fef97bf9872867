"""Substructure of jets: soft drop, N-subjettiness and energy correlators, computed by FastJet.

Definitions and sources stand in `docs/physics/jets.md`. All use the rapidity-azimuth plane.
"""

from collections.abc import Sequence
from typing import Any

import fastjet
import numpy as np
from numpy.typing import NDArray

from footprint.config.jet_arrays import SUBSTRUCTURE
from footprint.jets.clustering import cluster
from footprint.jets.kinematics import Floats

ZCUT, SOFT_DROP_BETA = 0.1, 0.0
ANGULAR_EXPONENT = 1.0
AXES = "OnePass_WTA_KT_Axes"
MOST_AXES = 4
EVERYTHING = 100.0
"""Radius so large that all constituents end in one jet, however wide the jet is."""
BATCH = 1024
"""Jets that are clustered together: FastJet keeps some kilobytes for each constituent."""


def substructure(
    px: Floats, py: Floats, pz: Floats, energy: Floats, *, radius: float = 0.8
) -> dict[str, NDArray[np.float32]]:
    """Compute the substructure of jets from their constituents.

    Parameters
    ----------
    px, py, pz, energy
        Constituents of each jet in GeV, NaN where there is none, shape (n, most).
    radius
        The jets' radius, R0 of N-subjettiness.

    Returns
    -------
    dict of str to ndarray
        The quantities of `SUBSTRUCTURE`, each of shape (n,). Jets without constituents have NaN
        everywhere; tau_N is 0 for jets of at most N constituents, ratios are NaN where their
        denominator is 0.
    """
    parts = [
        _of_batch([x[start : start + BATCH] for x in (px, py, pz, energy)], radius)
        for start in range(0, len(px), BATCH)
    ]
    if not parts:
        return {name: np.empty(0, np.float32) for name in SUBSTRUCTURE}
    return {name: np.concatenate([part[name] for part in parts]) for name in SUBSTRUCTURE}


def _of_batch(four_momenta: Sequence[Floats], radius: float) -> dict[str, NDArray[np.float32]]:
    components = [np.asarray(x, np.float64) for x in four_momenta]
    found = {name: np.full(len(components[0]), np.nan) for name in (*SUBSTRUCTURE, "e2", "e3")}
    present = np.all([np.isfinite(x) for x in components], axis=0)
    counts = np.count_nonzero(present, axis=1)
    # FastJet looks for N axes where there are N constituents or fewer and says that its results
    # are then unpredictable: such jets are kept apart.
    sizes = np.minimum(counts, MOST_AXES + 1)
    for size in range(1, MOST_AXES + 2):
        jets = sizes == size
        if jets.any():
            chosen = present & jets[:, np.newaxis]
            flat = [x[chosen] for x in components]
            values = _of_jets(flat, counts[jets], size - 1, radius)
            for name, of_jets in values.items():
                found[name][jets] = of_jets
    for name, over, under, power in RATIOS:
        denominator = np.where(found[under] > 0, found[under], np.nan) ** power
        found[name] = found[over] / denominator
    return {name: found[name].astype(np.float32) for name in SUBSTRUCTURE}


RATIOS = (
    ("tau21", "tau2", "tau1", 1),
    ("tau32", "tau3", "tau2", 1),
    ("c2", "e3", "e2", 2),
    ("d2", "e3", "e2", 3),
)
"""Name, numerator, denominator and its power; e2, e3 are normalised energy correlators."""


def _of_jets(
    four_momenta: Sequence[NDArray[np.float64]],
    counts: NDArray[np.int64],
    axes: int,
    radius: float,
) -> dict[str, Any]:
    """Let FastJet compute what it can; tau_N with N above `axes` is 0."""
    px, py, pz, energy = four_momenta
    jets = cluster(
        px, py, pz, energy, counts, algorithm=fastjet.cambridge_algorithm, radius=EVERYTHING
    )
    groomed = jets.exclusive_jets_softdrop_grooming(
        1, beta=SOFT_DROP_BETA, symmetry_cut=ZCUT, R0=radius
    )
    found: dict[str, Any] = {
        # A massless jet's mass comes out as minus the root of minus its square, by rounding.
        "soft_drop_mass": np.maximum(groomed.msoftdrop.to_numpy(), 0.0),
        **{f"tau{n}": 0.0 for n in range(1, MOST_AXES + 1)},
    }
    if axes:
        numbers = list(range(1, axes + 1))
        taus = jets.njettiness(
            axes_definition=AXES, njets=numbers, beta=ANGULAR_EXPONENT, R0=radius
        )
        found.update({f"tau{n}": tau for n, tau in zip(numbers, taus.to_numpy().T, strict=True)})
    for points in (2, 3):
        found[f"e{points}"] = jets.exclusive_jets_energy_correlator(
            njets=1, beta=ANGULAR_EXPONENT, npoint=points, func="generalized", normalized=True
        ).to_numpy()
    return found
