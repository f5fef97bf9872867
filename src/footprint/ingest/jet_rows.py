"""Jets that stand in a file as rows of constituents, filled up with zeros to a fixed number."""

import numpy as np

from footprint.errors import DataError
from footprint.files.hdf5 import Array
from footprint.ingest.jets import COMPONENTS, Vectors, check_finite, padded, summed


def jets_of_rows(vectors: Vectors, *, most: int, first: int, what: str) -> dict[str, Array]:
    """Turn constituents filled up with zeros into those of the event files.

    Parameters
    ----------
    vectors
        px, py, pz, energy in GeV, each of shape (n, columns); energy 0 means no constituent.
    most
        Constituents to keep.
    first
        Index of the first jet in the file, for messages.
    what
        Where the jets come from, for messages.

    Returns
    -------
    dict of str to ndarray
        ``constituent_px``, ... of shape (n, most), falling pT, NaN where there is none;
        ``constituents``; ``jet_pt``, ``jet_eta``, ``jet_phi``, ``jet_mass``, ``jet_energy`` of
        the sum of all constituents. Jets without constituents have NaN everywhere.

    Raises
    ------
    DataError
        A constituent's momentum or energy is not finite, or its energy is negative.
    """
    flat, counts = flattened(vectors, first=first, what=what)
    return padded(flat, counts, most) | summed(flat, counts)


def flattened(vectors: Vectors, *, first: int, what: str) -> tuple[Vectors, Array]:
    """Take constituents out of rows that are filled up with zeros.

    Parameters
    ----------
    vectors, first, what
        As `jets_of_rows` takes them.

    Returns
    -------
    tuple
        px, py, pz, energy of all constituents, jet after jet, in double precision; and the number
        of constituents of each jet, shape (n,).

    Raises
    ------
    DataError
        A constituent's momentum or energy is not finite, or its energy is negative.
    """
    there = vectors[3] != 0
    counts = np.count_nonzero(there, axis=1)
    px, py, pz, energy = (values[there].astype(np.float64) for values in vectors)
    flat = (px, py, pz, energy)
    jets = np.arange(first, first + len(counts))
    check_finite(flat, counts, jets, what)
    _check_positive(flat, np.repeat(jets, counts), what)
    return flat, counts


def _check_positive(vectors: Vectors, jets: Array, what: str) -> None:
    bad = vectors[3] < 0
    if bad.any():
        place = int(np.argmax(bad))
        values = zip(COMPONENTS, vectors, strict=True)
        found = {name: float(component[place]) for name, component in values}
        msg = (
            f"{what}: {np.count_nonzero(bad)} of {len(bad)} constituents have a negative energy, "
            f"first in jet {jets[place]}: {found}. Look whether the columns are energy, px, py, pz "
            f"in this order, or make the file again"
        )
        raise DataError(msg)
