"""JetClass files of both generations, in blocks of bounded memory: one entry is one jet."""

from collections.abc import Iterator
from dataclasses import dataclass

import awkward as ak
import numpy as np
import uproot

from footprint.config.jet_arrays import TAUS
from footprint.config.jet_files import LABEL, JetClassOptions
from footprint.errors import ConfigError, DataError, FileFormatError
from footprint.files.hdf5 import Array, ArraySpec
from footprint.ingest import jet_blocks
from footprint.ingest.blocks import EntryBlock, Reader
from footprint.ingest.columns import form_of
from footprint.ingest.entries import Columns, columns_of, iterate
from footprint.ingest.formulas import Formulas, per_entry
from footprint.ingest.jet_blocks import Jets, constituent_specs, one_each
from footprint.ingest.jets import COMPONENTS, ratios
from footprint.ingest.tree import branch_names, find_tree, nearest, open_file, reading

NO_LABEL = -1
JET = {
    "jet_pt": "jet_pt",
    "jet_eta": "jet_eta",
    "jet_phi": "jet_phi",
    "jet_energy": "jet_energy",
    "soft_drop_mass": "jet_sdmass",
    **{tau: f"jet_{tau}" for tau in TAUS},
}
"""Branches of the jets, by our names."""
ONE_HOT = "label_"


def specs_of(options: JetClassOptions) -> list[ArraySpec]:
    """Name, unit and meaning of the arrays of the jets."""
    own = {**options.branches, **options.spectator_branches}
    mass = ArraySpec("jet_mass", "GeV", "mass of the jet, of its pT, eta and energy")
    return jet_blocks.specs_of(
        options, own, [mass, *constituent_specs(options.constituent_branches)]
    )


def read_blocks(path: str, options: JetClassOptions) -> Iterator[EntryBlock]:
    """Read one JetClass file.

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
        The file is missing, truncated, corrupt, or not JetClass.
    ConfigError
        Branches, formulas, cut or labels do not fit the file.
    DataError
        Labels that are not one-hot, or values that an event file must not hold.
    """
    with open_file(path) as file:
        tree = find_tree(file, path, options.tree)
        where = f"tree '{options.tree}' of {path}"
        if not isinstance(tree, uproot.behaviors.TTree.TTree):
            msg = f"'{options.tree}' of {path} is an RNTuple, expected a TTree of JetClass"
            raise FileFormatError(msg + ": write the file again with a TTree")
        with reading(path, "the list of branches"):
            names = branch_names(tree)
        reader = _Reader(options, Formulas(names, {}, where))
        needed = reader.needed()
        with reading(path, f"the types of {needed}"):
            empty = columns_of(tree, needed, 0, 0)
        if not tree.num_entries:
            yield from jet_blocks.entry_blocks(reader.jets(empty, 0), options, where)
        for start, columns in iterate(tree, needed, path, f"{options.memory_MB} MB"):
            yield from jet_blocks.entry_blocks(reader.jets(columns, start), options, where)


@dataclass(frozen=True)
class _Reader:
    """Reads the jets of a block of entries."""

    options: JetClassOptions
    formulas: Formulas

    @property
    def one_hot(self) -> list[str]:
        """All branches of labels of JetClass's first generation."""
        return sorted(name for name in self.formulas.branches if name.startswith(ONE_HOT))

    def needed(self) -> list[str]:
        """Name the branches to read, after checking what is asked of them."""
        options, names = self.options, self.formulas.branches
        expected = [*(f"part_{name}" for name in COMPONENTS), *JET.values()]
        missing = [name for name in expected if name not in names]
        if missing:
            near = nearest(missing[0], names)
            msg = (
                f"{self.formulas.where} lacks {', '.join(missing)}, expected the branches of "
                f"JetClass; {near}. Take reader nanoaod for NanoAOD, reader root for other trees"
            )
            raise FileFormatError(msg)
        needed = {*expected, *self._label_branches()}
        for name, branch in options.constituent_branches.items():
            if branch not in names:
                msg = f"options.constituent_branches.{name}: {self.formulas.where} has no branch "
                raise ConfigError(msg + f"'{branch}'; {nearest(branch, names)}")
            needed.add(branch)
        for key in ("branches", "spectator_branches"):
            for name, formula in getattr(options, key).items():
                try:
                    needed |= self.formulas.branches_of(formula)
                except ConfigError as error:
                    msg = f"options.{key}.{name}: {error}"
                    raise ConfigError(msg) from None
        return sorted(needed)

    def _label_branches(self) -> set[str]:
        """Name the branches that labels need: of one-hot ones all, so that they can be checked."""
        options, where = self.options, self.formulas.where
        asked = [branch for rule in options.labels.values() for branch in rule.branches]
        for branch in asked:
            if branch not in self.one_hot:
                there = ", ".join(self.one_hot) or "no one-hot branches label_..."
                msg = f"options.labels: {where} has no branch '{branch}'; it has {there}"
                if options.label_branch in self.formulas.branches:
                    msg += f". It is JetClass-II: name values of its {options.label_branch}"
                raise ConfigError(msg)
        if asked:
            return set(self.one_hot)
        if options.labels and options.label_branch not in self.formulas.branches:
            msg = f"options.labels names values of {options.label_branch}, which {where} lacks"
            if self.one_hot:
                msg += f". It is JetClass: name its branches {', '.join(self.one_hot)}"
            raise ConfigError(msg)
        return {options.label_branch} if options.labels else set()

    def jets(self, columns: Columns, first: int) -> Jets:
        """Take the jets from the branches of some entries, of which the first has an index."""
        counts = np.asarray(ak.num(columns["part_px"]), dtype=np.int64)
        px, py, pz, energy = (
            self._flat(columns, f"part_{name}", counts, first).astype(np.float64)
            for name in COMPONENTS
        )
        vectors = (px, py, pz, energy)
        further = {
            name: self._flat(columns, branch, counts, first)
            for name, branch in self.options.constituent_branches.items()
        }
        single = {name: self._single(columns, branch) for name, branch in JET.items()}
        single["jet_mass"] = _mass(single)
        single |= ratios(single) | self._own(columns, len(counts))
        kept = np.ones(len(counts), dtype=np.bool_)
        jets = Jets(first, kept, counts, vectors, further, single)
        if not self.options.labels:
            return jets
        single[LABEL] = self._labels(columns, first, len(counts))
        return jets.chosen(single[LABEL] != NO_LABEL)

    def _single(self, columns: Columns, branch: str) -> Array:
        return one_each(columns[branch], f"branch {branch} of {self.formulas.where}")

    def _flat(self, columns: Columns, branch: str, counts: Array, first: int) -> Array:
        """All constituents' values one after another; each jet must have the same number."""
        values = columns[branch]
        if form_of(values).axes != (None,):
            msg = f"branch {branch} of {self.formulas.where} holds {values.type}, expected numbers "
            raise FileFormatError(msg + "of each constituent")
        found = np.asarray(ak.num(values))
        if not np.array_equal(found, counts):
            at = int(np.argmax(found != counts))
            msg = (
                f"{self.formulas.where}: entry {first + at} has {counts[at]} values of part_px and "
                f"{found[at]} of {branch}, expected one each for every constituent"
            )
            raise DataError(msg)
        flat: Array = ak.to_numpy(ak.flatten(values))
        return flat

    def _own(self, columns: Columns, count: int) -> dict[str, Array]:
        """Evaluate the user's own branches of jets."""
        own = {**self.options.branches, **self.options.spectator_branches}
        values = self.formulas.evaluate(list(set(own.values())), columns) if own else {}
        arrays = {}
        for name, formula in own.items():
            label = f"'{name}' ({formula}) of {self.formulas.where}"
            arrays[name] = one_each(per_entry(values[formula], label, count), label)
        return arrays

    def _labels(self, columns: Columns, first: int, count: int) -> Array:
        """Give each jet the number of its class in the configuration, -1 for those of none."""
        label = np.full(count, NO_LABEL, dtype=np.int32)
        rest = NO_LABEL
        labels = self.options.labels
        in_branches = any(rule.branches for rule in labels.values())
        hot = self._one_hot(columns, first) if in_branches else {}
        for number, rule in enumerate(labels.values()):
            if rule.rest:
                rest = number
            for branch in rule.branches:
                label[hot[branch]] = number
            if rule.numbers:
                values = self._single(columns, self.options.label_branch)
                label[np.isin(values, rule.numbers)] = number
        label[label == NO_LABEL] = rest
        return label

    def _one_hot(self, columns: Columns, first: int) -> dict[str, Array]:
        """Read the one-hot branches, whose types differ, and check that one of them is 1."""
        values = np.stack([self._single(columns, name) for name in self.one_hot], axis=1)
        bad = ((values != 0) & (values != 1)).any(axis=1) | (values.sum(axis=1) != 1)
        if bad.any():
            at = int(np.argmax(bad))
            found = {name: float(v) for name, v in zip(self.one_hot, values[at], strict=True) if v}
            msg = (
                f"{self.formulas.where}: the labels of {np.count_nonzero(bad)} entries are not "
                f"one-hot, first of entry {first + at}: {found or 'all are 0'}, expected one of "
                f"{', '.join(self.one_hot)} to be 1 and the others 0"
            )
            raise DataError(msg)
        return {name: values[:, i] == 1 for i, name in enumerate(self.one_hot)}


def _mass(jet: dict[str, Array]) -> Array:
    """Find the mass of the jet's own four-vector.

    In JetClass-II constituents sum to the jet's pT, but their directions and energies differ a
    little from those that the jet was made of; the mass after soft drop belongs to the jet.
    """
    pt, eta, energy = (jet[f"jet_{name}"].astype(np.float64) for name in ("pt", "eta", "energy"))
    mass: Array = np.sqrt(np.maximum(energy**2 - (pt * np.cosh(eta)) ** 2, 0))
    return mass


JETCLASS = Reader(specs_of, read_blocks)
