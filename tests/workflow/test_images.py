"""Images of packed pairs of files and of folders, from the disk to data sets."""

import gzip

import numpy as np
import pytest

from footprint.files.datasets import open_dataset
from footprint.files.events import open_events
from tests.ingest import image_files as files
from tests.ingest.test_images import save
from tests.workflow.conftest import Runner

PETS = {"cat": 0, "dog": 1}
DATASET = "results/pictures/datasets/digits.h5"
FOLDERS = [f"results/pictures/events/pets/{name}.h5" for name in PETS]


@pytest.fixture
def runner(tmp_path):
    images = tmp_path / "images"
    for split, count in (("train", 60), ("t10k", 30)):
        files.write_idx(images, files.pixels(count, 6, 7), files.labels(count), split)
    for name in PETS:
        save(tmp_path / "pets" / name / "1.png", files.pixels(1, 5, 5, 3)[0])
    return Runner(tmp_path, {
        "study": "pictures",
        "samples": {
            "digits": {"reader": "images", "files": ["images/*.gz"],
                       "options": {"set": "mnist", "check": False}},
            "pets": {"reader": "images", "files": ["pets"],
                     "options": {"set": "folder", "classes": PETS, "colour": True}},
        },
        "datasets": {
            "digits": {
                "samples": ["digits"],
                "inputs": {"image": ["image"]},
                "targets": {"digit": {"array": "label", "baselines": {},
                                      "classes": {"zero": 0, "one": 1, "two": 2}}},
                "split": {"published": "published_split", "values": {"train": 0, "test": 2},
                          "validation": 0.5, "validation_from": "test"},
            }
        },
        "experiments": {
            "cnn": {"dataset": "digits", "task": "classification",
                    "model": {"name": "cnn", "filters": [2]}, "training": {"epochs": 1}}
        },
    })  # fmt: skip


def test_a_data_set_of_files_and_events_of_folders_and_what_runs_again(runner):
    runner(DATASET, *FOLDERS)
    with open_dataset(runner.folder / DATASET) as found:
        assert found.array("train", "inputs", "image").shape == (60, 6, 7, 1)
        parts = [found.length(split) for split in ("validation", "test")]
        assert sum(parts) == 30
        assert min(parts) > 0
        assert np.bincount(found.target("train", "digit")).tolist() == [20] * 3
    with open_events(runner.folder / FOLDERS[1]) as events:
        assert events.shape("red") == (5, 5)
        assert events.file["label"][:].tolist() == [1]
    # An image more: its folder alone is read again; other labels: their images are.
    save(runner.folder / "pets" / "cat" / "2.png", files.pixels(1, 5, 5, 3)[0])
    labels = runner.folder / "images" / files.IDX_LABELS
    labels.write_bytes(gzip.compress(files.idx(np.zeros(60, np.uint8))))
    assert runner.jobs(DATASET, *FOLDERS) == {"ingest": 1 + 1, "build": 1}


def test_wrong_files_stop_before_any_job(runner):
    (runner.folder / "images" / files.IDX_LABELS).unlink()
    result = runner("-n", check=False)
    assert result.returncode != 0
    words = "samples.digits.files: 'images/train-images-idx3-ubyte.gz' are images without labels"
    assert words in result.text
