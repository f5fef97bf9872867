"""Binned counts against particles drawn one by one."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.observatory_plain import particle_trace
from footprint.config.observatory import ObservatoryOptions
from footprint.simulate import observatory_particles as particles
from footprint.simulate.observatory_means import Arrival, Means, timing_of

TIMING = timing_of(ObservatoryOptions())
CENTRES = (np.arange(80) + 0.5) * 25.0


def means(muons, em, muon_median, em_median, stations=1):
    values = [np.full((1, stations), float(v)) for v in (muons, em, muon_median, em_median)]
    return Means(*values)


def traces(mean, seed=1):
    state = particles.state_of(np.random.default_rng(seed))
    shape = mean.muons.shape
    normals = np.random.default_rng(seed + 1).standard_normal((*shape, 2))
    found = np.zeros((*shape, 80), np.float32)
    particles.fill_traces(state, mean, normals, TIMING, found)
    return found[0]


@pytest.mark.parametrize("method", ["draw_times", "draw_counts"])
@pytest.mark.parametrize(("median", "shift"), [(190.0, 0.0), (569.5, 0.0), (845.9, 184.3)])
def test_both_methods_follow_the_lognormal(method, median, shift):
    number, repeats = 300, 400
    state = particles.state_of(np.random.default_rng(5))
    arrival = Arrival(np.log(median), shift, 0.7, 25.0)
    total, first = np.zeros(80), []
    for _ in range(repeats):
        trace = np.zeros(80)
        if method == "draw_times":
            particles.draw_times(state, number, arrival, np.empty(number), trace)
        else:
            particles.draw_counts(state, number, arrival, trace)
        total += trace
        first.append(trace[:10].sum())
    edges = np.maximum(np.arange(81) * 25.0 - shift, 0.0)
    below = stats.lognorm(0.7, scale=median).cdf(edges)
    expected = number * repeats * np.diff(below)
    kept = expected > 5
    chi2 = np.sum((total - expected)[kept] ** 2 / expected[kept])
    assert stats.chi2.sf(chi2, kept.sum()) > 1e-3
    # Binomial, not Poissonian: the number of particles is given.
    probability = below[10]
    if probability > 0.01:
        variance = number * probability * (1 - probability)
        assert np.var(first) == pytest.approx(variance, rel=0.3)


@pytest.mark.parametrize(
    ("muons", "em"), [(12.0, 25.0), (300.0, 700.0), (3000.0, 900.0), (60_000.0, 20_000.0)]
)
def test_traces_equal_those_of_single_particles(muons, em):
    stations = 400
    binned = traces(means(muons, em, 230.0, 340.0, stations))
    rng = np.random.default_rng(6)
    single = np.array([particle_trace(rng, muons, em, 230.0, 340.0) for _ in range(stations)])

    def mean_time(trace):
        return trace @ CENTRES / np.maximum(trace.sum(axis=1), 1)

    def spread(trace):
        return np.sqrt(
            trace @ CENTRES**2 / np.maximum(trace.sum(axis=1), 1) - mean_time(trace) ** 2
        )

    for measure in (
        lambda trace: trace.sum(axis=1),
        mean_time,
        spread,
        lambda trace: trace.max(axis=1),
        lambda trace: trace[:, :8].sum(axis=1),
        lambda trace: trace[:, 40:].sum(axis=1),
        lambda trace: (trace > 0).sum(axis=1),
        lambda trace: np.argmax(trace > 0, axis=1),
    ):
        assert stats.ks_2samp(measure(binned), measure(single)).pvalue > 1e-3


def test_numbers_fluctuate_by_the_root_of_the_mean():
    total = traces(means(200.0, 0.0, 60.0, 90.0, 20_000)).sum(axis=1)
    assert total.mean() == pytest.approx(199.5, abs=0.6)  # int() takes half a particle
    assert total.std() == pytest.approx(200**0.5, rel=0.03)


def test_late_particles_are_lost_as_published():
    # r = 2000 m, 300 g/cm2 below the maximum: 3.6 % of the muons, 13.8 % of the others.
    growth = (2000 / 750) ** 1.4
    muon_median, em_median = 50 + 140 * growth * 0.94, 80 + 200 * growth * 0.97
    for muons, em, lost in ((1e6, 0.0, 0.036), (0.0, 1e6, 0.138)):
        mean = means(muons, em, muon_median, em_median, 50)
        kept = traces(mean).sum(axis=1).mean()
        assert 1 - kept / 1e6 == pytest.approx(lost, abs=0.0006)
        arrived = np.zeros((1, 50, 2))
        state = particles.state_of(np.random.default_rng(2))
        normals = np.zeros((1, 50, 2))
        particles.count_in_time(state, mean, normals, TIMING, arrived)
        assert 1 - arrived.sum() / 50e6 == pytest.approx(lost, abs=0.0006)


def test_no_particles_no_trace():
    assert traces(means(0.0, 0.0, 1.0, 1.0)).sum() == 0
