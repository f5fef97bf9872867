"""Small files of images in the formats of the public sets, written byte by byte."""

import gzip
import io
import struct
import tarfile

import numpy as np

IDX_IMAGES, IDX_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
CLASSES = {"cat": 0, "dog": 1, "ship": 2}


def pixels(count, *shape, seed=1):
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)


def labels(count, classes=3):
    return np.arange(count) % classes


def idx(values, kind=8, lengths=None):
    """The bytes of an idx file: magic number, lengths, values."""
    shape = values.shape if lengths is None else lengths
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape) + values.tobytes()


def write_idx(folder, images, of_images, split="train", packed=True):
    """A pair of files; gives the path of the images."""
    folder.mkdir(exist_ok=True)
    for kind, values in (("images", images), ("labels", of_images.astype(np.uint8))):
        name = f"{split}-{kind}-idx{values.ndim}-ubyte" + (".gz" if packed else "")
        content = idx(values)
        (folder / name).write_bytes(gzip.compress(content) if packed else content)
    return folder / (f"{split}-images-idx3-ubyte" + (".gz" if packed else ""))


def _short(text):
    return b"U" + bytes([len(text)]) + text


def _integers(numbers):
    return b"](" + b"".join(b"M" + struct.pack("<H", n) for n in numbers) + b"e"


def python2_batch(data, of_images, package=b"numpy.core"):
    """A batch as cPickle of Python 2 wrote it with protocol 2."""
    rows, columns = (b"J" + struct.pack("<i", n) for n in data.shape)
    dtype = (b"cnumpy\ndtype\n" + _short(b"u1") + b"K\x00K\x01\x87R(K\x03" + _short(b"|")
             + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb")  # fmt: skip
    raw = data.tobytes()
    array = (b"c" + package + b".multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85"
             + _short(b"b") + b"\x87R(K\x01" + rows + columns + b"\x86" + dtype + b"\x89T"
             + struct.pack("<i", len(raw)) + raw + b"tb")  # fmt: skip
    names = b"](" + b"".join(_short(b"image_%d.png" % i) for i in range(len(data))) + b"e"
    return (b"\x80\x02}q\x01(" + _short(b"batch_label") + _short(b"training batch 1 of 5")
            + _short(b"labels") + _integers(of_images) + _short(b"data") + array
            + _short(b"filenames") + names + b"u.")  # fmt: skip


def archive(path, members):
    """A packed archive of files by their names."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path
