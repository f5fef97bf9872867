"""Put the report together: one page that needs nothing else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from footprint.config.study import Study
from footprint.errors import FileFormatError
from footprint.evaluation.summary import Section
from footprint.evaluation.summary_networks import ABOUT
from footprint.report.captions import Captions
from footprint.report.dataset_cards import DatasetCard, Table, dataset_card
from footprint.report.graph import Steps, svg
from footprint.report.model_cards import ModelCard, model_card
from footprint.report.pictures import Folder, Picture, of_kind, pictures_of
from footprint.report.provenance import Provenance

TEMPLATE = "page.html.j2"
STYLE = "page.css"
_UNIT = re.compile(r"\[[^\[\]]*\]$")
_POWER = re.compile(r"(?<=[A-Za-z])-?\d+\b")
_TEN = re.compile(r"(?<= 10)\^-?\d+")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "^")


@dataclass(frozen=True)
class Sources:
    """What a report is made of.

    Attributes
    ----------
    study, config
        The study, and the same as a dictionary.
    sections
        The summary.
    folders
        Folders of figures.
    records
        ``training.json`` of every training.
    datasets
        Folders of the tables of each data set's survey.
    scans
        Folders of the tables of each scan.
    steps
        The workflow that led to it.
    provenance
        Where it comes from.
    results
        Folder of the study's results: files are named from there.
    """

    study: Study
    config: Mapping[str, Any]
    sections: Sequence[Section]
    folders: Sequence[Folder]
    records: Sequence[Path]
    datasets: Sequence[Path]
    scans: Sequence[Path]
    steps: Steps
    provenance: Provenance
    results: Path


@dataclass(frozen=True)
class Part:
    """A chapter's part: an experiment, a data set, a sample or a comparison.

    Attributes
    ----------
    anchor, title
        Its name in the page, and its heading.
    about
        What comes before the figures; empty if nothing.
    model, dataset
        Its card, if it has one.
    tables
        Tables of its own.
    pictures
        Figures with their subheadings.
    """

    anchor: str
    title: str
    about: str = ""
    model: ModelCard | None = None
    dataset: DatasetCard | None = None
    tables: tuple[Table, ...] = ()
    pictures: tuple[tuple[str, list[Picture]], ...] = ()


@dataclass(frozen=True)
class Chapter:
    """Parts of one kind."""

    anchor: str
    title: str
    parts: tuple[Part, ...]


def page(sources: Sources, templates: Path) -> str:
    """Write the report.

    Parameters
    ----------
    sources
        What it is made of.
    templates
        Folder of the page, its style and the captions.

    Raises
    ------
    FileFormatError
        A file is missing or not what it should be.
    """
    captions = Captions(templates, sources.config)
    environment = Environment(
        loader=FileSystemLoader(templates),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        autoescape=True,
    )
    environment.filters["typeset"] = typeset
    about = captions.caption("workflow")
    return environment.get_template(TEMPLATE).render(
        study=sources.study.study,
        style=Markup((templates / STYLE).read_text(encoding="utf-8")),  # noqa: S704, our own file
        about=Markup(about.html),  # noqa: S704, escaped by docutils
        sections=sources.sections,
        about_summary=Markup(captions.caption("summary").html),  # noqa: S704
        about_networks=ABOUT,
        chapters=_chapters(sources, captions),
        graph=Markup(svg(sources.steps)),  # noqa: S704, names are escaped there
        provenance=sources.provenance,
        commits=_commits(sources),
        html=Markup,
    )


def typeset(heading: str) -> str:
    """Raise powers in the unit of a heading and of ten: ``[g/cm2]`` becomes ``[g/cm²]``."""

    def raised(unit: re.Match[str]) -> str:
        return _POWER.sub(lambda power: power[0].translate(_RAISED), unit[0])

    return _TEN.sub(lambda power: power[0].translate(_RAISED), _UNIT.sub(raised, heading))


def _chapters(sources: Sources, captions: Captions) -> list[Chapter]:
    every = [
        Chapter("comparisons", "Comparisons", _comparisons(sources, captions)),
        Chapter("experiments", "Experiments", _experiments(sources, captions)),
        Chapter("variations", "Variations", _by_folder(sources, captions, "variation")),
        Chapter("datasets", "Data sets", _datasets(sources, captions)),
        Chapter("samples", "Samples", _by_folder(sources, captions, "sample")),
    ]
    return [chapter for chapter in every if chapter.parts]


def _comparisons(sources: Sources, captions: Captions) -> tuple[Part, ...]:
    return _by_folder(sources, captions, "comparison")


def _by_folder(sources: Sources, captions: Captions, kind: str) -> tuple[Part, ...]:
    """Make a part of each folder of a kind, named by what it is about."""
    return tuple(
        Part(
            anchor="-".join((kind, *folder.names.values())),
            title=", ".join(reversed(list(folder.names.values()))),
            pictures=(("", pictures_of(folder, captions)),),
        )
        for folder in of_kind(sources.folders, kind)
        if any(folder.path.glob("*.png"))
    )


def _experiments(sources: Sources, captions: Captions) -> tuple[Part, ...]:
    found = []
    for name in sources.study.judged():
        ensemble = sources.study.ensembles.get(name)
        records = [path for path in sources.records if path.parent.parent.name == name]
        pictures = [
            (folder.names["target"], pictures_of(folder, captions))
            for folder in of_kind(sources.folders, "figure", experiment=name)
        ]
        pictures += [
            (
                f"Recorded and simulated events, {folder.names['target']}",
                pictures_of(folder, captions),
            )
            for folder in of_kind(sources.folders, "data", experiment=name)
        ]
        pictures += [
            (f"Looking inside, {folder.names['target']}", pictures_of(folder, captions))
            for folder in of_kind(sources.folders, "inside", experiment=name)
        ]
        pictures += [
            ("Scan", pictures_of(folder, captions))
            for folder in of_kind(sources.folders, "scan", experiment=name)
        ]
        found.append(
            Part(
                anchor=f"experiment-{name}",
                title=name,
                about=f"Mean of what {', '.join(ensemble.members)} predict." if ensemble else "",
                model=model_card(records) if records else None,
                tables=tuple(
                    scan_table(folder, sources.results)
                    for folder in sources.scans
                    if folder.name == name
                ),
                pictures=tuple(pictures),
            )
        )
    return tuple(found)


def _datasets(sources: Sources, captions: Captions) -> tuple[Part, ...]:
    found = []
    for tables in sources.datasets:
        card = dataset_card(tables, sources.results)
        pictures = [
            ("", pictures_of(folder, captions))
            for folder in of_kind(sources.folders, "dataset", dataset=card.name)
        ]
        found.append(
            Part(f"dataset-{card.name}", card.name, dataset=card, pictures=tuple(pictures))
        )
    return tuple(found)


def scan_table(folder: Path, root: Path) -> Table:
    """Read all points of a scan, the lowest validation loss first, failed ones last.

    Raises
    ------
    FileFormatError
        There is no such table.
    """
    path = folder / "points.csv"
    if not path.is_file():
        msg = f"file not found: {path}, expected the points of a scan: choose among them again"
        raise FileFormatError(msg)
    numbers = pd.to_numeric(pd.read_csv(path)["validation_loss"])
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    shown = text.iloc[numbers.sort_values(na_position="last", kind="stable").index]
    rows = tuple(
        tuple(
            f"{float(cell):.5g}" if column in {"validation_loss", "seconds"} and cell else str(cell)
            for column, cell in row.items()
        )
        for row in shown.to_dict("records")
    )
    headings = tuple(
        f"{column} [s]" if column == "seconds" else str(column).replace("_", " ")
        for column in text.columns
    )
    title = (
        f"All {len(text)} points of the scan, the lowest validation loss first; each was trained "
        f"once, so losses and times have no error"
    )
    name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    return Table(title, headings, rows, name)


def _commits(sources: Sources) -> Table | None:
    """List what was made by other versions of the library than the page; None if nothing was."""
    own = sources.provenance.commit
    rows = [
        (f"data set {card.name}", card.commit)
        for card in (dataset_card(folder, sources.results) for folder in sources.datasets)
    ]
    for name in sources.study.experiments:
        records = [path for path in sources.records if path.parent.parent.name == name]
        if records:
            rows += [(f"network {name}", commit) for commit in model_card(records).commits]
    other = tuple(row for row in rows if row[1] != own)
    return Table("Made by other commits", ("what", "commit"), other) if other else None
