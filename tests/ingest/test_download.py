"""Downloads from a server of our own: whole, resumed, wrong, refused."""

import gzip
import hashlib
import logging
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from footprint.config.downloads import RemoteFile
from footprint.errors import ConfigError, FileFormatError
from footprint.ingest.download import DownloadError, Patience, download, expanded
from tests.conftest import ROOT

CONTENT = bytes(range(256)) * 400
QUICK = Patience(attempts=3, timeout=2, wait=0)


@contextmanager
def serving(content=CONTENT, *, ranges=True, cuts=(), answers=(), headers=None):
    """Serve one file on this machine.

    `cuts`: after how many bytes the first answers break off; `answers`: status codes of the first
    requests, before any is served.
    """
    requests, cuts, answers = [], list(cuts), list(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            requests.append((self.path, self.headers.get("Range")))
            start, status = 0, 200
            if ranges and self.headers.get("Range"):
                start, status = int(self.headers["Range"][6:-1]), 206
            if answers:
                self.say(answers.pop(0), [])
            elif start >= len(content):
                self.say(416, [("Content-Range", f"bytes */{len(content)}")])
            else:
                body = content[start:]
                more = [("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")]
                self.say(status, more if status == 206 else [], length=len(body))
                self.wfile.write(body[: cuts.pop(0)] if cuts else body)
                self.close_connection = True

        def say(self, status, more, length=0):
            self.send_response(status)
            for name, value in [*more, *(headers or {}).items(), ("Content-Length", length)]:
                self.send_header(name, str(value))
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/files/jets.h5", requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def remote(url, content=CONTENT, **changes):
    known = {"url": url, "md5": md5(content), "bytes": len(content)}
    return RemoteFile(**known | changes)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "downloads" / "set" / "jets.h5"


def left(target):
    return sorted(path.name for path in target.parent.iterdir())


def test_a_file_arrives_whole_and_alone(target):
    with serving() as (url, requests):
        download(remote(url), target, QUICK)
        assert target.read_bytes() == CONTENT
        assert left(target) == ["jets.h5"]
        download(remote(url), target, QUICK)
    assert len(requests) == 1, "a file that is there and right is not fetched again"


def test_sha256_serves_as_well_and_size_need_not_be_known(target):
    digest = hashlib.sha256(CONTENT).hexdigest()
    with serving() as (url, _):
        download(RemoteFile(url=url, sha256=digest), target, QUICK)
    assert target.read_bytes() == CONTENT


def test_what_is_packed_decides_where_packed_bytes_differ(target):
    packed = gzip.compress(CONTENT, mtime=1)
    with serving(packed) as (url, requests):
        download(RemoteFile(url=url, unpacked_md5=md5(CONTENT)), target, QUICK)
        assert target.read_bytes() == packed
        target.write_bytes(gzip.compress(CONTENT, 1, mtime=2))
        download(RemoteFile(url=url, unpacked_md5=md5(CONTENT)), target, QUICK)
    assert len(requests) == 1, "the same content packed in another way is the right file"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"x"), "of what is packed in it 9dd4e461268c8034f5c8564e155c67a6, expected"),
        (gzip.compress(CONTENT)[:-9], "it is no whole .gz file (Compressed file ended before"),
        (CONTENT, "it is no whole .gz file (Not a gzipped file"),
    ],
    ids=["other", "truncated", "unpacked"],  # packed bytes hold the time
)
def test_packed_content_that_is_wrong(target, content, words):
    with serving(content) as (url, _), pytest.raises(FileFormatError) as caught:
        download(RemoteFile(url=url, unpacked_md5=md5(CONTENT)), target, QUICK)
    assert words in str(caught.value)
    assert left(target) == ["jets.h5.wrong"]


def test_a_broken_connection_goes_on_where_it_ended(target):
    with serving(cuts=[30_000, 20_000]) as (url, requests):
        download(remote(url), target, QUICK)
    assert target.read_bytes() == CONTENT
    assert [asked for _, asked in requests] == [None, "bytes=30000-", "bytes=50000-"]


def test_a_killed_download_goes_on_in_the_next_run(target):
    target.parent.mkdir(parents=True)
    target.with_name("jets.h5.part").write_bytes(CONTENT[:1000])
    with serving() as (url, requests):
        download(remote(url), target, QUICK)
    assert target.read_bytes() == CONTENT
    assert requests[0][1] == "bytes=1000-"
    assert left(target) == ["jets.h5"]


def test_a_server_without_ranges_starts_anew(target):
    target.parent.mkdir(parents=True)
    target.with_name("jets.h5.part").write_bytes(b"x" * 5000)
    with serving(ranges=False, cuts=[60_000]) as (url, requests):
        download(remote(url), target, QUICK)
    assert target.read_bytes() == CONTENT
    assert [asked for _, asked in requests] == ["bytes=5000-", "bytes=60000-"]


@pytest.mark.parametrize("known", [{}, {"bytes": None}])
def test_only_the_renaming_was_missing(target, known):
    """All bytes are there: nothing is asked for, or the server says that there are no more."""
    target.parent.mkdir(parents=True)
    target.with_name("jets.h5.part").write_bytes(CONTENT)
    with serving() as (url, requests):
        download(remote(url, **known), target, QUICK)
    assert target.read_bytes() == CONTENT
    assert [asked for _, asked in requests] == ([f"bytes={len(CONTENT)}-"] if known else [])


@pytest.mark.parametrize("known", [{}, {"bytes": None}])
def test_a_part_longer_than_the_file_starts_anew(target, known):
    target.parent.mkdir(parents=True)
    target.with_name("jets.h5.part").write_bytes(CONTENT + b"more")
    with serving() as (url, _):
        download(remote(url, **known), target, QUICK)
    assert target.read_bytes() == CONTENT


def test_wrong_checksum_is_kept_aside_with_words(target):
    other = CONTENT[::-1]
    with serving(other) as (url, _), pytest.raises(FileFormatError) as caught:
        download(remote(url), target, QUICK)
    text = str(caught.value)
    assert f"found md5 {md5(other)}" in text
    assert f"expected {md5(CONTENT)}" in text
    assert f"kept as {target}.wrong" in text
    assert f"fetch the file by hand and put it at {target}" in text
    assert left(target) == ["jets.h5.wrong"]
    with serving() as (url, requests):
        download(remote(url), target, QUICK)
    assert requests[0][1] is None, "it starts from the first byte"
    assert target.read_bytes() == CONTENT


def test_another_file_under_the_final_name_is_replaced(target, caplog):
    target.parent.mkdir(parents=True)
    target.write_bytes(b"older version")
    with serving() as (url, _), caplog.at_level(logging.WARNING, "footprint"):
        download(remote(url), target, QUICK)
    assert target.read_bytes() == CONTENT
    assert "is another file than the published one" in caplog.text


def test_another_size_is_refused_before_it_is_fetched(target):
    words = "has 26 bytes, expected 102400: it is not the"
    page = b"<html>please log in</html>"
    with serving(page) as (url, _), pytest.raises(FileFormatError, match=words):
        download(remote(url), target, QUICK)
    assert left(target) == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "HTTP 401 Unauthorized, the server wants a login: put a token into the address"),
        (403, "HTTP 403 Forbidden, the server does not let everybody have it"),
        (404, "HTTP 404 Not Found, the server does not know it: look whether the address"),
        (410, "HTTP 410 Gone, it was taken away"),
        (418, "HTTP 418 I'm a Teapot, the server refuses"),
    ],
)
def test_http_errors_end_at_once_with_advice(target, status, words):
    with serving(answers=[status] * 9) as (url, requests), pytest.raises(DownloadError) as caught:
        download(remote(url), target, QUICK)
    assert words in str(caught.value)
    assert f"or fetch the file by hand and put it at {target}" in str(caught.value)
    assert "name files that you have in the sample's 'files:'" in str(caught.value)
    assert len(requests) == 1


def test_a_busy_server_is_asked_again_after_the_time_it_names(target, monkeypatch):
    waits = []
    monkeypatch.setattr("footprint.ingest.download.time.sleep", waits.append)
    with serving(answers=[503, 429], headers={"Retry-After": "7"}) as (url, requests):
        download(remote(url), target, Patience(attempts=4, timeout=2, wait=2))
    assert target.read_bytes() == CONTENT
    assert len(requests) == 3
    assert waits == [7, 7]


def test_pauses_double_until_patience_ends(target, monkeypatch):
    waits = []
    monkeypatch.setattr("footprint.ingest.download.time.sleep", waits.append)
    with serving(answers=[500] * 9) as (url, requests), pytest.raises(DownloadError) as caught:
        download(remote(url), target, Patience(attempts=5, timeout=2, wait=2, longest_wait=10))
    assert waits == [2, 4, 8, 10]
    assert len(requests) == 5
    assert "HTTP 500 Internal Server Error (5 attempts in a row brought nothing" in str(
        caught.value
    )


def test_attempts_that_bring_bytes_do_not_count(target):
    with serving(cuts=[10_000] * 8) as (url, requests):
        download(remote(url), target, Patience(attempts=2, timeout=2, wait=0))
    assert target.read_bytes() == CONTENT
    assert len(requests) == 9


def test_no_server_at_all(target):
    with serving() as (url, _):
        pass
    with pytest.raises(DownloadError, match="no connection: ConnectionRefusedError") as caught:
        download(remote(url), target, Patience(attempts=2, timeout=1, wait=0))
    assert "look at network and proxy" in str(caught.value)


def test_a_full_disk_is_seen_before(target, monkeypatch):
    usage = SimpleNamespace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with serving() as (url, _), pytest.raises(DownloadError, match="where 1 MB are free: make"):
        download(remote(url), target, QUICK)


def test_secrets_come_from_the_environment_and_show_nowhere(target, monkeypatch, caplog):
    monkeypatch.setenv("JETS_TOKEN", "s3cret")
    caplog.set_level(logging.DEBUG)
    with serving(answers=[503, 404]) as (url, requests), pytest.raises(DownloadError) as caught:
        download(remote(f"{url}?token=$JETS_TOKEN"), target, QUICK)
    assert requests[0][0] == "/files/jets.h5?token=s3cret"
    assert "s3cret" not in str(caught.value) + caplog.text
    assert f"cannot fetch {url}: HTTP 404" in str(caught.value)
    monkeypatch.delenv("JETS_TOKEN")
    with pytest.raises(ConfigError, match="needs the environment variable JETS_TOKEN, which is"):
        download(remote(f"{url}?token=$JETS_TOKEN"), target, QUICK)


@pytest.mark.parametrize(
    ("url", "value", "expected"),
    [
        ("https://$V@host/a", "me:p%40ss", "https://me:p%40ss@host/a"),
        ("https://${V}@host/a", "me@lab.org:pass", "https://me@lab.org:pass@host/a"),
        ("https://host/a?$V", "id=1&sig=a/b", "https://host/a?id=1&sig=a/b"),
        ("https://$V/a", "host:8080", "https://host:8080/a"),
        ("https://host/$V/a", "run/1", "https://host/run/1/a"),
        ("https://host/$$V", "x", "https://host/$V"),
    ],
)
def test_a_variable_s_value_stands_where_the_variable_stood(monkeypatch, url, value, expected):
    monkeypatch.setenv("V", value)
    assert expanded(url) == expected


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("https://$V@host/a", "me:half/rest"),  # would ask a server 'me' for '/rest@host/a'
        ("https://$V@host/a", "me:half#rest"),
        ("https://$V@host/a", "me:half[rest"),
        ("https://me$V@host/a", ":half\u2100rest"),  # which urlsplit would show
        ("https://host$V/a", ".half@rest"),
        ("https://host$V/a", "/half"),
        ("https://host/$V", "half?rest"),
        ("https://host/a?token=$V", "half#rest"),
        ("https://host/a?token=$V", "half\r\nHost: rest"),
        ("https://host/a?token=$V", "half rest"),
        ("root://host//a?authz=$V", "half\nrest"),
    ],
)
def test_a_variable_s_value_that_would_go_elsewhere_is_refused(monkeypatch, url, value):
    monkeypatch.setenv("V", value)
    with pytest.raises(ConfigError, match=r"the value of \$V cannot stand in the addr") as caught:
        expanded(url)
    assert "half" not in str(caught.value)
    assert "rest" not in str(caught.value)


def test_the_script_ends_with_one_line(target):
    with serving(CONTENT[::-1]) as (url, _):
        command = [sys.executable, str(ROOT / "scripts" / "download.py"), "--remote",
                   remote(url).model_dump_json(), "--output", str(target)]  # fmt: skip
        result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.startswith("FileFormatError: http://127.0.0.1")
    assert "Traceback" not in result.stderr
