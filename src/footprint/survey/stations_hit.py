"""Number of stations hit against energy and zenith angle, by mass."""

import numpy as np
import pandas as pd

from footprint.survey.by_mass import by_mass
from footprint.survey.showers import Showers
from footprint.survey.sums import Floats

ZENITHS = np.arange(0.0, 91.0, 10.0)
"""In degrees."""


def table(showers: Showers, energies: Floats) -> pd.DataFrame:
    """Mean and sd of the number of stations hit, for each mass, against energy and zenith."""
    hit = showers.stations_hit.astype(np.float64)
    variables = {"zenith": (showers.zenith, ZENITHS)}
    if showers.has("lg_energy"):
        variables = {"lg_energy": (showers.quantities["lg_energy"], energies), **variables}
    tables = []
    for name, (values, edges) in variables.items():
        found = by_mass(showers, values, edges, hit)
        found.insert(0, "variable", name)
        tables.append(found)
    return pd.concat(tables, ignore_index=True)
