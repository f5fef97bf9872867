"""Sculpting: the divergence's limits and known values, and cuts that do and do not sculpt."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from footprint.config.tagging import Tagging
from footprint.evaluation import sculpting as room
from footprint.evaluation.bootstrap import bootstrap
from tests.evaluation.taggers import tagger

ASKED = Tagging(signal="top", sculpting="soft_drop_mass")


def ones(predictions):
    return np.ones(len(predictions.truth), dtype=np.int64)


def measured(predictions, cuts=(0.3, 0.5, 0.8)):
    at = room.edges(predictions, ASKED)
    return room.measures(predictions, ASKED, at, list(cuts)), at


def test_divergence_of_equal_spectra_is_0_and_of_disjoint_ones_1_bit():
    spectrum = np.asarray([3.0, 1.0, 0.0, 7.0])
    assert room.divergence(spectrum, 2.5 * spectrum) == 0
    assert room.divergence(np.asarray([3.0, 1, 0, 0]), np.asarray([0, 0, 2.0, 5])) == 1
    # p = (1, 0), q = (1/2, 1/2), m = (3/4, 1/4): 1/2 log2(4/3) + 1/2 (1/2 log2(2/3) + 1/2)
    known = room.divergence(np.asarray([1.0, 0]), np.asarray([1.0, 1]))
    assert known == pytest.approx(1.5 - 0.75 * np.log2(3))
    assert np.isnan(room.divergence(np.zeros(3), np.ones(3)))


def test_divergence_agrees_with_scipy_and_is_symmetric(rng):
    p, q = rng.random((2, 5, 20))
    expected = jensenshannon(p, q, base=2, axis=1) ** 2
    np.testing.assert_allclose(room.divergence(p, q), expected)
    np.testing.assert_allclose(room.divergence(q, p), expected)


def test_spectra_are_histograms_of_the_background_that_passes():
    p = tagger(events=4000)
    measure, at = measured(p)
    found = measure(ones(p))
    mass, score = p.spectators["soft_drop_mass"].astype(np.float64), p.prediction[:, 1]
    background = p.truth == 0
    threshold = np.sort(score[~background])[::-1][999]  # 50 % of 2000
    passes = background & (score >= threshold)
    for name, rows in (("before", background), ("after", passes)):
        filled, _ = np.histogram(mass[rows], at)
        density = filled / (rows.sum() * np.diff(at))
        value = found[name] if name == "before" else found[name][1]
        np.testing.assert_allclose(value[:-1], density[:-1])
    assert found["passing"][1] == pytest.approx(passes.sum())
    assert found["rejection"][1] == pytest.approx(2000 / passes.sum())
    places = np.concatenate([[-np.inf], at, [np.inf]])
    failing = background & ~passes
    spectra = [np.histogram(mass[rows], places)[0] for rows in (passes, failing)]
    assert found["jsd"][1] == pytest.approx(jensenshannon(*spectra, base=2) ** 2, rel=1e-6)


def test_a_cut_that_knows_nothing_of_the_mass_has_the_divergence_of_chance():
    p = tagger(events=40_000, sculpts=0.0)
    measure, _ = measured(p)
    found = measure(ones(p))
    for k in range(3):
        chance = room.noise(found["before"], found["passing"][k], found["failing"][k])
        assert 0.4 * chance < found["jsd"][k] < 2.2 * chance


def test_a_cut_on_the_mass_itself_separates_the_spectra():
    p = tagger(events=4000)
    mass = p.spectators["soft_drop_mass"].astype(np.float64)
    score = mass / mass.max()
    p = replace(p, prediction=np.stack([1 - score, score], axis=1))
    measure, _ = measured(p)
    assert measure(ones(p))["jsd"].min() > 0.8


def test_more_sculpting_diverges_more():
    jsd = [
        measured(p)[0](ones(p))["jsd"][2]
        for p in (tagger(events=8000, sculpts=s) for s in (0, 1, 2))
    ]
    assert jsd[0] < jsd[1] < jsd[2]


def test_chance_alone_for_many_events_is_that_of_the_chi_square():
    # Second order of the divergence: (bins - 1) / 8 (1/n + 1/m) nats.
    expected = 9 / 8 * (1 / 5000 + 1 / 20_000) / np.log(2)
    assert room.noise(np.ones(10), 5000, 20_000) == pytest.approx(expected, rel=0.1)
    assert np.isnan(room.noise(np.ones(10), 0, 100))
    assert np.isnan(room.noise(np.ones(10), np.nan, 100))


def test_weights_count_like_events_and_their_information_is_less():
    p = tagger(events=2000)
    weight = np.random.default_rng(2).integers(1, 4, 2000)
    rows = np.repeat(np.arange(2000), weight)
    many = replace(
        p,
        truth=p.truth[rows],
        prediction=p.prediction[rows],
        spectators={name: values[rows] for name, values in p.spectators.items()},
    )
    measure, at = measured(p)
    weighted = measure(weight * 0.5)
    repeated = room.measures(many, ASKED, at, [0.3, 0.5, 0.8])(ones(many))
    for name in ("before", "after", "jsd", "rejection"):
        np.testing.assert_allclose(weighted[name], repeated[name])
    assert weighted["passing"][0] == repeated["passing"][0] == 0
    assert (weighted["passing"] < repeated["passing"])[1:].all()
    assert (weighted["failing"] < repeated["failing"]).all()


def test_masses_that_are_not_known_are_left_out():
    p = tagger(events=2000)
    p.spectators["soft_drop_mass"][:400] = np.nan
    found = measured(p)[0](ones(p))
    assert np.isfinite(found["jsd"][1:]).all()
    assert found["passing"][2] + found["failing"][2] == pytest.approx(800)
    p.spectators["soft_drop_mass"][:] = np.nan
    assert room.edges(p, ASKED).size == 0


def test_the_error_of_the_divergence_is_the_spread_of_repeated_samples():
    measure, at = measured(p := tagger(events=4000, sculpts=1.5))
    error = bootstrap(measure, 4000, 100)["jsd"].error[2]
    big = tagger(events=80_000, sculpts=1.5)
    several = []
    for start in range(0, 80_000, 4000):
        rows = slice(start, start + 4000)
        part = replace(
            p,
            truth=big.truth[rows],
            prediction=big.prediction[rows],
            spectators={name: values[rows] for name, values in big.spectators.items()},
        )
        several.append(room.measures(part, ASKED, at, [0.8])(ones(part))["jsd"][0])
    assert error == pytest.approx(np.std(several, ddof=1), rel=0.6)
