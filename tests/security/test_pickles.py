"""No pickle is loaded, anywhere: it may call any function. See also tests/ingest/test_plain_pickle.

The library is searched for all that loads them, and files with a harmful one are read.
"""

import ast
import io
import pickle
import tarfile

import h5py
import numpy as np
import pytest

from footprint.config.images import ImageOptions
from footprint.config.toptagging import TopTaggingOptions
from footprint.errors import FileFormatError
from footprint.ingest import archive, images_batches, toptagging
from tests.conftest import ROOT
from tests.ingest import image_files, jet_sets

LOADERS = {"load", "loads", "read_hdf", "read_pickle", "Unpickler", "load_module"}
"""Functions and classes that may run a pickle."""
HARMLESS = {
    ("yaml.load", "src/footprint/config/yaml_files.py"),  # with a SafeLoader of its own
    ("plain_pickle.load", "src/footprint/ingest/images_batches.py"),
    ("onnx.load", "src/footprint/export/network.py"),  # protocol buffers
}
"""The rest of the library's calls of such names, and json.loads."""
PICKLING = {"pickle", "cPickle", "_pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}


def programs():
    folders = ("src", "scripts", "benchmarks")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def where(path):
    return str(path.relative_to(ROOT))


def test_only_the_restricted_reader_knows_pickle():
    users = set()
    for path in programs():
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if PICKLING & {name.split(".")[0] for name in names}:
                users.add(where(path))
    assert users == {"src/footprint/ingest/plain_pickle.py"}
    # What it makes of pickle: a class that finds nothing but stand-ins, and no other.
    tree = ast.parse((ROOT / "src/footprint/ingest/plain_pickle.py").read_text())
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    used = [ast.unparse(node) for node in nodes if ast.unparse(node.value) == "pickle"]
    assert used == ["pickle.Unpickler"]


def test_nothing_else_loads_what_may_hold_one():
    found = set()
    for path in programs():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name.rpartition(".")[2] in LOADERS and name != "json.loads":
                    found.add((name, where(path)))
                words = {word.arg: ast.unparse(word.value) for word in node.keywords}
                assert words.get("allow_pickle", "False") == "False", where(path)
                assert words.get("shell", "False") == "False", where(path)
                assert name not in {"eval", "exec", "os.system"}, where(path)
                if name.endswith("load_model"):
                    assert words["safe_mode"] == "True", where(path)
    found = {entry for entry in found if not entry[0].startswith("_Plain")}
    assert found == HARMLESS


class Harm:
    """What makes a file when it is loaded."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.fixture
def harm(tmp_path):
    """A harmful pickle; that its file is not there is asserted at the end."""
    path = tmp_path / "canary"
    pickle.loads(pickle.dumps(Harm(path))).close()  # noqa: S301
    path.unlink()
    yield Harm(path)
    assert not path.exists()


def test_npz_of_objects(tmp_path, harm):
    path = tmp_path / "a.npz"
    np.savez(path, a=np.array([harm, 1], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        np.load(path)["a"]
    with (
        archive.opened(str(path)) as opened,
        pytest.raises(FileFormatError, match=r"member 'a' of .* holds Python objects"),
    ):
        opened.rows("a")


def test_batches_of_images_in_an_archive(tmp_path, harm):
    """In the archive as it is published; what lies beside goes nowhere on the disk."""
    good = image_files.python2_batch(image_files.pixels(2, 32 * 32 * 3), [1, 2])
    bad = pickle.dumps({b"data": harm, b"labels": [1]}, 2)
    options = ImageOptions(set="cifar10", check=False)
    folder = tmp_path / "in"
    folder.mkdir()

    def read(members):
        path = folder / "a.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            for name, content in members.items():
                info = tarfile.TarInfo(name)
                if content is None:
                    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                    tar.addfile(info)
                else:
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
        return list(images_batches.read(str(path), options))

    outside = {"../canary": b"x", str(tmp_path / "canary"): b"x", "cifar/data_batch_3": None}
    blocks = read({"../../data_batch_1": good, **outside})
    assert [block.labels.tolist() for block in blocks] == [[1, 2]]
    with pytest.raises(FileFormatError, match=r"data_batch_2 in .* asks for 'io\.open'"):
        read({"data_batch_1": good, "data_batch_2": bad})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.tar.gz", "in"]


@pytest.mark.parametrize("kind", ["table", "fixed"])
def test_tables_of_pandas(tmp_path, harm, kind):
    """PyTables pickles what it has no type for: names in attributes, columns of objects."""
    path = tmp_path / "a.h5"
    getattr(jet_sets, kind)(path, *jet_sets.frame(jet_sets.jets(3)))
    pickled = pickle.dumps(harm)
    with h5py.File(path, "r+") as file:
        if kind == "table":
            file["table/table"].attrs["values_block_0_kind"] = np.void(pickled)
        else:
            del file["table/block0_items"]
            items = file["table"].create_dataset("block0_items", (1,), h5py.vlen_dtype("u1"))
            items[0] = np.frombuffer(pickled, np.uint8)
        file["table"].attrs["info"] = np.void(pickled)
    with pytest.raises(FileFormatError, match=r"names|perhaps pickled"):
        list(toptagging.read_blocks(str(path), TopTaggingOptions()))
