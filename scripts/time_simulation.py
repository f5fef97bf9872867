"""Time the simulation of a sample's events, for comparison with generators."""

from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Option

from footprint.command import run
from footprint.config.samples import Sample
from footprint.simulate.timing import save_timing, seconds_per_event


def main(
    name: Annotated[str, Option(help="Name of the sample.")],
    sample: Annotated[str, Option(help="The sample's part of the configuration, as JSON.")],
    seed: Annotated[int, Option(help="Seed of the study.")],
    output: Annotated[Path, Option(help="JSON file to write.")],
) -> None:
    """Time the simulation of a sample's events, for comparison with generators."""
    config = TypeAdapter(Sample).validate_json(sample)
    save_timing(output, name, *seconds_per_event(name, config, seed))


if __name__ == "__main__":
    run(main)
