"""Which files a sample is read from, and what each is called, without opening any of them.

The workflow plans with this module, so it imports nothing that takes time.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from glob import glob, has_magic
from pathlib import Path
from urllib.parse import unquote

from footprint.config.addresses import is_remote, shown
from footprint.config.downloads import ReadSample
from footprint.config.images import ImageFiles
from footprint.errors import ConfigError, FileFormatError, suggest
from footprint.ingest.class_folders import class_folders
from footprint.seeds import name_hash

SHOWN = 10
"""Entries of a folder that an error message lists."""
LONGEST = 120
"""Characters of a part's name, so that it fits into a file's name with room to spare."""


@dataclass(frozen=True)
class Source:
    """One file of a sample.

    Attributes
    ----------
    path
        Path or remote address, as the reader needs it.
    key
        What the file is called within its sample, wherever it lies: its name, with as many of
        its folders as it takes to tell it from the others. Its events are numbered by it.
    part
        Name of the part of the sample that is made from it: a file name and a wildcard.
    beside
        Paths of further files that are read with it, such as the labels of images.
    origin
        The address that it is a copy of, without what may be a secret; "" of other files.
    """

    path: str
    key: str
    part: str
    beside: tuple[str, ...] = ()
    origin: str = ""

    @property
    def name(self) -> str:
        """What the file is called in what is kept with its events: its address, else its path."""
        return self.origin or self.path


def sources_of(sample: str, config: ReadSample) -> list[Source]:
    """List the files of a sample: those on disk, or those that will be fetched.

    A file keeps its key, and its events their numbers, wherever it comes from.

    Parameters
    ----------
    sample
        Name of the sample.
    config
        The sample's part of the study.

    Raises
    ------
    FileFormatError, ConfigError
        As `sources`, for files on disk.
    """
    if config.files:
        expand: Callable[[str, str], list[str]] = _expand
        if isinstance(config, ImageFiles) and config.options.set == "folder":
            expand = partial(class_folders, options=config.options)
        listed = sources(sample, config.files, expand)
        return _together(sample, config, [_copied(source, config) for source in listed])
    fetched = list(config.fetched(sample))
    keys = [Path(path).name for path in fetched]
    found = [Source(*three) for three in zip(fetched, keys, _parts(keys), strict=True)]
    return _together(sample, config, found)


def _copied(source: Source, config: ReadSample) -> Source:
    """Let the copy of an address be read in its place."""
    if not is_remote(source.path):
        return source
    origin = shown(source.path)
    if config.stream:
        return replace(source, origin=origin)
    return replace(source, path=config.copy_of(source.path), origin=origin)


def _together(sample: str, config: ReadSample, found: list[Source]) -> list[Source]:
    """Let files that are read together be one source."""
    beside = config.together(sample, [source.path for source in found])
    return [
        replace(source, beside=beside[source.path]) for source in found if source.path in beside
    ]


def sources(
    sample: str,
    files: Sequence[str],
    expand: Callable[[str, str], list[str]] | None = None,
) -> list[Source]:
    """List the files of a sample in the order of the configuration, globs sorted.

    A file that several entries match is listed once. Adding a file leaves the keys of the others
    as they are, unless it brings a second file of the same name: both then carry their folders.

    Parameters
    ----------
    sample
        Name of the sample, or ``apply.<application>``.
    files
        Paths, globs and remote addresses (``scheme://...``).
    expand
        Function of the sample's name and an entry that gives paths; without it, files.

    Raises
    ------
    FileFormatError
        A file is missing, or a glob matches none.
    ConfigError
        Files that cannot be told apart, or whose events would get the same numbers.
    """
    paths = list(
        {
            _identity(path): path for entry in files for path in (expand or _expand)(sample, entry)
        }.values()
    )
    keys = _keys(sample, paths)
    check_distinct(f"{sample}/{key}" for key in keys)
    return [
        Source(path, key, part) for path, key, part in zip(paths, keys, _parts(keys), strict=True)
    ]


def check_distinct(names: Iterable[str]) -> None:
    """Refuse sources whose event numbers would coincide.

    Parameters
    ----------
    names
        Sample names of what is simulated, ``<sample>/<key>`` of what is read.

    Raises
    ------
    ConfigError
        Two names have the same hash.
    """
    seen: dict[int, str] = {}
    for name in names:
        other = seen.setdefault(name_hash(name), name)
        if other != name:
            msg = (
                f"the sources '{other}' and '{name}' share a hash, so their events would get the "
                f"same event_id: rename one of the files or samples"
            )
            raise ConfigError(msg)


def _identity(path: str) -> str:
    return path if is_remote(path) else os.path.realpath(path)


def _key_of(sample: str) -> str:
    """Name the key of a study that lists the files of a sample, or of ``apply.<application>``."""
    return f"{sample}.files" if sample.startswith("apply.") else f"samples.{sample}.files"


def _expand(sample: str, entry: str) -> list[str]:
    """Turn an entry of ``files`` into paths that exist, or an address."""
    if is_remote(entry):
        if "*" in entry:
            msg = (
                f"{_key_of(sample)}: '{shown(entry)}' is a glob over remote files, which "
                f"HTTP cannot list: give each address in a line of its own"
            )
            raise ConfigError(msg)
        return [entry]
    path = Path(entry).expanduser()
    if path.is_file():
        return [str(path)]
    where = _key_of(sample)
    if path.is_dir():
        msg = (
            f"{where}: '{entry}' is a folder, expected files: write '{path / '*'}' and their ending"
        )
        raise FileFormatError(msg)
    if not has_magic(entry):
        msg = f"{where}: file not found: {entry} (looked in {Path.cwd()}); {_nearby(path)}"
        raise FileFormatError(msg)
    matches = glob(str(path), recursive=True)  # noqa: PTH207, patterns may be absolute
    found = sorted(name for name in matches if Path(name).is_file())
    if not found:
        msg = f"{where}: no file matches '{entry}' (looked in {Path.cwd()}); {_nearby(path)}"
        raise FileFormatError(msg)
    return found


def _nearby(path: Path) -> str:
    """Say what there is where a file or the matches of a glob were expected."""
    folder = path.parent
    while has_magic(str(folder)) or not folder.is_dir():
        if folder == folder.parent:
            return f"the folder {folder} does not exist"
        folder = folder.parent
    names = sorted(entry.name for entry in folder.iterdir())
    if not names:
        return f"the folder {folder} is empty"
    listed = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
    question = suggest(path.name, names).rpartition("known: ")[0]
    return f"{question}the folder {folder} holds {len(names)} entries: {listed}"


def _keys(sample: str, paths: Sequence[str]) -> list[str]:
    """Find the shortest trailing path of each file that no other file shares."""
    split = [_folders_and_name(path) for path in paths]
    same_name = defaultdict(list)
    for parts in split:
        same_name[parts[-1]].append(parts)
    return [_key(sample, parts, same_name[parts[-1]]) for parts in split]


def _folders_and_name(path: str) -> tuple[str, ...]:
    if is_remote(path):
        path = unquote(path.split("://", 1)[1].split("?", 1)[0])
    return tuple(part for part in path.split("/") if part not in {"", "."})


def _key(sample: str, parts: tuple[str, ...], rivals: Sequence[tuple[str, ...]]) -> str:
    for depth in range(1, len(parts) + 1):
        tail = parts[-depth:]
        if sum(rival[-depth:] == tail for rival in rivals) == 1:
            return "/".join(tail)
    count = rivals.count(parts)
    if count == 1:  # others end like the whole of this path
        return "/".join(parts)
    msg = (
        f"{_key_of(sample)}: {count} files are called '{'/'.join(parts)}' and cannot be told "
        f"apart: give each a name of its own"
    )
    raise ConfigError(msg)


def _parts(keys: Sequence[str]) -> list[str]:
    """Make names of files and wildcards out of keys; a hash tells apart what looks alike."""
    plain = [
        re.sub(r"[^A-Za-z0-9_.-]+", "_", re.sub(r"\.(root|npz|h5|hdf5)$", "", key)).lstrip(".-")
        for key in keys
    ]
    seen = Counter(name.lower() for name in plain)
    return [
        name
        if name and seen[name.lower()] == 1 and len(name) <= LONGEST
        else f"{name[:LONGEST] or 'file'}-{name_hash(key):08x}"
        for name, key in zip(plain, keys, strict=True)
    ]
