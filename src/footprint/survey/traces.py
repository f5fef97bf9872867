"""Time traces of some stations of one event, near the axis and far from it."""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from footprint.survey.components import TRUTH, components
from footprint.survey.origin import Origin
from footprint.survey.showers import fetch

EVENT = "high energy, steep"
"""Which of the chosen events is shown: one with many stations at different distances."""
STATIONS = 4


def table(
    paths: Sequence[Path], names: Collection[str], row: int, stations: pd.DataFrame, origin: Origin
) -> pd.DataFrame:
    """Write the traces of stations at even steps from the loudest to the faintest that triggered.

    Where the simulation's options and truth are known, the mean signals of muons and of
    electrons and photons stand beside the trace.

    Parameters
    ----------
    paths
        The sample's parts.
    names
        The arrays it has.
    row
        The event's place in the sample.
    stations
        Its stations, as `displays.tables` writes them.
    origin
        What the sample was made with.
    """
    known = origin.observatory is not None and set(TRUTH) <= set(names)
    (block,) = fetch(paths, ["traces", *(TRUTH if known else ())], [row])
    bins = block["traces"].shape[-1]
    columns = {"signal": block["traces"].reshape(-1, bins).astype(np.float64)}
    if origin.observatory is not None and known:
        columns["muons"], columns["em"] = components(origin.observatory, block, bins)
    start = origin.bin_ns * np.arange(bins)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "station": station,
                    "radius": radius,
                    "low": start,
                    "high": start + origin.bin_ns,
                    **{name: values[station] for name, values in columns.items()},
                }
            )
            for station, radius in _choose(stations)
        ],
        ignore_index=True,
    )


def _choose(stations: pd.DataFrame) -> list[tuple[int, float]]:
    """Choose stations at even steps of the logarithm of the signal: number and distance."""
    hit = stations[stations["signal"] > 0].sort_values("radius")
    size = np.log(hit["signal"].to_numpy(float))
    goals = np.linspace(size.max(), size.min(), STATIONS)
    places = np.unique([np.argmin(np.abs(size - goal)) for goal in goals])
    return [(int(hit["station"].iloc[p]), float(hit["radius"].iloc[p])) for p in places]
