"""Jets of proton-proton collisions, as the generator `pythia_jets` makes them.

Pythia makes events, FastJet clusters them, and each event's hardest jet is kept if it lies in the
window. Choices, sources and measured numbers stand in `docs/physics/jets.md`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.config.jet_arrays import GENERATED, OF_CONSTITUENTS
from footprint.config.pythia_jets import PythiaJetsOptions
from footprint.errors import DataError
from footprint.files.hdf5 import Array, ArraySpec
from footprint.jets.kinematics import mass
from footprint.jets.substructure import substructure
from footprint.simulate import pythia_detector as detector
from footprint.simulate.pythia_events import Charges, record_of, visible
from footprint.simulate.pythia_selection import Jets, leading_jets
from footprint.simulate.pythia_settings import LARGEST_SEED, start
from footprint.simulate.pythia_truth import Match, match, origins
from footprint.simulate.pythia_veto import Veto

ARRAYS = tuple(ArraySpec(name, *meaning) for name, meaning in GENERATED.items())
PDG_ID = ArraySpec("constituent_pdg_id", *OF_CONSTITUENTS["constituent_pdg_id"])

MOST_EVENTS, FEWEST_EVENTS = 256, 16
"""Events that Pythia makes at once: they take 10 to 20 MB for each hundred."""
PATIENCE = 20_000
"""Events without any jet before it is clear that there will be none."""


class Streams(NamedTuple):
    """Independent random streams, so that an option of one step leaves the others' draws alone."""

    collisions: np.random.Generator
    detector: np.random.Generator
    losses: np.random.Generator


def arrays(options: PythiaJetsOptions) -> tuple[ArraySpec, ...]:
    """List what the generator makes of each jet: a detector does not know particles' names."""
    return ARRAYS if options.detector else (*ARRAYS, PDG_ID)


def simulate(rng: np.random.Generator, options: PythiaJetsOptions, jets: int) -> dict[str, Array]:
    """Simulate jets.

    Parameters
    ----------
    rng
        Random stream; the result depends on it, the options and the number of jets alone. Each
        call starts a Pythia of its own: one that has run remembers what it met.
    options
        Options of the generator.
    jets
        How many, n.

    Returns
    -------
    dict of str to ndarray
        The arrays of `arrays(options)`, first axis n.
    """
    found: list[Jets] = []
    matches: list[Match] = []
    for batch, origin in _batches(Streams(*rng.spawn(len(Streams._fields))), options, jets):
        found.append(batch)
        matches.append(origin)
    whole, truth = Jets.joined(found), Match.joined(matches)
    first = np.arange(len(whole)) < jets
    return _described(whole.chosen(first), truth.chosen(first), options)


def _batches(
    streams: Streams, options: PythiaJetsOptions, jets: int
) -> Iterator[tuple[Jets, Match]]:
    """Make batches of events until there are enough jets; give the jets of each."""
    hook = Veto(options) if options.shower_veto else None
    seed = int(streams.collisions.integers(1, LARGEST_SEED, endpoint=True))
    pythia = start(options, seed, hook)
    charges = Charges(pythia.particleData)
    events, found = 0, 0
    while found < jets:
        size = _batch_size(jets - found, events, found)
        record = record_of(pythia.nextBatch(size))
        events += size
        particles = visible(record, charges)
        if options.detector:
            particles = detector.seen_by(streams.detector, options.detector, particles)
        particles = detector.changed(streams.losses, options, particles)
        leading = leading_jets(particles, options)
        origin = match(
            leading.event,
            leading.eta,
            leading.phi,
            origins(record, options.process),
            options.radius,
        )
        if options.matched and options.process != "qcd":
            leading, origin = leading.chosen(origin.matched), origin.chosen(origin.matched)
        found += len(leading)
        if not found and events >= PATIENCE:
            raise DataError(_no_jet(options, events))
        yield leading, origin


def _batch_size(missing: int, events: int, found: int) -> int:
    """Guess how many events give the jets that are missing."""
    needed = missing * (events + 1) / (found + 1)
    return int(np.clip(needed, FEWEST_EVENTS, MOST_EVENTS))


def _no_jet(options: PythiaJetsOptions, events: int) -> str:
    lowest, highest = options.pt_GeV
    return (
        f"none of {events} events of process '{options.process}' has a leading jet of {lowest:g} "
        f"to {highest:g} GeV within |eta| < {options.eta_max:g} and radius {options.radius:g}"
        f"{' that holds a whole decay' if options.matched else ''}: widen pt_GeV, eta_max or "
        f"radius, or look at harder processes with pthat_GeV"
    )


def _described(jets: Jets, truth: Match, options: PythiaJetsOptions) -> dict[str, Array]:
    """Put jets, their constituents and substructure into the arrays of the event file."""
    parts = jets.parts
    sizes = np.bincount(parts.event, minlength=len(jets))
    place = np.arange(len(parts.event)) - np.repeat(np.cumsum(sizes) - sizes, sizes)

    def padded(values: NDArray[Any], nothing: float) -> Array:
        whole = np.full((len(jets), max(sizes.max(), options.most_constituents)), nothing)
        whole[parts.event, place] = values
        return whole

    momenta = [padded(component, np.nan) for component in parts.momentum]
    kept = slice(options.most_constituents)
    px, py, pz, energy = (x[:, kept].astype(np.float32) for x in momenta)
    found: dict[str, Array] = {
        "jet_pt": jets.pt,
        "jet_eta": jets.eta,
        "jet_phi": jets.phi,
        "jet_mass": mass(*jets.momentum),
        "jet_energy": jets.momentum[3],
        **substructure(*momenta, radius=options.radius),
        "truth_pdg_id": truth.pdg_id.astype(np.int32),
        "truth_pt": truth.pt,
        "matched": truth.matched.astype(np.int8),
        "constituents": sizes.astype(np.int32),
        "constituent_px": px,
        "constituent_py": py,
        "constituent_pz": pz,
        "constituent_energy": energy,
        "constituent_charge": padded(parts.charge, np.nan)[:, kept].astype(np.float32),
    }
    if not options.detector:
        found[PDG_ID.name] = padded(parts.pdg_id, 0)[:, kept].astype(np.int32)
    return found
