import os
from pathlib import Path

import numpy as np
import pytest

from footprint.config.npz import NpzOptions
from footprint.config.samples import RootOptions
from footprint.ingest.npz import constants_of
from footprint.ingest.npz import read_blocks as npz_blocks
from footprint.ingest.root import read_blocks

DATA = Path(os.environ.get("FOOTPRINT_DATA", Path(__file__).parents[2] / "../shared/data"))


def _real(name):
    path = (DATA / "root" / name).resolve()
    if not path.is_file():
        pytest.skip(f"{path} is missing: set FOOTPRINT_DATA to the folder of real test files")
    return path


@pytest.fixture(scope="session")
def zmumu():
    """2,304 muon pairs in a flat TTree."""
    return _real("uproot-Zmumu.root")


@pytest.fixture(scope="session")
def hzz():
    """2,421 events with jagged muons in a TTree."""
    return _real("uproot-HZZ.root")


@pytest.fixture(scope="session")
def delphes():
    """10 events in a TTree with branches within branches."""
    return _real("events_delphes_example.root")


@pytest.fixture(scope="session")
def real():
    """Find a real ROOT file by its name, or skip."""
    return _real


@pytest.fixture
def blocks():
    """Read all blocks of a file with options given as keywords."""

    def read(path, **options):
        return list(read_blocks(str(path), RootOptions(**options)))

    return read


@pytest.fixture
def read(blocks):
    """Read one array of a file whole."""

    def read(path, branch, **options):
        options = {"tree": "events", "branches": {"x": branch}, **options}
        parts = [block.arrays["x"] for block in blocks(path, **options)]
        assert len(parts) == 1
        return parts[0]

    return read


@pytest.fixture
def read_npz():
    """Read an npz archive whole: arrays and constants by name, blocks joined."""

    def read(path, **options):
        options = NpzOptions(**options)
        blocks = list(npz_blocks(str(path), options))
        constants = {spec.name: values for spec, values in constants_of(str(path), options)}
        names = blocks[0].arrays
        arrays = {n: np.concatenate([block.arrays[n] for block in blocks]) for n in names}
        assert {*arrays, *constants} == set(options.kept)
        return {**arrays, **constants}

    return read
