"""Lateral distribution: mean signal of triggered stations against the distance to the axis.

The pedestal that the generator leaves in the signals is subtracted: at the threshold it is five
times the signal of the particles, and would hide how that falls.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from footprint.survey.groups import bin_of, joint, round_edges
from footprint.survey.showers import Showers, Stations
from footprint.survey.sums import Counts, Floats, Sums, sums, wilson

RADII = np.geomspace(100.0, 5000.0, 21)
"""In m."""
MOST_ENERGIES = 4
WIDTHS = (0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Lateral:
    """Sums for each mass, energy and distance, the last running fastest.

    Attributes
    ----------
    signal, radius
        Of triggered stations; the signal without the pedestal.
    live
        Number of stations, triggered or not.
    """

    signal: Sums
    radius: Sums
    live: Counts

    def __add__(self, other: "Lateral") -> "Lateral":
        return Lateral(
            self.signal + other.signal, self.radius + other.radius, self.live + other.live
        )


def energy_edges(showers: Showers) -> Floats:
    """Few bins, one a panel; a single one that holds all where the energy is unknown."""
    if not showers.has("lg_energy"):
        return np.array([-np.inf, np.inf])
    return round_edges(showers.quantities["lg_energy"], MOST_ENERGIES, WIDTHS)


def add_up(
    showers: Showers, stations: Stations, energies: Floats, pedestal: float = 0.0
) -> Lateral:
    """Add up the signals of some events, above the pedestal."""
    masses, rows = len(showers.masses.names), stations.rows
    count = masses * (len(energies) - 1) * (len(RADII) - 1)
    lg_energy = showers.quantities.get("lg_energy", np.zeros(len(showers)))[rows]
    place = joint(
        (showers.masses.group[rows, None], masses),
        (bin_of(lg_energy, energies)[:, None], len(energies) - 1),
        (bin_of(stations.radius, RADII), len(RADII) - 1),
    )
    hit = np.where(stations.triggered & stations.live, place, -1)
    live = place[stations.live & (place >= 0)]
    return Lateral(
        sums(stations.signal - pedestal, hit, count),
        sums(stations.radius, hit, count),
        np.bincount(live, minlength=count),
    )


def table(showers: Showers, lateral: Lateral, energies: Floats) -> pd.DataFrame:
    """Write one row for each mass, energy and distance at which a station triggered."""
    index = pd.MultiIndex.from_product(
        [showers.masses.names, range(len(energies) - 1), range(len(RADII) - 1)]
    )
    energy, radius = index.get_level_values(1), index.get_level_values(2)
    signal, error = lateral.signal.mean()
    together = _of_all_masses(signal, len(showers.masses.names))
    low, high = wilson(lateral.signal.values, lateral.live)
    found = pd.DataFrame(
        {
            "mass": index.get_level_values(0),
            "energy_low": energies[energy],
            "energy_high": energies[energy + 1],
            "low": RADII[radius],
            "high": RADII[radius + 1],
            "centre": lateral.radius.mean()[0],
            "stations": lateral.signal.values,
            "signal": signal,
            "error": error,
            "relative": signal / together,
            "relative_error": error / together,
            "efficiency": lateral.signal.values / np.maximum(lateral.live, 1),
            "efficiency_low": low,
            "efficiency_high": high,
        }
    )
    return found[found["stations"] > 0]


def _of_all_masses(signal: Floats, masses: int) -> Floats:
    """Mean over the masses, each with the same weight, repeated for each of them."""
    mean = signal.reshape(masses, -1)
    filled = np.isfinite(mean)
    average = np.where(filled, mean, 0.0).sum(axis=0) / np.maximum(filled.sum(axis=0), 1)
    return np.tile(np.where(filled.any(axis=0), average, np.nan), masses)
