"""Addresses among a sample's files: which there are, where copies go, secrets that are refused."""

import copy
import json
import re
from pathlib import PurePosixPath

import pytest

from footprint.config import parse_study
from footprint.config.addresses import check_address, file_name, location, without_secrets
from footprint.config.downloads import FOLDER, RemoteFile, all_fetched
from footprint.errors import ConfigError
from footprint.ingest.sources import sources_of
from tests.conftest import TINY

MD5, SHA256 = "md5:" + "0" * 32, "sha256:" + "1" * 64
URL = "https://host/run1/a.root"


def study(files, **sample):
    data = copy.deepcopy(TINY)
    options = {"tree": "events", "branches": {"x": "x"}}
    data["samples"]["far"] = {"reader": "root", "files": files, "options": options, **sample}
    return data


def refusal(files, **sample):
    with pytest.raises(ConfigError) as caught:
        parse_study(study(files, **sample))
    return str(caught.value)


def sample_of(files, **sample):
    return parse_study(study(files, **sample)).samples["far"]


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://host:8080/a.root",
        "root://eospublic.cern.ch//eos/opendata/a.root",
        "roots://host:1094//data/a.root?svcClass=x",
        "s3://bucket/run%201/a.root",
        "zenodo://2603256/train.h5",
        "https://host/a.root?token=$TOKEN",
        "https://$LOGIN@host/a.root",
        "https://$USER_NAME:${PASS}@host/a.root?download=1",
        "root://host//a.root?authz=${BEARER}",
        "https://host/a.root?$PRESIGNED",
    ],
)
def test_addresses(url):
    check_address(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "expected an address that starts with https://, http://, root://"),
        ("ssh://host/a.root", "or zenodo://, found 'ssh://host/a.root'"),
        ("https:///a.root", "expected an address"),
        ("https://host:port/a.root", "expected an address"),
        ("https://[host/a.root?s3cret", "expected an address"),
        ("simplecache::https://host/s3cret", "expected an address"),
        ("https://host/a::file:///etc/passwd", "has spaces, control characters or '::' in it"),
        ("https://host/a b.root", "has spaces, control characters"),
        ("https://host/a.root\r\nHost: other", "has spaces, control characters"),
        ("s3://bucket", "names no file: expected s3://<bucket>/<key>"),
        ("zenodo://record/a.h5", "names no file: expected zenodo://<number of the record>/<file>"),
        ("zenodo://2603256/", "names no file"),
        ("s3://bucket/a.root?versionId=1", "has more behind its key"),
        ("s3://bucket/run#2.root", "write ? as %3F and # as %23 in a key"),
        ("root://host", "expected root://<host>/<path of a file>"),
    ],
)
def test_what_is_no_address(url, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        check_address(url)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://me:s3cret@host/a.root", "put $NAME in its place and set the variable NAME"),
        ("https://s3cret@host/a.root", "put $NAME in its place"),
        ("https://$USER:s3cret@host/a.root", "put $NAME in its place"),
        ("https://host/a.root?x=1&token=s3cret", "has a key in it ('token' behind the question"),
        ("https://b.s3.amazonaws.com/k?X-Amz-Signature=s3cret", "has a key in it ('X-Amz-Signat"),
        ("https://h/a?sv=2026&sig=s3cret", "has a key in it ('sig' behind"),
        ("root://me:s3cret@host//a.root", "let BEARER_TOKEN_FILE or X509_USER_PROXY name"),
        ("root://host//a.root?authz=s3cret", "let BEARER_TOKEN_FILE or X509_USER_PROXY name"),
        ("s3://key:s3cret@bucket/a.root", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ("s3://$LOGIN@bucket/a.root", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    ],
)
@pytest.mark.parametrize("where", ["files", "download", "checksums"])
def test_secrets_are_refused_and_not_shown(url, place, where):
    if where == "download":
        text = refusal([], download={"files": {"a.root": {"url": url, "md5": "0" * 32}}})
    elif where == "files":
        text = refusal([url])
    else:
        text = refusal([url], checksums={url: "md5:short"})
    assert place in text
    assert "which every log would show" in text
    assert "s3cret" not in text


def test_zenodo_in_short():
    expected = "https://zenodo.org/records/2603256/files/my%20jets.h5?download=1"
    assert location("zenodo://2603256/my%20jets.h5") == expected
    assert location(URL) == URL


def test_letters_are_written_as_servers_take_them():
    assert location("https://host/Zµµ%20b.root?a=é&b=$X") == (
        "https://host/Z%C2%B5%C2%B5%20b.root?a=%C3%A9&b=$X"
    )
    assert location("https://é.org/é") == "https://é.org/%C3%A9"
    assert location("root://host//Zµµ%20b%2B.root?a=%2B") == "root://host//Zµµ b+.root?a=%2B"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (URL, "a.root"),
        ("https://host/a/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "passwd"),
        ("https://host/..", "file"),
        ("https://host/a/.hidden", "hidden"),
        ("https://host/my%20jets%00.h5", "my_jets_.h5"),
        ("https://host/$(reboot);a.h5", "_reboot_a.h5"),
        ("https://host", "file"),
        ("https://host/" + "x" * 300 + ".root", "x" * 95 + ".root"),
        ("root://host//eos/a.root?x=/b.h5", "a.root"),
    ],
)
def test_names_of_copies_are_harmless(url, name):
    assert file_name(url) == name
    folder, _, copied = sample_of(["x.root"]).copy_of(url).rpartition("/")
    assert copied == name
    assert PurePosixPath(folder).parent == FOLDER


class TestCopies:
    def test_by_checksum_whatever_the_address(self):
        one = sample_of([URL], checksums={"a.root": SHA256})
        other = sample_of(["root://h//a.root"], checksums={"root://h//a.root": SHA256})
        folder = "resources/downloads/sha256-" + "1" * 64
        assert list(one.fetched("far")) == list(other.fetched("far")) == [f"{folder}/a.root"]

    def test_by_address_where_nothing_better_is_known(self):
        """Of 80,000 files two share an adler32 more likely than not."""
        adler = {"a.root": "adler32:0000000f"}
        paths = {
            path
            for url in (URL, "https://host/run2/a.root")
            for checksums in ({}, adler)
            for path in sample_of([url], checksums=checksums).fetched("far")
        }
        assert len(paths) == 4

    def test_another_checksum_is_another_file(self):
        paths = [
            path
            for digit in "01"
            for path in sample_of([URL], checksums={URL: "md5:" + digit * 32}).fetched("far")
        ]
        assert len(set(paths)) == 2

    def test_sources_keep_key_and_origin(self, tmp_path):
        local = tmp_path / "b.root"
        local.touch()
        far, near = sources_of("far", sample_of([f"{URL}?x=1", str(local)]))
        assert far.path.startswith("resources/downloads/address-")
        assert (far.key, far.part, far.name) == ("a.root", "a", URL)
        assert (near.path, near.name, near.origin) == (str(local), str(local), "")

    def test_in_place(self):
        sample = sample_of([URL], stream=True)
        assert sample.fetched("far") == {}
        assert sources_of("far", sample)[0].path == URL

    def test_one_file_for_two_samples(self):
        data = study([URL], checksums={URL: MD5})
        data["samples"]["more"] = data["samples"]["far"] | {"files": ["s3://bucket/a.root"]}
        data["samples"]["more"]["checksums"] = {"a.root": MD5}
        assert len(all_fetched(parse_study(data).samples)) == 1


@pytest.mark.parametrize(
    ("files", "sample", "words"),
    [
        ([URL], {"checksums": {"b.root": MD5}},
         "'b.root' is no address of 'files'; did you mean 'a.root'?"),
        ([URL, "s3://bucket/a.root"], {"checksums": {"a.root": MD5}},
         "'a.root' is several addresses of 'files'"),
        ([URL], {"checksums": {"a.root": MD5, URL: SHA256}}, "are one file: say it once"),
        ([URL, "s3://bucket/b.root"], {"checksums": {"a.root": MD5, "b.root": MD5}},
         "'s3://bucket/b.root' are the same file by md5:"),
        ([URL], {"checksums": {URL: "md5:123"}},
         f"checksums: that of '{URL}' is 'md5:123', expected md5: and 32, sha256: and 64"),
        ([URL], {"checksums": {URL: "crc:12345678"}}, "or adler32: and 8 of the digits 0-9a-f"),
        ([URL], {"checksums": {URL: MD5}, "stream": True}, "what is read in place is not checked"),
        (["https://h/a.root?x=$X"], {"stream": True}, "has a variable in it, which error messages"),
        (["a.npz"], {"stream": True, "reader": "npz", "options": {"convention": "pd4ml_top"}},
         "stream: npz reads copies only: leave it out"),
    ],
)  # fmt: skip
def test_faults(files, sample, words):
    assert words in refusal(files, **sample)


def test_checksums_and_sizes_of_a_file():
    file = RemoteFile(url=URL, adler32="0000000f")
    assert file.checksum == ("adler32", "0000000f")
    assert RemoteFile(url=URL).checksum is None


def test_what_is_kept_of_a_study_has_no_values_of_queries():
    kept = json.loads(
        without_secrets(json.dumps({"files": [f"{URL}?x=s3cret&y=$Y&s3cret", f"{URL}?download=1"]}))
    )
    assert kept["files"] == [f"{URL}?x=...&y=$Y&...", f"{URL}?download=1"]
    assert without_secrets('"selection": "a ? b"') == '"selection": "a ? b"'
