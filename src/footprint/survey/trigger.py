"""Trigger efficiency of a station against its distance to the axis and the energy."""

import numpy as np
import pandas as pd

from footprint.survey.groups import bin_of, joint
from footprint.survey.showers import Showers, Stations
from footprint.survey.sums import Counts, Floats, wilson

RADII = np.arange(0.0, 4001.0, 125.0)
"""In m."""


def add_up(showers: Showers, stations: Stations, energies: Floats) -> Counts:
    """Count stations and triggers of some events, shape (2, energies x distances)."""
    lg_energy = showers.quantities.get("lg_energy", np.zeros(len(showers)))[stations.rows]
    bins = (len(energies) - 1, len(RADII) - 1)
    place = joint(
        (bin_of(lg_energy, energies)[:, None], bins[0]),
        (bin_of(stations.radius, RADII), bins[1]),
    )
    live = stations.live & (place >= 0)
    count = bins[0] * bins[1]
    return np.stack(
        [
            np.bincount(place[live], minlength=count),
            np.bincount(place[live & stations.triggered], minlength=count),
        ]
    )


def table(counts: Counts, energies: Floats) -> pd.DataFrame:
    """Write one row for each energy and distance at which there was a station."""
    index = pd.MultiIndex.from_product([range(len(energies) - 1), range(len(RADII) - 1)])
    energy, radius = index.get_level_values(0), index.get_level_values(1)
    stations, triggered = counts
    low, high = wilson(triggered, stations)
    found = pd.DataFrame(
        {
            "energy_low": energies[energy],
            "energy_high": energies[energy + 1],
            "low": RADII[radius],
            "high": RADII[radius + 1],
            "stations": stations,
            "triggered": triggered,
            "efficiency": triggered / np.maximum(stations, 1),
            "efficiency_low": low,
            "efficiency_high": high,
        }
    )
    return found[found["stations"] > 0]
