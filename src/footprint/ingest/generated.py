"""Generated particles that decay to quarks, and the jets that hold them.

The quarks are those of the decay itself, before they radiate; a particle counts where all it
decays to are quarks (for Higgs bosons gluons too), after the W and Z among them have decayed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.errors import DataError
from footprint.files.hdf5 import Array
from footprint.jets.kinematics import delta_phi

TOP, Z, W, HIGGS, GLUON = 6, 23, 24, 25, 21
QUARKS = {TOP: 3, Z: 2, W: 2, HIGGS: 2}
"""Quarks that each particle decays to at the least."""
HEAVIEST_QUARK = 5
LEPTONS = (11, 16)
LAST_COPY = 13
"""Bit of NanoAOD's statusFlags: the last copy of a particle, the one that decays."""
MOST_COPIES = 1000

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Particles:
    """Generated particles of some events, one event after another.

    Attributes
    ----------
    counts
        Number of particles of each event.
    pdg, mother, last
        PDG number, index of the mother in these arrays (-1 for none), and whether it is the last
        copy; shape (sum of counts,).
    eta, phi
        Direction.
    """

    counts: Integers
    pdg: Integers
    mother: Integers
    last: NDArray[np.bool_]
    eta: Array
    phi: Array

    @classmethod
    def of_events(cls, counts: Integers, columns: Mapping[str, Array], where: str) -> "Particles":
        """Take particles from NanoAOD's variables, whose integers have various types.

        Parameters
        ----------
        counts
            Number of particles of each event.
        columns
            pdgId, genPartIdxMother (within the event), statusFlags, eta, phi.
        where
            The file and its tree, for messages.

        Raises
        ------
        DataError
            A mother's index is beyond the event's particles.
        """
        index = columns["genPartIdxMother"].astype(np.int64)
        event = np.repeat(np.arange(len(counts)), counts)
        if (index >= counts[event]).any():
            bad = int(np.argmax(index >= counts[event]))
            msg = (
                f"{where}: a generated particle has mother {index[bad]}, but its event has only "
                f"{counts[event[bad]]} generated particles: the file is damaged"
            )
            raise DataError(msg)
        offset = (np.cumsum(counts) - counts)[event]
        return cls(
            counts=counts,
            pdg=columns["pdgId"].astype(np.int64),
            mother=np.where(index < 0, -1, offset + index),
            last=(columns["statusFlags"].astype(np.int64) >> LAST_COPY & 1).astype(np.bool_),
            eta=columns["eta"].astype(np.float64),
            phi=columns["phi"].astype(np.float64),
        )

    def parent(self) -> Integers:
        """Find for each particle the first of another kind above it, -1 for none."""
        parent = self.mother.copy()
        for _ in range(MOST_COPIES):
            same = (parent >= 0) & (self.pdg[parent] == self.pdg)
            if not same.any():
                break
            parent[same] = self.mother[parent[same]]
        return parent


def decays(particles: Particles, kind: int) -> tuple[Integers, Integers, Integers]:
    """Find particles of a kind that decay to quarks alone, and these quarks.

    Parameters
    ----------
    particles
        The generated particles.
    kind
        PDG number: 6, 23, 24 or 25.

    Returns
    -------
    tuple of ndarray
        Indices of the particles, indices of all their quarks, and for each quark the position of
        its particle in the first array.
    """
    size = np.abs(particles.pdg)
    owner = _owners(particles, kind)
    quark = (size >= 1) & (size <= HEAVIEST_QUARK)
    if kind == HIGGS:
        quark |= size == GLUON
    lepton = (size >= LEPTONS[0]) & (size <= LEPTONS[1])
    quarks = np.bincount(owner[quark & (owner >= 0)], minlength=len(size))
    leptons = np.bincount(owner[lepton & (owner >= 0)], minlength=len(size))
    hadronic = (quarks >= QUARKS[kind]) & (leptons == 0)
    position = np.where(hadronic, np.cumsum(hadronic) - 1, -1)
    chosen = np.flatnonzero(quark & (owner >= 0) & hadronic[owner])
    return np.flatnonzero(hadronic), chosen, position[owner[chosen]]


def _owners(particles: Particles, kind: int) -> Integers:
    """Find the decaying particle of a kind that each one comes from, if any, -1 else."""
    size = np.abs(particles.pdg)
    mother = particles.mother
    decays_directly = (mother >= 0) & (particles.pdg[mother] != particles.pdg)
    if not len(size):
        return mother
    above = np.where(decays_directly, mother, -1)
    is_kind = (size == kind) & particles.last
    owner = np.where((above >= 0) & is_kind[above], above, -1)
    if kind in {TOP, HIGGS}:
        # Through a W or Z of the decay; the particle above that boson is the last copy.
        boson = (above >= 0) & np.isin(size[above], (W, Z))
        upper = np.where(boson, particles.parent()[above], -1)
        through = (upper >= 0) & is_kind[upper]
        owner = np.where(through, upper, owner)
    return owner


def jets_with(
    eta: Array, phi: Array, counts: Integers, particles: Particles, *, kind: int, radius: float
) -> NDArray[np.bool_]:
    """Find the jets that hold a particle of a kind and all the quarks it decays to.

    Parameters
    ----------
    eta, phi
        Directions of the jets, shape (n,).
    counts
        Number of jets of each event.
    particles
        The generated particles of the same events.
    kind
        PDG number: 6, 23, 24 or 25.
    radius
        Largest distance sqrt(delta eta^2 + delta phi^2) from the jet's axis.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    heavy, quarks, heavy_of = decays(particles, kind)
    event = np.repeat(np.arange(len(counts)), particles.counts)
    heavy_counts = np.bincount(event[heavy], minlength=len(counts))
    quark_counts = np.bincount(event[quarks], minlength=len(counts))

    def near(jet: Integers, particle: Integers) -> NDArray[np.bool_]:
        turn = delta_phi(phi[jet], particles.phi[particle])
        held: NDArray[np.bool_] = np.hypot(eta[jet] - particles.eta[particle], turn) < radius
        return held

    jet, partner = _pairs(counts, heavy_counts)
    held = near(jet, heavy[partner])
    # The place of each pair (jet, heavy particle) in these lists.
    first_pair = np.cumsum(_each(counts, heavy_counts)) - _each(counts, heavy_counts)
    first_heavy = np.repeat(np.cumsum(heavy_counts) - heavy_counts, counts)
    of_quark, quark = _pairs(counts, quark_counts)
    pair = first_pair[of_quark] + heavy_of[quark] - first_heavy[of_quark]
    inside = np.bincount(pair[near(of_quark, quarks[quark])], minlength=len(jet))
    held &= inside == np.bincount(heavy_of, minlength=len(heavy))[partner]
    return np.bincount(jet[held], minlength=len(eta)) > 0


def _each(counts: Integers, partners: Integers) -> Integers:
    return np.repeat(partners, counts)


def _pairs(counts: Integers, partners: Integers) -> tuple[Integers, Integers]:
    """List all pairs of an event's items of two kinds, as indices into the flat arrays."""
    each = _each(counts, partners)
    first = np.repeat(np.arange(len(each)), each)
    position = np.arange(len(first)) - np.repeat(np.cumsum(each) - each, each)
    start = np.repeat(np.cumsum(partners) - partners, counts)
    return first, start[first] + position
