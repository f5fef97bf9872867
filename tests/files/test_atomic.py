"""What killed processes leave is removed, and nothing of those that still write."""

import os
import subprocess
import sys
from typing import get_args

from footprint.config.base import Name
from footprint.evaluation.methods import ensemble_name
from footprint.files.atomic import atomic, temporary


def left_by(process, folder):
    own = temporary(folder / "events.h5").name
    path = folder / own.replace(f"-{os.getpid()}-", f"-{process.pid}-")
    path.write_text("half")
    return path


def test_what_a_process_left_goes_though_nobody_has_asked_how_it_ended(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", ""])
    left = left_by(process, tmp_path)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    temporary(tmp_path / "events.h5")
    process.wait()
    assert not left.exists()


def test_what_a_process_still_writes_stays(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    left = left_by(process, tmp_path)
    temporary(tmp_path / "events.h5")
    process.communicate()
    assert left.exists()
    temporary(tmp_path / "events.h5")
    assert not left.exists()


def test_the_longest_names_of_a_study_make_file_names_that_can_be_written(tmp_path):
    name = "a" * get_args(Name)[1].max_length
    # Of all figures this one has most names in its own: a method, and two classes.
    path = tmp_path / f"shifted_roc_{ensemble_name(name)}_{name}_against_{name}.png"
    with atomic(path) as partial:
        partial.touch()
    assert path.is_file()
