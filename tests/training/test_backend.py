"""Settings that come too late once a backend is imported: memory of GPUs, threads, determinism."""

import ast
import os
import subprocess
import sys

import pytest

from footprint.training import backend
from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))


@pytest.fixture
def environment(monkeypatch):
    found = {}
    monkeypatch.setattr(os, "environ", found)
    return found


def test_a_shared_gpu_is_shared_and_results_repeat(environment):
    backend.prepare(3)
    assert environment["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert environment["TF_DETERMINISTIC_OPS"] == "1"
    assert environment["KERAS_BACKEND"] == "tensorflow"
    assert environment["OMP_NUM_THREADS"] == environment["TF_NUM_INTRAOP_THREADS"] == "3"


def test_settings_of_the_user_stay(environment):
    own = {"KERAS_BACKEND": "jax", "TF_DETERMINISTIC_OPS": "0", "OMP_NUM_THREADS": "7"}
    environment.update(own)
    backend.prepare(3)
    assert own.items() <= environment.items()
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"


def test_scripts_make_them_before_anything_imports_a_backend():
    prepared = []
    for path in SCRIPTS:
        (main,) = (n for n in ast.parse(path.read_text()).body if getattr(n, "name", "") == "main")
        calls = [ast.unparse(statement) for statement in main.body]
        ready = [n for n, text in enumerate(calls) if text.startswith("backend.prepare(")]
        imports = [n for n, text in enumerate(calls) if text.startswith(("from ", "import "))]
        if ready and imports:
            assert ready[0] < imports[0], path
            prepared.append(str(path))
    assert len(prepared) >= 5
    # What stands at the head of a script imports none of them.
    code = (
        "import sys, runpy\n"
        f"for path in {prepared!r}: runpy.run_path(path)\n"
        "print([name for name in ('keras', 'tensorflow', 'jax', 'torch') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
