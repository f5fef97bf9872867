"""Pickles of arrays, text and numbers are read; no other pickle does anything."""

import pickle
import pickletools
import subprocess

import numpy as np
import pytest

from footprint.errors import FileFormatError
from footprint.ingest.plain_pickle import load
from tests.ingest import image_files as files


def refusal(content):
    with pytest.raises(FileFormatError) as caught:
        load(content, "data_batch_1")
    return str(caught.value)


@pytest.mark.parametrize("package", [b"numpy.core", b"numpy._core"])
def test_a_batch_of_python_2_reads_as_pickle_itself_reads_it(package):
    content = files.python2_batch(files.pixels(3, 12), [6, 9, 300], package)
    found, expected = load(content, "a"), pickle.loads(content, encoding="bytes")  # noqa: S301
    assert list(found) == [b"batch_label", b"labels", b"data", b"filenames"]
    np.testing.assert_array_equal(found.pop(b"data"), expected.pop(b"data"))
    assert found == expected
    assert found[b"labels"] == [6, 9, 300]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("dtype", ["u1", ">i4", "<f8", "?"])
def test_arrays_and_numbers_of_every_protocol(protocol, dtype):
    array = (np.arange(24).reshape(2, 3, 4) % 5).astype(dtype)
    values = {"c": array, "f": np.asfortranarray(array), "cut": array[:, ::2], "none": array[:0],
              b"bytes": b"\xff\x00", "n": (array[1, 2, 3], 1.5, None, True, "é", b"")}  # fmt: skip
    found = load(pickle.dumps(values, protocol), "a")
    assert list(found) == list(values)
    for name in ("c", "f", "cut", "none"):
        np.testing.assert_array_equal(found[name], values[name])
        assert found[name].dtype == array.dtype
    assert found[b"bytes"] == b"\xff\x00"
    assert found["n"] == values["n"]


class Harm:
    """What runs a function when it is loaded."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    "how",
    [
        lambda path: Harm(open, path, "w"),
        lambda path: Harm(subprocess.run, ["touch", path]),
        lambda path: Harm(eval, f"open({path!r}, 'w')"),
        lambda path: Harm(np.save, path, 1),
        lambda path: Harm(np.memmap, path, "u1", "w+", 0, (4,)),
    ],
    ids=["open", "subprocess", "eval", "numpy", "memmap"],
)
@pytest.mark.parametrize("place", [lambda x: x, lambda x: {b"data": x}, lambda x: {x: 1}],
                         ids=["alone", "value", "key"])  # fmt: skip
def test_a_pickle_that_would_make_a_file_is_refused_and_makes_none(tmp_path, how, place):
    target = tmp_path / "harm.npy"
    content = pickle.dumps(place(how(str(target))), 2)
    text = refusal(content)
    assert "data_batch_1 is a pickle that asks for '" in text
    assert "nothing of it was executed" in text
    assert not target.exists()


def test_the_harm_of_these_tests_is_real(tmp_path):
    target = tmp_path / "harm"
    pickle.loads(pickle.dumps(Harm(open, str(target), "w"), 2)).close()  # noqa: S301
    assert target.exists()


def test_other_ways_in():
    objects = np.array([{}, "x"], dtype=object)
    assert "values of type 'O8'" in refusal(pickle.dumps({"data": objects}))
    assert "values of type 'V4'" in refusal(pickle.dumps(np.zeros(2, "i2,i2")))
    assert "'numpy.core.multiarray.fromfile'" in refusal(
        b"\x80\x02cnumpy.core.multiarray\nfromfile\n."
    )
    assert "asks for ndarray()" in refusal(b"\x80\x02cnumpy\nndarray\nK\x05\x85R.")
    assert "'numpyx.ndarray'" in refusal(b"\x80\x02cnumpyx\nndarray\n.")
    assert "the code 'zip'" in refusal(
        b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x03\x00\x00\x00zip\x86R."
    )
    assert "kept elsewhere" in refusal(b"\x80\x02K\x01Q.")
    assert "a value of type" in refusal(b"\x80\x02cnumpy\ndtype\n.")
    assert "a value of type" in refusal(pickle.dumps({"a": {1, 2}}, 4))


def test_state_cannot_change_the_stand_ins():
    """BUILD with attributes on what a name gives, in place of an object made of it."""
    core = b"numpy.core.multiarray\n"
    for name in (b"numpy\nndarray", b"numpy\ndtype", b"_codecs\nencode",
                 core + b"_reconstruct", core + b"scalar"):  # fmt: skip
        state = b"N}X\x04\x00\x00\x00evilK\x01s\x86"
        refusal(b"\x80\x02c" + name + b"\n" + state + b"b.")
    from footprint.ingest import plain_pickle

    assert not any(hasattr(entry, "evil") for entry in vars(plain_pickle).values())


def test_bytes_and_shape_that_disagree():
    content = files.python2_batch(files.pixels(3, 12), [1, 2, 3])
    wrong = content.replace(b"J\x0c\x00\x00\x00\x86", b"J\x0d\x00\x00\x00\x86")
    assert "36 bytes for an array of shape (3, 13) of uint8" in refusal(wrong)


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x80\x02}q", b"\x80\x63."])
def test_no_pickle_or_half_of_one(content):
    text = refusal(content)
    assert "data_batch_1 cannot be read as a pickle of arrays" in text
    assert "copy or download it again" in text


def test_values_that_share_and_hold_themselves():
    shared = [1]
    for _ in range(60):  # 2**60 values where they were copied
        shared = [shared, shared]
    found = load(pickle.dumps(shared), "a")
    for _ in range(60):
        assert found[0] is found[1]
        found = found[0]
    assert found == [1]
    endless = []
    endless.append(endless)
    assert "RecursionError" in refusal(pickle.dumps(endless))


def test_the_written_batch_is_what_python_2_writes():
    names = [
        op.name for op, _, _ in pickletools.genops(files.python2_batch(files.pixels(1, 3), [1]))
    ]
    assert names[0] == "PROTO"
    assert not {"BINUNICODE", "SHORT_BINBYTES", "FRAME"} & {*names}
    assert {"SHORT_BINSTRING", "BINSTRING", "BUILD"} <= {*names}
