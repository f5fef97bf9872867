"""Which point is chosen, what the table says of all, and how other jobs follow the choice."""

import json

import pandas as pd
import pytest

from footprint.config.experiments import Experiment
from footprint.config.scans import Scan
from footprint.errors import FileFormatError, TrainingError
from footprint.scans.chosen import save_chosen, take_chosen, with_chosen
from footprint.scans.results import choose, read_result
from footprint.scans.tables import facts_of, points_table, text_of

EXPERIMENT = {
    "dataset": "d", "task": "classification", "model": {"name": "dense", "units": [8]},
    "inputs": None, "training": {"epochs": 5},
}  # fmt: skip


def write(folder, point, loss=None, penalty=0.0, failed="", **values):
    path = folder / point / "training.json"
    path.parent.mkdir()
    record = {"values": values, "seed": 4}
    if failed:
        record["failed"] = failed
    else:
        record |= {
            "best_validation_loss": loss, "weight_penalty": penalty, "best_epoch": 2, "epochs": 5,
            "seconds": 1.5, "parameters": 99, "experiment": EXPERIMENT,
        }  # fmt: skip
    path.write_text(json.dumps(record))
    return path


@pytest.fixture
def records(tmp_path):
    return [
        write(tmp_path, "a", 0.5, **{"model.l2": 0.0, "model.units": [8]}),
        write(tmp_path, "b", 0.6, 0.2, **{"model.l2": 0.01, "model.units": [8, 8]}),
        write(tmp_path, "c", failed="loss became nan", **{"model.l2": 9.0, "model.units": [8]}),
    ]


def test_the_lowest_validation_loss_without_penalties_is_chosen(records):
    results = [read_result(path) for path in records]
    assert choose(results).point == "b"
    assert choose(results[:1] + results[2:]).point == "a"


def test_a_scan_of_which_all_points_failed_says_why(records):
    with pytest.raises(TrainingError, match=r"all 1 points.*\n.*9\.0.*: loss became nan"):
        choose([read_result(records[2])])


def test_the_table_has_all_points(records):
    results = [read_result(path) for path in records]
    table = points_table(results, choose(results))
    assert table["status"].tolist() == ["trained", "chosen", "failed"]
    assert table["model.units"].tolist() == ["[8]", "[8, 8]", "[8]"]
    assert table["validation_loss"].tolist()[:2] == pytest.approx([0.5, 0.4])
    assert table["reason"].tolist() == ["", "", "loss became nan"]
    assert table["epochs"].tolist()[:2] == [5, 5]


def test_values_are_written_as_in_yaml():
    value = {"name": "cosine", "on": True, "list": [1, 0.1, None]}
    assert text_of(value) == "{name: cosine, on: true, list: [1, 0.1, null]}"


def test_axes_are_logarithmic_where_values_span_decades():
    scan = Scan.model_validate({"parameters": {
        "model.l2": [1e-5, 1e-3], "model.dropout": [0.0, 0.5], "model.units": [[1], [2]],
        "training.batch_size": {"low": 8, "high": 64, "log": True, "integer": True, "points": 2},
    }})  # fmt: skip
    found = facts_of("e", scan)["parameters"]
    assert [entry["log"] for entry in found] == [True, False, False, True]
    assert [entry["numbers"] for entry in found] == [True, True, False, True]


def test_the_choice_is_followed(records, tmp_path):
    chosen = tmp_path / "chosen.json"
    save_chosen(chosen, read_result(records[1]))
    base = Experiment.model_validate(EXPERIMENT | {"model": {"name": "dense"}, "seeds": [4, 5]})
    config = with_chosen(base, chosen)
    assert (config.model.units, config.training.epochs, config.seeds) == ([8], 5, [4, 5])
    assert with_chosen(base, None) is base
    take_chosen(chosen, tmp_path, [tmp_path / "1" / "training.json"])
    assert json.loads((tmp_path / "1" / "training.json").read_text())["values"]["model.l2"] == 0.01
    with pytest.raises(FileFormatError, match=r"file not found: .*model\.keras"):
        take_chosen(chosen, tmp_path, [tmp_path / "1" / "model.keras"])


def test_wrong_files_are_named(tmp_path):
    with pytest.raises(FileFormatError, match="file not found"):
        read_result(tmp_path / "p" / "training.json")
    path = tmp_path / "training.json"
    path.write_text('{"seed": 1}')
    with pytest.raises(FileFormatError, match=r"not the record of a point of a scan.*'values'"):
        read_result(path)
    with pytest.raises(FileFormatError, match="is not what a scan chose, expected keys"):
        with_chosen(Experiment.model_validate(EXPERIMENT), path)
    with pytest.raises(FileFormatError, match=r"cannot read .* as what a scan chose"):
        with_chosen(Experiment.model_validate(EXPERIMENT), tmp_path / "none.json")


def test_no_number_of_the_table_is_lost_in_the_file(records, tmp_path):
    results = [read_result(path) for path in records]
    file = tmp_path / "points.csv"
    points_table(results, choose(results)).to_csv(file, index=False)
    again = pd.read_csv(file)
    assert again["validation_loss"].tolist()[:2] == [r.loss for r in results[:2]]
    assert again["best_epoch"].isna().tolist() == [False, False, True]
