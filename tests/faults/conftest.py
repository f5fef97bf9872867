"""Disks that fill up and stop taking files, and a study made without any trouble."""

import os
import shutil
import subprocess

import pytest

from tests.faults.study import Study


class Disk:
    """A file system of its own in memory, which can be filled, emptied and locked."""

    def __init__(self, folder):
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, free):
        """Leave about so many bytes, whole pages as it is."""
        room = shutil.disk_usage(self.folder).free - free
        with self._ballast.open("ab") as file:
            file.write(bytes(max(0, room)))

    def empty(self):
        self._ballast.unlink(missing_ok=True)

    def remount(self, *options):
        _mount("-o", ",".join(["remount", *options]), str(self.folder))


def _mount(*arguments):
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    try:
        _mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    yield Disk(folder)
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """The study as it comes out without a fault; look, do not touch."""
    return Study(tmp_path_factory.mktemp("undisturbed") / "results").up_to("draw")


@pytest.fixture
def study(undisturbed, tmp_path):
    """A copy of it to break."""
    return Study(shutil.copytree(undisturbed.results, tmp_path / "results"))


@pytest.fixture
def study_on_disk(undisturbed, disk):
    return Study(shutil.copytree(undisturbed.results, disk.folder / "results"))
