"""Take the mean of what several experiments predict."""

import json
from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.ensembles import Ensemble
from footprint.evaluation.ensembles import combine
from footprint.files.predictions import write_predictions


def main(
    name: Annotated[str, Option(help="Name of the ensemble.")],
    ensemble: Annotated[str, Option(help="The ensemble's configuration, as JSON.")],
    predictions: Annotated[
        str, Option(help="By member, the folders of its predictions, one for each seed; as JSON.")
    ],
    file: Annotated[
        list[str], Option(help="File in these folders, such as mass.h5; may be repeated.")
    ],
    output: Annotated[Path, Option(help="Folder for the files of the same names.")],
) -> None:
    """Take the mean of what several experiments predict."""
    config = Ensemble.model_validate_json(ensemble)
    folders = json.loads(predictions)
    for inner in file:
        files = {
            member: [Path(folder) / inner for folder in given] for member, given in folders.items()
        }
        path = output / inner
        path.parent.mkdir(parents=True, exist_ok=True)
        write_predictions(path, combine(name, config, files))


if __name__ == "__main__":
    run(main)
