"""What is read from the record of a training."""

import json

import pytest

from footprint.errors import FileFormatError
from footprint.evaluation.records import read_training

RECORD = {
    "seed": 3, "parameters": 99, "layers": [{"parameters": n} for n in (0, 90, 9)], "epochs": 7,
    "best_epoch": 5, "best_validation_loss": 1.5, "weight_penalty": 0.25, "seconds": 2,
}  # fmt: skip


def write(folder, **changes):
    path = folder / "cnn" / "3" / "training.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(RECORD | changes))
    return path


def test_a_record_is_read_and_its_loss_is_without_penalties(tmp_path):
    """As losses of the points of a scan are: a network with L2 can be compared with one without."""
    found = read_training(write(tmp_path))
    assert (found.experiment, found.seed, found.parameters, found.layers) == ("cnn", 3, 99, 2)
    assert (found.epochs, found.kept, found.seconds) == (7, 5, 2.0)
    assert found.loss == pytest.approx(1.25)
    assert read_training(write(tmp_path, best_validation_loss=None)).loss is None


def test_what_is_no_record_is_named(tmp_path):
    with pytest.raises(FileFormatError, match="record of a training not found"):
        read_training(tmp_path / "training.json")
    with pytest.raises(FileFormatError, match=r"is not the record of a training.*Train again"):
        read_training(write(tmp_path, seed=None))
