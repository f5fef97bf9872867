"""From one file of a sample to one event file."""

import logging
import re
import time
from pathlib import Path

import numpy as np

from footprint.config.samples import RootFiles, RootOptions
from footprint.files.events import ID, EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.ingest.root import read_blocks
from footprint.ingest.sources import Source
from footprint.seeds import event_ids

SECONDS_BETWEEN_LINES = 5.0
"""Progress is logged no more often."""

log = logging.getLogger(__name__)


def ingest(source: Source, sample: str, config: RootFiles, seed: int, output: Path) -> None:
    """Write the events of one file of a sample.

    An event's number is made of the sample's name, the file's key and the entry's index in the
    file, so another cut or another file beside it leaves it as it is.

    Parameters
    ----------
    source
        The file.
    sample
        Name of the sample.
    config
        The sample's part of the study.
    seed
        The study's seed, kept as an attribute.
    output
        The event file. A selection without events gives a file without events.

    Raises
    ------
    FileFormatError, ConfigError, DataError
        As `read_blocks`.
    """
    start = shown = time.monotonic()
    read = written = 0
    with EventWriter(
        output,
        specs_of(config.options),
        sample=sample,
        config=config.model_dump_json(),
        seed=seed,
    ) as writer:
        for block in read_blocks(source.path, config.options):
            ids = event_ids(f"{sample}/{source.key}", block.first, len(block.kept))[block.kept]
            writer.append({ID: ids, **block.arrays})
            read += len(block.kept)
            written += int(np.count_nonzero(block.kept))
            if time.monotonic() - shown > SECONDS_BETWEEN_LINES:
                shown = time.monotonic()
                log.info("%s: %s", source.key, _progress(read, written, shown - start))
    log.info("%s: %s, done", source.key, _progress(read, written, time.monotonic() - start))
    if not written:
        log.warning("%s: no entry passes the cut (%s)", source.key, config.options.cut or "none")


def specs_of(options: RootOptions) -> list[ArraySpec]:
    """Name, unit and meaning of the arrays that are read."""
    return [
        ArraySpec(name, options.units.get(name, ""), options.descriptions.get(name, _default(text)))
        for name, text in options.branches.items()
    ]


def _default(formula: str) -> str:
    is_name = re.fullmatch(r"[A-Za-z_][\w./]*", formula)
    return f"{'branch' if is_name else 'formula'} {formula}"


def _progress(read: int, written: int, seconds: float) -> str:
    rate = read / max(seconds, 1e-3)
    return f"{read:,} entries read, {written:,} events written ({rate:,.0f} entries/s)"
