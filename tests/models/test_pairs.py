"""Kinematics of pairs against their formulas in 64 bit, and against hand calculations."""

import numpy as np
import pytest


def particles(n=4, number=7, seed=0, spread=0.4):
    rng = np.random.default_rng(seed)
    pt = rng.exponential(30, (n, number)) + 0.5
    eta, phi = rng.normal(1, spread, (n, number)), rng.normal(3.1, spread, (n, number))
    mass = rng.choice([0, 0.14, 0.94], (n, number))
    p = pt * np.stack([np.cos(phi), np.sin(phi), np.sinh(eta)])
    return np.stack([*p, np.sqrt((p**2).sum(axis=0) + mass**2)], axis=-1)


def features(momenta, mask=None):
    from footprint.models.pairs import PairKinematics

    there = np.ones((*momenta.shape[:2], 1), "f4") if mask is None else mask
    found, of_pairs = PairKinematics()(momenta.astype("f4"), there.astype("f4"))
    return np.asarray(found), np.asarray(of_pairs)


def expected(a, b):
    """Textbook formulas, in 64 bit."""
    (pt_a, y_a, phi_a), (pt_b, y_b, phi_b) = (
        (np.hypot(p[0], p[1]), np.log((p[3] + p[2]) / (p[3] - p[2])) / 2, np.arctan2(p[1], p[0]))
        for p in (a, b)
    )
    turn = (phi_a - phi_b + np.pi) % (2 * np.pi) - np.pi
    delta, softer = np.hypot(y_a - y_b, turn), min(pt_a, pt_b)
    whole = a + b
    mass2 = whole[3] ** 2 - (whole[:3] ** 2).sum()
    return np.log([delta, softer * delta, softer / (pt_a + pt_b), mass2])


@pytest.mark.parametrize("spread", [0.4, 0.02])
def test_pairs_have_the_kinematics_of_their_formulas(spread):
    momenta = particles(spread=spread).astype("f4").astype("f8")
    found, _ = features(momenta)
    pairs = [(i, j) for i in range(7) for j in range(i + 1, 7)]
    assert found.shape == (4, len(pairs), 4)
    for jet in range(4):
        for pair, (i, j) in enumerate(pairs):
            truth = expected(momenta[jet, i], momenta[jet, j])
            np.testing.assert_allclose(found[jet, pair], truth, atol=2e-3 / spread)


def test_two_photons_back_to_back():
    momenta = np.array([[[30, 0, 0, 30], [-10, 0, 0, 10]]], "f8")
    found, _ = features(momenta)
    np.testing.assert_allclose(
        found[0, 0], np.log([np.pi, 10 * np.pi, 10 / 40, 4 * 30 * 10]), rtol=1e-5
    )


def test_masses_of_collinear_pairs_keep_their_digits():
    """Two massless particles of 300 GeV, 0.003 apart: m = E * angle in good approximation."""
    angle = 0.003
    momenta = np.array([[[300, 0, 0, 300], [300 * np.cos(angle), 300 * np.sin(angle), 0, 300]]])
    log_mass2 = features(momenta)[0][0, 0, 3]
    assert np.exp(log_mass2 / 2) == pytest.approx(300 * angle, rel=0.03)


def test_a_boost_along_the_beam_changes_nothing():
    momenta = particles()
    boosted = momenta.copy()
    gamma, beta = 1.25, 0.6
    boosted[..., 2] = gamma * (momenta[..., 2] + beta * momenta[..., 3])
    boosted[..., 3] = gamma * (momenta[..., 3] + beta * momenta[..., 2])
    turned = boosted.copy()
    turned[..., 0] = np.cos(2) * boosted[..., 0] - np.sin(2) * boosted[..., 1]
    turned[..., 1] = np.sin(2) * boosted[..., 0] + np.cos(2) * boosted[..., 1]
    np.testing.assert_allclose(features(turned)[0], features(momenta)[0], atol=1e-2)


def test_padding_and_identical_particles_stay_finite():
    momenta = particles(1)
    momenta[0, 1] = momenta[0, 0]
    momenta[0, 4:] = 0
    mask = (np.arange(7) < 4)[None, :, None]
    found, there = features(momenta, mask)
    assert np.isfinite(found).all()
    pairs = [(i, j) for i in range(7) for j in range(i + 1, 7)]
    assert there[0, :, 0].tolist() == [float(j < 4) for _, j in pairs]


def test_pairs_become_symmetric_matrices():
    from footprint.models.pairs import PairsToMatrix

    number, heads = 5, 3
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2, 10, heads)).astype("f4")
    matrix = np.asarray(PairsToMatrix(number)(values))
    assert matrix.shape == (2, heads, number, number)
    first, second = np.triu_indices(number, k=1)
    np.testing.assert_array_equal(matrix[:, :, first, second], values.transpose(0, 2, 1))
    np.testing.assert_array_equal(matrix, matrix.transpose(0, 1, 3, 2))
    assert not matrix[:, :, range(number), range(number)].any()


def test_attention_with_a_bias_is_the_softmax():
    from footprint.models.particle_transformer import Attention, HiddenBias

    rng = np.random.default_rng(0)
    q, k, v = (rng.normal(size=(2, 4, 6)).astype("f4") for _ in range(3))
    bias = rng.normal(size=(2, 3, 4, 4)).astype("f4")
    seen = np.array([[1, 1, 0, 1], [1, 0, 0, 0]], bool)
    found = np.asarray(Attention(3)(q, k, v, bias + np.asarray(HiddenBias()(seen))))
    for jet in range(2):
        for head in range(3):
            part = slice(2 * head, 2 * head + 2)
            scores = q[jet, :, part] @ k[jet, :, part].T / np.sqrt(2) + bias[jet, head]
            weights = np.exp(scores) * seen[jet]
            weights /= weights.sum(axis=1, keepdims=True)
            np.testing.assert_allclose(
                found[jet, :, part], weights @ v[jet, :, part], rtol=1e-4, atol=1e-5
            )


def test_size_is_the_published_one(jet_network):
    channels = {"four_vectors": ["c7", "c8", "c9", "c10"]}
    full = {
        "width": 128, "heads": 8, "blocks": 8, "class_blocks": 2,
        "embedding_units": [128, 512], "pair_units": [64, 64, 64],
    }  # fmt: skip
    model = {"name": "particle_transformer", **channels}
    assert jet_network(model | full, 20, 11).count_params() == pytest.approx(2_140_000, rel=0.02)
    # Each block: four maps of the width, 4 widths and back, normalisations; then pairs and rest.
    block = 4 * (64 * 64 + 64) + 64 * 256 + 256 + 256 * 64 + 64 + 2 * (3 * 64 + 256)
    pairs = 16 + (4 * 16 + 16) + (16 * 4 + 4)
    rest = 7 * 64 + 64 + 2 * 64 + 64 * 64 + 64 + 64 + 2 * 64 + 2 * 64 + 2
    assert jet_network(model, 20, 11).count_params() == 4 * block + pairs + rest
