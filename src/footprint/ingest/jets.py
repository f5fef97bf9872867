"""Jets of any file format as event files hold them: constituents sorted, cut, padded.

Readers give the constituents of consecutive jets one after another (flat), with their number in
each jet. Everything here works on whole blocks: sorting, summing and padding cost no loop.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from footprint.config.jet_arrays import FOUR_MOMENTUM, IN_FILES, JETS, OF_CONSTITUENTS
from footprint.errors import DataError
from footprint.files.hdf5 import Array, ArraySpec
from footprint.jets.kinematics import azimuth, mass, pseudorapidity, transverse_momentum

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Vectors = tuple[Array, Array, Array, Array]
"""px, py, pz and energy in GeV, of equal shape."""

COMPONENTS = ("px", "py", "pz", "energy")
SPECS = {
    name: ArraySpec(name, *meaning)
    for name, meaning in (FOUR_MOMENTUM | OF_CONSTITUENTS | JETS | IN_FILES).items()
} | {"label": ArraySpec("label", "", "number of the class, in the order of options.labels")}
"""Names, units and meanings of the arrays of jets, by name."""


def falling_pt(px: Array, py: Array, counts: Array) -> Integers:
    """Order the constituents of each jet by falling pT; equal ones stay in their order.

    Parameters
    ----------
    px, py
        Momenta of all constituents, shape (sum of counts,).
    counts
        Number of constituents of each jet, shape (n,).

    Returns
    -------
    ndarray of int64, shape (sum of counts,)
        Indices into the flat arrays, jet after jet.
    """
    pt = transverse_momentum(px, py)
    jet = np.repeat(np.arange(len(counts)), counts)
    falls = (pt[1:] <= pt[:-1]) | (jet[1:] != jet[:-1])
    if falls.all():
        return np.arange(len(pt))
    return np.lexsort((-pt, jet))


def padded(
    vectors: Vectors, counts: Array, most: int, further: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """Sort the constituents of each jet by falling pT, cut them to a number, fill up with NaN.

    An index scatter into arrays of NaN.

    Parameters
    ----------
    vectors
        px, py, pz, energy of all constituents in GeV, each of shape (sum of counts,).
    counts
        Number of constituents of each jet, shape (n,); jets may have none.
    most
        Number of constituents to keep.
    further
        More values of each constituent, by their names without ``constituent_``; integers become
        int32 padded with 0 where they are numbers of particles (``pdg_id``), float32 otherwise.

    Returns
    -------
    dict of str to ndarray
        ``constituent_<name>`` of shape (n, most), and ``constituents`` (n,), int32.
    """
    counts = np.asarray(counts, dtype=np.int64)
    order = falling_pt(vectors[0], vectors[1], counts)
    jet = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(jet)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = position < most
    target = jet[kept] * most + position[kept]
    source = order[kept]
    flat = {**dict(zip(COMPONENTS, vectors, strict=True)), **(further or {})}
    arrays: dict[str, Array] = {}
    for name, values in flat.items():
        whole = name == "pdg_id"
        filled: Array = (
            np.zeros(len(counts) * most, dtype=np.int32)
            if whole
            else np.full(len(counts) * most, np.nan, dtype=np.float32)
        )
        filled[target] = values[source]
        arrays[f"constituent_{name}"] = filled.reshape(len(counts), most)
    arrays["constituents"] = counts.astype(np.int32)
    return arrays


def summed(vectors: Vectors, counts: Array) -> dict[str, Array]:
    """Sum the four-vectors of each jet's constituents.

    Parameters
    ----------
    vectors
        px, py, pz, energy of all constituents in GeV, each of shape (sum of counts,).
    counts
        Number of constituents of each jet, shape (n,).

    Returns
    -------
    dict of str to ndarray, shape (n,)
        ``jet_pt``, ``jet_eta``, ``jet_phi``, ``jet_mass``, ``jet_energy``; NaN without
        constituents.
    """
    jet = np.repeat(np.arange(len(counts)), counts)
    total = [np.bincount(jet, weights=values, minlength=len(counts)) for values in vectors]
    nothing = np.asarray(counts) == 0
    return kinematics(*(np.where(nothing, np.nan, values) for values in total))


def kinematics(px: Array, py: Array, pz: Array, energy: Array) -> dict[str, Array]:
    """Name a jet's four-vector by its transverse momentum, direction, mass and energy.

    Rounding may leave a light jet's energy below its momentum: the mass is then 0.
    """
    return {
        "jet_pt": transverse_momentum(px, py),
        "jet_eta": pseudorapidity(px, py, pz),
        "jet_phi": azimuth(px, py),
        "jet_mass": mass(px, py, pz, energy),
        "jet_energy": energy,
    }


def not_finite(vectors: Vectors, counts: Array) -> NDArray[np.bool_]:
    """Find jets with constituents whose momentum or energy is NaN or infinite, shape (n,)."""
    jet = np.repeat(np.arange(len(counts)), counts)
    return np.bincount(jet[_bad(vectors)], minlength=len(counts)) > 0


def _bad(vectors: Vectors) -> NDArray[np.bool_]:
    bad: NDArray[np.bool_] = ~np.logical_and.reduce([np.isfinite(values) for values in vectors])
    return bad


def check_finite(vectors: Vectors, counts: Array, jets: Integers, what: str) -> None:
    """Refuse constituents whose momentum or energy is NaN or infinite.

    Parameters
    ----------
    vectors, counts
        As `padded` takes them.
    jets
        What each jet is called in messages: its index in the file.
    what
        Where the jets come from, for messages.

    Raises
    ------
    DataError
        With the number of bad constituents, the first such jet and what is wrong with it.
    """
    bad = _bad(vectors)
    if not bad.any():
        return
    first = int(np.argmax(bad))
    jet = int(jets[np.repeat(np.arange(len(counts)), counts)[first]])
    found = {name: float(values[first]) for name, values in zip(COMPONENTS, vectors, strict=True)}
    msg = (
        f"{what}: {np.count_nonzero(bad)} of {len(bad)} constituents have a momentum or energy "
        f"that is not finite, first in jet {jet}: {found}. Make the file again, or set "
        f"options.not_finite: leave_out"
    )
    raise DataError(msg)


def ratios(tau: Mapping[str, Array]) -> dict[str, Array]:
    """Divide N-subjettinesses: ``tau21`` and ``tau32``, NaN where the lower one is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        result = {
            "tau21": tau["tau2"] / tau["tau1"],
            "tau32": tau["tau3"] / tau["tau2"],
        }
    return {name: np.where(np.isfinite(r), r, np.nan) for name, r in result.items()}
