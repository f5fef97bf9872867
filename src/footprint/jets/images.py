"""Images of jets: transverse momentum or energy on a square grid of pseudorapidity and azimuth."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from footprint.compiled import compiled
from footprint.jets.steps import Coordinates

EDGE = 1e-6
"""What rounding leaves this part of a pixel below an edge belongs to the pixel above."""
Norm = Literal["none", "image", "jet"]
NORMS: dict[Norm, int] = {"none": 0, "image": 1, "jet": 2}
Deposit = Literal["pixel", "cloud_in_cell"]


def pixelated(
    found: Coordinates,
    intensity: NDArray[Any],
    *,
    pixels: int = 40,
    half_width: float = 0.8,
    norm: Norm = "image",
    deposit: Deposit = "pixel",
) -> NDArray[np.float32]:
    """Sum what constituents carry over the pixels of a square about the origin.

    Parameters
    ----------
    found
        The constituents, after the steps.
    intensity
        What each carries, transverse momentum or energy in GeV, shape of `found.pt`.
    pixels, half_width
        Pixels along each side, and half its length; a constituent outside is dropped.
    norm
        ``image``: the pixels of a jet sum to 1; ``jet``: all its constituents do, those outside
        included; ``none``: GeV.
    deposit
        ``pixel``: all of a constituent goes to the pixel that it lies in; ``cloud_in_cell``: it is
        shared among the four pixels whose centres are nearest, linearly along each axis, so that
        its place is kept between them (R. Hockney, J. Eastwood, Computer Simulation Using
        Particles, 1981, section 5-2). What falls beyond the edge is lost.

    Returns
    -------
    ndarray of float32, shape (n, pixels, pixels)
        First axis of an image eta, second phi. A pixel holds its lower edge. No constituent
        inside: zeros.
    """
    images = np.zeros((len(found.starts) - 1, pixels, pixels), dtype=np.float32)
    places = np.empty(len(found.pt), dtype=np.int64)
    if deposit == "pixel":
        _fill((found, intensity, places), half_width, NORMS[norm], images)
    else:
        _share((found, intensity), half_width, NORMS[norm], images)
    return images


@compiled
def _fill(constituents: Any, half_width: float, norm: int, images: Any) -> None:
    (deta, dphi, _, starts, _), intensity, places = constituents
    pixels = images.shape[1]
    scale = pixels / (2 * half_width)
    shift = 0.5 * pixels + EDGE
    for jet in range(len(images)):
        image = images[jet].reshape(-1)
        inside = everything = 0.0
        for k in range(starts[jet], starts[jet + 1]):
            row = deta[k] * scale + shift
            column = dphi[k] * scale + shift
            everything += intensity[k]
            places[k] = -1
            if 0 <= row < pixels and 0 <= column < pixels:
                places[k] = int(row) * pixels + int(column)
                inside += intensity[k]
        total = (1.0, inside, everything)[norm]
        factor = 1.0 / total if total > 0 else 1.0
        for k in range(starts[jet], starts[jet + 1]):
            if places[k] >= 0:
                image[places[k]] += intensity[k] * factor


@compiled
def _share(constituents: Any, half_width: float, norm: int, images: Any) -> None:
    (deta, dphi, _, starts, _), intensity = constituents
    pixels = images.shape[1]
    scale = pixels / (2 * half_width)
    shift = 0.5 * pixels - 0.5
    for jet in range(len(images)):
        image = images[jet]
        inside = everything = 0.0
        for k in range(starts[jet], starts[jet + 1]):
            # Of a pixel's centre these are whole numbers.
            row = deta[k] * scale + shift
            column = dphi[k] * scale + shift
            everything += intensity[k]
            if not (-1 < row < pixels and -1 < column < pixels):
                continue
            low, left = int(np.floor(row)), int(np.floor(column))
            for i in range(max(low, 0), min(low + 2, pixels)):
                for j in range(max(left, 0), min(left + 2, pixels)):
                    part = intensity[k] * (1 - abs(row - i)) * (1 - abs(column - j))
                    image[i, j] += part
                    inside += part
        total = (1.0, inside, everything)[norm]
        if total > 0:
            for i in range(pixels):
                for j in range(pixels):
                    image[i, j] /= total
