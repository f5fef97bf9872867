"""Survey of a data set: spectra by class, closure of flattening, images and single jets."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from footprint.config.datasets import Dataset
from footprint.dataset.build import build_dataset
from footprint.files.datasets import open_dataset
from footprint.survey import datasets
from footprint.survey.datasets import spectra
from footprint.survey.datasets.card import split_rule
from footprint.survey.datasets.rows import rows_of
from footprint.survey.datasets.survey import survey_dataset

EVENTS = 4000
EDGES = [550.0, 570.0, 590.0, 610.0, 630.0, 650.0]
SPLIT = {"train": 0.6, "validation": 0.1, "test": 0.3}


@pytest.fixture(scope="module")
def jets():
    """Two kinds of jets: tops with harder spectra, more constituents, images of another shape."""
    rng = np.random.default_rng(8)
    top = rng.integers(0, 2, EVENTS)
    pt = 550 + 100 * rng.random(EVENTS) ** np.where(top == 1, 1.0, 2.0)
    constituents = rng.poisson(np.where(top == 1, 60, 40))
    number = np.arange(6) < rng.integers(1, 7, (EVENTS, 1))
    image = np.zeros((EVENTS, 4, 5))
    image[:, 1, 2] = 0.75
    image[np.arange(EVENTS), 0, 2 * top] = 0.25
    return {
        "top": top,
        "jet_pt": pt,
        "constituents": constituents,
        "tau32": np.where(rng.random(EVENTS) < 0.1, np.nan, rng.normal(0.7 - 0.2 * top, 0.1)),
        "image": image,
        "parts_deta": np.where(number, rng.normal(size=(EVENTS, 6)), np.nan),
        "parts_dphi": np.where(number, rng.normal(size=(EVENTS, 6)), np.nan),
        "parts_log_pt": np.where(number, rng.uniform(0, 3, (EVENTS, 6)), np.nan),
        "generator": rng.exponential(size=EVENTS),
    }


@pytest.fixture
def survey(jets, tmp_path, write_events):
    """Build a data set and survey it."""

    def make(weights=None, **changes):
        units = {"jet_pt": "GeV"}
        part = write_events(jets, units=units, name="jets.h5")
        config = {
            "samples": ["s"],
            "inputs": {
                "image": {"channels": [{"array": "image", "transform": "sqrt(x)"}]},
                "parts": {
                    "channels": [
                        {"array": "parts_deta", "mask": True},
                        {"array": "parts_dphi"},
                        {"array": "parts_log_pt", "mask": True},
                    ]
                },
            },
            "targets": {"jet": {"array": "top", "classes": {"qcd": 0, "top": 1}}},
            "spectators": ["jet_pt", "constituents", "tau32"],
            "split": SPLIT,
            "weights": weights,
        }
        path = tmp_path / "d.h5"
        build_dataset(path, "d", Dataset.model_validate(config | changes), {"s": [part]})
        with open_dataset(path) as dataset:
            return survey_dataset(dataset)

    return make


def flatten(**changes):
    return {"flatten": {"array": "jet_pt", "target": "jet", "bins": EDGES} | changes}


def test_a_data_set_of_jets_has_all_tables_but_the_closure(survey):
    tables, facts = survey()
    assert set(tables) == {
        "classes.csv", "spectra.csv", "mean_images.csv", "single_images.csv", "single_jets.csv",
        "cut_flow.csv", "normalisation.csv",
    }  # fmt: skip
    assert facts["dataset"] == "d"
    assert facts["classes"] == {"jet": ["qcd", "top"]}
    assert not facts["weighted"]
    json.dumps(facts)
    assert "closure.csv" in survey(flatten())[0]


def test_events_are_counted_by_class_and_split(survey):
    table = survey()[0]["classes.csv"]
    assert table["events"].sum() == EVENTS
    np.testing.assert_array_equal(table["events"], table["effective_events"])
    share = table.groupby("split")["events"].sum() / EVENTS
    assert share["test"] == pytest.approx(0.3, abs=0.03)
    weighted = survey({"array": "generator"})[0]["classes.csv"]
    np.testing.assert_array_equal(weighted["events"], table["events"])
    train = weighted[weighted["split"] == "train"]
    assert train["weight"].sum() == pytest.approx(train["events"].sum(), rel=1e-5)
    ratio = train["effective_events"] / train["events"]
    np.testing.assert_allclose(ratio, 0.5, atol=0.1)  # <w>2 / <w2> of an exponential


def test_the_card_tells_cuts_split_and_normalisation(survey):
    tables, facts = survey()
    flow = tables["cut_flow.csv"]
    assert flow.to_dict("records") == [{"sample": "s", "cut": "all events", "events": EVENTS}]
    assert facts["split"].startswith("60% train, 10% validation, 30% test, by a hash of event_id")
    table = tables["normalisation.csv"].set_index("channel")
    assert table.loc["image", "transform"] == "sqrt(x)"
    # The mean of the root over all pixels: 0.75 in one and 0.25 in another of 20.
    shift = (np.sqrt(0.75) + np.sqrt(0.25)) / 20
    assert table.loc["image", "shift_low"] == pytest.approx(shift, rel=0.01)
    assert table.loc["image", "shift_high"] == table.loc["image", "shift_low"]
    assert table.loc["mask of parts_deta", ["shift_low", "scale_low"]].tolist() == [0, 1]


def test_the_card_tells_what_channels_are_relative_to(survey):
    channel = {"array": "parts_dphi", "relative_to": "parts_deta", "mask": True}
    tables, _ = survey(inputs={"parts": {"channels": [channel]}}, targets={})
    table = tables["normalisation.csv"].set_index("channel")["x"]
    assert table.to_dict() == {
        "parts_dphi": "parts_dphi - parts_deta", "mask of parts_dphi": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ({**SPLIT, "salt": 3, "together": "run"}, "a hash of `run` (SplitMix64 with salt 3)"),
        (
            {"published": "set", "values": {"train": 0, "test": 1}, "validation": 0.2,
             "validation_from": "train"},
            "By the array `set`: train where it is 0, test where it is 1; of train 20% by a hash",
        ),
        (
            {"published": "set", "values": {"train": 0, "validation": 1, "test": 2}},
            "By the array `set`: train where it is 0, validation where it is 1, test where",
        ),
    ],
)  # fmt: skip
def test_the_split_rule_in_words(split, words):
    assert words in split_rule(split)


def test_spectra_are_histograms_of_unit_area_with_their_errors(survey):
    table = survey()[0]["spectra.csv"]
    assert set(table["spectator"]) == {"jet_pt", "constituents", "tau32"}
    for (_, name), rows in table.groupby(["class", "spectator"]):
        area = (rows["density"] * (rows["high"] - rows["low"])).sum()
        assert area == pytest.approx(1, abs=0.01)
        assert area <= 1 + 1e-9
        events = rows["events"].sum() / area
        # An empty bin is as uncertain as one event makes it.
        expected = np.sqrt(np.maximum(rows["events"], 1)) / events / (rows["high"] - rows["low"])
        np.testing.assert_allclose(rows["error"], expected, rtol=1e-6)
        assert rows["units"].iloc[0] == ("GeV" if name == "jet_pt" else "")
    # Whole numbers lie in the middle of bins of whole width.
    rows = table[table["spectator"] == "constituents"]
    np.testing.assert_array_equal(rows["low"] % 1, 0.5)
    centre = 0.5 * (rows["low"] + rows["high"])
    for name, mean in (("qcd", 40), ("top", 60)):
        own = rows["class"] == name
        found = np.average(centre[own], weights=rows.loc[own, "density"])
        assert found == pytest.approx(mean, abs=0.6)
    # NaN counts nowhere: 90 % of the events are left.
    known = table[table["spectator"] == "tau32"]["events"].sum()
    assert known == pytest.approx(0.9 * 0.6 * EVENTS, rel=0.05)


def test_bins_suit_what_they_hold():
    rng = np.random.default_rng(1)
    assert len(spectra.edges_of(np.array([3.0, 3.0, 3.0]))) == 2
    assert len(spectra.edges_of(rng.integers(0, 1000, 5000).astype(float))) <= 42
    energies = 10 ** rng.uniform(0, 3, 5000)
    edges = spectra.edges_of(energies)
    np.testing.assert_allclose(np.diff(np.log(edges)), np.log(edges[-1] / edges[0]) / 40)
    edges = spectra.edges_of(rng.normal(size=5000))
    np.testing.assert_allclose(np.diff(edges), (edges[-1] - edges[0]) / 40)


@pytest.mark.parametrize("method", ["weights", "resample"])
@pytest.mark.parametrize("to", ["flat", "top"])
def test_flattening_closes(survey, to, method):
    tables, _ = survey(flatten(to=to, method=method))
    closure, tests = tables["closure.csv"], tables["closure_tests.csv"]
    assert set(closure["split"]) == {"train", "test"}
    for _, rows in closure.groupby(["split", "class"]):
        for share in ("goal", "before", "after"):
            assert rows[share].sum() == pytest.approx(1)
        if to == "flat":
            np.testing.assert_allclose(rows["goal"], 0.2)
    train = closure[closure["split"] == "train"]
    tolerance = 1e-4 if method == "weights" else 0.03
    np.testing.assert_allclose(train["after"], train["goal"], rtol=tolerance)
    goal = train[train["class"] == "qcd"]["goal"].to_numpy()
    np.testing.assert_array_equal(goal, train[train["class"] == "top"]["goal"])
    tests = tests.set_index(["split", "class", "when"])
    assert np.all(tests["ndf"] == 4)
    # The falling spectrum of qcd is far from the goal; weighted test events agree with it.
    assert tests.loc[("test", "qcd", "before"), "chi2_ndf"] > 10
    for name in ("qcd", "top"):
        found = tests.loc[("test", name, "after")]
        assert found["p_value"] > 1e-3
        assert found["p_value"] == pytest.approx(chi2.sf(found["chi2"], 4))
        assert found["chi2"] > 0.01


@pytest.mark.parametrize("to", ["flat", "top"])
def test_the_closure_of_the_test_split_follows_chi2(to, tmp_path, write_events):
    """Factors and goal come from as many events as are judged: without these it is 2 ndf."""
    found = []
    for seed in range(16):
        rng = np.random.default_rng(seed)
        top = rng.integers(0, 2, EVENTS)
        pt = 550 + 100 * rng.random(EVENTS) ** np.where(top == 1, 1.0, 2.0)
        part = write_events({"top": top, "jet_pt": pt}, name=f"{seed}.h5")
        config = Dataset.model_validate({
            "samples": ["s"], "inputs": {"pt": {"channels": [{"array": "jet_pt"}]}},
            "targets": {"jet": {"array": "top", "classes": {"qcd": 0, "top": 1}}},
            "spectators": ["jet_pt"], "split": {"train": 0.45, "validation": 0.1, "test": 0.45},
            "weights": flatten(to=to),
        })  # fmt: skip
        build_dataset(tmp_path / f"d{seed}.h5", "d", config, {"s": [part]})
        with open_dataset(tmp_path / f"d{seed}.h5") as dataset:
            table = survey_dataset(dataset)[0]["closure_tests.csv"]
        rows = table[(table["split"] == "test") & (table["when"] == "after")]
        found += list(rows["chi2_ndf"])
    # The mean of 32 values of 4 degrees of freedom has an sd of 0.13.
    assert np.mean(found) == pytest.approx(1, abs=0.45)


def test_before_and_after_stand_side_by_side(survey):
    plain = survey()[0]["spectra.csv"]
    assert set(plain["weighted"]) == {0}
    for method in ("weights", "resample"):
        table = survey(flatten(method=method))[0]["spectra.csv"]
        assert set(table["weighted"]) == {0, 1}
        before = table[table["weighted"] == 0]
        # Repeated events are counted back: the same spectrum as without them, up to chance.
        own = before[(before["spectator"] == "jet_pt") & (before["class"] == "qcd")]
        other = plain[(plain["spectator"] == "jet_pt") & (plain["class"] == "qcd")]
        if method == "weights":
            np.testing.assert_allclose(own["density"], other["density"], rtol=1e-4)
        area = own["density"] * (own["high"] - own["low"])
        centre = 0.5 * (own["low"] + own["high"])
        assert (area * centre).sum() == pytest.approx(550 + 100 / 3, abs=2)
        after = table[(table["weighted"] == 1) & (table["spectator"] == "jet_pt")]
        for _, rows in after.groupby("class"):
            weight = rows["density"] * (rows["high"] - rows["low"])
            centre = 0.5 * (rows["low"] + rows["high"])
            assert (weight * centre).sum() == pytest.approx(600, abs=4)


def test_generator_weights_alone_change_spectra_but_nothing_is_flattened(survey):
    tables, facts = survey({"array": "generator"})
    assert set(tables["spectra.csv"]["weighted"]) == {0}
    assert facts["weighted"]
    assert facts["flattened"] is None
    assert "closure.csv" not in tables


def test_repeated_events_are_one_event_each(survey, tmp_path):
    survey(flatten(method="resample"))
    with open_dataset(tmp_path / "d.h5") as dataset:
        rows = rows_of(dataset, "train")
        assert rows.after.sum() == dataset.length("train")
        assert len(rows.index) < dataset.length("train")
        assert len(np.unique(dataset.event_id("train")[rows.index])) == len(rows.index)
        assert rows.before.mean() == pytest.approx(1, abs=0.05)


def test_only_the_first_events_are_looked_at(survey, monkeypatch):
    monkeypatch.setattr("footprint.survey.datasets.rows.EVENTS", 100)
    tables, _ = survey()
    assert tables["spectra.csv"].groupby("spectator")["events"].sum().max() <= 100
    assert tables["classes.csv"]["events"].sum() == EVENTS
    assert datasets.EVENTS >= 20_000


@pytest.mark.parametrize("weights", [None, flatten()])
def test_mean_images_are_those_before_normalisation(survey, weights):
    table = survey(weights)[0]["mean_images.csv"]
    assert set(table["label"]) == {"sqrt(x), x = image"}
    for name, place in (("qcd", (0, 0)), ("top", (0, 2))):
        own = table[table["class"] == name].set_index(["row", "column"])
        assert own.loc[(1, 2), "mean"] == pytest.approx(0.75**0.5, rel=1e-5)
        assert own.loc[place, "mean"] == pytest.approx(0.5, rel=1e-5)
        assert own["mean"].sum() == pytest.approx(0.75**0.5 + 0.5, rel=1e-5)


def test_errors_of_mean_images_and_pixels_without_measurement(tmp_path, write_events):
    rng = np.random.default_rng(4)
    kind = np.arange(2000) % 2
    image = rng.normal(5.0, 2.0, (2000, 3, 3))
    image[rng.random(2000) < 0.75, 0, 0] = np.nan
    image[:, 2, 2] = np.nan
    part = write_events(
        {"kind": kind, "image": image, "fixed": np.tile([[1.0, 2.0]] * 3, (2000, 1, 1))}
    )
    config = Dataset.model_validate({
        "samples": ["s"], "inputs": {"image": {"channels": [{"array": "image", "mask": True}]}},
        "targets": {"kind": {"array": "kind", "classes": {"a": 0, "b": 1}}}, "split": SPLIT,
    })  # fmt: skip
    build_dataset(tmp_path / "d.h5", "d", config, {"s": [part]})
    with open_dataset(tmp_path / "d.h5") as dataset:
        table = survey_dataset(dataset)[0]["mean_images.csv"]
    own = table[table["class"] == "a"].set_index(["row", "column"])
    assert own.loc[(1, 1), "mean"] == pytest.approx(5, abs=0.3)
    assert own.loc[(1, 1), "error"] == pytest.approx(2 / 600**0.5, rel=0.1)
    assert own.loc[(0, 0), "mean"] == pytest.approx(5, abs=0.6)
    assert own.loc[(0, 0), "error"] == pytest.approx(2 / 150**0.5, rel=0.2)
    assert np.isnan(own.loc[(2, 2), "mean"])


def test_single_images_and_jets_are_events_of_the_training_split(survey, jets):
    tables, _ = survey()
    images = tables["single_images.csv"]
    assert images.groupby("class")["event_id"].nunique().to_dict() == {"qcd": 4, "top": 4}
    for (name, event), rows in images.groupby(["class", "event_id"]):
        index = int(event) & (2**32 - 1)
        assert jets["top"][index] == (name == "top")
        np.testing.assert_allclose(rows["value"], np.sqrt(jets["image"][index]).ravel(), atol=1e-5)
    shown = tables["single_jets.csv"]
    assert shown.groupby("class")["event_id"].nunique().to_dict() == {"qcd": 4, "top": 4}
    for event, rows in shown.groupby("event_id"):
        index = int(event) & (2**32 - 1)
        there = np.isfinite(jets["parts_deta"][index])
        np.testing.assert_allclose(rows["deta"], jets["parts_deta"][index][there], atol=1e-5)
        np.testing.assert_allclose(rows["dphi"], jets["parts_dphi"][index][there], atol=1e-5)
        pt = np.exp(jets["parts_log_pt"][index][there])
        np.testing.assert_allclose(rows["share"], pt / pt.sum(), rtol=1e-4)


def test_linear_transforms_are_undone_for_single_jets_and_others_passed_over(survey, jets):
    channels = [{"array": "parts_deta", "transform": "2 * x"}, "parts_dphi"]  # without a mask
    size = {"array": "parts_log_pt", "transform": "(x - 1.7) * 0.7", "normalise": "none"}
    shown = survey(inputs={"parts": {"channels": [*channels, size]}})[0]["single_jets.csv"]
    for event, rows in shown.groupby("event_id"):
        index = int(event) & (2**32 - 1)
        there = np.isfinite(jets["parts_deta"][index])
        np.testing.assert_allclose(rows["deta"], jets["parts_deta"][index][there], atol=1e-5)
        pt = np.exp(jets["parts_log_pt"][index][there])
        np.testing.assert_allclose(rows["share"], pt / pt.sum(), rtol=1e-4)
    size["transform"] = "x**2"
    assert "single_jets.csv" not in survey(inputs={"parts": {"channels": [*channels, size]}})[0]


def test_without_classes_all_events_are_one_group(survey):
    tables, facts = survey(targets={"pt": {"array": "jet_pt"}}, spectators=["constituents"])
    table = tables["spectra.csv"]
    assert set(table["class"]) == {"all events"}
    assert set(table["target"]) == {""}
    assert facts["classes"] == {}
    assert isinstance(table, pd.DataFrame)
