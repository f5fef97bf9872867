"""A sample of files on disk and behind addresses, and a cache that two studies share."""

import hashlib
import json

import h5py
import numpy as np
import uproot

from tests.ingest.far_server import answering, ranged
from tests.workflow.conftest import Runner

EVENTS = [f"results/tiny/events/far/{name}.h5" for name in "ab"]


def test_two_studies_share_a_cache(tmp_path, tiny):
    """The second fetches nothing, its events are the same to the byte."""
    content = {}
    for name in "ab":
        path = tmp_path / f"{name}.root"
        with uproot.recreate(path) as file:
            file["events"] = {"x": np.arange(ord(name), ord(name) + 5.0)}
        content[f"/{name}.root"] = path.read_bytes()
    cuts = [100]

    def respond(path, headers):
        body = content[path.partition("?")[0]]
        return ranged(body, headers, '"tag"', cut=cuts.pop() if cuts else None)

    cache = tmp_path / "cache"
    first, second = (Runner(tmp_path / name, tiny) for name in ("first", "second"))
    with answering(respond) as (address, requests):
        tiny["samples"]["far"] = {
            "reader": "root",
            "files": [f"{address}/a.root?x=$LOGIN", f"{address}/b.root?x=s3cret"],
            "checksums": {"a.root": f"sha256:{hashlib.sha256(content['/a.root']).hexdigest()}"},
            "options": {"tree": "events", "branches": {"x": "x"}},
        }
        for runner in (first, second):
            runner.folder.mkdir()
            more = ["results/tiny/study.json"] if runner is first else []
            runner(*EVENTS, *more, env={"FOOTPRINT_CACHE": str(cache), "LOGIN": "s3cret"})
    assert len(requests) == 3, "two files, one of them in two pieces"
    for events in EVENTS:
        assert (first.folder / events).read_bytes() == (second.folder / events).read_bytes()
    links = list((second.folder / "resources" / "downloads").glob("*/*.root"))
    assert {path.readlink().parents[1] for path in links} == {cache}
    copies = sorted(path.name for path in cache.rglob("*") if path.is_file())
    assert copies == ["a.root", "b.root"]

    with h5py.File(first.folder / EVENTS[0]) as events:
        np.testing.assert_array_equal(events["x"], np.arange(97, 102))
        kept = json.loads(events.attrs["config"])
    assert kept["files"] == [f"{address}/a.root"]
    assert kept["checksums"][f"{address}/a.root"].startswith("sha256:")
    study = (first.results / "study.json").read_text()
    assert f"{address}/a.root?x=$LOGIN" in study
    assert f"{address}/b.root?x=..." in study
    logs = "".join(path.read_text() for path in first.folder.rglob("*.log"))
    assert "its checksum is right" in logs
    assert "write beside 'files': checksums: {b.root: 'sha256:" in logs
    assert "s3cret" not in study + logs
