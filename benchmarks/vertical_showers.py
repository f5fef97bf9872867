"""Vertical showers a second on one core, against a plain Python loop over muons."""

import math
import os
import random
from time import perf_counter
from typing import Any

import numpy as np

from footprint.config.samples import VerticalShowersOptions
from footprint.simulate import vertical, xmax
from footprint.simulate.atmosphere import US_STANDARD

OURS, PEER = 5000, 60


def loop_over_muons(options: VerticalShowersOptions, rng: random.Random, draw: Any) -> None:
    """One shower as a student writes it: each muon drawn and filled by itself."""
    mass = rng.choice(options.mass_numbers)
    lg_energy = np.array([18 + math.log10(options.energy_EeV)])
    shower_maximum = float(xmax.draw(draw, options.hadronic_model, lg_energy, np.array([mass]))[0])
    number = int(vertical.draw_muon_numbers(draw, options, np.array([float(mass)]))[0])
    mean, sd = vertical.production_depth_moments(
        options, np.array(shower_maximum), np.array(float(mass))
    )
    mean, sd = float(mean), float(sd)
    deepest = float(US_STANDARD.depth(options.ground_altitude_m)) - 1
    core = [rng.uniform(-options.core_offset_m, options.core_offset_m) for _ in range(2)]
    pixels, size = options.pixels, options.pixel_size_m
    counts = [[0] * pixels for _ in range(pixels)]
    times = [[math.nan] * pixels for _ in range(pixels)]
    for _ in range(number):
        depth = rng.gauss(mean, sd)
        while not vertical.TOP_G_CM2 < depth < deepest:
            depth = rng.gauss(mean, sd)
        height = height_of(depth) - options.ground_altitude_m
        distance = height * math.tan(rng.gauss(0, math.radians(options.opening_angle_deg)))
        azimuth = rng.uniform(0, math.pi)
        i = math.floor((distance * math.cos(azimuth) + core[0]) / size + pixels / 2)
        j = math.floor((distance * math.sin(azimuth) + core[1]) / size + pixels / 2)
        if 0 <= i < pixels and 0 <= j < pixels:
            delay = (math.hypot(height, distance) - height) / vertical.LIGHT_M_PER_NS
            counts[i][j] += 1
            if not times[i][j] <= delay:
                times[i][j] = delay


def height_of(depth: float) -> float:
    """Height of a depth, layer by layer."""
    for bottom in range(3, -1, -1):
        a, b, c = (
            US_STANDARD.a_g_cm2[bottom],
            US_STANDARD.b_g_cm2[bottom],
            US_STANDARD.c_cm[bottom],
        )
        border = a + b * math.exp(-US_STANDARD.bottoms_m[bottom] * 100 / c)
        if depth <= border or bottom == 0:
            return -c * math.log((depth - a) / b) / 100
    raise ValueError(depth)


def measure() -> dict[str, Any]:
    """Showers a second of both, pinned to one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        options = VerticalShowersOptions()
        draw = np.random.default_rng(1)
        vertical.simulate(draw, options, 250)
        start = perf_counter()
        for _ in range(OURS // 250):
            vertical.simulate(draw, options, 250)
        ours = OURS / (perf_counter() - start)
        rng = random.Random(1)  # noqa: S311 - a benchmark, not a secret
        start = perf_counter()
        for _ in range(PEER):
            loop_over_muons(options, rng, draw)
        peer = PEER / (perf_counter() - start)
    finally:
        os.sched_setaffinity(0, cores)
    return {
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer,
        "unit": "showers/s",
        "what": "vertical showers on one core, against a plain Python loop over muons",
    }
