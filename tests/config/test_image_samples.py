"""Samples of images in YAML: what docs/images.md shows is what the library knows."""

import re

import pytest
import yaml
from pydantic import TypeAdapter

from footprint.config.image_sets import IMAGE_SETS
from footprint.config.samples import Sample
from footprint.config.splits import PublishedSplit
from footprint.ingest.sources import sources_of
from tests.conftest import ROOT

BLOCKS = [
    yaml.safe_load(block)
    for block in re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs" / "images.md").read_text(), re.DOTALL
    )
]


def shown(key):
    return [block[key] for block in BLOCKS if key in block]


@pytest.mark.parametrize("samples", shown("samples"), ids="-".join)
def test_samples_of_the_documentation(samples):
    ((name, data),) = samples.items()
    sample = TypeAdapter(Sample).validate_python(data)
    assert {"label", "published_split"} < {*sample.arrays}
    known = IMAGE_SETS.get(sample.options.set)
    for file in sample.fetched(name).values():
        assert file.checksum in [*known.checksums.values(),
                                 ("md5", "c58f30108f718f92721af3b95e74349a")]  # fmt: skip
    if sample.download:
        found = sources_of(name, sample)
        assert len(found) == (2 if sample.options.set == "fashion_mnist" else 1)
        assert all(source.path.startswith("resources/downloads/") for source in found)


def test_classes_of_the_documentation():
    found = [tuple(entry["classes"]) for (entry,) in (t.values() for t in shown("targets"))]
    assert set(found) == {known.classes for known in IMAGE_SETS.values()}
    for targets in shown("targets"):
        ((_, target),) = targets.items()
        assert list(target["classes"].values()) == list(range(10))


def test_split_of_the_documentation():
    (split,) = shown("split")
    assert PublishedSplit(**split).validation_from == "test"


def test_labels_are_truth(faults):
    def change(study):
        study["samples"]["digits"] = {"reader": "images", "files": ["a"],
                                      "options": {"set": "mnist"}}  # fmt: skip
        study["datasets"]["digits"] = {"samples": ["digits"], "inputs": {"image": ["label"]},
                                       "targets": {"x": {"array": "image"}}}  # fmt: skip

    assert "'label' of sample 'digits' is generator truth" in faults(change)
