"""Shape of the shower front: when stations trigger after a plane front through the core."""

import numpy as np
import pandas as pd

from footprint.survey.groups import bin_of, joint
from footprint.survey.showers import Showers, Stations
from footprint.survey.sums import Sums, sums

RADII = np.arange(0.0, 4001.0, 200.0)
"""In m."""
ZENITHS = np.array([0.0, 30.0, 45.0, 60.0, 90.0])
"""In degrees."""


def add_up(showers: Showers, stations: Stations) -> Sums:
    """Add up the delays of some events, for each zenith angle and distance."""
    place = joint(
        (bin_of(showers.zenith[stations.rows], ZENITHS)[:, None], len(ZENITHS) - 1),
        (bin_of(stations.radius, RADII), len(RADII) - 1),
    )
    place = np.where(np.isfinite(stations.delay), place, -1)
    return sums(stations.delay, place, (len(ZENITHS) - 1) * (len(RADII) - 1))


def table(delays: Sums) -> pd.DataFrame:
    """Write one row for each zenith angle and distance at which a station triggered, in ns."""
    index = pd.MultiIndex.from_product([range(len(ZENITHS) - 1), range(len(RADII) - 1)])
    zenith, radius = index.get_level_values(0), index.get_level_values(1)
    mean, mean_error = delays.mean()
    sd, sd_error = delays.sd()
    found = pd.DataFrame(
        {
            "zenith_low": ZENITHS[zenith],
            "zenith_high": ZENITHS[zenith + 1],
            "low": RADII[radius],
            "high": RADII[radius + 1],
            "stations": delays.values,
            "mean": mean,
            "mean_error": mean_error,
            "sd": sd,
            "sd_error": sd_error,
        }
    )
    return found[found["stations"] > 0]
