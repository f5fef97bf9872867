"""Parameter sets: which points they make, of which samples, and what is refused."""

import copy

import pytest

from footprint.config import parse_study
from footprint.config.points import points_of
from footprint.config.study import Study
from footprint.errors import ConfigError

OBSERVATORY = {"generator": "observatory", "events": 100, "options": {"rows": 5, "columns": 5}}
ARRAY = {
    "samples": ["array"],
    "inputs": {"seen": ["signal"]},
    "targets": {"xmax": {"array": "xmax", "baselines": {}}},
}
DENSE = {"dataset": "array", "task": "regression", "model": {"name": "dense"}}

JETS = {
    "reader": "root",
    "files": ["jets.root"],
    "options": {
        "tree": "jets",
        "branches": {
            name: name
            for name in ("constituent_px", "constituent_py", "constituent_pz",
                         "constituent_energy", "jet_pt", "tau1", "label")
        },
    },
}  # fmt: skip


def with_sets(tiny, sets, **variations):
    """The tiny study, a network on a sample of another generator, and parameter sets."""
    tiny["samples"]["array"] = copy.deepcopy(OBSERVATORY)
    tiny["datasets"]["array"] = ARRAY
    tiny["experiments"]["dense"] = DENSE
    tiny["variations"] = {"sets": sets, "events": 60, **variations}
    return parse_study(tiny)


def with_jets(tiny, sets, spectators=("jet_pt",)):
    """A study of jets that are read from files."""
    tiny["samples"] = {"jets": JETS}
    tiny["datasets"] = {
        "jets": {
            "samples": ["jets"],
            "inputs": {"seen": ["constituent_px"]},
            "targets": {"label": {"array": "label", "classes": {"top": 1, "qcd": 0}}},
            "spectators": list(spectators),
        }
    }
    tiny["experiments"] = {
        "tagger": {"dataset": "jets", "task": "classification", "model": {"name": "dense"}}
    }
    for target in tiny["datasets"]["jets"]["targets"].values():
        target["baselines"] = {}
    tiny["variations"] = {"sets": sets}
    return parse_study(tiny)


def test_several_options_change_at_once_and_a_pair_has_two_points(tiny):
    study = with_sets(
        tiny,
        {
            "blurred": {"muons_at_10_EeV": 150, "pixel_size_m": 120},
            "muon_number": {"label": "muons", "up": {"muons_at_10_EeV": 230},
                            "down": {"muons_at_10_EeV": 170}},
        },
    )  # fmt: skip
    points = study.points()
    assert list(points) == ["nominal", "blurred", "muon_number_up", "muon_number_down"]
    options = points["blurred"].samples["showers"].options
    assert (options.muons_at_10_EeV, options.pixel_size_m, options.pixels) == (150, 120, 8)
    up, down = points["muon_number_up"], points["muon_number_down"]
    assert (up.parameter_set, up.shift, down.shift) == ("muon_number", "up", "down")
    assert up.samples["showers"].options.muons_at_10_EeV == 230
    assert up.samples["showers"].events == 60


def test_blocks_of_options_are_replaced_as_a_whole(tiny):
    study = with_sets(tiny, {"late": {"arrival": {"muon_start_ns": 200.0}, "noise_scale": 2.0}})
    options = study.points()["late"].samples["array"].options
    assert (options.arrival.muon_start_ns, options.noise_scale) == (200.0, 2.0)


def test_only_samples_with_the_option_change_or_those_that_are_named(tiny):
    sets = {
        "model": {"hadronic_model": "Sibyll2.1"},
        "model_of_one": {"hadronic_model": "Sibyll2.1", "samples": ["array"]},
        "mixed": {"muons_at_10_EeV": 150, "noise_scale": 2.0},
    }
    points = with_sets(tiny, sets).points()
    changed = {name: set(point.changed) for name, point in points.items()}
    assert changed == {
        "nominal": set(),
        "model": {"showers", "array"},
        "model_of_one": {"array"},
        "mixed": {"showers", "array"},
    }
    assert points_of(points, ["showers"]) == ["nominal", "model", "mixed"]


def test_experiments_without_any_of_the_options_are_not_judged(tiny):
    study = with_sets(tiny, {"loud": {"noise_scale": 2.0}})
    assert study.varied_experiments() == ["dense"]
    assert list(study.points()["nominal"].samples) == ["array"]


def test_what_is_written_down_is_read_again(tiny):
    study = with_sets(
        tiny,
        {"a": {"noise_scale": 2.0, "label": "loud"},
         "b": {"up": {"muon_scale": 1.1}, "down": {"muon_scale": 0.9}}},
        curves={"c": {"option": "dead_fraction", "values": [0.1]}},
    )  # fmt: skip
    again = Study.model_validate_json(study.model_dump_json())
    assert again == study
    assert list(again.points()) == ["nominal", "c_0", "a", "b_up", "b_down"]


def test_constituents_of_jets_that_are_read_can_be_changed(tiny):
    sets = {
        "scale": {
            "up": {"events": {"constituent_energy_scale": 1.02}},
            "down": {"events": {"constituent_energy_scale": 0.98}},
        }
    }
    study = with_jets(tiny, sets)
    points = study.points()
    assert study.varied_experiments() == ["tagger"]
    assert points_of(points, ["jets"]) == ["nominal", "scale_up", "scale_down"]
    assert points["scale_up"].events["jets"].constituent_energy_scale == 1.02
    assert points["scale_up"].simulated == frozenset()


def sets_of(study, **sets):
    study["variations"] = {"sets": sets}


EVENTS = {"constituent_efficiency": 0.97}


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        (
            {"a": {"muons_at_10": 100}},
            "variations.sets.a: no option 'muons_at_10'; did you mean 'muons_at_10_EeV'?",
        ),
        (
            {"a": {"up": {"muons_at_10_EeV": 300}, "down": {"muons_at_10": 100}}},
            "variations.sets.a.down: no option 'muons_at_10'; did you mean 'muons_at_10_EeV'?",
        ),
        (
            {"a": {"muons_at_10_EeV": 200.0, "pixels": 8}},
            ("variations.sets.a: {'muons_at_10_EeV': 200.0, 'pixels': 8} is what the study has "
            "already: change at least one option"),
        ),
        (
            {"a": {"pixels": 16}, "b": {"pixels": 16}},
            "variations.sets.b: the same as sets.a: give each change once",
        ),
        (
            {"a": {"up": {"pixels": 16}, "down": {"pixels": 16}}},
            "variations.sets.a.down: the same as sets.a.up: give each change once",
        ),
        (
            {"a": {"hadronic_model": "EPOS"}},
            "variations.sets.a: option 'hadronic_model' cannot be 'EPOS': Input should be",
        ),
        (
            {"a": {"pixels": 2, "hadronic_model": "EPOS"}},
            ("variations.sets.a: the options cannot be {'pixels': 2, 'hadronic_model': 'EPOS'}: "
            "hadronic_model: Input should be"),
        ),
        (
            {"a": {"pixels": 16, "samples": ["shower"]}},
            ("variations.sets.a.samples: no 'shower' among the samples of experiments that can be "
            "judged; did you mean 'showers'?"),
        ),
        (
            {"a": {"up": {"pixels": 16}}},
            "variations.sets.a: up without down: give both, or the options without up where",
        ),
        (
            {"a": {"options": {"pixels": 16}, "up": {"pixels": 4}, "down": {"pixels": 6}}},
            "variations.sets.a: options and events stand in up and down, or without them",
        ),
        (
            {"a": {"up": {"pixels": 16}, "down": {"pixels": 6}, "pixels": 5}},
            "variations.sets.a: unknown key 'pixels'; known: down, events, label, options, samples",
        ),
        ({"a": {"label": "nothing"}}, "variations.sets.a: nothing is changed: name at least one"),
        ({"a": {"up": {}, "down": {}}}, "variations.sets.a.up: nothing is changed: name at least"),
        (
            {"a": {"events": EVENTS}},
            ("variations.sets.a.events: none of the samples ['showers'] has constituents "
            "(constituent_px, constituent_py, constituent_pz, constituent_energy)"),
        ),
        (
            {"a": {"events": {"constituent_efficiency": 1.0}}},
            "a constituent_energy_scale and a constituent_efficiency of 1 leave the events as they",
        ),
        (
            {"a": {"events": {"efficiency": 0.9}}},
            ("variations.sets.a.events: unknown key 'efficiency'; did you mean "
            "'constituent_efficiency'?"),
        ),
        (
            {"nominal": {"pixels": 16}},
            "sets.nominal: 'nominal' is also a name of the point at which nothing is changed: use",
        ),
        (
            {"a_up": {"pixels": 16}, "a": {"up": {"pixels": 5}, "down": {"pixels": 6}}},
            "sets.a: 'a_up' is also a name of set 'a_up': use another name",
        ),
        ({}, "variations: neither curves nor sets: name what is varied, or leave variations out"),
    ],
)  # fmt: skip
def test_faults(faults, sets, words):
    assert words in faults(lambda study: sets_of(study, **sets))


@pytest.mark.parametrize("name", ["muons", "muons_1"])
def test_a_set_and_a_curve_do_not_share_a_name(faults, name):
    message = faults(lambda s: s["variations"].update(sets={name: {"pixels": 16}}))
    assert f"sets.{name}: '{name}' is also a name of curve 'muons': use another name" in message


def test_a_point_must_have_the_arrays_of_the_data_set(faults):
    def change(study):
        study["samples"]["array"] = copy.deepcopy(OBSERVATORY)
        study["datasets"]["array"] = ARRAY | {"inputs": {"seen": ["traces"]}}
        study["experiments"]["dense"] = DENSE
        study["variations"]["sets"] = {"silent": {"traces": False}}

    words = (
        "variations, point 'silent': sample 'array' would have no array 'traces', which "
        "inputs.seen of data set 'array' needs"
    )
    assert words in faults(change)


def test_a_named_sample_has_all_the_options(faults):
    def change(study):
        study["samples"]["array"] = copy.deepcopy(OBSERVATORY)
        study["datasets"]["array"] = ARRAY
        study["experiments"]["dense"] = DENSE
        study["variations"]["sets"] = {"a": {"samples": ["showers", "array"], "noise_scale": 2.0}}

    words = "variations.sets.a: no option 'noise_scale' of sample 'showers'; "
    assert words in faults(change)


def test_jets_that_are_read_are_not_simulated_anew(tiny):
    words = "which cannot be varied but by sets that change nothing but events with constituents"
    with pytest.raises(ConfigError, match=words):
        with_jets(tiny, {"a": {"mpi": False}})


def test_quantities_that_would_stay_as_they_were_are_refused(tiny):
    words = r"of sample 'jets', but 'tau1' of data set 'jets' \(spectators\) would stay as it was"
    with pytest.raises(ConfigError, match=words):
        with_jets(tiny, {"a": {"events": EVENTS}}, spectators=["tau1"])
