"""What cannot be built is refused, with words, and leaves nothing behind."""

import h5py
import numpy as np
import pytest

from footprint.dataset.build import build_dataset
from footprint.errors import ConfigError, DataError, FileFormatError
from footprint.files.datasets import open_dataset
from tests.dataset.made_up import arrays, built, config


@pytest.mark.parametrize(
    ("changes", "settings", "error", "words"),
    [
        ({}, {"selection": "energy > 1000"}, DataError,
         "none of 300 events of samples ['s'] passes the selection 'energy > 1000'"),
        ({}, {"selection": "image > 0"}, ConfigError,
         "gives bool of shape (300, 4, 5), expected one truth value for each of 300 events"),
        ({}, {"selection": "energy * 2"}, ConfigError, "expected one truth value"),
        ({"image": np.full((300, 4, 5), np.nan)}, {}, DataError,
         "input 'image': array 'image' has no measured value (all NaN) in the training split"),
        ({"image": np.full((300, 4, 5), 2.5)}, {}, DataError,
         "input 'image': array 'image' is constant (2.5) in the training split"),
        ({"energy": np.where(np.arange(300) == 5, np.nan, 1.0)}, {}, DataError,
         "target 'energy': 1 values of 'energy' in one block are not finite"),
        ({"energy": np.full(300, 4.0)}, {}, DataError, "target 'energy' is constant"),
        ({"energy": np.linspace(-1, 1, 300)},
         {"targets": {"energy": {"array": "energy", "log": True}}}, DataError,
         "are not positive, log10 cannot be learnt"),
        ({"energy": np.linspace(-1, 1, 300)},
         {"targets": {"energy": {"array": "energy", "relative": True}}}, DataError,
         "are not positive, bias and resolution relative to the truth have no meaning"),
        ({"kind": np.full(300, 9)}, {}, DataError, "are in none of the classes"),
        ({"kind": np.where(np.arange(300) == 0, 1, 0)}, {}, DataError,
         "no event of class b of target 'label' in split"),
        ({"image": -np.ones((300, 4, 5))},
         {"inputs": {"image": [{"array": "image", "transform": "log10(x)"}]}}, DataError,
         "log10(x) is not finite for"),
        ({"time": np.ones((300, 2, 2))}, {}, ConfigError,
         "its channels differ in shape, {'image': (4, 5), 'time': (2, 2)}"),
        ({}, {"targets": {}, "inputs": {"image": [{"array": "image", "relative_to": "energy"}]}},
         ConfigError,
         "its channels differ in shape, {'image': (4, 5), 'energy': ()}"),
        ({}, {"inputs": {"image": ["imge"]}}, ConfigError,
         "needs the array 'imge', which sample 's'"),
    ],
)  # fmt: skip
def test_refusal_leaves_nothing_behind(tmp_path, write_events, changes, settings, error, words):
    part = write_events(arrays(**changes))
    output = tmp_path / "out" / "d.h5"
    with pytest.raises(error) as caught:
        build_dataset(output, "d", config(**settings), {"s": [part]})
    assert words in str(caught.value)
    assert not output.exists()
    assert list(output.parent.glob("*")) == [] or not output.parent.exists()


def test_too_few_events_for_three_splits(tmp_path, write_events):
    part = write_events(arrays(2))
    with pytest.raises(DataError, match=r"no event in .*it needs more events"):
        built(tmp_path, {"s": [part]}, config(targets={"energy": {"array": "energy"}}))


def test_samples_with_other_units_or_shapes_are_not_mixed(tmp_path, write_events):
    one = write_events(arrays(), units={"energy": "EeV"}, name="one.h5")
    two = write_events(arrays(), units={"energy": "GeV"}, first=300, name="two.h5")
    with pytest.raises(ConfigError, match="they cannot be mixed"):
        built(tmp_path, {"s": [one, two]})


def test_differences_are_of_equal_units(tmp_path, write_events):
    part = write_events(arrays(), units={"image": "VEM", "time": "ns"})
    channel = {"array": "image", "relative_to": "time"}
    with pytest.raises(ConfigError) as stop:
        built(tmp_path, {"s": [part]}, config(inputs={"image": [channel]}))
    assert str(stop.value) == (
        "input 'image': relative_to subtracts arrays in different units, {'image': 'VEM', 'time': "
        "'ns'}: name one in the unit of 'image'"
    )


def test_truncated_part_is_named(tmp_path, write_events):
    part = write_events(arrays())
    whole = part.read_bytes()
    for size in (0, 100, len(whole) // 2, len(whole) - 10):
        part.write_bytes(whole[:size])
        with pytest.raises(FileFormatError, match=r"s-0\.h5"):
            built(tmp_path, {"s": [part]})


def test_dataset_of_another_kind_is_refused(tmp_path, write_events):
    part = write_events(arrays())
    with (
        pytest.raises(FileFormatError, match="holds kind='events', expected 'dataset'"),
        open_dataset(part),
    ):
        pass  # pragma: no cover
    with pytest.raises(FileFormatError, match="file not found"), open_dataset(tmp_path / "no.h5"):
        pass  # pragma: no cover
    with h5py.File(part, "r+") as file:
        file.attrs["kind"] = "dataset"
        file.attrs["format_version"] = 99
    with (
        pytest.raises(FileFormatError, match="format version 99, this Footprint reads 1 and 2"),
        open_dataset(part),
    ):
        pass  # pragma: no cover


def test_any_flipped_byte_of_the_values_is_found(tmp_path, write_events):
    part = write_events(arrays())
    whole = part.read_bytes()
    with h5py.File(part, "r") as file:
        chunk = file["image"].id.get_chunk_info(1)
    for place in np.linspace(0, chunk.size - 1, 12).astype(int):
        damaged = bytearray(whole)
        damaged[chunk.byte_offset + place] ^= 0x10
        part.write_bytes(damaged)
        with pytest.raises(FileFormatError, match="is corrupt"):
            built(tmp_path, {"s": [part]})
