"""Train one point of a scan; one that cannot be trained is recorded and does not stop the scan."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from footprint.config.experiments import Experiment
from footprint.config.scan_points import with_values
from footprint.errors import TrainingError
from footprint.files.atomic import write_text
from footprint.files.datasets import Dataset
from footprint.training.fit import fit
from footprint.training.record import save_history, save_network, save_record

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PointFiles:
    """What a training of a point leaves behind.

    Attributes
    ----------
    model, history, record
        Network, losses and record as of every training. Where it failed, network and history
        are empty files, and the record says why.
    """

    model: Path
    history: Path
    record: Path

    @property
    def checkpoint(self) -> Path:
        """From where a killed training goes on."""
        return self.model.with_name("checkpoint.h5")


def train_point(
    dataset: Dataset, base: Experiment, values: Mapping[str, Any], seed: int, files: PointFiles
) -> None:
    """Train an experiment with the values of a point.

    Parameters
    ----------
    dataset
        Open data set.
    base
        The experiment that is scanned.
    values
        By path.
    seed
        Of weights, order and dropout.
    files
        To write. The record is written last.
    """
    try:
        config = with_values(base, values)
        trained = fit(dataset, config, seed, files.checkpoint)
    except (TrainingError, ValidationError) as error:
        log.warning("this point failed: %s", error)
        record = {"values": dict(values), "seed": seed, "failed": str(error)}
        write_text(files.model, "")
        write_text(files.history, "")
        write_text(files.record, json.dumps(record, indent=1) + "\n")
    else:
        save_history(files.history, trained)
        save_network(files.model, trained.network)
        save_record(files.record, trained, config, seed, values)
    files.checkpoint.unlink(missing_ok=True)
