"""Disks that are full or read-only: one clear message, nothing half, and on it goes afterwards."""

import logging

import pytest

from footprint.errors import StorageError
from tests.faults.study import OUTPUTS, Study
from tests.faults.whole import everything_final_is_whole, unfinished

PAGE = 4096
ROOM = {
    "simulate": (0, 0.1, 0.5, 0.9),
    "build": (0, 0.1, 0.6, 0.9, 1.1, 1.5),  # rows are scattered over files before
    "train": (0,),
    "predict": (0, 0.5),
    "evaluate": (0, 0.5),
    "draw": (0, 0.6),
}
"""Shares of what a step writes that find room."""


@pytest.mark.parametrize(
    ("step", "share"), [(step, share) for step, shares in ROOM.items() for share in shares]
)
def test_a_full_disk_is_said_and_once_there_is_room_it_goes_on(
    study_on_disk, disk, undisturbed, step, share
):
    study = study_on_disk
    size = sum(path.stat().st_size for path in OUTPUTS[step](study))
    study.lose(step)
    before = everything_final_is_whole(study.results)
    disk.fill(int(share * size))
    with pytest.raises(StorageError, match=r"cannot write .*No space left on device \(\d") as said:
        getattr(study, step)()
    assert "MB are free on its file system). Make room there, then run again" in str(said.value)
    assert unfinished(study.results) == []
    assert everything_final_is_whole(study.results, undisturbed.results) >= before
    disk.empty()
    getattr(study, step)()
    assert everything_final_is_whole(study.results, undisturbed.results) > before


@pytest.mark.parametrize("step", Study.steps)
def test_a_read_only_disk_is_said_and_nothing_changes(study_on_disk, disk, undisturbed, step):
    study = study_on_disk
    study.lose(step)
    before = everything_final_is_whole(study.results)
    disk.remount("ro")
    words = r"cannot (write|use) .*Read-only file system\. Mount it writable, or work in a folder"
    try:
        with pytest.raises(StorageError, match=words):
            getattr(study, step)()
        assert everything_final_is_whole(study.results, undisturbed.results) == before
    finally:
        disk.remount("rw")
    assert unfinished(study.results) == []


def test_a_training_goes_on_after_the_epoch_whose_checkpoint_found_room(
    study_on_disk, disk, undisturbed, caplog
):
    study = study_on_disk
    size = _checkpoint_size(study)
    study.lose("train")
    disk.fill(size + size // 2)  # for one, not for the next beside it
    with pytest.raises(StorageError, match=r"checkpoint\.h5: No space left on device"):
        study.train()
    assert everything_final_is_whole(study.results, undisturbed.results)
    assert study.model.with_name("checkpoint.h5").exists()
    disk.empty()
    with caplog.at_level(logging.INFO):
        study.train()
    assert "going on after epoch 1 from" in caplog.text
    assert everything_final_is_whole(study.results, undisturbed.results)


def _checkpoint_size(study):
    from footprint.training import record

    sizes = []
    study.lose("train")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "save_history", lambda *_: sizes.append(_size(study)) or 1 / 0)
        with pytest.raises(ZeroDivisionError):
            study.train()
    return sizes[0]


def _size(study):
    return study.model.with_name("checkpoint.h5").stat().st_size


def test_a_disk_that_fills_while_the_network_is_saved(
    study_on_disk, disk, undisturbed, monkeypatch
):
    from footprint.training import record

    study, save = study_on_disk, record.save_network
    study.lose("train")

    def save_on_full_disk(path, network):
        disk.fill(3 * PAGE)
        save(path, network)

    monkeypatch.setattr(record, "save_network", save_on_full_disk)
    with pytest.raises(StorageError, match=r"model\.keras: No space left on device"):
        study.train()
    assert not study.model.exists()
    assert unfinished(study.results) == []
    disk.empty()
    monkeypatch.setattr(record, "save_network", save)
    study.train()
    assert not study.model.with_name("checkpoint.h5").exists()
    assert everything_final_is_whole(study.results, undisturbed.results)
