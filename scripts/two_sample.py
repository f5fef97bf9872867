"""Train networks to tell generated events from real ones: no better than chance is best."""

from pathlib import Path
from typing import Annotated

from typer import Option

from footprint.command import run
from footprint.config.experiments import Evaluation
from footprint.evaluation.observables import of_both
from footprint.files.samples import read_samples
from footprint.training import backend


def main(
    samples: Annotated[Path, Option(help="File of samples of one training (.h5).")],
    name: Annotated[str, Option(help="Name of the experiment.")],
    evaluation: Annotated[str, Option(help="How the experiment is judged, as JSON.")],
    seed: Annotated[int, Option(min=0, help="Seed of the training whose samples they are.")],
    output: Annotated[Path, Option(help="File of predictions to write (.h5).")],
    threads: Annotated[int, Option(min=1, help="Threads to compute with.")] = 1,
) -> None:
    """Train networks to tell generated events from real ones: no better than chance is best."""
    backend.prepare(threads)
    backend.start()
    from footprint.training.two_sample import save_two_sample

    config = Evaluation.model_validate_json(evaluation)
    given = read_samples(samples)
    save_two_sample(
        output,
        given,
        config.two_sample,
        name=name,
        seed=seed,
        observables=of_both(given, config.observables) if config.two_sample.observables else None,
    )


if __name__ == "__main__":
    run(main)
