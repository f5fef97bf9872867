"""Submissions to HEPData: valid by its own schema, with the tables' numbers, errors and units."""

import ast
import json
import runpy
from itertools import chain

import pandas as pd
import pytest
import yaml
from hepdata_validator.full_submission_validator import FullSubmissionValidator

from footprint.errors import DataError, FileFormatError
from footprint.evaluation.columns import why_without
from footprint.export.hepdata import Tables, write_submission
from footprint.export.hepdata_datasets import OF_DATASETS
from footprint.export.hepdata_experiments import OF_EXPERIMENTS
from footprint.export.hepdata_layout import LEFT_OUT
from footprint.export.hepdata_samples import OF_SAMPLES
from footprint.figures.datasets.tables import COLUMNS as DATASET_COLUMNS
from footprint.figures.samples.tables import COLUMNS as SAMPLE_COLUMNS
from footprint.figures.tables import COLUMNS
from tests.conftest import ROOT
from tests.figures.conftest import write_classification, write_regression

main = runpy.run_path(str(ROOT / "scripts" / "hepdata.py"))["main"]
EXPERIMENTS = {"mass_cnn": "mass", "xmax_cnn": "xmax"}


def valid(**what):
    validator = FullSubmissionValidator()
    good = validator.validate(**what)
    assert good, {
        name: [str(message) for message in messages]
        for name, messages in validator.get_messages().items()
    }


@pytest.fixture(scope="module")
def submission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made_up")
    entries = []
    writers = (write_classification, write_regression)
    for (experiment, target), write in zip(EXPERIMENTS.items(), writers, strict=True):
        path = folder / experiment
        path.mkdir()
        write(path)
        names = {"experiment": experiment, "target": target}
        entries.append({"kind": "figure", "path": str(path), "names": names})
    entries.append({"kind": "inside", "path": "no/such.h5", "names": {}})
    main(study="made_up", output=folder / "out", tables=json.dumps(entries))
    return folder


def read(submission, name):
    return yaml.safe_load((submission / "out/submission" / f"{name}.yaml").read_text())


def test_folder_and_archive_are_valid(submission):
    valid(directory=str(submission / "out" / "submission"))
    valid(archive=str(submission / "out" / "submission.tar.gz"))


def test_every_table_is_there_and_every_column_has_its_errors(submission):
    found = read(submission, "xmax_cnn_xmax_comparison")
    table = pd.read_csv(submission / "xmax_cnn" / "comparison.csv")
    methods = [entry["value"] for entry in found["independent_variables"][0]["values"]]
    assert methods == list(dict.fromkeys(table["method"]))
    rows = table.set_index(["method", "metric"])
    for variable in found["dependent_variables"]:
        metric = variable["qualifiers"][0]["value"]
        for method, entry in zip(methods, variable["values"], strict=True):
            row = rows.loc[(method, metric)]
            assert variable["header"].get("units", "") == row.fillna("")["unit"]
            assert entry["value"] == pytest.approx(row["value"], rel=1e-4)
            errors = {error["label"]: error["symerror"] for error in entry["errors"]}
            assert errors["stat"] == pytest.approx(row["error"], rel=1e-4)
            expected = None if pd.isna(row["spread"]) else pytest.approx(row["spread"], rel=1e-4)
            assert errors.get("spread over seeds") == expected


def test_curves_of_all_methods_share_one_axis_and_have_asymmetric_errors(submission):
    found = read(submission, "mass_cnn_mass_roc_iron")
    (axis,) = found["independent_variables"]
    assert axis["header"]["name"] == "signal efficiency"
    table = pd.read_csv(submission / "mass_cnn" / "roc.csv")
    table = table[table["class"] == "iron"]
    for variable in found["dependent_variables"]:
        method = {q["name"]: q["value"] for q in variable["qualifiers"]}["method"]
        own = table[table["method"] == method].reset_index()
        assert len(variable["values"]) == len(axis["values"]) == len(own)
        for entry, (_, row) in zip(variable["values"], own.iterrows(), strict=True):
            assert entry["value"] == pytest.approx(row["false_positive_rate"], rel=1e-4)
            for error in entry.get("errors", []):
                ends = error.get("asymerror")
                if ends is not None:
                    minus = row["low"] - row["false_positive_rate"]
                    assert ends["minus"] == pytest.approx(minus, rel=1e-3, abs=1e-9)
    assert any("errors" in entry for v in found["dependent_variables"] for entry in v["values"])


def test_bins_and_units_are_those_of_the_target(submission):
    found = read(submission, "xmax_cnn_xmax_residuals")
    (axis,) = found["independent_variables"]
    assert axis["header"]["units"] == "g/cm2"
    assert set(axis["values"][0]) == {"low", "high"}
    assert found["dependent_variables"][0]["header"]["units"] == "1/(g/cm2)"
    found = read(submission, "xmax_cnn_xmax_truth_vs_prediction")
    assert [axis["header"]["name"] for axis in found["independent_variables"]] == [
        "truth", "prediction",
    ]  # fmt: skip


def test_the_same_tables_give_the_same_bytes(tmp_path):
    (tmp_path / "t").mkdir()
    write_table(tmp_path / "t", [("cnn", "iron", 0.9, 0.01)])
    for name in ("one", "two"):
        tables = [Tables("figure", tmp_path / "t", {"experiment": "cnn", "target": "mass"})]
        write_submission(tmp_path / name, "s", "abc", tables)
    archives = [tmp_path / name / "submission.tar.gz" for name in ("one", "two")]
    assert archives[0].read_bytes() == archives[1].read_bytes()


def write_table(folder, rows, columns=("method", "class", "auc", "error")):
    (folder / "target.json").write_text(json.dumps({"units": ""}))
    pd.DataFrame(rows, columns=list(columns)).to_csv(folder / "auc.csv", index=False)
    return [Tables("figure", folder, {"experiment": "cnn", "target": "mass"})]


def test_what_is_not_known_is_a_dash_without_an_error(tmp_path):
    rows = [("a", "iron", 0.9, 0.01), ("b", "iron", None, None), ("b", "proton", 0.5, None)]
    out = tmp_path / "out"
    write_submission(out, "s", "abc", write_table(tmp_path, rows))
    found = yaml.safe_load((out / "submission" / "cnn_mass_auc.yaml").read_text())
    iron, proton = found["dependent_variables"]
    assert [entry["value"] for entry in iron["values"]] == [0.9, "-"]
    assert "errors" not in iron["values"][1]
    assert [entry["value"] for entry in proton["values"]] == ["-", 0.5]
    valid(directory=str(out / "submission"))


def test_limits_and_marks_are_said(tmp_path):
    numbers = [
        ("cnn", 700.0, None, 238.9, "", 0.02),
        ("linear", None, None, 111.0, "", None),
        ("constant", 1.0, 0.0, None, "exact", None),
        ("cuts", 12.0, 1.5, None, "", None),
    ]
    columns = ["method", "value", "error", "lower_limit", "mark", "spread"]
    table = pd.DataFrame(numbers, columns=columns).assign(
        metric="rejection_iron_at_30", kind="network", unit=""
    )
    (tmp_path / "target.json").write_text(json.dumps({"units": ""}))
    table.to_csv(tmp_path / "comparison.csv", index=False)
    tables = [Tables("figure", tmp_path, {"experiment": "cnn", "target": "mass"})]
    out = tmp_path / "out"
    write_submission(out, "s", "abc", tables)
    valid(directory=str(out / "submission"))
    found = yaml.safe_load((out / "submission" / "cnn_mass_comparison.yaml").read_text())
    values = found["dependent_variables"][0]["values"]
    assert [entry["value"] for entry in values] == ["> 238.9", "> 111", 1, 12]
    assert ["errors" in entry for entry in values] == [False, False, False, True]
    (_, about) = yaml.safe_load_all((out / "submission" / "submission.yaml").read_text())
    assert "exact: by construction, whatever the events are." in about["description"]


def test_columns_without_errors_say_why(submission):
    entries = yaml.safe_load_all((submission / "out/submission/submission.yaml").read_text())
    said = {entry["name"]: entry["description"] for entry in entries if "name" in entry}
    counted = said["xmax_cnn xmax truth vs prediction"]
    assert "'events' has no error: it was counted" in counted
    for layouts in (OF_EXPERIMENTS, OF_DATASETS, OF_SAMPLES):
        for name, layout in layouts.items():
            for quantity in layout.values:
                assert quantity.error or why_without(name, quantity.column), (name, quantity.name)


def test_tables_that_cannot_be_submitted_are_named(tmp_path):
    out = tmp_path / "out"
    tables = write_table(tmp_path, [])
    with pytest.raises(DataError, match=r"auc\.csv has no rows, and HEPData takes no empty table"):
        write_submission(out, "s", "abc", tables)
    write_table(tmp_path, [("a", "iron", None, None)])
    with pytest.raises(DataError, match=r"auc\.csv: no number in any of 1 rows of auc"):
        write_submission(out, "s", "abc", tables)
    write_table(tmp_path, [("a", "iron", 0.9, 0.1), ("a", "iron", 0.8, 0.1)])
    with pytest.raises(DataError, match=r"auc\.csv, class iron: two values at one place of method"):
        write_submission(out, "s", "abc", tables)
    write_table(tmp_path, [("a", 0.9)], ("method", "auc"))
    with pytest.raises(FileFormatError, match=r"auc\.csv lacks columns class, found method, auc"):
        write_submission(out, "s", "abc", tables)
    (tmp_path / "auc.csv").rename(tmp_path / "unheard_of.csv")
    with pytest.raises(FileFormatError, match=r"unheard_of\.csv: no layout for HEPData is known"):
        write_submission(out, "s", "abc", tables)
    (tmp_path / "unheard_of.csv").unlink()
    with pytest.raises(DataError, match="study 's': no tables for HEPData among 1 folders"):
        write_submission(out, "s", "abc", tables)


def test_names_are_short_distinct_and_good_for_files(tmp_path):
    tables = write_table(tmp_path, [("a", "iron", 0.9, 0.1)])
    names = {"experiment": "x" * 90, "target": "../é:*"}
    twice = [Tables("figure", tables[0].folder, names)] * 2
    found = write_submission(tmp_path / "out", "s", "abc", twice)
    assert len(set(found)) == 2
    assert all(len(name) <= 64 and "/" not in name for name in found)
    valid(directory=str(tmp_path / "out" / "submission"))


@pytest.mark.parametrize(
    ("columns", "layouts"),
    [(COLUMNS, OF_EXPERIMENTS), (DATASET_COLUMNS, OF_DATASETS), (SAMPLE_COLUMNS, OF_SAMPLES)],
)
def test_every_table_is_submitted_or_left_out_for_a_reason(columns, layouts):
    assert set(columns) <= {*layouts, *LEFT_OUT}
    for name, layout in layouts.items():
        used = {column for axis in layout.axes for column in axis.columns}
        used |= {quantity.column for quantity in layout.values} | {*layout.by, *layout.apart}
        for quantity in layout.values:
            used |= (
                {quantity.error} if isinstance(quantity.error, str) else {*(quantity.error or ())}
            )
        if name in columns:
            # Columns that figures do not need may stand in tables, too.
            extra = {"ks_error", "cumulative_error", "variance_ratio_error"}
            extra |= {"error", "low", "high", "simulation_error"}
            assert used <= {*columns[name]} | extra, name


KNOWN = {*chain(OF_EXPERIMENTS, OF_DATASETS, OF_SAMPLES, LEFT_OUT)}
OF_FIGURES = (COLUMNS, DATASET_COLUMNS, SAMPLE_COLUMNS)


RETURNED = ("dict[str, pd.DataFrame]", "dict[str, list[Row]]", "Survey")
OTHER_KEYS = {"calibration_error", "hadronic_model", "mark"}
"""Of other dictionaries in functions that make tables, and columns that no figure needs."""


def names_of_tables(path):
    """Name what a module's functions that return tables put into dictionaries, and CSV files."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and str(node.value).endswith(".csv"):
            yield str(node.value)
        if not isinstance(node, ast.FunctionDef) or node.returns is None:
            continue
        if not any(kind in ast.unparse(node.returns) for kind in RETURNED):
            continue
        for part in ast.walk(node):
            keys = part.keys if isinstance(part, ast.Dict) else []
            if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store):
                keys = [part.slice]
            yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))


def test_every_table_that_any_room_writes_is_known():
    rooms = (ROOT / "src/footprint" / room for room in ("evaluation", "survey"))
    files = chain.from_iterable(room.rglob("*.py") for room in rooms)
    names = (name.removesuffix(".csv") for name in chain(*map(names_of_tables, files)))
    written = {name for name in names if name.isidentifier() and not name.startswith("_")}
    by_task = {"function_fit", "decision_boundary"}
    by_task |= {f"{name}_points" for name in by_task}
    # A search that misses what figures read would not notice new tables either.
    assert {*chain(*OF_FIGURES)} - by_task <= written
    columns = {*chain.from_iterable(chain.from_iterable(c.values() for c in OF_FIGURES))}
    unknown = written - columns - OTHER_KEYS - KNOWN
    assert not unknown, f"{sorted(unknown)}: add them to export/hepdata_*.py"


def test_recorded_beside_simulated_events_and_what_calibration_did(tmp_path):
    """Formulas keep their subscripts, and chance stands beside the calibration error alone."""
    (tmp_path / "target.json").write_text(json.dumps({"units": "g/cm2"}))
    name = "$X_\\mathrm{max}$"
    histogram = [("score_xmax", name, "g/cm2", 600, 700, 9, 3.0, 8.0, 0.5, 1.125, 0.375, 0.1),
                 ("input_a_b", "a_b", "", 0, 1, 4, 2.0, 0.0, 0.0, None, None, None)]  # fmt: skip
    columns = list(COLUMNS["data_histograms"])
    pd.DataFrame(histogram, columns=columns).to_csv(tmp_path / "data_histograms.csv", index=False)
    columns = list(COLUMNS["calibration"])
    steps = [("before", "calibration_error", 0.1, 0.01, 0.02, 0.005),
             ("before", "log_loss", 0.5, 0.02, None, None)]  # fmt: skip
    pd.DataFrame(steps, columns=columns).to_csv(tmp_path / "calibration.csv", index=False)
    write_submission(tmp_path / "out", "s", "abc", [Tables("data", tmp_path, {"experiment": "e"})])
    folder = tmp_path / "out" / "submission"
    valid(directory=str(folder))
    found = yaml.safe_load((folder / "e_data_histograms_score_xmax.yaml").read_text())
    assert found["independent_variables"][0]["header"] == {"name": name, "units": "g/cm2"}
    recorded, simulated, ratio = (v["values"][0] for v in found["dependent_variables"])
    assert [v["value"] for v in (recorded, simulated, ratio)] == [9, 8, 1.125]
    assert [v["errors"][0]["symerror"] for v in (recorded, simulated, ratio)] == [3, 0.5, 0.375]
    found = yaml.safe_load((folder / "e_data_histograms_input_a_b.yaml").read_text())
    assert found["independent_variables"][0]["header"]["name"] == "a b"
    assert found["dependent_variables"][2]["values"] == [{"value": "-"}]
    found = yaml.safe_load((folder / "e_calibration.yaml").read_text())
    assert [v["header"]["name"] for v in found["dependent_variables"]] == [
        "calibration error", "calibration error by chance alone", "log loss",
    ]  # fmt: skip
