"""Jets with changed constituents: an energy scale and an efficiency, without a new simulation."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.config.jet_arrays import FOUR_MOMENTUM
from footprint.config.parameter_sets import EventChange
from footprint.errors import ConfigError
from footprint.files.events import ID, Block
from footprint.files.hdf5 import Array
from footprint.jets.kinematics import azimuth, delta_phi, mass, pseudorapidity, transverse_momentum
from footprint.seeds import scrambled

EFFICIENCY_USE = 2**20
"""Salt of the chances that constituents are lost, far from those of splits and orders."""
PREFIX = "constituent_"
NUMBER = "constituents"
"""The number of constituents before any were cut off."""
SCALED = (*FOUR_MOMENTUM, "constituent_pt", "constituent_mass")
JET = ("jet_pt", "jet_eta", "jet_phi", "jet_mass", "jet_energy")
Floats = NDArray[np.float64]


def sources(arrays: Any) -> list[str]:
    """Name the arrays that a change needs beside those that a data set asks for."""
    needed = set(arrays)
    touched = needed & {*JET, NUMBER} or any(name.startswith(PREFIX) for name in needed)
    return [name for name in FOUR_MOMENTUM if name not in needed] if touched else []


def changed(change: EventChange, block: Block) -> Block:
    """Change the constituents of some jets, and the jets as their constituents change.

    A constituent is kept if a number in [0, 1) that follows from the jet's event_id and its
    place alone is below the efficiency: the same jets lose the same constituents in any data
    set, and what one efficiency keeps every higher one keeps, too. Kept ones close up, so
    constituents stay in falling pT with NaN behind. The jet's pT, mass and energy are multiplied
    by the ratio of the constituents' sums after and before, its direction is turned by their
    difference: where jet energies were corrected, they stay so.

    Parameters
    ----------
    change
        Scale and efficiency.
    block
        Arrays of n jets, among them ``constituent_px``, ``_py``, ``_pz``, ``_energy``, shape
        (n, most), NaN where there is none, and ``event_id``. All arrays ``constituent_*`` of that
        shape lose the same constituents.

    Returns
    -------
    dict of str to ndarray
        All arrays of the block, of the same shapes and types. Jets that lose all constituents
        have pT, mass and energy 0 and no direction (NaN).

    Raises
    ------
    ConfigError
        The constituents' arrays differ in shape.
    """
    shape = _shape(block)
    there = np.isfinite(block["constituent_px"])
    kept = there & (_chances(block[ID], shape[1]) < change.constituent_efficiency)
    order = np.argsort(~kept, axis=1, kind="stable")
    beyond = ~np.take_along_axis(kept, order, axis=1)
    found = dict(block)
    for name, values in block.items():
        if name.startswith(PREFIX) and values.shape == shape:
            factor = change.constituent_energy_scale if name in SCALED else 1.0
            found[name] = _closed_up(values, order, beyond, factor)
    if NUMBER in block:
        lost = (there & ~kept).sum(axis=1)
        found[NUMBER] = (block[NUMBER] - lost).astype(block[NUMBER].dtype)
    if set(JET) & set(block):
        left = {name: np.where(kept, block[name], np.nan) for name in FOUR_MOMENTUM}
        found |= _jets(block, _sums(block), _sums(left), change.constituent_energy_scale)
    return found


def _shape(block: Block) -> tuple[int, ...]:
    shapes = {name: block[name].shape for name in FOUR_MOMENTUM}
    first = shapes["constituent_px"]
    if any(shape != (len(block[ID]), *first[1:2]) for shape in shapes.values()):
        msg = (
            f"the constituents' arrays have shapes {shapes}: expected one shape (jets, most "
            f"constituents) for all"
        )
        raise ConfigError(msg)
    return first


def _chances(ids: NDArray[np.uint64], most: int) -> Floats:
    """Numbers in [0, 1) of each jet and place, shape (n, most)."""
    columns = [scrambled(scrambled(ids, EFFICIENCY_USE), place) for place in range(most)]
    return np.stack(columns, axis=1).astype(np.float64) / 2.0**64


def _closed_up(
    values: Array, order: NDArray[np.intp], beyond: NDArray[np.bool_], factor: float
) -> Array:
    moved = np.take_along_axis(values, order, axis=1)
    if factor != 1:
        moved = (moved * factor).astype(values.dtype)
    moved[beyond] = np.nan if values.dtype.kind == "f" else 0
    return moved


def _sums(block: Block) -> dict[str, Floats]:
    """Sum the constituents' four-momenta; a sum of nothing has no direction, (n,) each."""
    px, py, pz, energy = (np.nansum(block[n].astype(np.float64), axis=1) for n in FOUR_MOMENTUM)
    pt = transverse_momentum(px, py)
    return {
        "pt": pt,
        "eta": pseudorapidity(px, py, pz),
        "phi": np.where(pt > 0, azimuth(px, py), np.nan),
        "mass": mass(px, py, pz, energy),
        "energy": energy,
    }


def _jets(block: Block, before: dict[str, Floats], after: dict[str, Floats], scale: float) -> Block:
    """Change what a block has of the jets; those without constituents stay as they are."""
    found, empty = {}, before["pt"] == 0
    for name in set(JET) & set(block):
        key, values = name.removeprefix("jet_"), block[name].astype(np.float64)
        if key in {"eta", "phi"}:
            new = values + after[key] - before[key]
            new = np.asarray(delta_phi(new, np.zeros_like(new))) if key == "phi" else new
        else:
            there = before[key] > 0
            new = (
                scale
                * values
                * np.divide(after[key], before[key], np.ones_like(values), where=there)
            )
        found[name] = np.where(empty, values, new).astype(block[name].dtype)
    return found
