"""Globs over files elsewhere: asked once, remembered, and put into the study."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from footprint.config import parse_study
from footprint.errors import ConfigError, FileFormatError
from footprint.ingest import listing
from footprint.ingest.listing import with_files_listed
from footprint.ingest.transfer import DownloadError

NAMES = ["b.root", "a.root", "a[1].root", "my jets.root", "a.txt", "x$y.root"]
FOLDER = "s3://bucket/run1"


@pytest.fixture
def listed(tiny, tmp_path, monkeypatch):
    """List globs where a server holds NAMES; how often it was asked."""

    def files_of(*files, **more):
        options = {"tree": "events", "branches": {"x": "x"}}
        tiny["samples"]["far"] = {"reader": "root", "files": files, "options": options, **more}
        study = with_files_listed(parse_study(tiny))
        assert study.samples["showers"] == parse_study(tiny).samples["showers"]
        return study.samples["far"].files

    def names(folder):
        files_of.asked.append(folder)
        return NAMES

    files_of.asked = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(listing.LISTS, "s3", names)
    return files_of


def test_sorted_quoted_and_in_their_place(listed):
    found = listed("first.root", f"{FOLDER}/*.root", "https://h/last.root")
    names = ["a.root", "a%5B1%5D.root", "b.root", "my%20jets.root", "x%24y.root"]
    assert found == ["first.root", *(f"{FOLDER}/{name}" for name in names), "https://h/last.root"]
    assert listed.asked == [FOLDER]


def test_nothing_but_the_asterisk_means_more(listed):
    assert listed(f"{FOLDER}/a[1].*") == [f"{FOLDER}/a%5B1%5D.root"]


def test_asked_once_until_the_list_is_removed(listed, tmp_path, caplog):
    first = listed(f"{FOLDER}/*.root")
    assert "5 files, kept in resources/downloads/listing-" in caplog.text
    assert listed(f"{FOLDER}/*.root") == first
    assert len(listed.asked) == 1
    for path in tmp_path.glob("resources/downloads/listing-*"):
        path.unlink()
    listed(f"{FOLDER}/*.root")
    assert len(listed.asked) == 2


def test_checksums_of_files_that_a_glob_finds(listed, tiny):
    listed(f"{FOLDER}/*.root", checksums={"a.root": "adler32:00000001"})
    with pytest.raises(ConfigError, match=r"'a\.txt' is no address of 'files'"):
        listed(f"{FOLDER}/*.root", checksums={"a.txt": "adler32:00000001"})
    # Called as the server calls it, though the copy has another name.
    files = listed(f"{FOLDER}/*.root", checksums={"my jets.root": "adler32:00000001"})
    sample = parse_study(tiny).samples["far"]
    known = {url for url in files if sample.remote(url).adler32}
    assert known == {f"{FOLDER}/my%20jets.root"}


@pytest.mark.parametrize("entry", ["s3://bucket/*/a.root", "s3://bucket/$X/*.root"])
def test_globs_that_ask_for_too_much(listed, entry):
    with pytest.raises(ConfigError, match=r"asks for too much: .* \* stands in the last part"):
        listed(entry)


def test_nothing_fits(listed):
    words = r"far\.files: no file matches 's3://bucket/run1/\*\.h5'; s3://.* holds a\.root, a\.txt"
    with pytest.raises(FileFormatError, match=words):
        listed(f"{FOLDER}/*.h5")


def test_an_xrootd_server_that_refuses(monkeypatch, tiny, tmp_path):
    """The listing itself is tried with a server: test_over_xrootd."""
    said = SimpleNamespace(ok=False, message="[ERROR] Server responded: [3011] no such\nfolder")
    asked = []

    class FileSystem:
        def __init__(self, server):
            asked.append(server)

        def dirlist(self, path, *_, **__):
            asked.append(path)
            return said, None

    package, client, flags = (ModuleType(name) for name in ("XRootD", "client", "flags"))
    package.client, client.FileSystem = client, FileSystem
    flags.DirListFlags = flags.StatInfoFlags = SimpleNamespace(STAT=1, IS_DIR=1)
    monkeypatch.setitem(sys.modules, "XRootD", package)
    monkeypatch.setitem(sys.modules, "XRootD.client", client)
    monkeypatch.setitem(sys.modules, "XRootD.client.flags", flags)
    options = {"tree": "events", "branches": {"x": "x"}}
    monkeypatch.chdir(tmp_path)
    files = ["root://host//store/*.root"]
    tiny["samples"]["far"] = {"reader": "root", "files": files, "options": options}
    with pytest.raises(DownloadError, match=r"cannot list root://host//store: .*no such folder"):
        with_files_listed(parse_study(tiny))
    assert asked == ["root://host", "/store"]
