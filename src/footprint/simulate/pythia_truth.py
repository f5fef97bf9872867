"""Which top, boson or parton a jet comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.config.pythia_jets import Process
from footprint.jets.kinematics import (
    Floats,
    azimuth,
    delta_phi,
    pseudorapidity,
    transverse_momentum,
)
from footprint.simulate.pythia_events import Record
from footprint.simulate.pythia_veto import FIRST_OUTGOING, RESONANCES

HEAVIEST_QUARK = 5
W_BOSON, TOP = 24, 6
FROM_DECAY = -23
"""Pythia's status of an outgoing parton of a hard process or decay, before its shower."""


@dataclass(frozen=True)
class Origins:
    """Tops, bosons or partons of a batch of events that jets may come from.

    Attributes
    ----------
    event
        Number of the event within the batch, shape (r,).
    pdg_id
        What it is, without the sign of antiparticles, shape (r,).
    pt, eta, phi
        Where it flies before it decays or showers, GeV, shape (r,).
    decay_eta, decay_phi
        The quarks of its decay, shape (r, k); k = 0 for partons.
    """

    event: NDArray[np.int64]
    pdg_id: NDArray[np.int64]
    pt: Floats
    eta: Floats
    phi: Floats
    decay_eta: Floats
    decay_phi: Floats

    def chosen(self, which: NDArray[np.int64]) -> "Origins":
        """Choose some of them."""
        return Origins(*(getattr(self, field.name)[which] for field in fields(self)))


def origins(record: Record, process: Process) -> Origins:
    """Find what jets of a process come from."""
    if process in RESONANCES:
        found, quarks = _decays(record, RESONANCES[process])
    else:
        found = np.sort(np.concatenate([record.first + FIRST_OUTGOING + i for i in (0, 1)]))
        quarks = np.empty((len(found), 0), np.int64)
    px, py, pz, _ = record.momentum
    eta, phi = pseudorapidity(px, py, pz), azimuth(px, py)
    return Origins(
        event=record.event[found],
        pdg_id=np.abs(record.pdg_id[found]),
        pt=transverse_momentum(px, py)[found],
        eta=eta[found],
        phi=phi[found],
        decay_eta=eta[quarks],
        decay_phi=phi[quarks],
    )


def _decays(record: Record, resonance: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the last copies of a resonance, shape (r,), and their quarks, shape (r, k)."""
    kind = np.abs(record.pdg_id)
    last = np.flatnonzero((kind == resonance) & (kind[record.daughter] != resonance))
    parents = (TOP, W_BOSON) if resonance == TOP else (resonance,)
    quark = (kind >= 1) & (kind <= HEAVIEST_QUARK) & (record.status == FROM_DECAY)
    quarks = np.flatnonzero(quark & np.isin(kind[record.mother], parents))
    parent = record.mother[quarks]
    while True:
        above = kind[parent] != resonance  # a W of a top: up its copies, then to the top
        if not above.any():
            break
        parent = np.where(above, record.mother[parent], parent)
    of_each = 3 if resonance == TOP else 2
    return last, quarks[np.argsort(parent, kind="stable")].reshape(len(last), of_each)


class Match(NamedTuple):
    """The origin of each jet, shape (jets,).

    Attributes
    ----------
    pdg_id, pt
        Of the nearest origin in the same event.
    matched
        Whether it and all quarks of its decay lie within the radius.
    """

    pdg_id: NDArray[np.int64]
    pt: Floats
    matched: NDArray[np.bool_]

    def chosen(self, keep: NDArray[np.bool_]) -> "Match":
        """Choose jets by a mask of shape (jets,)."""
        return Match(self.pdg_id[keep], self.pt[keep], self.matched[keep])

    @staticmethod
    def joined(batches: "Sequence[Match]") -> "Match":
        """Put the origins of several batches one after the other."""
        return Match(
            np.concatenate([batch.pdg_id for batch in batches]),
            np.concatenate([batch.pt for batch in batches]),
            np.concatenate([batch.matched for batch in batches]),
        )


def match(
    event: NDArray[np.int64],
    eta: Floats,
    phi: Floats,
    candidates: Origins,
    radius: float,
) -> Match:
    """Find the origin of jets, of which each event has at most one.

    Parameters
    ----------
    event, eta, phi
        Number of each jet's event within the batch, and its direction, shape (jets,).
    candidates
        Where jets may come from; at least one in each event.
    radius
        The jets' radius.
    """
    of_jet = np.flatnonzero(np.isin(candidates.event, event))
    candidates = candidates.chosen(of_jet)
    jet = np.searchsorted(event, candidates.event)
    away = np.hypot(candidates.eta - eta[jet], delta_phi(candidates.phi, phi[jet]))
    decay = np.hypot(
        candidates.decay_eta - eta[jet, np.newaxis],
        delta_phi(candidates.decay_phi, phi[jet, np.newaxis]),
    )
    inside = (away < radius) & np.all(decay < radius, axis=1)
    by_distance = np.lexsort((away, jet))
    _, nearest = np.unique(jet[by_distance], return_index=True)
    chosen = by_distance[nearest]
    return Match(candidates.pdg_id[chosen], candidates.pt[chosen], inside[chosen])
