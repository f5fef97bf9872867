"""What killed processes leave is removed, and nothing of those that still write."""

import os
import subprocess
import sys

from footprint.files.atomic import temporary


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
