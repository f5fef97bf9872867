"""Time traces of some stations of one event, near the axis and far from it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from footprint.survey.origin import Origin
from footprint.survey.showers import fetch

EVENT = "high energy, steep"
"""Which of the chosen events is shown: one with many stations at different distances."""
STATIONS = 4


def table(paths: Sequence[Path], row: int, stations: pd.DataFrame, origin: Origin) -> pd.DataFrame:
    """Write the traces of stations at even steps from the nearest to the farthest that triggered.

    Parameters
    ----------
    paths
        The sample's parts.
    row
        The event's place in the sample.
    stations
        Its stations, as `displays.tables` writes them.
    origin
        What the sample was made with.
    """
    (block,) = fetch(paths, ["traces"], [row])
    bins = block["traces"].shape[-1]
    traces = block["traces"].reshape(-1, bins).astype(np.float64)
    hit = stations[np.isfinite(stations["signal"])].sort_values("radius")
    places = np.unique(np.linspace(0, len(hit) - 1, STATIONS).round().astype(int))
    start = origin.bin_ns * np.arange(bins)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "station": int(hit["station"].iloc[place]),
                    "radius": float(hit["radius"].iloc[place]),
                    "low": start,
                    "high": start + origin.bin_ns,
                    "signal": traces[int(hit["station"].iloc[place])],
                }
            )
            for place in places
        ],
        ignore_index=True,
    )
