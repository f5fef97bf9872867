"""Captions: reStructuredText templates filled with the study and a figure's names, as HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from docutils.core import publish_parts
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from footprint.errors import FileFormatError

_SETTINGS = {
    "raw_enabled": False,
    "file_insertion_enabled": False,
    "report_level": 5,
    "_disable_config": True,
    "embed_stylesheet": False,
    "initial_header_level": 3,
}
"""Names in a configuration are text: none may bring in HTML or a file."""
_LINK = re.compile(r"</?a\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Caption:
    """What is said of a figure.

    Attributes
    ----------
    html
        The caption, safe to stand in a page.
    first
        What it says first (in bold), as text: the figure for those who do not see it.
    """

    html: str
    first: str


class Captions:
    """The templates in one folder, and the study that they speak of.

    Parameters
    ----------
    folder
        Where ``<kind>.rst`` lie.
    study
        The checked configuration as a dictionary.
    """

    def __init__(self, folder: Path, study: Mapping[str, Any]) -> None:
        # What comes out is reStructuredText; docutils escapes it for HTML.
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701
        )
        self._folder, self._study = folder, study

    def caption(self, kind: str, **names: str) -> Caption:
        """Write the caption of a figure, or of a part of the page.

        Parameters
        ----------
        kind
            Name of the template.
        names
            What it is asked about: ``name`` of the figure, ``experiment``, ``target``, ...

        Raises
        ------
        FileFormatError
            There is no such template, or it uses a name that is not given.
        """
        asked = SimpleNamespace(config=self._study, wildcards=SimpleNamespace(**names))
        try:
            text = self._templates.get_template(f"{kind}.rst").render(snakemake=asked)
        except TemplateError as error:
            msg = f"{self._folder / kind}.rst: {type(error).__name__}: {error}, with the names "
            msg += f"{names}: mend the template"
            raise FileFormatError(msg) from None
        html = _html(text)
        bold = re.search(r"<strong>(.*?)</strong>", html, re.DOTALL)
        return Caption(html, plain(bold.group(1)) if bold else names.get("name", kind))


def _html(text: str) -> str:
    """Typeset reStructuredText without links: captions have none, so any came with a name."""
    body = publish_parts(text, writer="html5", settings_overrides=_SETTINGS)["body"]
    return _LINK.sub("", str(body))


def plain(html: str) -> str:
    """Take the tags out of HTML, on one line; entities stay as they are."""
    return " ".join(_TAG.sub("", html).split())
