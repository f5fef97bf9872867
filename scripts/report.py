"""Gather summary, figures, captions, cards and provenance in one self-contained page."""

import json
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.evaluation.metrics import read_metrics
from footprint.evaluation.records import read_training
from footprint.evaluation.summary import summarise
from footprint.evaluation.variations import read_total_shifts
from footprint.files.atomic import write_text
from footprint.report.graph import Steps
from footprint.report.pictures import Folder
from footprint.report.provenance import provenance, read_study
from footprint.report.write import Sources, page


def main(
    metrics: Annotated[list[Path], Argument(help="Metrics of all experiments, JSON files.")],
    study: Annotated[Path, Option(help="The checked configuration, study.json.")],
    templates: Annotated[Path, Option(help="Folder of the page, its style and the captions.")],
    html: Annotated[Path, Option(help="HTML file to write.")],
    figures: Annotated[
        str, Option(help="Folders of figures as JSON, a list of {kind, path, names}.")
    ] = "[]",
    steps: Annotated[str, Option(help="The workflow as JSON: {jobs, edges}.")] = "{}",
    inputs: Annotated[
        str,
        Option(help="By sample, the files that it was read from as JSON, lists of {name, path}."),
    ] = "{}",
    records: Annotated[
        list[Path] | None,
        Option(help="<experiment>/<seed>/training.json of a training; may be repeated."),
    ] = None,
    datasets: Annotated[
        list[Path] | None, Option(help="Folder of a data set's tables; may be repeated.")
    ] = None,
    scans: Annotated[
        list[Path] | None, Option(help="Folder of a scan's tables; may be repeated.")
    ] = None,
    varied: Annotated[
        list[Path] | None,
        Option(help="Folder <data set>/<target> of the tables of variations; may be repeated."),
    ] = None,
) -> None:
    """Gather summary, figures, captions, cards and provenance in one self-contained page."""
    checked, config = read_study(study)
    shifts = {
        (folder.parent.name, folder.name): table
        for folder in varied or ()
        if (table := read_total_shifts(folder)) is not None
    }
    trainings = [read_training(path) for path in records or ()]
    graph = json.loads(steps)
    sources = Sources(
        study=checked,
        config=config,
        sections=summarise([read_metrics(path) for path in metrics], shifts, trainings),
        folders=[Folder(f["kind"], Path(f["path"]), f["names"]) for f in json.loads(figures)],
        records=records or [],
        datasets=datasets or [],
        scans=scans or [],
        steps=Steps(graph.get("jobs", {}), [(a, b) for a, b in graph.get("edges", [])]),
        provenance=provenance(checked, json.loads(inputs)),
        results=html.parent,
    )
    write_text(html, page(sources, templates))


if __name__ == "__main__":
    run(main)
