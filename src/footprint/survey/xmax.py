"""Depth of maximum: mean and spread by mass and energy, and what the hadronic model has."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.config.simulated import HadronicModel
from footprint.simulate.xmax import moments
from footprint.survey.by_mass import by_mass
from footprint.survey.groups import bin_of, joint
from footprint.survey.showers import Showers
from footprint.survey.sums import Floats

INCLINED = 45.0
"""Beyond this zenith angle, in degrees, the ground lies so deep that it cuts no shower off."""
LINE_POINTS = 41


def table(showers: Showers, energies: Floats) -> pd.DataFrame:
    """Mean and sd of Xmax for each mass and energy, of all showers and of inclined ones.

    Within a bin Xmax grows with the energy; a straight line takes that out of the sd.
    """
    depth = showers.quantities["xmax"]
    chosen = {"all": np.ones(len(showers), bool), "inclined": showers.zenith > INCLINED}
    tables = []
    for name, part in chosen.items():
        found = by_mass(showers, showers.quantities["lg_energy"], energies, depth, part)
        flat = _without_slope(showers, energies, depth, part)
        spread = by_mass(showers, showers.quantities["lg_energy"], energies, flat, part)
        found[["sd", "sd_error"]] = spread[["sd", "sd_error"]]
        found.insert(0, "showers", name)
        tables.append(found)
    return pd.concat(tables, ignore_index=True)


def _without_slope(
    showers: Showers, energies: Floats, depth: Floats, part: NDArray[np.bool_]
) -> Floats:
    lg_energy = showers.quantities["lg_energy"]
    place = joint(
        (showers.masses.group, len(showers.masses.names)),
        (bin_of(lg_energy, energies), len(energies) - 1),
    )
    flat = np.full_like(depth, np.nan)
    for number in np.unique(place[place >= 0]):
        members = np.flatnonzero((place == number) & part & np.isfinite(depth))
        x = lg_energy[members]
        if len(members) < 3 or np.ptp(x) < 1e-4:  # noqa: PLR2004, a line needs two, a spread one more
            flat[members] = depth[members]
            continue
        slope = np.cov(x, depth[members])[0, 1] / np.var(x, ddof=1)
        flat[members] = depth[members] - slope * (x - x.mean())
    return flat


def model_lines(showers: Showers, energies: Floats, model: HadronicModel) -> pd.DataFrame:
    """Mean and sd of Xmax that a hadronic model has, along the energy, for each mass."""
    lg_energy = np.linspace(energies[0], energies[-1], LINE_POINTS)
    tables = []
    for name, number in zip(showers.masses.names, showers.masses.numbers, strict=False):
        mean, sd = moments(model, lg_energy, np.array(float(number)))
        tables.append(pd.DataFrame({"mass": name, "lg_energy": lg_energy, "mean": mean, "sd": sd}))
    return pd.concat(tables, ignore_index=True)
