"""Apply an exported network to a new file, in bounded memory."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from footprint.application.columns import Columns, Layout, filled
from footprint.application.friend import FriendTree
from footprint.application.hdf5_answers import AnswerFile
from footprint.application.network import Network
from footprint.application.reading import NewFile, check_shapes
from footprint.dataset.derive import derived
from footprint.dataset.select import passing
from footprint.errors import ConfigError
from footprint.files.events import Block
from footprint.files.provenance import git_commit

ROOT, HDF5 = ".root", ".h5"

log = logging.getLogger(__name__)


def apply(output: Path, name: str, network: Network, file: NewFile) -> None:
    """Write what a network says of the rows of a file, aligned with its entries.

    Parameters
    ----------
    output
        A ROOT file (.root) with a friend tree, or HDF5 (.h5).
    name
        Of the application, the tree, and with which all branches begin.
    network, file
        What is applied to what; rows that the data set's selection leaves out have no answer.

    Raises
    ------
    ConfigError
        The name of the output ends otherwise, or the file has several rows an entry and is to be
        written as HDF5.
    FileFormatError, DataError
        The file does not fit the network.
    """
    layout = Layout(name, network.said)
    about = _about(layout, network, file)
    seen = answered = beyond = 0
    with _writer(output, layout, about, file) as writer:
        for columns in _columns(layout, network, file):
            writer.append(columns)
            seen += len(columns[layout.selected])
            answered += int(np.count_nonzero(columns[layout.selected]))
            beyond += int(np.count_nonzero(columns[layout.outside]))
    log.info(
        "%s: %d rows, %d with an answer, of these %d outside the training domain",
        *(file.key, seen, answered, beyond),
    )


def _writer(output: Path, layout: Layout, about: dict[str, Any], file: NewFile) -> Any:
    if output.suffix == ROOT:
        return FriendTree(output, layout, about, file.counts)
    if output.suffix != HDF5:
        msg = f"{output}: expected a name that ends in {ROOT} or {HDF5}"
        raise ConfigError(msg)
    if file.counts is not None:
        msg = f"{file.path} has a varying number of rows an event: write {ROOT}, not {HDF5}"
        raise ConfigError(msg)
    return AnswerFile(output, layout, about)


def _columns(layout: Layout, network: Network, file: NewFile) -> Iterator[Columns]:
    """Make the columns of all rows, block by block."""
    config = network.said.dataset
    for block in file.numbered(layout.name):
        rows, arrays = block.kept.copy(), dict(block.arrays)
        if rows.any():
            arrays |= derived(config, arrays)
            passed = passing(config, arrays)
            rows[block.kept] = passed
            arrays = _chosen(arrays, passed)
            check_shapes(file.path, network.said, arrays)
        yield filled(layout, network, arrays, rows)


def _chosen(arrays: Block, rows: Any) -> Block:
    return {name: values[rows] for name, values in arrays.items()}


def _about(layout: Layout, network: Network, file: NewFile) -> dict[str, Any]:
    """Say what was applied to what, and what the columns are."""
    said = network.said
    return {
        "application": layout.name,
        "experiment": said.experiment_name,
        "seed": said.seed,
        "network_sha256": network.sha256,
        "file": Path(file.key).name,
        "commit": git_commit(),
        "branches": {
            name: {"units": spec.units, "description": spec.description}
            for name, spec in layout.specs().items()
        },
    }
