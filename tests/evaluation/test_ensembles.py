"""Means of predictions: known values, and an ensemble beside its members."""

import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from footprint.config.ensembles import Ensemble
from footprint.errors import DataError
from footprint.evaluation.at_points import at_all_points
from footprint.evaluation.compare import compare
from footprint.evaluation.ensembles import combine, is_ensemble
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.methods import gather
from footprint.evaluation.metrics import read_metrics
from footprint.evaluation.summary import summarise
from footprint.evaluation.summary_text import text
from footprint.files.predictions import read_predictions, write_predictions

SCRIPTS = Path(__file__).parents[2] / "scripts"


def script(name):
    return runpy.run_path(str(SCRIPTS / f"{name}.py"))["main"]


def mean(files, **changes):
    return combine("fusion", Ensemble(members=list(files), **changes), files)


@pytest.fixture
def two(classification, write):
    """Write what two networks say of three classes, the second with two seeds."""
    return {
        "cnn": [write(classification("cnn"))],
        "dense": [write(classification("dense", seed=seed)) for seed in (1, 2)],
    }


def said(paths):
    return [read_predictions(path).prediction.astype(float) for path in paths]


def test_members_count_alike_however_many_seeds_they_have(two):
    found = mean(two)
    (cnn,), (one, other) = said(two["cnn"]), said(two["dense"])
    np.testing.assert_allclose(found.prediction, cnn / 2 + one / 4 + other / 4, rtol=1e-6)
    weighted = mean(two, weights={"cnn": 3})
    expected = 0.75 * cnn + 0.125 * one + 0.125 * other
    np.testing.assert_allclose(weighted.prediction, expected, rtol=1e-6)
    assert (found.method, found.seed) == ("fusion", 0)
    assert is_ensemble(found)


def test_the_geometric_mean_multiplies_and_is_normalised(classification, write):
    def three(method, rows):
        p = classification(method, events=3)
        return [write(replace(p, prediction=np.asarray(rows, dtype=np.float32)))]

    files = {
        "a": three("a", [[0.8, 0.1, 0.1], [0.5, 0.5, 0.0], [1, 0, 0]]),
        "b": three("b", [[0.2, 0.4, 0.4], [0.5, 0.0, 0.5], [0, 1, 0]]),
    }
    found = mean(files, mean="geometric").prediction
    # sqrt(0.8 0.2) = 0.4 and sqrt(0.1 0.4) = 0.2
    np.testing.assert_allclose(found[0], [0.5, 0.25, 0.25], rtol=1e-6)
    np.testing.assert_allclose(found[1], [1, 0, 0], atol=1e-15)
    np.testing.assert_allclose(found[2], [0.5, 0.5, 0], atol=1e-15)


def test_values_and_points(regression, position, write):
    def pair(p, first, second):
        said_by = {"a": np.asarray(first, np.float32), "b": np.asarray(second, np.float32)}
        return {
            name: [write(replace(p, method=name, prediction=values))]
            for name, values in said_by.items()
        }

    values = mean(pair(regression(events=2), [700, 800], [710, 860])).prediction
    np.testing.assert_allclose(values, [705, 830])
    points = mean(pair(position(events=2), [[0, 2], [4, 4]], [[2, 2], [0, 8]])).prediction
    np.testing.assert_allclose(points, [[1, 2], [2, 6]])


def test_directions_are_averaged_as_unit_vectors(direction, write):
    p = direction(events=2)

    def said_by(name, rows):
        return [write(replace(p, method=name, prediction=np.asarray(rows, dtype=np.float32)))]

    along_x = said_by("a", [[5, 0, 0], [0, 0, 2]])  # lengths do not count
    along_y = said_by("b", [[0, 1, 0], [0, 0, 1]])
    found = mean({"a": along_x, "b": along_y}).prediction
    np.testing.assert_allclose(found, [[0.5**0.5, 0.5**0.5, 0], [0, 0, 1]], atol=1e-7)
    back = said_by("c", [[-1, 0, 0], [0, 0, 1]])
    with pytest.raises(DataError, match=r"that a, c predict cancel in 1 of 2 events"):
        mean({"a": along_x, "c": back})


@pytest.mark.parametrize("average", ["arithmetic", "geometric"])
def test_an_ensemble_of_identical_members_is_the_member(classification, write, average):
    p = classification("cnn")
    files = {name: [write(replace(p, method=name))] for name in ("cnn", "copy", "twin")}
    found = mean(files, mean=average)
    np.testing.assert_allclose(found.prediction, p.prediction, rtol=3e-6)
    np.testing.assert_array_equal(found.truth, p.truth)
    np.testing.assert_array_equal(found.spectators["zenith"], p.spectators["zenith"])


def test_events_are_aligned_or_the_files_refused(classification, write, rng):
    p, q = classification("cnn"), classification("dense")
    order = rng.permutation(300)
    shuffled = replace(
        q,
        event_id=q.event_id[order],
        truth=q.truth[order],
        prediction=q.prediction[order],
        spectators={"zenith": q.spectators["zenith"][order]},
    )
    found = mean({"cnn": [write(p)], "dense": [write(shuffled)]})
    np.testing.assert_array_equal(found.event_id, p.event_id)
    np.testing.assert_allclose(found.prediction, (p.prediction + q.prediction) / 2, rtol=1e-5)
    other = write(replace(q, event_id=q.event_id + np.uint64(30)), "other")
    with pytest.raises(DataError, match="not of the same events: 300 and 300, 270 in both"):
        mean({"cnn": [write(p)], "dense": [other]})
    fewer = write(replace(q, classes=("p", "fe", "gamma")), "classes")
    with pytest.raises(DataError, match=r"has classes \['p', 'fe', 'gamma'\]"):
        mean({"cnn": [write(p)], "dense": [fewer]})
    ensemble = Ensemble(members=["cnn", "dense"])
    with pytest.raises(DataError, match="'fusion': no prediction files of dense"):
        combine("fusion", ensemble, {"cnn": [write(p)]})


@pytest.fixture
def evaluated(two, write, classification, experiment, tmp_path):
    """Combine two networks by the script and judge them, and the mean beside them."""
    folders = {name: [str(path.parent) for path in paths] for name, paths in two.items()}
    for name, paths in two.items():  # as the workflow has them: <experiment>/<seed>/<target>.h5
        for seed, path in enumerate(paths, 1):
            home = tmp_path / name / str(seed) / "mass.h5"
            home.parent.mkdir(parents=True)
            path.rename(home)
        folders[name] = [str(tmp_path / name / str(seed + 1)) for seed in range(len(paths))]
    config = Ensemble(members=list(two)).model_dump_json()
    script("combine")("fusion", config, json.dumps(folders), ["mass.h5"], tmp_path / "fusion" / "0")
    files = {name: [Path(f) / "mass.h5" for f in found] for name, found in folders.items()}
    simple = write(classification("linear", sharpness=0.3))
    settings = experiment(against=["zenith"])
    metrics = {}
    for name, paths in files.items():
        methods = gather(name, settings, paths, [simple])
        metrics[name] = evaluate(methods, settings, [], None).metrics
    outputs = tmp_path / "fusion.json", tmp_path / "tables"
    script("evaluate")(
        [tmp_path / "fusion" / "0" / "mass.h5"], "fusion", settings.model_dump_json(), *outputs,
        [simple], members=json.dumps({name: [str(p) for p in ps] for name, ps in files.items()}),
    )  # fmt: skip
    metrics["fusion"] = read_metrics(outputs[0])
    return metrics, outputs[1], files, settings


def test_an_ensemble_stands_beside_its_members_in_every_table(evaluated):
    metrics, folder, _, _ = evaluated
    found = metrics["fusion"]
    assert (found.model, found.members, found.seeds) == ("ensemble", ["cnn", "dense"], [0])
    for table in ("comparison", "roc", "auc", "accuracy"):
        methods = list(dict.fromkeys(pd.read_csv(folder / f"{table}.csv")["method"]))
        assert methods == ["fusion", "cnn", "dense", "linear"], table
    rows = pd.read_csv(folder / "comparison.csv").set_index(["method", "metric"])
    kinds = rows.xs("accuracy", level="metric")["kind"].to_dict()
    assert kinds == {
        "fusion": "ensemble", "cnn": "network", "dense": "network", "linear": "baseline",
    }  # fmt: skip
    for name in ("cnn", "dense"):
        own = metrics[name].metrics["auc_macro"]
        row = rows.loc[name, "auc_macro"]
        assert (row["value"], row["error"]) == pytest.approx((own.value, own.error))
        difference = found.differences[name]["auc_macro"]
        assert difference.value == pytest.approx(found.metrics["auc_macro"].value - own.value)
        assert 0 < difference.error < np.hypot(own.error, found.metrics["auc_macro"].error)
    assert rows.loc["dense", "auc_macro"]["spread"] > 0
    # Independent errors cancel, so the mean of three orders events better than each alone.
    assert found.differences["cnn"]["auc_macro"].value > 0


def test_an_ensemble_stands_beside_its_members_in_comparison_and_summary(evaluated, tmp_path):
    metrics, _, files, settings = evaluated
    settings = settings.model_copy(update={"seeds": [1, 2]})
    configs = dict.fromkeys(metrics, settings)
    configs["cnn"] = settings.model_copy(update={"seeds": [1]})
    networks = files | {"fusion": [tmp_path / "fusion" / "0" / "mass.h5"]}
    histories = {}
    for name, paths in files.items():
        histories[name] = [path.with_name("history.csv") for path in paths]
        for path in histories[name]:
            path.write_text(
                "epoch,loss,validation_loss,learning_rate\n1,2,1.5,1\n2,1,1.1,1\n3,0.9,1.2,1\n"
            )
    histories["cnn"][0].write_text(
        "epoch,loss,validation_loss,learning_rate,weight_penalty\n1,2.5,2,1,0.5\n2,1.2,1.3,1,0.2\n"
        "3,1.3,1.6,1,0.4\n"
    )
    found = compare(configs, networks, {}, list(metrics.values()), None, histories=histories)
    table = found.tables["comparison.csv"].drop_duplicates("method").set_index("method")
    assert table["kind"].to_dict() == {
        "cnn": "network", "dense": "network", "dense_ensemble": "ensemble",
        "fusion": "ensemble", "linear": "baseline",
    }  # fmt: skip
    curves = found.tables["learning_curves.csv"]
    cnn = curves[curves["method"] == "cnn"]
    assert curves.groupby("method")["seed"].nunique().to_dict() == {"cnn": 1, "dense": 2}
    # Penalties on weights decide which epoch is kept, and are no part of what is compared.
    assert curves[curves["kept"] == 1]["validation_loss"].tolist() == pytest.approx([1.1] * 3)
    assert cnn["loss"].tolist() == pytest.approx([2, 1, 0.9])
    assert cnn["validation_loss"].tolist() == pytest.approx([1.5, 1.1, 1.2])
    assert "tagged" not in found.target
    assert found.target["learnt"] == "classification"
    page = text(summarise(list(metrics.values())))
    assert "| fusion, ensemble of 2 networks | 0." in page
    assert "its member cnn by 0." in page
    assert "| dense, ensemble of 2 |" in page


def test_the_seeds_of_a_regression_have_an_ensemble_too(regression, experiment, write):
    paths = [write(regression(seed=seed)) for seed in (1, 2, 3)]
    config = experiment("regression", seeds=[1, 2, 3])
    found = evaluate(gather("cnn", config, paths, []), config, [], None)
    assert set(found.tables["resolution.csv"]["method"]) == {"cnn", "cnn_ensemble"}
    # Errors of three networks that know nothing of each other: 20 / sqrt(3).
    assert found.metrics.ensemble["sd"].value == pytest.approx(20 / 3**0.5, rel=0.15)


def test_an_ensemble_is_judged_at_the_points_of_variations(classification, experiment, tmp_path):
    folders = {}
    for name in ("cnn", "dense"):
        folders[name] = [str(tmp_path / name / "1")]
        for point in ("nominal", "noisy"):
            path = tmp_path / name / "1" / point / "mass.h5"
            path.parent.mkdir(parents=True)
            write_predictions(path, classification(name, sharpness=2.0 - (point == "noisy")))
    files = ["nominal/mass.h5", "noisy/mass.h5"]
    config = Ensemble(members=["cnn", "dense"]).model_dump_json()
    script("combine")("fusion", config, json.dumps(folders), files, tmp_path / "fusion" / "0")
    networks = {name: [Path(f) for f in found] for name, found in folders.items()}
    networks["fusion"] = [tmp_path / "fusion" / "0"]
    configs = dict.fromkeys(networks, experiment())
    found = at_all_points("mass", ["nominal", "noisy"], configs, networks)
    kinds = {name: by_point["noisy"].kind for name, by_point in found.items()}
    assert kinds == {"cnn": "network", "dense": "network", "fusion": "ensemble"}
    for point in ("nominal", "noisy"):
        auc = {name: float(by[point].numbers["auc_macro"].value) for name, by in found.items()}
        assert auc["fusion"] > max(auc["cnn"], auc["dense"])
