"""No table of a study has a number without an error, a limit or a word that says why."""

import shutil

import pandas as pd
import pytest

from tests.certainty import of_summary, of_table, share_without_error, without_certainty


def test_every_number_of_a_study_has_its_error(finished):
    assert without_certainty(finished.results) == []
    assert share_without_error(finished.results) < 0.1


def test_a_number_without_an_error_is_found(finished, tmp_path):
    tables = sorted(finished.results.glob("tables/*/*/comparison.csv"))
    (tmp_path / "tables").mkdir()
    path = tmp_path / "tables" / "comparison.csv"
    shutil.copy(tables[0], path)
    assert without_certainty(tmp_path) == []
    table = pd.read_csv(path)
    row = int(table["error"].idxmax())
    table.loc[row, "error"] = 0.0
    table.to_csv(path, index=False)
    (found,) = without_certainty(tmp_path)
    assert found.startswith("comparison.csv: value of 1 rows, the first")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"auc": [0.9]}, "column auc has no error and is not declared"),
        ({"auc": [0.9], "error": [0.1], "surprise": [3]}, "column surprise has no error"),
        ({"auc": [0.9], "error": [0.0], "mark": ["why?"]}, "auc has marks {'why?'}"),
    ],
)
def test_columns_have_errors_or_are_declared(table, message):
    (found,) = of_table("auc", pd.DataFrame(table))
    assert message in found


def test_cells_of_the_summary_have_errors():
    text = "| method | a | epochs |\n| :--- | ---: | ---: |\n| x | 1.0 ± 0.1 | 3 |\n| y | 2.0 | 3 |"
    assert list(of_summary(text)) == ["summary: y, a: 2.0"]
