"""npz archives, in blocks of bounded memory: members by our names, conventions of public sets."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fnmatch import fnmatch
from math import prod
from pathlib import Path

import numpy as np

from footprint.config.npz import (
    DERIVED,
    OUTSIDE,
    STATIONS,
    TEST,
    TEST_SPLIT,
    NpzContents,
    NpzOptions,
    makes,
)
from footprint.config.npz_members import SPLIT, NpzArray, NpzConstant, NpzMember
from footprint.errors import DataError
from footprint.files.hdf5 import CHUNK, Array, ArraySpec
from footprint.ingest import derived, flags
from footprint.ingest.archive import Archive, opened
from footprint.ingest.blocks import EntryBlock, Reader
from footprint.ingest.jet_rows import jets_of_rows
from footprint.ingest.jets import SPECS as OF_JETS
from footprint.ingest.members import check_shape, converted
from footprint.ingest.npz_splits import Split, check_published, open_splits
from footprint.ingest.stations import check_times, positions

EVENTS_CHECKED = 1000
"""Whose arrival times are compared with the stations' positions."""
POSITION_SPECS = [
    ArraySpec(name, "m", f"{name[-1]} of each station from the array's centre") for name in STATIONS
]


def specs_of(options: NpzOptions) -> list[ArraySpec]:
    """Name, unit and meaning of the arrays of the events."""
    contents = options.contents
    given = {name: _spec(name, array) for name, array in contents.arrays.items()}
    known = {**derived.SPECS, **flags.SPECS, **given}
    if "jets" in contents.derive:
        known |= {name: OF_JETS[name] for name in makes("jets")}
    constants = {*contents.constants, *(STATIONS if contents.stations else ())}
    return [known[name] for name in options.kept if name not in constants]


def _spec(name: str, member: NpzMember) -> ArraySpec:
    return ArraySpec(name, member.units, member.description or f"member {member.member}")


def constants_of(path: str, options: NpzOptions) -> list[tuple[ArraySpec, Array]]:
    """Read or compute what is the same for all events."""
    with opened(path) as archive:
        found = _constants(archive, options.contents)
    return [(spec, values) for spec, values in found if spec.name in options.kept]


def _constants(archive: Archive, contents: NpzContents) -> list[tuple[ArraySpec, Array]]:
    found = [
        (_spec(name, constant), _constant(archive, contents, constant))
        for name, constant in contents.constants.items()
    ]
    if contents.stations:
        placed = positions(contents.stations.layout, contents.grid, contents.stations.spacing_m)
        found += [(spec, values) for spec, values in zip(POSITION_SPECS, placed, strict=True)]
    return found


def _constant(archive: Archive, contents: NpzContents, constant: NpzConstant) -> Array:
    """Read a constant; in every split it must be the same."""
    values: Array | None = None
    for name in _member_names(constant, contents.splits):
        label = f"member '{name}' of {archive.path}"
        rows = archive.rows(name)
        check_shape(rows.header.shape, constant, f"{label}, a constant,")
        own = converted(rows.all()[np.newaxis], constant, label)[0]
        rows.close()
        if values is not None and not np.array_equal(values, own, equal_nan=True):
            msg = f"{label} differs from that of another split, expected one constant for all"
            raise DataError(msg)
        values = own
    assert values is not None  # noqa: S101, a member has at least one name
    return values


def _member_names(member: NpzMember, splits: Sequence[str]) -> list[str]:
    if SPLIT not in member.member:
        return [member.member]
    return [member.member.replace(SPLIT, split) for split in splits]


def read_blocks(path: str, options: NpzOptions) -> Iterator[EntryBlock]:
    """Read one npz archive.

    Names, types, shapes and lengths are checked before any values are read.

    Parameters
    ----------
    path
        The file.
    options
        Which members to read, and what they mean.

    Yields
    ------
    EntryBlock
        In the order of the file, split after split; an archive without events gives one empty
        block.

    Raises
    ------
    FileFormatError
        The file is missing, truncated, corrupt, no archive, or holds Python objects.
    ConfigError
        Members do not have the expected shape.
    DataError
        Lengths do not agree, or values that an event file must not hold.
    """
    contents = options.contents
    wanted = _needed(contents, options)
    with opened(path) as archive, ExitStack() as stack:
        splits = open_splits(archive, contents, wanted, stack)
        total = sum(split.count for split in splits)
        check_published(path, contents, total)
        stations = _stations(archive, contents)
        outside = flags.Outside(contents.ranges)
        last = range(total - contents.test_events, total)
        chosen = [s for s in splits if s.name in (options.read_splits or contents.splits or [""])]
        for split, first, count in _cuts(chosen, _step(wanted, splits, options.memory_MB)):
            arrays = split.read(path, wanted, first, count)
            for name in contents.derive:
                if set(DERIVED[name]) <= set(arrays):
                    arrays |= _computed(name, arrays, options, first, path)
            if first == split.first:
                _check_positions(path, contents, arrays, stations)
            arrays[OUTSIDE] = outside.mark(arrays, count)
            published = _published_split(split, path, contents)
            arrays[TEST] = flags.published_test(published, first, count, last)
            kept = {name: arrays[name] for name in options.kept if name in arrays}
            yield EntryBlock(first, np.ones(count, dtype=np.bool_), kept)
        outside.warn(path)


def _computed(
    name: str, arrays: dict[str, Array], options: NpzOptions, first: int, path: str
) -> dict[str, Array]:
    """Compute one quantity: an array, or all arrays of jets."""
    if name != "jets":
        return {name: derived.derive(name, arrays)}
    px, py, pz, energy = (arrays[source] for source in DERIVED[name])
    most = options.most_constituents
    return jets_of_rows((px, py, pz, energy), most=most, first=first, what=path)


def _published_split(split: Split, path: str, contents: NpzContents) -> str:
    """Name the published split of events: by their member, or by the name of the file."""
    if contents.test_files and fnmatch(Path(path).name, contents.test_files):
        return TEST_SPLIT
    return split.name


def _cuts(splits: Sequence[Split], step: int) -> Iterator[tuple[Split, int, int]]:
    """List the blocks: split, first event in the file, number of events; one at the least."""
    for split in splits:
        for start in range(0, split.count, step):
            yield split, split.first + start, min(step, split.count - start)
    if not any(split.count for split in splits):
        yield splits[0], splits[0].first, 0


def _needed(contents: NpzContents, options: NpzOptions) -> dict[str, NpzArray]:
    """Find the arrays that must be read for those that are kept."""
    names = {*options.kept, *contents.ranges}
    for name in reversed(contents.derive):
        if names & {*makes(name)}:
            names |= {*DERIVED[name]}
    return {name: array for name, array in contents.arrays.items() if name in names}


def _step(wanted: dict[str, NpzArray], splits: Sequence[Split], memory: float) -> int:
    """Events a block: whole chunks of the event file that fit into memory, one at the least."""
    raw = sum(member.header.row_bytes for member in splits[0].rows.values())
    ours = sum(prod(array.shape) for array in wanted.values())
    # Besides the file's values: ours in double and single precision, and masks.
    each = raw + 16 * ours
    return max(1, int(memory * 1e6 / each) // CHUNK) * CHUNK


def _stations(archive: Archive, contents: NpzContents) -> Array | None:
    """Find the stations' positions, shape (3, ...) in m, where they are known."""
    found = {spec.name: values for spec, values in _constants(archive, contents)}
    if not set(STATIONS) <= set(found):
        return None
    return np.stack([found[name] for name in STATIONS])


def _check_positions(
    path: str, contents: NpzContents, arrays: dict[str, Array], stations: Array | None
) -> None:
    """Compare arrival times with the stations' positions where all is there that it takes."""
    if stations is None or not {"axis", "arrival_time"} <= set(arrays):
        return
    times = arrays["arrival_time"][:EVENTS_CHECKED]
    if stations.shape[1:] == times.shape[1:]:
        check_times(stations, arrays["axis"][:EVENTS_CHECKED], times, contents.stations, path)


NPZ = Reader(specs_of, read_blocks, constants_of)
