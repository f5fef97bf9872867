"""Steps that bring jets into their own frame, by symmetries, hand calculation and plain loops."""

import numpy as np
import pytest

from footprint.errors import DataError
from footprint.jets.images import pixelated
from footprint.jets.steps import STEPS, relative, stepped
from tests.jets.made_up import four_vectors, padded, relative_jets

AXIS = (0.7, 3.1)


def frame(pt, deta, dphi, steps=STEPS, axis=AXIS, towards=None):
    """Coordinates of jets given by what they look like about an axis."""
    px, py, pz, _ = four_vectors(pt, axis[0] + deta, axis[1] + dphi)
    return stepped(relative(px, py, pz), steps, towards)


def turned(deta, dphi, angle):
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * deta - sin * dphi, sin * deta + cos * dphi


def image(found):
    return pixelated(found, found.pt, pixels=16)


def one(*jet, steps=STEPS, **options):
    px, py, pz, _ = padded(*jet, **options)
    found = stepped(relative(px, py, pz), steps)
    return found.deta, found.dphi


def test_angles_are_those_of_the_momenta_about_the_sum(rng):
    pt, deta, dphi = relative_jets(rng)
    px, py, pz, _ = four_vectors(pt, 0.7 + deta, 3.1 + dphi)
    found = relative(px, py, pz)
    there = ~np.isnan(pt)
    sums = [np.nansum(part, axis=1) for part in (px, py, pz)]
    phi = np.arctan2(sums[1], sums[0])
    eta = -np.log(np.tan(np.arctan2(np.hypot(sums[0], sums[1]), sums[2]) / 2))
    expected = (0.7 + deta - eta[:, None], np.angle(np.exp(1j * (3.1 + dphi - phi[:, None]))))
    np.testing.assert_allclose(found.pt, pt[there], rtol=1e-12)
    np.testing.assert_allclose(found.deta, expected[0][there], atol=1e-10)
    np.testing.assert_allclose(found.dphi, expected[1][there], atol=1e-10)
    np.testing.assert_array_equal(np.diff(found.starts), there.sum(axis=1))


def test_a_given_axis_is_taken_and_the_sum_where_it_is_nan():
    px, py, pz, _ = padded([10.0, 10.0], [0.1, 0.3], [0.2, 0.2], axis=(0.0, 3.0))
    twice = [np.concatenate([part, part]) for part in (px, py, pz)]
    found = relative(*twice, np.array([0.0, np.nan]), np.array([3.1 - 2 * np.pi, 0.0]))
    np.testing.assert_allclose(found.deta[:2], [0.1, 0.3])
    np.testing.assert_allclose(found.dphi, [0.1, 0.1, 0.0, 0.0], atol=1e-12)
    assert found.deta[2] == pytest.approx(-0.1, abs=2e-3)


def test_the_centroid_is_weighted_by_transverse_momentum(rng):
    pt, deta, dphi = relative_jets(rng, jets=5)
    found = frame(pt, deta, dphi, ["centre"])
    for jet in range(5):
        k = slice(*found.starts[jet : jet + 2])
        assert np.average(found.deta[k], weights=found.pt[k]) == pytest.approx(0, abs=1e-12)
        assert np.average(found.dphi[k], weights=found.pt[k]) == pytest.approx(0, abs=1e-12)
        there = ~np.isnan(pt[jet])
        shift = deta[jet][there] - np.average(deta[jet][there], weights=pt[jet][there])
        np.testing.assert_allclose(found.deta[k], shift, atol=1e-10)


@pytest.mark.parametrize("azimuth", [-np.pi, -3.0, -0.1, 0.0, 1.5, 3.14, np.pi, 9.0])
def test_a_jet_looks_the_same_at_any_azimuth(rng, azimuth):
    jets = relative_jets(rng)
    here, there = frame(*jets), frame(*jets, axis=(AXIS[0], azimuth))
    np.testing.assert_allclose(there.dphi, here.dphi, atol=1e-9)
    np.testing.assert_allclose(image(there), image(here), atol=1e-6)


def test_after_centring_a_jet_looks_the_same_at_any_pseudorapidity(rng):
    jets = relative_jets(rng)
    there = frame(*jets, axis=(-1.9, AXIS[1]))
    np.testing.assert_allclose(there.deta, frame(*jets).deta, atol=1e-9)


@pytest.mark.parametrize("angle", [0.3, 1.0, np.pi / 2, 2.5, np.pi, 4.0, -1.2])
def test_rotated_jets_look_the_same_after_rotate(rng, angle):
    pt, deta, dphi = relative_jets(rng)
    steps = ["centre", "rotate"]
    here = frame(pt, deta, dphi, steps)
    there = frame(pt, *turned(deta, dphi, angle), steps)
    np.testing.assert_allclose(there.deta, here.deta, atol=1e-8)
    np.testing.assert_allclose(there.dphi, here.dphi, atol=1e-8)
    np.testing.assert_allclose(image(there), image(here), atol=1e-6)
    unturned = frame(pt, *turned(deta, dphi, angle), ["centre"])
    assert np.abs(unturned.deta - frame(pt, deta, dphi, ["centre"]).deta).max() > 0.05


@pytest.mark.parametrize("mirror", [(-1, 1), (1, -1), (-1, -1)])
def test_mirrored_jets_look_the_same_after_flip(rng, mirror):
    pt, deta, dphi = relative_jets(rng)
    mirrored = (pt, mirror[0] * deta, mirror[1] * dphi)
    here, there = frame(pt, deta, dphi), frame(*mirrored)
    np.testing.assert_allclose(there.deta, here.deta, atol=1e-8)
    np.testing.assert_allclose(there.dphi, here.dphi, atol=1e-8)
    flipped, unflipped = frame(*mirrored, ["centre", "flip"]), frame(*mirrored, ["centre"])
    assert not np.allclose(flipped.deta + flipped.dphi, unflipped.deta + unflipped.dphi)


def test_the_larger_spread_stands_upright_and_the_harder_halves_are_positive(rng):
    found = frame(*relative_jets(rng, jets=40))
    for jet in range(40):
        k = slice(*found.starts[jet : jet + 2])
        x, y, pt = found.deta[k], found.dphi[k], found.pt[k]
        moments = np.cov(np.stack([x, y]), aweights=pt)
        assert moments[1, 1] >= moments[0, 0]
        assert moments[0, 1] == pytest.approx(0, abs=1e-9)
        assert pt[x > 0].sum() >= pt[x < 0].sum()
        assert pt[y > 0].sum() >= pt[y < 0].sum()


def test_two_constituents_by_hand():
    # Centroid a quarter of the way from the harder one; the pair stands upright, it is on top.
    deta, dphi = one([30.0, 10.0], [0.3, -0.1], [0.0, 0.0])
    np.testing.assert_allclose(dphi, [0.1, -0.3], atol=1e-12)
    np.testing.assert_allclose(deta, 0, atol=1e-12)
    # Halves by transverse momentum, not by number.
    deta, dphi = one([30.0, 10.0, 10.0], [0.0, 0.4, -0.4], [0.0, 0.1, 0.2])
    assert dphi[1] * dphi[2] < 0


def test_no_constituent_and_one():
    for steps in ([], ["centre"], STEPS):
        deta, _ = one([], [], [], steps=steps)
        assert len(deta) == 0
    deta, dphi = one([5.0], [0.0], [0.0], axis=(1.3, -2.0))
    assert np.abs([deta, dphi]).max() < 1e-12
    px, py, pz, _ = padded([5.0], [0.3], [0.2])
    found = stepped(relative(px, py, pz, np.zeros(1), np.zeros(1)), ["rotate"])
    np.testing.assert_allclose([found.deta[0], found.dphi[0]], [0.3, 0.2])


def test_round_and_symmetric_jets_stay_as_they_are():
    angles = np.arange(8) * np.pi / 4 + 0.1
    ring = (np.full(8, 5.0), 0.4 * np.cos(angles), 0.4 * np.sin(angles))
    px, py, pz, _ = padded(*ring)
    found = relative(px, py, pz, np.zeros(1), np.zeros(1))
    after = stepped(found, STEPS)
    np.testing.assert_allclose(after.deta, ring[1], atol=1e-9)
    np.testing.assert_allclose(after.dphi, ring[2], atol=1e-9)
    # A cross longer in eta than in phi is only turned upright.
    deta, dphi = one([5.0] * 4, [0.5, -0.5, 0.0, 0.0], [0.0, 0.0, 0.2, -0.2])
    np.testing.assert_allclose(np.abs(deta), [0, 0, 0.2, 0.2], atol=1e-9)
    np.testing.assert_allclose(np.abs(dphi), [0.5, 0.5, 0, 0], atol=1e-9)


@pytest.mark.parametrize(
    ("steps", "expected"), [(["flip", "centre"], [-0.1, 0.3]), (["centre", "flip"], [0.1, -0.3])]
)
def test_steps_are_taken_in_their_order(steps, expected):
    px, py, pz, _ = padded([30.0, 10.0], [0.1, 0.5], [0.0, 0.0])
    found = stepped(relative(px, py, pz, np.zeros(1), np.zeros(1)), steps)
    np.testing.assert_allclose(found.deta, expected)


def test_a_direction_is_turned_downwards(rng):
    pt, deta, dphi = relative_jets(rng, jets=20)
    towards = np.stack([deta[:, 1] - deta[:, 0], dphi[:, 1] - dphi[:, 0]], axis=1)
    towards[7] = np.nan
    found = frame(pt, deta, dphi, ["centre", "rotate"], towards=towards)
    principal = frame(pt, deta, dphi, ["centre", "rotate"])
    for jet in range(20):
        first = found.starts[jet]
        x, y = (part[first + 1] - part[first] for part in (found.deta, found.dphi))
        if jet == 7:
            np.testing.assert_array_equal(found.deta[first], principal.deta[first])
        else:
            assert (x, y) == pytest.approx((0, -np.hypot(*towards[jet])), abs=1e-9)
    # A flip before it takes the direction along.
    early = frame(pt, deta, dphi, ["centre", "flip", "rotate"], towards=towards)
    x = early.deta[early.starts[:-1] + 1] - early.deta[early.starts[:-1]]
    np.testing.assert_allclose(np.delete(x, 7), 0, atol=1e-9)


def test_nan_and_zeros_are_no_constituents():
    px, py, pz, _ = padded([30.0, 10.0, 5.0], [0.3, -0.2, 0.1], [0.1, 0.2, -0.3])
    whole = stepped(relative(px, py, pz), STEPS)
    holes = [np.full((1, 9), np.nan) for _ in range(3)]
    for part, given in zip(holes, (px, py, pz), strict=True):
        part[0, [1, 4, 5]] = given
        part[0, [2, 7]] = 0.0
    holes[0][0, 8], holes[1][0, 8] = 5.0, 1.0
    found = stepped(relative(*holes), STEPS)
    np.testing.assert_array_equal(found.deta, whole.deta)
    np.testing.assert_array_equal(found.places, [1, 4, 5])
    np.testing.assert_array_equal(found.of(holes[0]), px[0])


def test_balanced_momenta_have_an_axis_all_the_same():
    found = relative(np.array([[5.0, -5.0]]), np.zeros((1, 2)), np.array([[1.0, 2.0]]))
    assert np.isfinite([found.deta, found.dphi]).all()


@pytest.mark.parametrize("bad", [np.inf, -np.inf])
def test_infinite_momenta_are_refused(bad):
    px, py, pz, _ = padded([30.0, 10.0], [0.3, -0.2], [0.1, 0.2])
    broken = [np.concatenate([part, part]) for part in (px, py, pz)]
    broken[2][1, 0] = bad
    with pytest.raises(DataError, match=r"1 of 2 jets .* infinite momentum, first number 1 of the"):
        relative(*broken)


def test_what_is_given_is_left_alone(rng):
    pt, deta, dphi = relative_jets(rng, jets=3)
    found = relative(*four_vectors(pt, deta, dphi)[:3])
    before = found.deta.copy()
    stepped(found, STEPS)
    np.testing.assert_array_equal(found.deta, before)
