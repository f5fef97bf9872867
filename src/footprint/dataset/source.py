"""What a data set is built from, and how much of it fits into memory at once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from footprint.config.datasets import Dataset
from footprint.dataset.derive import derived_shapes, derived_specs
from footprint.dataset.inputs import check_shapes, check_units
from footprint.dataset.select import inspect_samples
from footprint.files import hdf5
from footprint.files.hdf5 import ArraySpec

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
    kept_bytes
        Size of what goes on to the data set.
    """

    name: str
    config: Dataset
    parts: Mapping[str, Sequence[Path]]
    specs: Mapping[str, ArraySpec]
    counts: Mapping[str, int]
    row_bytes: int
    kept_bytes: int

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
        return max(1, math.ceil(sum(self.counts.values()) * self.kept_bytes / BUCKET_BYTES))


def inspected(name: str, config: Dataset, parts: Mapping[str, Sequence[Path]]) -> Source:
    """Check that the samples have what the data set needs, and measure its events.

    Parameters
    ----------
    name, config
        Name and configuration of the data set.
    parts
        Event files of each sample, in order.

    Raises
    ------
    ConfigError
        The samples lack an array, or arrays do not fit together.
    DataError
        No sample holds an event.
    """
    specs, shapes, counts = inspect_samples(name, config, parts)
    specs |= derived_specs(config)
    shapes |= derived_shapes(config, shapes)
    # Read arrays count in double precision, in which formulas are evaluated.
    read = 8 * sum(math.prod(shape) for shape in shapes.values())
    single = [*config.spectators, *(target.array for target in config.targets.values())]
    kept = 8 * sum(math.prod(shapes.get(name, ())) for name in single)
    for label, entry in config.inputs.items():
        check_shapes(label, entry, shapes)
        check_units(label, entry, specs)
        channels = sum(1 + channel.mask for channel in entry.channels)
        kept += 4 * channels * math.prod(shapes[entry.channels[0].array])
    return Source(name, config, parts, specs, counts, read + kept, max(1, kept))
