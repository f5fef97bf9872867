"""Compare recorded with simulated events: what a network says of them, and what it sees."""

from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Option

from footprint.command import run
from footprint.config.recorded import Recorded
from footprint.evaluation.data_simulation import compare_files
from footprint.evaluation.tables import write_tables


def main(
    simulation: Annotated[Path, Option(help="Predictions of the simulated test events (.h5).")],
    data: Annotated[Path, Option(help="Predictions of the recorded events (.h5).")],
    simulated_dataset: Annotated[Path, Option(help="Data set that the network learnt from.")],
    recorded_dataset: Annotated[Path, Option(help="Recorded events, built like that data set.")],
    settings: Annotated[str, Option(help="The experiment's evaluation.data, as JSON.")],
    tables: Annotated[Path, Option(help="Folder of CSV tables to write.")],
    experiment_name: Annotated[str, Option(help="Name of the experiment.")],
    inputs: Annotated[str, Option(help="Inputs of the network as JSON; null for all.")] = "null",
    label: Annotated[str | None, Option(help="The target's symbol on axes.")] = None,
) -> None:
    """Compare recorded with simulated events: what a network says of them, and what it sees."""
    found = compare_files(
        (simulation, data),
        (simulated_dataset, recorded_dataset),
        Recorded.model_validate_json(settings),
        TypeAdapter(list[str] | None).validate_json(inputs),
        label,
    )
    write_tables(tables, found.tables, found.target | {"experiment": experiment_name})


if __name__ == "__main__":
    run(main)
