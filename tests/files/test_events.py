import h5py
import numpy as np
import pytest

from footprint.errors import FileFormatError
from footprint.files.atomic import atomic, write_text
from footprint.files.events import EventWriter, iterate, open_events, parts_by_sample
from footprint.files.hdf5 import ArraySpec


def test_blocks_ignore_the_borders_of_parts(write_events):
    values = np.arange(100.0)
    cuts = [(0, 3), (3, 50), (50, 50), (50, 100)]
    parts = [
        write_events({"x": values[a:b]}, first=a, name=f"{i}.h5") for i, (a, b) in enumerate(cuts)
    ]
    for size in (1, 7, 30, 1000):
        blocks = list(iterate(parts, ["x"], size))
        assert {len(block["x"]) for block in blocks[:-1]} <= {size}
        np.testing.assert_array_equal(np.concatenate([block["x"] for block in blocks]), values)


def test_values_come_back_as_float32_with_units(write_events):
    path = write_events(
        {"energy": np.array([1.5, np.nan]), "hits": np.array([3, 4])}, units={"energy": "EeV"}
    )
    with open_events(path) as events:
        assert events.specs["energy"].units == "EeV"
        assert events.file["energy"].dtype == np.float32
        assert events.file["hits"].dtype == np.int64
        assert np.isnan(events.file["energy"][1])
        assert len(events) == 2


def test_parts_are_grouped_by_sample_in_order(write_events):
    paths = [
        write_events({"x": np.zeros(2)}, sample=s, first=f)
        for s, f in (("b", 0), ("a", 0), ("b", 2))
    ]
    assert parts_by_sample(paths) == {"b": [paths[0], paths[2]], "a": [paths[1]]}


def writer(path):
    return EventWriter(path, [ArraySpec("x", "", "x")], sample="s", config="{}", seed=1)


def test_an_error_while_writing_leaves_neither_file_nor_remains(tmp_path):
    path = tmp_path / "e.h5"

    def die():
        with writer(path) as events:
            events.append({"event_id": np.zeros(3, np.uint64), "x": np.zeros(3)})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        die()
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_file_survives_a_failed_rewrite(tmp_path):
    path = tmp_path / "t.txt"
    write_text(path, "good")

    def die():
        with atomic(path) as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        die()
    assert path.read_text() == "good"


def test_wrong_blocks_are_refused(tmp_path):
    ids = np.zeros(3, np.uint64)
    with (
        pytest.raises(ValueError, match="differ from those announced"),
        writer(tmp_path / "a.h5") as events,
    ):
        events.append({"event_id": ids, "y": np.zeros(3)})
    with pytest.raises(ValueError, match="differ in length"), writer(tmp_path / "b.h5") as events:
        events.append({"event_id": ids, "x": np.zeros(4)})


def test_arrays_of_different_length_are_found_when_opened(write_events):
    path = write_events({"x": np.zeros(5)})
    with h5py.File(path, "r+") as file:
        file["x"].resize(3, axis=0)
    with (
        pytest.raises(FileFormatError, match="differ in length, expected one first axis"),
        open_events(path),
    ):
        pass  # pragma: no cover


def test_missing_array_names_the_nearest(write_events):
    path = write_events({"energy": np.zeros(5)})
    with open_events(path) as events:
        with pytest.raises(FileFormatError, match=r"has no 'enrgy'.*did you mean 'energy'"):
            events.read(["enrgy"], slice(None))
        with pytest.raises(FileFormatError, match="has no 'enrgy'"):
            events.shape("enrgy")


def test_files_of_other_programs_are_refused(tmp_path):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["x"] = [1, 2]
    with (
        pytest.raises(FileFormatError, match="holds kind=None, expected 'events'"),
        open_events(path),
    ):
        pass  # pragma: no cover
    path.write_text("plain text")
    with (
        pytest.raises(FileFormatError, match=r"cannot read .*other\.h5 as HDF5"),
        open_events(path),
    ):
        pass  # pragma: no cover


def test_a_flipped_chunk_is_reported_with_the_file(write_events, rng):
    path = write_events({"x": rng.integers(0, 4, (4000, 8)).astype(float)})
    content = bytearray(path.read_bytes())
    with h5py.File(path, "r") as file:
        info = file["x"].id.get_chunk_info(3)
    start = info.byte_offset
    content[start : start + info.size] = b"\xff" * info.size
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match="is corrupt"), open_events(path) as events:
        events.read(["x"], slice(None))


def test_a_constant_is_stored_once_and_read_for_every_event(tmp_path):
    position = np.arange(6.0).reshape(2, 3)
    constant = (ArraySpec("position", "m", "where stations stand"), position)
    specs = [ArraySpec("x", "", "x")]
    names = ("sample", "config", "seed")
    attributes = dict(zip(names, ("s", "{}", 1), strict=True))
    path = tmp_path / "e.h5"
    with EventWriter(path, specs, **attributes, constants=[constant]) as file:
        file.append({"event_id": np.arange(5, dtype=np.uint64), "x": np.arange(5.0)})
    with h5py.File(path) as file:
        assert file["constants/position"].shape == (2, 3)
    with open_events(path) as events:
        assert events.specs["position"].units == "m"
        assert events.shape("position") == (2, 3)
        assert events.read(["position"], slice(3, 9))["position"].shape == (2, 2, 3)
    blocks = list(iterate([path, path], ["x", "position"], 4))
    assert [block["position"].shape for block in blocks] == [(4, 2, 3), (4, 2, 3), (2, 2, 3)]
    for block in blocks:
        assert np.all(block["position"] == position)
