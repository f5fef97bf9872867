"""Settings of the numerical backend that must be made before Keras is imported."""

import os


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
