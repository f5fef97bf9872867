"""Write a data set: normalise the scattered rows and store them in their random order."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from footprint.config.datasets import SAMPLE
from footprint.dataset.inputs import array_units, channel_names, channel_units
from footprint.dataset.scratch import Scratch
from footprint.dataset.select import shared_constants
from footprint.dataset.source import Source
from footprint.dataset.weights import weights_of
from footprint.files import hdf5
from footprint.files.datasets import KIND, Normalisation, Split, write_normalisation
from footprint.files.domain import Range, write_domain
from footprint.files.events import ID
from footprint.files.hdf5 import WEIGHT, Array, ArraySpec
from footprint.files.weighting import Weighting, write_weighting

log = logging.getLogger(__name__)


def write_dataset(
    output: Path,
    source: Source,
    splits: Mapping[Split, Scratch],
    normalisations: Mapping[str, Normalisation],
    weighting: Weighting | None,
    *,
    ranges: Mapping[str, Range],
    cut_flow: Sequence[Mapping[str, Any]],
) -> None:
    """Write a data set under its final name, whole or not at all.

    Parameters
    ----------
    output
        The data-set file.
    source
        What it is built from.
    splits
        The rows of each split, not yet normalised; there are some in ``test``.
    normalisations
        Shift and scale of the inputs and targets.
    weighting
        What the weights of the events follow from; None where all count alike.
    ranges
        Of the arrays in the training split; empty where the normalisation is another data set's.
    cut_flow
        Events of each sample that each cut of the selection leaves.

    Raises
    ------
    ConfigError
        The samples' constants differ.
    """
    with hdf5.written(output) as (file, sink):
        hdf5.stamp(file, KIND, dataset=source.name, config=source.config.model_dump_json())
        file.attrs["split_rule"] = "SplitMix64 hash of event_id against the shares"
        file.attrs["counts"] = json.dumps(dict(source.counts))
        file.attrs["cut_flow"] = json.dumps(list(cut_flow))
        constants = shared_constants(source.name, source.parts)
        hdf5.write_constants(file, constants)
        write_normalisation(file, normalisations)
        if ranges:
            write_domain(file, ranges, source.specs)
        if weighting is not None:
            write_weighting(file, weighting)
        digest = hashlib.blake2b(digest_size=16)
        for _, values in constants:
            digest.update(np.ascontiguousarray(values).tobytes())
        # The test split comes first, since it is never empty and empty ones are like it.
        for split, rows in sorted(splits.items()):
            if not rows.rows:
                _write_empty(file.create_group(split), file["test"])
                continue
            group = file.create_group(split)
            for piece in _write_split(group, source, rows, normalisations, weighting):
                digest.update(piece)
                sink.check()
            log.info("wrote %d events of split %s", rows.rows, split)
        file.attrs["digest"] = digest.hexdigest()


def _write_split(
    group: h5py.Group,
    source: Source,
    rows: Scratch,
    normalisations: Mapping[str, Normalisation],
    weighting: Weighting | None,
) -> Iterator[bytes]:
    """Write a split; give back the bytes of all it holds."""
    for kind in ("inputs", "targets", "spectators"):
        group.create_group(kind)
    start, train = 0, str(group.name) == "/train"
    for piece in rows.sorted_slices(source.slice):
        if weighting is not None:
            piece[WEIGHT] = weights_of(weighting, piece, repeated=train)
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
        units = channel_units(config.inputs[label], source.specs)
        data.attrs["channel_units"] = json.dumps(units)
        data.attrs["array_units"] = json.dumps(array_units(config.inputs[label], source.specs))
        spec = ArraySpec(label, "", f"normalised channels: {', '.join(names)}")
    elif name == WEIGHT:
        spec = ArraySpec(WEIGHT, "", "how much the event counts; mean 1 in training")
    else:
        spec = source.specs.get(label, ArraySpec(ID, "", "unique number"))
    hdf5.describe(data, spec)
