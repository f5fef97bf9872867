"""Derived arrays that are images of jets."""

from collections.abc import Collection, Mapping

import numpy as np

from footprint.config.jet_features import NORMALISE, JetImage
from footprint.dataset.jet_sources import constituents_of, in_frame
from footprint.errors import DataError
from footprint.files.events import Block
from footprint.files.hdf5 import Array
from footprint.jets.images import Norm, pixelated
from footprint.jets.steps import Coordinates, Floats

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
    image = pixelated(
        found,
        _intensity(config, found, sources),
        pixels=config.pixels,
        half_width=config.half_width,
        norm=_norm(config),
        deposit=config.deposit,
    )
    return {name: image}


def _intensity(config: JetImage, found: Coordinates, sources: Mapping[str, Array]) -> Floats:
    """Give each constituent what it adds to its pixel: nothing if it is not among the chosen."""
    if config.intensity == "energy":
        values = found.of(sources["energy"])
    else:
        values = found.pt if config.intensity == "pt" else np.ones_like(found.pt)
    if config.of == "all":
        return values
    charge = found.of(sources["charge"])
    if np.isnan(charge).any():
        msg = (
            f"'{config.charge}' is NaN for {np.count_nonzero(np.isnan(charge))} constituents that "
            f"have a momentum: `of: {config.of}` needs the charge of each; leave `of` out, or "
            f"choose jets whose charges are known with selection"
        )
        raise DataError(msg)
    return np.where((charge != 0) == (config.of == "charged"), values, 0.0)


def _norm(config: JetImage) -> Norm:
    if NORMALISE not in config.steps:
        return "none"
    return "image" if config.steps[-1] == NORMALISE else "jet"
