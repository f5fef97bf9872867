"""The errors a user can cause, and how they are worded.

Every message says what was found, what was expected, where, and what to do.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class FootprintError(Exception):
    """Base of all errors that a command shows as one message instead of a traceback."""


class ConfigError(FootprintError):
    """The study's YAML does not say something that can be run."""


class FileFormatError(FootprintError):
    """A file is missing, truncated, or not of the kind that was expected."""


class StorageError(FootprintError):
    """The file system does not take a file: it is full, read-only, or another's."""


class DataError(FootprintError):
    """The events themselves cannot serve: empty selections, NaN targets, constant inputs."""


class TrainingError(FootprintError):
    """A training cannot go on: loss not finite, network and data do not fit together."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Word a hint towards the nearest of the known names.

    Parameters
    ----------
    name
        What was found.
    known
        The names that would have been right.

    Returns
    -------
    str
        ``"did you mean 'x'? Known: a, b, x"``, without the question where nothing is near.
    """
    names = sorted(known)
    listed = "known: " + (", ".join(names) if names else "none")
    near = get_close_matches(name.lower(), [n.lower() for n in names], n=1, cutoff=0.5)
    if not near:
        return listed
    match = next(n for n in names if n.lower() == near[0])
    return f"did you mean '{match}'? {listed}"
