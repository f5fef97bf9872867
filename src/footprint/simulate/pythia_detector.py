"""What a detector makes of the particles, in a few numbers, and systematic changes of it.

The model and its sources stand in `docs/physics/jets.md`.
"""

from dataclasses import replace

import numpy as np

from footprint.config.pythia_jets import Detector, PythiaJetsOptions
from footprint.jets.kinematics import Floats, azimuth, four_momentum, pseudorapidity
from footprint.simulate.pythia_events import Particles
from footprint.simulate.pythia_veto import LARGEST_ETA


def seen_by(rng: np.random.Generator, detector: Detector, particles: Particles) -> Particles:
    """Turn particles into tracks and calorimeter cells.

    Charged particles above the threshold leave a track with the tracker's efficiency, with their
    own momentum. The energies of all others are summed in the cells of the calorimeter, whose
    measured energies are log-normal about them.

    Parameters
    ----------
    rng
        Random stream.
    detector
        The detector.
    particles
        All visible particles of a batch of events.

    Returns
    -------
    Particles
        Tracks, then cells of each event; cells are massless and without charge and identity.
    """
    px, py, pz, _ = particles.momentum
    eta = pseudorapidity(px, py, pz)
    track = particles.charge != 0
    track &= particles.transverse_momentum > detector.track_threshold_GeV
    track &= np.abs(eta) < detector.track_eta_max
    track &= rng.random(len(track)) < detector.track_efficiency
    others = particles.chosen(~track)
    cells = _cells(rng, detector, others, eta[~track], azimuth(px, py)[~track])
    return Particles.joined([particles.chosen(track), cells])


def _cells(
    rng: np.random.Generator,
    detector: Detector,
    particles: Particles,
    eta: Floats,
    phi: Floats,
) -> Particles:
    around = round(360 / detector.cell_phi_deg)
    along = int(np.ceil(2 * LARGEST_ETA / detector.cell_eta))
    row = np.floor((eta + LARGEST_ETA) / detector.cell_eta).astype(np.int64)
    column = np.floor((phi + np.pi) / (2 * np.pi) * around).astype(np.int64) % around
    address = (particles.event * along + row) * around + column
    hit, cell = np.unique(address, return_inverse=True)
    energy = np.bincount(cell, particles.momentum[3], minlength=len(hit))
    spread = np.log1p(detector.stochastic**2 / energy + detector.constant**2)
    measured = energy * np.exp(np.sqrt(spread) * rng.standard_normal(len(hit)) - spread / 2)
    # Somewhere in the cell: its centre would put all jets on one grid.
    place = rng.random((2, len(hit)))
    seen = measured > detector.cell_threshold_GeV
    event, inside = np.divmod(hit, along * around)
    eta_of = (inside // around + place[0]) * detector.cell_eta - LARGEST_ETA
    phi_of = (inside % around + place[1]) / around * 2 * np.pi - np.pi
    pt, massless = measured / np.cosh(eta_of), np.zeros(len(hit))
    momentum = np.stack(four_momentum(pt, eta_of, phi_of, massless))
    charge, pdg_id = np.zeros(len(hit)), np.zeros(len(hit), np.int64)
    return Particles(event, momentum, charge, pdg_id).chosen(seen)


def changed(
    rng: np.random.Generator, options: PythiaJetsOptions, particles: Particles
) -> Particles:
    """Scale the four-momenta, and lose some particles, as the systematic variations ask."""
    if options.constituent_efficiency < 1:
        kept = rng.random(len(particles.event)) < options.constituent_efficiency
        particles = particles.chosen(kept)
    return replace(particles, momentum=options.constituent_energy_scale * particles.momentum)
