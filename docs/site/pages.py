"""Pages of the site that are made from elsewhere in the repository, and links that lead there.

README, the keys of a study, the contribution guide and the change log stand where readers of the
repository look for them; studies, notebooks and the library's docstrings are no Markdown. All of
them become pages here, and links between them lead to pages, so that each stands in one place.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbconvert
import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
LOG = get_plugin_logger("pages")
LINK = re.compile(r"(?<!`)(\]\()(?!\w+:|#)([^)\s#]+)(#[^)\s]*)?(\))")
TAKEN = {
    "README.md": "index.md",
    "config/README.md": "reference/study.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "CITATION.cff": "reference/citation.md",
    "docs/README.md": "index.md",
}
STUDIES = "reference/studies.md"
LIBRARY = "reference/library"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from other files."""
    for uri, content in _pages(_rooms(config)):
        files.append(File.generated(config, uri, content=content))
    for file in list(files):
        if file.src_uri.endswith(".ipynb"):
            files.remove(file)
            for uri, content in _notebook(ROOT / "docs" / file.src_uri, file.src_uri):
                files.append(File.generated(config, uri, content=content))
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG001
    """Say which rooms of the library have no page."""
    rooms = {path.parent.name for path in (ROOT / "src/footprint").glob("*/__init__.py")}
    for room in sorted(rooms - _rooms(config).keys()):
        LOG.warning("src/footprint/%s has no page: add it to the library in mkdocs.yml", room)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Lead links to the pages that hold what they point to."""
    uri = page.file.src_uri
    origin = next((path for path, taken in TAKEN.items() if taken == uri), f"docs/{uri}")
    return LINK.sub(lambda link: _led(link, origin, uri), markdown)


def _led(link: re.Match[str], origin: str, uri: str) -> str:
    """Rewrite a link of the page that is `origin` in the repository and `uri` in the site."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(origin), link[2]))
    anchor = link[3] or ""
    if target in TAKEN:
        found = TAKEN[target]
    elif target.startswith("config/") and target.endswith(".yaml"):
        found, anchor = STUDIES, f"#{Path(target).stem}"
    elif target.startswith("docs/"):
        found = target.removeprefix("docs/")
    else:
        LOG.warning("%s links to %s, which has no page", origin, target)
        return link[0]
    return f"{link[1]}{posixpath.relpath(found, posixpath.dirname(uri) or '.')}{anchor}{link[4]}"


def _rooms(config: MkDocsConfig) -> dict[str, str]:
    """Titles of the library's pages by the room they describe, as mkdocs.yml lists them."""
    entries = list(_entries(config.nav or []))
    return {Path(uri).stem: title for title, uri in entries if uri.startswith(f"{LIBRARY}/")}


def _entries(nav: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for item in nav:
        for title, below in item.items():
            if isinstance(below, str):
                yield title, below
            else:
                yield from _entries(below)


def _pages(rooms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, uri in TAKEN.items():
        if path.endswith(".md") and path != "docs/README.md":
            yield uri, (ROOT / path).read_text(encoding="utf-8")
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    yield TAKEN["CITATION.cff"], f"# Citation\n\n```yaml\n{citation}```\n"
    yield STUDIES, "".join(_studies())
    for room, title in rooms.items():
        yield f"{LIBRARY}/{room}.md", _room(room, title)


def _studies() -> Iterator[str]:
    yield "# Studies\n\nThe studies under `config/`, as they stand there.\n"
    for path in sorted((ROOT / "config").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        yield f"\n## {path.stem}\n\n```yaml\n{text}```\n"


def _room(room: str, title: str) -> str:
    """Directives for all modules of a room that have something public."""
    root = ROOT / "src"
    modules = [
        ".".join(path.relative_to(root).with_suffix("").parts)
        for path in sorted((root / "footprint" / room).rglob("*.py"))
        if path.name != "__init__.py"
    ]
    return f"# {title}\n\n" + "\n\n".join(f"::: {module}" for module in modules) + "\n"


def _notebook(path: Path, uri: str) -> Iterator[tuple[str, str | bytes]]:
    """Give a notebook as Markdown, with the pictures it holds."""
    notebook = nbformat.read(path, as_version=4)
    folder = f"{Path(uri).stem}_files"
    text, extra = nbconvert.MarkdownExporter().from_notebook_node(
        notebook, resources={"output_files_dir": folder}
    )
    page = posixpath.splitext(uri)[0] + ".md"
    yield page, text
    for name, content in extra["outputs"].items():
        yield posixpath.join(posixpath.dirname(uri), name), content
