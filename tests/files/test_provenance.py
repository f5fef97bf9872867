"""Files say which software made them, and what computed the networks' answers."""

import json
import sys
from types import SimpleNamespace

from footprint.files.provenance import software


def test_the_backend_is_named_where_keras_computes_and_nowhere_else(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    plain = json.loads(software())
    assert {"footprint", "commit", "numpy"} <= set(plain)
    keras = SimpleNamespace(config=SimpleNamespace(backend=lambda: "jax"))
    monkeypatch.setitem(sys.modules, "keras", keras)
    assert json.loads(software()) == plain | {"backend": "jax"}
