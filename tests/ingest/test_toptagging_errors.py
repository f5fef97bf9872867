"""What is wrong with a file of jets is said with words, and what to do."""

import logging
import pickle

import h5py
import numpy as np
import pytest

from footprint.config.toptagging import TopTaggingOptions
from footprint.errors import DataError, FileFormatError
from footprint.ingest.pandas_table import texts
from footprint.ingest.toptagging import read_blocks
from tests.ingest import jet_sets as sets


@pytest.fixture
def refusal(tmp_path):
    """Read a path, or frames in fixed format, and give the words of the refusal."""

    def read(data, error, **options):
        path = data if not isinstance(data, tuple) else sets.fixed(tmp_path / "a.h5", *data)
        with pytest.raises(error) as caught:
            list(read_blocks(str(path), TopTaggingOptions(**options)))
        return str(caught.value)

    return read


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.nan, "1 of 5 constituents have a momentum or energy that is not finite"),
        (np.inf, "1 of 5 constituents have a momentum or energy that is not finite"),
        (-2.5, "1 of 5 constituents have a negative energy"),
    ],
)
def test_impossible_energies(refusal, value, words):
    vectors = np.zeros((3, 200, 4), "f4")
    vectors[:, 0] = [5, 3, 4, 0]
    vectors[1:, 1] = [5, 4, 3, 0]
    vectors[2, 1, 0] = value
    text = refusal(sets.frame(vectors), DataError)
    assert words in text
    assert f"first in jet 2: {{'px': 4.0, 'py': 3.0, 'pz': 0.0, 'energy': {value}}}" in text


def test_momentum_that_is_nan(refusal):
    vectors = sets.jets(3)
    vectors[0, 0, 1] = np.nan
    assert "first in jet 0: {'px': nan" in refusal(sets.frame(vectors), DataError)


@pytest.mark.parametrize("label", [2, -1])
def test_label_neither_0_nor_1(refusal, label):
    text = refusal(sets.frame(sets.jets(4), [0, 1, label, 1]), DataError)
    assert f"'is_signal_new' of 1 jets is neither 0 nor 1, first {label} in jet 2" in text
    assert "expected 1 for a top quark's jet" in text


def test_flag_of_no_split(refusal):
    text = refusal(sets.frame(sets.jets(4), ttv=[0, 1, 7, 2]), DataError)
    assert "column 'ttv' is 7 in jet 2, which options.ttv does not know" in text
    assert "options.split_by_name" in text


def test_missing_columns_are_named_and_what_is_there(tmp_path, refusal):
    floats, integers = sets.frame(sets.jets(4))
    names = ["e_0" if name == "E_0" else name for name in sets.FLOATS]
    text = refusal(sets.table(tmp_path / "a.h5", floats, integers, names), FileFormatError)
    assert "lacks 1 of the 806 columns of the top-tagging reference data: E_0" in text
    assert "it has 806 columns: e_0, PX_0" in text
    assert "not expected: e_0" in text


def test_further_columns_are_left_out_and_told(tmp_path, caplog):
    floats, integers = sets.frame(sets.jets(4))
    wide = np.hstack([floats, np.ones((4, 1), "f4")])
    path = sets.table(tmp_path / "a.h5", wide, integers, [*sets.FLOATS, "weight"])
    with caplog.at_level(logging.WARNING, "footprint"):
        list(read_blocks(str(path), TopTaggingOptions()))
    assert "1 further columns are left out: ['weight']" in caplog.text


def test_names_and_columns_that_differ_in_number(tmp_path, refusal):
    floats, integers = sets.frame(sets.jets(4))
    text = refusal(
        sets.table(tmp_path / "a.h5", floats, integers, ["E_0", "PX_0"]), FileFormatError
    )
    assert "block 'values_block_0'" in text
    assert "has 804 columns and 2 names (E_0, PX_0, ...)" in text


def test_a_pickle_that_would_run_a_program_runs_nothing(tmp_path):
    """Names are taken out of the bytes; loading this pickle would make a file."""

    class Harm:
        def __reduce__(self):
            return (open, (str(tmp_path / "harm"), "w"))

    texts(pickle.dumps([Harm(), "E_0"]))
    assert not (tmp_path / "harm").exists()


def test_names_that_are_no_pickle(tmp_path, refusal):
    path = sets.table(tmp_path / "a.h5", *sets.frame(sets.jets(4)))
    with h5py.File(path, "a") as file:
        file["table/table"].attrs["values_block_0_kind"] = np.void(b"\xff\xfe\xff")
    assert "cannot read the columns of 'table'" in refusal(path, FileFormatError)


def test_wrong_key(refusal):
    text = refusal(sets.frame(sets.jets(2)), FileFormatError, key="tabel")
    assert "has no table 'tabel'; did you mean 'table'? known: table: set options.key" in text


def test_a_group_that_is_no_table(tmp_path, refusal):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["table/jets"] = np.zeros(3)
    text = refusal(tmp_path / "a.h5", FileFormatError)
    assert "is no table of pandas: expected 'table' (table format) or 'axis0'" in text
    assert "known: jets" in text


def test_pickled_names_in_fixed_format(tmp_path, refusal):
    path = sets.fixed(tmp_path / "a.h5", *sets.frame(sets.jets(2)))
    with h5py.File(path, "a") as file:
        del file["table/block0_items"]
        file["table/block0_items"] = np.zeros(500, np.uint8)
    assert "as uint8, perhaps pickled, expected plain text" in refusal(path, FileFormatError)


def test_missing_empty_other_and_truncated_files(tmp_path, refusal):
    path = sets.table(tmp_path / "a.h5", *sets.frame(sets.jets(200)))
    whole = path.read_bytes()
    assert "file not found" in refusal(tmp_path / "b.h5", FileFormatError)
    path.write_bytes(b"")
    assert "is not HDF5: it is empty" in refusal(path, FileFormatError)
    path.write_bytes(b"<html>not found</html>")
    assert "is not HDF5: it starts with b'<html>no'" in refusal(path, FileFormatError)
    path.write_bytes(whole[: len(whole) // 2])
    text = refusal(path, FileFormatError)
    assert "truncated" in text
    assert "copy or download it again" in text


def test_damaged_rows(tmp_path, refusal):
    path = sets.table(
        tmp_path / "a.h5", *sets.frame(sets.jets(200)), chunks=(40,), compression="gzip"
    )
    content = bytearray(path.read_bytes())
    with h5py.File(path) as file:
        chunk = file["table/table"].id.get_chunk_info(2)
    content[chunk.byte_offset : chunk.byte_offset + 200] = bytes(200)
    path.write_bytes(content)
    assert "cannot read rows 0 to 200 of" in refusal(path, FileFormatError)
