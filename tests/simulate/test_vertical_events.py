"""Whole events of the generator against what their truth says they should be."""

import numpy as np
import pytest
from scipy import stats

from footprint.config.samples import VerticalShowersOptions
from footprint.simulate import vertical, xmax
from footprint.simulate.atmosphere import US_STANDARD

CLEAN = {"time_offset_ns": 0.0, "time_resolution_ns": 0.0}


def events(seed=1, showers=512, **options):
    rng = np.random.default_rng(seed)
    return vertical.simulate(rng, VerticalShowersOptions(**options), showers)


@pytest.mark.parametrize("energy", [1.0, 10.0, 100.0])
def test_xmax_has_the_moments_of_the_table_at_the_energy_of_the_sample(energy):
    found = events(showers=6000, energy_EeV=energy, muons_at_10_EeV=10.0, pixels=4)
    for mass in (1, 4, 14, 56):
        values = found["xmax"][found["mass_number"] == mass]
        lg_energy = np.array(18 + np.log10(energy))
        mean, sd = xmax.moments("EPOS-LHC", lg_energy, np.array(float(mass)))
        assert values.mean() == pytest.approx(float(mean), abs=4 * float(sd) / len(values) ** 0.5)
        assert values.std() == pytest.approx(float(sd), rel=0.12)


def muons_of_one_depth(height, count=40_000, **options):
    """Muons that are all produced at one height above ground, of a single shower."""
    chosen = VerticalShowersOptions(**options)
    depth = float(US_STANDARD.depth(height + chosen.ground_altitude_m))
    muons = vertical.draw_muons(
        np.random.default_rng(5), chosen, np.array([800.0]), np.array([1.0]), np.array([count])
    )
    return muons, depth


def test_opening_angles_are_half_normal_with_the_sd_of_the_option(monkeypatch):
    height = 4000.0
    depth = float(US_STANDARD.depth(height + 1400.0))
    monkeypatch.setattr(
        vertical, "draw_truncated_normal", lambda *given: np.full(given[1].shape, depth)
    )
    muons, _ = muons_of_one_depth(height, opening_angle_deg=2.5)
    angle = np.degrees(np.arctan(np.hypot(muons.x, muons.y) / height))
    assert stats.kstest(angle, stats.halfnorm(scale=2.5).cdf).pvalue > 1e-3
    # Of all muons from 4 km with 2.5 degrees, 68 % fall within 174.6 m.
    assert np.quantile(np.hypot(muons.x, muons.y), 0.6827) == pytest.approx(174.6, rel=0.02)


def test_delays_are_those_of_light_over_the_longer_path(monkeypatch):
    height = 3300.0
    depth = float(US_STANDARD.depth(height + 1400.0))
    monkeypatch.setattr(
        vertical, "draw_truncated_normal", lambda *given: np.full(given[1].shape, depth)
    )
    muons, _ = muons_of_one_depth(height)
    radius = np.hypot(muons.x, muons.y)
    near = np.abs(radius - 200.0) < 1.0
    # sqrt(3300^2 + 200^2) - 3300 = 6.055 m, 20.2 ns.
    assert near.sum() > 50
    np.testing.assert_allclose(muons.delay[near], 20.2, rtol=0.015)


def test_without_offsets_the_arrival_times_are_the_muons_own_delays():
    options = VerticalShowersOptions(**CLEAN)
    found = vertical.simulate(np.random.default_rng(3), options, 64)
    again = np.random.default_rng(3)
    mass = again.choice(np.asarray(options.mass_numbers, dtype=float), 64)
    depth = xmax.draw(again, options.hadronic_model, np.full(64, 19.0), mass)
    counts = vertical.draw_muon_numbers(again, options, mass)
    core = again.uniform(-options.core_offset_m, options.core_offset_m, (64, 2))
    again.uniform(-1, 1, 64)
    muons = vertical.draw_muons(again, options, depth, mass, counts)
    signal, earliest = vertical.pixelise(muons, core, options, 64)
    np.testing.assert_array_equal(found["muons"], signal)
    np.testing.assert_allclose(found["arrival_time"], earliest, rtol=1e-6, atol=1e-5)
    assert np.nanmin(found["arrival_time"]) >= 0


def test_the_whole_event_is_shifted_in_time_by_the_option():
    still, moved = (events(**{**CLEAN, "time_offset_ns": offset}) for offset in (0.0, 80.0))
    shift = moved["arrival_time"] - still["arrival_time"]
    per_event = np.nanmean(shift, axis=(1, 2))
    assert np.nanmax(np.nanstd(shift, axis=(1, 2))) < 1e-3
    assert stats.kstest(per_event, stats.uniform(-80, 160).cdf).pvalue > 1e-3


def test_each_pixel_jitters_by_the_time_resolution():
    still, noisy = (events(**{**CLEAN, "time_resolution_ns": sd}) for sd in (0.0, 6.0))
    noise = (noisy["arrival_time"] - still["arrival_time"])[still["muons"] > 0]
    assert stats.kstest(noise[:20_000], stats.norm(0, 6).cdf).pvalue > 1e-3


def test_cores_are_uniform_and_the_footprint_lies_about_them():
    found = events(showers=1024, opening_angle_deg=0.3, core_offset_m=200.0)
    assert stats.kstest(found["core_x"], stats.uniform(-200, 400).cdf).pvalue > 1e-3
    assert stats.kstest(found["core_y"], stats.uniform(-200, 400).cdf).pvalue > 1e-3
    centre = (np.arange(32) - 15.5) * 25.0
    total = found["muons"].sum(axis=(1, 2))
    along_x = (found["muons"].sum(axis=2) * centre).sum(axis=1) / total
    along_y = (found["muons"].sum(axis=1) * centre).sum(axis=1) / total
    assert np.std(along_x - found["core_x"]) < 8.0
    assert np.std(along_y - found["core_y"]) < 8.0
