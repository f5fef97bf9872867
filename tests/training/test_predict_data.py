"""Recorded events go the way of simulated ones, but for truth and weights."""

import runpy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from footprint.config.datasets import Dataset
from footprint.config.experiments import Experiment
from footprint.config.recorded import Recorded, recorded_dataset
from footprint.dataset.build import build_dataset
from footprint.errors import DataError
from footprint.evaluation import data_quantities
from footprint.evaluation.data_simulation import compare_files
from footprint.figures.draw import draw
from footprint.files.datasets import open_dataset
from footprint.files.predictions import VALIDATION, read_predictions, write_predictions
from tests.conftest import ROOT

EVENTS, SIDE = 600, 6
CONFIG = Dataset.model_validate({
    "samples": ["simulated"],
    "selection": "hits > 8",
    "inputs": {"image": [{"array": "signal", "transform": "log10(1 + x)", "mask": True}],
               "few": ["a", "hits"]},
    "targets": {"kind": {"array": "kind", "classes": {"light": 0, "heavy": 1}, "baselines": {}},
                "value": {"array": "value", "log": True, "baselines": {}}},
    "spectators": ["hits", "value", "sum"],
    "derived": {"sum": {"method": "formula", "formula": "a + hits"}},
    "weights": {"array": "w"},
    "split": {"train": 0.4, "validation": 0.2, "test": 0.4},
})  # fmt: skip
EXPERIMENT = Experiment.model_validate({
    "dataset": "d", "targets": {"kind": {}, "value": {"loss": "gaussian"}},
    "model": {"name": "dense", "units": [4]}, "training": {"epochs": 1},
    "evaluation": {"data": "recorded"},
})  # fmt: skip
TRUTH = ("kind", "value", "w")


@pytest.fixture(scope="module")
def arrays():
    rng = np.random.default_rng(8)
    signal = rng.exponential(size=(EVENTS, SIDE, SIDE))
    signal[rng.random(signal.shape) < 0.7] = np.nan
    return {
        "signal": signal,
        "a": rng.normal(size=EVENTS),
        "hits": np.isfinite(signal).sum(axis=(1, 2)).astype(np.float64),
        "kind": np.arange(EVENTS) % 2,
        "value": rng.uniform(1, 100, EVENTS),
        "w": rng.uniform(0.5, 2, EVENTS),
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory, arrays):
    """A trained network, and recorded events that are the simulated ones without their truth."""
    from footprint.files.events import EventWriter
    from footprint.files.hdf5 import ArraySpec
    from footprint.seeds import event_ids
    from footprint.training.fit import fit
    from footprint.training.predictions import save_all
    from footprint.training.record import save_network

    folder = tmp_path_factory.mktemp("study")
    seen = {name: values for name, values in arrays.items() if name not in TRUTH}
    for sample, given in (("simulated", arrays), ("recorded", seen)):
        specs = [ArraySpec(name, "VEM" if name == "signal" else "", name) for name in given]
        path = folder / f"{sample}-events.h5"
        with EventWriter(path, specs, sample=sample, config="{}", seed=1) as writer:
            writer.append({"event_id": event_ids(sample, 0, EVENTS), **given})
    build_dataset(folder / "d.h5", "d", CONFIG, {"simulated": [folder / "simulated-events.h5"]})
    config = recorded_dataset(CONFIG, "recorded", list(seen))
    parts = {"recorded": [folder / "recorded-events.h5"]}
    build_dataset(folder / "recorded.h5", "d", config, parts, folder / "d.h5")
    with open_dataset(folder / "d.h5") as dataset:
        network = fit(dataset, EXPERIMENT, 1, folder / "c.h5").network
        save_all(folder / "said", network, dataset, method="m", config=EXPERIMENT, seed=1)
    save_network(folder / "model.keras", network)
    runpy.run_path(str(ROOT / "scripts" / "predict_data.py"))["main"](
        model=folder / "model.keras", dataset=folder / "d.h5", data=folder / "recorded.h5",
        name="m", experiment=EXPERIMENT.model_dump_json(), seed=1, output=folder / "recorded",
    )  # fmt: skip
    return folder


def files(study, target):
    predictions = study / "said" / f"{target}.h5", study / "recorded" / f"{target}.h5"
    return predictions, (study / "d.h5", study / "recorded.h5")


def test_recorded_events_are_selected_and_normalised_as_simulated_ones(study, arrays):
    with open_dataset(study / "d.h5") as simulated, open_dataset(study / "recorded.h5") as recorded:
        passing = int(np.count_nonzero(arrays["hits"] > 8))
        assert recorded.length("test") == passing < EVENTS
        assert recorded.length("train") == 0
        assert recorded.names("targets") == []
        assert recorded.weights("test") is None
        assert simulated.weights("test") is not None
        assert recorded.names("spectators") == ["hits", "sum"]
        # The test split is among them, with the same normalised inputs.
        rows = slice(None)
        for name in ("image", "few"):
            one, other = (d.inputs("test", [name], rows)[name] for d in (simulated, recorded))
            keys = {values.tobytes() for values in other}
            assert all(values.tobytes() in keys for values in one)


def test_the_network_says_the_same_of_the_same_events(study):
    for target in ("kind", "value"):
        simulated, recorded = (read_predictions(path) for path in files(study, target)[0])
        assert np.isnan(recorded.truth).all()
        assert recorded.weight is None
        said = {tuple(np.atleast_1d(row).round(4)) for row in recorded.prediction}
        found = [tuple(np.atleast_1d(row).round(4)) in said for row in simulated.prediction]
        assert np.mean(found) > 0.98  # but for rounding at the last digit
        assert recorded.task == simulated.task
        assert recorded.target == simulated.target
        assert (recorded.sigma is None) == (simulated.sigma is None) == (target == "kind")
    assert not (study / "recorded" / VALIDATION).exists()


def test_recorded_events_cannot_be_judged(study):
    from footprint.evaluation.alignment import read_aligned

    with pytest.raises(DataError, match="truth of 'value' is not finite in"):
        read_aligned([study / "recorded" / "value.h5"])


def test_quantities_are_in_their_units(study, arrays):
    with open_dataset(study / "d.h5") as simulated, open_dataset(study / "recorded.h5") as recorded:
        found = {q.name: q for q in data_quantities.inputs(simulated, recorded, ["image", "few"])}
    chosen = arrays["hits"] > 8
    logs = np.log10(1 + arrays["signal"][chosen])
    expected = {
        "image_signal_mean": np.nanmean(logs, axis=(1, 2)),
        "image_signal_sd": np.nanstd(logs, axis=(1, 2)),
        "image_mask_of_signal": np.isfinite(logs).mean(axis=(1, 2)),
        "few_a": arrays["a"][chosen],
        "few_hits": arrays["hits"][chosen],
    }
    assert set(found) == set(expected)
    for name, values in expected.items():
        assert np.sort(found[name].data) == pytest.approx(np.sort(values), abs=1e-4)
    assert found["image_signal_mean"].label == "mean of log10(1 + signal)"
    assert found["image_mask_of_signal"].label == "share of signal measured"


def test_tables_and_figures_are_made(study, tmp_path):
    main = runpy.run_path(str(ROOT / "scripts" / "compare_data.py"))["main"]
    (simulation, data), (dataset, recorded) = files(study, "kind")
    main(
        simulation=simulation, data=data, simulated_dataset=dataset, recorded_dataset=recorded,
        settings='{"sample": "recorded", "spectators": ["sum"], "bins": 10}', inputs='["few"]',
        tables=tmp_path / "tables", experiment_name="m",
    )  # fmt: skip
    tests = pd.read_csv(tmp_path / "tables" / "data_tests.csv")
    names = ["score_heavy", "input_few_a", "input_few_hits", "spectator_sum"]
    assert list(tests["quantity"]) == names
    # The same events: they agree too well, if anything.
    assert tests["ks_probability"].min() > 0.05
    assert tests["effective_events"].max() < tests["simulation_events"].min()
    drawn = draw(tmp_path / "tables", tmp_path / "figures")
    assert set(drawn) == {"agreement", *names}


def test_a_value_has_no_classes_and_its_sigma_is_compared(study):
    found = compare_files(*files(study, "value"), Recorded(sample="recorded"), ["few"])
    assert "data_components.csv" not in found.tables
    names = set(found.tables["data_tests.csv"]["quantity"])
    assert {"score_value", "score_sigma_of_value", "spectator_hits"} < names


def test_wrong_files_and_names_are_refused(study, tmp_path):
    predictions, datasets = files(study, "kind")
    with pytest.raises(DataError, match=r"no 'value' of one value .*; .*hits"):
        compare_files(predictions, datasets, Recorded(sample="r", spectators=["value"]))
    with pytest.raises(DataError, match=r"is not of the \d+ test events of .*predict again"):
        compare_files(predictions, (datasets[1], datasets[1]), Recorded(sample="r"))
    with pytest.raises(DataError, match="data are a regression of 'value', those of the simul"):
        compare_files((predictions[0], files(study, "value")[0][1]), datasets, Recorded(sample="r"))
    none = read_predictions(predictions[0])
    path = tmp_path / "none.h5"
    write_predictions(path, replace(none, weight=np.zeros(len(none.truth), np.float32)))
    with pytest.raises(DataError, match=r"a sum of weights of 0 .*nothing to compare"):
        compare_files((path, predictions[1]), datasets, Recorded(sample="r"))


def test_what_generates_has_no_data():
    with pytest.raises(ValidationError, match=r"evaluation\.data is not for the task generation"):
        Experiment.model_validate(
            {"dataset": "d", "task": "generation", "variables": "image", "model": {"name": "wgan"},
             "evaluation": {"data": "recorded"}}
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sample": "recorder"}, "mass_layers.evaluation.data.sample: no 'recorder'; did you mean"),
        ({"sample": "showers"}, "data set 'showers' is made of 'showers': recorded events need a"),
        ({"sample": "curve"}, "data: datasets.showers.inputs.footprint: sample 'curve' has no"),
        ({"sample": "recorded", "spectators": ["x"]}, "evaluation.data.spectators: no 'x'"),
    ],
)
def test_wrong_configurations_are_refused(faults, change, words):
    def changed(study):
        showers = study["samples"]["showers"]
        study["samples"]["recorded"] = dict(showers)
        options = {"formula": "x"}
        study["samples"]["curve"] = {"generator": "function", "events": 10, "options": options}
        study["datasets"]["showers"]["selection"] = "filled_pixels > 1"
        study["experiments"]["mass_layers"]["evaluation"]["data"] = change

    assert words in faults(changed)
