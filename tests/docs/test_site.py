"""The documentation builds without a broken link, and what it tells users to write is right."""

import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
import yaml

from footprint import __version__
from footprint.config.study import Study
from tests.conftest import ROOT

DOCS = ROOT / "docs"
NOTEBOOKS = sorted(DOCS.glob("notebooks/*.ipynb"))


class Addresses(HTMLParser):
    """What a page loads, in contrast to what it links to."""

    def __init__(self):
        super().__init__()
        self.loaded = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        name = {"script": "src", "img": "src", "link": "href", "iframe": "src"}.get(tag)
        if name in attributes and attributes.get("rel") != "canonical":
            self.loaded.append(attributes[name])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(
        [*command, "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_pages_load_nothing_from_the_network(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        parser = Addresses()
        parser.feed(page.read_text())
        assert parser.loaded
        for address in parser.loaded:
            assert not re.match(r"(\w+:)?//", address), f"{page.name} loads {address}"


def test_public_functions_stand_in_the_reference(site):
    page = (site / "reference/library/simulate.html").read_text()
    assert 'id="footprint.simulate.array.hexagon"' in page
    assert 'id="footprint.simulate.array._' not in page


def test_pages_of_the_repository_lead_to_pages_of_the_site(site):
    front = (site / "index.html").read_text()
    assert 'href="reference/study.html"' in front
    assert 'href="reference/studies.html#root"' in front
    assert 'id="root"' in (site / "reference/studies.html").read_text()


def studies_of(page):
    """The configuration that a how-to page builds up, its YAML blocks one after the other."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return yaml.safe_load("".join(blocks))


def test_the_study_of_the_page_on_root_files_is_valid():
    study = Study.model_validate(studies_of(DOCS / "how_to/root_files.md"))
    assert list(study.samples) == ["signal", "background"]


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert project == citation == newest == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", project)


def test_hooks_run_the_locked_tools():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    develop = (ROOT / "envs/develop.txt").read_text()
    for hook in hooks[0]["hooks"]:
        tool = Path(hook["entry"].split()[0])
        assert tool.parent == Path(".venv/bin")
        assert re.search(rf"^{tool.name}==", develop, re.MULTILINE), tool.name


def test_the_hosted_workflow_runs_what_developers_run():
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    steps = yaml.safe_load(text)["jobs"]["check"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands == ["make install", ".ci/run"]
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    versions = yaml.safe_load(text)["jobs"]["check"]["strategy"]["matrix"]["python"]
    assert supported == f">={versions[0]},<3.{int(versions[-1].split('.')[1]) + 1}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_were_run_from_top_to_bottom(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_on_the_default_study(path):
    from nbclient import NotebookClient

    if not (ROOT / "results/showers/report.html").is_file():
        pytest.skip("needs results/showers: run make first")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
