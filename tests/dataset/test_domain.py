"""Ranges of the training events: those of the events themselves, however they were cut."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.dataset import domain
from footprint.dataset.build import build_dataset
from footprint.errors import FileFormatError
from footprint.files.datasets import open_dataset
from footprint.files.domain import GROUP, LEVELS, read_domain
from footprint.seeds import event_ids

CONFIG = Dataset.model_validate({
    "samples": ["s"],
    "inputs": {"both": [{"array": "a", "transform": "log10(1 + x)"}, "n"]},
    "targets": {"t": {"array": "t"}},
    "spectators": ["a", "n"],
    "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
})  # fmt: skip


@pytest.fixture
def arrays(rng):
    a = rng.exponential(100.0, 2000).astype(np.float32)
    a[rng.random(2000) < 0.25] = np.nan
    n = rng.integers(-5, 40, 2000)
    return {"a": a, "n": n, "t": rng.normal(size=2000)}


def of(data, name):
    return read_domain(data.file, data.path, name)


def built(path, parts, like=None):
    build_dataset(path, "d", CONFIG, {"s": parts}, like)
    return path


def test_range_and_quantiles_are_those_of_the_training_events(tmp_path, write_events, arrays):
    part = write_events(arrays, units={"a": "VEM"})
    with open_dataset(built(tmp_path / "d.h5", [part])) as data:
        truth = data.file["train/spectators/a"][:]
        spec, found = of(data, "a")
        counts = of(data, "n")[1]
        numbers = data.file["train/spectators/n"][:]
        everything = np.nanmax(arrays["a"])
    assert spec.units == "VEM"
    assert (found.low, found.high) == (np.nanmin(truth), np.nanmax(truth))
    assert found.missing == pytest.approx(np.isnan(truth).mean())
    np.testing.assert_allclose(found.quantiles, np.nanquantile(truth, LEVELS), rtol=1e-6)
    assert (counts.low, counts.high, counts.missing) == (numbers.min(), numbers.max(), 0.0)
    # Before the transform, and without the other splits.
    assert found.high > 100
    assert found.high <= everything


def test_files_do_not_depend_on_how_events_were_cut(tmp_path, write_events, arrays, monkeypatch):
    monkeypatch.setattr(domain, "MOST_VALUES", 100)
    whole = write_events(arrays)
    halves = [
        write_events({name: values[part] for name, values in arrays.items()}, first=part.start,
                     name=f"half{part.start}.h5")
        for part in (slice(0, 700), slice(700, 2000))
    ]  # fmt: skip
    ranges = []
    for number, parts in enumerate(([whole], halves)):
        with open_dataset(built(tmp_path / f"d{number}.h5", parts)) as data:
            ranges.append({name: of(data, name) for name in ("a", "n")})
    assert ranges[0] == ranges[1]


def test_quantiles_of_a_sample_are_near_those_of_all(monkeypatch, rng):
    monkeypatch.setattr(domain, "MOST_VALUES", 5000)
    sketch = domain.DomainSketch(["x"])
    keys = rng.integers(0, 2**63, 50_000).astype(np.uint64)
    for start in range(0, 50_000, 1000):
        rows = slice(start, start + 1000)
        # Rising, so that the first events alone would be far too small.
        sketch.add(keys[rows], {"x": np.arange(50_000.0)[rows]}, np.ones(1000, bool))
    found = sketch.ranges()["x"]
    assert (found.low, found.high) == (0, 49_999)
    for level, value in zip(LEVELS, found.quantiles, strict=True):
        error = 50_000 * np.sqrt(level * (1 - level) / 5000)
        assert abs(value - 50_000 * level) < 4 * error
    seen = sketch._seen["x"]
    assert sum(map(len, seen.keys)) <= 5000


def test_an_array_that_was_never_measured():
    sketch = domain.DomainSketch(["x"])
    sketch.add(event_ids("s", 0, 3), {"x": np.full((3, 2), np.nan)}, np.ones(3, bool))
    found = sketch.ranges()["x"]
    assert found.missing == 1
    assert np.isnan([found.low, found.high, *found.quantiles]).all()


def test_without_ranges_the_message_says_what_to_do(tmp_path, write_events, arrays):
    part = write_events(arrays)
    first = built(tmp_path / "d.h5", [part])
    with open_dataset(built(tmp_path / "like.h5", [part], first)) as data:
        assert GROUP not in data.file
        with pytest.raises(FileFormatError, match=r"has no 'domain'.*Build it again"):
            of(data, "a")
    with (
        open_dataset(first) as data,
        pytest.raises(FileFormatError, match=r"no range of array 'b'"),
    ):
        of(data, "b")


def test_ids_choose_the_events_not_their_order(monkeypatch, rng):
    monkeypatch.setattr(domain, "MOST_VALUES", 50)
    keys, values = rng.permutation(1000).astype(np.uint64), rng.normal(size=1000)
    found = []
    for order in (np.arange(1000), rng.permutation(1000)):
        sketch = domain.DomainSketch(["x"])
        for part in np.array_split(order, 7):
            sketch.add(keys[part], {"x": values[part]}, np.ones(len(part), bool))
        found.append(sketch.ranges())
    assert found[0] == found[1]
