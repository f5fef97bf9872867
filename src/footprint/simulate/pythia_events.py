"""Events of Pythia as arrays: all particles of a batch of events one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from footprint.jets.kinematics import Floats, transverse_momentum
from footprint.simulate.pythia_veto import LARGEST_ETA

NEUTRINOS = (12, 14, 16)


@dataclass(frozen=True)
class Record:
    """Everything that happened in a batch of events, Pythia's event records.

    Attributes
    ----------
    event
        Number of the event within the batch, shape (entries,), rising.
    pdg_id, status
        What it is, and what became of it, shape (entries,).
    mother, daughter
        Position of the first mother and daughter within the batch, shape (entries,).
    first
        Position of each event's first entry, shape (events,).
    momentum
        px, py, pz and energy in GeV, shape (4, entries).
    """

    event: NDArray[np.int64]
    pdg_id: NDArray[np.int64]
    status: NDArray[np.int64]
    mother: NDArray[np.int64]
    daughter: NDArray[np.int64]
    first: NDArray[np.int64]
    momentum: Floats


@dataclass(frozen=True)
class Particles:
    """What is clustered, of a batch of events.

    Attributes
    ----------
    event
        Number of the event within the batch, rising, shape (particles,).
    momentum
        px, py, pz and energy in GeV, shape (4, particles).
    charge
        Electric charge in units of the positron's, shape (particles,).
    pdg_id
        What it is, 0 where nobody can know, shape (particles,).
    """

    event: NDArray[np.int64]
    momentum: Floats
    charge: Floats
    pdg_id: NDArray[np.int64]

    @property
    def transverse_momentum(self) -> Floats:
        """Transverse momentum in GeV, shape (particles,)."""
        return transverse_momentum(self.momentum[0], self.momentum[1])

    def chosen(self, which: NDArray[Any]) -> "Particles":
        """Choose particles by a mask or by their positions."""
        return Particles(
            self.event[which], self.momentum[:, which], self.charge[which], self.pdg_id[which]
        )

    @staticmethod
    def joined(parts: "Sequence[Particles]") -> "Particles":
        """Put particles of the same events together, in the events' order."""
        whole = Particles(
            np.concatenate([p.event for p in parts]),
            np.concatenate([p.momentum for p in parts], axis=1),
            np.concatenate([p.charge for p in parts]),
            np.concatenate([p.pdg_id for p in parts]),
        )
        return whole.chosen(np.argsort(whole.event, kind="stable"))


def record_of(batch: Any) -> Record:
    """Read what `Pythia.nextBatch` returns."""
    counts = ak.num(batch.prt.id).to_numpy()
    first = np.cumsum(counts) - counts
    offset = np.repeat(first, counts)
    flat = ak.flatten(batch.prt)

    pdg_id, status, mother, daughter = (
        flat[name].to_numpy().astype(np.int64) for name in ("id", "status", "mother1", "daughter1")
    )
    return Record(
        event=np.repeat(np.arange(len(counts)), counts),
        pdg_id=pdg_id,
        status=status,
        mother=mother + offset,
        daughter=daughter + offset,
        first=first,
        momentum=np.stack([flat.p[name].to_numpy() for name in ("px", "py", "pz", "e")]),
    )


def visible(record: Record, charges: "Charges") -> Particles:
    """Choose final particles that a detector could see."""
    px, py, pz, _ = record.momentum
    seen = (record.status > 0) & ~np.isin(np.abs(record.pdg_id), NEUTRINOS)
    seen &= np.abs(pz) < np.sinh(LARGEST_ETA) * transverse_momentum(px, py)
    kinds = record.pdg_id[seen]
    return Particles(record.event[seen], record.momentum[:, seen], charges.of(kinds), kinds)


class Charges:
    """Electric charges as Pythia's table has them.

    Parameters
    ----------
    table
        `pythia.particleData`.
    """

    def __init__(self, table: Any) -> None:
        self._table = table

    def of(self, pdg_id: NDArray[np.int64]) -> Floats:
        """Look charges up, in units of the positron's."""
        kinds, where = np.unique(pdg_id, return_inverse=True)
        found = np.array([self._table.charge(int(kind)) for kind in kinds], np.float64)
        return found[where]
