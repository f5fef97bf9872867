"""Readers of jets: names, labels and cuts are checked before any file is opened."""

import pytest

from footprint.config import parse_study
from footprint.config.jet_files import JetClassOptions
from footprint.config.nanoaod import NanoAODOptions
from tests.conftest import TINY

TARGET = {"jet": {"array": "label", "classes": {"top": 0, "qcd": 1}}}
LABELS = {"top": {"particle": 6}, "qcd": "rest"}


def study(options, reader="nanoaod", **dataset):
    """A study of jets that fits, but for what is given."""
    dataset = {"samples": ["jets"], "inputs": {"x": ["jet_mass"]}, "targets": TARGET, **dataset}
    return {
        "study": "jets",
        "samples": {"jets": {"reader": reader, "files": ["a.root"], "options": options}},
        "datasets": {"jets": dataset},
        "experiments": {
            "tagger": {
                **TINY["experiments"]["mass_layers"], "dataset": "jets", "task": "classification"
            }
        },
    }  # fmt: skip


def fault(*arguments, **dataset):
    with pytest.raises(Exception, match="fault") as found:
        parse_study(study(*arguments, **dataset))
    return str(found.value)


def test_short_forms_of_labels():
    rules = NanoAODOptions(labels={**LABELS, "b": "FatJet_hadronFlavour == 5"}).labels
    assert (rules["top"].particle, rules["qcd"].rest) == (6, True)
    assert rules["b"].where == "FatJet_hadronFlavour == 5"
    rules = JetClassOptions(labels={"a": 3, "b": [4, 5], "c": {"first": 6, "last": 8}}).labels
    assert [rule.numbers for rule in rules.values()] == [(3,), (4, 5), (6, 7, 8)]
    rules = JetClassOptions(labels={"a": "label_QCD", "b": ["x", "y"], "c": "rest"}).labels
    assert [rule.branches for rule in rules.values()] == [["label_QCD"], ["x", "y"], []]
    assert rules["c"].rest


def test_arrays_are_known_before_files_are_read():
    sample = parse_study(study({"labels": LABELS, "branches": {"mine": "FatJet_area"}})).samples
    assert {"constituent_px", "constituent_pdg_id", "jet_pt", "tau32", "collision", "mine"} <= set(
        sample["jets"].arrays
    )
    assert "label" in sample["jets"].arrays
    assert "label" not in NanoAODOptions().kept


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"labels": {"a": {"particle": 7}, "b": "rest"}}, "options.labels.a.particle: Input shoul"),
        (
            {"labels": {"a": {"particle": 6, "where": "x"}}},
            "options.labels.a: a class needs one of: particle (6, 23, 24, 25), where (a formula)",
        ),
        ({"labels": {"a": "rest", "b": "rest"}}, "labels: ['a', 'b'] are all 'rest'"),
        ({"branches": {"jet_pt": "x"}}, "'jet_pt' is already what an array of jets is called"),
        ({"branches": {"collision": "x"}}, "'collision' is already what an array of jets"),
        ({"branches": {"event_id": "x"}}, "'event_id' is already what an array of jets"),
        (
            {"branches": {"n": "a"}, "event_branches": {"n": "b"}},
            "'n' is already what an array of jets",
        ),
        ({"units": {"x": "GeV"}}, "units names 'x', which is not an array of one's own"),
        ({"cut": "jet_ptt > 3"}, "cut: 'jet_ptt' is not an array of the jets; did you mean 'jet_p"),
        ({"cut": "constituent_px > 3"}, "cut: 'constituent_px' has many values a jet; "),
        ({"cut": "jet_pt >"}, "options.cut: cannot read the formula 'jet_pt >'"),
        ({"jet_momentum": "row"}, "options.jet_momentum: Input should be 'raw' or 'corrected'"),
        ({"puppi": False}, "unknown key 'puppi'; did you mean 'puppi_weights'?"),
        ({"most_constituents": 0}, "options.most_constituents: Input should be greater than 0"),
    ],
)
def test_nanoaod(options, words):
    assert words in fault({"labels": LABELS, **options})


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"a": "label_QCD", "b": 3}, "labels mixes branches (JetClass) and values (JetClass-II)"),
        ({"a": [1, 2], "b": {"first": 2, "last": 3}}, "labels: 2 belongs to 'a' and 'b'"),
        ({"a": {"first": 3}, "b": 1}, "a class needs one of: branches (label_QCD), values (28)"),
        ({"a": {"first": 3, "last": 1}}, "a range goes from 3 to 1, expected the smaller first"),
    ],
)
def test_jetclass_labels(labels, words):
    assert words in fault({"labels": labels}, "jetclass")


def test_truth_is_no_input():
    words = "datasets.jets.inputs: 'truth' of sample 'jets' is generator truth, which networks"
    options = {
        "labels": {"top": "label_Tbqq", "qcd": "rest"},
        "spectator_branches": {"truth": "aux_genpart_pt"},
    }
    assert words in fault(options, "jetclass", inputs={"x": ["jet_pt", "truth"]})
    parse_study(study(options, "jetclass", spectators=["truth"]))
    mass = {"mass": {"array": "jet_mass"}, **TARGET}
    said = fault({"labels": LABELS}, inputs={"x": ["label"]}, targets={"m": mass["mass"]})
    assert "'label' of sample 'jets' is generator truth" in said
