"""From the jets of NanoAOD events to their candidates, through the table that links them."""

from collections.abc import Mapping
from dataclasses import dataclass

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from footprint.errors import DataError
from footprint.files.hdf5 import Array
from footprint.ingest.entries import Columns
from footprint.ingest.jets import Vectors
from footprint.ingest.nanoaod_layout import FOUR_VECTOR, Layout
from footprint.jets.kinematics import four_momentum

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Events:
    """Columns of the events of a block that pass the cut on events.

    Attributes
    ----------
    columns
        Awkward arrays of the branches.
    number
        Index of each event in the file.
    jets
        Number of jets of each event.
    where
        The file and its tree, for messages.
    """

    columns: Columns
    number: Integers
    jets: Integers
    where: str

    def flat(self, branch: str, counts: Integers | None = None) -> Array:
        """All values of a branch one after another; their number in each event must agree."""
        values = self.columns[branch]
        if counts is not None and not np.array_equal(ak.num(values), counts):
            msg = f"{self.where}: branch {branch} has other numbers of values than its collection"
            raise DataError(msg)
        flat: Array = ak.to_numpy(ak.flatten(values))
        return flat


def constituents(
    events: Events, layout: Layout, branches: Mapping[str, str]
) -> tuple[Array, Vectors, dict[str, Array]]:
    """Follow the links from jets to candidates.

    The energy is sqrt((pT cosh eta)^2 + m^2); where candidates have weights, these scale the
    four-vectors, and candidates of weight 0 are left out.

    Parameters
    ----------
    events
        The events.
    layout
        What the file calls things.
    branches
        Further variables of the candidates, by the names they get.

    Returns
    -------
    tuple
        Number of constituents of each jet; px, py, pz, energy in GeV and further values of all
        constituents, jet after jet, in the order of the table.

    Raises
    ------
    DataError
        A link points beyond its event's jets or candidates.
    """
    jet, candidate = _links(events, layout)
    if (jet[1:] < jet[:-1]).any():
        order = np.argsort(jet, kind="stable")
        jet, candidate = jet[order], candidate[order]
    scale: Array | float = 1.0
    if layout.weight is not None:
        weight = events.flat(layout.weight)[candidate]
        used = weight != 0
        jet, candidate = jet[used], candidate[used]
        scale = weight[used].astype(np.float64)
    pt, eta, phi, mass = (
        events.flat(f"{layout.candidates}_{name}")[candidate].astype(np.float64)
        for name in FOUR_VECTOR
    )
    pt, mass = pt * scale, mass * scale
    vectors = four_momentum(pt, eta, phi, mass)
    further = {
        name: events.flat(f"{layout.candidates}_{branch}")[candidate]
        for name, branch in branches.items()
    }
    return np.bincount(jet, minlength=int(events.jets.sum())), vectors, further


def _links(events: Events, layout: Layout) -> tuple[Integers, Integers]:
    """Find jet and candidate of each link, as indices into the events' flat arrays."""
    columns = events.columns
    links = np.asarray(ak.num(columns[layout.jet_index]), dtype=np.int64)
    candidates = np.asarray(ak.num(columns[f"{layout.candidates}_pt"]), dtype=np.int64)
    event = np.repeat(np.arange(len(links)), links)
    found = []
    for branch, there, what in (
        (layout.jet_index, events.jets, layout.jets),
        (layout.candidate_index, candidates, layout.candidates),
    ):
        index = events.flat(branch, links).astype(np.int64)
        bad = (index < 0) | (index >= there[event])
        if bad.any():
            at = int(np.argmax(bad))
            msg = (
                f"{events.where}: {np.count_nonzero(bad)} links are out of range, first "
                f"{branch} = {index[at]} in event {events.number[event[at]]}, which has "
                f"{there[event[at]]} {what}: the table belongs to other collections (set "
                f"options.jets, candidates, table), or {what} was filtered after it was made"
            )
            raise DataError(msg)
        found.append((np.cumsum(there) - there)[event] + index)
    return found[0], found[1]
