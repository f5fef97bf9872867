"""Each rule names the library files that decide its result, found here by following imports."""

import ast
import re

import pytest

from tests.conftest import ROOT

LIBRARY = ROOT / "src" / "footprint"
# What cannot change a result that stands: checked configuration reaches jobs as parameters,
# errors and command lines only word things, provenance records the change itself.
SPARED = re.compile(
    r"((?!models)([a-z]+/)?__init__|errors|command|files/(atomic|provenance|storage|sink|csv_lines)"
    r"|config/(base|baselines|samples|simulated|observatory|shower_models|atmospheres|datasets"
    r"|addresses|inputs|experiments|networks|family|convolutions|constituents|recurrent|traces|downloads|splits"
    r"|augment|weights|checks|study|pythia_jets|separation|tagging|comparisons|optimizers"
    r"|schedules|trainings|weight_averaging|ensembles|functions|logic_gates|known_densities|learn_from|snapshots|faults"
    r"|observables|two_sample|adversarial|flows|exports))\.py"
)
RULES = [
    "simulate", "ingest", "build", "train", "predict", "baselines", "evaluate", "draw", "summarise",
    "survey", "draw_sample", "survey_dataset", "draw_dataset",
    "evaluate_variations", "compare", "combine", "train_point", "propose", "choose", "take_chosen",
    "look_inside", "draw_inside", "two_sample", "export_network", "apply_network",
    "report", "paper", "hepdata",
]  # fmt: skip


def module_file(name):
    path = LIBRARY.joinpath(*name.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("footprint"):
            yield module_file(node.module)
            for alias in node.names:
                inner = module_file(f"{node.module}.{alias.name}")
                if inner.is_file():
                    yield inner


def needed(script):
    found, todo = set(), [script]
    while todo:
        path = todo.pop()
        for other in imports(path):
            if other not in found and not SPARED.fullmatch(str(other.relative_to(LIBRARY))):
                found.add(other)
                todo.append(other)
    return {str(path.relative_to(LIBRARY)) for path in found}


def listed(rule):
    text = "\n".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    body = text.split(f"rule {rule}:")[1].split("    output:")[0]
    of_point = text.split("def code_of_point")[1].split("return ")[1].split("\n\n\n")[0]
    if "code=code_of_point" in body:
        body = body.replace("code_of_point", of_point)
    if "code_of_network" in body:
        network = text.split("def code_of_network")[1].split("rooms = ")[1].split("return")[0]
        body += network
    if "code_of_export" in body:
        body += text.split("def code_of_export")[1].split("rooms = ")[1].split("return")[0]
    files = set()
    for room in re.findall(r'"([a-z_0-9/]+)"', body.split("code=")[-1]):
        path = LIBRARY / room
        assert path.is_dir() or path.with_suffix(".py").is_file(), room
        files |= set(path.glob("*.py")) if path.is_dir() else {path.with_suffix(".py")}
    return {str(path.relative_to(LIBRARY)) for path in files}


@pytest.mark.parametrize("rule", RULES)
def test_no_file_is_missing(rule):
    missing = needed(ROOT / "scripts" / f"{rule}.py") - listed(rule)
    assert not missing, f"rule {rule} does not list {sorted(missing)}"
