"""Read one file of other people's events into an event file."""

from pathlib import Path
from typing import Annotated

from pydantic import TypeAdapter
from typer import Option

from footprint.command import run
from footprint.config.samples import Files
from footprint.ingest.sources import Source
from footprint.ingest.write import ingest


def main(
    sample_name: Annotated[str, Option(help="Name of the sample.")],
    sample: Annotated[str, Option(help="The sample's part of the study, as JSON.")],
    file: Annotated[str, Option(help="Path or address of the file.")],
    key: Annotated[str, Option(help="Name of the file within the sample; numbers its events.")],
    seed: Annotated[int, Option(help="The study's seed, kept with the events.")],
    output: Annotated[Path, Option(help="Event file to write.")],
) -> None:
    """Read one file of other people's events into an event file."""
    source = Source(path=file, key=key, part=output.stem)
    config: Files = TypeAdapter(Files).validate_json(sample)
    ingest(source, sample_name, config, seed, output)


if __name__ == "__main__":
    run(main)
