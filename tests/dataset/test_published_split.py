"""The split that a set was published with is kept to the event."""

import numpy as np
import pytest

from footprint.dataset.build import build_dataset
from footprint.errors import ConfigError, DataError
from footprint.files.datasets import SPLITS, open_dataset
from footprint.survey.datasets.card import facts
from tests.dataset.made_up import arrays, built, config


def rows_of(path):
    """Indices in the sample of each split's events."""
    with open_dataset(path) as dataset:
        return {
            split: np.sort((dataset.event_id(split) & np.uint64(0xFFFFFFFF)).astype(int))
            for split in SPLITS
        }


@pytest.fixture
def published(rng):
    return rng.integers(0, 3, 300).astype(np.int32)


def test_each_event_goes_where_it_was_published(tmp_path, write_events, published):
    part = write_events(arrays(part=published))
    found = rows_of(built(tmp_path, {"s": [part]}, config(split={"published": "part"})))
    for number, split in enumerate(SPLITS):
        np.testing.assert_array_equal(found[split], np.flatnonzero(published == number))


def test_other_numbers_and_a_selection(tmp_path, write_events, published):
    split = {"published": "part", "values": {"train": 2, "test": 0, "validation": 1}}
    part = write_events(arrays(part=published))
    settings = config(split=split, selection="energy > 50")
    found = rows_of(built(tmp_path, {"s": [part]}, settings))
    kept = arrays()["energy"].astype(np.float32) > 50
    np.testing.assert_array_equal(found["train"], np.flatnonzero((published == 2) & kept))
    np.testing.assert_array_equal(found["test"], np.flatnonzero((published == 0) & kept))


QUARTER = {"published": "test", "values": {"train": 0, "test": 1}, "validation": 0.25}


class TestWithoutPublishedValidation:
    @pytest.fixture
    def test(self):
        return (np.arange(300) >= 200).astype(np.uint8)

    def test_a_share_of_training_becomes_validation(self, tmp_path, write_events, test):
        part = write_events(arrays(test=test))
        found = rows_of(built(tmp_path, {"s": [part]}, config(split=QUARTER)))
        np.testing.assert_array_equal(found["test"], np.arange(200, 300))
        both = np.sort(np.concatenate([found["train"], found["validation"]]))
        np.testing.assert_array_equal(both, np.arange(200))
        assert len(found["validation"]) == pytest.approx(50, abs=3 * np.sqrt(50 * 0.75))

    def test_a_share_of_test_becomes_validation(self, tmp_path, write_events, test):
        """As in tutorials on images: training stays whole, the rest of test stays test."""
        part = write_events(arrays(test=test))
        split = QUARTER | {"validation_from": "test"}
        found = rows_of(built(tmp_path, {"s": [part]}, config(split=split)))
        np.testing.assert_array_equal(found["train"], np.arange(200))
        both = np.sort(np.concatenate([found["test"], found["validation"]]))
        np.testing.assert_array_equal(both, np.arange(200, 300))
        assert len(found["validation"]) == pytest.approx(25, abs=3 * np.sqrt(25 * 0.75))

    def test_more_events_move_none_and_another_salt_does(self, tmp_path, write_events, test):
        short = {name: values[:250] for name, values in arrays(test=test).items()}
        one = rows_of(built(
            tmp_path, {"s": [write_events(short, name="a.h5")]}, config(split=QUARTER), "one"
        ))["validation"]  # fmt: skip
        whole = {"s": [write_events(arrays(test=test), name="b.h5")]}
        two = rows_of(built(tmp_path, whole, config(split=QUARTER), "two"))["validation"]
        np.testing.assert_array_equal(one, two)
        salted = rows_of(built(tmp_path, whole, config(split=QUARTER | {"salt": 1}), "three"))
        assert set(salted["validation"]) != set(two)

    def test_rows_that_belong_together_stay_together(self, tmp_path, write_events, test):
        run = np.arange(300) // 10
        split = QUARTER | {"together": "run"}
        part = write_events(arrays(test=test, run=run))
        found = rows_of(built(tmp_path, {"s": [part]}, config(split=split)))
        assert not set(run[found["train"]]) & set(run[found["validation"]])


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        (np.arange(300) % 4, DataError,
         "'part' of 75 events is [3], which split.values does not know ({'train': 0, "),
        (np.linspace(0, 1, 300), ConfigError, "split.published names 'part', which holds float32"),
        (np.zeros((300, 2), int), ConfigError, "of shape (2,) per row: expected one integer"),
        (np.zeros(300, int), DataError, "no event in validation, test"),
    ],
)  # fmt: skip
def test_arrays_that_are_no_split(tmp_path, write_events, values, error, words):
    part = write_events(arrays(part=values))
    settings = config(split={"published": "part"})
    with pytest.raises(error) as caught:
        build_dataset(tmp_path / "d.h5", "d", settings, {"s": [part]})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ({"values": {"train": 0, "test": 1}}, "are either published (a value in 'values') or a"),
        ({"validation": 0.1}, "say one of the two"),
        ({"values": {"train": 0, "validation": 1}, "validation": 0.1}, "no value for 'test'"),
        ({"values": {"train": 0, "validation": 0, "test": 1}}, "each split needs a value of its"),
        ({"train": 0.5}, "unknown key 'train'"),
        ({"validation_from": "test"}, "validation_from: test needs the share that is taken out"),
    ],
)
def test_rules_that_do_not_say_three_splits(split, words):
    with pytest.raises(ValueError, match="split") as caught:
        config(split={"published": "part", **split})
    assert words in str(caught.value)


def test_the_array_must_be_there(faults):
    change = {"published": "part"}
    text = faults(lambda s: s["datasets"]["showers"].update(split=change))
    assert "datasets.showers.split.published: sample 'showers' has no array 'part'" in text


class TestSamplesThatAreOnlyTested:
    @pytest.fixture
    def two(self, write_events):
        return {
            "s": [write_events(arrays(), name="s.h5")],
            "more": [write_events(arrays(seed=2), name="more.h5", sample="more")],
        }

    @pytest.fixture
    def whole(self, tmp_path, two):
        split = {"train": 0.6, "validation": 0.2, "test": 0.2, "only_test": ["more"]}
        return built(tmp_path, two, config(samples=["s", "more"], split=split), "whole")

    def test_what_is_learnt_from_stays_as_it_was(self, tmp_path, two, whole):
        """To the last bit, normalisation included: networks need not be trained again."""
        alone = built(tmp_path, {"s": two["s"]}, config(), "alone")
        with open_dataset(whole) as dataset, open_dataset(alone) as before:
            for split in ("train", "validation"):
                for kind, name in (("inputs", "image"), ("targets", "energy")):
                    found = dataset.array(split, kind, name)[:]
                    np.testing.assert_array_equal(found, before.array(split, kind, name)[:])
            tested, there = dataset.event_id("test"), before.event_id("test")
        assert set(there) < set(tested)
        assert len(tested) == len(there) + 300

    def test_it_is_said_in_words(self, whole):
        with open_dataset(whole) as dataset:
            assert facts(dataset)["split"].endswith("another. All of more are test.")

    @pytest.mark.parametrize(
        ("samples", "only", "words"),
        [
            (["s", "more"], ["moer"], "'moer', which is not among the data set's samples; did you"),
            (["s"], ["s"], "names all samples, ['s']"),
        ],
    )
    def test_what_it_names(self, samples, only, words):
        with pytest.raises(ValueError, match=r"split\.only_test") as caught:
            config(samples=samples, split={"only_test": only})
        assert words in str(caught.value)
