"""Small jets, and files in the layouts of the top-tagging reference data as pandas writes them."""

import pickle

import h5py
import numpy as np

COMPONENTS = ("E", "PX", "PY", "PZ")
FLOATS = [f"{c}_{i}" for i in range(200) for c in COMPONENTS]
FLOATS += ["truthE", "truthPX", "truthPY", "truthPZ"]
INTEGERS = ["ttv", "is_signal_new"]


def jets(count=20, seed=1, most=30):
    """Massless constituents, shape (count, 200, 4) of E, px, py, pz, zeros after the last one."""
    rng = np.random.default_rng(seed)
    vectors = np.zeros((count, 200, 4))
    for jet in vectors:
        number = rng.integers(1, most + 1)
        momentum = rng.normal([20, 5, 8], 10, (number, 3))
        momentum = momentum[np.argsort(-np.hypot(momentum[:, 0], momentum[:, 1]))]
        jet[:number, 0] = np.linalg.norm(momentum, axis=1)
        jet[:number, 1:] = momentum
    return vectors.astype("f4")


def frame(vectors, label=None, ttv=0):
    """Columns of the reference data: floats (n, 804) and integers (n, 2)."""
    count = len(vectors)
    label = np.arange(count) % 2 if label is None else np.asarray(label)
    truth = np.outer(label == 1, [700.0, 600.0, 100.0, 200.0]).astype("f4")
    integers = np.column_stack([np.broadcast_to(ttv, count), label]).astype("i8")
    return np.hstack([vectors.reshape(count, 800), truth]), integers


def table(path, floats, integers, names=FLOATS, protocol=0, **options):
    """Table format: a compound data set, the names of its columns pickled in attributes."""
    kinds = [("index", "i8"), ("values_block_0", "f4", floats.shape[1:])]
    kinds += [("values_block_1", integers.dtype, integers.shape[1:])]
    records = np.zeros(len(floats), kinds)
    records["index"] = np.arange(len(floats))
    records["values_block_0"], records["values_block_1"] = floats, integers
    with h5py.File(path, "w") as file:
        data = file.create_dataset("table/table", data=records, **options)
        for number, columns in enumerate((names, INTEGERS)):
            text = pickle.dumps(list(columns), protocol)
            data.attrs[f"values_block_{number}_kind"] = np.void(text)
    return path


def fixed(path, floats, integers, key="table"):
    """Fixed format: items and values of each block."""
    with h5py.File(path, "w") as file:
        group = file.create_group(key)
        group["axis0"] = np.array([*FLOATS, *INTEGERS], "S13")
        group["axis1"] = np.arange(len(floats))
        group["block0_items"], group["block0_values"] = np.array(FLOATS, "S13"), floats
        group["block1_items"], group["block1_values"] = np.array(INTEGERS, "S13"), integers
    return path
