import numpy as np
import pytest

from footprint.simulate.atmosphere import US_STANDARD


@pytest.mark.parametrize(("height", "depth"), [(0.0, 1033.81), (1400.0, 872.29), (1600.0, 851.09)])
def test_depth_matches_published_values(height, depth):
    assert US_STANDARD.depth(height) == pytest.approx(depth, abs=0.01)


@pytest.mark.parametrize(
    ("depth", "height"),
    [(300, 9288.9), (500, 5722.2), (700, 3161.6), (750, 2616.0), (800, 2100.0)],
)
def test_height_matches_published_values(depth, height):
    assert US_STANDARD.height(depth) == pytest.approx(height, abs=0.1)


def test_height_inverts_depth_in_every_layer():
    heights = np.linspace(0.0, 112_000.0, 500)
    np.testing.assert_allclose(US_STANDARD.height(US_STANDARD.depth(heights)), heights, atol=1e-6)


def test_depth_falls_with_height_and_ends_at_the_top():
    heights = np.linspace(0.0, 120_000.0, 2000)
    depths = US_STANDARD.depth(heights)
    assert np.all(np.diff(depths[depths > 0]) < 0)
    assert US_STANDARD.depth(112_829.2) == pytest.approx(0.0, abs=1e-8)
    assert US_STANDARD.depth(115_000.0) == 0.0


def test_depth_is_continuous_at_the_borders_of_the_layers():
    borders = np.asarray(US_STANDARD.bottoms_m[1:])
    below, above = US_STANDARD.depth(borders - 1e-3), US_STANDARD.depth(borders + 1e-3)
    np.testing.assert_allclose(below, above, rtol=2e-3)
