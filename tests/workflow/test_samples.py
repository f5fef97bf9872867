"""Surveys of samples: which samples have one, of which parts, and what runs again."""

import copy

import pytest

OBSERVATORY = {
    "generator": "observatory",
    "events": 300,
    "events_per_job": 200,
    "options": {"rows": 5, "columns": 5, "bins": 20},
}


@pytest.fixture
def with_array(runner):
    """The tiny study with a sample of a surface-detector array beside its own."""
    runner.study["samples"]["array"] = copy.deepcopy(OBSERVATORY)
    return runner


def test_samples_of_an_array_are_surveyed_and_others_not(with_array):
    with_array.study["samples"]["jets"] = {
        "generator": "pythia_jets",
        "events": 300,
        "options": {"process": "qcd"},
    }
    jobs = with_array.jobs()
    assert jobs["survey"] == jobs["draw_sample"] == 1
    del with_array.study["samples"]["array"]
    jobs = with_array.jobs()
    assert not {"survey", "draw_sample"} & set(jobs)


def test_only_the_parts_with_the_first_events_are_simulated_for_a_survey(with_array):
    with_array.study["samples"]["array"] |= {"events": 100_000, "events_per_job": 3000}
    jobs = with_array.jobs("results/tiny/tables/samples/array")
    assert jobs["simulate"] == 7
    assert jobs["survey"] == 1


def test_experiments_keep_their_rules_beside_samples_of_the_same_names(with_array):
    """Targets and samples may share names: tables/samples/xmax, tables/xmax_cnn/xmax."""
    study = with_array.study
    study["samples"]["xmax"] = study["samples"].pop("array")
    jobs = with_array.jobs()
    assert jobs["survey"] == jobs["draw_sample"] == 1
    assert jobs["evaluate"] == jobs["draw"] == len(study["experiments"])
