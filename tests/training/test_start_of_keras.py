"""What is hidden while Keras starts, and that it is there again afterwards."""

import gc
import importlib
import json
import sys

import pytest

from footprint.training.backend import uncollected, without


def test_packages_are_hidden_in_the_block_alone(monkeypatch):
    for name in ("wave", "wave.more"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with without(("wave", "json")):
        with pytest.raises(ImportError, match="wave"):
            importlib.import_module("wave")
        assert importlib.import_module("json") is json  # already there: nothing is taken away
    assert importlib.import_module("wave").open


def test_they_come_back_after_an_error(monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with pytest.raises(KeyError), without(("wave",)):
        raise KeyError
    assert importlib.import_module("wave").open


def test_garbage_is_looked_for_again_afterwards():
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        kept = [[] for _ in range(100)]
    assert gc.isenabled()
    assert not any(entry is kept for entry in gc.get_objects())
    gc.unfreeze()
    assert any(entry is kept for entry in gc.get_objects())
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled(), "who switched it off wants it off"
    finally:
        gc.enable()
        gc.unfreeze()
