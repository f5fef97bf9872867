"""Moves of single images against other programs that move images."""

import numpy as np
import pytest
from scipy.ndimage import shift

from footprint.config.augment import ImageAugment
from footprint.training.image_moves import Draws, cut_out, drawn, moved, versions

EMPTY = np.array([-7.0, 9.0], np.float32)


def config(**options):
    return ImageAugment.model_validate({"method": "images", **options})


def images(count=30, rows=6, columns=9):
    rng = np.random.default_rng(5)
    return rng.normal(size=(count, rows, columns, 2)).astype(np.float32)


def steps_of(draws, most):
    """What numbers in [0, 1) mean: each whole shift has an equal part of the interval."""
    edges = [np.linspace(0, 1, 2 * m + 2)[1:-1] for m in most]
    return np.stack([np.digitize(draws.shift[:, k], edges[k]) - most[k] for k in (0, 1)], axis=1)


@pytest.mark.parametrize("reflect", [False, True])
def test_shifted_images_are_those_of_scipy(reflect):
    before = images()
    draws = drawn(config(shift=4), 1, 0, len(before), 100)
    most = (3, 5)
    after = moved(before, draws, most, EMPTY, reflect=reflect)
    for number, step in enumerate(steps_of(draws, most)):
        for channel in range(2):
            expected = shift(
                before[number, ..., channel], step, order=0,
                mode="mirror" if reflect else "constant", cval=EMPTY[channel],
            )  # fmt: skip
            np.testing.assert_array_equal(after[number, ..., channel], expected)


def test_flips_come_before_shifts_and_both_ways_are_independent():
    before = images(400)
    draws = drawn(config(flip="both", shift=2), 1, 0, len(before), 1000)
    ways = draws.flip[:, 0] * 2 + draws.flip[:, 1]
    assert np.bincount(ways) == pytest.approx([100] * 4, abs=35)
    after = moved(before, draws, (2, 2), EMPTY, reflect=False)
    steps = steps_of(draws, (2, 2))
    for number in range(20):
        axes = [axis for axis in (0, 1) if draws.flip[number, axis]]
        turned = np.flip(before[number, ..., 0], axes)
        expected = shift(turned, steps[number], order=0, mode="constant", cval=EMPTY[0])
        np.testing.assert_array_equal(after[number, ..., 0], expected)


@pytest.mark.parametrize(("flip", "axes"), [("left_right", [(), 1]), ("up_down", [(), 0]),
                                            ("both", [(), 1, 0, (0, 1)])])  # fmt: skip
def test_all_flips_of_an_image(flip, axes):
    before = images(2)
    found = versions(config(flip=flip, average_predictions=True), 2, (3, 3))
    assert len(found) == len(axes)
    for draws, axis in zip(found, axes, strict=True):
        after = moved(before, draws, (3, 3), EMPTY, reflect=False)
        np.testing.assert_array_equal(after[0], np.flip(before[0], axis))
    only = drawn(config(flip=flip), 1, 0, 50, 50).flip.any(axis=0)
    assert only.tolist() == [flip != "left_right", flip != "up_down"]


def test_all_shifts_of_an_image():
    """As far as in training, and once each."""
    before = images(2)
    found = versions(config(shift=2, flip="both", average_shifts=True), 2, (2, 1))
    seen = [moved(before, draws, (2, 1), EMPTY, reflect=False)[0, ..., 0] for draws in found]
    for rows, columns in np.ndindex(5, 3):
        by = (rows - 2, columns - 1)
        expected = shift(before[0, ..., 0], by, order=0, mode="constant", cval=EMPTY[0])
        np.testing.assert_array_equal(seen[3 * rows + columns], expected)
    assert len(seen) == 15


@pytest.mark.parametrize("side", [3, 4])
def test_cut_out_squares_have_their_area_and_reach_over_edges(side):
    before = images(6000, 8, 7)
    draws = drawn(config(cut_out=side), 1, 0, len(before), 10_000)
    after = before.copy()
    cut_out(after, draws, side, EMPTY)
    cut = (after == EMPTY).all(axis=-1)
    np.testing.assert_array_equal(after[~cut], before[~cut])
    area = cut.sum(axis=(1, 2))
    assert area.max() == side**2
    assert np.all((cut.any(axis=2).sum(axis=1) * cut.any(axis=1).sum(axis=1)) == area)  # no holes
    # Each pixel by the centres whose square covers it.
    place = [np.arange(n) for n in (8, 7)]
    low, high = -(side // 2), side - side // 2
    by_side = [np.array([np.mean((p >= c + low) & (p < c + high)) for p in c]) for c in place]
    np.testing.assert_allclose(cut.mean(axis=0), np.outer(*by_side), atol=0.025)


def test_draws_follow_from_seed_epoch_and_row_alone():
    both = drawn(config(shift=2, flip="both", cut_out=2, mixup=0.5), 1, 0, 1000, 300)
    again = drawn(config(shift=3, mixup=0.5), 1, 0, 1000, 300)
    for name in ("shift", "cut", "partner", "share"):  # what is added changes nothing else
        np.testing.assert_array_equal(getattr(both, name), getattr(again, name))
    for seed, epoch in ((1, 1), (2, 0)):
        other = drawn(config(shift=3, mixup=0.5), seed, epoch, 1000, 300)
        for name in ("shift", "cut", "partner", "share"):
            assert np.mean(getattr(other, name) == getattr(both, name)) < 0.05
    assert np.abs(np.corrcoef(np.hstack([both.shift, both.cut]).T) - np.eye(4)).max() < 0.15
    np.testing.assert_array_equal(both.partner // 300, np.arange(1000) // 300)
    np.testing.assert_array_equal(np.sort(both.partner), np.arange(1000))
    # Mean and variance of a beta distribution with equal parameters.
    assert both.share.mean() == pytest.approx(0.5, abs=0.04)
    assert both.share.var() == pytest.approx(1 / (4 * (2 * 0.5 + 1)), abs=0.02)


def test_shifts_are_uniform_over_whole_pixels():
    draws = drawn(config(shift=2), 1, 0, 5000, 5000)
    steps = np.floor(draws.shift * 5).astype(int) - 2
    for axis in (0, 1):
        assert np.bincount(steps[:, axis] + 2) == pytest.approx([1000] * 5, abs=120)
    edge = Draws(np.full((1, 2), np.nextafter(1.0, 0.0)), draws.cut[:1], draws.flip[:1],
                 draws.partner[:1], draws.share[:1])  # fmt: skip
    after = moved(images(1), edge, (2, 2), EMPTY, reflect=False)
    np.testing.assert_array_equal(after[0, 2:, 2:], images(1)[0, :-2, :-2])
