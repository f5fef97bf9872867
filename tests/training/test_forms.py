"""What a generator must reproduce exactly is found in training events."""

import numpy as np
import pytest

from footprint.training.forms import forms_of


def footprints(events=500, seed=1):
    """Signal, its mask, and a time that is at the mean where the mask is 0; then a copy."""
    rng = np.random.default_rng(seed)
    mask = rng.random((events, 4, 4)) < 0.25
    signal = np.where(mask, rng.exponential(size=mask.shape) - 1, 0.0)
    time = np.where(mask, rng.normal(size=mask.shape), 0.0)
    counts = rng.poisson(0.5, mask.shape)
    return np.stack([signal, mask, time, mask, counts, rng.normal(size=mask.shape)], axis=-1)


CHANNELS = ("signal", "mask of signal", "time", "mask of time_too", "counts", "height")


def test_masks_silence_and_counts_are_found():
    values = footprints()
    forms = forms_of(values, CHANNELS, [0.0, None, 0.0, None, 0.0, None])
    assert [form.mask for form in forms] == [False, True, False, True, False, False]
    # The time has no mask of its own, and shares that of the signal; the second mask is the first.
    assert [form.gate for form in forms] == [1, None, 1, 1, None, None]
    assert forms[1].mean == pytest.approx(0.25, abs=0.02)
    hit = values[..., 1] > 0
    assert forms[0].low == pytest.approx(values[hit, 0].min())
    assert (forms[2].mean, forms[2].sd) == pytest.approx((0, 1), abs=0.05)
    assert forms[4].levels[:3] == (1.0, 2.0, 3.0)
    assert forms[4].silence == 0.0
    assert forms[5].levels == ()
    assert forms[5].silence is None
    # Signals begin at a threshold, times do not: the signal says which stations are hit.
    assert [form.driver for form in forms] == [None, 0, None, None, None, None]
    assert forms[0].threshold == forms[0].low
    # Of an exponential a tenth lies below -log(0.9), in standard deviations, which are 1.
    assert forms[0].edge == pytest.approx(-np.log(0.98), rel=0.2)
    assert forms[4].threshold == 0.5
    assert [form.sparse for form in forms] == [False, False, False, False, True, False]


def test_without_a_threshold_a_mask_stands_for_itself():
    values = footprints()[..., 1:3]
    forms = forms_of(values, CHANNELS[1:3], [None, 0.0])
    assert forms[1].gate == 0
    assert forms[0].driver is None


def test_a_channel_that_is_silent_elsewhere_has_no_gate():
    values = footprints()
    values[..., 2] = np.roll(values[..., 2], 1, axis=1)
    forms = forms_of(values, CHANNELS, [0.0, None, 0.0, None, 0.0, None])
    assert forms[2].gate is None


def test_pixels_that_are_black_or_white_are_as_far_apart_as_they_are():
    values = np.random.default_rng(1).integers(0, 2, (50, 4, 4, 1)).astype(np.float32)
    (form,) = forms_of(values, ["image"], [0.0])
    assert (form.mean, form.sd, form.threshold) == (1, 1, 0.5)
