"""From the jets of some entries to blocks for the event file: cuts, then padding in slices."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from footprint.config.formulas import evaluate, variables
from footprint.config.jet_files import JetOptions
from footprint.errors import ConfigError
from footprint.files.hdf5 import Array, ArraySpec
from footprint.ingest.blocks import EntryBlock
from footprint.ingest.columns import plain
from footprint.ingest.jets import SPECS, Vectors, check_finite, not_finite, padded

FLOAT_BYTES = 4

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Jets:
    """Consecutive jets of a file, their constituents one after another.

    Attributes
    ----------
    first
        Index in the file of the first jet.
    kept
        Which of the jets passed so far, shape (jets,); all else is of these alone.
    counts
        Number of constituents of each jet that passed, shape (n,).
    vectors
        px, py, pz, energy of their constituents in GeV, each of shape (sum of counts,).
    further
        More values of each constituent, by name.
    single
        Arrays of one value a jet, shape (n,), by name.
    """

    first: int
    kept: NDArray[np.bool_]
    counts: Array
    vectors: Vectors
    further: dict[str, Array]
    single: dict[str, Array]

    def chosen(self, passes: NDArray[np.bool_]) -> "Jets":
        """Leave out all jets but those that pass; they keep their index in the file."""
        if passes.all():
            return self
        kept = self.kept.copy()
        kept[self.kept] = passes
        flat = np.repeat(passes, self.counts)
        px, py, pz, energy = (values[flat] for values in self.vectors)
        return Jets(
            self.first,
            kept,
            self.counts[passes],
            (px, py, pz, energy),
            {name: values[flat] for name, values in self.further.items()},
            {name: values[passes] for name, values in self.single.items()},
        )


def specs_of(
    options: JetOptions, own: dict[str, str], more: Sequence[ArraySpec]
) -> list[ArraySpec]:
    """Name, unit and meaning of the arrays of jets.

    Parameters
    ----------
    options
        Which arrays are kept, and what the user says of them.
    own
        The branches or formulas of the user's own arrays, by name.
    more
        Arrays of the format's own.
    """
    known = {**SPECS, **{spec.name: spec for spec in more}}
    result = []
    for name in options.kept:
        if name in own:
            text = options.descriptions.get(name, own[name])
            result.append(ArraySpec(name, options.units.get(name, ""), text))
        else:
            result.append(known[name])
    return result


def constituent_specs(branches: dict[str, str]) -> list[ArraySpec]:
    """Describe further arrays of constituents that are not known by their names."""
    names = {f"constituent_{name}": branch for name, branch in branches.items()}
    return [
        ArraySpec(name, "", f"{branch} of each constituent")
        for name, branch in names.items()
        if name not in SPECS
    ]


def entry_blocks(jets: Jets, options: JetOptions, where: str) -> Iterator[EntryBlock]:
    """Apply the cuts to some jets, and pad the constituents of those that pass in slices.

    Parameters
    ----------
    jets
        The jets.
    options
        Cuts, number of constituents to keep and size of a slice.
    where
        The file and its tree, for messages.

    Yields
    ------
    EntryBlock
        One at the least; arrays in the types of the event file.

    Raises
    ------
    ConfigError
        The cut cannot be evaluated to one bool a jet.
    DataError
        Constituents of a jet that passes are not finite.
    """
    passes = jets.counts >= options.fewest_constituents
    if options.cut is not None:
        passes &= _passing(options.cut, jets)
    jets = jets.chosen(passes)
    if options.not_finite == "leave_out":
        bad = not_finite(jets.vectors, jets.counts)
        if bad.any():
            count = np.count_nonzero(bad)
            log.warning("%s: %d jets left out, constituents not finite", where, count)
        jets = jets.chosen(~bad)
    check_finite(jets.vectors, jets.counts, jets.first + np.flatnonzero(jets.kept), where)
    yield from _slices(jets, options)


def _slices(jets: Jets, options: JetOptions) -> Iterator[EntryBlock]:
    """Pad the constituents, so many jets at a time that their arrays fit into memory."""
    px, py, pz, energy = jets.vectors
    kept, counts = jets.kept, jets.counts

    before = np.concatenate([[0], np.cumsum(kept)])
    constituents_before = np.concatenate([[0], np.cumsum(counts)])
    step = _jets_a_slice(options, len(jets.further))
    for start in range(0, max(len(kept), 1), step):
        stop = min(start + step, len(kept))
        rows = slice(before[start], before[stop])
        flat = slice(constituents_before[rows.start], constituents_before[rows.stop])
        arrays = padded(
            (px[flat], py[flat], pz[flat], energy[flat]),
            counts[rows],
            options.most_constituents,
            {name: values[flat] for name, values in jets.further.items()},
        )
        arrays |= {name: values[rows] for name, values in jets.single.items()}
        yield EntryBlock(jets.first + start, kept[start:stop], arrays)


def _jets_a_slice(options: JetOptions, further: int) -> int:
    """Find how many jets' padded arrays take about the memory of a block."""
    row = FLOAT_BYTES * options.most_constituents * (4 + further)
    return max(1, int(options.memory_MB * 1e6 / row))


def _passing(cut: str, jets: Jets) -> NDArray[np.bool_]:
    needed = variables(cut)
    known = {"constituents": jets.counts, **jets.single}
    result = evaluate(cut, {name: known[name] for name in needed})
    if result.dtype != np.bool_ or result.shape != jets.counts.shape:
        msg = (
            f"the cut '{cut}' gives {result.dtype} of shape {result.shape} for "
            f"{len(jets.counts)} jets, expected one bool each: compare arrays of one value a jet, "
            f"such as (jet_pt > 300) & (abs(jet_eta) < 2)"
        )
        raise ConfigError(msg)
    return result


def one_each(values: ak.Array, label: str) -> Array:
    """Turn one number a jet into a NumPy array whose type does not depend on the file's version.

    Parameters
    ----------
    values
        Awkward array, an element a jet.
    label
        What it is, for messages.

    Returns
    -------
    ndarray
        Floating point as it is; booleans and integers up to 32 bits as int32, others unchanged.
    """
    if values.ndim != 1:
        msg = f"{label} holds {values.type} instead of one number a jet: remove it"
        raise ConfigError(msg)
    numbers = plain(values, label, None)
    if numbers.dtype.kind in "biu" and np.can_cast(numbers.dtype, np.int32):
        return numbers.astype(np.int32)
    return numbers
