"""A few events to look at: low, medium and high energies, steep and inclined."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from footprint.survey.origin import Origin
from footprint.survey.showers import (
    DEAD,
    SILENT,
    TRIGGERED,
    Showers,
    fetch,
    positions_of,
    stations_of,
)

ENERGIES = {"low energy": 0.05, "medium energy": 0.5, "high energy": 0.95}
"""Quantiles of the energy, or of the stations hit where energies are unknown."""
ZENITHS = {"steep": (0.0, 0.15), "inclined": (0.85, 1.0)}
"""Quantiles of the zenith angle between which the event is chosen."""
LEAST_STATIONS = 3


def choose(showers: Showers) -> dict[str, int]:
    """Choose events by what is typical, without chance: title to place in the sample.

    Each is the one nearest to the energy of its title, among the steepest or most inclined
    15 % of the showers that hit enough stations; none is chosen twice.
    """
    size = showers.quantities.get("lg_energy", showers.stations_hit.astype(np.float64))
    whole = (showers.stations_hit >= LEAST_STATIONS) & np.isfinite(size)
    if not whole.any():
        return {}
    chosen: dict[str, int] = {}
    for slope, quantiles in ZENITHS.items():
        low, high = np.quantile(showers.zenith[whole], quantiles)
        members = np.flatnonzero(whole & (showers.zenith >= low) & (showers.zenith <= high))
        for energy, quantile in ENERGIES.items():
            goal = np.quantile(size[whole], quantile)
            nearest = members[np.argsort(np.abs(size[members] - goal), kind="stable")]
            new = [int(row) for row in nearest[: len(chosen) + 1] if row not in chosen.values()]
            if new:
                chosen[f"{energy}, {slope}"] = new[0]
    return chosen


def tables(
    paths: Sequence[Path], showers: Showers, chosen: dict[str, int], origin: Origin
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write a table of the chosen events, and one of their stations.

    Returns
    -------
    tuple of DataFrame
        Events: what each is, its core and axis. Stations: position, status, signal [VEM],
        arrival time [ns] and distance to the axis [m], one row for each place with a station.
    """
    names = ("signal", "arrival_time", "station_status", "station_x", "station_y", "station_z")
    read = [*(name for name in names if name in showers.names), "axis", "core", "event_id"]
    blocks = fetch(paths, read, list(chosen.values()))
    events, stations = [], []
    for (title, row), block in zip(chosen.items(), blocks, strict=True):
        group = showers.masses.group[row]
        events.append(
            {
                "event": title,
                "row": row,
                "event_id": str(block["event_id"][0]),
                "mass": showers.masses.names[group] if group >= 0 else "",
                **{name: values[row] for name, values in showers.quantities.items()},
                "zenith": showers.zenith[row],
                **dict(zip(("core_x", "core_y"), block["core"][0], strict=True)),
                **dict(zip(("axis_x", "axis_y", "axis_z"), block["axis"][0], strict=True)),
            }
        )
        flat = {name: block[name].reshape(1, -1) for name in read if name in names}
        seen = stations_of(block, slice(row, row + 1), origin.light_speed)
        position = positions_of(flat)
        status = np.where(seen.triggered[0], TRIGGERED, SILENT)
        status = flat["station_status"][0] if "station_status" in flat else status
        found = pd.DataFrame(
            {
                "event": title,
                "station": np.arange(len(position)),
                "x": position[:, 0],
                "y": position[:, 1],
                "status": np.where(seen.live[0], status, DEAD),
                "signal": seen.signal[0],
                "arrival_time": flat["arrival_time"][0],
                "radius": seen.radius[0],
            }
        )
        stations.append(found[np.isfinite(position[:, 0])])
    return pd.DataFrame(events), pd.concat(stations, ignore_index=True)
