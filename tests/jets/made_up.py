"""Jets made up of a few prongs, with padding, for tests of images and features."""

import numpy as np


def four_vectors(pt, eta, phi):
    """Massless px, py, pz, energy."""
    return pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta), pt * np.cosh(eta)


def padded(pt, deta, dphi, most=None, axis=(0.0, 0.0)):
    """One jet from lists, as (1, most) arrays of double precision."""
    pt, deta, dphi = (np.asarray(part, dtype=float) for part in (pt, deta, dphi))
    room = np.full((4, 1, most or max(len(pt), 1)), np.nan)
    room[:, 0, : len(pt)] = four_vectors(pt, axis[0] + deta, axis[1] + dphi)
    return tuple(room)


def relative_jets(rng, jets=60, most=80, mean=30):
    """pT, eta and phi relative to an axis, (jets, most) each, NaN-padded: three uneven prongs."""
    count = np.minimum(rng.poisson(mean, jets) + 5, most)
    centres = rng.normal(0.0, 0.22, (jets, 3, 2))
    prong = rng.choice(3, size=(jets, most), p=[0.6, 0.3, 0.1])
    places = np.take_along_axis(centres, prong[..., None], axis=1)
    places = places + rng.normal(0.0, 0.06, (jets, most, 2))
    pt = np.sort(rng.exponential(1.0, (jets, most)) ** 2 * 10 + 0.3, axis=1)[:, ::-1]
    absent = np.arange(most) >= count[:, None]
    return tuple(np.where(absent, np.nan, part) for part in (pt, places[..., 0], places[..., 1]))
