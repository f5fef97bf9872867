"""NanoAOD files with particle-flow candidates, in blocks of bounded memory: one row a jet."""

from collections.abc import Iterator
from dataclasses import dataclass

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from footprint.config.jet_files import LABEL
from footprint.config.nanoaod import COLLISION, NanoAODOptions
from footprint.errors import ConfigError
from footprint.files.hdf5 import Array, ArraySpec
from footprint.ingest import jet_blocks
from footprint.ingest.blocks import EntryBlock, Reader
from footprint.ingest.entries import Columns, columns_of, iterate
from footprint.ingest.formulas import Formulas, passing, per_entry
from footprint.ingest.generated import Particles, jets_with
from footprint.ingest.jet_blocks import Jets, constituent_specs, one_each
from footprint.ingest.jets import ratios
from footprint.ingest.nanoaod_layout import (
    FOUR_VECTOR,
    GENERATED,
    OPTIONAL,
    PARTICLES,
    Layout,
    check_generated,
    find_layout,
    nanoaod_tree,
)
from footprint.ingest.nanoaod_links import Events, constituents
from footprint.ingest.tree import branch_names, open_file, reading
from footprint.jets.kinematics import four_momentum

NO_LABEL = -1
Integers = NDArray[np.int64]


def specs_of(options: NanoAODOptions) -> list[ArraySpec]:
    """Name, unit and meaning of the arrays of the jets."""
    own = {**options.branches, **options.event_branches}
    index = ArraySpec(COLLISION, "", "index of the jet's collision in its file")
    return jet_blocks.specs_of(
        options, own, [index, *constituent_specs(options.candidate_branches)]
    )


def read_blocks(path: str, options: NanoAODOptions) -> Iterator[EntryBlock]:
    """Read one NanoAOD file.

    Parameters
    ----------
    path
        Path, or an address that uproot understands.
    options
        Which part of the file to read.

    Yields
    ------
    EntryBlock
        All jets once, in the order of the file, also those that are left out; a file without
        jets gives an empty block.

    Raises
    ------
    FileFormatError
        The file is missing, truncated, corrupt, or not NanoAOD with candidates.
    ConfigError
        Branches, formulas, cuts or labels do not fit the file.
    DataError
        Links point beyond their event, or values that an event file must not hold.
    """
    with open_file(path) as file:
        tree = nanoaod_tree(file, path, options.tree)
        where = f"tree '{options.tree}' of {path}"
        with reading(path, "the list of branches"):
            names = branch_names(tree)
        formulas = Formulas(names, {}, where)
        reader = _Reader(options, find_layout(names, options, where), formulas)
        needed = reader.needed()
        with reading(path, f"the types of {needed}"):
            empty = columns_of(tree, needed, 0, 0)
        first = 0
        if not tree.num_entries:
            yield from jet_blocks.entry_blocks(reader.jets(empty, 0, 0), options, where)
        for start, columns in iterate(tree, needed, path, f"{options.memory_MB} MB"):
            jets = reader.jets(columns, start, first)
            yield from jet_blocks.entry_blocks(jets, options, where)
            first += len(jets.kept)


def jets_per_event(path: str, options: NanoAODOptions) -> Integers:
    """Count the jets of each event, those included that cuts leave out.

    Parameters
    ----------
    path, options
        As of `read_blocks`.

    Returns
    -------
    ndarray of int, shape (events,)

    Raises
    ------
    FileFormatError, ConfigError
        As `read_blocks`.
    """
    with open_file(path) as file:
        tree = nanoaod_tree(file, path, options.tree)
        with reading(path, "the list of branches"):
            names = branch_names(tree)
        layout = find_layout(names, options, f"tree '{options.tree}' of {path}")
        pt = f"{layout.jets}_pt"
        counts = [
            np.asarray(ak.num(columns[pt]), dtype=np.int64)
            for _, columns in iterate(tree, [pt], path, f"{options.memory_MB} MB")
        ]
    return np.concatenate([np.zeros(0, np.int64), *counts])


@dataclass(frozen=True)
class _Reader:
    """Reads the jets of a block of events."""

    options: NanoAODOptions
    layout: Layout
    formulas: Formulas

    def needed(self) -> list[str]:
        """Name the branches to read, after checking what is asked of them."""
        options, layout = self.options, self.layout
        needed = {f"{layout.jets}_{name}" for name in FOUR_VECTOR}
        needed |= {f"{layout.candidates}_{name}" for name in FOUR_VECTOR}
        needed |= {f"{layout.candidates}_{name}" for name in options.candidate_branches.values()}
        needed |= {*layout.links, *layout.optional.values()}
        if layout.weight is not None:
            needed.add(layout.weight)
        if options.jet_momentum == "raw":
            needed.add(f"{layout.jets}_rawFactor")
        for name, rule in options.labels.items():
            if rule.particle is not None:
                needed |= {*check_generated(self.formulas.branches, name, self.formulas.where)}
            elif rule.where is not None:
                needed |= self._branches_of(f"labels.{name}", rule.where)
        for key in ("branches", "event_branches"):
            for name, formula in getattr(options, key).items():
                needed |= self._branches_of(f"{key}.{name}", formula)
        if options.event_cut is not None:
            needed |= self._branches_of("event_cut", options.event_cut)
        return sorted(needed)

    def _branches_of(self, key: str, formula: str) -> set[str]:
        try:
            return self.formulas.branches_of(formula)
        except ConfigError as error:
            msg = f"options.{key}: {error}"
            raise ConfigError(msg) from None

    def jets(self, columns: Columns, start: int, first: int) -> Jets:
        """Take the jets from the branches of some events.

        Parameters
        ----------
        columns
            The branches.
        start
            Index of the first event in the file.
        first
            Index of its first jet.
        """
        count = len(next(iter(columns.values())))
        pt = f"{self.layout.jets}_pt"
        all_jets = np.asarray(ak.num(columns[pt]), dtype=np.int64)
        number = start + np.arange(count)
        kept = np.ones(count, dtype=np.bool_)
        if self.options.event_cut is not None:
            cut = self.options.event_cut
            kept = passing(self.formulas.evaluate([cut], columns)[cut], cut, count)
        if not kept.all():
            columns = {name: values[kept] for name, values in columns.items()}
        events = Events(columns, number[kept], all_jets[kept], self.formulas.where)
        single = self._momenta(events) | self._substructure(events) | self._own(events)
        single[COLLISION] = np.repeat(events.number, events.jets)
        counts, vectors, further = constituents(
            events, self.layout, self.options.candidate_branches
        )
        jets = Jets(first, np.repeat(kept, all_jets), counts, vectors, further, single)
        return self._labelled(events, jets) if self.options.labels else jets

    def _momenta(self, events: Events) -> dict[str, Array]:
        """Find the jets' four-vectors, the uncorrected ones where those are asked for."""
        pt, eta, phi, mass = (
            events.flat(f"{self.layout.jets}_{name}", events.jets).astype(np.float64)
            for name in FOUR_VECTOR
        )
        if self.options.jet_momentum == "raw":
            raw = 1 - events.flat(f"{self.layout.jets}_rawFactor", events.jets).astype(np.float64)
            pt, mass = pt * raw, mass * raw
        energy = four_momentum(pt, eta, phi, mass)[3]
        vector = {"pt": pt, "eta": eta, "phi": phi, "mass": mass, "energy": energy}
        return {f"jet_{name}": values for name, values in vector.items()}

    def _substructure(self, events: Events) -> dict[str, Array]:
        """Take what is there of mass after soft drop and N-subjettiness; NaN is the rest."""
        nothing = np.full(int(events.jets.sum()), np.nan)
        arrays = dict.fromkeys(OPTIONAL, nothing)
        for name, branch in self.layout.optional.items():
            values = events.flat(branch, events.jets).astype(np.float64)
            # Where there are no two subjets CMS writes -1; rounding gives tiny negative masses.
            arrays[name] = np.where(values <= -0.5, np.nan, np.maximum(values, 0))  # noqa: PLR2004
        return arrays | ratios(arrays)

    def _own(self, events: Events) -> dict[str, Array]:
        """Evaluate the user's own branches of jets and of events."""
        options, where = self.options, self.formulas.where
        formulas = list({*options.branches.values(), *options.event_branches.values()})
        values = self.formulas.evaluate(formulas, events.columns) if formulas else {}
        arrays = {}
        for name, formula in options.branches.items():
            label = f"'{name}' ({formula}) of {where}"
            arrays[name] = one_each(self._of_jets(values[formula], label, events), label)
        for name, formula in options.event_branches.items():
            label = f"'{name}' ({formula}) of {where}"
            entries = per_entry(values[formula], label, len(events.number))
            arrays[name] = np.repeat(one_each(entries, label), events.jets)
        return arrays

    def _of_jets(self, values: ak.Array, label: str, events: Events) -> ak.Array:
        """Bring a formula over branches of jets to one value after another."""
        entries = per_entry(values, label, len(events.number))
        if entries.ndim == 1 or not np.array_equal(ak.num(entries), events.jets):
            msg = (
                f"{label} gives {entries.type} for each event, expected one value for each of its "
                f"jets: use branches {self.layout.jets}_..., and event_branches for the others"
            )
            raise ConfigError(msg)
        return ak.flatten(entries)

    def _labelled(self, events: Events, jets: Jets) -> Jets:
        """Give each jet its class: the first that fits is taken, jets of none are left out."""
        options = self.options
        label = np.full(len(jets.counts), NO_LABEL, dtype=np.int32)
        particles = self._particles(events)
        for number, (name, rule) in enumerate(options.labels.items()):
            if rule.rest:
                continue
            if rule.particle is not None and particles is not None:
                eta, phi = jets.single["jet_eta"], jets.single["jet_phi"]
                kind, radius = rule.particle, options.matching_radius
                fits = jets_with(eta, phi, events.jets, particles, kind=kind, radius=radius)
            else:
                fits = self._where(events, f"options.labels.{name}", str(rule.where))
            label[(label == NO_LABEL) & fits] = number
        for number, rule in enumerate(options.labels.values()):
            if rule.rest:
                label[label == NO_LABEL] = number
        jets.single[LABEL] = label
        return jets.chosen(label != NO_LABEL)

    def _particles(self, events: Events) -> Particles | None:
        if all(rule.particle is None for rule in self.options.labels.values()):
            return None
        counts = np.asarray(ak.num(events.columns[f"{PARTICLES}_pdgId"]), dtype=np.int64)
        flat = {name: events.flat(f"{PARTICLES}_{name}", counts) for name in GENERATED}
        return Particles.of_events(counts, flat, events.where)

    def _where(self, events: Events, key: str, formula: str) -> NDArray[np.bool_]:
        label = f"{key} ({formula}) of {events.where}"
        values = self.formulas.evaluate([formula], events.columns)[formula]
        fits: Array = ak.to_numpy(self._of_jets(values, label, events))
        if fits.dtype != np.bool_:
            msg = f"{label} gives {fits.dtype} a jet, expected bool: compare with ==, > or <"
            raise ConfigError(msg)
        return fits


NANOAOD = Reader(specs_of, read_blocks)
