"""Learnt densities beside true ones, whose distance is known."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from footprint.config.experiments import Evaluation
from footprint.errors import DataError
from footprint.evaluation import density as room
from footprint.evaluation.bootstrap import bootstrap
from footprint.files.hdf5 import ArraySpec
from footprint.files.samples import Kind, Samples, read_samples, write_samples

EVENTS = 4000
SETTINGS = Evaluation(bootstrap=60, bins=4, true_log_density="log_density_of_truth")
SD = 1.3
# Kullback-Leibler divergence of a normal of sd 1.3 from a standard one, in each of two dimensions.
GAP = 2 * (np.log(SD) + 0.5 / SD**2 - 0.5)


@pytest.fixture
def samples(rng):
    """Make points of a standard normal in two dimensions, learnt as one that is too wide."""
    points = rng.normal(size=(EVENTS, 2)).astype(np.float32)
    kind = Kind({"x": points[:, 0], "y": points[:, 1]}, points)
    return Samples(
        method="flow",
        seed=1,
        task="density",
        variables="xy",
        channels=("x", "y"),
        event_id=np.arange(EVENTS, dtype=np.uint64),
        real=kind,
        generated=kind,
        training=kind,
        training_event_id=np.arange(EVENTS, dtype=np.uint64),
        specs={"log_density_of_truth": ArraySpec("log_density_of_truth", "nat", "true")},
        spectators={"log_density_of_truth": stats.norm.logpdf(points).sum(axis=1)},
        log_density=stats.norm.logpdf(points, scale=SD).sum(axis=1),
    )


def numbers(measure):
    return bootstrap(measure, EVENTS, 60)


def test_the_gap_is_the_divergence_of_two_normals_with_a_paired_error(samples):
    found, best = (
        numbers(prepare(samples, SETTINGS)) for prepare in (room.measures, room.true_measures)
    )
    assert set(found) == {"log_likelihood", "log_likelihood_gap"}
    assert set(best) == {"log_likelihood"}
    gap, own, true = found["log_likelihood_gap"], found["log_likelihood"], best["log_likelihood"]
    assert abs(float(gap.value) - GAP) < 4 * gap.error
    assert abs(float(true.value) + np.log(2 * np.pi * np.e)) < 4 * true.error
    np.testing.assert_allclose((true - own).replicas, gap.replicas, atol=1e-9)
    assert gap.error < 0.5 * np.hypot(own.error, true.error)


def test_the_true_density_has_no_gap(samples):
    perfect = replace(samples, log_density=samples.spectators["log_density_of_truth"])
    gap = numbers(room.measures(perfect, SETTINGS))["log_likelihood_gap"]
    assert (gap.value, gap.error) == (0, 0)


def test_tables_of_learnt_and_true_density(samples):
    other = replace(samples, seed=2, log_density=samples.log_density - 0.1)
    tables = room.tables([samples, other], SETTINGS)
    bins, points = tables["log_density.csv"], tables["log_density_points.csv"]
    assert bins["events"].tolist() == [EVENTS / 4] * 4
    gap = numbers(room.measures(samples, SETTINGS))["log_likelihood_gap"].value
    assert bins["gap"].mean() == pytest.approx(gap + 0.05)  # the mean of both trainings
    np.testing.assert_allclose(bins["true"] - bins["learnt"], bins["gap"], atol=1e-6)
    # Too wide a density is too low where events are frequent and too high where they are rare.
    assert bins["gap"].iloc[0] < 0 < bins["gap"].iloc[-1]
    assert list(points) == ["event_id", "true", "learnt", "x", "y"]
    assert len(points) == room.SHOWN
    wide = stats.norm.logpdf(points[["x", "y"]], scale=SD).sum(axis=1)
    np.testing.assert_allclose(points["learnt"], wide)


def test_without_a_density_or_a_true_one_there_is_nothing_to_say(samples):
    plain = Evaluation()
    ones = np.ones(EVENTS, dtype=np.int64)
    assert set(room.measures(samples, plain)(ones)) == {"log_likelihood"}
    assert room.true_measures(samples, plain)(ones) == {}
    assert room.tables([samples], plain) == {}
    unknown = replace(samples, log_density=None)
    assert room.measures(unknown, SETTINGS)(ones) == {}
    assert room.tables([unknown], SETTINGS) == {}
    room.check(unknown, plain, Path("s.h5"))


def test_densities_survive_a_file(samples, tmp_path):
    path = tmp_path / "s.h5"
    write_samples(path, samples)
    found = read_samples(path)
    room.check(found, SETTINGS, path)
    gap = numbers(room.measures(found, SETTINGS))["log_likelihood_gap"]
    assert float(gap.value) == pytest.approx(GAP, abs=4 * float(gap.error))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"spectators": {"log_density": np.zeros(EVENTS)}},
            "names 'log_density_of_truth', which s.h5 does not have; did you mean 'log_density'?",
        ),
        (
            {"log_density": None},
            "s.h5 has no log_density to compare with 'log_density_of_truth': predict again with a",
        ),
        (
            {"spectators": {"log_density_of_truth": np.full(EVENTS, np.nan)}},
            "'log_density_of_truth' has 4000 values that are not finite and shape (4000,)",
        ),
    ],
)
def test_a_true_density_that_is_none_is_refused(samples, change, words):
    with pytest.raises(DataError, match=re.escape(words)):
        room.check(replace(samples, **change), SETTINGS, Path("s.h5"))
