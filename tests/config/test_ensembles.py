"""What a study may ask of ensembles, and how it is told what it may not."""

import copy

import pytest

from footprint.config import parse_study
from tests.conftest import TINY


def with_copies(change=None):
    """Make a study with two experiments more that learn the mass, and an ensemble of them."""
    study = copy.deepcopy(TINY)
    experiments = study["experiments"]
    experiments["mass_dense"] = experiments["mass_layers"] | {"model": {"name": "dense"}}
    experiments["both"] = {
        "dataset": "showers", "targets": ["xmax", "mass"], "model": {"name": "dense"},
    }  # fmt: skip
    study["ensembles"] = {"fusion": {"members": ["mass_layers", "mass_dense"]}}
    if change:
        change(study)
    return study


def test_an_ensemble_is_judged_as_its_first_member_is():
    study = parse_study(with_copies())
    assert list(study.judged()) == ["mass_layers", "xmax_cnn", "mass_dense", "both", "fusion"]
    fusion = study.judged()["fusion"]
    assert fusion.evaluation == study.experiments["mass_layers"].evaluation
    assert fusion.seeds == [0]
    assert study.compared()["showers", "mass"] == ["mass_layers", "mass_dense", "both", "fusion"]
    assert study.compared()["showers", "xmax"] == ["xmax_cnn", "both"]


def test_networks_of_several_targets_are_averaged_for_those_in_common():
    def change(study):
        study["ensembles"]["fusion"]["members"] = ["both", "mass_layers"]

    study = parse_study(with_copies(change))
    assert study.targets_of(study.judged()["fusion"]) == ["mass"]


def test_an_ensemble_is_varied_where_all_its_members_are():
    study = with_copies()
    assert "fusion" in parse_study(study).varied()
    study["variations"]["experiments"] = ["mass_layers", "xmax_cnn"]
    assert parse_study(study).varied() == ["mass_layers", "xmax_cnn"]


def members(*names, **changes):
    def change(study):
        study["ensembles"] = {"fusion": {"members": list(names), **changes}}

    return change


def named(name):
    def change(study):
        study["ensembles"] = {name: study["ensembles"]["fusion"]}

    return change


def on_another_data_set(**changes):
    """Let a member learn from a copy of the data set that differs."""

    def change(study):
        study["datasets"]["others"] = copy.deepcopy(study["datasets"]["showers"])
        for key, value in changes.items():
            if key == "classes":
                study["datasets"]["others"]["targets"]["mass"]["classes"] = value
            else:
                study["datasets"]["others"][key] = value
        study["experiments"]["mass_dense"]["dataset"] = "others"

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            members("mass_layers", "mass_dens"),
            "ensembles.fusion.members: no 'mass_dens'; did you mean 'mass_dense'?",
        ),
        (
            members("mass_layers"),
            (
                "ensembles.fusion.members: found ['mass_layers'], an ensemble "
                "needs two experiments at least; the mean over the seeds of one stands in its "
                "tables as <name>_ensemble"
            ),
        ),
        (members("mass_layers", "mass_layers"), "mass_layers listed more than once"),
        (
            members("mass_layers", "xmax_cnn"),
            (
                "ensembles.fusion.members learn no target in common: mass_layers learns mass; "
                "xmax_cnn learns xmax; with 'mass_layers' go: mass_dense, both"
            ),
        ),
        (
            members("mass_layers", "mass_dense", weights={"mass_lyers": 2}),
            "ensembles.fusion: weights: 'mass_lyers' is no member; did you mean 'mass_layers'?",
        ),
        (members("mass_layers", "mass_dense", weights={"mass_dense": 0}), "greater than 0"),
        (members("mass_layers", "mass_dense", mean="harmonic"), "'arithmetic' or 'geometric'"),
        (members("mass_layers", "mass_dense", membrs=[]), "unknown key 'membrs'; did you mean"),
        (
            members("both", "xmax_cnn", mean="geometric"),
            "ensembles.fusion.mean: geometric is for classes, 'xmax' has none: use arithmetic",
        ),
        (
            on_another_data_set(selection="filled_pixels >= 5"),
            (
                "ensembles.fusion.members: 'mass_layers' and 'mass_dense' are judged on other "
                "events: data sets 'showers' and 'others' differ in samples, selection, split, "
                "weights or the target 'mass'; with 'mass_layers' go: both"
            ),
        ),
        (
            on_another_data_set(classes={"p": [1], "he": [4], "cno_fe": [14, 56]}),
            (
                "ensembles.fusion.members: target 'mass' has classes ['light', 'heavy'] for "
                "'mass_layers' and ['p', 'he', 'cno_fe'] for 'mass_dense'"
            ),
        ),
        (named("both"), "ensembles.both: an experiment has this name"),
        (
            named("mass_dense_ensemble"),
            (
                "ensembles.mass_dense_ensemble: in tables this is the mean over the seeds of "
                "experiment 'mass_dense': use another name"
            ),
        ),
        (named("boosting"), "ensembles.boosting and a baseline of target 'mass' share their name"),
        (named("samples"), "ensembles.samples: tables/samples/ is for the samples"),
        (
            lambda study: study["ensembles"].update(more={"members": ["both", "fusion"]}),
            "ensembles.more.members: 'fusion' is an ensemble itself: name its members",
        ),
    ],
)
def test_what_cannot_be_averaged_stops_before_any_job(faults, change, message):
    def replaced(study):
        study.clear()
        study.update(with_copies(change))

    assert message in faults(replaced)


def test_data_sets_that_differ_in_inputs_alone_may_go_together():
    inputs = {"footprint": {"channels": [{"array": "muons"}]}}
    study = parse_study(with_copies(on_another_data_set(inputs=inputs)))
    assert study.judged()["fusion"].dataset == "showers"
