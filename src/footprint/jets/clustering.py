"""FastJet (M. Cacciari, G. Salam, G. Soyez, EPJ C 72 (2012) 1896) on many jets or events at once.

Its banner, printed at the first clustering by compiled code past Python's streams, is off: logs
hold what a job did.
"""

from typing import Any

import awkward as ak
import fastjet
import numpy as np
from fastjet._swig import ClusterSequence as Compiled
from numpy.typing import NDArray

from footprint.jets.kinematics import Floats

Compiled.set_fastjet_banner_stream(None)


def cluster(
    px: Floats,
    py: Floats,
    pz: Floats,
    energy: Floats,
    counts: NDArray[np.int64],
    *,
    algorithm: int,
    radius: float,
) -> Any:
    """Cluster each of a batch of events by itself.

    Parameters
    ----------
    px, py, pz, energy
        Particles of all events one after the other, shape (particles,), GeV.
    counts
        Number of particles of each event, shape (events,), none of them 0.
    algorithm, radius
        One of FastJet's algorithms, such as `fastjet.antikt_algorithm`, and its R.

    Returns
    -------
    fastjet.ClusterSequence
        Of all events, with FastJet's awkward interface.
    """
    particles = ak.zip({"px": px, "py": py, "pz": pz, "E": energy})
    definition = fastjet.JetDefinition(algorithm, radius)
    return fastjet.ClusterSequence(ak.unflatten(particles, counts), definition)
