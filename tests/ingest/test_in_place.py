"""ROOT files read where they lie, over HTTP."""

import numpy as np
import pytest
import uproot

from footprint.config.samples import RootOptions
from footprint.errors import FileFormatError
from footprint.ingest.root import read_blocks
from tests.ingest.far_server import answering, ranged

OPTIONS = RootOptions(tree="events", branches={"x": "x"}, memory_MB=0.1)


@pytest.fixture
def content(tmp_path, rng):
    path = tmp_path / "a.root"
    with uproot.recreate(path) as file:
        tree = file.mktree("events", {"x": "f8", "unused": "f8"})
        for _ in range(5):
            tree.extend({"x": rng.normal(size=10_000), "unused": rng.normal(size=10_000)})
    return path


def test_gives_what_a_copy_gives_and_fetches_what_it_needs(content):
    local = list(read_blocks(str(content), OPTIONS))
    data = content.read_bytes()
    sent = []

    def respond(_, headers):
        answer = ranged(data, headers)
        sent.append(len(answer[2]))
        return answer if answer[0] == 206 else (200, {"Content-Length": 0}, b"")

    with answering(respond) as (address, _):
        blocks = list(read_blocks(f"{address}/a.root", OPTIONS))
    assert len(blocks) == len(local) > 3
    for here, there in zip(local, blocks, strict=True):
        np.testing.assert_array_equal(here.arrays["x"], there.arrays["x"])
    assert max(sent) < 0.3 * len(data), "never the file at once"


def test_faults_show_no_query():
    with (
        answering(lambda *_: (404, {"Content-Length": 0}, b"")) as (address, _),
        pytest.raises(FileFormatError) as caught,
    ):
        list(read_blocks(f"{address}/a.root?signature=s3cret", OPTIONS))
    assert f"cannot read the list of contents of {address}/a.root: FileNotFoundError" in str(
        caught.value
    )
    assert "leave out 'stream' to read a copy" in str(caught.value)
    assert "s3cret" not in str(caught.value)
