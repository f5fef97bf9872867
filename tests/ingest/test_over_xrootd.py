"""XRootD: what becomes of what its client says, and a server of our own where there is one."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import uproot

from footprint.config.downloads import RemoteFile
from footprint.ingest.download import DownloadError, Patience, download
from tests.conftest import ROOT

QUICK = Patience(attempts=2, timeout=2, wait=0)
URL = "root://host//data/a.root"
CONTENT = bytes(range(256)) * 400
FINE = SimpleNamespace(ok=True)


def trouble(errno, message):
    return SimpleNamespace(ok=False, errno=errno, message=message)


@pytest.fixture
def client(monkeypatch):
    """What stands for the XRootD client: a file, and the statuses of the next calls."""
    said = SimpleNamespace(opens=[], reads=[], at=URL, asked=[])

    class File:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def open(self, url, timeout):  # noqa: ARG002, the client's own names
            said.asked.append(url)
            return (said.opens.pop(0) if said.opens else FINE), None

        def get_property(self, _):
            return said.at

        def stat(self, timeout):  # noqa: ARG002, the client's own names
            return FINE, SimpleNamespace(size=len(CONTENT), modtime=1)

        def read(self, start, size, timeout):  # noqa: ARG002, the client's own names
            if said.reads:
                return said.reads.pop(0)
            said.asked.append((start, size))
            return FINE, CONTENT[start : start + size]

    package = ModuleType("XRootD")
    package.client = SimpleNamespace(File=File)
    monkeypatch.setitem(sys.modules, "XRootD", package)
    return said


def test_a_cut_in_the_middle_goes_on_from_there(client, tmp_path):
    client.reads = [(FINE, CONTENT[:30_000]), (trouble(0, "[ERROR] Socket timeout"), None)]
    download(RemoteFile(url=URL), tmp_path / "a.root", QUICK)
    assert (tmp_path / "a.root").read_bytes() == CONTENT
    assert client.asked[-1] == (30_000, len(CONTENT) - 30_000)


def test_names_with_spaces(client, tmp_path):
    """XRootD's client takes %20 for three letters."""
    client.at = URL
    download(RemoteFile(url="root://host//data/my%20jets%2B.root"), tmp_path / "a.root", QUICK)
    assert client.asked[0] == "root://host//data/my jets+.root"


@pytest.mark.parametrize(
    ("version", "kept"),
    [("102400 bytes of 1", True), ("102400 bytes of 2", False), (None, False)],
    ids=["same", "changed", "unknown"],
)
@pytest.mark.usefixtures("client")
def test_only_bytes_of_the_same_version_are_kept(tmp_path, version, kept):
    part = tmp_path / "a.root.part"
    part.write_bytes(bytes(50_000))
    if version:
        part.with_name("a.root.part.version").write_text(version)
    download(RemoteFile(url=URL), tmp_path / "a.root", QUICK)
    start = bytes(50_000) if kept else CONTENT[:50_000]
    assert (tmp_path / "a.root").read_bytes() == start + CONTENT[50_000:]
    assert [path.name for path in tmp_path.iterdir()] == ["a.root"]


@pytest.mark.parametrize(
    ("errno", "words"),
    [
        (3011, "[3011] no such file: the server does not know it: look whether the address"),
        (3016, "it is a folder: name its files"),
        (3010, "does not let everybody have it: let BEARER_TOKEN_FILE or X509_USER_PROXY name"),
        (3030, "the server wants a login: let BEARER_TOKEN_FILE"),
    ],
)
def test_refusals_end_at_once(client, tmp_path, errno, words):
    client.opens = [trouble(errno, f"[ERROR] Server responded: [{errno}] no such file")] * 2
    with pytest.raises(DownloadError) as caught:
        download(RemoteFile(url=URL), tmp_path / "a.root", QUICK)
    assert words in str(caught.value)
    assert len(client.asked) == 1


def test_tokens_are_not_shown(client, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("TOKEN", "s3cret")
    client.opens = [trouble(204, f"[ERROR] no route to {URL}?authz=s3cret now")] * 2
    with pytest.raises(DownloadError) as caught:
        download(RemoteFile(url=f"{URL}?authz=$TOKEN"), tmp_path / "a.root", QUICK)
    assert client.asked[0].endswith("?authz=s3cret")
    assert "no route to root://host//data/a.root now" in str(caught.value)
    assert "s3cret" not in str(caught.value) + caplog.text


def test_a_server_that_sends_on_to_a_file_here(client, tmp_path):
    client.at = "file://localhost/etc/passwd"
    with pytest.raises(DownloadError, match="sends on to file://localhost/etc/passwd, which is"):
        download(RemoteFile(url=URL), tmp_path / "a.root", QUICK)


def test_without_the_package_a_message_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "XRootD", None)
    with pytest.raises(DownloadError, match=r"XRootD needs the package xrootd, .* run make remote"):
        download(RemoteFile(url=URL), tmp_path / "a.root", QUICK)


@pytest.fixture
def served():
    """A folder that a server may show, where there is one that can be started."""
    if shutil.which("xrootd") is None:
        pytest.skip("no XRootD server: apt-get install xrootd-server")
    if os.getuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare, for a network without others")
    if not (ROOT / "build" / "remote" / "XRootD").is_dir():
        pytest.skip("no XRootD client: make build/remote")
    folder = Path(tempfile.mkdtemp())  # that of pytest is closed to the server
    folder.chmod(0o755)
    for name in ("data", "own", "out"):
        (folder / name).mkdir()
    shutil.chown(folder / "own", "nobody")
    yield folder
    shutil.rmtree(folder)


def test_from_a_server(served):
    content = np.random.default_rng(1).bytes(20_000_000)
    (served / "data" / "a.bin").write_bytes(content)
    (served / "data" / "folder").mkdir()
    with uproot.recreate(served / "data" / "events.root") as file:
        file["events"] = {"x": np.arange(5.0)}
    script = Path(__file__).with_name("xrootd_round_trip.py")
    paths = [str(ROOT), str(ROOT / "src"), str(ROOT / "build" / "remote")]
    answer = subprocess.run(
        ["unshare", "-n", sys.executable, str(script), str(served)],
        check=False, capture_output=True, text=True, timeout=120,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout.splitlines()[-1])
    assert found["whole"], "all bytes"
    assert found["rest"], "only the rest was fetched"
    assert found["anew"], "of another version nothing is kept"
    assert "[3011]" in found["missing"]
    assert "it is a folder: name its files" in found["folder"]
    assert "the server does not let everybody have it" in found["closed"]
    assert "expected 00000001" in found["wrong"]
    assert found["in_place"] == [0, 1, 2, 3, 4]
    assert found["listed"] == ["a.bin", "events.root"], "no folders"
    assert found["left"] == ["anew.bin", "none.wrong", "rest.bin", "whole.bin"]
