"""Showers so simple that every number of their survey is known beforehand."""

import json
from pathlib import Path

import numpy as np

from footprint.files.events import EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids

LIGHT = 0.3  # m/ns
SLOPE = -3.0
MASSES = (1, 56)
ENERGIES = (18.75, 19.75)
SPACING = 500.0
THRESHOLD = 3.0  # VEM
CONFIG = {
    "generator": "made_up",
    "options": {"light_speed_m_s": 3e8, "hadronic_model": "EPOS-LHC", "bin_width_ns": 50.0},
}


def array(side: int = 9) -> dict[str, np.ndarray]:
    """A square grid without its first corner."""
    x, y = np.meshgrid(*2 * [SPACING * (np.arange(side) - (side - 1) / 2)], indexing="ij")
    x, y, z = x.copy(), y.copy(), 5.0 * np.arange(side**2, dtype=float).reshape(side, side)
    for values in (x, y, z):
        values[0, 0] = np.nan
    return {"station_x": x, "station_y": y, "station_z": z}


def showers(count: int, seed: int = 1, side: int = 9) -> dict[str, np.ndarray]:
    """Signals E (r / 1000 m)^-3, sharp thresholds, plane fronts; station [0, 1] is dead."""
    rng = np.random.default_rng(seed)
    mass = np.array(MASSES)[np.arange(count) % 2]
    lg_energy = np.array(ENERGIES)[(np.arange(count) // 2) % 2]
    zenith = np.arcsin(np.sqrt(rng.uniform(0, np.sin(np.radians(60)) ** 2, count)))
    azimuth = rng.uniform(0, 2 * np.pi, count)
    axis = np.stack(
        [np.sin(zenith) * np.cos(azimuth), np.sin(zenith) * np.sin(azimuth), np.cos(zenith)], 1
    )
    core = rng.uniform(-250, 250, (count, 2))
    place = array(side)
    way = np.stack(list(place.values()), -1)[None] - np.append(
        core, np.zeros((count, 1)), 1
    ).reshape(count, 1, 1, 3)
    radius = np.linalg.norm(np.cross(way, axis[:, None, None]), axis=-1)
    time = -np.sum(way * axis[:, None, None], axis=-1) / LIGHT
    signal = 10 ** (lg_energy - 18)[:, None, None] * (radius / 1000) ** SLOPE
    status = np.where(np.isnan(signal), -1, np.where(signal > THRESHOLD, 1, 0))
    status[status * (signal > 1e3) > 0] = 2
    status[:, 0, 1] = -1
    off = status < 1
    return {
        "mass_number": mass.astype(np.int16),
        "lg_energy": lg_energy,
        "xmax": 700 + 10 * np.log(mass) + rng.normal(0, 40, count),
        "axis": axis,
        "core": core,
        "relative_muons": mass**0.1 * rng.normal(1, 0.1, count),
        "muon_fraction": np.where(mass == 1, 0.3, 0.4),
        "signal": np.where(off, np.nan, signal),
        "arrival_time": np.where(off, np.nan, time),
        "station_status": status.astype(np.int8),
    }


def traces(signal: np.ndarray, bins: int = 4) -> np.ndarray:
    """Traces that fall linearly and add up to the signal."""
    return signal[..., None] * np.arange(bins, 0, -1) / (bins * (bins + 1) / 2)


def write(
    path: Path,
    arrays: dict[str, np.ndarray],
    *,
    first: int = 0,
    config: dict[str, object] | None = None,
    constants: dict[str, np.ndarray] | None = None,
) -> Path:
    """Write one part of the sample `array`."""
    count = len(next(iter(arrays.values())))
    found = array() if constants is None else constants
    with EventWriter(
        path,
        [ArraySpec(name, "", f"test {name}") for name in arrays],
        sample="showers",
        config=json.dumps(CONFIG if config is None else config),
        seed=1,
        constants=[(ArraySpec(name, "m", f"test {name}"), v) for name, v in found.items()],
    ) as writer:
        writer.append({"event_id": event_ids("showers", first, count), **arrays})
    return path
