"""Downloads that nobody vouches for, changed files, hostile servers, several who want one file."""

import fcntl
import gzip
import hashlib
import logging
import os
import resource
import threading
import zlib
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from footprint.config.downloads import RemoteFile
from footprint.errors import ConfigError, FileFormatError
from footprint.ingest import cache
from footprint.ingest.cache import cache_folder
from footprint.ingest.checksums import digest
from footprint.ingest.download import DownloadError, Patience, download
from footprint.ingest.over_http import _Redirects
from tests.ingest.far_server import answering, ranged

OLD, NEW = bytes(range(256)) * 400, bytes(reversed(range(256))) * 400
QUICK = Patience(attempts=3, timeout=2, wait=0)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "jets.h5"


def fetch(address, target, path="/jets.h5", patience=QUICK, **known):
    download(RemoteFile(url=f"{address}{path}", **known), target, patience)


def left(target):
    return sorted(path.name for path in target.parent.iterdir())


class TestWithoutChecksum:
    def test_the_log_gives_the_checksum_to_write_down(self, target, caplog):
        with answering(lambda _, headers: ranged(OLD, headers)) as (address, requests):
            fetch(address, target)
            assert (
                f"checksums: {{jets.h5: 'sha256:{hashlib.sha256(OLD).hexdigest()}'}}" in caplog.text
            )
            fetch(address, target)
        assert len(requests) == 1
        assert left(target) == ["jets.h5"]

    def test_goes_on_where_it_ended_if_the_file_is_the_same(self, target):
        cuts = [30_000]

        def respond(_, headers):
            return ranged(OLD, headers, tag='"a"', cut=cuts.pop() if cuts else None)

        with answering(respond) as (address, requests):
            fetch(address, target)
        assert target.read_bytes() == OLD
        assert [(h.get("Range"), h.get("If-Range")) for _, h in requests] == [
            (None, None),
            ("bytes=30000-", '"a"'),
        ]

    @pytest.mark.parametrize("heed", [True, False], ids=["If-Range heeded", "ignored"])
    def test_halves_of_two_versions_are_never_joined(self, target, heed):
        answers = [(OLD, '"a"', 30_000)]

        def respond(_, headers):
            content, tag, cut = answers.pop() if answers else (NEW, '"b"', None)
            return ranged(content, headers, tag, heed, cut)

        with answering(respond) as (address, _):
            fetch(address, target)
        assert target.read_bytes() == NEW
        assert left(target) == ["jets.h5"]

    def test_the_version_is_remembered_over_a_kill(self, target):
        def respond(_, headers):
            return ranged(NEW, headers, '"b"')

        target.with_name("jets.h5.part").write_bytes(OLD[:30_000])
        target.with_name("jets.h5.part.version").write_text('"a"')
        with answering(respond) as (address, requests):
            fetch(address, target)
        assert requests[0][1]["If-Range"] == '"a"'
        assert target.read_bytes() == NEW

    def test_what_has_no_version_starts_anew(self, target):
        cuts = [30_000]
        with answering(lambda _, h: ranged(OLD, h, cut=cuts.pop() if cuts else None)) as (
            address,
            requests,
        ):
            fetch(address, target)
        assert target.read_bytes() == OLD
        assert all("Range" not in headers for _, headers in requests)

    def test_a_weak_tag_is_no_version(self, target):
        """It may stay the same though bytes change; the date of the last change serves."""
        date = "Sun, 22 Nov 2026 06:00:00 GMT"
        cuts = [30_000]

        def respond(_, headers):
            status, more, body = ranged(OLD, headers, cut=cuts.pop() if cuts else None)
            return status, {**more, "ETag": 'W/"a"', "Last-Modified": date}, body

        with answering(respond) as (address, requests):
            fetch(address, target)
        assert requests[1][1]["If-Range"] == date

    def test_of_unknown_length_is_refused_unless_there_is_a_checksum(self, target):
        with answering(lambda *_: (200, {"Connection": "close"}, OLD)) as (address, _):
            words = "nobody could tell half of it from all of it: give its checksum"
            with pytest.raises(DownloadError, match=words):
                fetch(address, target)
            fetch(address, target, sha256=hashlib.sha256(OLD).hexdigest())
        assert target.read_bytes() == OLD

    def test_chunks_tell_where_they_end(self, target):
        ends = [b"", b"0\r\n\r\n"]  # the first answer breaks off before its end

        def respond(*_):
            body = b"%x\r\n%s\r\n" % (len(OLD), OLD)
            return 200, {"Transfer-Encoding": "chunked"}, body + ends.pop(0)

        with answering(respond) as (address, requests):
            fetch(address, target)
        assert target.read_bytes() == OLD
        assert len(requests) == 2


class TestChecksums:
    def test_adler32_has_its_published_value(self, tmp_path):
        path = tmp_path / "a"
        path.write_bytes(b"Wikipedia")
        with path.open("rb") as content:
            assert digest("adler32", content) == "11e60398"
        path.write_bytes(b"")
        with path.open("rb") as content:
            assert digest("adler32", content) == "00000001"  # always eight digits

    def test_of_many_blocks(self, tmp_path):
        path = tmp_path / "a"
        path.write_bytes(OLD * 25)
        with path.open("rb") as content:
            assert digest("adler32", content) == f"{zlib.adler32(OLD * 25):08x}"

    def test_a_mismatch_says_what_was_found_and_expected(self, target):
        found, expected = f"{zlib.adler32(NEW):08x}", f"{zlib.adler32(OLD):08x}"
        with answering(lambda _, headers: ranged(NEW, headers)) as (address, _):
            words = f"found adler32 {found}, expected {expected}. It is kept as"
            with pytest.raises(FileFormatError, match=words):
                fetch(address, target, adler32=expected)
        assert left(target) == ["jets.h5.wrong"]


class TestHostile:
    @pytest.mark.parametrize("there", ["file:///etc/passwd", "ftp://host/a", "gopher://h/a", None])
    def test_redirects_leave_http_for_nothing(self, target, there):
        headers = {"Content-Length": 0} | ({"Location": there} if there else {})
        with (
            answering(lambda *_: (302, headers, b"")) as (address, requests),
            pytest.raises(DownloadError) as caught,
        ):
            fetch(address, target)
        words = f"the server sends on to {there}, which is not followed" if there else "sends on"
        assert words in str(caught.value)
        assert len(requests) == 1
        assert left(target) == []

    def test_redirects_keep_tls(self):
        request = Request("https://host/a")
        with pytest.raises(HTTPError):
            _Redirects().redirect_request(request, None, 302, "Found", {}, "http://host/a")
        assert _Redirects().redirect_request(request, None, 302, "", {}, "https://other/a")

    def test_a_circle_ends(self, target):
        def respond(path, _):
            return 302, {"Location": path, "Content-Length": 0}, b""

        with answering(respond) as (address, _), pytest.raises(DownloadError, match="in circles"):
            fetch(address, target)

    def test_a_login_goes_to_its_server_alone(self, target, monkeypatch):
        monkeypatch.setenv("LOGIN", "me:s3cret")
        with answering(lambda _, headers: ranged(OLD, headers)) as (other, seen):
            there = {"Location": f"{other}/jets.h5?signature=s3cret", "Content-Length": 0}
            with answering(lambda *_: (302, there, b"")) as (address, requests):
                fetch(address.replace("//", "//$LOGIN@"), target)
        assert target.read_bytes() == OLD
        assert requests[0][1]["Authorization"] == "Basic bWU6czNjcmV0"
        assert "Authorization" not in seen[0][1]

    def test_a_huge_length_is_refused_before_a_byte_is_written(self, target):
        headers = {"Content-Length": 10**15}
        words = r"needs 1,000,000,000 MB more in .* name a folder on another disk .*FOOTPRINT_CACHE"
        with (
            answering(lambda *_: (200, headers, b"x")) as (address, _),
            pytest.raises(DownloadError, match=words),
        ):
            fetch(address, target)
        assert left(target) == []

    @pytest.mark.parametrize("length", ["-5", "many", "²", ""])
    def test_lengths_that_are_none(self, target, length):
        headers = {"Content-Length": length.encode().decode("latin-1")}
        with (
            answering(lambda *_: (200, headers, OLD)) as (address, _),
            pytest.raises(DownloadError, match="does not say how long the file is"),
        ):
            fetch(address, target)

    def test_more_bytes_than_published(self, target):
        """Chunks without end would fill the disk."""
        body = b"".join(b"%x\r\n%s\r\n" % (len(OLD), OLD) for _ in range(50))
        chunked = {"Transfer-Encoding": "chunked"}
        with (
            answering(lambda *_: (200, chunked, body)) as (address, _),
            pytest.raises(FileFormatError, match=f"bytes, expected {len(OLD)}: it is not the"),
        ):
            fetch(address, target, md5="0" * 32, bytes=len(OLD))

    def test_what_is_packed_for_the_way_is_not_the_file(self, target):
        packed = gzip.compress(OLD)
        headers = {"Content-Encoding": "gzip", "Content-Length": len(packed)}
        with answering(lambda *_: (200, headers, packed)) as (address, _):
            words = r"the server packs it for the way \(gzip\), though asked not to"
            with pytest.raises(DownloadError, match=words):
                fetch(address, target)
            # Some servers say so of files that are packed for good.
            fetch(address, target.with_name("a.gz"))
        assert target.with_name("a.gz").read_bytes() == packed

    def test_the_server_has_no_say_in_names(self, target):
        def respond(_, headers):
            status, more, body = ranged(OLD, headers)
            named = {"Content-Disposition": 'attachment; filename="../../evil.h5"'}
            return status, more | named, body

        with answering(respond) as (address, _):
            fetch(address, target)
        assert left(target) == ["jets.h5"]

    def test_a_disk_that_is_full(self, target):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        with answering(lambda _, headers: ranged(OLD, headers, '"a"')) as (address, requests):
            resource.setrlimit(resource.RLIMIT_FSIZE, (40_960, before[1]))
            try:
                with pytest.raises(DownloadError, match=r"cannot write .*jets.h5.part: File too"):
                    fetch(address, target)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            assert not target.exists()
            fetch(address, target)
        assert requests[1][1]["Range"] == "bytes=40960-"
        assert target.read_bytes() == OLD


@contextmanager
def held(path):
    with path.open("wb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class TestSeveralWantOneFile:
    @pytest.fixture(autouse=True)
    def _often(self, monkeypatch):
        monkeypatch.setattr(cache, "SECONDS_BETWEEN_LOOKS", 0.01)

    def test_one_fetches_it(self, target):
        def respond(_, headers):
            arrived.wait(1)  # until all have asked for the lock
            return ranged(OLD, headers)

        arrived = threading.Event()
        with answering(respond) as (address, requests):
            threads = [threading.Thread(target=fetch, args=(address, target)) for _ in range(4)]
            for thread in threads:
                thread.start()
            arrived.set()
            for thread in threads:
                thread.join()
        assert len(requests) == 1
        assert target.read_bytes() == OLD
        assert left(target) == ["jets.h5"]

    def test_others_wait_and_say_so(self, target, caplog):
        caplog.set_level(logging.INFO)
        with answering(lambda _, headers: ranged(OLD, headers)) as (address, requests):
            thread = threading.Thread(target=fetch, args=(address, target))
            with held(target.with_name("jets.h5.lock")):
                thread.start()
                thread.join(0.2)
                assert thread.is_alive()
                assert not requests
            thread.join()
        assert f"another process fetches {target}: waiting" in caplog.text
        assert target.read_bytes() == OLD

    def test_a_lock_that_a_kill_left_behind_holds_nobody_up(self, target):
        target.with_name("jets.h5.lock").touch()
        with answering(lambda _, headers: ranged(OLD, headers)) as (address, _):
            fetch(address, target)
        assert left(target) == ["jets.h5"]

    def test_a_lock_that_was_removed_while_one_waited_counts_for_nothing(self, target, monkeypatch):
        """Who comes then makes another of that name: two would fetch at once."""
        lock = target.with_name("jets.h5.lock")
        real, calls = fcntl.flock, []

        def flock(handle, how):
            real(handle, how)
            calls.append(handle)
            if len(calls) == 1:  # the one who held it has finished, the next has come
                lock.unlink()
                lock.touch()

        monkeypatch.setattr(cache.fcntl, "flock", flock)
        with cache.alone(target):
            assert len(calls) == 2
            assert os.path.samestat(os.fstat(calls[-1]), lock.stat())

    def test_a_file_system_without_locks(self, target, monkeypatch, caplog):
        def refuse(*_):
            raise OSError(37, "No locks available")

        monkeypatch.setattr(cache.fcntl, "flock", refuse)
        with answering(lambda _, headers: ranged(OLD, headers)) as (address, _):
            fetch(address, target)
        assert "cannot be locked (No locks available): bytes go to jets.h5." in caplog.text
        assert target.read_bytes() == OLD


def test_the_cache_folder_is_a_whole_path(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert cache_folder(None) is cache_folder("") is None
    assert cache_folder("~/cache") == "/home/me/cache"
    with pytest.raises(ConfigError, match="FOOTPRINT_CACHE is 'cache', expected the whole path"):
        cache_folder("cache")
