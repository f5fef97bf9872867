"""The real Fashion-MNIST, where Debian's package dataset-fashion-mnist is installed."""

from pathlib import Path

import numpy as np
import pytest

from footprint.config.images import ImageFiles
from footprint.errors import FileFormatError
from footprint.ingest.images import read_blocks
from footprint.ingest.sources import sources_of

FOLDER = Path("/usr/share/datasets/fashion-mnist")
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"{FOLDER} is missing: apt-get install dataset-fashion-mnist",
)
FIRST = {"train": [9, 0, 0, 3, 0, 2, 7, 2, 5, 5], "t10k": [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]}
"""Labels of the first images, as published."""


@pytest.mark.parametrize(("split", "of_class", "number"), [("train", 6000, 0), ("t10k", 1000, 2)])
def test_labels_shapes_counts_and_checksums(split, of_class, number):
    sample = ImageFiles(reader="images", files=[f"{FOLDER}/*"], options={"set": "fashion_mnist"})
    (source,) = [s for s in sources_of("clothes", sample) if s.key.startswith(split)]
    blocks = list(read_blocks(source.path, sample.options))
    images = np.concatenate([block.arrays["image"] for block in blocks])
    labels = np.concatenate([block.arrays["label"] for block in blocks])
    assert images.shape == (10 * of_class, 28, 28)
    assert labels[:10].tolist() == FIRST[split]
    assert np.bincount(labels).tolist() == [of_class] * 10
    assert {int(n) for block in blocks for n in block.arrays["published_split"]} == {number}
    # Mean brightness of the set as usually quoted, 0.2860 and 0.2868 of 255.
    assert images.mean() / 255 == pytest.approx(0.2860 if split == "train" else 0.2868, abs=1e-4)


def test_one_set_taken_for_another_is_named():
    sample = ImageFiles(reader="images", files=[f"{FOLDER}/t10k*"], options={"set": "mnist"})
    (source,) = sources_of("digits", sample)
    with pytest.raises(FileFormatError, match="It is of fashion_mnist: say set: fashion_mnist"):
        list(read_blocks(source.path, sample.options))
