"""Derived arrays that are the substructure of jets."""

from collections.abc import Collection, Mapping

from footprint.config.jet_features import Substructure
from footprint.dataset.jet_sources import constituents_of
from footprint.files.events import Block
from footprint.files.hdf5 import Array

Shape = tuple[int, ...]


def shapes(name: str, config: Substructure, events: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shapes of the arrays; ValueError where the sources are not those of constituents."""
    constituents_of(config, events)
    return dict.fromkeys(config.arrays(name), ())


def arrays(
    name: str, config: Substructure, sources: Mapping[str, Array], wanted: Collection[str]
) -> Block:
    """Compute the substructure."""
    from footprint.jets.substructure import substructure  # FastJet costs a second

    momenta = [sources[key] for key in ("px", "py", "pz", "energy")]
    found = substructure(*momenta, radius=config.radius)
    return {array: found[array.removeprefix(f"{name}_")] for array in wanted}
