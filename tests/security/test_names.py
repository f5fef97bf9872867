"""Names and texts that a user, or whoever wrote a file, chose: never run, never markup.

One study is run from its file to the report, with as much harm as fits into the name of a file,
a label, units and descriptions.
"""

import re
import zipfile

import numpy as np
import pytest
import yaml

from tests.workflow.conftest import ROOT, Runner

MARKUP = ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>"]
FILE = (
    "-e $(touch canary1) `touch canary2` \"q\" 'q' ; touch canary3 & #%s\\``\n\n"
    f".. raw:: html\n\n   {MARKUP[0]}\n\n| touch canary4.npz"
)
LABEL = f"$E$ \\$(touch canary5) '\" `touch canary6`\n;touch canary7 {MARKUP[0]} {{x}}"
UNITS = f"TeV$\\nonsense$ {MARKUP[1]}"
"""Looks like a formula to Matplotlib, and cannot be typeset."""
TRUSTED = re.compile(r"\{(?:threads|wildcards\.\w+|params\.(?:seed|first|events))\}")
"""What needs no quotes: whole numbers, and names that wildcard_constraints restrict."""


def test_rules_quote_what_they_give_to_a_shell():
    texts = [path.read_text() for path in sorted((ROOT / "workflow").rglob("*.smk"))]
    commands = [c for text in texts for c in re.findall(r"    shell:\n((?: {8}.*\n)+)", text)]
    assert len(commands) > 20
    for command in commands:
        fields = re.findall(r"(?<!\{)\{[^{}]+\}", command)
        assert fields
        bad = [f for f in fields if not f.endswith(":q}") and not TRUSTED.fullmatch(f)]
        assert not bad, command


def test_no_wildcard_reaches_further_than_a_name():
    """Those of TRUSTED hold no character that means anything to a shell."""
    snakefile = (ROOT / "workflow" / "Snakefile").read_text()
    block = snakefile.split("wildcard_constraints:")[1].split("\n\n")[0]
    constraints = dict(re.findall(r'(\w+)="([^"]+)"', block))
    used = set()
    for path in (ROOT / "workflow").rglob("*.smk"):
        for command in re.findall(r"    shell:\n((?: {8}.*\n)+)", path.read_text()):
            used |= set(re.findall(r"\{wildcards\.(\w+)\}", command))
    assert used <= constraints.keys()
    for name in used:
        for harm in ("a b", "a;b", "$a", "a'b", 'a"b', "a`b", "a&b", "a|b", "a\nb", "a>b", "*"):
            assert not re.fullmatch(constraints[name], harm)


@pytest.fixture
def hostile(tmp_path):
    """A study of one file, whose events are two numbers and their sum."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 300))
    np.savez(tmp_path / FILE, a=a, b=b, total=a + 2 * b)
    about = {"units": UNITS, "description": f"{MARKUP[1]} $(touch canary8)"}
    arrays = {name: {"member": name, **about} for name in ("a", "b", "total")}
    target = {"array": "total", "label": LABEL, "baselines": {"constant": {"method": "constant"}}}
    return Runner(tmp_path, {
        "study": "hostile",
        "samples": {"s": {"reader": "npz", "files": [FILE], "options": {"arrays": arrays}}},
        "datasets": {"d": {"samples": ["s"], "inputs": {"ab": ["a", "b"]},
                           "selection": "a > -4", "targets": {"total": target}}},
        "experiments": {"e": {"dataset": "d", "task": "regression", "target": "total",
                              "model": {"layers": [{"Dense": {"units": 2}}]},
                              "training": {"epochs": 1},
                              "evaluation": {"bootstrap": 20, "bins": 2}}},
    })  # fmt: skip


def test_a_study_full_of_harm_runs_and_none_is_done(hostile):
    hostile("all", "paper", "hepdata")
    assert not list(hostile.folder.rglob("canary*"))
    text = (hostile.results / "report.html").read_text()
    assert not [markup for markup in MARKUP if markup in text]
    assert "touch canary1" in text  # it is there, as text
    unit = "TeV\\$\\textbackslash{}nonsense\\$ \\ensuremath{<}script"
    assert unit in (hostile.results / "paper" / "numbers.tex").read_text()
    header = (hostile.results / "hepdata/submission/e_total_residuals.yaml").read_text()
    assert yaml.safe_load(header)["independent_variables"][0]["header"]["units"] == UNITS
    assert "shown as it stands" in (hostile.results / "logs" / "draw" / "e-total.log").read_text()
    assert (hostile.results / "figures" / "e" / "total" / "truth_vs_prediction.png").exists()


@pytest.mark.parametrize("where", ["study", "sample", "dataset", "experiment", "target", "class"])
@pytest.mark.parametrize("name", ["a b", "$(id)", "../x", "-x", "<b>", "a\nb", "x" * 61, "", "é"])
def test_names_are_plain(faults, where, name):
    def rename(data):
        if where == "study":
            data["study"] = name
            return
        groups = {
            "sample": data["samples"], "dataset": data["datasets"],
            "experiment": data["experiments"], "target": data["datasets"]["showers"]["targets"],
            "class": data["datasets"]["showers"]["targets"]["mass"]["classes"],
        }  # fmt: skip
        group = groups[where]
        group[name] = group.pop(next(iter(group)))

    assert "should match pattern" in faults(rename) or "at most 60" in faults(rename)


@pytest.mark.parametrize(
    "formula", ["__import__('os').system('touch canary')", "(1).__class__", "open('canary', 'w')"]
)
def test_formulas_compute_and_do_nothing_else(faults, formula, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def select(data):
        data["datasets"]["showers"]["selection"] = formula

    assert "selection" in faults(select)
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('touch canary')",
        "pt.tofile('canary')",
        "open('canary', 'w')",
        # Without a single name, and from there to any function of any module.
        "().__class__.__mro__[1].__subclasses__()",
        "(lambda: 1)()",
        "(pt + 1).tofile('canary')",
        "get('pt').tofile('canary')",
        "get('pt')('canary')",
        "f'{pt}'",
        "'a' * 10**12",
        "('a' * 10**12) == 'a'",
        "'a'.__class__ == 'a'",
        "[one for one in (1, 2)]",
    ],
)
def test_formulas_over_branches_compute_and_do_nothing_else(formula, tmp_path, monkeypatch):
    from footprint.errors import ConfigError
    from footprint.ingest.formulas import Formulas

    monkeypatch.chdir(tmp_path)
    formulas = Formulas(frozenset({"pt"}), {"hidden": formula}, "tree t of a.root")
    for asked in (formula, "pt + hidden"):
        with pytest.raises(ConfigError, match=r"computes nothing; use branches|has no branch"):
            formulas.branches_of(asked)
    assert not (tmp_path / "canary").exists()


def test_formulas_over_branches_may_have_dots_brackets_and_other_names():
    import awkward as ak

    from footprint.ingest.formulas import Formulas

    branches = frozenset({"Muon.pt", "a-b", "sqrt(2)"})
    columns = {"Muon.pt": ak.Array([[4.0, 9.0], [16.0]]), "a-b": ak.Array([1.0, 2.0]),
               "sqrt(2)": ak.Array([7.0, 8.0])}  # fmt: skip
    formulas = Formulas(branches, {}, "tree t of a.root")
    for formula, expected in [
        ("sqrt(Muon.pt[:, 0]) + get('a-b')", [3.0, 6.0]),
        ("where((get('a-b') > 1) & ~(Muon.pt[:, 0] < 5), 1, -1)", [-1, 1]),
        ("sqrt(2)", [7.0, 8.0]),
    ]:
        needed = {name: columns[name] for name in formulas.branches_of(formula)}
        assert formulas.evaluate([formula], needed)[formula].tolist() == expected


def test_members_of_archives_may_be_called_anything(tmp_path):
    """Nothing is unpacked onto the disk, wherever a member says that it belongs."""
    from footprint.ingest import archive

    path = tmp_path / "in" / "events.npz"
    path.parent.mkdir()
    np.savez(tmp_path / "plain.npz", a=np.arange(3.0))
    content = zipfile.ZipFile(tmp_path / "plain.npz").read("a.npy")
    names = ["../canary", str(tmp_path / "canary"), "a"]
    with zipfile.ZipFile(path, "w") as zipped:
        for name in names:
            zipped.writestr(f"{name}.npy", content)
    before = sorted(tmp_path.rglob("*"))
    with archive.opened(str(path)) as opened:
        for name in names:
            np.testing.assert_array_equal(opened.rows(name).all(), [0.0, 1.0, 2.0])
    assert sorted(tmp_path.rglob("*")) == before


def test_formulas_over_branches_may_compare_text():
    """As the cut of the shipped study config/root.yaml does."""
    import awkward as ak

    from footprint.ingest.formulas import Formulas

    formulas = Formulas(frozenset({"kind", "q"}), {}, "tree t of a.root")
    cut = "(kind == 'GG') & (q > 0) & (kind != 'TT') | ('TT' == kind)"
    assert formulas.branches_of(cut) == {"kind", "q"}
    columns = {"kind": ak.Array(["GG", "GG", "GT", "TT"]), "q": ak.Array([1, -1, -1, 1])}
    assert formulas.evaluate([cut], columns)[cut].to_list() == [True, False, False, True]
