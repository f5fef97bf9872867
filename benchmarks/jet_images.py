"""Jet images a second on one core, all steps included, against energyflow and numpy loops."""

import os
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from footprint.errors import ConfigError
from footprint.jets.images import pixelated
from footprint.jets.steps import STEPS, relative, stepped

JETS, MOST, MEAN = 1000, 200, 50
PIXELS, HALF_WIDTH = 40, 0.8
ROUNDS = 7


def made_up_jets() -> tuple[list[Any], list[Any]]:
    """Jets of about 50 constituents: padded momenta, and lists of pT, eta, phi one jet each."""
    rng = np.random.default_rng(1)
    count = np.minimum(rng.poisson(MEAN, JETS) + 1, MOST)
    axis = rng.uniform([[-2.0], [-3.0]], [[2.0], [3.0]], (JETS, 2, 1))
    prongs = rng.normal(0.0, 0.2, (JETS, 2, 3))
    chosen = rng.integers(0, 3, (JETS, 1, MOST))
    places = axis + np.take_along_axis(prongs, chosen, axis=2)
    eta, phi = np.moveaxis(places + rng.normal(0.0, 0.1, places.shape), 1, 0)
    pt = np.sort(rng.exponential(1.0, (JETS, MOST)) ** 2 * 6, axis=1)[:, ::-1]
    pt = np.where(np.arange(MOST) < count[:, None], pt, np.nan)
    momenta = [
        part.astype(np.float32) for part in (pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta))
    ]
    lists = [
        np.stack([pt[jet, :n], eta[jet, :n], phi[jet, :n]], axis=1) for jet, n in enumerate(count)
    ]
    return momenta, lists


def ours(momenta: list[Any]) -> Any:
    """From momenta to images: angles, centre, rotate, flip, pixelate, normalise."""
    found = stepped(relative(*momenta), STEPS)
    return pixelated(found, found.pt, pixels=PIXELS, half_width=HALF_WIDTH)


def histograms(lists: list[Any]) -> list[Any]:
    """Centre, pixelate and normalise with numpy, jet by jet."""
    edges = np.linspace(-HALF_WIDTH, HALF_WIDTH, PIXELS + 1)
    images = []
    for jet in lists:
        pt, eta, phi = jet.T
        deta, dphi = eta - np.average(eta, weights=pt), phi - np.average(phi, weights=pt)
        image, _, _ = np.histogram2d(deta, dphi, bins=(edges, edges), weights=pt)
        images.append(image / image.sum())
    return images


def rate(work: Callable[[], Any]) -> float:
    """Jets a second, the best of a few rounds: other programs only make it slower."""
    seconds = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return JETS / min(seconds)


def measure() -> dict[str, Any]:
    """Jets a second of ours, energyflow and numpy, pinned to one core."""
    try:
        from energyflow.utils.image_utils import pixelate
    except ModuleNotFoundError as error:
        msg = "jet_images compares with energyflow, which has no wheels for Python 3.13: take 3.12"
        raise ConfigError(msg) from error

    def peer() -> list[Any]:
        width = 2 * HALF_WIDTH
        return [pixelate(jet, npix=PIXELS, img_width=width) for jet in lists]

    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        momenta, lists = made_up_jets()
        ours(momenta)
        fast, slow = rate(lambda: ours(momenta)), rate(peer)
        loop = rate(lambda: histograms(lists))
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": fast,
        "peer": slow,
        "ratio": fast / slow,
        "unit": "jets/s",
        "numpy_histogram2d": loop,
        "what": "40x40 images on one core: ours from four-momenta with centre, rotate, flip, "
        "pixelate, normalise; energyflow's pixelate from pT, eta, phi with centre, pixelate, "
        "normalise",
    }
