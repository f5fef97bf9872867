"""How Keras starts: the settings of its numerical backend, and what it does without."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNUSED = ("IPython", "matplotlib", "pandas", "sklearn")
"""What Keras imports if it is there, for wrappers, plots and tables that no network needs."""


def prepare(threads: int) -> None:
    """Fix threads, determinism and memory of whichever backend ``KERAS_BACKEND`` names.

    The same weights come out again only with the same number of threads, so it is pinned; on a
    shared GPU memory is taken as needed instead of all at once. Settings made by the user stay.

    Parameters
    ----------
    threads
        Threads that computations may use.
    """
    settings = {
        "KERAS_BACKEND": "tensorflow",
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_DETERMINISTIC_OPS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def start() -> None:
    """Import Keras, once it is prepared, without what costs time and serves no job."""
    with without(UNUSED), uncollected():
        import keras  # noqa: F401


@contextmanager
def without(packages: tuple[str, ...]) -> Iterator[None]:
    """Hide packages that are not imported yet from what is imported in this block.

    Keras takes a quarter less time to start without those that it can do without; jobs are many
    and often short. The packages can be imported afterwards as ever.
    """
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type] # None: not to be found
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage while modules are imported in this block, nor among them afterwards.

    Half a million objects that stay would be looked through again and again: a sixth of the time
    that Keras takes to start.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
