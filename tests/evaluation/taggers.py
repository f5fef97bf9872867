"""Made-up taggers of top jets against QCD jets, with the spectra that jets have."""

import numpy as np

from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions

SPECS = {
    "jet_pt": ArraySpec("jet_pt", "GeV", "transverse momentum"),
    "jet_mass": ArraySpec("jet_mass", "GeV", "mass"),
    "soft_drop_mass": ArraySpec("soft_drop_mass", "GeV", "groomed mass"),
}


def jets(events=4000, seed=1):
    """Make truth (1 is top) and spectators of jets, half of them tops."""
    random = np.random.default_rng(seed)
    truth = np.arange(events) % 2
    peak = np.where(random.random(events) < 0.8, 173, 90) + random.normal(0, 12, events)
    soft_drop = np.where(truth == 1, peak, random.exponential(60, events))
    spectators = {
        "jet_pt": random.uniform(550, 650, events),
        "jet_mass": soft_drop + random.exponential(15, events),
        "soft_drop_mass": soft_drop,
    }
    return truth, {name: values.astype(np.float32) for name, values in spectators.items()}


def tagger(method="particlenet", *, seed=1, events=4000, power=2.6, sculpts=0.8, classes=None):
    """Predict with a score that is normal for both kinds, ``power`` standard deviations apart.

    ``sculpts`` says by how many of them QCD jets under the mass peak look more like tops.
    """
    truth, spectators = jets(events)
    jet = np.random.default_rng(77).normal(size=events)  # what all taggers see alike
    own = np.random.default_rng([seed, *method.encode()]).normal(size=events)
    near = np.exp(-0.5 * ((spectators["soft_drop_mass"] - 173) / 25) ** 2)
    score = power * truth + 0.9 * jet + np.sqrt(1 - 0.81) * own + sculpts * (1 - truth) * near
    ratio = np.exp(power * (score - power / 2))
    chance = ratio / (1 + ratio)
    names = classes or ("qcd", "top")
    return Predictions(
        method=method,
        seed=seed,
        task="classification",
        target=ArraySpec("kind", "", "kind of jet"),
        classes=names,
        event_id=np.arange(events, dtype=np.uint64),
        truth=truth,
        prediction=np.stack([1 - chance, chance], axis=1).astype(np.float32),
        spectators=spectators,
        spectator_specs=SPECS,
    )
