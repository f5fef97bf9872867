"""Histograms as tables hold them, one row a bin, and as they are drawn."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import StepPatch
from numpy.typing import NDArray

from footprint.errors import FileFormatError


def edges_of(table: pd.DataFrame, low: str = "low", high: str = "high") -> NDArray[np.float64]:
    """Read the edges of bins that follow each other.

    Raises
    ------
    FileFormatError
        A gap, an overlap, or bins out of order.
    """
    lows, highs = table[low].to_numpy(float), table[high].to_numpy(float)
    if not np.allclose(lows[1:], highs[:-1]) or not np.all(highs > lows):
        msg = (
            f"bins must follow each other: expected each '{low}' to be the '{high}' before, found "
            f"'{low}' {lows.tolist()} and '{high}' {highs.tolist()}"
        )
        raise FileFormatError(msg)
    return np.append(lows, highs[-1])


def histogram(axes: Axes, table: pd.DataFrame, label: str, look: dict[str, Any]) -> StepPatch:
    """Draw ``density`` as steps with a band of ± ``error``, which empty bins go without."""
    edges = edges_of(table)
    density = table["density"].to_numpy(float)
    error = np.where(density > 0, np.nan_to_num(table["error"].to_numpy(float)), 0.0)
    axes.stairs(
        density + error,
        edges,
        baseline=np.maximum(density - error, 0),
        fill=True,
        color=look["color"],
        alpha=0.2,
        linewidth=0,
    )
    return axes.stairs(density, edges, baseline=None, label=label, **look)
