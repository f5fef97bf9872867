"""Mean and spread of a quantity of showers, by mass and in bins of a variable."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.survey.groups import bin_of, joint
from footprint.survey.showers import Showers
from footprint.survey.sums import Floats, sums


def by_mass(
    showers: Showers,
    variable: Floats,
    edges: Floats,
    values: Floats,
    part: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Mean and sd of a quantity for each mass, in bins of a variable."""
    bins = (len(showers.masses.names), len(edges) - 1)
    place = joint((showers.masses.group, bins[0]), (bin_of(variable, edges), bins[1]))
    used = np.isfinite(values) if part is None else np.isfinite(values) & part
    place = np.where(used, place, -1)[:, None]
    total = sums(values[:, None], place, bins[0] * bins[1])
    centre, _ = sums(variable[:, None], place, bins[0] * bins[1]).mean()
    mean, mean_error = total.mean()
    sd, sd_error = total.sd()
    index = pd.MultiIndex.from_product([showers.masses.names, range(bins[1])])
    found = pd.DataFrame(
        {
            "mass": index.get_level_values(0),
            "low": edges[index.get_level_values(1)],
            "high": edges[index.get_level_values(1) + 1],
            "centre": centre,
            "events": total.events,
            "mean": mean,
            "mean_error": mean_error,
            "sd": sd,
            "sd_error": sd_error,
        }
    )
    return found[found["events"] > 0].reset_index(drop=True)
