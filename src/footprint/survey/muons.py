"""Muons by mass and energy: their number, and their share of the signal."""

import pandas as pd

from footprint.survey.by_mass import by_mass
from footprint.survey.showers import Showers
from footprint.survey.sums import Floats

QUANTITIES = ("relative_muons", "muon_fraction")


def table(showers: Showers, energies: Floats) -> pd.DataFrame:
    """Mean and sd of what is known of the muons, for each mass and energy."""
    tables = []
    for name in QUANTITIES:
        if showers.has(name):
            values = showers.quantities[name]
            found = by_mass(showers, showers.quantities["lg_energy"], energies, values)
            found.insert(0, "quantity", name)
            tables.append(found)
    return pd.concat(tables, ignore_index=True)
