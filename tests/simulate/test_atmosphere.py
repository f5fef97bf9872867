import numpy as np
import pytest
from pydantic import ValidationError

from footprint.config.atmospheres import AtmosphereLayers
from footprint.simulate.atmosphere import (
    ATMOSPHERES,
    MALARGUE_JANUARY,
    MALARGUE_JULY,
    US_STANDARD,
    US_STANDARD_LINSLEY,
    atmosphere_of,
)


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


@pytest.mark.parametrize("name", ATMOSPHERES)
def test_built_in_atmospheres_are_continuous_and_weigh_about_a_kilogram(name):
    atmosphere = ATMOSPHERES[name]
    borders = np.asarray(atmosphere.bottoms_m[1:])
    below, above = atmosphere.depth(borders - 1e-3), atmosphere.depth(borders + 1e-3)
    np.testing.assert_allclose(below, above, rtol=3e-3)
    assert 1030 < atmosphere.depth(0.0) < 1050
    assert atmosphere.depth(112_829.2) == pytest.approx(0.0, abs=1e-6)
    heights = np.linspace(100.0, 90_000.0, 300)
    inside = np.min(np.abs(heights[:, None] - borders), axis=1) > 200
    found = atmosphere.height(atmosphere.depth(heights))
    np.testing.assert_allclose(found[inside], heights[inside], rtol=1e-6)


def test_linsley_has_the_depths_of_the_corsika_guide():
    # Thickness at the layers' borders as CORSIKA tabulates them.
    depths = US_STANDARD_LINSLEY.depth(np.array([4_000.0, 10_000.0, 40_000.0]))
    np.testing.assert_allclose(depths, [631.100309, 271.700230, 3.039494], rtol=2e-5)


def test_winter_air_lies_lower_than_summer_air():
    # Cold air is denser: at 10 km less is left above.
    assert MALARGUE_JULY.depth(10_000.0) < MALARGUE_JANUARY.depth(10_000.0) - 5


def test_own_layers_are_the_built_in_ones_when_they_say_the_same():
    layers = AtmosphereLayers(
        bottoms_m=[0, 7_000, 11_400, 37_000, 100_000],
        a_g_cm2=[-149.801663, -57.932486, 0.63631894, 4.3545369e-4, 0.01128292],
        b_g_cm2=[1183.6071, 1143.0425, 1322.9748, 655.67307, 1],
        c_cm=[954248.34, 800005.34, 629568.93, 737521.77, 1e9],
    )
    assert atmosphere_of(layers) == US_STANDARD == atmosphere_of("us_standard")


def test_an_atmosphere_may_have_two_layers():
    layers = AtmosphereLayers(
        bottoms_m=[0, 100_000], a_g_cm2=[0, 0.01], b_g_cm2=[1030, 1], c_cm=[8e5, 1e9]
    )
    atmosphere = atmosphere_of(layers)
    assert atmosphere.depth(8_000.0) == pytest.approx(1030 / np.e)
    assert atmosphere.height(1030 / np.e**2) == pytest.approx(16_000.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"c_cm": [8e5]}, "at least 2"),
        ({"c_cm": [8e5, 7e5, 1e9]}, "each list needs one value a layer, found {'bottoms_m': 2"),
        ({"bottoms_m": [10, 5]}, r"bottoms_m rises from 0, found \[10.0, 5.0\]"),
        (
            {"bottoms_m": [0, 20_000], "c_cm": [8e3, 1e9]},
            r"layers do not join at 20000 m: the depth is .* \(units: g/cm2 and cm\)",
        ),
        ({"b_g_cm2": [1030, -1]}, "greater than 0"),
    ],
)
def test_layers_that_are_no_atmosphere_are_refused(change, words):
    right = {
        "bottoms_m": [0, 100_000],
        "a_g_cm2": [0, 0.01],
        "b_g_cm2": [1030, 1],
        "c_cm": [8e5, 1e9],
    }
    with pytest.raises(ValidationError, match=words):
        AtmosphereLayers(**{**right, **change})
