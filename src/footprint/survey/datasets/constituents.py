"""A few single jets of each class, from inputs that list constituents in rows."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from footprint.files.datasets import Dataset
from footprint.survey.datasets.images import channels_of, original, singles
from footprint.survey.datasets.rows import Groups, Rows
from footprint.survey.sums import Floats

AXES = 2
"""Constituents and channels."""
POSITIONS = ("deta", "dphi")
SIZES: dict[str, Callable[[Floats], Floats]] = {
    "pt_fraction": lambda x: x,
    "log_pt_relative": np.exp,
    "log_pt": np.exp,
    "pt": lambda x: x,
}
"""Channels that tell how much of the momentum a constituent carries, and how. `log_pt` also ends
in `pt` and comes first."""


def table(dataset: Dataset, rows: Rows, groups: list[Groups]) -> pd.DataFrame:
    """Write where the constituents of a few jets lie, and which share of the pT they carry.

    Empty where no input has channels whose names end in ``deta``, ``dphi`` and one of `SIZES`.
    """
    found = []
    ids = dataset.event_id("train")
    for name in dataset.names("inputs"):
        if len(dataset.array("train", "inputs", name).shape) != 1 + AXES:
            continue
        channels = {entry.channel: entry for entry in channels_of(dataset, name)}
        eta, phi = (_ending(list(channels), suffix) for suffix in POSITIONS)
        size = next((s for s in SIZES if _ending(list(channels), s)), None)
        if eta is None or phi is None or size is None:
            continue
        pt = str(_ending(list(channels), size))
        for group in groups:
            for label, count, place in singles(group):
                row = int(rows.index[place])
                values = original(dataset, name, slice(row, row + 1))[0]
                deta, dphi, given = (channels[key].of(values) for key in (eta, phi, pt))
                share = SIZES[size](given)
                there = np.isfinite(share) & (share > 0)
                found.append(
                    pd.DataFrame(
                        {
                            "target": group.target,
                            "input": name,
                            "class": label,
                            "number": count,
                            "event_id": str(ids[row]),
                            "deta": deta[there],
                            "dphi": dphi[there],
                            "share": share[there] / share[there].sum(),
                        }
                    )
                )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _ending(names: list[str], suffix: str) -> str | None:
    return next((n for n in names if n == suffix or n.endswith(f"_{suffix}")), None)
