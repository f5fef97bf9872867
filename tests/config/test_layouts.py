"""A network on a triangular grid must be for the layout of its sample."""

import pytest

from footprint.config import parse_study


def hexagonal(study, sample, model):
    study["samples"]["array"] = {"generator": "observatory", "events": 10, "options": sample}
    study["datasets"]["array"] = {
        "samples": ["array"], "inputs": {"seen": ["signal"]}, "targets": {"xmax": {"array": "xmax"}}
    }  # fmt: skip
    study["experiments"]["hexagons"] = {
        "dataset": "array", "task": "regression", "model": {"name": "hexagonal", **model},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sample", "model", "words"),
    [
        (
            {"layout": "axial"},
            {},
            "layout is 'offset', but sample 'array' has layout 'axial'",
        ),
        ({"layout": "axial"}, {}, "neighbours; say layout: axial"),
        (
            {},
            {"layout": "axial"},
            "layout is 'axial', but sample 'array' has layout 'offset'",
        ),
        ({"layout": "cartesian"}, {}, "neighbours; take 'cnn' or 'residual'"),
    ],
)
def test_another_layout_is_refused(faults, sample, model, words):
    assert words in faults(lambda study: hexagonal(study, sample, model))


@pytest.mark.parametrize(
    ("sample", "model"),
    [({}, {}), ({"layout": "axial"}, {"layout": "axial"}), ({"stations": "a.csv"}, {})],
)
def test_the_same_layout_is_right(tiny, sample, model):
    hexagonal(tiny, sample, model)
    assert parse_study(tiny).experiments["hexagons"].model.name == "hexagonal"
