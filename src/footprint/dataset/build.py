"""Build a data set: select, transform, split, shuffle and normalise in bounded memory.

Three passes: events are read once and scattered over temporary files by split and random
order; the statistics and weights are taken from the training split; the normalised rows are
written in order. The result does not depend on how the samples were cut into parts.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from footprint.config.datasets import Dataset
from footprint.config.parameter_sets import EventChange
from footprint.dataset.constituents import changed, sources
from footprint.dataset.cut_flow import CutFlow
from footprint.dataset.derive import derived
from footprint.dataset.domain import DomainSketch
from footprint.dataset.inputs import stacked
from footprint.dataset.normalise import Moments, input_normalisation, target_normalisation
from footprint.dataset.repeat import repeated
from footprint.dataset.scratch import Scratch
from footprint.dataset.select import passing, refuse_empty
from footprint.dataset.source import Source, inspected
from footprint.dataset.split import order_keys, splits_of
from footprint.dataset.targets import target_values
from footprint.dataset.weights import brought_weights, weighting_of
from footprint.dataset.whiten import whitened
from footprint.dataset.write import write_dataset
from footprint.errors import DataError
from footprint.files.atomic import temporary
from footprint.files.datasets import SPLITS, Normalisation, Split, open_dataset
from footprint.files.events import ID, Block, iterate
from footprint.files.hdf5 import Array
from footprint.files.storage import reported
from footprint.files.weighting import Weighting

Division = Literal["split", "whole", "test"]
"""Events are split; all become test events; or those of the test split alone are kept."""

log = logging.getLogger(__name__)


def build_dataset(
    output: Path,
    name: str,
    config: Dataset,
    parts: Mapping[str, Sequence[Path]],
    like: Path | None = None,
    *,
    only_test: bool = False,
    changes: Mapping[str, EventChange] | None = None,
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
        and, where the configuration has weights, weighted as there. Without it they are split,
        and normalised and weighted by their own training split.
    only_test
        With ``like``: the events are those that it was built from, so only those of its test
        split are kept.
    changes
        What is done to the events' constituents, by sample.

    Raises
    ------
    ConfigError
        The samples lack an array, or arrays do not fit together.
    DataError
        Nothing passes the selection, a split or a class in it is empty, a target is NaN, an
        input constant, weights are none or the spectra to flatten do not overlap.
    """
    source = inspected(name, config, parts)
    folder = temporary(output.with_suffix(".scratch"))
    with reported(output), Scratch.folders(folder, SPLITS, source.buckets) as scratch:
        splits = dict(zip(SPLITS, scratch, strict=True))
        division: Division = "split" if like is None else "test" if only_test else "whole"
        domain = DomainSketch(_input_arrays(config)) if like is None else None
        flow = _scatter(source, splits, division, changes or {}, domain)
        if like is None:
            _check_splits(source, splits)
            weighting, splits["train"] = _weighted(source, splits["train"], folder / "repeated")
        # Products of matrices on several threads are not the same to the last digit.
        with threadpool_limits(1):
            if like is None:
                normalisations = _statistics(source, splits["train"])
            else:
                normalisations, weighting = _statistics_of(like, config)
            write_dataset(
                output,
                source,
                splits,
                normalisations,
                weighting,
                ranges=domain.ranges() if domain else {},
                cut_flow=flow.rows(),
            )


def _weighted(source: Source, train: Scratch, copies: Path) -> tuple[Weighting | None, Scratch]:
    """Find the weights of training events, and repeat these where that flattens a spectrum."""
    weighting = weighting_of(source, train)
    flattening = weighting.flattening if weighting else None
    if flattening is not None and flattening.resampled:
        train = repeated(copies, train, flattening, source.config.split)
    return weighting, train


def _statistics_of(
    path: Path, config: Dataset
) -> tuple[dict[str, Normalisation], Weighting | None]:
    """Read normalisation and weights of another data set, these where they are asked for."""
    with open_dataset(path) as dataset:
        found = {name: dataset.normalisation(name) for name in dataset.file["normalisation"]}
        return found, dataset.weighting if config.weights is not None else None


def _scatter(
    source: Source,
    splits: Mapping[Split, Scratch],
    division: Division,
    changes: Mapping[str, EventChange],
    domain: DomainSketch | None,
) -> CutFlow:
    config, seen, flow = source.config, 0, CutFlow(source.config.selection)
    for sample, paths in source.parts.items():
        change = changes.get(sample)
        arrays = [*config.arrays(), *(sources(config.arrays()) if change else ())]
        for found in iterate(paths, arrays, source.block):
            events = changed(change, found) if change else found
            seen += len(events[ID])
            block = events | derived(config, events)
            keep = passing(config, block)
            flow.add(sample, block, keep)
            kept = {key: v[keep] for key, v in block.items()}
            rows = _rows(config, kept, sample)
            numbers = (
                np.full(keep.sum(), SPLITS.index("test"))
                if division == "whole"
                else splits_of(config.split, _deciding(config, block, keep), sample)
            )
            keys = order_keys(rows[ID], config.split)
            if domain is not None:
                domain.add(keys, kept, numbers == SPLITS.index("train"))
            for number, split in enumerate(SPLITS):
                chosen = numbers == number
                if chosen.any() and (split == "test" or division == "split"):
                    splits[split].add(keys[chosen], {k: v[chosen] for k, v in rows.items()})
        log.info("read %d events up to the end of sample '%s'", seen, sample)
    refuse_empty(source.name, config, seen, sum(rows.rows for rows in splits.values()))
    return flow


def _input_arrays(config: Dataset) -> list[str]:
    """Name the arrays that inputs are made of, each once."""
    channels = (channel for entry in config.inputs.values() for channel in entry.channels)
    return list(dict.fromkeys(array for channel in channels for array in channel.arrays()))


def _deciding(config: Dataset, block: Block, keep: NDArray[np.bool_]) -> Block:
    """Pick the arrays that decide the split, for the events that are kept."""
    return {name: block[name][keep] for name in (ID, *config.split_arrays())}


def _rows(config: Dataset, block: Block, sample: str) -> dict[str, Array]:
    rows: dict[str, Array] = {ID: block[ID]}
    for name, entry in config.inputs.items():
        rows[f"inputs/{name}"] = stacked(name, entry, block)
    for name, target in config.targets.items():
        rows[f"targets/{name}"] = target_values(name, target, block, sample)
    for name in config.spectators:
        rows[f"spectators/{name}"] = block[name]
    return rows | brought_weights(config, block)


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
    found: dict[str, Normalisation] = {}
    for name, entry in source.config.inputs.items():
        moments = _moments(train.column(f"inputs/{name}"), source.block)
        found[name] = input_normalisation(name, entry, moments)
        if entry.whiten is not None:
            column = _blocks(train.column(f"inputs/{name}"), source.block)
            found[name] = whitened(name, entry, found[name], moments, column)
    for name, target in source.config.targets.items():
        if target.classes is None:
            column = train.column(f"targets/{name}")
            values = (np.log10(part) for part in column) if target.log else column
            found[name] = target_normalisation(name, _moments(values, source.block))
    return found


def _moments(parts: Iterable[Array], size: int) -> Moments:
    moments = Moments()
    for block in _blocks(parts, size):
        moments.add(block)
    return moments


def _blocks(parts: Iterable[Array], size: int) -> Iterator[Array]:
    for part in parts:
        for start in range(0, len(part), size):
            yield part[start : start + size]
