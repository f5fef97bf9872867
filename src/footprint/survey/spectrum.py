"""Energy spectrum by mass."""

import numpy as np
import pandas as pd

from footprint.survey.groups import round_edges
from footprint.survey.showers import Showers

MOST_BINS = 15
WIDTHS = (0.1, 0.25, 0.5)
"""In lgE."""


def table(showers: Showers) -> pd.DataFrame:
    """Write showers per unit of lgE, with the error of their number, of none 1, for each mass."""
    lg_energy = showers.quantities["lg_energy"]
    edges = round_edges(lg_energy[np.isfinite(lg_energy)], MOST_BINS, WIDTHS)
    tables = []
    for group, name in enumerate(showers.masses.names):
        chosen = lg_energy[(showers.masses.group == group) & np.isfinite(lg_energy)]
        # Single precision may put a value a hair beyond an edge that it stands on.
        events, _ = np.histogram(np.clip(chosen, edges[0], edges[-1]), edges)
        tables.append(
            pd.DataFrame(
                {
                    "mass": name,
                    "low": edges[:-1],
                    "high": edges[1:],
                    "events": events,
                    "density": events / np.diff(edges),
                    "error": np.sqrt(np.maximum(events, 1)) / np.diff(edges),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
