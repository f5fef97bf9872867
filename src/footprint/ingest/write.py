"""From one file of a sample to one event file."""

import logging
import time
from pathlib import Path

import numpy as np

from footprint.config.images import ImageFiles
from footprint.config.jet_files import JetClassFiles
from footprint.config.nanoaod import NanoAODFiles
from footprint.config.npz import NpzFiles
from footprint.config.samples import Files
from footprint.config.toptagging import TopTaggingFiles
from footprint.files.events import ID, EventWriter
from footprint.ingest.blocks import Reader
from footprint.ingest.sources import Source
from footprint.seeds import event_ids

SECONDS_BETWEEN_LINES = 5.0
"""Progress is logged no more often."""

log = logging.getLogger(__name__)


def ingest(source: Source, sample: str, config: Files, seed: int, output: Path) -> None:
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
        As the reader's `read_blocks`.
    """
    reader = reader_of(config)
    start = shown = time.monotonic()
    read = written = 0
    with EventWriter(
        output,
        reader.specs(config.options),
        sample=sample,
        config=config.model_dump_json(),
        seed=seed,
        constants=reader.constants(source.path, config.options),
    ) as writer:
        for block in reader.blocks(source.path, config.options):
            ids = event_ids(f"{sample}/{source.key}", block.first, len(block.kept))[block.kept]
            writer.append({ID: ids, **block.arrays})
            read += len(block.kept)
            written += int(np.count_nonzero(block.kept))
            if time.monotonic() - shown > SECONDS_BETWEEN_LINES:
                shown = time.monotonic()
                log.info("%s: %s", source.key, _progress(read, written, shown - start))
    log.info("%s: %s, done", source.key, _progress(read, written, time.monotonic() - start))
    if not written:
        cuts = [getattr(config.options, key, None) for key in ("event_cut", "cut")]
        cuts += ["labels"] if getattr(config.options, "labels", None) else []
        passed = " and ".join(cut for cut in cuts if cut)
        log.warning("%s: no entry passes the cut (%s)", source.key, passed or "none")


def reader_of(config: Files) -> Reader:
    """Find the reader of a sample; only what it needs is imported."""
    if isinstance(config, NpzFiles):
        from footprint.ingest.npz import NPZ

        return NPZ
    if isinstance(config, TopTaggingFiles):
        from footprint.ingest.toptagging import TOP_TAGGING

        return TOP_TAGGING
    if isinstance(config, NanoAODFiles):
        from footprint.ingest.nanoaod import NANOAOD

        return NANOAOD
    if isinstance(config, ImageFiles):
        from footprint.ingest.images import IMAGES

        return IMAGES
    if isinstance(config, JetClassFiles):
        from footprint.ingest.jetclass import JETCLASS

        return JETCLASS
    from footprint.ingest.root import ROOT

    return ROOT


def _progress(read: int, written: int, seconds: float) -> str:
    rate = read / max(seconds, 1e-3)
    return f"{read:,} entries read, {written:,} events written ({rate:,.0f} entries/s)"
