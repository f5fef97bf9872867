"""Plans of Snakemake, each in a process of its own that has nothing to import any more.

More than half of a dry run's time are imports, and tests ask for many.
"""

import os
import sys
import tempfile
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

PRELOADED = ("snakemake.cli", "snakemake.report.html_reporter", "pandas", "numpy",
             "footprint.config.study", "footprint.survey", __name__)  # fmt: skip


class Result(NamedTuple):
    """How Snakemake ended, and what it said on both streams."""

    returncode: int
    text: str


def plan(arguments: list[str], folder: Path) -> Result:
    """Make a dry run in a folder; nothing that it leaves behind is seen by the next one."""
    with tempfile.NamedTemporaryFile() as said:
        process = _context().Process(target=_in_child, args=(arguments, str(folder), said.name))
        process.start()
        process.join()
        return Result(process.exitcode, Path(said.name).read_text())


def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def _in_child(arguments: list[str], folder: str, said: str) -> None:
    os.chdir(folder)
    file = os.open(said, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", buffering=1) for stream in (1, 2))
    from snakemake.cli import main

    main(arguments)
