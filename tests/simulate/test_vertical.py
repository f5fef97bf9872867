import numpy as np
import pytest
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_score

from footprint.config.samples import VerticalShowersOptions
from footprint.simulate import vertical
from footprint.simulate.atmosphere import US_STANDARD

DEFAULT = VerticalShowersOptions()
MASSES = (1, 4, 14, 56)


def some_showers(count=2000, seed=1, **options):
    rng = np.random.default_rng(seed)
    chosen = VerticalShowersOptions(**options)
    blocks = [vertical.simulate(rng, chosen, 250) for _ in range(count // 250)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


@pytest.fixture(scope="module")
def showers():
    return some_showers()


@pytest.mark.parametrize("energy", [1.0, 10.0, 30.0])
def test_muon_number_scales_with_energy_and_mass(energy):
    options = VerticalShowersOptions(energy_EeV=energy)
    rng = np.random.default_rng(2)
    means = []
    for mass in MASSES:
        numbers = vertical.draw_muon_numbers(rng, options, np.full(20_000, float(mass)))
        expected = 1000.0 * energy / 10.0 * mass**0.15
        assert numbers.mean() == pytest.approx(expected, rel=0.006)
        means.append(numbers.mean())
    slope = np.polyfit(np.log(MASSES), np.log(means), 1)[0]
    assert slope == pytest.approx(0.15, abs=0.005)


@pytest.mark.parametrize(("mass", "relative"), [(1, 0.16), (4, 0.11), (14, 0.08), (56, 0.05)])
def test_muon_number_fluctuations(mass, relative):
    options = VerticalShowersOptions(muons_at_10_EeV=1e6)
    numbers = vertical.draw_muon_numbers(
        np.random.default_rng(3), options, np.full(20_000, float(mass))
    )
    assert numbers.std() / numbers.mean() == pytest.approx(relative, abs=0.008)


def test_without_fluctuations_the_muon_number_is_poissonian():
    options = VerticalShowersOptions(muon_fluctuation=0)
    numbers = vertical.draw_muon_numbers(np.random.default_rng(4), options, np.full(20_000, 1.0))
    assert numbers.var() / numbers.mean() == pytest.approx(1.0, abs=0.04)


def test_truncated_normal_is_scipys():
    rng = np.random.default_rng(5)
    values = vertical.draw_truncated_normal(
        rng, np.full(20_000, 600.0), np.full(20_000, 200.0), 10.0, 871.0
    )
    reference = stats.truncnorm((10 - 600) / 200, (871 - 600) / 200, loc=600, scale=200)
    assert stats.kstest(values, reference.cdf).pvalue > 1e-3


def test_production_depth_depends_on_xmax_and_mass():
    mean, sd = vertical.production_depth_moments(
        DEFAULT, np.array([750.0, 850.0, 750.0]), np.array([1.0, 1.0, 56.0])
    )
    assert mean[1] - mean[0] == pytest.approx(100.0)
    assert mean[2] - mean[0] == pytest.approx(10.0 * np.log(56))
    # Greisen's profile: sqrt(3/2 * 750 * 36.66) = 203.1 g/cm2.
    assert sd[0] == pytest.approx(203.1, abs=0.1)
    assert sd[2] == pytest.approx(np.hypot(203.1, 55.0 * np.sqrt(1 - 1 / 56)), abs=0.1)


def test_muons_travel_straight_and_with_the_speed_of_light():
    muons = vertical.draw_muons(
        np.random.default_rng(6), DEFAULT, np.array([750.0]), np.array([1.0]), np.array([50_000])
    )
    radius = np.hypot(muons.x, muons.y)
    # delay c = sqrt(h^2 + r^2) - h, solved for the height of production.
    path = muons.delay * vertical.LIGHT_M_PER_NS
    far = radius > 50
    height = (radius[far] ** 2 - path[far] ** 2) / (2 * path[far])
    depth = US_STANDARD.depth(height + DEFAULT.ground_altitude_m)
    mean, sd = vertical.production_depth_moments(DEFAULT, np.array(750.0), np.array(1.0))
    assert np.all(muons.delay >= 0)
    assert depth.min() >= vertical.TOP_G_CM2 * 0.999
    assert depth.max() <= US_STANDARD.depth(DEFAULT.ground_altitude_m)
    # Muons from high up fall farther out, so the cut on the radius favours small depths.
    assert mean - sd < np.median(depth) < mean
    angle = np.degrees(np.arctan(radius[far] / height))
    assert angle.max() < 6 * DEFAULT.opening_angle_deg


def test_opening_angles_are_normal_and_azimuths_uniform():
    muons = vertical.draw_muons(
        np.random.default_rng(7), DEFAULT, np.array([750.0]), np.array([1.0]), np.array([40_000])
    )
    azimuth = np.arctan2(muons.y, muons.x)
    assert stats.kstest(azimuth, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3


def test_deeper_showers_have_narrower_footprints_and_more_curved_fronts():
    shallow, deep = (
        vertical.draw_muons(
            np.random.default_rng(8), DEFAULT, np.array([x]), np.array([1.0]), np.array([50_000])
        )
        for x in (650.0, 850.0)
    )

    def radius(muons):
        return np.hypot(muons.x, muons.y)

    assert np.median(radius(deep)) < np.median(radius(shallow))

    def curvature(muons):
        ring = (radius(muons) > 100) & (radius(muons) < 150)
        return np.median(muons.delay[ring])

    assert curvature(deep) > curvature(shallow)


def test_pixels_against_a_loop_over_muons():
    options = VerticalShowersOptions(pixels=8, pixel_size_m=50.0)
    rng = np.random.default_rng(9)
    counts = np.array([60, 0, 90])
    muons = vertical.draw_muons(
        rng, options, np.array([700.0, 750.0, 800.0]), np.array([1.0, 4.0, 56.0]), counts
    )
    core = rng.uniform(-100, 100, (3, 2))
    signal, earliest = vertical.pixelise(muons, core, options, 3)
    expected = np.zeros((3, 8, 8))
    first = np.full((3, 8, 8), np.nan)
    for shower, x, y, delay in zip(muons.shower, muons.x, muons.y, muons.delay, strict=True):
        i = int(np.floor((x + core[shower, 0] + 200.0) / 50.0))
        j = int(np.floor((y + core[shower, 1] + 200.0) / 50.0))
        if 0 <= i < 8 and 0 <= j < 8:
            expected[shower, i, j] += 1
            first[shower, i, j] = np.nanmin([first[shower, i, j], delay])
    np.testing.assert_array_equal(signal, expected)
    np.testing.assert_array_equal(earliest, first)


def test_time_is_missing_exactly_where_no_muon_fell(showers):
    np.testing.assert_array_equal(np.isnan(showers["arrival_time"]), showers["muons"] == 0)
    np.testing.assert_array_equal(
        showers["filled_pixels"], np.count_nonzero(showers["muons"], axis=(1, 2))
    )
    assert np.all(showers["muons"].sum(axis=(1, 2)) <= showers["muons_at_ground"])


def test_four_masses_are_equally_frequent(showers):
    _, counts = np.unique(showers["mass_number"], return_counts=True)
    assert stats.chisquare(counts).pvalue > 1e-3


def test_footprints_have_no_preferred_direction(showers):
    x = np.arange(32) - 15.5
    mean = showers["muons"].mean(axis=0)
    along_x, along_y = (mean.sum(axis=1) * x).sum(), (mean.sum(axis=0) * x).sum()
    spread = 300 / 25 / np.sqrt(3) / np.sqrt(len(showers["muons"])) * mean.sum()
    assert abs(along_x) < 4 * spread
    assert abs(along_y) < 4 * spread


@pytest.mark.parametrize(("features", "limit"), [(["xmax"], 0.62), (["filled_pixels"], 0.62)])
def test_neither_xmax_nor_filled_pixels_alone_separates_the_masses(showers, features, limit):
    assert boosted_accuracy(showers, features) < limit


def test_xmax_and_muon_number_together_separate_better_than_either(showers):
    both = boosted_accuracy(showers, ["xmax", "muons_at_ground"])
    assert both > boosted_accuracy(showers, ["xmax"]) + 0.1
    assert both > boosted_accuracy(showers, ["muons_at_ground"])


def boosted_accuracy(showers, features):
    values = np.stack([showers[name] for name in features], axis=1).astype(float)
    model = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=8, random_state=1)
    return cross_val_score(model, values, showers["mass_number"], cv=3).mean()
