"""Simulate a range of a sample's events."""

from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Option

from footprint.command import run
from footprint.config.samples import Sample
from footprint.simulate.generate import simulate_part


def main(
    name: Annotated[str, Option(help="Name of the sample.")],
    sample: Annotated[str, Option(help="The sample's part of the configuration, as JSON.")],
    seed: Annotated[int, Option(help="Seed of the study.")],
    first: Annotated[int, Option(min=0, help="Index of the first event.")],
    count: Annotated[int, Option(min=1, help="Number of events.")],
    output: Annotated[Path, Option(help="Event file to write.")],
    series: Annotated[
        str, Option(help="Another series of the sample's events, independent of the first.")
    ] = "",
) -> None:
    """Simulate a range of a sample's events."""
    config = TypeAdapter(Sample).validate_json(sample)
    simulate_part(output, name, config, seed=seed, first=first, count=count, series=series)


if __name__ == "__main__":
    run(main)
