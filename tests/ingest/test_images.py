"""Images of every format come out as they went in."""

import gzip

import numpy as np
import pytest
from PIL import Image

from footprint.config.images import ImageFiles, ImageOptions
from footprint.files.events import open_events
from footprint.ingest.images import read_blocks
from footprint.ingest.sources import sources_of
from footprint.ingest.write import ingest
from tests.ingest import image_files as files
from tests.ingest.image_files import CLASSES

OWN = {"set": "own", "classes": CLASSES}


def read(path, **options):
    """All blocks of a file joined, after a look at their numbering."""
    blocks = list(read_blocks(str(path), ImageOptions(**options)))
    counts = [len(block.kept) for block in blocks]
    assert [block.first for block in blocks] == np.cumsum([0, *counts[:-1]]).tolist()
    return {n: np.concatenate([b.arrays[n] for b in blocks]) for n in blocks[0].arrays}


class TestIdx:
    @pytest.mark.parametrize("packed", [True, False])
    @pytest.mark.parametrize(("split", "number"), [("train", 0), ("t10k", 2)])
    def test_pixels_labels_and_split(self, tmp_path, packed, split, number):
        images, of_images = files.pixels(7, 4, 5), files.labels(7)
        path = files.write_idx(tmp_path, images, of_images, split, packed)
        found = read(path, set="mnist", check=False)
        assert list(found) == ["image", "label", "published_split"]
        np.testing.assert_array_equal(found["image"], images)
        np.testing.assert_array_equal(found["label"], of_images)
        assert (found["image"].dtype, found["label"].dtype) == (np.uint8, np.int64)
        assert found["published_split"].tolist() == [number] * 7

    def test_blocks_of_bounded_memory_give_the_same(self, tmp_path):
        images = files.pixels(300, 10, 10)
        path = files.write_idx(tmp_path, images, files.labels(300))
        options = ImageOptions(set="mnist", check=False, memory_MB=0.001)
        blocks = list(read_blocks(str(path), options))
        assert [len(block.kept) for block in blocks] == [128, 128, 44]
        np.testing.assert_array_equal(np.concatenate([b.arrays["image"] for b in blocks]), images)

    def test_colours_and_patterns_of_your_own(self, tmp_path):
        images = files.pixels(3, 4, 5, 3)
        path = tmp_path / "digits-images-idx4-ubyte.gz"
        path.write_bytes(gzip.compress(files.idx(images)))
        of_images = files.labels(3).astype(np.uint8)
        # Unpacked in spite of its name, as some programs leave it.
        (tmp_path / "digits-labels-idx1-ubyte.gz").write_bytes(files.idx(of_images))
        found = read(path, **OWN, colour=True, split_by_name={"validation": "dig*"})
        for place, name in enumerate(("red", "green", "blue")):
            np.testing.assert_array_equal(found[name], images[..., place])
        assert set(found["published_split"]) == {1}

    def test_no_images_at_all(self, tmp_path):
        path = files.write_idx(tmp_path, files.pixels(0, 4, 5), files.labels(0))
        assert read(path, set="mnist", check=False)["image"].shape == (0, 4, 5)


class TestNpz:
    @pytest.mark.parametrize("flat", [True, False])
    def test_both_splits_training_first(self, tmp_path, flat):
        x, y = files.pixels(5, 4, 4), files.labels(5).astype(np.uint8)
        labels = y if flat else y[:, np.newaxis]
        np.savez_compressed(tmp_path / "m.npz", x_test=x[3:], y_test=labels[3:],
                            x_train=x[:3], y_train=labels[:3])  # fmt: skip
        found = read(tmp_path / "m.npz", set="mnist", check=False)
        np.testing.assert_array_equal(found["image"], x)
        np.testing.assert_array_equal(found["label"], y)
        assert found["published_split"].tolist() == [0, 0, 0, 2, 2]

    def test_colours(self, tmp_path):
        x = files.pixels(3, 4, 4, 3)
        np.savez(tmp_path / "c.npz", x_train=x, y_train=files.labels(3))
        found = read(tmp_path / "c.npz", **OWN, colour=True)
        np.testing.assert_array_equal(np.stack([found[c] for c in ("red", "green", "blue")], -1), x)


class TestBatches:
    @pytest.fixture
    def rows(self):
        """Image i has red 10 i + row, green 100 + column, blue 200 + i."""
        row, column = np.mgrid[:32, :32]
        return np.array([
            np.concatenate([(10 * i + row % 10).ravel(), (100 + column).ravel(),
                            np.full(1024, 200 + i)]) for i in range(4)
        ]).astype(np.uint8)  # fmt: skip

    def check(self, found, rows):
        assert list(found) == ["red", "green", "blue", "label", "published_split"]
        assert found["red"].shape == (len(rows), 32, 32)
        row, column = np.mgrid[:32, :32]
        for i in range(len(rows)):
            np.testing.assert_array_equal(found["red"][i], 10 * (i % 4) + row % 10)
            np.testing.assert_array_equal(found["green"][i], 100 + column)
            assert (found["blue"][i] == 200 + i % 4).all()

    @pytest.mark.parametrize(("name", "number"), [("data_batch_1", 0), ("test_batch", 2)])
    def test_of_python_2(self, tmp_path, rows, name, number):
        (tmp_path / name).write_bytes(files.python2_batch(rows, [3, 8, 8, 0]))
        found = read(tmp_path / name, set="cifar10", check=False)
        self.check(found, rows)
        assert found["label"].tolist() == [3, 8, 8, 0]
        assert set(found["published_split"]) == {number}

    def test_an_archive_in_the_order_of_names_and_nothing_on_disk(self, tmp_path, rows):
        """Names that would leave the folder, or stand at the root, lead nowhere."""
        batch = [files.python2_batch(rows, [i] * 4) for i in range(3)]
        path = files.archive(tmp_path / "cifar-10-python.tar.gz", {
            "../../data_batch_2": batch[1], "cifar-10-batches-py/readme.html": b"",
            "/test_batch": batch[2], "cifar-10-batches-py/data_batch_1": batch[0],
            "cifar-10-batches-py/batches.meta": b"not read",
        })  # fmt: skip
        found = read(path, set="cifar10", check=False)
        self.check(found, [*rows, *rows, *rows])
        assert found["label"].tolist() == [0] * 4 + [1] * 4 + [2] * 4
        assert found["published_split"].tolist() == [0] * 8 + [2] * 4
        assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def save(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)


class TestFolder:
    @pytest.fixture
    def folder(self, tmp_path):
        """Two grey images of each class and split, a third of cats to train with."""
        self.images = {}
        for split in ("train", "test"):
            for label, name in enumerate(CLASSES):
                count = 3 if (split, name) == ("train", "cat") else 2
                values = files.pixels(count, 5, 6, seed=10 * label + count)
                self.images[f"{split}/{name}"] = values
                for i, image in enumerate(values):
                    save(tmp_path / "set" / split / name / f"{i}.PNG", image)
        return tmp_path / "set"

    def sample(self, *entries, **options):
        return ImageFiles(reader="images", files=[str(entry) for entry in entries],
                          options={"set": "folder", "classes": CLASSES, **options})  # fmt: skip

    def test_a_part_for_each_folder(self, folder):
        found = sources_of("pets", self.sample(folder))
        assert [source.key for source in found] == [
            "test/cat", "test/dog", "test/ship", "train/cat", "train/dog", "train/ship"
        ]  # fmt: skip
        assert found[0].part == "test_cat"
        same = sources_of("pets", self.sample(folder / "test", folder / "train"))
        assert sorted(s.key for s in same) == [source.key for source in found]

    def test_images_labels_and_split(self, folder):
        for source in sources_of("pets", self.sample(folder)):
            found = read(source.path, set="folder", classes=CLASSES)
            np.testing.assert_array_equal(found["image"], self.images[source.key])
            split, name = source.key.split("/")
            assert set(found["label"]) == {CLASSES[name]}
            assert set(found["published_split"]) == {2 if split == "test" else 0}

    def test_classes_alone_count_as_training(self, folder):
        sample = self.sample(folder / "train" / ".." / "train")
        (folder / "train").rename(folder / "pictures")
        sample = self.sample(folder / "pictures")
        found = sources_of("pets", sample)
        assert [source.key for source in found] == ["cat", "dog", "ship"]
        assert set(read(found[0].path, set="folder", classes=CLASSES)["published_split"]) == {0}

    def test_colours_and_tables_of_colours(self, tmp_path):
        values = files.pixels(2, 5, 6, 3)
        save(tmp_path / "cat" / "a.png", values[0])
        flat = np.repeat(np.repeat(values[1:, :1, :1], 5, 1), 6, 2)[0]
        Image.fromarray(flat).quantize(2).save(tmp_path / "cat" / "b.png")
        found = read(tmp_path / "cat", set="folder", classes=CLASSES, colour=True)
        joined = np.stack([found[c] for c in ("red", "green", "blue")], -1)
        np.testing.assert_array_equal(joined, [values[0], flat])


def test_an_event_file_says_what_the_labels_are(tmp_path):
    path = files.write_idx(tmp_path, files.pixels(5, 4, 4), files.labels(5))
    sample = ImageFiles(reader="images", files=[f"{tmp_path}/*.gz"],
                        options={"set": "fashion_mnist", "check": False})  # fmt: skip
    (source,) = sources_of("clothes", sample)
    assert source.path == str(path)
    assert source.beside == (str(path.with_name(files.IDX_LABELS)),)
    ingest(source, "clothes", sample, 1, tmp_path / "out.h5")
    with open_events(tmp_path / "out.h5") as events:
        assert set(events.specs) == {*sample.arrays, "event_id"}
        assert events.specs["label"].description.startswith("class: 0 t_shirt, 1 trouser")
        assert len(np.unique(events.file["event_id"])) == 5
