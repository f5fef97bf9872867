"""A few single jets of each class, from inputs that list constituents in rows."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.config.formulas import evaluate
from footprint.files.datasets import Dataset
from footprint.survey.datasets.images import Image, channels_of, original, singles
from footprint.survey.datasets.rows import Groups, Rows
from footprint.survey.sums import Floats

AXES = 2
"""Constituents and channels."""
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

    Empty where no input has channels whose names end in ``deta``, ``dphi`` and one of `SIZES`, as
    they are or transformed linearly.
    """
    found = []
    ids = dataset.event_id("train")
    for name in dataset.names("inputs"):
        if len(dataset.array("train", "inputs", name).shape) != 1 + AXES:
            continue
        channels = [image for image in channels_of(dataset, name) if _line(image) is not None]
        eta, phi = (_ending(channels, suffix) for suffix in ("deta", "dphi"))
        sizes = [(image, of) for key, of in SIZES.items() if (image := _ending(channels, key))]
        if eta is None or phi is None or not sizes:
            continue
        size, share_of = sizes[0]
        for group in groups:
            for label, count, place in singles(group):
                row = int(rows.index[place])
                values = original(dataset, name, slice(row, row + 1))[0]
                deta, dphi, given = (_before(image, values) for image in (eta, phi, size))
                share = share_of(given)
                there = _measured(dataset, name, row) & np.isfinite(share) & (share > 0)
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


def _ending(images: list[Image], suffix: str) -> Image | None:
    return next((i for i in images if f"_{i.channel}".endswith(f"_{suffix}")), None)


def _line(image: Image) -> tuple[float, float] | None:
    """Slope and offset of a channel's transform; None where it is no straight line."""
    if image.relative_to is not None:
        return None
    if image.transform is None:
        return 1.0, 0.0
    at = evaluate(image.transform, {"x": np.array([0.0, 1.0, 2.0, -5.0])})
    slope, offset = float(at[1] - at[0]), float(at[0])
    expected = offset + slope * np.array([2.0, -5.0])
    return (slope, offset) if slope and np.allclose(at[2:], expected) else None


def _before(image: Image, values: Floats) -> Floats:
    slope, offset = _line(image) or (1.0, 0.0)
    return np.asarray((image.of(values) - offset) / slope)


def _measured(dataset: Dataset, name: str, row: int) -> NDArray[np.bool_]:
    """Tell constituents from padding, which is 0 in all normalised channels, shape (m,)."""
    values = dataset.inputs("train", [name], slice(row, row + 1))[name][0]
    return np.asarray((values != 0).any(axis=-1))
