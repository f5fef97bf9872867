"""From the particles of many events to those events' leading jets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import awkward as ak
import fastjet
import numpy as np
from numpy.typing import NDArray

from footprint.config.pythia_jets import PythiaJetsOptions
from footprint.jets.clustering import cluster
from footprint.jets.kinematics import Floats, azimuth, pseudorapidity, transverse_momentum
from footprint.simulate.pythia_events import Particles


@dataclass(frozen=True)
class Jets:
    """Leading jets in the window, and their constituents.

    Attributes
    ----------
    event
        Number of the event within the batch, rising, shape (jets,).
    momentum
        px, py, pz and energy in GeV, shape (4, jets): the sum of the constituents'.
    parts
        Constituents of all jets one after the other, each jet's by falling transverse momentum;
        their `event` counts jets.
    """

    event: NDArray[np.int64]
    momentum: Floats
    parts: Particles

    @property
    def pt(self) -> Floats:
        """Transverse momentum in GeV, shape (jets,)."""
        return transverse_momentum(self.momentum[0], self.momentum[1])

    @property
    def eta(self) -> Floats:
        """Pseudorapidity, shape (jets,)."""
        return pseudorapidity(self.momentum[0], self.momentum[1], self.momentum[2])

    @property
    def phi(self) -> Floats:
        """Azimuth in radians, shape (jets,)."""
        return azimuth(self.momentum[0], self.momentum[1])

    def __len__(self) -> int:
        return len(self.event)

    def chosen(self, keep: NDArray[np.bool_]) -> "Jets":
        """Choose jets by a mask of shape (jets,)."""
        number = np.cumsum(keep) - 1
        parts = self.parts.chosen(keep[self.parts.event])
        parts = replace(parts, event=number[parts.event])
        return Jets(self.event[keep], self.momentum[:, keep], parts)

    @staticmethod
    def joined(batches: "Sequence[Jets]") -> "Jets":
        """Put the jets of several batches one after the other; events keep their numbers."""
        before = np.cumsum([0] + [len(jets) for jets in batches])
        parts = [
            replace(jets.parts, event=jets.parts.event + first)
            for jets, first in zip(batches, before, strict=False)
        ]
        return Jets(
            np.concatenate([jets.event for jets in batches]),
            np.concatenate([jets.momentum for jets in batches], axis=1),
            Particles.joined(parts),
        )


def leading_jets(particles: Particles, options: PythiaJetsOptions) -> Jets:
    """Cluster the particles of each event, and keep its hardest jet if it is in the window.

    Parameters
    ----------
    particles
        All that is seen of a batch of events.
    options
        Options of the generator.
    """
    lowest, highest = options.pt_GeV
    numbers, counts = np.unique(particles.event, return_counts=True)
    px, py, pz, energy = particles.momentum
    clustered = cluster(
        px, py, pz, energy, counts, algorithm=fastjet.antikt_algorithm, radius=options.radius
    )
    event, momentum, members = _hardest(clustered, lowest)
    px, py, pz, _ = momentum
    keep = transverse_momentum(px, py) < highest
    keep &= np.abs(pseudorapidity(px, py, pz)) < options.eta_max
    event, members = event[keep], members[keep]
    sizes = ak.num(members).to_numpy()
    first = (np.cumsum(counts) - counts)[event]
    where = ak.flatten(members).to_numpy() + np.repeat(first, sizes)
    parts = replace(particles.chosen(where), event=np.repeat(np.arange(len(sizes)), sizes))
    parts = parts.chosen(np.lexsort((-parts.transverse_momentum, parts.event)))
    return Jets(numbers[event], momentum[:, keep], parts)


def _hardest(clustered: Any, lowest: float) -> tuple[NDArray[np.int64], Floats, Any]:
    """Find each event's hardest jet above a transverse momentum.

    Returns
    -------
    tuple
        Positions of the events that have one, shape (jets,); its px, py, pz and energy, shape
        (4, jets); positions of its constituents in the event, an awkward array (jets, var).
    """
    jets, members = clustered.inclusive_jets(lowest), clustered.constituent_index(lowest)
    hardest = ak.argmax(np.hypot(jets.px, jets.py), axis=1, keepdims=True)
    event = np.flatnonzero(ak.num(jets.px).to_numpy())
    jet, of_jet = ak.flatten(jets[hardest][event]), ak.flatten(members[hardest][event])
    momentum = np.stack([ak.to_numpy(jet[name]) for name in ("px", "py", "pz", "E")])
    # An option type remains where some event had no jet.
    return event, np.ma.getdata(momentum).astype(np.float64), ak.drop_none(of_jet)
