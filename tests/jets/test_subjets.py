"""The direction from the hardest subjet to the second."""

import numpy as np
import pytest

from footprint.jets.steps import relative
from footprint.jets.subjets import second_from_first
from tests.jets.made_up import padded


def direction(*jet, radius=0.3, **options):
    px, py, pz, energy = padded(*jet, **options)
    found = relative(px, py, pz)
    return second_from_first(found, tuple(found.of(part) for part in (px, py, pz, energy)), radius)


def test_two_clusters_across_the_end_of_azimuth():
    # A hard pair about (0, 0.02) and a softer one about (0.5, 0.4), beyond +pi.
    pt = [60.0, 40.0, 20.0, 20.0]
    found = direction(pt, [0.0, 0.0, 0.45, 0.55], [0.05, -0.05, 0.4, 0.4], axis=(1.0, 3.1))
    np.testing.assert_allclose(found, [[0.5, 0.39]], atol=2e-3)


def test_no_second_subjet_no_direction():
    assert np.isnan(direction([60.0, 40.0], [0.0, 0.05], [0.0, 0.1])).all()
    assert np.isnan(direction([60.0], [0.0], [0.0])).all()
    assert np.isnan(direction([], [], [])).all()


def test_the_radius_decides_what_is_apart():
    jet = ([60.0, 40.0], [0.0, 0.2], [0.0, 0.0])
    assert np.isnan(direction(*jet, radius=0.3)).all()
    assert direction(*jet, radius=0.1)[0] == pytest.approx([0.2, 0.0], abs=1e-6)


def test_jets_of_a_batch_do_not_mix():
    first, empty = padded([60.0, 40.0], [0.0, 0.5], [0.0, 0.0]), padded([], [], [], most=2)
    last = padded([40.0, 60.0], [0.0, 0.5], [0.0, 0.0])
    parts = [np.concatenate(part) for part in zip(first, empty, last, strict=True)]
    found = relative(*parts[:3])
    towards = second_from_first(found, tuple(found.of(part) for part in parts), 0.2)
    np.testing.assert_allclose(towards, [[0.5, 0], [np.nan, np.nan], [-0.5, 0]], atol=1e-6)
