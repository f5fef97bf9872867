"""Substructure against what can be computed by hand, and against what must not change it."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import minimize

from footprint.config.jet_arrays import SUBSTRUCTURE
from footprint.jets.kinematics import four_momentum
from footprint.jets.substructure import BATCH, substructure


def jets_of(*lists, most=None):
    """Jets of massless constituents, each a (pt, y, phi), padded with NaN."""
    most = most or max(len(one) for one in lists)
    found = np.full((4, len(lists), most), np.nan)
    for jet, parts in enumerate(lists):
        if parts:
            pt, eta, phi = np.array(parts, float).T
            found[:, jet, : len(parts)] = four_momentum(pt, eta, phi, 0 * pt)
    return found


def random_jets(rng, sizes, width=0.25):
    return [
        list(zip(rng.exponential(20, n) + 1, *rng.normal(0, width, (2, n)), strict=True))
        for n in sizes
    ]


def only(jet, **options):
    return {name: float(v[0]) for name, v in substructure(*jets_of(jet), **options).items()}


def distance(one, other):
    return np.hypot(one[1] - other[1], one[2] - other[2])


def correlators(jet):
    """Normalised two- and three-point correlators, term by term."""
    total = sum(part[0] for part in jet)
    two = sum(a[0] * b[0] * distance(a, b) for a, b in itertools.combinations(jet, 2)) / total**2
    three = (
        sum(
            a[0] * b[0] * c[0] * distance(a, b) * distance(b, c) * distance(c, a)
            for a, b, c in itertools.combinations(jet, 3)
        )
        / total**3
    )
    return two, three


def least_spread(jet):
    """The smallest sum of pT times distance to one axis, found by a search."""

    def spread(axis):
        return sum(part[0] * distance(part, (0, *axis)) for part in jet)

    starts = [part[1:] for part in jet]
    return min(
        minimize(spread, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).fun
        for start in starts
    )


def test_correlators_are_their_sums_written_out(rng):
    for jet in random_jets(rng, [3, 7, 20]):
        two, three = correlators(jet)
        found = only(jet)
        assert found["c2"] == pytest.approx(three / two**2, rel=1e-5)
        assert found["d2"] == pytest.approx(three / two**3, rel=1e-5)


def test_n_subjettiness_is_the_best_choice_of_axes(rng):
    centres = [(0.4, 0.1), (-0.2, 0.35), (-0.15, -0.4)]
    prongs = [
        [(rng.exponential(30) + 5, y + u, phi + v) for u, v in rng.normal(0, 0.03, (4, 2))]
        for y, phi in centres
    ]
    jet = [part for prong in prongs for part in prong]
    scale = 0.8 * sum(part[0] for part in jet)
    # Prongs far apart: the best three axes are the best single axis of each.
    best = {
        "tau1": least_spread(jet) / scale,
        "tau2": min(
            least_spread(prongs[i]) + least_spread(prongs[j] + prongs[k])
            for i, j, k in ((0, 1, 2), (1, 0, 2), (2, 0, 1))
        )
        / scale,
        "tau3": sum(map(least_spread, prongs)) / scale,
    }
    found = only(jet)
    for name, value in best.items():  # one pass of the search ends near the best, never below
        assert value * (1 - 1e-5) < found[name] < 1.03 * value, name
    assert found["tau32"] == pytest.approx(found["tau3"] / found["tau2"], rel=1e-6)


def test_n_subjettiness_is_normalised_to_the_radius(rng):
    jet = random_jets(rng, [12])[0]
    for name in ("tau1", "tau2", "tau3", "tau4"):
        assert only(jet, radius=0.4)[name] == pytest.approx(2 * only(jet)[name], rel=1e-5)


def test_two_equal_prongs():
    found = only([(300, 0.3, 0), (300, -0.3, 0)])
    # m^2 = 2 pT1 pT2 (cosh dy - cos dphi)
    assert found["soft_drop_mass"] == pytest.approx(np.sqrt(2 * 300**2 * (np.cosh(0.6) - 1)))
    # Anywhere between the two, an axis has the same sum of pT times distance.
    assert found["tau1"] == pytest.approx(0.5 * 0.6 / 0.8, rel=1e-5)
    assert found["tau2"] == found["tau3"] == found["tau4"] == 0
    assert found["tau21"] == 0
    assert np.isnan(found["tau32"])
    assert found["c2"] == found["d2"] == 0


@pytest.mark.parametrize(("soft", "kept"), [(0.08, False), (0.12, True)])
def test_soft_drop_drops_a_branch_below_a_tenth(soft, kept):
    pt = 500 * soft / (1 - soft)
    pair = [(300, 0.05, 0.0), (200, -0.05, 0.0)]
    found = only([*pair, (pt, 0.0, 0.6)])["soft_drop_mass"]
    groomed = np.sqrt(2 * 300 * 200 * (np.cosh(0.1) - 1))
    whole = np.sum(jets_of([*pair, (pt, 0.0, 0.6)])[:, 0], axis=1)
    mass = np.sqrt(whole[3] ** 2 - np.sum(whole[:3] ** 2))
    assert found == pytest.approx(mass if kept else groomed, rel=1e-5)


def test_what_is_not_defined_is_not_a_number():
    found = substructure(*jets_of([], [(100, 0, 0)], [(100, 0.1, 0), (50, 0.1, 0)], most=5))
    assert all(np.isnan(found[name][0]) for name in SUBSTRUCTURE)
    for jet in (1, 2):  # one particle, and two that fly together
        assert found["soft_drop_mass"][jet] == pytest.approx(0, abs=1e-3)
        assert [found[f"tau{n}"][jet] for n in (1, 2, 3, 4)] == pytest.approx([0] * 4, abs=1e-6)
    for name in ("tau21", "tau32", "c2", "d2"):
        assert np.isnan(found[name][1])


def test_no_jets_at_all():
    found = substructure(*np.empty((4, 0, 10)))
    assert set(found) == set(SUBSTRUCTURE)
    assert all(values.shape == (0,) for values in found.values())


def test_boosts_along_and_turns_about_the_beam_change_nothing(rng):
    jets = random_jets(rng, [6, 15, 40])
    moved = [[(pt, y + 0.7, phi + 3.0) for pt, y, phi in jet] for jet in jets]
    mirrored = [[(pt, -y, -phi) for pt, y, phi in jet] for jet in jets]
    expected = substructure(*jets_of(*jets))
    for others in (moved, mirrored):
        for name, values in substructure(*jets_of(*others)).items():
            np.testing.assert_allclose(values, expected[name], rtol=2e-3, err_msg=name)


def test_heavier_by_a_factor_but_of_the_same_shape(rng):
    jet = random_jets(rng, [20])[0]
    found, twice = only(jet), only([(2 * pt, y, phi) for pt, y, phi in jet])
    assert twice.pop("soft_drop_mass") == pytest.approx(2 * found.pop("soft_drop_mass"), rel=1e-5)
    assert twice == pytest.approx(found, rel=1e-3)


def test_neither_order_nor_padding_nor_neighbours_matter(rng):
    jets = jets_of(*random_jets(rng, [0, 1, 2, 3, 4, 5, 30, 31]))
    expected = substructure(*jets)
    shuffled = jets[:, :, rng.permutation(jets.shape[2])]
    for name, values in substructure(*shuffled).items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-3, atol=1e-4, err_msg=name)
    for jet in range(jets.shape[1]):
        alone = substructure(*jets[:, jet : jet + 1])
        for name, values in alone.items():
            np.testing.assert_array_equal(values[0], expected[name][jet], err_msg=name)


def test_more_jets_than_are_clustered_together():
    pair = [(100, 0.1, 0), (100, -0.1, 0)]
    lone = [(100, 0.1, 0)]
    found = substructure(*jets_of(*[pair] * BATCH, lone, pair))["tau1"]
    assert len(found) == BATCH + 2
    assert found[-2] == 0
    assert np.all(np.delete(found, -2) == found[0])


def test_nothing_is_printed():
    code = (
        "import numpy as np\n"
        "from footprint.jets.substructure import substructure\n"
        "substructure(*np.ones((3, 1, 6)), 2 * np.ones((1, 6)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == done.stderr == ""
