"""Images of jets against histograms and energyflow, and what they keep."""

import numpy as np
import pytest

from footprint.jets.images import pixelated
from footprint.jets.steps import STEPS, relative, stepped
from tests.jets.made_up import four_vectors, padded, relative_jets


@pytest.fixture
def found(rng):
    pt, deta, dphi = relative_jets(rng)
    px, py, pz, _ = four_vectors(pt, 0.3 + deta, 2.9 + dphi)
    return stepped(relative(px, py, pz), STEPS)


def jets_of(found):
    for first, last in zip(found.starts[:-1], found.starts[1:], strict=True):
        yield found.deta[first:last], found.dphi[first:last], found.pt[first:last]


@pytest.mark.parametrize(("pixels", "half"), [(40, 0.8), (33, 0.4), (5, 1.0), (2, 0.1)])
def test_images_are_histograms(found, pixels, half):
    images = pixelated(found, found.pt, pixels=pixels, half_width=half, norm="none")
    assert images.shape == (len(found.starts) - 1, pixels, pixels)
    edges = np.linspace(-half, half, pixels + 1)
    for image, (deta, dphi, pt) in zip(images, jets_of(found), strict=True):
        expected, _, _ = np.histogram2d(deta, dphi, bins=(edges, edges), weights=pt)
        np.testing.assert_allclose(image, expected, rtol=1e-5)
        inside = (np.abs(deta) < half) & (np.abs(dphi) < half)
        assert image.sum() == pytest.approx(pt[inside].sum(), rel=1e-5)


@pytest.mark.parametrize(("pixels", "half"), [(40, 0.8), (33, 0.4), (2, 0.1)])
def test_clouds_are_shared_by_their_overlap_with_the_pixels(found, pixels, half):
    """A cloud in cell is a square of a pixel's size about the constituent."""
    images = pixelated(
        found, found.pt, pixels=pixels, half_width=half, norm="none", deposit="cloud_in_cell"
    )
    lower = np.linspace(-half, half, pixels + 1)[:-1]
    side = 2 * half / pixels

    def overlap(places):
        gap = np.abs(places[:, np.newaxis] - (lower + side / 2)) / side
        return np.maximum(1 - gap, 0)

    for image, (deta, dphi, pt) in zip(images, jets_of(found), strict=True):
        expected = np.einsum("k,ki,kj->ij", pt, overlap(deta), overlap(dphi))
        np.testing.assert_allclose(image, expected, rtol=1e-5, atol=1e-5 * pt.max())


def test_clouds_keep_the_barycentre(found):
    """Pixels alone move it by up to half of one, and differently from jet to jet."""
    centres = (np.arange(80) + 0.5) * 0.05 - 2

    def rms(deposit):
        images = pixelated(found, found.pt, pixels=80, half_width=2, deposit=deposit)
        places = np.einsum("nij,i->n", images, centres)
        truth = [np.average(deta, weights=pt) for deta, _, pt in jets_of(found)]
        return np.sqrt(np.mean((places - truth) ** 2))

    assert rms("cloud_in_cell") < 1e-6
    assert rms("pixel") > 1e-3


@pytest.mark.parametrize("deposit", ["pixel", "cloud_in_cell"])
def test_norms(found, deposit):
    raw = pixelated(found, found.pt, half_width=0.5, norm="none", deposit=deposit)
    inside = raw.sum(axis=(1, 2), keepdims=True)
    image = pixelated(found, found.pt, half_width=0.5, norm="image", deposit=deposit)
    np.testing.assert_allclose(image.sum(axis=(1, 2)), 1, rtol=1e-5)
    np.testing.assert_allclose(image, raw / inside, rtol=1e-5)
    jet = pixelated(found, found.pt, half_width=0.5, norm="jet", deposit=deposit)
    total = [pt.sum() for _, _, pt in jets_of(found)]
    np.testing.assert_allclose(jet, raw / np.reshape(total, (-1, 1, 1)), rtol=1e-5)
    assert jet.sum(axis=(1, 2)).min() < 0.99


def test_energies_instead_of_transverse_momenta(found):
    twice = pixelated(found, 2 * found.pt, norm="none")
    np.testing.assert_allclose(twice, 2 * pixelated(found, found.pt, norm="none"), rtol=1e-6)


def test_the_first_axis_is_eta_and_the_second_phi():
    px, py, pz, _ = padded([7.0], [0.75], [-0.35])
    found = relative(px, py, pz, np.zeros(1), np.zeros(1))
    image = pixelated(found, found.pt, pixels=8, half_width=0.8, norm="none")
    assert np.argwhere(image[0]).tolist() == [[7, 2]]
    assert image[0, 7, 2] == pytest.approx(7)


def test_edges_do_not_depend_on_rounding(rng):
    """One constituent fills the pixel above the centre, two fill one row of pixels."""
    for _ in range(50):
        axis = tuple(rng.uniform(-2.5, 2.5, 2))
        px, py, pz, _ = padded([5.0], [0.0], [0.0], most=3, axis=axis)
        found = stepped(relative(px, py, pz), STEPS)
        assert np.argwhere(pixelated(found, found.pt)[0]).tolist() == [[20, 20]]
        px, py, pz, _ = padded([30.0, 10.0], *rng.normal(0, 0.2, (2, 2)), axis=axis)
        found = stepped(relative(px, py, pz), STEPS)
        assert set(np.argwhere(pixelated(found, found.pt)[0])[:, 0]) == {20}


@pytest.mark.parametrize("deposit", ["pixel", "cloud_in_cell"])
@pytest.mark.parametrize("norm", ["none", "image", "jet"])
def test_jets_without_constituents_inside_are_dark(norm, deposit):
    empty = relative(*np.full((3, 2, 4), np.nan))
    assert not pixelated(empty, empty.pt, norm=norm, deposit=deposit).any()
    px, py, pz, _ = padded([5.0], [2.0], [0.0])
    outside = relative(px, py, pz, np.zeros(1), np.zeros(1))
    assert not pixelated(outside, outside.pt, norm=norm, deposit=deposit).any()
    none = relative(*np.empty((3, 0, 4)))
    assert pixelated(none, none.pt, deposit=deposit).shape == (0, 40, 40)


def test_energyflow_sees_the_same(found):
    """Its grid has an odd number of pixels, is centred on a pixel and has phi first."""
    tools = pytest.importorskip("energyflow.utils.image_utils")
    pixels, width = 33, 1.2
    images = pixelated(found, found.pt, pixels=pixels, half_width=width / 2)
    for image, (deta, dphi, pt) in zip(images, jets_of(found), strict=True):
        theirs = tools.pixelate(np.stack([pt, deta, dphi], axis=1), npix=pixels, img_width=width)
        np.testing.assert_allclose(image, theirs[:, :, 0].T, atol=1e-6)
