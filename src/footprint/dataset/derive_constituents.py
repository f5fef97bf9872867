"""Derived arrays that are features of the constituents of jets."""

from collections.abc import Collection, Mapping

import numpy as np

from footprint.config import jet_features
from footprint.dataset.jet_sources import constituents_of, in_frame
from footprint.files.events import Block
from footprint.files.hdf5 import Array
from footprint.jets.features import Constituents, constituent_features
from footprint.jets.steps import Floats

Shape = tuple[int, ...]


def shapes(
    name: str, config: jet_features.Constituents, events: Mapping[str, Shape]
) -> dict[str, Shape]:
    """Shapes of the arrays; ValueError where the sources are not those of constituents."""
    room = constituents_of(config, events)
    return dict.fromkeys(config.arrays(name), (config.most or room,))


def arrays(
    name: str,
    config: jet_features.Constituents,
    sources: Mapping[str, Array],
    wanted: Collection[str],
) -> Block:
    """Compute the features that are wanted."""
    found = in_frame(config, sources, config.steps)
    px, py, pz, energy = (found.of(sources[key]) for key in ("px", "py", "pz", "energy"))
    sums = [
        np.bincount(found.jets, values, len(found.starts) - 1).astype(np.float64)
        for values in (px, py, energy)
    ]
    jets = Constituents(
        px,
        py,
        pz,
        energy,
        found,
        jet_pt=_given(sources.get("jet_pt"), np.sqrt(sums[0] ** 2 + sums[1] ** 2)),
        jet_energy=_given(sources.get("jet_energy"), sums[2]),
        charge=found.of(sources["charge"]) if "charge" in sources else None,
    )
    names = [array.removeprefix(f"{name}_") for array in wanted]
    most = config.most or sources["px"].shape[1]
    made = constituent_features(jets, names, most)
    return {f"{name}_{key}": values for key, values in made.items()}


def _given(values: Array | None, otherwise: Floats) -> Floats:
    if values is None:
        return otherwise
    return np.where(np.isnan(values), otherwise, values).astype(np.float64)
