"""What is wrong with files of images is said with words, and what to do."""

import gzip
import pickle

import numpy as np
import pytest
from PIL import Image

from footprint.config.images import ImageFiles, ImageOptions
from footprint.errors import ConfigError, DataError, FileFormatError
from footprint.ingest.images import read_blocks
from footprint.ingest.sources import sources_of
from tests.ingest import image_files as files
from tests.ingest.image_files import CLASSES
from tests.ingest.test_images import save
from tests.ingest.test_plain_pickle import Harm


def refusal(path, error, **options):
    options = {"set": "mnist", "check": False} | options
    with pytest.raises(error) as caught:
        list(read_blocks(str(path), ImageOptions(**options)))
    return str(caught.value)


class TestIdx:
    @pytest.fixture
    def path(self, tmp_path):
        return files.write_idx(tmp_path, files.pixels(6, 4, 5), files.labels(6))

    def change(self, path, content, kind="images"):
        name = files.IDX_IMAGES if kind == "images" else files.IDX_LABELS
        path.with_name(name).write_bytes(gzip.compress(content))

    def test_another_content_than_the_published(self, path):
        text = refusal(path, FileFormatError, check=True, set="fashion_mnist")
        assert f"{path} is not the published file of fashion_mnist" in text
        assert "expected f4a8712d7a061bf5bd6d2ca38dc4d50a" in text
        assert "say check: false" in text

    def test_a_name_that_was_not_published(self, path):
        for name in (files.IDX_IMAGES, files.IDX_LABELS):
            path.with_name(name).rename(path.with_name(f"train-{name}"))
        other = path.with_name(f"train-{path.name}")
        text = refusal(other, FileFormatError, check=True)
        assert "no checksum is published for a file of this name of mnist" in text
        assert "train-images-idx3-ubyte" in text

    @pytest.mark.parametrize("kind", ["images", "labels"])
    def test_truncated(self, path, kind):
        name = files.IDX_IMAGES if kind == "images" else files.IDX_LABELS
        content = path.with_name(name).read_bytes()
        path.with_name(name).write_bytes(content[:-12])
        text = refusal(path, FileFormatError)
        assert f"{path.with_name(name)}: EOFError" in text
        assert "truncated" in text
        assert "copy or download it again" in text
        assert "truncated" in refusal(path, FileFormatError, check=True)

    def test_truncated_before_it_was_packed(self, path):
        self.change(path, files.idx(files.pixels(6, 4, 5))[:-7])
        text = refusal(path, FileFormatError)
        assert "cannot read 6 values of" in text
        assert "it ends after 113 of 120 bytes" in text
        self.change(path, b"\0\0\x08\x03\0\0")
        assert "it ends within its header" in refusal(path, FileFormatError)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"\x03\x08\0\0" + bytes(100), ("03080000, expected 00000803 (bytes, 3 axes): it is "
             "written little-endian")),
            (files.idx(np.zeros((6, 4, 5), ">f4"), 13), ("00000d03, expected 00000803 (bytes, 3 "
             "axes): it holds float32 with 3 axes")),
            (files.idx(np.zeros(6, "u1")), ("00000801, expected 00000803 (bytes, 3 axes): it holds "
             "uint8 with 1 axes. Are images and labels exchanged?")),
            (b"<html>", "3c68746d, expected 00000803"),
            (b"", "(empty file), expected 00000803"),
        ],
    )  # fmt: skip
    def test_wrong_magic_number(self, path, content, words):
        self.change(path, content)
        text = refusal(path, FileFormatError)
        assert f"{path} is no idx file of images: wrong magic number {words}" in text

    def test_lengths_that_no_images_have(self, path):
        self.change(path, files.idx(np.zeros(20, "u1"), lengths=(6, 0, 5)))
        assert "its header says shape (6, 0, 5)" in refusal(path, FileFormatError)

    def test_more_than_the_header_says(self, path):
        self.change(path, files.idx(files.pixels(6, 4, 5)) + b"x")
        assert "goes on after the last value" in refusal(path, FileFormatError)

    def test_labels_of_other_length(self, path):
        self.change(path, files.idx(np.zeros(5, "u1")), "labels")
        text = refusal(path, DataError)
        assert f"{path} holds 6 images, {path.with_name(files.IDX_LABELS)} 5 labels" in text

    def test_labels_out_of_range(self, path):
        self.change(path, files.idx(np.array([0, 1, 2, 3, 10, 255], "u1")), "labels")
        text = refusal(path, DataError)
        assert "labels out of range, 2 of 6 images" in text
        assert "first 10 for image 4: expected 0 zero, 1 one, " in text

    def test_labels_that_vanished(self, path):
        path.with_name(files.IDX_LABELS).unlink()
        text = refusal(path, FileFormatError)
        assert text == f"file not found: {path.with_name(files.IDX_LABELS)}"

    def test_a_name_that_says_no_split(self, path):
        text = refusal(path, DataError, set="own", classes=CLASSES, split_by_name={"test": "t10k*"})
        assert f"{path}: its name does not say which published split" in text
        assert f"split_by_name, such as {{train: '{path.name}'}}" in text


class TestNpz:
    def write(self, folder, **members):
        good = {"x_train": files.pixels(4, 3, 3), "y_train": files.labels(4)}
        members = {name: v for name, v in (good | members).items() if v is not None}
        np.savez(folder / "mnist.npz", **members)
        return folder / "mnist.npz"

    def test_another_file_than_the_published(self, tmp_path):
        text = refusal(self.write(tmp_path), FileFormatError, check=True)
        assert "mnist.npz is not the published file of mnist: its content has sha256" in text

    @pytest.mark.parametrize(
        ("members", "error", "words"),
        [
            ({"x_train": np.array([{}, "x"], object)}, FileFormatError,
             "member 'x_train' of {path} holds Python objects (dtype object), which only pickle"),
            ({"y_train": np.array([0, {}], object)}, FileFormatError,
             "member 'y_train' of {path} holds Python objects"),
            ({"y_train": np.zeros(3, "u1")}, DataError,
             "member 'x_train' of {path} holds 4 images, member 'y_train' of {path} 3 labels"),
            ({"y_train": np.zeros(4)}, FileFormatError, ("holds float64 of shape (4,), expected "
             "one whole number for each image")),
            ({"y_train": np.zeros((4, 10), int)}, FileFormatError, "int64 of shape (4, 10)"),
            ({"x_train": np.zeros((4, 3, 3))}, FileFormatError, ("pixels of type float64, expected "
             "uint8, 0 to 255")),
            ({"x_train": files.pixels(4, 3, 3, 3)}, FileFormatError, ("shape (4, 3, 3, 3), "
             "expected (n, rows, columns): look at options.colour, which is false")),
            ({"x_train": np.uint8(3)}, FileFormatError, "'x_train' of {path} is a single value"),
            ({"y_train": None}, FileFormatError, "{path} has no member 'y_train'"),
            ({"x_train": None, "images": np.zeros(3)}, FileFormatError,
             ("{path} has no member 'x_train', expected x_train, y_train, x_test and y_test; "
             "found: images, y_train")),
            ({"y_train": np.array([0, -1, 1, 1])}, DataError, "first -1 for image 1: expected"),
        ],
    )  # fmt: skip
    def test_faults(self, tmp_path, members, error, words):
        path = self.write(tmp_path, **members)
        assert words.format(path=path) in refusal(path, error)

    def test_truncated(self, tmp_path):
        path = self.write(tmp_path)
        path.write_bytes(path.read_bytes()[:200])
        assert "is truncated" in refusal(path, FileFormatError)


class TestBatches:
    DATA = files.pixels(4, 3072)

    def batch(self, folder, content, **options):
        path = folder / "data_batch_1"
        path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, 2))
        return refusal(path, (FileFormatError, DataError), **{"set": "cifar10"} | options)

    @pytest.mark.parametrize("archived", [True, False])
    def test_a_forbidden_pickle_is_refused_and_nothing_executed(self, tmp_path, archived):
        target = tmp_path / "harm"
        content = pickle.dumps({b"data": Harm(open, str(target), "w"), b"labels": [1]}, 2)
        if archived:
            path = files.archive(tmp_path / "c.tar.gz", {"x/data_batch_1": content})
            text = refusal(path, FileFormatError, set="cifar10")
            assert f"data_batch_1 in {path} is a pickle that asks for 'io.open'" in text
        else:
            text = self.batch(tmp_path, content)
            assert "data_batch_1 is a pickle that asks for 'io.open'" in text
        assert "nothing of it was executed" in text
        assert not target.exists()

    def test_another_content_than_the_published(self, tmp_path):
        content = files.python2_batch(self.DATA, [0] * 4)
        text = self.batch(tmp_path, content, check=True)
        assert "expected c99cafc152244af753f735de768cd75f" in text
        path = files.archive(tmp_path / "c.tar.gz", {"x/test_batch": content})
        text = refusal(path, FileFormatError, set="cifar10", check=True)
        assert f"test_batch in {path} is not the published file of cifar10" in text

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ({"data": DATA, "labels": [1, 2, 3]}, "'data' holds 4 images, 'labels' 3 labels"),
            ({"data": DATA, "labels": [1, 2, 3, 10]}, "first 10 for image 3: expected 0 airplane"),
            ({"data": DATA, "labels": [1, 2, 3, "a"]}, "'labels' is no list of whole numbers"),
            ({"data": DATA}, "has no entry 'labels'; known: data"),
            ({"data": DATA[:, :784], "labels": [0] * 4}, ("'data' has shape (4, 784), expected "
             "(n, 3072): 32x32 of red, of green, of blue")),
            ({"data": DATA.astype("f4"), "labels": [0] * 4}, "pixels of type float32"),
            ({"data": [1], "labels": [0]}, "'data' has shape list"),
            ([1, 2], "holds a list, expected a dict"),
            (b"\x80\x02}q", "cannot be read as a pickle of arrays"),
        ],
    )  # fmt: skip
    def test_faults(self, tmp_path, content, words):
        assert words in self.batch(tmp_path, content)

    def test_archives_without_or_with_twice_the_batch(self, tmp_path):
        path = files.archive(tmp_path / "c.tar.gz", {"a/other": b"", "b": b""})
        text = refusal(path, FileFormatError, set="cifar10")
        assert "holds no batches" in text
        assert "found: a/other, b" in text
        files.archive(path, {"a/test_batch": b"", "b/test_batch": b""})
        text = refusal(path, FileFormatError, set="cifar10")
        assert "holds two files called 'test_batch'" in text
        path.write_bytes(path.read_bytes()[:60])
        assert "cannot read the list of contents" in refusal(path, FileFormatError, set="cifar10")

    def test_batches_have_colours(self, tmp_path):
        assert "say colour: true" in self.batch(tmp_path, b"", classes=CLASSES, set="own")


class TestFolder:
    def read(self, folder, **options):
        error = (FileFormatError, DataError)
        return refusal(folder, error, set="folder", classes=CLASSES, **options)

    def test_an_image_of_another_size(self, tmp_path):
        for name, size in (("a", (4, 5)), ("b", (4, 5)), ("c", (5, 4))):
            save(tmp_path / "cat" / f"{name}.png", files.pixels(1, *size)[0])
        text = self.read(tmp_path / "cat")
        assert f"{tmp_path}/cat/c.png has 5 x 4 pixels, a.png has 4 x 5" in text

    @pytest.mark.parametrize(("mode", "colour"), [("RGB", False), ("RGBA", True), ("L", True),
                                                  ("I;16", False)])  # fmt: skip
    def test_other_colours(self, tmp_path, mode, colour):
        (tmp_path / "cat").mkdir()
        Image.new(mode, (3, 3)).save(tmp_path / "cat" / "a.png")
        text = self.read(tmp_path / "cat", colour=colour)
        assert f"a.png is an image of mode {mode}, expected" in text
        assert f"options.colour {str(colour).lower()}" in text

    def test_no_images_broken_ones_and_other_formats(self, tmp_path, caplog):
        folder = tmp_path / "cat"
        folder.mkdir()
        assert "holds no PNG files, expected images of class 'cat'" in self.read(folder)
        save(folder / "a.png", files.pixels(1, 30, 30)[0])
        (folder / "notes.txt").touch()
        content = (folder / "a.png").read_bytes()
        (folder / "b.png").write_bytes(content[: len(content) // 2])
        assert f"cannot read the image of {folder}/b.png" in self.read(folder)
        assert "1 files that are no PNG are left out, first notes.txt" in caplog.text
        Image.new("L", (3, 3)).save(folder / "b.png", format="GIF")
        assert f"cannot read the image of {folder}/b.png" in self.read(folder)

    @pytest.fixture
    def planned(self, tmp_path):
        def plan(*folders, entry=tmp_path):
            for name in folders:
                (tmp_path / name).mkdir(parents=True)
            sample = ImageFiles(reader="images", files=[str(entry)],
                                options={"set": "folder", "classes": CLASSES})  # fmt: skip
            with pytest.raises((ConfigError, FileFormatError)) as caught:
                sources_of("pets", sample)
            return str(caught.value)

        return plan

    def test_folders_that_do_not_fit_the_classes(self, planned, tmp_path):
        assert "samples.pets.files: no folder below" in planned("train/cat", "test/dog")
        assert "for the classes ['ship'] of options.classes; found: cat, dog" in planned()
        text = planned("train/bird")
        assert f"'{tmp_path}/train/bird' is no class of options.classes; known: cat" in text
        assert "expected a folder that holds one" in planned(entry=tmp_path / "nowhere")
        assert "holds no folders" in planned("empty", entry=tmp_path / "empty")


class TestSample:
    def refusal(self, *names, **options):
        options = {"set": "mnist"} | options
        with pytest.raises(ConfigError) as caught:
            ImageFiles(reader="images", files=["a"], options=options).together("s", names)
        return str(caught.value)

    def test_images_without_labels(self):
        text = self.refusal("d/train-images-idx3-ubyte.gz", "d/t10k-labels-idx1-ubyte.gz")
        assert "samples.s.files: 'd/train-images-idx3-ubyte.gz' are images without labels" in text
        assert "expected 'd/train-labels-idx1-ubyte.gz' among the files" in text

    def test_labels_without_images(self):
        text = self.refusal("d/t10k-labels-idx1-ubyte.gz")
        assert "'d/t10k-labels-idx1-ubyte.gz' belongs to no images" in text

    def test_what_is_no_file_of_images(self):
        text = self.refusal("d/data_batch_1", "d/batches.meta", "d/notes", set="cifar10")
        assert "samples.s.files: 'd/notes' is not named like a file of images" in text
        assert "or a batch called data_batch* or test_batch*; leave it out of the glob" in text

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"set": "mnist", "classes": CLASSES}, "classes is known of mnist: leave it out"),
            ({"set": "cifar10", "colour": True}, "colour is known of cifar10"),
            ({"set": "own"}, "set: own needs 'classes:', such as {cat: 0, dog: 1}"),
            ({"set": "folder", "classes": {"cat": -1, "dog": 1}}, "greater than or equal to 0"),
            ({"set": "minst"}, "'mnist', 'fashion_mnist', 'cifar10', 'own' or 'folder'"),
        ],
    )
    def test_options(self, options, words):
        with pytest.raises(ValueError, match=words.replace("{", r"\{")) as caught:
            ImageOptions(**options)
        assert words in str(caught.value)

    def test_a_folder_cannot_be_fetched(self):
        download = {"files": {"a.zip": {"url": "https://h/a.zip", "md5": "0" * 32}}}
        options = {"set": "folder", "classes": CLASSES}
        with pytest.raises(ValueError, match="set: folder is read from disk"):
            ImageFiles(reader="images", download=download, options=options)
