"""Write a trained network as ONNX, with its preprocessing, units and domain inside."""

import os
from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.config.exports import Says
from footprint.files.datasets import open_dataset
from footprint.scans.chosen import with_chosen
from footprint.training import backend


def main(
    model: Annotated[Path, Option(help="Trained network (.keras).")],
    dataset: Annotated[Path, Option(help="Data set that it was trained on.")],
    name: Annotated[str, Option(help="Name of the experiment.")],
    experiment: Annotated[str, Option(help="The experiment's configuration, as JSON.")],
    seed: Annotated[int, Option(min=0, help="Seed the network was trained with.")],
    output: Annotated[Path, Option(help="Network to write (.onnx).")],
    description: Annotated[Path, Option(help="What is in it, to write (.json).")],
    chosen: Annotated[Path | None, Option(help="What the experiment's scan chose (.json).")] = None,
    says: Annotated[
        Says | None,
        Option(help="What the file says of events, where the network can say several things."),
    ] = None,
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Write a trained network as ONNX."""
    # Whatever it was trained on: only TensorFlow's graphs keep the number of events free.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    backend.prepare(threads)
    backend.start()
    from footprint.export.onnx_file import export

    config = with_chosen(Experiment.model_validate_json(experiment), chosen)
    with open_dataset(dataset) as data:
        export(output, description, model, data, name=name, config=config, seed=seed, says=says)


if __name__ == "__main__":
    run(main)
