"""Choose the point of a scan that has the lowest validation loss."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.config.scans import Scan
from footprint.evaluation.tables import write_tables
from footprint.scans.chosen import save_chosen
from footprint.scans.results import choose, read_result
from footprint.scans.tables import FACTS, facts_of, points_table


def main(
    records: Annotated[list[Path], Argument(help="Records of all points.")],
    experiment_name: Annotated[str, Option(help="Name of the experiment.")],
    scan: Annotated[str, Option(help="The scan's configuration, as JSON.")],
    chosen: Annotated[Path, Option(help="What was chosen, to write (.json).")],
    tables: Annotated[Path, Option(help="Folder of CSV tables to write.")],
) -> None:
    """Choose the point of a scan that has the lowest validation loss, and list all points."""
    results = [read_result(path) for path in records]
    best = choose(results)
    table = points_table(results, best)
    facts = facts_of(experiment_name, Scan.model_validate_json(scan))
    write_tables(tables, {"points.csv": table}, facts, FACTS)
    save_chosen(chosen, best)


if __name__ == "__main__":
    run(main)
