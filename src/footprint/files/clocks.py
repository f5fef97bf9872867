"""Dates of files, which decide what runs again, against this computer's clock."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from footprint.errors import StorageError

PATIENCE = 2.0
"""Seconds that a server of files may be ahead: it is waited for."""


def refuse_future(paths: Iterable[Path]) -> None:
    """Refuse files that were changed later than now.

    What is made of them would look older than they are. Snakemake finds out when the job has
    ended, throws its output away, but remembers it as made of the file as it is: the next run
    would take what an earlier one made further on for up to date.

    Parameters
    ----------
    paths
        Files that go in; those that are missing are passed over.

    Raises
    ------
    StorageError
        One is dated in the future.
    """
    now = time.time()
    for path in paths:
        try:
            changed = path.stat().st_mtime
        except OSError:
            continue
        if now < changed < now + PATIENCE:
            time.sleep(changed - now)
        elif changed > now:
            date = datetime.fromtimestamp(changed, UTC).isoformat(" ", "seconds")
            msg = (
                f"{path} is dated {date}, {changed - now:.0f} s in the future by this computer's "
                f"clock: what is made of it would look older than it. Set the clocks right, then "
                f"touch the file"
            )
            raise StorageError(msg)
