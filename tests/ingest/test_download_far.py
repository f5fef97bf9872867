"""Downloads that nobody vouches for, changed files, hostile servers, several who want one file."""

import hashlib
import zlib

import pytest

from footprint.errors import FileFormatError
from footprint.ingest.checksums import digest
from footprint.ingest.download import DownloadError
from tests.ingest.far_server import NEW, OLD, answering, fetch, left, ranged


@pytest.fixture
def target(tmp_path):
    return tmp_path / "jets.h5"


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
