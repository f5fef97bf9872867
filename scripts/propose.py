"""Propose the points of the next round of a scan from the results of the earlier ones."""

import json
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.config.scans import Scan
from footprint.files.atomic import write_text
from footprint.scans.propose import propose
from footprint.scans.results import read_result


def main(
    scan: Annotated[str, Option(help="The scan's configuration, as JSON.")],
    point: Annotated[list[str], Option(help="Name of a point of this round; may be repeated.")],
    seed: Annotated[int, Option(min=0, help="Seed of this round.")],
    output: Annotated[Path, Option(help="Values by point to write (.json).")],
    records: Annotated[
        list[Path] | None, Argument(help="Records of the points of all earlier rounds.")
    ] = None,
) -> None:
    """Propose the points of the next round of a scan from the results of the earlier ones."""
    config = Scan.model_validate_json(scan)
    results = [read_result(path) for path in records or ()]
    first = config.rounds_of_points()[0]
    values = propose(config.parameters, results, len(point), first, seed)
    write_text(output, json.dumps(dict(zip(point, values, strict=True)), indent=1) + "\n")


if __name__ == "__main__":
    run(main)
