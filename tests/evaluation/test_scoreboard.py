"""The published taggers: consistent among themselves, and their errors as counted."""

import numpy as np
import pytest

from footprint.evaluation.scoreboard import PUBLISHED, TEST_BACKGROUND, PublishedTagger


def test_errors_are_those_of_counting_the_background_that_passes() -> None:
    tagger = PublishedTagger("made up", "images", 0.9, 0.98, {0.3: (20, 20)}, 1)
    random = np.random.default_rng(3)
    passing = random.binomial(100_000, 1 / 20, size=20_000)
    assert tagger.rejection_error(0.3, 100_000) == pytest.approx(np.std(1e5 / passing), rel=0.03)


def test_the_error_of_a_rejection_of_1200_is_about_94() -> None:
    tagger = PublishedTagger("made up", "images", 0.9, 0.98, {0.3: (1200, 1200)}, 1)
    assert tagger.rejection_error(0.3) == pytest.approx(94, rel=0.03)
    assert tagger.rejection_error(0.5) is None


def test_rejections_fall_with_efficiency_and_rise_with_the_area() -> None:
    assert TEST_BACKGROUND == 202_000
    assert len({tagger.name for tagger in PUBLISHED}) == len(PUBLISHED)
    for tagger in PUBLISHED:
        low, high = tagger.rejection[0.3]
        assert 1 < tagger.rejection.get(0.5, (2, 2))[1] < low <= high
    ranked = sorted(PUBLISHED, key=lambda tagger: tagger.auc)
    assert [t.name for t in ranked] == [
        t.name for t in sorted(ranked, key=lambda tagger: sum(tagger.rejection[0.3]))
    ]
