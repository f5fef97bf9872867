"""Files of figures: which there are, that they show something, that they do not change."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from footprint.errors import DataError
from footprint.figures import style
from footprint.figures.draw import draw, make
from footprint.figures.tables import Tables
from footprint.files.atomic import temporary

ROOT = Path(__file__).parents[2]
CLASSIFICATION = {"comparison", "roc", "confusion_matrix", "scores", "reliability"}
REGRESSION = {"comparison", "truth_vs_prediction", "residuals", "resolution_xmax"}


def expected(names: set[str]) -> set[str]:
    return {f"{name}{suffix}" for name in names for suffix in (".png", ".pdf")}


@pytest.mark.parametrize(
    ("fixture", "names"),
    [
        ("classification", CLASSIFICATION | {"learning_curve"}),
        ("regression", REGRESSION | {"learning_curve", "resolution_muons_at_ground"}),
    ],
)
def test_all_figures_are_drawn_and_the_same_each_time(fixture, names, request, tmp_path):
    tables = request.getfixturevalue(fixture)
    first, second = tmp_path / "first", tmp_path / "second"
    assert set(draw(tables.folder, first)) == names
    draw(tables.folder, second)
    assert {path.name for path in first.iterdir()} == expected(names)
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name
    for path in first.glob("*.png"):
        image = imread(path)
        assert 500 < image.shape[1] < 1200
        ink = np.mean(image[..., :3].min(axis=2) < 0.9)
        assert ink > 0.02, f"{path.name} is nearly blank"
        assert np.all(image[[0, -1]] == 1), f"{path.name} is cut off at an edge"
    for path in first.glob("*.pdf"):
        assert b"CreationDate" not in path.read_bytes()


def test_networks_trained_elsewhere_have_no_learning_curve(regression):
    assert "learning_curve" in make(regression)
    regression.path("learning_curve").unlink()
    assert "learning_curve" not in make(regression)


def test_figures_of_an_earlier_drawing_go_and_other_files_stay(regression, tmp_path, monkeypatch):
    figure = Figure()
    figure.subplots()
    monkeypatch.setattr("footprint.figures.draw.make", lambda _: {"residuals": figure})
    output = tmp_path / "figures"
    output.mkdir()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    killed = re.sub(r"-\d+-", f"-{ended.pid}-", temporary(output / "roc.png").name)
    for name in ("roc.png", "resolution_zenith.pdf", killed, "notes.txt", "mine.png"):
        (output / name).write_text("old")
    draw(regression.folder, output)
    there = {path.name for path in output.iterdir()}
    assert {"notes.txt", "mine.png", "residuals.png", "residuals.pdf"} == there


def test_a_wrong_table_leaves_the_figures_as_they_were(classification: Tables, tmp_path):
    output = tmp_path / "figures"
    output.mkdir()
    (output / "roc.png").write_text("old")
    header = classification.path("scores").read_text().splitlines()[0]
    classification.path("scores").write_text(header + "\n")
    with pytest.raises(DataError, match=r"scores\.csv has no rows"):
        draw(classification.folder, output)
    assert [path.name for path in output.iterdir()] == ["roc.png"]


def test_drawing_neither_needs_keras_nor_touches_the_users_matplotlib():
    program = (
        "import matplotlib, sys; before = dict(matplotlib.rcParams)\n"
        "from footprint.figures import draw, style\n"
        "with style.paper(): pass\n"
        "assert dict(matplotlib.rcParams) == before\n"
        "assert not {'keras', 'tensorflow', 'sklearn', 'snakemake'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_script_says_what_is_missing(tmp_path):
    command = [sys.executable, ROOT / "scripts" / "draw.py", "--tables", tmp_path / "none"]
    command += ["--output", tmp_path / "figures"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "FileFormatError: file not found" in done.stderr
    assert "target.json, expected JSON with keys name, units, label" in done.stderr
    assert not (tmp_path / "figures").exists()


def test_what_looks_like_a_formula_and_is_none_is_shown_as_it_stands(tmp_path, caplog):
    def drawn(name, label):
        with style.paper():
            figure = Figure()
            figure.subplots().set_xlabel(label)
            style.save(figure, tmp_path, name)
        return (tmp_path / f"{name}.png").read_bytes()

    assert drawn("math", "$x^2$") != drawn("escaped", r"\$x^2\$")
    assert not caplog.records
    assert drawn("broken", r"TeV$\nonsense$") == drawn("text", r"TeV\$\nonsense\$")
    assert [record.getMessage() for record in caplog.records] == [
        r"shown as it stands, for it is no formula: 'TeV$\\nonsense$'"
    ]
