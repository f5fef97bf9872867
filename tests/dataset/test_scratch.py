"""Rows come back in the order of their keys, however they were written."""

import numpy as np
import pytest

from footprint.dataset.scratch import Scratch

ROWS, SLICE = 1000, 128


def written(folder, buckets, block, rng):
    keys = rng.integers(0, 2**64, ROWS, dtype=np.uint64)
    arrays = {
        "inputs/image": rng.normal(size=(ROWS, 3, 2)).astype(np.float32),
        "number": np.arange(ROWS),
    }
    scratch = Scratch(folder, buckets)
    for first in range(0, ROWS, block):
        part = slice(first, first + block)
        scratch.add(keys[part], {name: values[part] for name, values in arrays.items()})
    return scratch, np.argsort(keys), arrays


@pytest.mark.parametrize(("buckets", "block"), [(1, 1000), (7, 33), (300, 64)])
def test_slices_are_whole_and_in_order(tmp_path, rng, buckets, block):
    scratch, order, arrays = written(tmp_path / "s", buckets, block, rng)
    slices = list(scratch.sorted_slices(SLICE))
    assert [len(part["number"]) for part in slices] == [SLICE] * 7 + [ROWS - 7 * SLICE]
    for read in (slices, list(scratch.sorted_buckets())):
        for name, values in arrays.items():
            found = np.concatenate([part[name] for part in read])
            np.testing.assert_array_equal(found, values[order])
            assert found.dtype == values.dtype
    assert scratch.rows == ROWS
    assert scratch.names == list(arrays)


def test_columns_keep_rows_together_in_a_file_for_each_range_of_keys(tmp_path, rng):
    scratch, _, arrays = written(tmp_path / "s", 5, 90, rng)
    images = np.concatenate(list(scratch.column("inputs/image")))
    numbers = np.concatenate(list(scratch.column("number")))
    np.testing.assert_array_equal(images, arrays["inputs/image"][numbers])
    assert sorted(numbers) == list(range(ROWS))
    assert len(list((tmp_path / "s").iterdir())) == 5
