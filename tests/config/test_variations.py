"""Which points variations have, and what stands at each of them."""

import json

import pytest

from footprint.config import parse_study
from footprint.config.points import settings_of
from footprint.config.variations import NOMINAL

OBSERVATORY = {
    "generator": "observatory",
    "events": 100,
    "options": {"rows": 5, "columns": 5, "traces": False, "muons": "realistic"},
}
ARRAY = {
    "samples": ["array"],
    "inputs": {"seen": ["signal"]},
    "targets": {"xmax": {"array": "xmax", "baselines": {}}},
}
DENSE = {"dataset": "array", "task": "regression", "model": {"name": "dense"}}


def two_arrays(tiny, curves, **variations):
    """The tiny study, and a network on a sample of another generator."""
    tiny["samples"]["array"] = OBSERVATORY
    tiny["datasets"]["array"] = ARRAY
    tiny["experiments"]["dense"] = DENSE
    tiny["variations"] = {"curves": curves, **variations}
    return parse_study(tiny)


def settings(study, curve, names):
    points = {k: p for k, p in study.points().items() if k == NOMINAL or p.curve == curve}
    return settings_of(study.variations.curves[curve], points, names)


def test_the_studys_own_value_is_the_nominal_point_alone(tiny):
    study = parse_study(tiny)
    assert settings(study, "muons", ["showers"]) == {"nominal": 200, "muons_0": 100, "muons_2": 400}
    points = study.points()
    assert points["muons_0"].samples["showers"].options.muons_at_10_EeV == 100
    assert points["muons_0"].samples["showers"].options.pixels == 8
    assert {p.samples["showers"].events for p in points.values()} == {120}


@pytest.mark.parametrize(
    ("option", "values", "expected"),
    [
        ("saturation_VEM", [1e4, 1e3], {"nominal": None, "c_0": 1e4, "c_1": 1e3}),
        ("saturation_VEM", [None, 1e3], {"nominal": None, "c_1": 1e3}),
        ("muons", ["published", "realistic"], {"nominal": "realistic", "c_0": "published"}),
        (
            "muons",
            ["published"],
            {"nominal": {"mass_exponent": 0.2, "fluctuation": {}}, "c_0": "published"},
        ),
    ],
)
def test_null_and_nested_options_can_be_settings(tiny, option, values, expected):
    study = two_arrays(tiny, {"c": {"option": option, "values": values}})
    found = settings(study, "c", ["array"])
    if isinstance(expected["nominal"], dict):
        assert set(found["nominal"]) == set(expected["nominal"])
        found["nominal"] = expected["nominal"]
    assert found == expected
    json.dumps(found)  # as they are handed to a job


def test_each_data_set_has_the_points_of_its_own_samples(tiny):
    curves = {
        "muons": {"option": "muons_at_10_EeV", "values": [100, 400]},
        "noise": {"option": "noise_scale", "values": [1, 2]},
        "model": {"option": "hadronic_model", "values": ["Sibyll2.1"]},
    }
    study = two_arrays(tiny, curves)
    changed = {name: set(point.changed) for name, point in study.points().items()}
    assert changed == {
        "nominal": set(),
        "muons_0": {"showers"},
        "muons_1": {"showers"},
        "noise_1": {"array"},
        "model_0": {"showers", "array"},
    }
    assert settings(study, "noise", ["showers"]) == {}
    assert list(settings(study, "model", ["array"])) == ["nominal", "model_0"]


def test_experiments_without_any_of_the_options_are_not_judged(tiny):
    curves = {"noise": {"option": "noise_scale", "values": [2]}}
    study = two_arrays(tiny, curves)
    assert study.varied_experiments() == ["dense"]
    assert list(study.points()["nominal"].samples) == ["array"]


def test_asking_for_them_is_refused(faults):
    def change(tiny):
        tiny["samples"]["array"] = OBSERVATORY
        tiny["datasets"]["array"] = ARRAY
        tiny["experiments"]["dense"] = DENSE
        tiny["variations"]["experiments"] = ["dense"]

    words = "variations.experiments: the samples of ['dense'] have none of the options ['muons_at_"
    assert words in faults(change)


def test_no_value_twice_and_no_empty_list(faults):
    def twice(tiny):
        tiny["variations"]["curves"]["muons"]["values"] = [100, 100.0]

    assert "curves.muons.values[1]: 100.0 stands there already" in faults(twice)
    message = faults(lambda tiny: tiny["variations"].update(experiments=[]))
    assert "variations.experiments: Value should have at least 1 item" in message
