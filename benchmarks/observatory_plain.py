"""Air showers over an array as a student writes them: station by station, particle by particle.

A plain transcription of Erdmann, Glombitza, Walz, Astropart. Phys. 97 (2018) 46 with its numbers
written out and nothing of Footprint in it: the peer of the benchmarks, and the oracle of tests.
"""

import math
from typing import Any

import numpy as np

LAYERS = (
    (0.0, -149.801663, 1183.6071, 9542.4834),
    (7_000.0, -57.932486, 1143.0425, 8000.0534),
    (11_400.0, 0.63631894, 1322.9748, 6295.6893),
    (37_000.0, 4.3545369e-4, 655.67307, 7375.2177),
)
GROUND, BINS, WIDTH, LIGHT = 1400.0, 80, 25.0, 3e8


def depth(height: float) -> float:
    """Vertical depth in g/cm2 under which a height in m lies, up to 100 km."""
    _, a, b, c = next(layer for layer in reversed(LAYERS) if height >= layer[0])
    return a + b * math.exp(-height / c)


def height(wanted: float) -> float:
    """Height in m under a vertical depth."""
    low, high = 0.0, 100_000.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if depth(middle) > wanted else (low, middle)
    return low


def draw_xmax(rng: np.random.Generator, lg_energy: float, mass: float) -> float:
    """Draw Xmax for EPOS-LHC."""
    x, y = lg_energy - 19.0, math.log(mass)
    mu = 775.589 - 7.047 * y - 2.427 * y**2
    mu += (57.589 - 0.743 * y + 0.214 * y**2) * x
    mu += (-0.820 - 0.169 * y - 0.027 * y**2) * x**2
    sigma = 29.403 + 13.553 * y - 3.154 * y**2 + (0.096 - 0.961 * y + 0.150 * y**2) * x
    shape = 0.563 + 0.711 * y + 0.058 * y**2 + (0.039 + 0.067 * y - 0.004 * y**2) * x
    return mu - sigma * math.log(rng.gamma(shape, 1 / shape))


def draw_primary(
    rng: np.random.Generator, spacing: float, lg_energies: tuple[float, float] = (18.5, 20.0)
) -> dict[str, Any]:
    """Draw a primary and where its maximum lies."""
    lg_energy, mass = rng.uniform(*lg_energies), float(rng.choice([1, 4, 14, 56]))
    while True:
        zenith = rng.uniform(0, math.pi / 3)
        if rng.random() < math.sin(2 * zenith):
            break
    azimuth, angle = rng.uniform(0, 2 * math.pi, 2)
    radius = spacing / 2 * math.sqrt(rng.random())
    xmax = draw_xmax(rng, lg_energy, mass)
    while xmax >= depth(GROUND + 200) / math.cos(zenith):
        xmax = draw_xmax(rng, lg_energy, mass)
    core = np.array([radius * math.cos(angle), radius * math.sin(angle), 0.0])
    axis = np.array(
        [
            math.sin(zenith) * math.cos(azimuth),
            math.sin(zenith) * math.sin(azimuth),
            math.cos(zenith),
        ]
    )
    up = height(xmax * math.cos(zenith)) - GROUND
    return {
        "lg_energy": lg_energy,
        "mass": mass,
        "axis": axis,
        "core": core,
        "xmax": xmax,
        "maximum": core + axis * up / axis[2],
    }


def station_signal(
    shower: dict[str, Any], station: np.ndarray
) -> tuple[float, float, float, float]:
    """Mean signals in VEM and medians in ns of muons and of electrons and photons."""
    away = station - shower["core"]
    r = math.sqrt(max(away @ away - (away @ shower["axis"]) ** 2, 0.0))
    line = shower["maximum"] - station
    cosine = line[2] / math.sqrt(line @ line)
    below = (depth(GROUND) - depth(shower["maximum"][2] + GROUND)) / cosine
    r1, r2 = 0.3 * shower["mass"] ** 0.15, 0.7
    total = 900 * 10 ** (shower["lg_energy"] - 19)
    near = max(r, 150) / 1000
    muons = total * r1 / (r1 + r2) * near**-4.7 * min((below / 100) ** -0.1, 10)
    em = total * r2 / (r1 + r2) * near**-6.1 * min((below / 100) ** -0.4, 10)
    if muons + em > 1e7:
        muons, em = 1e7 * muons / (muons + em), 1e7 * em / (muons + em)
    growth = (r / 750) ** 1.4
    muon_median = 50 + 140 * growth * (1 - 0.2 * below / 1000)
    em_median = 80 + 200 * growth * (1 - 0.1 * below / 1000)
    return muons, em, muon_median, em_median


def particle_trace(
    rng: np.random.Generator, muons: float, em: float, muon_median: float, em_median: float
) -> np.ndarray:
    """Draw every particle of a station and count them in time bins."""
    counts = []
    for mean, median, shift in (
        (muons, muon_median, 0.0),
        (em, em_median, (em_median - muon_median) / 1.5),
    ):
        number = max(int(mean + math.sqrt(mean) * rng.standard_normal()), 0)
        times = shift + rng.lognormal(math.log(median), 0.7, number)
        counts.append(np.histogram(times, BINS, (0.0, BINS * WIDTH))[0])
    return (counts[0] + counts[1]).astype(float)


def draw_event(
    rng: np.random.Generator,
    stations: np.ndarray,
    spacing: float,
    lg_energies: tuple[float, float] = (18.5, 20.0),
) -> dict[str, Any]:
    """Simulate one event.

    Parameters
    ----------
    rng
        Random stream.
    stations
        Positions in m, shape (s, 2).
    spacing
        Distance of neighbours in m.
    lg_energies
        Range of log10(E/eV).
    """
    shower = draw_primary(rng, spacing, lg_energies)
    traces, times = np.full((len(stations), BINS), np.nan), np.full(len(stations), np.nan)
    jitter = 100 * (rng.random() - 0.5)
    for number, position in enumerate(stations):
        station = np.array([position[0], position[1], 0.0])
        trace = particle_trace(rng, *station_signal(shower, station))
        time = -(station - shower["core"]) @ shower["axis"] / LIGHT * 1e9
        time += 60 * 8 / (1 + math.log10(trace.sum() + 1)) * rng.standard_normal() + jitter
        trace *= 1 + 0.05 * rng.standard_normal(BINS)
        trace += 1.2 * (1 + 0.5 * rng.standard_normal(BINS))
        trace = np.maximum(trace, 0)
        if trace.sum() >= 115.2:
            traces[number], times[number] = trace, time
    return {**shower, "traces": traces, "signal": traces.sum(axis=1), "time": times}
