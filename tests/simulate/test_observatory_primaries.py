"""Primaries, their Xmax and the number of their muons."""

import numpy as np
import pytest
from scipy import stats

from footprint.config.observatory import ObservatoryOptions
from footprint.errors import DataError
from footprint.simulate import observatory_primaries as primary
from footprint.simulate.atmosphere import US_STANDARD, atmosphere_of

EVENTS = 60_000


def drawn(seed=1, events=EVENTS, **options):
    return primary.draw_primaries(
        np.random.default_rng(seed), ObservatoryOptions(**options), events
    )


def uniform(low, high):
    return stats.uniform(low, high - low).cdf


def fits(values, distribution):
    return stats.kstest(values, distribution).pvalue > 1e-3


def test_published_primaries():
    found = drawn()
    assert fits(found.lg_energy, uniform(18.5, 20.0))
    assert fits(np.sin(found.zenith) ** 2, uniform(0.0, 0.75))  # pdf ~ sin cos up to 60 degrees
    assert np.degrees(found.zenith.max()) <= 60.0
    assert fits(found.azimuth, uniform(0.0, 2 * np.pi))
    assert fits(np.sum(found.core**2, axis=1), uniform(0.0, 750.0**2))
    assert fits(np.arctan2(found.core[:, 1], found.core[:, 0]), uniform(-np.pi, np.pi))
    _, counts = np.unique(found.mass_number, return_counts=True)
    assert stats.chisquare(counts).pvalue > 1e-3
    pairs = np.corrcoef([found.lg_energy, found.zenith, found.azimuth, found.mass_number])
    assert np.abs(pairs - np.eye(4)).max() < 0.02


def test_axes_are_upward_unit_vectors_of_the_angles():
    found = drawn(events=1000)
    np.testing.assert_allclose(np.linalg.norm(found.axis, axis=1), 1.0)
    np.testing.assert_allclose(np.arccos(found.axis[:, 2]), found.zenith)
    angle = np.arctan2(found.axis[:, 1], found.axis[:, 0]) % (2 * np.pi)
    np.testing.assert_allclose(angle, found.azimuth)


@pytest.mark.parametrize("index", [2.0, 3.2, -1.0])
def test_power_law_spectrum(index):
    energies = 10 ** (drawn(spectral_index=index, lg_energy=[18.0, 19.0]).lg_energy - 18.0)
    power = 1.0 - index
    assert fits(energies, lambda e: (e**power - 1.0) / (10.0**power - 1.0))


def test_spectrum_is_continuous_about_the_flat_one():
    flat, nearly = drawn(spectral_index=1.0), drawn(spectral_index=1.0 + 1e-7)
    np.testing.assert_allclose(flat.lg_energy, nearly.lg_energy, atol=1e-6)
    assert np.all(drawn(lg_energy=[19.0, 19.0], events=10).lg_energy == 19.0)


def test_masses_have_their_abundances():
    found = drawn(masses={1: 3, 56: 1}).mass_number
    assert set(found) == {1.0, 56.0}
    assert np.mean(found == 1) == pytest.approx(0.75, abs=4 * (0.1875 / EVENTS) ** 0.5)


def test_cores_may_be_anywhere_asked_for():
    assert np.all(drawn(core_radius_m=0.0, events=10).core == 0)
    assert np.hypot(*drawn(core_radius_m=50.0).core.T).max() == pytest.approx(50.0, rel=1e-3)
    assert np.hypot(*drawn(spacing_m=750.0).core.T).max() == pytest.approx(375.0, rel=1e-3)


@pytest.fixture(scope="module")
def published():
    options = ObservatoryOptions()
    primaries = drawn(seed=3, events=4 * EVENTS)
    xmax, rejected = primary.draw_maxima(np.random.default_rng(4), options, primaries)
    return primaries, xmax, rejected


def test_xmax_has_the_published_distribution(published):
    _, xmax, _ = published
    assert xmax.mean() == pytest.approx(773, abs=0.7)
    assert xmax.std() == pytest.approx(54, abs=0.7)
    found = np.percentile(xmax, [5, 16, 50, 84, 95])
    np.testing.assert_allclose(found, [695, 721, 767, 824, 869], atol=1.2)


def test_first_draws_are_rejected_as_often_as_published(published):
    primaries, _, rejected = published
    assert rejected / len(primaries.zenith) == pytest.approx(0.011, abs=0.0008)


def test_steep_protons_are_rejected_most():
    primaries = drawn(seed=5, masses=[1], zenith_max_deg=20.0)
    _, rejected = primary.draw_maxima(np.random.default_rng(6), ObservatoryOptions(), primaries)
    assert rejected / EVENTS == pytest.approx(0.164, abs=0.006)


def test_no_maximum_lies_lower_than_allowed(published):
    primaries, xmax, _ = published
    points = primary.on_axis(US_STANDARD, 1400.0, primaries, xmax)
    assert points[:, 2].min() > 200.0
    # The points lie on the axes, under the slant depth asked for.
    along = points - np.pad(primaries.core, ((0, 0), (0, 1)))
    length = np.linalg.norm(along, axis=1)
    np.testing.assert_allclose(along / length[:, None], primaries.axis, atol=1e-12)
    depth = US_STANDARD.depth(points[:, 2] + 1400.0) / np.cos(primaries.zenith)
    np.testing.assert_allclose(depth, xmax, rtol=1e-9)


def test_another_atmosphere_moves_the_maximum_not_xmax():
    primaries = drawn(events=200)
    xmax = np.full(200, 700.0)
    here, there = (
        primary.on_axis(atmosphere_of(name), 1400.0, primaries, xmax)[:, 2]
        for name in ("us_standard", "malargue_january")
    )
    assert np.all(there > here)


def test_impossible_maxima_say_what_to_change():
    options = ObservatoryOptions(
        altitude_m=6000.0, lowest_maximum_m=9000.0, lg_energy=[20.9, 21.0], zenith_max_deg=1.0
    )
    primaries = primary.draw_primaries(np.random.default_rng(1), options, 3)
    words = r"no Xmax of a shower with A = .*lies above 15000 m.*lower altitude_m"
    with pytest.raises(DataError, match=words):
        primary.draw_maxima(np.random.default_rng(2), options, primaries)


def muons(mass, **options):
    rng = np.random.default_rng(7)
    return primary.draw_relative_muons(
        rng, ObservatoryOptions(**options), np.full(EVENTS, float(mass))
    )


def test_published_muons_do_not_fluctuate():
    for mass in (1, 4, 14, 56):
        np.testing.assert_allclose(muons(mass), mass**0.15)
        np.testing.assert_allclose(muons(mass, muon_scale=1.3), 1.3 * mass**0.15)


@pytest.mark.parametrize(("mass", "spread"), [(1, 0.16), (4, 0.11), (14, 0.08), (56, 0.05)])
def test_realistic_muons(mass, spread):
    found = muons(mass, muons="realistic")
    assert found.mean() == pytest.approx(mass**0.075, rel=4 * spread / EVENTS**0.5)
    assert found.std() / found.mean() == pytest.approx(spread, rel=0.02)


def test_fluctuations_between_masses_are_interpolated_in_ln_a():
    options = ObservatoryOptions(muons="realistic")
    found = primary.muon_fluctuation(options, np.array([2.0, 28.0, 56.0]))
    np.testing.assert_allclose(found, [0.135, 0.065, 0.05])
