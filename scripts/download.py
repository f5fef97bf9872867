"""Fetch a published file and check that it is the right one."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.downloads import RemoteFile
from footprint.ingest.download import download


def main(
    remote: Annotated[str, Option(help="Address, checksum and size of the file, as JSON.")],
    output: Annotated[Path, Option(help="Where the file goes.")],
) -> None:
    """Fetch a published file and check that it is the right one."""
    download(RemoteFile.model_validate_json(remote), output)


if __name__ == "__main__":
    run(main)
