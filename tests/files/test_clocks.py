"""Dates of files against the clock."""

import os
import time

import pytest

from footprint.errors import StorageError
from footprint.files.clocks import PATIENCE, refuse_future


def dated(path, seconds):
    path.write_text("x")
    when = time.time() + seconds
    os.utime(path, (when, when))
    return path


def test_old_and_missing_files_pass(tmp_path):
    refuse_future([dated(tmp_path / "old", -100), tmp_path / "missing"])


def test_a_clock_that_is_a_little_ahead_is_waited_for(tmp_path):
    path = dated(tmp_path / "ahead", PATIENCE / 8)
    refuse_future([path])
    assert time.time() >= path.stat().st_mtime


def test_a_date_far_ahead_is_refused_with_the_remedy(tmp_path):
    path = dated(tmp_path / "far", 3600)
    with pytest.raises(StorageError, match=r"far is dated .* 3600 s in the future .* touch"):
        refuse_future([path])
