import sys
import types

import numpy as np
import pytest
from scipy import stats

from footprint.simulate.xmax import TABLES, draw, moments

MASSES = np.array([1.0, 4.0, 14.0, 56.0])


@pytest.mark.parametrize(
    ("model", "lg_energy", "mean", "sd"),
    [
        ("EPOS-LHC", 19.0, (808.1, 775.1, 748.0, 711.8), (59.2, 38.2, 28.0, 16.7)),
        ("EPOS-LHC", 18.5, (780.5, 747.1, 719.6, 682.3), None),
        ("EPOS-LHC", 20.0, (862.6, 829.7, 803.1, 767.5), None),
        ("QGSJetII-04", 19.0, (793.1, 758.2, 731.2, 697.9), (61.1, 42.9, 33.8, 22.4)),
        ("Sibyll2.1", 19.0, (798.4, 763.4, 733.1, 698.0), (54.7, 39.1, 30.0, 21.9)),
    ],
)
def test_moments_match_published_values(model, lg_energy, mean, sd):
    found_mean, found_sd = moments(model, np.full(4, lg_energy), MASSES)
    np.testing.assert_allclose(found_mean, mean, atol=0.3)
    if sd is not None:
        np.testing.assert_allclose(found_sd, sd, atol=0.3)


@pytest.mark.parametrize("model", TABLES)
def test_draws_have_the_moments_of_the_distribution(model):
    events = 100_000
    for mass in MASSES:
        values = draw(np.random.default_rng(1), model, np.full(events, 19.3), np.full(events, mass))
        mean, sd = moments(model, np.array(19.3), np.array(mass))
        assert values.mean() == pytest.approx(float(mean), abs=5 * float(sd) / events**0.5)
        assert values.std() == pytest.approx(float(sd), rel=0.03)


def test_shape_one_is_the_ordinary_gumbel_distribution():
    mu, sigma, shape = TABLES["EPOS-LHC"].parameters(np.array(19.0), np.array(1.0))
    rng = np.random.default_rng(3)
    values = mu - sigma * np.log(rng.gamma(1.0, 1.0, 20_000))
    assert stats.kstest(values, stats.gumbel_r(mu, sigma).cdf).pvalue > 1e-3
    assert shape == pytest.approx(0.563)


def test_heavier_nuclei_and_lower_energies_have_shallower_showers():
    for model in TABLES:
        by_mass, _ = moments(model, np.full(4, 19.0), MASSES)
        by_energy, _ = moments(model, np.linspace(18.5, 20, 4), np.full(4, 14.0))
        assert np.all(np.diff(by_mass) < 0)
        assert np.all(np.diff(by_energy) > 0)


@pytest.fixture
def auger(monkeypatch):
    """The package astrotools, which asks setuptools for a module that is gone from it."""
    stub = types.ModuleType("pkg_resources")
    stub.require = lambda _: [types.SimpleNamespace(version="0")]
    stub.get_distribution = lambda _: types.SimpleNamespace(version="0")
    monkeypatch.setitem(sys.modules, "pkg_resources", stub)
    return pytest.importorskip("astrotools.auger", exc_type=ImportError)


@pytest.mark.parametrize("model", TABLES)
def test_tables_are_those_of_astrotools(auger, model):
    energies, masses = np.meshgrid(np.linspace(17.0, 21.0, 9), [1.0, 2.0, 4.0, 14.0, 26.0, 56.0])
    energies, masses = energies.ravel(), masses.ravel()
    found = TABLES[model].parameters(energies, masses)
    expected = auger.gumbel_parameters(energies, masses, model)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize("mass", MASSES)
def test_draws_follow_the_density_of_astrotools(auger, mass):
    values = draw(np.random.default_rng(2), "EPOS-LHC", np.full(5000, 19.4), np.full(5000, mass))
    grid = np.linspace(300.0, 2000.0, 20_001)
    cumulated = np.cumsum(auger.gumbel(grid, 19.4, mass, "EPOS-LHC")) * (grid[1] - grid[0])
    assert cumulated[-1] == pytest.approx(1.0, abs=1e-3)
    assert stats.kstest(values, lambda x: np.interp(x, grid, cumulated)).pvalue > 1e-3
