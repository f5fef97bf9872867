"""Generators judged: faults that are known are found, and only these."""

import json
from dataclasses import replace

import numpy as np
import pytest

from footprint.config.experiments import Evaluation, Experiment
from footprint.errors import DataError, FileFormatError
from footprint.evaluation.generation import evaluate_samples, judge, seconds_of
from footprint.evaluation.generators import NORMAL, TRAINING, compared
from footprint.evaluation.summary import summarise
from footprint.evaluation.summary_generation import remarks
from footprint.files.hdf5 import ArraySpec
from footprint.files.predictions import Predictions, write_predictions
from footprint.files.samples import FOLD, GENERATED_OR_REAL, ids_of_both, write_samples
from tests.evaluation.samples_of import blobs, normal, samples_of

EVENTS = 1500
SETTINGS = Evaluation(bootstrap=20)


def experiment(**further):
    given = {"dataset": "showers", "task": "generation", "variables": "footprint"}
    given |= {"inputs": [], "model": {"name": "wgan"}, "evaluation": {"bootstrap": 20}}
    return Experiment.model_validate(given | further)


def numbers(samples, method="gan"):
    generators = compared([samples], "gan", SETTINGS.observables)
    found = judge(generators, SETTINGS).of(method)
    return {name: float(sampled.value) for name, sampled in found.items()}


def test_a_perfect_generator_is_as_near_as_training_events():
    samples = samples_of(blobs(1, EVENTS), blobs(2, EVENTS), blobs(3, EVENTS), {"time": "ns"})
    generators = compared([samples], "gan", SETTINGS.observables)
    judged = judge(generators, SETTINGS)
    own, floor = judged.of("gan"), judged.of(TRAINING)
    for name in ("mean_wasserstein", "frechet_distance", "correlation_difference"):
        away = float(own[name].value - floor[name].value)
        assert abs(away) < 4 * float(np.hypot(own[name].error, floor[name].error)), name
    assert float(own["mean_wasserstein"].value) < 0.06
    assert 0.2 < float(own["lateral_chi2_signal"].value) < 2.5
    chi2 = [float(v.value) for name, v in own.items() if name.startswith("chi2_")]
    assert np.mean(chi2) == pytest.approx(1, abs=0.3)
    assert float(own["diversity"].value) == pytest.approx(1, abs=0.01)


def test_the_fault_is_found_where_it_is():
    """Too narrow footprints: width, hit pixels and lateral distribution, not total or times."""
    found = numbers(
        samples_of(blobs(1, EVENTS), blobs(2, EVENTS, width=1.4), blobs(3, EVENTS), {"time": "ns"})
    )
    assert found["wasserstein_width_signal"] > 0.5
    assert found["wasserstein_inner_share_signal"] > 0.3
    assert found["lateral_chi2_signal"] > 10
    assert found["wasserstein_total_signal"] < 0.1
    assert found["wasserstein_slope_time"] < 0.1
    assert found["largest_wasserstein"] == max(
        value for name, value in found.items() if name.startswith("wasserstein_")
    )


def test_a_shift_counts_in_standard_deviations():
    real, made = 10 * normal(1, 4000), 10 * normal(2, 4000) + 5
    found = numbers(samples_of({"mass": real}, {"mass": made}, {"mass": 10 * normal(3, 4000)}))
    assert found["wasserstein_mass"] == pytest.approx(0.5, abs=0.05)
    assert found["mean_wasserstein"] == found["wasserstein_mass"]
    assert found["frechet_distance"] == pytest.approx(0.25, abs=0.05)
    assert found["variance_ratio_mass"] == pytest.approx(1, abs=0.1)


def test_an_observable_that_no_generated_event_has_is_said_and_not_averaged(tmp_path):
    made = {"mass": normal(2, 300), "width": np.full(300, np.nan)}
    samples = samples_of({"mass": normal(1, 300), "width": normal(4, 300)}, made)
    found = evaluated(tmp_path, samples).metrics
    assert found.metrics["wasserstein_width"].value is None
    mean = found.metrics["mean_wasserstein"].value
    assert mean == found.metrics["wasserstein_mass"].value
    assert found.metrics["mean_wasserstein"].error > 0
    assert "gan: no generated event has width, so distances are means over the others." in remarks(
        found
    )


def test_correlations_that_are_lost_are_seen():
    one, two = normal(1, 3000), normal(2, 3000)
    real = {"first": one, "second": 0.8 * one + 0.6 * two}
    made = {"first": normal(3, 3000), "second": normal(4, 3000)}
    found = numbers(samples_of(real, made))
    assert found["correlation_difference"] == pytest.approx(0.8, abs=0.05)
    assert found["mean_wasserstein"] < 0.06
    # C1 has 1 and 0.8, C2 is the unit matrix: tr = 4 - 2 (sqrt(1.8) + sqrt(0.2))
    expected = 4 - 2 * (np.sqrt(1.8) + np.sqrt(0.2))
    assert found["frechet_distance"] == pytest.approx(expected, abs=0.05)


def test_weights_of_events_count():
    """Where heavy events are those above 0, a generator of these alone is right."""
    real = normal(1, 4000)
    weight = (real > 0).astype(np.float32)
    made = np.abs(normal(2, 4000))
    samples = samples_of({"mass": real}, {"mass": made}, weight=weight)
    generators = compared([samples], "gan", SETTINGS.observables)
    assert list(generators.others) == ["gan"]  # without weights of their own no training events
    # Generated events bear the weights of the conditions they were made under.
    assert numbers(samples)["wasserstein_mass"] < 0.1
    whole = samples_of({"mass": real}, {"mass": made})
    assert numbers(whole)["wasserstein_mass"] > 0.6
    learnt = replace(samples, training_weight=weight)
    assert numbers(learnt, TRAINING)["wasserstein_mass"] == 0


def test_a_generator_that_ignores_its_random_numbers_collapses_at_given_conditions():
    condition = normal(1, 3000)
    real = condition + normal(2, 3000)
    made = np.sqrt(2) * condition  # the right distribution over all conditions
    samples = samples_of(
        {"mass": real}, {"mass": made}, conditions={"energy": condition.astype(np.float32)}
    )
    found = numbers(samples)
    assert found["variance_ratio_mass"] == pytest.approx(1, abs=0.1)
    assert found["conditional_variance_ratio_mass"] == pytest.approx(0, abs=1e-6)
    good = samples_of(
        {"mass": real},
        {"mass": condition + normal(5, 3000)},
        conditions={"energy": condition.astype(np.float32)},
    )
    assert numbers(good)["conditional_variance_ratio_mass"] == pytest.approx(1, abs=0.1)


def test_a_normal_distribution_knows_means_and_correlations_alone():
    one, two = normal(1, 3000), normal(2, 3000)
    real = {"first": one, "second": 0.5 * one + two**2}
    samples = samples_of(real, real)
    found = numbers(samples, NORMAL)
    assert found["correlation_difference"] < 0.1
    assert found["wasserstein_first"] < 0.1
    assert found["wasserstein_second"] > 0.15
    footprints = samples_of(blobs(1, 50), blobs(2, 50))
    assert NORMAL not in compared([footprints], "gan", SETTINGS.observables).others


def evaluated(tmp_path, samples, name="gan", **further):
    path = tmp_path / f"{samples.seed}.h5"
    write_samples(path, samples)
    return evaluate_samples([path], name, experiment(), **further)


def test_all_that_is_known_of_a_generator_comes_out(tmp_path):
    conditions = {"lg_energy": normal(9, 200).astype(np.float32)}
    samples = samples_of(
        blobs(1, 200), blobs(2, 200), blobs(3, 150), {"time": "ns"}, conditions=conditions
    )
    found = evaluated(tmp_path, samples, simulation=(0.02, 0.0002))
    metrics = found.metrics
    assert (metrics.task, metrics.target, metrics.events) == ("generation", "footprint", 200)
    assert metrics.metrics["speed_up"].value == pytest.approx(200)
    assert metrics.metrics["speed_up"].error == pytest.approx(200 * np.hypot(0.01, 0.05))
    assert metrics.metrics["seconds_per_event"].error == pytest.approx(5e-6)
    assert metrics.metrics["diversity"].mark == "no error"  # all events differ
    assert metrics.metrics["mean_wasserstein"].unit == "sd"
    assert metrics.oracles == [TRAINING]
    assert len(metrics.replicas["mean_wasserstein"]) == 20
    difference = metrics.differences[TRAINING]["mean_wasserstein"]
    floor = metrics.baselines[TRAINING]["mean_wasserstein"].value
    assert difference.value == pytest.approx(metrics.metrics["mean_wasserstein"].value - floor)
    assert set(found.tables) == {
        *("comparison.csv", "observable_distances.csv", "observables.csv"),
        *("lateral.csv", "correlations.csv", "pictures.csv"),
    }
    table = found.tables["observables.csv"]
    for (sample, _), rows in table.groupby(["sample", "observable"]):
        inside = (rows["density"] * (rows["high"] - rows["low"])).sum()
        assert 0.9 < inside < 1 + 1e-9, sample
    real = table[table["sample"] == "real"]
    assert real["ratio"].isna().all()
    distances = found.tables["observable_distances.csv"].set_index(["method", "observable"])
    row = distances.loc[("gan", "total_signal")]
    sd = samples.real.arrays["signal"].sum(axis=(1, 2)).std()
    assert row["wasserstein"] == pytest.approx(row["wasserstein_sd"] * sd, rel=1e-5)
    pictures = found.tables["pictures.csv"]
    rows = pictures[(pictures["variable"] == "signal") & (pictures["sample"] == "real")]
    pixel = rows[(rows["event"] == 2) & (rows["row"] == 4) & (rows["column"] == 5)]
    assert pixel["value"].item() == samples.real.arrays["signal"][2, 4, 5]
    assert pixel["conditions"].item().startswith("lg energy ")


def test_seeds_are_averaged_and_scatter(tmp_path):
    real = blobs(1, 200)
    paths = []
    for seed in (1, 2):
        samples = samples_of(real, blobs(seed + 10, 200, width=1 + 0.2 * seed), seed=seed)
        paths.append(tmp_path / f"{seed}.h5")
        write_samples(paths[-1], samples)
    value = evaluate_samples(paths, "gan", experiment()).metrics.metrics["mean_wasserstein"]
    single = [
        evaluate_samples([path], "gan", experiment()).metrics.metrics["mean_wasserstein"].value
        for path in paths
    ]
    assert value.value == pytest.approx(np.mean(single))
    assert value.spread == pytest.approx(np.std(single, ddof=1))


def answers(samples, score, seed=1):
    """Two networks, of which the second is less sure: together they would rank worse."""
    n = samples.events
    fold = np.tile(np.arange(n) % 2, 2)
    scaled = np.where(fold == 0, score, 0.1 * score)
    return Predictions(
        "gan",
        seed,
        "classification",
        ArraySpec("two_sample", "", ""),
        GENERATED_OR_REAL,
        ids_of_both(samples.event_id),
        np.repeat([1, 0], n),
        np.stack([1 - scaled, scaled], axis=1).astype(np.float32),
        spectators={FOLD: fold},
        spectator_specs={FOLD: ArraySpec(FOLD, "", "")},
    )


def test_the_two_sample_area_is_the_chance_that_a_real_event_looks_more_real(tmp_path):
    samples = samples_of({"mass": normal(1, 400)}, {"mass": normal(2, 400)})
    score = np.random.default_rng(3).uniform(0, 0.7, 800)
    score[:400] += 0.3
    test = tmp_path / "two.h5"
    write_predictions(test, answers(samples, score))
    found = evaluated(tmp_path, samples, tests=[test])
    # P(x + 0.3 > y) of uniform numbers up to 0.7: 1 - (4/7)^2 / 2
    value = found.metrics.metrics["two_sample_auc"]
    assert value.value == pytest.approx(1 - (4 / 7) ** 2 / 2, abs=0.03)
    assert 0.005 < value.error < 0.03
    curve = found.tables["two_sample_roc.csv"]
    area = np.trapezoid(1 - curve["false_positive_rate"], curve["signal_efficiency"])
    assert area == pytest.approx(value.value, abs=0.02)


def test_a_two_sample_test_of_other_samples_is_refused(tmp_path):
    samples = samples_of({"mass": normal(1, 40)}, {"mass": normal(2, 40)})
    test = tmp_path / "two.h5"
    write_predictions(test, answers(samples, np.full(80, 0.5), seed=7))
    with pytest.raises(DataError) as caught:
        evaluated(tmp_path, samples, tests=[test])
    assert str(caught.value) == (
        f"{test} (seed 7) is not of the samples of seed 1 and their 40 events: run two_sample again"
    )


def test_what_does_not_belong_together_is_refused(tmp_path):
    samples = samples_of({"mass": normal(1, 40)}, {"mass": normal(2, 40)})
    paths = [tmp_path / "a.h5", tmp_path / "b.h5"]
    write_samples(paths[0], samples)
    other = replace(samples, seed=2, event_id=samples.event_id + np.uint64(1))
    write_samples(paths[1], other)
    with pytest.raises(DataError) as caught:
        evaluate_samples(paths, "gan", experiment())
    message = f"{paths[1]} has other real events than {paths[0]}: predict both again"
    assert str(caught.value) == message
    with pytest.raises(DataError) as caught:
        evaluate_samples([paths[0], paths[0]], "gan", experiment())
    assert str(caught.value) == "experiment 'gan': seed 1 comes more than once"
    with pytest.raises(DataError) as caught:
        evaluate_samples(paths[:1], "gan", experiment(variables="jets"))
    assert str(caught.value) == (
        f"{paths[0]} holds 'footprint', experiment 'gan' generates 'jets': predict again"
    )
    with pytest.raises(DataError) as caught:
        evaluate_samples([], "gan", experiment())
    assert "no files of samples given, expected one for each seed" in str(caught.value)


def test_timings_are_averaged(tmp_path):
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, seconds in zip(paths, (0.1, 0.3), strict=True):
        timing = {"seconds_per_event": seconds, "seconds_per_event_error": seconds / 100}
        path.write_text(json.dumps(timing))
    assert seconds_of(paths) == pytest.approx((0.2, np.hypot(0.001, 0.003) / 2))
    paths[1].write_text(json.dumps({"seconds_per_event": 0.3}))  # as an earlier version did
    assert seconds_of(paths) == pytest.approx((0.2, np.nan), nan_ok=True)
    assert seconds_of([]) is None
    paths[0].write_text("{}")
    with pytest.raises(FileFormatError, match="is not the timing of a simulation"):
        seconds_of(paths)


def test_the_summary_says_what_is_wrong_with_a_generator(tmp_path):
    samples = samples_of(
        {"mass": normal(1, 300), "width": normal(2, 300)},
        {"mass": 0.1 * normal(3, 300), "width": normal(2, 300) + 0.05},
        {"mass": normal(5, 300), "width": normal(6, 300)},
    )
    metrics = evaluated(tmp_path, samples, simulation=(0.04, 0.0004)).metrics
    (section,) = summarise([metrics])
    assert section.about.startswith("Generation, 300 test events.")
    headings = [column.heading for column in section.columns]
    assert headings[:2] == [
        "mean Wasserstein distance [sd]",
        "largest Wasserstein distance [sd]",
    ]
    sentences = list(section.sentences)
    assert sentences[0].startswith("gan: mean Wasserstein distance 0.")
    assert "misses the oracle (training_events) by" in sentences[0]
    assert sentences[1].startswith("gan: mode collapse, the variance of mass is 0.0")
    assert sentences[1].endswith("of that of real events: its events are too much alike.")
    assert sentences[2].startswith("gan: 1 of 2 observables lie within 0.1 sd of the real ones")
    assert sentences[3] == (
        "gan: it generates 10,000 events a second, 400 times as many as the simulation."
    )


def test_a_few_events_again_and_again_are_a_collapse(tmp_path):
    few = normal(3, 10)
    made = np.random.default_rng(4).choice(few, (300, 2))
    arrays = {"first": made[:, 0], "second": made[:, 1]}
    samples = samples_of({"first": normal(1, 300), "second": normal(2, 300)}, arrays)
    (section,) = summarise([evaluated(tmp_path, samples).metrics])
    assert any("mode collapse, only 0." in sentence for sentence in section.sentences)


def test_densities_have_likelihoods_and_stand_apart_from_generators(tmp_path):
    real = normal(1, 500)
    log_density = (-0.5 * real**2 - 0.5 * np.log(2 * np.pi)).astype(np.float32)
    samples = samples_of(
        {"mass": real},
        {"mass": normal(2, 500)},
        {"mass": normal(3, 500)},
        task="density",
        log_density=log_density - 0.1,
        spectators={"log_density": log_density},
    )
    path = tmp_path / "flow.h5"
    write_samples(path, samples)
    config = experiment(
        task="density",
        model={"name": "flow"},
        evaluation={"bootstrap": 20, "true_log_density": "log_density"},
    )
    metrics = evaluate_samples([path], "flow", config).metrics
    assert metrics.metrics["log_likelihood_gap"].value == pytest.approx(0.1, abs=1e-5)
    entropy = 0.5 * np.log(2 * np.pi * np.e)
    assert metrics.baselines["truth"]["log_likelihood"].value == pytest.approx(-entropy, abs=0.1)
    other = evaluated(tmp_path, replace(samples, task="generation", log_density=None)).metrics
    sections = summarise([metrics, other])
    assert len(sections) == 2
    assert "misses the oracle (truth) by 0.100" in sections[0].sentences[0]
