"""Judge an experiment beside its baselines: numbers with errors, and a table for each figure."""

import json
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from footprint.command import run
from footprint.config.experiments import Experiment
from footprint.evaluation.evaluate import evaluate
from footprint.evaluation.generation import evaluate_samples, seconds_of
from footprint.evaluation.methods import gather
from footprint.evaluation.metrics import write_metrics
from footprint.evaluation.tables import write_tables
from footprint.files.samples import holds_samples


def main(
    predictions: Annotated[
        list[Path], Argument(help="Files of predictions or of samples, one for each seed.")
    ],
    experiment_name: Annotated[str, Option(help="Name of the experiment.")],
    experiment: Annotated[str, Option(help="The experiment's configuration, as JSON.")],
    metrics: Annotated[Path, Option(help="JSON file to write.")],
    tables: Annotated[Path, Option(help="Folder of CSV tables to write.")],
    baselines: Annotated[
        list[Path] | None,
        Option(help="Prediction file of a baseline, or a folder of them; may be repeated."),
    ] = None,
    histories: Annotated[
        list[Path] | None,
        Option(help="history.csv of each prediction, in the same order; may be repeated."),
    ] = None,
    label: Annotated[str | None, Option(help="The target's symbol on axes.")] = None,
    members: Annotated[
        str, Option(help="Of an ensemble, by member its prediction files; as JSON.")
    ] = "{}",
    two_sample: Annotated[
        list[Path] | None,
        Option(help="Two-sample test of each file of samples, in the same order; may be repeated."),
    ] = None,
    timings: Annotated[
        list[Path] | None,
        Option(help="How long the simulation of a sample takes (.json); may be repeated."),
    ] = None,
) -> None:
    """Judge an experiment beside its baselines: numbers with errors, a table for each figure."""
    config = Experiment.model_validate_json(experiment)
    if config.variables is not None and holds_samples(predictions[0]):
        result = evaluate_samples(
            predictions,
            experiment_name,
            config,
            histories=histories or [],
            label=label,
            tests=two_sample or [],
            simulation=seconds_of(timings or []),
        )
    else:
        methods = gather(experiment_name, config, predictions, baselines or [], _paths(members))
        result = evaluate(methods, config, histories or [], label, predictions)
    write_tables(tables, result.tables, result.target, documents=result.documents)
    write_metrics(metrics, result.metrics)


def _paths(members: str) -> dict[str, list[Path]]:
    return {name: [Path(f) for f in given] for name, given in json.loads(members).items()}


if __name__ == "__main__":
    run(main)
