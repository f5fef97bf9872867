"""Events that wait to be written together come out as they were given."""

import numpy as np
import pytest

from footprint.errors import StorageError
from footprint.files import events, hdf5
from footprint.files.events import EventWriter, open_events
from footprint.files.hdf5 import ArraySpec

SPECS = [ArraySpec("image", "VEM", "test image"), ArraySpec("value", "", "test value")]


def block(first, count):
    image = np.arange(first, first + count, dtype=np.float32)[:, None] * np.ones(40, np.float32)
    ids = np.arange(first, first + count, dtype=np.uint64)
    return {"event_id": ids, "image": image, "value": image[:, 0]}


@pytest.mark.parametrize("waiting", [0, 5_000, 4_000_000])
@pytest.mark.parametrize("sizes", [[1] * 300, [100, 0, 7, 256, 129], [0], [], [128, 128]])
def test_any_sizes_of_blocks_give_the_same_rows(tmp_path, monkeypatch, waiting, sizes):
    monkeypatch.setattr(events, "WAITING", waiting)
    written = []
    append = hdf5.append
    monkeypatch.setattr(
        hdf5, "append", lambda data, values: (written.append(len(values)), append(data, values))
    )
    total = 0
    with EventWriter(tmp_path / "e.h5", SPECS, sample="s", config="{}", seed=1) as writer:
        for size in sizes:
            given = block(total, size)
            writer.append(given)
            for values in given.values():
                values[:] = 0  # the caller may use his arrays again
            total += size
    with open_events(tmp_path / "e.h5") as found:
        assert len(found) == total
        for name, values in block(0, total).items():
            if sizes:
                np.testing.assert_array_equal(found.file[name][:], values)
    # Only what comes last is not made of whole chunks.
    assert all(rows % hdf5.CHUNK == 0 for rows in written[:-3])


def test_a_failure_while_the_rest_is_written_leaves_no_file(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hdf5, "append", full)
    with pytest.raises(StorageError, match="No space left"):  # noqa: SIM117
        with EventWriter(tmp_path / "e.h5", SPECS, sample="s", config="{}", seed=1) as writer:
            writer.append(block(0, 5))
    assert list(tmp_path.iterdir()) == []
