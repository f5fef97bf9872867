"""Write a submission to HEPData: every table behind the figures, with errors and units."""

import json
from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.export.hepdata import KINDS, Tables, write_submission
from footprint.files.provenance import git_commit


def main(
    study: Annotated[str, Option(help="Name of the study.")],
    output: Annotated[Path, Option(help="Folder to write.")],
    tables: Annotated[str, Option(help="Tables as JSON, a list of {kind, path, names}.")],
) -> None:
    """Write a submission to HEPData: every table behind the figures, with errors and units."""
    found = [
        Tables(entry["kind"], Path(entry["path"]), entry["names"])
        for entry in json.loads(tables)
        if entry["kind"] in KINDS
    ]
    write_submission(output, study, git_commit(), found)


if __name__ == "__main__":
    run(main)
