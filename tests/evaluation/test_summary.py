import pytest

from footprint.errors import DataError, FileFormatError
from footprint.evaluation.metrics import Metrics, NetworkValue, Value, number, read_metrics
from footprint.evaluation.rounding import NOTHING, measured
from footprint.evaluation.summary import summarise
from footprint.evaluation.summary_text import text


def metrics(name="cnn", model="cnn", rmse=20.0, differences=None, replicas=(), **changes):
    def values(value):
        kind = {"bias": 0.1, "sd": value, "rmse": value, "half_width_68": value, "correlation": 0.9}
        units = {"correlation": ""}
        return {
            key: {"value": found, "error": 0.5, "unit": units.get(key, "g/cm2"), "spread": None}
            for key, found in kind.items()
        }

    simple = {"boosting": 30.0, "constant": 50.0, "best": 5.0}
    return Metrics(
        **{
            "experiment": name,
            "dataset": "showers",
            "model": model,
            "task": "regression",
            "target": "xmax",
            "classes": [],
            "events": 100,
            "seeds": [1],
            "metrics": {k: NetworkValue(**v) for k, v in values(rmse).items()},
            "baselines": {
                label: {k: Value(**v) for k, v in values(value).items()}
                for label, value in simple.items()
            },
            "oracles": ["best"],
            "differences": differences
            or {label: {"rmse": {"value": rmse - v, "error": 0.4}} for label, v in simple.items()},
            "replicas": {"rmse": list(replicas)},
            "tables": [],
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((0.78345, 0.01234), "0.783 ± 0.012"),
        ((0.78345, 0.01234, 0.004), "0.783 ± 0.012 (± 0.004)"),
        ((1234.5, 94.2), "1230 ± 90"),
        ((20.04, 0.0996), "20.04 ± 0.10"),
        ((-0.001, 0.5), "0.0 ± 0.5"),
        ((0.5, 0.0), "0.5"),
        ((7.8e-6, 1.1e-6), "(7.8 ± 1.1) × 10^-6"),  # noqa: RUF001
        ((0.5, None, 0.1), "0.5 (± 0.1)"),
        ((0.99999999999949, 2.2e-13), "1.000000 ± 0.000001"),
        ((0.9999123456, 1.234e-6, 3e-7), "0.999912 ± 0.000001 (± <0.000001)"),
        ((0.5, 1e-5), "0.500000 ± 0.000010"),
        ((123456789.0, 1.0), "(1.234567890 ± 0.000000010) × 10^8"),  # noqa: RUF001
        ((None, None), "–"),  # noqa: RUF001
    ],
)
def test_numbers_stop_where_their_error_says(given, expected):
    assert measured(*given) == expected


def test_the_verdict_beats_misses_or_is_level():
    (section,) = summarise([metrics()])
    assert section.sentences == (
        (
            "cnn: RMSE 20.0 ± 0.5 g/cm2; beats the best baseline (boosting) by "
            "10.0 ± 0.4 g/cm2; misses the oracle (best) by 15.0 ± 0.4 g/cm2."
        ),
    )
    (section,) = summarise([metrics(rmse=30.5)])
    assert (
        "is level with the best baseline (boosting) (difference 0.5 ± 0.4 g/cm2)"
        in (section.sentences[0])
    )
    (section,) = summarise([metrics(rmse=33)])
    assert "misses the best baseline (boosting) by 3.0 ± 0.4 g/cm2" in section.sentences[0]


def test_equal_predictions_are_level():
    same = {label: {"rmse": {"value": 0.0, "error": 0.0}} for label in ("boosting", "constant")}
    (section,) = summarise([metrics(oracles=[], differences=same | {"best": same["constant"]})])
    assert "is level with the best baseline (best) (difference 0 g/cm2)" in section.sentences[0]


def test_dense_counterpart_is_compared_with_paired_replicas():
    cnn = metrics(replicas=[19.0, 20.0, 21.0])
    dense = metrics("dense", "dense", rmse=25, replicas=[24.0, 25.1, 25.9])
    (section,) = summarise([cnn, dense])
    assert "beats dense by 5.00 ± 0.10 g/cm2" in section.sentences[0]
    assert "cnn" not in section.sentences[1]
    (section,) = summarise([cnn, metrics("dense", "dense", rmse=25)])
    assert "beats dense by 5.0 ± 0.7 g/cm2" in section.sentences[0]  # errors in quadrature


def test_best_is_bold_and_no_oracle():
    (section,) = summarise([metrics()])
    assert [(row.method, row.kind) for row in section.rows] == [
        ("cnn", "network"),
        ("boosting", "baseline"),
        ("constant", "baseline"),
        ("best", "oracle"),
    ]
    bold = {row.method: row.best for row in section.rows}
    assert bold["cnn"] == (False, True, True, True, True)
    assert not any(bold["best"])
    assert "| best (oracle) |" in text([section])


def test_two_classes_show_the_rejection_of_the_first():
    numbers = ("accuracy", "auc_macro", "log_loss", "rejection_top_at_30", "rejection_qcd_at_30")
    found = {name: NetworkValue(value=0.5, error=0.1, unit="", spread=None) for name in numbers}
    entry = metrics(
        task="classification", classes=["top", "qcd"], metrics=found, baselines={}, oracles=[]
    )
    (section,) = summarise([entry])
    assert [column.heading for column in section.columns] == [
        *("accuracy", "AUC (macro)", "log loss", "rejection at 30 % top"),
    ]
    assert section.sentences == ("cnn: accuracy 0.50 ± 0.10.",)


def rejections(**given):
    """Make metrics of two classes with the rejections of network and baselines."""

    def values(rejection):
        value, limit = rejection if isinstance(rejection, tuple) else (rejection, None)
        plain = {"value": 0.5, "error": 0.1, "unit": ""}
        rejected = {"value": value, "error": None, "unit": "", "lower_limit": limit}
        names = dict.fromkeys(("accuracy", "auc_macro", "log_loss"), plain)
        return names | {"rejection_top_at_30": rejected}

    simple = {label: values(rejection) for label, rejection in given.items() if label != "cnn"}
    return metrics(
        task="classification",
        classes=["top", "qcd"],
        metrics={k: NetworkValue(**v, spread=None) for k, v in values(given["cnn"]).items()},
        baselines={label: {k: Value(**v) for k, v in vs.items()} for label, vs in simple.items()},
        oracles=[],
        differences={label: {"accuracy": {"value": 0.0, "error": 0.0}} for label in simple},
    )


@pytest.mark.parametrize(
    ("given", "cells", "bold"),
    [
        (
            {"cnn": 1.4, "a": (None, 500), "b": (None, 500)},
            ["1.4 (no error)", *["> 500 (95 %)"] * 2],
            "ab",
        ),
        ({"cnn": (None, 350.5), "a": 400.0}, ["> 350 (95 %)", "400 (no error)"], ["cnn"]),
        ({"cnn": (728.0, 153.7), "a": 400.0}, ["> 153 (95 %)", "400 (no error)"], ["cnn"]),
        ({"cnn": None, "a": 2.0}, ["–", "2 (no error)"], "a"),  # noqa: RUF001
        ({"cnn": 3.0, "a": 2.0}, ["3 (no error)", "2 (no error)"], ["cnn"]),
    ],
)
def test_a_rejection_of_too_little_background_is_a_limit(given, cells, bold):
    (section,) = summarise([rejections(**given)])
    assert [row.cells[-1] for row in section.rows] == cells
    assert [row.method for row in section.rows if row.best[-1]] == list(bold)
    explained = any("too few background events are left" in note for note in section.notes)
    assert explained == any(cell.startswith(">") for cell in cells)
    assert ("not a quantity of this method" in " ".join(section.notes)) == (NOTHING in cells)


def test_directions_come_with_the_headline_first():
    numbers = {"angle_68": 0.8, "angle_50": 0.6, "angle_95": 1.4, "zenith_bias": 0.01}

    def values(scale):
        return {
            key: {"value": scale * value, "error": 0.01, "unit": "deg"}
            for key, value in numbers.items()
        }

    entry = metrics(
        task="direction",
        target="axis",
        metrics={k: NetworkValue(**v, spread=None) for k, v in values(1).items()},
        baselines={"plane_fit": {k: Value(**v) for k, v in values(2).items()}},
        oracles=[],
        differences={"plane_fit": {"angle_68": {"value": -0.8, "error": 0.02}}},
    )
    (section,) = summarise([entry])
    assert [column.heading for column in section.columns] == [
        *("68 % opening angle [deg]", "50 % opening angle [deg]", "95 % opening angle [deg]"),
        "zenith bias [deg]",
    ]
    assert section.rows[0].best == (True, True, True, False)
    assert section.sentences == (
        (
            "cnn: 68 % opening angle 0.800 ± 0.010 deg; beats the best baseline (plane_fit) by "
            "0.800 ± 0.020 deg."
        ),
    )


def test_relative_numbers_and_the_separation_have_columns_where_they_are_known():
    plain, more = metrics("plain"), metrics("more", separated="mass_number 1 and 56")
    extra = {
        "relative_sd": NetworkValue(value=8.0, error=0.1, unit="%", spread=None),
        "merit_factor": NetworkValue(value=1.5, error=0.1, unit="", spread=None),
    }
    more = more.model_copy(update={"metrics": more.metrics | extra})
    (section,) = summarise([plain, more])
    headings = [column.heading for column in section.columns]
    assert headings[-2:] == ["relative sd [%]", "merit factor"]
    rows = {row.method: row for row in section.rows}
    assert rows["plain"].cells[-1] == "–"  # noqa: RUF001
    assert rows["more"].cells[-2:] == ("8.00 ± 0.10", "1.50 ± 0.10")
    assert rows["more"].best[-2:] == (True, True)
    assert "Merit factor and separation AUC: mass_number 1 and 56." in section.about


def test_targets_of_one_experiment_have_sections_of_their_own():
    sections = summarise([metrics(target="xmax"), metrics(target="energy")])
    assert [section.title for section in sections] == ["xmax (showers)", "energy (showers)"]


def test_nothing_and_twice_the_same_are_refused():
    with pytest.raises(DataError, match="no metrics files given: there is nothing to summarise"):
        summarise([])
    with pytest.raises(DataError, match="xmax of cnn comes more than once"):
        summarise([metrics(), metrics()])


def test_files_that_are_no_metrics_are_refused(tmp_path):
    path = tmp_path / "m.json"
    with pytest.raises(FileFormatError, match=r"metrics file not found: .*m\.json"):
        read_metrics(path)
    path.write_text("{}")
    with pytest.raises(FileFormatError, match=r"m\.json is not a metrics file of Footprint: 1"):
        read_metrics(path)


def test_json_has_no_nan():
    assert [number(value) for value in (1.5, float("nan"), float("inf"), None)] == [
        *(1.5, None, None, None)
    ]
