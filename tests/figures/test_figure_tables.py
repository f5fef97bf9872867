"""Tables that cannot be drawn: the message names the file, what was expected and what found."""

import json
import re

import pandas as pd
import pytest

from footprint.errors import DataError, FileFormatError
from footprint.figures.draw import make
from footprint.figures.tables import COLUMNS, Tables, open_tables

OF_CLASSIFICATION = ("comparison", "roc", "auc", "confusion_matrix", "scores", "reliability")
OF_REGRESSION = ("comparison", "truth_vs_prediction", "residuals", "resolution", "learning_curve")
CASES = [("classification", name) for name in OF_CLASSIFICATION]
CASES += [("regression", name) for name in OF_REGRESSION]


def tables_of(request, fixture) -> Tables:
    return request.getfixturevalue(fixture)


def change(
    tables: Tables, name: str, column: str, value: object, rows: slice = slice(None)
) -> None:
    table = pd.read_csv(tables.path(name)).astype({column: object})
    table.loc[table.index[rows], column] = value
    table.to_csv(tables.path(name), index=False)


@pytest.mark.parametrize(("fixture", "name"), CASES)
def test_a_missing_column(fixture, name, request):
    tables = tables_of(request, fixture)
    table = pd.read_csv(tables.path(name))
    last = COLUMNS[name][-1]
    table.drop(columns=last).to_csv(tables.path(name), index=False)
    expected = ", ".join(COLUMNS[name])
    message = f"{name}.csv lacks columns {last}: expected {expected}, found {table.columns[0]}, "
    with pytest.raises(FileFormatError, match=re.escape(message)):
        make(tables)


@pytest.mark.parametrize(("fixture", "name"), CASES)
def test_a_table_without_rows(fixture, name, request):
    tables = tables_of(request, fixture)
    pd.read_csv(tables.path(name)).head(0).to_csv(tables.path(name), index=False)
    message = f"{name}.csv has no rows, expected columns {', '.join(COLUMNS[name])}"
    with pytest.raises(DataError, match=re.escape(message)):
        make(tables)


@pytest.mark.parametrize(("fixture", "name"), [c for c in CASES if c[1] != "learning_curve"])
def test_a_missing_table(fixture, name, request):
    tables = tables_of(request, fixture)
    tables.path(name).unlink()
    with pytest.raises(FileFormatError, match=rf"file not found: .*{name}\.csv, expected a table"):
        make(tables)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'method,kind\n"a,b\n'])
def test_what_is_no_csv(content, classification):
    classification.path("comparison").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"comparison\.csv is not a CSV.*expected columns"):
        make(classification)


def test_a_word_where_a_number_should_stand(regression):
    change(regression, "residuals", "density", "many", slice(2, 3))
    with pytest.raises(FileFormatError, match="'density' holds 'many' in row 3, expected a num"):
        make(regression)


def test_a_column_without_any_number(regression):
    change(regression, "resolution", "bias", "")
    with pytest.raises(DataError, match="column 'bias' holds no number in any of"):
        make(regression)


def test_errors_and_spreads_may_be_missing(classification):
    change(classification, "comparison", "error", "")
    change(classification, "comparison", "spread", "")
    change(classification, "scores", "error", "")
    assert "comparison" in make(classification)


def test_a_class_that_is_none(classification):
    change(classification, "scores", "truth", "protn", slice(0, 1))
    with pytest.raises(FileFormatError, match=r"'protn', which is no class of 'mass'; did you mea"):
        make(classification)


def test_a_class_may_be_called_na(classification):
    path = classification.folder / "target.json"
    for table in classification.folder.glob("*.csv"):
        table.write_text(table.read_text().replace("proton", "NA"))
    path.write_text(path.read_text().replace("proton", "NA"))
    assert "roc" in make(open_tables(classification.folder))


def test_a_method_that_is_not_compared(regression):
    change(regression, "resolution", "method", "bosting", slice(-3, None))
    with pytest.raises(FileFormatError, match=r"'bosting' is not in comparison\.csv; did you mean"):
        make(regression)


def test_a_kind_that_is_none(regression):
    change(regression, "comparison", "kind", "netwrk", slice(0, 1))
    with pytest.raises(FileFormatError, match="is of kind 'netwrk'; did you mean 'network'"):
        make(regression)


@pytest.mark.parametrize(
    ("fixture", "metric", "message"),
    [
        ("classification", "accuracy", "no metric 'accuracy', expected for a classification"),
        ("regression", "rmse", "no metric 'rmse', expected for a regression; found bias, sd"),
        ("regression", "sd", "no metric 'sd' of method 'xmax_cnn'; known: bias, rmse"),
    ],
)
def test_a_metric_that_is_needed(fixture, metric, message, request):
    tables = tables_of(request, fixture)
    table = pd.read_csv(tables.path("comparison"))
    table[table["metric"] != metric].to_csv(tables.path("comparison"), index=False)
    with pytest.raises(FileFormatError, match=message):
        make(tables)


def test_an_area_that_the_curve_needs(classification):
    table = pd.read_csv(classification.path("auc"))
    table[table["class"] != "iron"].to_csv(classification.path("auc"), index=False)
    with pytest.raises(FileFormatError, match="no row for method 'mass_cnn' and class 'iron'"):
        make(classification)


def test_bins_with_a_gap(regression):
    table = pd.read_csv(regression.path("residuals"))
    table.drop(index=5).to_csv(regression.path("residuals"), index=False)
    with pytest.raises(FileFormatError, match="bins must follow each other"):
        make(regression)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "expected JSON with keys name, units, label, task, classes, experiment, found list"),
        ('{"name": "x"}', "expected JSON with keys name, units, .* found name"),
    ],
)
def test_a_target_that_says_nothing(text, message, classification):
    (classification.folder / "target.json").write_text(text)
    with pytest.raises(FileFormatError, match=message):
        open_tables(classification.folder)


def test_a_label_that_cannot_be_typeset(classification):
    path = classification.folder / "target.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"label": r"$X_\mathrm{max$"}))
    with pytest.raises(DataError, match=r"cannot be typeset .* mend the target's label"):
        open_tables(classification.folder)


def test_an_unknown_task(classification):
    path = classification.folder / "target.json"
    path.write_text(path.read_text().replace("classification", "clasification"))
    with pytest.raises(FileFormatError, match="unknown task 'clasification'; did you mean 'class"):
        make(open_tables(classification.folder))
