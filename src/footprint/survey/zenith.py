"""Zenith angles beside the isotropic flux on a flat surface, sin(zenith) cos(zenith)."""

import numpy as np
import pandas as pd

from footprint.survey.groups import round_edges
from footprint.survey.showers import Showers
from footprint.survey.sums import Floats

WIDTHS = (2.5, 5.0, 10.0)
"""In degrees."""
MOST_BINS = 24


def table(showers: Showers) -> pd.DataFrame:
    """Write density and expected density, per degree, within the range of the sample."""
    edges = round_edges(showers.zenith, MOST_BINS, WIDTHS)
    events, _ = np.histogram(showers.zenith, edges)
    share, width = events / len(showers), np.diff(edges)
    return pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "events": events,
            "density": share / width,
            # A bin that holds none or all: what one event would be.
            "error": np.sqrt(np.maximum(share * (1 - share), 1 / len(showers)) / len(showers))
            / width,
            "expected": isotropic(edges) / width,
        }
    )


def isotropic(edges: Floats) -> Floats:
    """Share of an isotropic flux in bins of the zenith angle in degrees; the shares add up to 1."""
    cumulative = np.sin(np.radians(edges)) ** 2
    return np.asarray(np.diff(cumulative) / (cumulative[-1] - cumulative[0]))
