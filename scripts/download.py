"""Fetch a published file and check that it is the right one."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.downloads import RemoteFile
from footprint.ingest.cache import cache_folder
from footprint.ingest.download import download


def main(
    remote: Annotated[str, Option(help="Address, checksum and size of the file, as JSON.")],
    output: Annotated[Path, Option(help="Where the file goes.")],
    cache: Annotated[
        str | None,
        Option(
            envvar="FOOTPRINT_CACHE",
            help="Folder for such files that studies share; the output is a link then.",
        ),
    ] = None,
) -> None:
    """Fetch a published file and check that it is the right one."""
    download(RemoteFile.model_validate_json(remote), output, cache=cache_folder(cache))


if __name__ == "__main__":
    run(main)
