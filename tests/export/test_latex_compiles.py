"""What is written for a paper goes through LaTeX, where that is installed."""

import re
import shutil
import subprocess

import pytest
from matplotlib.figure import Figure

from footprint.evaluation.metrics import Value
from footprint.evaluation.summary import summarise
from footprint.export.paper import write_paper
from footprint.figures import style
from tests.report.made_up import NASTY, metrics

PDFLATEX = shutil.which("pdflatex")
PACKAGES = ("booktabs", "graphicx")


def has(package):
    found = subprocess.run(["kpsewhich", f"{package}.sty"], capture_output=True, check=False)
    return found.returncode == 0


def results():
    """Two networks, with every kind of number: error, spread, limit, marks, powers of ten."""
    found = [
        metrics("mass_dense", "dense", 0.73, spread=None),
        metrics("mass_cnn", "cnn", 0.79, spread=0.004),
    ]
    odd = {
        "rejection_iron_at_30": Value(value=None, error=None, unit="", lower_limit=238.9),
        "auc_macro": Value(value=0.5, error=0.0, unit="", mark="exact"),
        "log_loss": Value(value=6.1e-6, error=2e-7, unit="nat"),
        "correlation": Value(value=None, error=None, unit="g/cm2", mark="undefined"),
        "diversity": Value(value=1.0, error=None, unit="", mark="no error"),
    }
    return [
        m.model_copy(update={"baselines": m.baselines | {"constant": odd, NASTY: odd}})
        for m in found
    ]


@pytest.fixture
def paper(tmp_path):
    found = results()
    write_paper(tmp_path / "paper", [], summarise(found), found)
    with style.paper():
        figure = Figure(figsize=(3.4, 2.5))
        figure.subplots().set(xlabel=r"$X_\mathrm{max}$ [g/cm$^2$]", ylabel="events")
        style.save(figure, tmp_path / "paper", "one", style.JOURNAL)
    return tmp_path / "paper"


def test_figures_embed_no_outlines_under_the_name_of_truetype(paper):
    assert b"/FontFile2" not in (paper / "one.pdf").read_bytes()


@pytest.mark.skipif(PDFLATEX is None, reason="pdflatex is not installed: LaTeX is not compiled")
def test_tables_numbers_and_figures_compile(paper):
    missing = [package for package in PACKAGES if not has(package)]
    if missing:
        pytest.skip(f"LaTeX packages {', '.join(missing)} are not installed")
    tables = [path.stem for path in sorted((paper / "tables").glob("*.tex"))]
    macros = re.findall(
        r"^\\newcommand\{\\([A-Za-z]+)\}", (paper / "numbers.tex").read_text(), re.MULTILINE
    )
    assert tables
    assert len(macros) > 20
    document = "\n".join(
        [
            r"\documentclass[a4paper]{article}",
            r"\usepackage[margin=16mm]{geometry}",
            rf"\usepackage{{{','.join(PACKAGES)}}}",
            r"\input{numbers}",
            r"\begin{document}",
            *(rf"\begin{{table}}\centering\input{{tables/{t}}}\end{{table}}" for t in tables),
            *(rf"\{name}, $\{name}$\par" for name in macros if not name.endswith("Unit")),
            *(rf"\{name}\par" for name in macros if name.endswith("Unit")),
            r"\includegraphics{one}",
            r"\end{document}",
        ]
    )
    (paper / "paper.tex").write_text(document)
    command = [PDFLATEX, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper"]
    done = subprocess.run(
        command, cwd=paper, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert (paper / "paper.pdf").is_file()
    log = (paper / "paper.log").read_text(errors="replace")
    assert "Overfull" not in log
    assert "undefined" not in re.sub(r"\S*ndefinedno\S*", "", log).lower()
