"""Trigger efficiency of a station against its distance to the axis and the energy."""

import numpy as np
import pandas as pd

from footprint.survey.groups import bin_of, joint
from footprint.survey.showers import Showers, Stations
from footprint.survey.sums import Floats, Sums, sums, wilson

RADII = np.arange(0.0, 4001.0, 125.0)
"""In m."""


def add_up(showers: Showers, stations: Stations, energies: Floats) -> Sums:
    """Sum the triggers, 1 or 0, of the live stations of some events, energy by distance."""
    lg_energy = showers.quantities.get("lg_energy", np.zeros(len(showers)))[stations.rows]
    bins = (len(energies) - 1, len(RADII) - 1)
    place = joint(
        (bin_of(lg_energy, energies)[:, None], bins[0]),
        (bin_of(stations.radius, RADII), bins[1]),
    )
    live = np.where(stations.live, place, -1)
    return sums(stations.triggered.astype(np.float64), live, bins[0] * bins[1])


def table(triggers: Sums, energies: Floats) -> pd.DataFrame:
    """Write one row for each energy and distance at which there was a station.

    Stations of one event trigger together, where it has more muons or another mass: the interval
    is that of as many independent stations as have the same error.
    """
    index = pd.MultiIndex.from_product([range(len(energies) - 1), range(len(RADII) - 1)])
    energy, radius = index.get_level_values(0), index.get_level_values(1)
    stations, triggered = triggers.values, triggers.first[:, 1].astype(np.int64)
    independent = stations / design_effect(triggers)
    low, high = wilson(independent * triggered / np.maximum(stations, 1), independent)
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


def design_effect(triggers: Sums) -> Floats:
    """Variance of the share between events over that of independent stations, 1 at the least."""
    share, error = triggers.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        found = error**2 * triggers.values / (share * (1 - share))
    return np.where(np.isfinite(found), np.maximum(found, 1.0), 1.0)
