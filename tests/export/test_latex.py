"""LaTeX tables and macros: what TeX would refuse is refused here, and numbers are the summary's."""

import re

import pytest

from footprint.errors import DataError
from footprint.evaluation.summary import summarise
from footprint.export.latex import escaped, macro_name, number, numbers, table, unit
from tests.report.made_up import NASTY, metrics

MACRO = re.compile(r"^\\newcommand\{\\([A-Za-z]+)\}\{(.*)\}$")


def check_syntax(text: str) -> None:
    """Refuse what TeX refuses: open braces or mathematics, bare specials, open environments."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    plain = re.sub(r"\\[\\{}$&%#_]", "", body)
    depth = 0
    for letter in plain:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0, text
    assert depth == 0, text
    for line in plain.splitlines():
        assert line.count("$") % 2 == 0, line
    outside = re.sub(r"\$[^$]*\$|\\ensuremath\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "", plain)
    assert not set("_^#<>|") & set(outside), outside
    assert "%" not in plain
    opened = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", body):
        if kind == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert not opened
    assert body.isascii(), [c for c in body if not c.isascii()]


@pytest.fixture
def networks():
    return [
        metrics("mass_dense", "dense", 0.73, spread=None),
        metrics("mass_cnn", "cnn", 0.79, spread=0.004),
    ]


def test_every_number_has_a_macro_of_its_own(networks):
    text = numbers(networks)
    check_syntax(text)
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    found = {match[1]: match[2] for line in lines if (match := MACRO.match(line))}
    assert len(found) == len(lines)
    assert found["massCnnAccuracy"] == r"\ensuremath{0.790 \pm 0.012\ (\pm 0.004)}"
    assert found["massDenseAccuracy"] == r"\ensuremath{0.730 \pm 0.012}"
    assert found["massCnnLinearAccuracy"] == r"\ensuremath{0.667 \pm 0.015}"
    assert found["massCnnMinusLinearAccuracy"] == r"\ensuremath{0.100 \pm 0.010}"
    assert found["massCnnAccuracySpread"] == r"\ensuremath{0.004}"


def test_targets_of_one_experiment_have_names_of_their_own(networks):
    other = networks[0].model_copy(update={"target": "ln_mass"})
    text = numbers([networks[0], other])
    assert r"\newcommand{\massDenseMassAccuracy}" in text
    assert r"\newcommand{\massDenseLnMassAccuracy}" in text


def test_two_numbers_of_one_name_are_refused(networks):
    other = networks[0].model_copy(update={"experiment": "massDense"})
    message = (
        r"\\massDenseAccuracy would be both accuracy of mass_dense, mass and accuracy of massD"
    )
    with pytest.raises(DataError, match=message):
        numbers([networks[0], other])
    with pytest.raises(DataError, match="no metrics given: there are no numbers to write"):
        numbers([])


def test_units_have_macros(networks):
    values = networks[0].metrics
    values = {k: v.model_copy(update={"unit": "g/cm2"}) for k, v in values.items()}
    text = numbers([networks[0].model_copy(update={"metrics": values})])
    check_syntax(text)
    assert r"\newcommand{\massDenseAccuracyUnit}{g/cm$^{2}$}" in text


def test_the_table_is_that_of_the_summary(networks):
    (section,) = summarise(networks)
    text = table(section)
    check_syntax(text)
    # The long name leaves room for two of the three columns: the third is set below.
    blocks = text.split(r"\par\medskip")
    assert len(blocks) == 2
    found = [[line for line in block.splitlines() if line.endswith(r"\\")] for block in blocks]
    assert [len(rows) for rows in found] == [1 + len(section.rows) + 1] * 2  # and the spread
    for rows, columns in zip(found, (2, 1), strict=True):
        assert all(len(re.findall(r"(?<!\\)&", row)) == columns for row in rows)
    assert len(section.columns) == 3
    assert r"mass cnn & {\boldmath$0.790 \pm 0.012$}" in text
    assert r"\quad spread over seeds & $(\pm 0.004)$" in text
    assert "linear & $0.667" in text
    assert escaped(NASTY).replace(r"\_", " ")[:4] in text
    for command in ("toprule", "midrule", "bottomrule"):
        assert text.count(command) == len(blocks)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a_b & 50 %", r"a\_b \& 50 \%"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("x\n\\end{document}", r"x \textbackslash{}end\{document\}"),
        ("$1^2~#", r"\$1\textasciicircum{}2\textasciitilde{}\#"),
        ("<i>", r"\ensuremath{<}i\ensuremath{>}"),
    ],
)
def test_names_are_text_for_tex(text, latex):
    assert escaped(text) == latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("19.9 ± 0.5", r"19.9 \pm 0.5"),
        ("19.9 ± 0.5 (± 0.1)", r"19.9 \pm 0.5\ (\pm 0.1)"),
        ("(1.2 ± 0.3) × 10^-7", r"(1.2 \pm 0.3) \times 10^{-7}"),  # noqa: RUF001
        ("> 500 (95 %)", r"> 500\ (95\,\%)"),
        ("0.5 (exact)", r"0.5\mbox{ (exact)}"),
        ("undefined", r"\mbox{undefined}"),
        ("-2.8 ± 1.1", r"-2.8 \pm 1.1"),
    ],
)
def test_numbers_for_mathematics(text, latex):
    assert number(text) == latex


def test_units_are_typeset():
    assert unit("g/cm2") == "g/cm$^{2}$"
    assert unit("GeV") == "GeV"
    assert unit("m^-2") == "m$^{-2}$"
    assert unit("%") == r"\%"
    assert unit("m2 s sr") == "m$^{2}$ s sr"


def test_names_of_macros_have_letters_alone():
    assert macro_name("xmax_cnn", "half_width_68") == "xmaxCnnHalfWidthSixEight"
    assert macro_name("2d-net") == "twodNet"
    with pytest.raises(DataError, match="no name for LaTeX can be made of"):
        macro_name("±")
