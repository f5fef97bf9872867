"""Derived arrays that are images of jets."""

from collections.abc import Collection, Mapping

from footprint.config.jet_features import NORMALISE, JetImage
from footprint.dataset.jet_sources import constituents_of, in_frame
from footprint.files.events import Block
from footprint.files.hdf5 import Array
from footprint.jets.images import Norm, pixelated

Shape = tuple[int, ...]


def shapes(name: str, config: JetImage, events: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shape of the image; ValueError where the sources are not those of constituents."""
    constituents_of(config, events)
    return {name: (config.pixels, config.pixels)}


def arrays(
    name: str,
    config: JetImage,
    sources: Mapping[str, Array],
    wanted: Collection[str],  # noqa: ARG001 - it makes one array
) -> Block:
    """Take the steps, and sum what constituents carry over the pixels."""
    found = in_frame(config, sources, config.steps)
    intensity = found.pt if config.intensity == "pt" else found.of(sources["energy"])
    image = pixelated(
        found,
        intensity,
        pixels=config.pixels,
        half_width=config.half_width,
        norm=_norm(config),
    )
    return {name: image}


def _norm(config: JetImage) -> Norm:
    if NORMALISE not in config.steps:
        return "none"
    return "image" if config.steps[-1] == NORMALISE else "jet"
