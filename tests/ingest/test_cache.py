"""Several who want one file at once, and a cache that studies share."""

import fcntl
import hashlib
import logging
import os
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from footprint.config.downloads import RemoteFile
from footprint.errors import ConfigError, FileFormatError
from footprint.ingest import cache
from footprint.ingest.cache import cache_folder
from footprint.ingest.download import download
from tests.ingest.far_server import NEW, OLD, QUICK, answering, fetch, left, ranged


@pytest.fixture
def target(tmp_path):
    return tmp_path / "jets.h5"


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


class TestCache:
    def fetch(self, address, tmp_path, study, content=OLD, **known):
        known = known or {"sha256": hashlib.sha256(content).hexdigest()}
        target = tmp_path / study / "resources" / "jets.h5"
        file = RemoteFile(url=f"{address}/jets.h5", **known)
        download(file, target, QUICK, cache=tmp_path / "cache")
        return target

    def test_studies_get_links_to_one_file(self, tmp_path):
        with answering(lambda _, headers: ranged(OLD, headers)) as (address, requests):
            one, two = (self.fetch(address, tmp_path, study) for study in ("one", "two"))
        assert len(requests) == 1
        assert one.resolve() == two.resolve()
        kept = tmp_path / "cache" / f"sha256-{hashlib.sha256(OLD).hexdigest()}" / "jets.h5"
        assert one.readlink() == two.readlink() == kept
        one.unlink()  # what Snakemake does after a failure
        assert two.read_bytes() == OLD

    def test_two_that_make_one_link_at_once_both_succeed(self, tmp_path, monkeypatch):
        real, calls = Path.symlink_to, []

        def symlink_to(link, kept):
            real(link, kept)
            calls.append(link)
            if len(calls) == 1:  # before this one takes its final name, another comes and goes
                self.fetch(address, tmp_path, "one")

        monkeypatch.setattr(Path, "symlink_to", symlink_to)
        with answering(lambda _, headers: ranged(OLD, headers)) as (address, _):
            target = self.fetch(address, tmp_path, "one")
        assert len(set(calls)) == 2
        assert target.read_bytes() == OLD
        assert left(target) == ["jets.h5"]

    def test_another_version_leaves_the_first_one_alone(self, tmp_path):
        content = [OLD]
        with answering(lambda _, headers: ranged(content[0], headers)) as (address, _):
            one = self.fetch(address, tmp_path, "one")
            content[0] = NEW
            two = self.fetch(address, tmp_path, "two", NEW)
            assert (one.read_bytes(), two.read_bytes()) == (OLD, NEW)
            self.fetch(address, tmp_path, "one", NEW)
        assert one.read_bytes() == NEW, "a link is put right"
        assert len(list((tmp_path / "cache").iterdir())) == 2

    def test_what_was_removed_comes_back(self, tmp_path):
        with answering(lambda _, headers: ranged(OLD, headers)) as (address, requests):
            target = self.fetch(address, tmp_path, "one")
            target.readlink().unlink()
            self.fetch(address, tmp_path, "one")
        assert target.read_bytes() == OLD
        assert len(requests) == 2

    def test_links_to_nothing_are_dropped_and_no_others(self, tmp_path, caplog):
        for name in ("kept", "file"):
            (tmp_path / name).touch()
        for name in ("kept", "gone"):
            (tmp_path / f"to_{name}").symlink_to(tmp_path / name)
        names = ("file", "to_kept", "to_gone", "never")
        cache.drop_dead_links(tmp_path / name for name in names)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "kept", "to_kept"]
        assert f"{tmp_path}/to_gone has left the cache" in caplog.text

    def test_a_right_file_that_lies_there_is_left_alone(self, tmp_path):
        target = tmp_path / "one" / "resources" / "jets.h5"
        target.parent.mkdir(parents=True)
        target.write_bytes(OLD)
        self.fetch("http://127.0.0.1:9", tmp_path, "one")
        assert not target.is_symlink()
        assert not (tmp_path / "cache").exists()

    def test_a_wrong_file_stays_out_of_every_study(self, tmp_path):
        with (
            answering(lambda _, headers: ranged(NEW, headers)) as (address, _),
            pytest.raises(FileFormatError, match="found sha256"),
        ):
            self.fetch(address, tmp_path, "one", OLD)
        assert not list((tmp_path / "cache").rglob("jets.h5"))
        assert not (tmp_path / "one").exists()


def test_the_cache_folder_is_a_whole_path(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert cache_folder(None) is cache_folder("") is None
    assert cache_folder("~/cache") == Path("/home/me/cache")
    with pytest.raises(ConfigError, match="FOOTPRINT_CACHE is 'cache', expected the whole path"):
        cache_folder("cache")
