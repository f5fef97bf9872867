"""Opening the TTree or RNTuple of a ROOT file, or saying what is wrong with the file."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import uproot

from footprint.config.addresses import is_remote, shown
from footprint.errors import ConfigError, FileFormatError, FootprintError, suggest
from footprint.ingest.in_place import opening

SHOWN = 20
"""Names that an error message lists."""
TREES = (uproot.behaviors.TTree.TTree, uproot.behaviors.RNTuple.RNTuple)

HEADER_BYTES = 20
"""Of a ROOT file's header, up to the position of its end."""
LARGE_FILE_VERSION = 1_000_000
"""From this version on, positions in the header have 64 bits."""


@contextmanager
def opened(path: str, name: str) -> Iterator[Any]:
    """Open one tree of a ROOT file.

    Parameters
    ----------
    path
        Path, or an address that uproot understands.
    name
        Name of the TTree or RNTuple, with its folders within the file.

    Raises
    ------
    FileFormatError
        The file is missing, truncated, corrupt or not ROOT.
    ConfigError
        No such tree, or something else of that name.
    """
    with open_file(path) as file:
        yield find_tree(file, path, name)


@contextmanager
def open_file(path: str) -> Iterator[Any]:
    """Open a ROOT file whose trees are still to be found.

    Raises
    ------
    FileFormatError
        The file is missing, truncated, corrupt or not ROOT.
    """
    if not is_remote(path):
        check_header(Path(path))
    with reading(path, "the list of contents"):
        there, options = opening(path)
        # In a mapping the path is taken literally: no globs, no `file:tree`. All is read once, so
        # keeping arrays would only cost memory.
        file = uproot.open({there: None}, array_cache=None, **options)
    with file:
        yield file


def contents(file: Any, path: str) -> dict[str, str]:
    """List what a file holds: ROOT's class by name."""
    with reading(path, "the list of contents"):
        return {key.partition(";")[0]: kind for key, kind in file.classnames().items()}


def check_header(path: Path) -> None:
    """Compare the first bytes of a file with ROOT's, and its length with the one written there.

    Raises
    ------
    FileFormatError
        Missing, empty, not ROOT, or shorter than its header says.
    """
    if not path.is_file():
        msg = f"file not found: {path} (expected a ROOT file)"
        raise FileFormatError(msg)
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(HEADER_BYTES)
    if not start.startswith(b"root"):
        found = f"it starts with {start[:8]!r}" if start else "it is empty"
        msg = f"{path} is not a ROOT file: {found}, expected b'root'"
        raise FileFormatError(msg)
    # Bytes 4-8 hold the version, from a million on with 64-bit positions; then begin and end.
    end = 0
    if len(start) == HEADER_BYTES:
        large = int.from_bytes(start[4:8], "big") >= LARGE_FILE_VERSION
        end = int.from_bytes(start[12:20] if large else start[12:16], "big")
    if size < max(end, HEADER_BYTES):
        msg = (
            f"{path} is truncated: it has {size} bytes, its header says {end or 'more'}. "
            f"Copy or download it again"
        )
        raise FileFormatError(msg)


@contextmanager
def reading(path: str, what: str) -> Iterator[None]:
    """Turn whatever uproot raises at a faulty file into one message.

    Raises
    ------
    FileFormatError
        With the file, what was being read, and the original message.
    """
    try:
        yield
    except FootprintError:
        raise
    except Exception as error:
        # What follows a question mark may be a signature.
        plain = re.sub(r"\?\S*", "", str(error)) if is_remote(path) else str(error)
        said = " ".join(plain.partition("\n\nFiles may be")[0].split())[:300]
        msg = f"cannot read {what} of {shown(path)}: {type(error).__name__}: {said}. " + (
            "Check the address and the network, or leave out 'stream' to read a copy"
            if is_remote(path)
            else "The file is truncated, corrupt or of a type that uproot cannot read; "
            "copy or download it again"
        )
        raise FileFormatError(msg) from error


def find_tree(file: Any, path: str, name: str) -> Any:
    """Fetch a tree, or say which there are.

    Raises
    ------
    ConfigError
        No such tree, or something else of that name.
    """
    kinds = contents(file, path)
    plain = name.partition(";")[0].strip("/")
    if plain not in kinds:
        msg = f"{path} has no tree '{name}'; {suggest(plain, _trees(kinds))}: set options.tree"
        raise ConfigError(msg)
    with reading(path, f"'{name}'"):
        tree = file[name]
    if not isinstance(tree, TREES):
        msg = (
            f"'{name}' of {path} is a {kinds[plain]}, expected a TTree or RNTuple; "
            f"{suggest(plain, _trees(kinds))}: set options.tree"
        )
        raise ConfigError(msg)
    return tree


def _trees(kinds: dict[str, str]) -> list[str]:
    return [key for key, kind in kinds.items() if re.search("tree|ntuple", kind, re.IGNORECASE)]


def branch_names(tree: Any) -> frozenset[str]:
    """List all names by which the branches or fields of a tree may be called."""
    names = set(tree.keys())
    if isinstance(tree, uproot.behaviors.TTree.TTree):
        names |= set(tree.keys(full_paths=False))
    return frozenset(names)


def nearest(name: str, known: frozenset[str]) -> str:
    """Word a hint towards the nearest of many names."""
    if len(known) <= SHOWN:
        return suggest(name, known)
    lowered: dict[str, str] = {entry.lower(): entry for entry in sorted(known)}
    near = get_close_matches(name.lower(), lowered, n=SHOWN, cutoff=0.0)
    return f"{suggest(name, [lowered[n] for n in near])} (the nearest of {len(known)})"
