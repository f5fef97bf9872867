"""Noise, pedestal, saturation, trigger, dead stations and clocks; traces against sums."""

import numpy as np
import pytest
from scipy import stats

from footprint.config.observatory import ObservatoryOptions
from footprint.simulate import observatory_noise as noise
from footprint.simulate.observatory_integrated import clipped_moments, draw_sums, sum_model_of
from footprint.simulate.observatory_means import Means, timing_of
from footprint.simulate.observatory_particles import (
    count_in_time,
    draw_normals,
    fill_traces,
    state_of,
)


def channels_of(options, stations, showers=1, seed=1):
    dead, gains = np.random.default_rng(seed).spawn(2)
    return noise.draw_channels(dead, gains, options, np.ones(stations, bool), showers)


def digitised(counts, **options):
    chosen = ObservatoryOptions(trigger_VEM=0.0, **options)
    traces = np.asarray(counts, np.float32)[None].copy()
    channels = channels_of(chosen, traces.shape[1])
    normals = np.random.default_rng(2).standard_normal(traces.shape, np.float32)
    noise.digitise(traces, normals, channels, noise.electronics_of(chosen))
    return traces[0], channels


@pytest.mark.parametrize("level", [0.0, 3.0, 40.0, 5000.0])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_bins_have_the_noise_of_two_independent_normals(level, scale):
    traces, _ = digitised(np.full((2000, 80), level), noise_scale=scale)
    rng = np.random.default_rng(3)
    first = level * (1 + 0.05 * scale * rng.standard_normal(160_000))
    second = 1.2 * (1 + 0.5 * scale * rng.standard_normal(160_000))
    assert stats.ks_2samp(traces.ravel(), np.maximum(first + second, 0)).pvalue > 1e-3
    assert traces.min() >= 0
    assert traces.mean() == pytest.approx(level + 1.2, rel=0.04, abs=0.13)


def test_the_pedestal_is_96_vem_and_never_subtracted():
    _, channels = digitised(np.zeros((3000, 80)))
    mean, variance, _ = clipped_moments(1.2, 0.6)
    assert 80 * mean == pytest.approx(96.4, abs=0.02)  # clipping at zero adds 0.4
    assert channels.signal.mean() == pytest.approx(80 * mean, abs=0.4)
    assert channels.signal.std() == pytest.approx((80 * variance) ** 0.5, rel=0.05)


@pytest.mark.parametrize(("mean", "sd"), [(1.2, 0.6), (1.2, 1.2), (0.0, 1.0), (5.0, 0.1)])
def test_clipped_moments_by_numerical_integration(mean, sd):
    x = np.linspace(mean - 12 * sd, mean + 12 * sd, 400_001)
    weights = stats.norm.pdf(x, mean, sd) * (x[1] - x[0])
    values = np.maximum(x, 0)
    first = np.sum(values * weights)
    expected = [first, *(np.sum((values - first) ** k * weights) for k in (2, 3))]
    np.testing.assert_allclose(clipped_moments(mean, sd), expected, rtol=1e-6, atol=1e-9)
    assert clipped_moments(1.2, 0.0) == (1.2, 0.0, 0.0)


def test_stations_below_the_threshold_are_silent():
    options = {"bin_noise": 0.0, "pedestal_spread": 0.0}
    counts = np.zeros((3, 80))
    counts[:, 5] = [18.0, 19.0, 20.0]  # 96 + 19.2 is the threshold
    chosen = ObservatoryOptions(**options)
    traces, channels = np.asarray(counts, np.float32)[None], channels_of(chosen, 3)
    noise.digitise(traces, np.zeros_like(traces), channels, noise.electronics_of(chosen))
    np.testing.assert_array_equal(channels.status[0], [0, 0, 1])
    np.testing.assert_array_equal(np.isnan(traces[0]).all(axis=1), [True, True, False])
    assert channels.signal[0, 2] == pytest.approx(116.0)
    assert np.isnan(channels.signal[0, :2]).all()
    np.testing.assert_array_equal(channels.charge[0], [18.0, 19.0, 20.0])


def test_saturation_of_bins_and_of_the_sum():
    counts = np.zeros((3, 80))
    counts[:, 3:5] = [[50.0, 60.0], [500.0, 10.0], [5000.0, 4000.0]]
    quiet = {"bin_noise": 0.0, "pedestal_spread": 0.0}
    traces, channels = digitised(counts, bin_saturation_VEM=400.0, **quiet)
    np.testing.assert_array_equal(channels.status[0], [1, 2, 2])
    assert traces.max() == 400.0
    np.testing.assert_allclose(channels.signal[0], [206.0, 400 + 79 * 1.2 + 10, 800 + 78 * 1.2])
    traces, channels = digitised(counts, saturation_VEM=600.0, **quiet)
    np.testing.assert_array_equal(channels.status[0], [1, 2, 2])
    np.testing.assert_allclose(channels.signal[0], [206.0, 600.0, 600.0])
    assert traces[2].max() == pytest.approx(5001.2)


def test_dead_stations_and_gains():
    options = ObservatoryOptions(dead_fraction=0.2, gain_spread=0.15)
    channels = channels_of(options, 100, 500)
    assert 1 - channels.alive.mean() == pytest.approx(0.2, abs=0.008)
    assert channels.gain.mean() == pytest.approx(1.0, abs=0.003)
    assert channels.gain.std() == pytest.approx(0.15, rel=0.02)
    exists = np.array([True, False])
    some = noise.draw_channels(*np.random.default_rng(1).spawn(2), ObservatoryOptions(), exists, 20)
    np.testing.assert_array_equal(some.alive, np.tile(exists, (20, 1)))


def test_a_gain_multiplies_the_particles_not_the_pedestal():
    options = ObservatoryOptions(bin_noise=0.0, pedestal_spread=0.0, trigger_VEM=0.0)
    traces, channels = np.full((1, 1, 80), 10.0, np.float32), channels_of(options, 1)
    channels.gain[:] = 1.5
    noise.digitise(traces, np.zeros_like(traces), channels, noise.electronics_of(options))
    np.testing.assert_allclose(traces, 16.2, rtol=1e-6)
    assert channels.charge[0, 0] == pytest.approx(1200.0)


@pytest.mark.parametrize("signal", [0.0, 99.0, 9999.0])
def test_clocks_are_better_for_large_signals(signal):
    rng = np.random.default_rng(4)
    normals, uniform = rng.standard_normal((2, 400, 100)), rng.random(400)
    charge = np.full((400, 100), signal)
    only = noise.clock_errors(ObservatoryOptions(event_jitter_ns=0), charge, normals, uniform)
    expected = 60.0 * 8.0 / (1.0 + np.log10(signal + 1.0))
    assert stats.kstest(only.ravel()[:20_000], stats.norm(0, expected).cdf).pvalue > 1e-3
    quiet = {"time_resolution_ns": 0.0}
    event = noise.clock_errors(ObservatoryOptions(**quiet), charge, normals, uniform)
    assert np.ptp(event, axis=1).max() == 0
    assert stats.kstest(event[:, 0], stats.uniform(-50, 100).cdf).pvalue > 1e-3
    more = noise.clock_errors(
        ObservatoryOptions(time_jitter_ns=25, event_jitter_ns=0, **quiet), charge, normals, uniform
    )
    assert stats.kstest(more.ravel()[:20_000], stats.norm(0, 25).cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("muons", "em", "muon_median", "em_median", "changes"),
    [
        (0.0, 0.0, 400.0, 600.0, {}),
        (8.0, 12.0, 400.0, 600.0, {}),
        (15.0, 8.0, 700.0, 1000.0, {}),
        (20.0, 60.0, 200.0, 300.0, {}),
        (300.0, 800.0, 120.0, 180.0, {}),
        (9000.0, 30_000.0, 55.0, 85.0, {}),
        (8.0, 12.0, 400.0, 600.0, {"noise_scale": 2.0}),
        (300.0, 800.0, 120.0, 180.0, {"noise_scale": 2.0, "gain_spread": 0.1}),
    ],
)
def test_sums_of_traces_and_integrated_signals_have_one_distribution(
    muons, em, muon_median, em_median, changes
):
    options = ObservatoryOptions(**changes)
    stations = 30_000
    values = (muons, em, muon_median, em_median)
    mean = Means(*(np.full((1, stations), value) for value in values))
    numbers = draw_normals(np.random.default_rng(5), (1, stations, 2))
    electronics, timing = noise.electronics_of(options), timing_of(options)

    traces = np.zeros((1, stations, 80), np.float32)
    fill_traces(state_of(np.random.default_rng(6)), mean, numbers, timing, traces)
    binned = channels_of(options, stations, seed=7)
    normals = draw_normals(np.random.default_rng(8), traces.shape, np.float32)
    free = electronics._replace(trigger=0.0)
    noise.digitise(traces, normals, binned, free)

    numbers = draw_normals(np.random.default_rng(9), (1, stations, 2))
    arrived = np.zeros((1, stations, 2))
    count_in_time(state_of(np.random.default_rng(10)), mean, numbers, timing, arrived)
    summed = channels_of(options, stations, seed=11)
    normals = draw_normals(np.random.default_rng(12), (1, stations))
    totals = draw_sums(arrived, mean, normals, summed, sum_model_of(options))

    assert stats.ks_2samp(binned.signal[0], totals[0]).pvalue > 1e-3
    assert stats.ks_2samp(binned.charge[0], summed.charge[0]).pvalue > 1e-3
    rates = [np.mean(signal >= options.trigger_VEM) for signal in (binned.signal, totals)]
    error = (np.mean(rates) * (1 - np.mean(rates)) * 2 / stations) ** 0.5
    assert abs(rates[0] - rates[1]) < 4 * error + 1e-4
    noise.trigger(totals, summed, electronics)
    assert np.mean(summed.status == noise.TRIGGERED) == rates[1]
