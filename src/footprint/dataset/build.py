"""Build a data set: select, transform, split, shuffle and normalise in bounded memory.

Three passes: events are read once and scattered over temporary files by split and random
order; the statistics are taken from the training split; the normalised rows are written in
order. The result does not depend on how the samples were cut into parts.
"""

import hashlib
import json
import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from footprint.config.datasets import SAMPLE, Dataset
from footprint.dataset.derive import derived, derived_shapes, derived_specs
from footprint.dataset.inputs import channel_names, check_shapes, stacked
from footprint.dataset.normalise import Moments, input_normalisation, target_normalisation
from footprint.dataset.scratch import Scratch
from footprint.dataset.select import (
    inspect_samples,
    passing,
    refuse_empty,
    shared_constants,
)
from footprint.dataset.split import order_keys, split_ids, split_numbers
from footprint.dataset.targets import target_values
from footprint.errors import DataError
from footprint.files import hdf5
from footprint.files.atomic import atomic
from footprint.files.datasets import (
    KIND,
    SPLITS,
    Normalisation,
    Split,
    open_dataset,
    write_normalisation,
)
from footprint.files.events import ID, Block, iterate
from footprint.files.hdf5 import Array, ArraySpec

log = logging.getLogger(__name__)

BUCKET_BYTES = 64_000_000
"""Rows that are sorted in memory at once; the peak is a few times this."""
BLOCK_BYTES = 8_000_000


@dataclass(frozen=True)
class Source:
    """What a data set is built from.

    Attributes
    ----------
    name, config
        Name and configuration of the data set.
    parts
        Event files of each sample, in order.
    specs
        Units and meanings of the arrays.
    counts
        Events of each sample.
    row_bytes
        Size of one event in memory: what is read of it and what is made of it.
    """

    name: str
    config: Dataset
    parts: Mapping[str, Sequence[Path]]
    specs: Mapping[str, ArraySpec]
    counts: Mapping[str, int]
    row_bytes: int

    @property
    def block(self) -> int:
        """Events to read at once."""
        return max(1, min(1000, BLOCK_BYTES // self.row_bytes))

    @property
    def slice(self) -> int:
        """Events to write at once: whole chunks, or each would be compressed several times."""
        return max(1, self.block // hdf5.CHUNK) * hdf5.CHUNK

    @property
    def buckets(self) -> int:
        """Temporary files to scatter the rows over."""
        return max(1, math.ceil(sum(self.counts.values()) * self.row_bytes / BUCKET_BYTES))


def build_dataset(
    output: Path,
    name: str,
    config: Dataset,
    parts: Mapping[str, Sequence[Path]],
    like: Path | None = None,
) -> None:
    """Build a data set.

    Parameters
    ----------
    output
        The data-set file.
    name, config
        Name and configuration of the data set.
    parts
        Event files of each sample, in order.
    like
        Another data set of the same configuration: all events become test events, normalised
        as there. Without it they are split, and normalised by their own training split.

    Raises
    ------
    ConfigError
        The samples lack an array, or arrays do not fit together.
    DataError
        Nothing passes the selection, a split or a class in it is empty, a target is NaN, an
        input constant.
    """
    source = _inspected(name, config, parts)
    folder = output.with_name(f".{output.stem}.scratch")
    with Scratch.folders(folder, SPLITS, source.buckets) as scratch:
        splits = dict(zip(SPLITS, scratch, strict=True))
        _scatter(source, splits, whole=like is not None)
        if like is None:
            _check_splits(source, splits)
            normalisations = _statistics(source, splits["train"])
        else:
            normalisations = _normalisations_of(like)
        with atomic(output) as partial, h5py.File(partial, "w") as file:
            hdf5.stamp(file, KIND, dataset=name, config=config.model_dump_json())
            file.attrs["split_rule"] = "SplitMix64 hash of event_id against the shares"
            file.attrs["counts"] = json.dumps(dict(source.counts))
            constants = shared_constants(name, parts)
            hdf5.write_constants(file, constants)
            write_normalisation(file, normalisations)
            digest = hashlib.blake2b(digest_size=16)
            for _, values in constants:
                digest.update(np.ascontiguousarray(values).tobytes())
            # The test split comes first, since it is never empty and empty ones are like it.
            for split, rows in sorted(splits.items()):
                if not rows.rows:
                    _write_empty(file.create_group(split), file["test"])
                    continue
                for piece in _write(file.create_group(split), source, rows, normalisations):
                    digest.update(piece)
                log.info("wrote %d events of split %s", rows.rows, split)
            file.attrs["digest"] = digest.hexdigest()


def _inspected(name: str, config: Dataset, parts: Mapping[str, Sequence[Path]]) -> Source:
    specs, shapes, counts = inspect_samples(name, config, parts)
    specs |= derived_specs(config)
    shapes |= derived_shapes(config, shapes)
    # Read arrays count in double precision, in which formulas are evaluated.
    size = 8 * sum(math.prod(shape) for shape in shapes.values())
    for label, entry in config.inputs.items():
        check_shapes(label, entry, shapes)
        channels = sum(1 + channel.mask for channel in entry.channels)
        size += 4 * channels * math.prod(shapes[entry.channels[0].array])
    return Source(name, config, parts, specs, counts, size)


def _normalisations_of(path: Path) -> dict[str, Normalisation]:
    with open_dataset(path) as dataset:
        return {name: dataset.normalisation(name) for name in dataset.file["normalisation"]}


def _scatter(source: Source, splits: Mapping[Split, Scratch], *, whole: bool) -> None:
    config, seen = source.config, 0
    for sample, paths in source.parts.items():
        for events in iterate(paths, config.arrays(), source.block):
            seen += len(events[ID])
            block = events | derived(config, events)
            keep = passing(config, block)
            rows = _rows(config, {key: v[keep] for key, v in block.items()}, sample)
            numbers = (
                np.full(keep.sum(), SPLITS.index("test"))
                if whole
                else split_numbers(split_ids(config.split, block)[keep], config.split)
            )
            keys = order_keys(rows[ID], config.split)
            for number, split in enumerate(SPLITS):
                chosen = numbers == number
                if chosen.any():
                    splits[split].add(keys[chosen], {k: v[chosen] for k, v in rows.items()})
        log.info("read %d events up to the end of sample '%s'", seen, sample)
    refuse_empty(source.name, config, seen, sum(rows.rows for rows in splits.values()))


def _rows(config: Dataset, block: Block, sample: str) -> dict[str, Array]:
    rows: dict[str, Array] = {ID: block[ID]}
    for name, entry in config.inputs.items():
        rows[f"inputs/{name}"] = stacked(name, entry, block)
    for name, target in config.targets.items():
        rows[f"targets/{name}"] = target_values(name, target, block, sample)
    for name in config.spectators:
        rows[f"spectators/{name}"] = block[name]
    return rows


def _check_splits(source: Source, splits: Mapping[Split, Scratch]) -> None:
    counts = {split: rows.rows for split, rows in splits.items()}
    empty = [split for split, rows in counts.items() if rows == 0]
    if empty:
        msg = (
            f"data set '{source.name}': no event in {', '.join(empty)} ({counts}): it needs more "
            f"events or other shares in split"
        )
        raise DataError(msg)
    for name, target in source.config.targets.items():
        classes = list(target.class_values())
        for split, rows in splits.items() if classes else ():
            found = np.zeros(len(classes), dtype=np.int64)
            for numbers in rows.column(f"targets/{name}"):
                found += np.bincount(numbers, minlength=len(classes))
            missing = [c for c, n in zip(classes, found, strict=True) if n == 0]
            if missing:
                msg = (
                    f"data set '{source.name}': no event of class {', '.join(missing)} of target "
                    f"'{name}' in split {split} ({dict(zip(classes, found.tolist(), strict=True))})"
                    f": it needs more events of that class, or the class must go"
                )
                raise DataError(msg)


def _statistics(source: Source, train: Scratch) -> dict[str, Normalisation]:
    found = {
        name: input_normalisation(
            name, entry, _moments(train.column(f"inputs/{name}"), source.block)
        )
        for name, entry in source.config.inputs.items()
    }
    for name, target in source.config.targets.items():
        if target.classes is None:
            column = train.column(f"targets/{name}")
            values = (np.log10(part) for part in column) if target.log else column
            found[name] = target_normalisation(name, _moments(values, source.block))
    return found


def _moments(parts: Iterable[Array], size: int) -> Moments:
    moments = Moments()
    for part in parts:
        for start in range(0, len(part), size):
            moments.add(part[start : start + size])
    return moments


def _write(
    group: h5py.Group,
    source: Source,
    rows: Scratch,
    normalisations: Mapping[str, Normalisation],
) -> Iterator[bytes]:
    """Write a split; give back the bytes of all it holds."""
    for kind in ("inputs", "targets", "spectators"):
        group.create_group(kind)
    start = 0
    for bucket in rows.sorted_buckets():
        for first in range(0, len(bucket[ID]), source.slice):
            piece = {name: values[first : first + source.slice] for name, values in bucket.items()}
            for name, values in piece.items():
                stored = hdf5.storable(_normalised(name, values, normalisations))
                if name not in group:
                    _create(group, source, name, rows.rows, stored)
                group[name][start : start + len(stored)] = stored
                yield np.ascontiguousarray(stored).tobytes()
            start += len(piece[ID])


def _write_empty(group: h5py.Group, like: h5py.Group) -> None:
    """Make a split without events that has the arrays of another."""
    for kind in ("inputs", "targets", "spectators"):
        group.create_group(kind)

    def copy(name: str, data: Any) -> None:
        if isinstance(data, h5py.Dataset):
            empty = group.create_dataset(name, shape=(0, *data.shape[1:]), dtype=data.dtype)
            empty.attrs.update(data.attrs)

    like.visititems(copy)


def _normalised(name: str, values: Array, normalisations: Mapping[str, Normalisation]) -> Array:
    if not name.startswith("inputs/"):
        return values
    normalised = normalisations[name.removeprefix("inputs/")].apply(values)
    return np.nan_to_num(normalised, nan=0.0).astype(np.float32)


def _create(group: h5py.Group, source: Source, name: str, rows: int, like: Array) -> None:
    data = group.create_dataset(
        name,
        shape=(rows, *like.shape[1:]),
        dtype=like.dtype,
        chunks=(min(hdf5.CHUNK, rows), *like.shape[1:]),
        **hdf5.STORAGE,
    )
    kind, _, label = name.rpartition("/")
    config = source.config
    if kind == "targets":
        target = config.targets[label]
        spec = source.specs.get(target.array, ArraySpec(SAMPLE, "", "sample of the event"))
        attributes: dict[str, Any] = {
            "kind": target.kind,
            "log": target.log,
            "relative": target.relative,
            "label": target.label or label,
        }
        if target.classes is not None:
            attributes["classes"] = json.dumps(list(target.classes))
            spec = ArraySpec(label, "", f"class number by {spec.name} ({spec.description})")
        data.attrs.update(attributes)
    elif kind == "inputs":
        names = channel_names(config.inputs[label])
        data.attrs["channels"] = json.dumps(names)
        spec = ArraySpec(label, "", f"normalised channels: {', '.join(names)}")
    else:
        spec = source.specs.get(label, ArraySpec(ID, "", "unique number"))
    hdf5.describe(data, spec)
