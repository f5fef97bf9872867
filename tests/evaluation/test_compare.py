"""Tables of one tagger and of several side by side."""

import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from footprint.config.experiments import Experiment
from footprint.errors import DataError
from footprint.evaluation.compare import compare
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.methods import gather
from footprint.evaluation.published import published
from footprint.evaluation.scoreboard import PUBLISHED
from footprint.evaluation.summary import summarise
from footprint.evaluation.summary_text import text
from tests.evaluation.taggers import tagger

SCRIPTS = Path(__file__).parents[2] / "scripts"
TAGGING = {
    "signal": "top",
    "against": ["jet_pt", "jet_mass"],
    "sculpting": "soft_drop_mass",
    "mistag_rates": [0.1, 0.01, 0.0001],
}


def configured(dataset="jets", seeds=(1,), **changes):
    return Experiment.model_validate(
        {
            "dataset": dataset,
            "task": "classification",
            "model": {"name": "dense"},
            "seeds": list(seeds),
            "evaluation": {"bootstrap": 40, "bins": 3, "tagging": {**TAGGING, **changes}},
        }
    )


@pytest.fixture
def files(write):
    """Write the predictions of an experiment with two seeds, of another, and of a baseline."""
    return {
        "pfn": [write(tagger("pfn", seed=seed, power=2.4), "pfn") for seed in (1, 2)],
        "topodnn": [write(tagger("topodnn", power=1.8), "topodnn")],
        "boosting": write(tagger("boosting", seed=0, power=1.5), "baselines"),
    }


@pytest.fixture
def evaluated(files):
    def make(name, config=None, seeds=(1,)):
        config = config or configured(seeds=seeds)
        return evaluate(gather(name, config, files[name], [files["boosting"]]), config, [], None)

    return make


@pytest.fixture
def pfn(evaluated):
    return evaluated("pfn", seeds=(1, 2))


def test_tables_of_a_tagger(pfn):
    tagging = {"tagging_roc", "working_points", "tagging_efficiency", "sculpting", "spectra"}
    assert {f"{name}.csv" for name in tagging} <= set(pfn.tables)
    assert "working_points.json" in pfn.metrics.tables
    assert pfn.target["tagged"] == pfn.metrics.tagged == "top"
    for name in (*tagging - {"working_points"}, "roc", "auc"):
        methods = set(pfn.tables[f"{name}.csv"]["method"])
        assert methods == {"pfn", "pfn_ensemble", "boosting"}, name


def test_the_curve_says_what_the_metrics_say(pfn):
    table = pfn.tables["tagging_roc.csv"]
    for method, numbers in (
        ("pfn", pfn.metrics.metrics),
        ("pfn_ensemble", pfn.metrics.ensemble),
        ("boosting", pfn.metrics.baselines["boosting"]),
    ):
        rows = table[(table["method"] == method)].set_index("signal_efficiency")
        for efficiency in (0.3, 0.5, 0.8):
            value = numbers[f"rejection_top_at_{100 * efficiency:g}"].value
            assert rows["rejection"][efficiency] == pytest.approx(value)
            low, high = (rows[f"rejection_{edge}"][efficiency] for edge in ("low", "high"))
            assert low < value < high
    reference = table[table["method"] == "pfn"]
    finite = np.isfinite(reference["rejection"])
    assert (reference.loc[finite, ["ratio", "ratio_low", "ratio_high"]] == 1).all(axis=None)


def test_an_ensemble_is_the_mean_probability_and_here_better_than_the_mean(pfn, files):
    config = configured(seeds=(1, 2))
    methods = gather("pfn", config, files["pfn"], [])
    both = [entry.prediction for entry in methods.networks]
    np.testing.assert_allclose(methods.ensemble["pfn_ensemble"].prediction, np.mean(both, axis=0))
    assert methods.kind("pfn_ensemble") == "ensemble"
    assert pfn.metrics.ensemble["auc_top"].value > pfn.metrics.metrics["auc_top"].value
    assert gather("pfn", config, files["pfn"][:1], []).ensemble == {}
    comparison = pfn.tables["comparison.csv"]
    assert set(comparison["kind"]) == {"network", "ensemble", "baseline"}


def test_a_baseline_may_not_have_the_ensemble_s_name(files, write):
    other = write(tagger("pfn_ensemble", seed=0), "other")
    with pytest.raises(DataError, match="label pfn_ensemble comes more than once"):
        gather("pfn", configured(seeds=(1, 2)), files["pfn"], [other])


def test_working_points_for_programs(pfn):
    found = pfn.documents["working_points.json"]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["score"] == "p(top)"
    assert found["thresholds_from"] == "test"
    points = pd.DataFrame(found["working_points"])
    assert set(points["method"]) == {"pfn", "pfn_ensemble", "boosting"}
    assert points.loc[points["method"] == "pfn", "seed"].tolist() == [1, 1, 1, 2, 2, 2]
    assert points.loc[points["method"] != "pfn", "seed"].isna().all()
    none = points[points["working_point"] == 0.0001]  # fewer than one of 2000
    assert none[["threshold", "mistag_rate", "signal_efficiency"]].isna().all(axis=None)
    some = points[points["working_point"] == 0.1]
    assert np.allclose(some["mistag_rate"], 0.1, atol=0.001)
    assert (some[["threshold_error", "mistag_rate_error", "signal_efficiency_error"]] > 0).all(
        axis=None
    )


def test_thresholds_of_the_table_give_its_rates(pfn):
    points = pd.DataFrame(pfn.documents["working_points.json"]["working_points"])
    row = points[(points["method"] == "pfn") & (points["working_point"] == 0.01)].iloc[1]
    p = tagger("pfn", seed=2, power=2.4)
    passes = p.prediction[:, 1] >= row["threshold"]
    assert np.mean(passes[p.truth == 0]) == row["mistag_rate"]
    assert np.mean(passes[p.truth == 1]) == row["signal_efficiency"]


def test_efficiencies_in_bins_have_errors_even_where_nothing_passes(evaluated):
    config = configured()
    narrow = config.evaluation.model_copy(update={"bins": 60})
    found = evaluated("topodnn", config.model_copy(update={"evaluation": narrow}))
    table = found.tables["tagging_efficiency.csv"]
    assert set(table["variable"]) == {"jet_pt", "jet_mass"}
    known = table[(table["working_point"] > 0.001) & (table["background"] > 0)]
    assert (known["mistag_rate_error"] > 0).all()
    assert (known["mistag_rate"] == 0).any()


def test_spectators_that_are_missing_are_named(files):
    config = configured(against=["jet_eta"])
    with pytest.raises(DataError, match=r"evaluation\.tagging\.against names 'jet_eta', which"):
        gather("topodnn", config, files["topodnn"], [])


def compared(files, evaluated, pairs, **changes):
    configs = {n: configured(d, (1, 2) if n == "pfn" else (1,), **changes) for n, d in pairs}
    metrics = [evaluated(name, config).metrics for name, config in configs.items()]
    simple = dict.fromkeys([d for _, d in pairs], files["boosting"])
    return compare(configs, {name: files[name] for name in configs}, simple, metrics, "kind")


def test_all_taggers_stand_side_by_side(files, evaluated, pfn):
    found = compared(files, evaluated, [("topodnn", "jets"), ("pfn", "images")])
    table = found.tables["tagging_roc.csv"]
    methods = ["topodnn", "boosting", "pfn", "pfn_ensemble"]
    assert table["method"].unique().tolist() == methods
    assert (table["reference"] == "topodnn").all()
    own = pfn.tables["tagging_roc.csv"]
    for name in ("pfn", "boosting"):
        rows, alone = (t[t["method"] == name]["rejection"] for t in (table, own))
        np.testing.assert_array_equal(rows, alone)
    ratio = table[table["method"] == "pfn"].set_index("signal_efficiency").loc[0.5]
    assert ratio["ratio_low"] < ratio["ratio"] < ratio["ratio_high"]
    assert ratio["ratio"] > 1
    comparison = found.tables["comparison.csv"]
    assert not comparison.duplicated(["method", "metric"]).any()
    assert found.target["task"] == "comparison"
    assert found.tables["sculpting.csv"]["method"].unique().tolist() == methods


def test_the_band_of_a_ratio_is_that_of_paired_events(files, evaluated):
    table = (
        compared(files, evaluated, [("topodnn", "jets"), ("pfn", "jets")])
        .tables["tagging_roc.csv"]
        .set_index(["method", "signal_efficiency"])
    )
    one, other = table.loc["pfn", 0.6], table.loc["topodnn", 0.6]

    def relative(row, column):
        return (row[f"{column}_high"] - row[f"{column}_low"]) / row[column]

    apart = np.hypot(relative(one, "rejection"), relative(other, "rejection"))
    assert relative(one, "ratio") < apart


def test_another_reference(files, evaluated):
    pairs = [("topodnn", "jets"), ("pfn", "jets")]
    found = compared(files, evaluated, pairs, reference="boosting")
    assert (found.tables["tagging_roc.csv"]["reference"] == "boosting").all()


def test_published_taggers_stand_beside(files, evaluated):
    found = compared(files, evaluated, [("topodnn", "jets")], scoreboard=True)
    table = found.tables["comparison.csv"]
    rows = table[table["kind"] == "published"].set_index(["method", "metric"])["value"]
    assert rows["ParticleNet (published)", "rejection_top_at_30"] == 1294
    assert rows["CNN (published)", "rejection_top_at_30"] == (733 + 914) / 2
    assert rows["ParticleNet, ensemble of 9 (published)", "rejection_top_at_30"] == 1412
    errors = published("top")["ParticleNet (published)"]["rejection_top_at_30"].error
    assert errors == pytest.approx(1294 * np.sqrt(1293 / 202_000))
    metrics = evaluated("topodnn", configured(scoreboard=True)).metrics
    page = text(summarise([metrics]))
    assert "| ResNeXt50 (published) | 0.9360 ± 0.0005 | 0.98400 ± 0.00035 |" in page
    assert "Published: SciPost Phys. 7 (2019) 014." in page
    assert sum(line.count("published)") for line in page.splitlines()) == len(published("top"))
    assert len(PUBLISHED) == 7
    assert "published" not in text(summarise([evaluated("topodnn").metrics]))


def test_the_summary_shows_the_signal_s_numbers_and_never_a_bold_ensemble(pfn):
    page = text(summarise([pfn.metrics]))
    assert "rejection at 30 % top | rejection at 50 % top" in page
    assert "significance improvement top" in page
    assert "qcd |" not in page
    row = next(line for line in page.splitlines() if "ensemble of 2" in line)
    assert "**" not in row


def test_other_events_cannot_be_compared(files, write):
    p = tagger("topodnn")
    path = write(replace(p, event_id=p.event_id + 5000), "shifted")
    configs = {"pfn": configured(seeds=(1, 2)), "topodnn": configured()}
    networks = {"pfn": files["pfn"], "topodnn": [path]}
    with pytest.raises(DataError, match=r"not judged on the same events \(4000 and 4000\)"):
        compare(configs, networks, {}, [], None)


def test_what_is_not_tagged_has_no_curves_of_taggers(files):
    with pytest.raises(DataError, match="no experiments given"):
        compare({}, {}, {}, [], None)
    plain = Experiment.model_validate(
        {"dataset": "jets", "task": "classification", "model": {"name": "dense"}}
    )
    of_another_target = configured(signal="iron", against=[])
    for config in (plain, of_another_target):
        found = compare({"topodnn": config}, {"topodnn": files["topodnn"]}, {}, [], None)
        assert list(found.tables) == ["comparison.csv"]
        assert "tagged" not in found.target


def test_the_scripts(files, tmp_path):
    def script(name):
        return runpy.run_path(str(SCRIPTS / f"{name}.py"))["main"]

    config, metrics, tables = configured(), tmp_path / "m.json", tmp_path / "tables"
    script("evaluate")(
        files["topodnn"], "topodnn", config.model_dump_json(), metrics, tables, [files["boosting"]]
    )
    assert json.loads((tables / "working_points.json").read_text())["signal"] == "top"
    experiments = json.dumps({"topodnn": config.model_dump(mode="json")})
    predictions = json.dumps({"topodnn": [str(path) for path in files["topodnn"]]})
    simple = json.dumps({"jets": str(files["boosting"])})
    script("compare")([metrics], experiments, predictions, tmp_path / "c", simple)
    names = {"comparison.csv", "tagging_roc.csv", "sculpting.csv", "target.json"}
    assert {path.name for path in (tmp_path / "c").iterdir()} == names
