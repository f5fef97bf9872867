"""Objects of S3 from a server of our own that checks signatures as Amazon describes them."""

import hashlib
import hmac
import importlib.util
import sys
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest

from footprint.config.downloads import RemoteFile
from footprint.errors import ConfigError
from footprint.ingest.download import DownloadError, Patience, download
from footprint.ingest.listing import LISTS
from footprint.ingest.over_s3 import signed
from tests.conftest import ROOT
from tests.ingest.far_server import answering, ranged

CONTENT = bytes(range(256)) * 400
QUICK = Patience(attempts=3, timeout=2, wait=0)
KEY = "a-s3cret"


@pytest.fixture
def minio(monkeypatch):
    """The package that signs, installed or where `make test` puts it."""
    monkeypatch.syspath_prepend(ROOT / "build" / "remote")
    if importlib.util.find_spec("minio") is None:
        pytest.skip("minio is not installed: make remote, or make build/remote for the tests")


@pytest.fixture
def keys(monkeypatch, tmp_path):
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "me")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)


def signature(path, headers, secret=KEY):
    """Signature, version 4, of a request whose query carries it, after Amazon's description."""
    address = urlsplit(path)
    query = dict(parse_qsl(address.query))
    del query["X-Amz-Signature"]
    text = "&".join(f"{quote(k, safe='')}={quote(query[k], safe='')}" for k in sorted(query))
    request = f"GET\n{address.path}\n{text}\nhost:{headers['Host']}\n\nhost\nUNSIGNED-PAYLOAD"
    scope = query["X-Amz-Credential"].split("/", 1)[1]
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    hashed = hashlib.sha256(request.encode()).hexdigest()
    signed_text = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{scope}\n{hashed}"
    return hmac.new(key, signed_text.encode(), "sha256").hexdigest()


def bucket(objects, cuts=()):
    """A server of objects that lets nobody in without the right signature."""
    cuts = list(cuts)

    def respond(path, headers):
        query = dict(parse_qsl(urlsplit(path).query))
        if query.get("X-Amz-Signature") != signature(path, headers):
            return 403, {"Content-Length": 0}, b""
        content = objects.get(unquote(urlsplit(path).path))
        if content is None:
            return 404, {"Content-Length": 0}, b""
        return ranged(content, headers, '"etag"', cut=cuts.pop() if cuts else None)

    return answering(respond)


@pytest.mark.usefixtures("minio", "keys")
class TestObjects:
    def test_arrives_and_goes_on_after_a_cut(self, tmp_path, monkeypatch):
        target = tmp_path / "a.root"
        objects = {"/events/run 1/a.root": CONTENT}
        with bucket(objects, cuts=[30_000]) as (address, requests):
            monkeypatch.setenv("AWS_ENDPOINT_URL", address)
            download(RemoteFile(url="s3://events/run%201/a.root"), target, QUICK)
        assert target.read_bytes() == CONTENT
        assert [headers.get("Range") for _, headers in requests] == [None, "bytes=30000-"]

    def test_refusals_name_the_variables_and_no_key(self, tmp_path, monkeypatch, caplog):
        target = tmp_path / "a.root"
        with bucket({"/events/a.root": CONTENT}) as (address, _):
            monkeypatch.setenv("AWS_ENDPOINT_URL", address)
            with pytest.raises(DownloadError) as missing:
                download(RemoteFile(url="s3://events/b.root"), target, QUICK)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
            with pytest.raises(DownloadError) as closed:
                download(RemoteFile(url="s3://events/a.root"), target, QUICK)
        assert "cannot fetch s3://events/b.root: HTTP 404" in str(missing.value)
        assert "cannot fetch s3://events/a.root: HTTP 403" in str(closed.value)
        assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in str(closed.value)
        said = str(missing.value) + str(closed.value) + caplog.text
        assert "Signature" not in said
        assert "s3cret" not in said

    def test_keys_of_a_profile(self, tmp_path, monkeypatch):
        text = f"[group]\naws_access_key_id = me\naws_secret_access_key = {KEY}\n"
        (tmp_path / "credentials").write_text(text)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_PROFILE", "group")
        with bucket({"/events/a.root": CONTENT}) as (address, _):
            monkeypatch.setenv("AWS_ENDPOINT_URL", address)
            download(RemoteFile(url="s3://events/a.root"), tmp_path / "a.root", QUICK)
        assert (tmp_path / "a.root").read_bytes() == CONTENT

    def test_a_public_bucket_of_amazon_is_asked_without_keys(self, monkeypatch):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        assert signed("s3://events/a.root") == "https://events.s3.eu-west-1.amazonaws.com/a.root"

    def test_objects_of_a_folder(self, monkeypatch):
        entries = "".join(
            f"<Contents><Key>run 1/{name}</Key><Size>1</Size></Contents>" for name in "ab"
        )
        body = (
            f"<ListBucketResult><Name>events</Name><IsTruncated>false</IsTruncated>{entries}"
            f"<CommonPrefixes><Prefix>run 1/deep/</Prefix></CommonPrefixes></ListBucketResult>"
        ).encode()
        headers = {"Content-Length": len(body), "Content-Type": "application/xml"}
        with answering(lambda *_: (200, headers, body)) as (address, requests):
            monkeypatch.setenv("AWS_ENDPOINT_URL", address)
            assert LISTS["s3"]("s3://events/run%201") == ["a", "b"]
        query = dict(parse_qsl(urlsplit(requests[0][0]).query))
        assert (query["prefix"], query["delimiter"]) == ("run 1/", "/")

    def test_a_bucket_that_may_not_be_listed(self, monkeypatch):
        body = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
        headers = {"Content-Length": len(body), "Content-Type": "application/xml"}
        with answering(lambda *_: (403, headers, body)) as (address, _):
            monkeypatch.setenv("AWS_ENDPOINT_URL", address)
            with pytest.raises(DownloadError, match=r"s3://events/run: AccessDenied, .*set AWS_AC"):
                LISTS["s3"]("s3://events/run")

    def test_faults(self, monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        with pytest.raises(DownloadError, match=r"s3://e/a\.root is no object of S3"):
            signed("s3://e/a.root")  # three letters at least
        monkeypatch.setenv("AWS_ENDPOINT_URL", "ftp://me:s3cret@host")
        with pytest.raises(ConfigError, match="AWS_ENDPOINT_URL is 'ftp://host', expected the"):
            signed("s3://events/a.root")


def test_without_the_package_a_message_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "minio", None)
    monkeypatch.setitem(sys.modules, "minio.error", None)
    with pytest.raises(DownloadError, match=r"S3 needs the package minio, .*: run make remote"):
        download(RemoteFile(url="s3://events/a.root"), tmp_path / "a.root", QUICK)
