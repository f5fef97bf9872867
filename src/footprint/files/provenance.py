"""Where an output came from: versions of the software and the state of the repository."""

import json
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

BACKENDS = ("jax", "tensorflow", "tensorflow-cpu", "torch")
"""Packages that compute for Keras: those that are installed, of which KERAS_BACKEND takes one."""
PACKAGES = ("h5py", "keras", "numpy", "scikit-learn", "scipy", *BACKENDS, "uproot")


@cache
def git_commit() -> str:
    """Commit of the repository this library stands in, with ``-dirty`` after local changes."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        answer = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return answer.stdout.strip()


def software() -> str:
    """List versions as JSON: Footprint, its commit, and the packages that shape results.

    Where Keras computes, ``backend`` names what it computes with.
    """
    keras = sys.modules.get("keras")  # importing it takes seconds, which only networks are worth
    backend = {} if keras is None else {"backend": keras.config.backend()}
    return json.dumps(_versions() | backend)


@cache
def _versions() -> dict[str, str]:
    from footprint import __version__

    found = {"footprint": __version__, "commit": git_commit()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
