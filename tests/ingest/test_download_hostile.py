"""Servers that send elsewhere, lie about lengths, or propose names; disks that are full."""

import gzip
import resource
import shutil
import subprocess
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from footprint.errors import FileFormatError
from footprint.ingest.download import DownloadError
from footprint.ingest.over_http import _Redirects
from tests.ingest.far_server import OLD, answering, fetch, left, ranged


@pytest.fixture
def target(tmp_path):
    return tmp_path / "jets.h5"


@pytest.fixture
def certificate(tmp_path):
    """A certificate of this machine that nobody vouches for, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(path), "-out", str(tmp_path / "public.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + (tmp_path / "public.pem").read_text())
    return path


def test_certificates_are_checked(target, certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with answering(lambda _, h: ranged(OLD, h), certificate) as (address, requests):
        words = r"certificate is not trusted \(self.signed certificate\): let SSL_CERT_FILE name"
        with pytest.raises(DownloadError, match=words):
            fetch(address, target)
        assert not requests
        monkeypatch.setenv("SSL_CERT_FILE", str(target.with_name("public.pem")))
        fetch(address, target)
    assert target.read_bytes() == OLD


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

    def test_letters_beyond_ascii(self, target):
        with answering(lambda _, headers: ranged(OLD, headers)) as (address, requests):
            fetch(address, target, "/Zµµ.h5?é")
        assert requests[0][0] == "/Z%C2%B5%C2%B5.h5?%C3%A9"
        assert target.read_bytes() == OLD

    def test_a_server_that_sends_less_of_the_rest_than_was_asked_for(self, target):
        """As it may; without a checksum nobody would notice what is missing."""
        third, size = len(OLD) // 3, len(OLD)

        def respond(_, headers):
            start = int(headers.get("Range", "bytes=0-")[6:-1])
            said = {"ETag": '"a"', "Content-Length": size - start if start == 0 else third}
            if start == 0:
                return 200, said, OLD[:third]
            rest = OLD[start : start + third]
            place = f"bytes {start}-{start + len(rest) - 1}/{size}"
            return 206, said | {"Content-Length": len(rest), "Content-Range": place}, rest

        with answering(respond) as (address, requests):
            fetch(address, target)
        assert target.read_bytes() == OLD
        assert len(requests) >= 3

    @pytest.mark.parametrize("place", ["bytes 7-11/12", None])
    def test_a_server_that_sends_another_part_than_was_asked_for(self, target, place):
        target.with_name("jets.h5.part").write_bytes(OLD[:100])
        target.with_name("jets.h5.part.version").write_text('"a"')

        def respond(_, headers):
            if "Range" not in headers:
                return ranged(OLD, headers, '"a"')
            said = {"ETag": '"a"', "Content-Length": 5}
            return 206, said | ({"Content-Range": place} if place else {}), b"other"

        with answering(respond) as (address, requests):
            fetch(address, target)
        assert target.read_bytes() == OLD
        assert len(requests) == 2

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
