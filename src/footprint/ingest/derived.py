"""What follows from an archive's arrays: the total signal, lgE, angles, stations hit."""

from collections.abc import Callable

import numpy as np

from footprint.config.npz import DERIVED
from footprint.files.hdf5 import Array, ArraySpec

LG_EEV = 18.0
"""log10 of an EeV in eV."""

SPECS = {
    "signal": ArraySpec("signal", "VEM", "total signal of each station, sum of its trace"),
    "lg_energy": ArraySpec("lg_energy", "", "log10 of the energy in eV"),
    "energy": ArraySpec("energy", "EeV", "energy of the primary particle"),
    "zenith": ArraySpec("zenith", "deg", "angle between the shower's axis and the vertical"),
    "azimuth": ArraySpec(
        "azimuth", "deg", "direction of the axis on the ground from x towards y, 0 to 360"
    ),
    "stations_hit": ArraySpec("stations_hit", "", "number of stations with a signal"),
}


def derive(name: str, arrays: dict[str, Array]) -> Array:
    """Compute one array from those that are there.

    Parameters
    ----------
    name
        Which one.
    arrays
        Arrays of some events, in the units of `SPECS`; axes are (n, 3), stations follow the
        events.
    """
    (source,) = DERIVED[name]
    return FORMULAS[name](arrays[source])


def _signal(traces: Array) -> Array:
    """Sum over time; NaN where no bin was measured."""
    total = np.asarray(np.nansum(traces, axis=-1), dtype=np.float32)
    total[np.isnan(traces).all(axis=-1)] = np.nan
    return total


def _lg_energy(energy: Array) -> Array:
    return (LG_EEV + np.log10(energy.astype(np.float64))).astype(np.float32)


def _energy(lg_energy: Array) -> Array:
    return (10 ** (lg_energy.astype(np.float64) - LG_EEV)).astype(np.float32)


def _zenith(axis: Array) -> Array:
    flat = np.hypot(axis[:, 0], axis[:, 1])
    return np.degrees(np.arctan2(flat, axis[:, 2])).astype(np.float32)


def _azimuth(axis: Array) -> Array:
    """As the generator `observatory` has it, so that samples may be mixed."""
    return (np.degrees(np.arctan2(axis[:, 1], axis[:, 0])) % 360.0).astype(np.float32)


def _stations_hit(signal: Array) -> Array:
    stations = tuple(range(1, signal.ndim))
    return np.asarray(np.count_nonzero(~np.isnan(signal), axis=stations), dtype=np.int16)


FORMULAS: dict[str, Callable[[Array], Array]] = {
    "signal": _signal,
    "lg_energy": _lg_energy,
    "energy": _energy,
    "zenith": _zenith,
    "azimuth": _azimuth,
    "stations_hit": _stations_hit,
}
