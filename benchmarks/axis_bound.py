"""How well any unbiased method can know axis and core: the Cramer-Rao bound of the observatory.

The information that signals and arrival times of the triggered stations hold on axis, core,
energy, Xmax, mass and clock offset, event by event, from the formulas of
`docs/physics/observatory.md`; derivatives are numerical. Traces are not looked at.
"""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from typer import Option

from footprint.command import run
from footprint.config.observatory import ObservatoryOptions
from footprint.simulate import observatory
from footprint.simulate.atmosphere import US_STANDARD

Floats = NDArray[np.float64]
LIGHT_M_PER_NS = 0.3
ALTITUDE_M = 1400.0
GROUND_G_CM2 = float(US_STANDARD.depth(ALTITUDE_M))
STEPS = np.array([1e-4, 1e-4, 1.0, 1.0, 1e-3, 1.0, 0.01, 1.0])
"""For derivatives by axis x and y, core x and y [m], lgE, Xmax [g/cm2], ln A, clock [ns]."""
KNOWN_BEFORE = np.array([0, 0, 0, 0, 0, 1 / 54**2, 1 / 1.5**2, 1 / 28.9**2])
"""Spread of Xmax and ln A among the showers, and of the events' clocks, as information."""
SHARE = 0.68
DRAWS = 20


def expected(parameters: Floats, stations: Floats) -> tuple[Floats, Floats]:
    """Arrival times [ns] and logarithms of the signals [VEM] that stations expect, shapes (s,)."""
    ax, ay, cx, cy, lg_energy, xmax, ln_mass, clock = parameters
    az = np.sqrt(max(1.0 - ax**2 - ay**2, 1e-6))
    axis, core = np.array([ax, ay, az]), np.array([cx, cy, 0.0])
    away = stations - core
    time = -(away @ axis) / LIGHT_M_PER_NS + clock
    r = np.sqrt(np.maximum((away**2).sum(axis=1) - (away @ axis) ** 2, 1e-9))
    height = float(US_STANDARD.height(xmax * az))
    line = core + axis * (height - ALTITUDE_M) / az - stations
    cosine = line[:, 2] / np.linalg.norm(line, axis=1)
    depth = np.maximum((GROUND_G_CM2 - float(US_STANDARD.depth(height))) / cosine, 1e-3) / 100.0
    muons, rest = 0.3 * np.exp(0.15 * ln_mass), 0.7
    x = np.maximum(r, 150.0) / 1000.0
    of_muons = muons * x**-4.7 * np.minimum(depth**-0.1, 10.0)
    of_rest = rest * x**-6.1 * np.minimum(depth**-0.4, 10.0)
    signal = 900.0 * 10.0 ** (lg_energy - 19.0) * (of_muons + of_rest) / (muons + rest)
    return time, np.log(np.minimum(signal, 1e7))


def information(parameters: Floats, stations: Floats, *, signals: bool) -> Floats:
    """Fisher information of the eight parameters, shape (8, 8), with or without the signals."""
    signal = np.exp(expected(parameters, stations)[1])
    of_time = 480.0 / (1.0 + np.log10(signal + 1.0))
    # Counting, 5 % a bin over about 15 bins, and the pedestal's noise.
    of_signal = np.sqrt(1.0 / signal + 0.013**2 + (5.4 / signal) ** 2)
    rows = []
    for k, step in enumerate(STEPS):
        change = np.zeros(len(STEPS))
        change[k] = step
        later, earlier = (expected(parameters + sign * change, stations) for sign in (1, -1))
        slopes = [(a - b) / (2 * step) for a, b in zip(later, earlier, strict=True)]
        told = [slopes[0] / of_time, *([slopes[1] / of_signal] if signals else [])]
        rows.append(np.concatenate(told))
    jacobian = np.stack(rows)
    # Times do not tell the energy, nor the core apart from the clock: hold them for the inverse.
    held = np.zeros(len(STEPS)) if signals else np.array([0, 0, 1e-4, 1e-4, 1e6, 0, 0, 0])
    return np.asarray(jacobian @ jacobian.T + np.diag(KNOWN_BEFORE + held))


def bounds(
    events: int, seed: int = 1, *, spacing_m: float = 1500.0, signals: bool = True
) -> dict[str, float]:
    """68 % opening angle [deg] and distance of the core [m] of the best unbiased method.

    Parameters
    ----------
    events
        Showers on 9 x 9 stations, all options but the spacing as published.
    seed
        Of the showers.
    spacing_m
        Distance between neighbours.
    signals
        Whether the method sees them, or arrival times alone.
    """
    rng = np.random.Generator(np.random.PCG64DXSM(seed))
    options = ObservatoryOptions(traces=False, spacing_m=spacing_m)
    showers = observatory.simulate(rng, options, events)
    places = {spec.name: values for spec, values in observatory.constants(options)}
    grid = np.stack([places[f"station_{k}"] for k in "xyz"], axis=-1).reshape(-1, 3)
    angles, distances = [], []
    for k in range(events):
        hit = np.isfinite(showers["signal"][k]).ravel()
        if hit.sum() < 3:  # noqa: PLR2004 - fewer have no plane
            continue
        axis = showers["axis"][k].astype(np.float64)
        truth = [*axis[:2], *showers["core"][k], showers["lg_energy"][k], showers["xmax"][k]]
        truth += [np.log(showers["mass_number"][k]), 0.0]
        spread = np.linalg.inv(
            information(np.asarray(truth, dtype=np.float64), grid[hit], signals=signals)
        )
        off = rng.multivariate_normal(np.zeros(4), spread[:4, :4], DRAWS)
        up = -(off[:, :2] @ axis[:2]) / axis[2]
        angles.append(np.degrees(np.sqrt((off[:, :2] ** 2).sum(axis=1) + up**2)))
        distances.append(np.linalg.norm(off[:, 2:], axis=1))
    return {
        "angle_68": float(np.quantile(angles, SHARE)),
        "distance_68": float(np.quantile(distances, SHARE)),
    }


def main(
    events: Annotated[int, Option(min=100, help="Showers to average over.")] = 2000,
    spacing_m: Annotated[float, Option(min=1, help="Distance between neighbours, m.")] = 1500.0,
) -> None:
    """Print the bounds for 9 x 9 stations."""
    found = bounds(events, spacing_m=spacing_m)
    print(f"axis {found['angle_68']:.2f} deg, core {found['distance_68']:.1f} m (68 %)")
    times = bounds(events, spacing_m=spacing_m, signals=False)["angle_68"]
    print(f"from arrival times alone: axis {times:.2f} deg")


if __name__ == "__main__":
    run(main)
