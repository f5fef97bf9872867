"""What a NanoAOD file calls its jets, candidates and links, or what else the file is."""

import logging
import re
from dataclasses import dataclass
from typing import Any

import uproot

from footprint.config.jet_arrays import TAUS
from footprint.config.nanoaod import NanoAODOptions
from footprint.errors import ConfigError, FileFormatError, suggest
from footprint.ingest.tree import contents, find_tree

CANDIDATES = ("PFCands", "PFCand")
CANDIDATE_INDICES = ("pFCandsIdx", "pfCandIdx")
WEIGHT = "puppiWeight"
FOUR_VECTOR = ("pt", "eta", "phi", "mass")
OPTIONAL = {"soft_drop_mass": "msoftdrop", **{tau: tau for tau in TAUS}}
"""Variables of the jets that not all files have, by our names."""
GENERATED = ("pdgId", "genPartIdxMother", "statusFlags", "eta", "phi")
PARTICLES = "GenPart"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Layout:
    """Names of the branches of one file.

    Attributes
    ----------
    jets, candidates
        The collections.
    jet_index, candidate_index
        Branches of the table that links them.
    weight
        Branch of the candidates' weights, where they are to be applied.
    optional
        Branches of jets that are there, by our names.
    """

    jets: str
    candidates: str
    jet_index: str
    candidate_index: str
    weight: str | None
    optional: dict[str, str]

    @property
    def links(self) -> tuple[str, str]:
        """Both branches of the table."""
        return self.jet_index, self.candidate_index


def nanoaod_tree(file: Any, path: str, name: str) -> Any:
    """Find the tree of events, or say what kind of file this is.

    Raises
    ------
    FileFormatError
        A file of another kind: PHYSLITE, Delphes, JetClass, an RNTuple.
    ConfigError
        No such tree.
    """
    kinds = contents(file, path)
    if "CollectionTree" in kinds:
        msg = (
            f"{path} is an ATLAS xAOD or PHYSLITE file (it has 'CollectionTree'), expected "
            f"NanoAOD: its jets point to their constituents by ElementLinks. Write px, py, pz and "
            f"energy of each jet's constituents into a flat tree in the layout of JetClass, and "
            f"take reader jetclass"
        )
        raise FileFormatError(msg)
    if "Delphes" in kinds:
        msg = (
            f"{path} is a Delphes file (it has tree 'Delphes'), expected NanoAOD: its jets point "
            f"to their constituents by TRefs, which cannot be followed column by column. Convert "
            f"it to the layout of JetClass, whose authors publish a macro for it, and take reader "
            f"jetclass; reader root reads its branches of jets alone"
        )
        raise FileFormatError(msg)
    if name not in kinds and kinds.get("tree") == "TTree" and "part_px" in file["tree"]:
        msg = (
            f"{path} is a JetClass file (its tree 'tree' has part_px), expected NanoAOD with tree "
            f"'{name}': take reader jetclass"
        )
        raise FileFormatError(msg)
    tree = find_tree(file, path, name)
    if not isinstance(tree, uproot.behaviors.TTree.TTree):
        msg = (
            f"'{name}' of {path} is an RNTuple, which reader nanoaod does not understand, expected "
            f"a TTree: write the file again with TTree output (in CMSSW the module "
            f"NanoAODOutputModule), or read its fields with reader root"
        )
        raise FileFormatError(msg)
    return tree


def find_layout(names: frozenset[str], options: NanoAODOptions, where: str) -> Layout:
    """Find out which of the known conventions a file follows.

    Parameters
    ----------
    names
        Branches of the tree.
    options
        Names that the user fixes.
    where
        The tree and its file, for messages.

    Raises
    ------
    FileFormatError
        Branches of jets, candidates or links are missing: which, and what there is instead.
    ConfigError
        Raw momenta are asked for and cannot be had.
    """
    jets = options.jets
    if not {f"{jets}_{name}" for name in FOUR_VECTOR} <= names:
        found = sorted(n.removesuffix("_eta") for n in names if n.endswith("_eta"))
        msg = (
            f"{where} has no jets '{jets}': expected {_listed(jets, FOUR_VECTOR)}; "
            f"{suggest(jets, found)}.{_scouting(names)} Set options.jets"
        )
        raise FileFormatError(msg)
    candidates, table, index = _linked(names, options)
    missing = [
        *(f"{candidates}_{v}" for v in (*FOUR_VECTOR, *options.candidate_branches.values())),
        f"{table}_{options.jet_index}",
        f"{table}_{index}",
    ]
    missing = [name for name in missing if name not in names]
    if missing:
        raise FileFormatError(_lacking(names, missing, options, where))
    if options.jet_momentum == "raw" and f"{jets}_rawFactor" not in names:
        msg = (
            f"{where} has no {jets}_rawFactor, from which the jets' raw momenta follow: set "
            f"options.jet_momentum: corrected"
        )
        raise ConfigError(msg)
    weight = f"{candidates}_{WEIGHT}"
    optional = {n: f"{jets}_{v}" for n, v in OPTIONAL.items() if f"{jets}_{v}" in names}
    if len(optional) < len(OPTIONAL):
        lacks = [name for name in OPTIONAL if name not in optional]
        log.warning("%s has no branches for %s: they are all NaN", where, ", ".join(lacks))
    return Layout(
        jets,
        candidates,
        f"{table}_{options.jet_index}",
        f"{table}_{index}",
        weight if options.puppi_weights and weight in names else None,
        optional,
    )


def _linked(names: frozenset[str], options: NanoAODOptions) -> tuple[str, str, str]:
    """Choose candidates, table and index: what is asked for, else what is there, else PFNano's."""
    candidates = options.candidates or _first([(c, f"{c}_pt") for c in CANDIDATES], names)
    tables = [(f"{options.jets}{c}", f"{options.jets}{c}_{options.jet_index}") for c in CANDIDATES]
    table = options.table or _first(tables, names)
    indices = [(index, f"{table}_{index}") for index in CANDIDATE_INDICES]
    return candidates, table, options.candidate_index or _first(indices, names)


def _first(choices: list[tuple[str, str]], names: frozenset[str]) -> str:
    return next((name for name, branch in choices if branch in names), choices[0][0])


def _lacking(names: frozenset[str], missing: list[str], options: NanoAODOptions, where: str) -> str:
    """Say which branches of candidates are missing, what was found, and what to do."""
    # nX and nX_y are counters.
    pattern = re.compile(r"(?!n[A-Z])([A-Za-z]\w*?)_")
    collections = {match.group(1) for match in map(pattern.match, names) if match}
    alike = sorted(c for c in collections if re.search(r"cand|constit", c, re.IGNORECASE))
    jets = sum(name.startswith(f"{options.jets}_") for name in names)
    return (
        f"{where} lacks {', '.join(missing)}; found {jets} branches of {options.jets} and "
        f"candidates or tables {alike or 'none'}.{_scouting(names)} Reader nanoaod expects "
        f"particle-flow candidates and their links to the jets, as PFNano ({options.jets}PFCands) "
        f"and NanoAODv15 ({options.jets}PFCand) have them: make the file with them, set "
        f"options.candidates, table, jet_index, candidate_index or candidate_branches if they are "
        f"called otherwise, or read the jets' own branches with reader root"
    )


def _scouting(names: frozenset[str]) -> str:
    if not any(name.startswith("Scouting") for name in names):
        return ""
    return (
        " This is a scouting file (Scouting... branches): its candidates are not linked to jets, "
        "so the jets must be clustered first and written with a table of links."
    )


def _listed(collection: str, variables: tuple[str, ...]) -> str:
    return ", ".join(f"{collection}_{name}" for name in variables)


def check_generated(names: frozenset[str], label: str, where: str) -> list[str]:
    """Name the branches of generated particles.

    Raises
    ------
    ConfigError
        The file has none, as recorded data.
    """
    needed = [f"{PARTICLES}_{name}" for name in GENERATED]
    missing = [name for name in needed if name not in names]
    if missing:
        msg = (
            f"options.labels.{label} looks for generated particles, but {where} lacks "
            f"{', '.join(missing)}: is it recorded data? Remove labels for such files, and give "
            f"simulated and recorded files samples of their own"
        )
        raise ConfigError(msg)
    return needed
