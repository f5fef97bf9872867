"""Derived arrays that are the substructure of jets."""

from collections.abc import Collection, Mapping

import numpy as np

from footprint.config.jet_features import Substructure
from footprint.dataset.jet_sources import constituents_of
from footprint.files.events import Block
from footprint.files.hdf5 import Array
from footprint.jets.kinematics import mass

Shape = tuple[int, ...]


def shapes(name: str, config: Substructure, events: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shapes of the arrays; ValueError where the sources are not those of constituents."""
    constituents_of(config, events)
    return dict.fromkeys(config.arrays(name), ())


def arrays(
    name: str, config: Substructure, sources: Mapping[str, Array], wanted: Collection[str]
) -> Block:
    """Compute what is wanted: FastJet's part costs a millisecond a jet, the rest nothing."""
    px, py, pz, energy = (sources[key].astype(np.float64) for key in ("px", "py", "pz", "energy"))
    names = {array.removeprefix(f"{name}_") for array in wanted}
    there = ~np.isnan(px + py + pz + energy)
    sums = [np.where(there, part, 0.0).sum(axis=1) for part in (px, py, pz, energy)]
    count = there.sum(axis=1)
    found: Block = {
        "mass": np.where(count > 0, mass(*sums), np.nan).astype(np.float32),
        "constituents": count.astype(np.int32),
    }
    if names - set(found):
        from footprint.jets.substructure import substructure

        found |= substructure(px, py, pz, energy, radius=config.radius)
    return {f"{name}_{key}": values for key, values in found.items()}
