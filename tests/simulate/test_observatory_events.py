"""Whole events of the generator `observatory`."""

import numpy as np
import pytest
from scipy import stats

from benchmarks import observatory_plain as plain
from footprint.config.observatory import CONSTANTS, EVENT_ARRAYS, Observatory, ObservatoryOptions
from footprint.files.events import open_events
from footprint.simulate import observatory
from footprint.simulate.array import array_of
from footprint.simulate.generate import simulate_part

CARTESIAN = {"layout": "cartesian", "rows": 14, "columns": 14, "spacing_m": 750.0}
QUIET = {"time_resolution_ns": 0.0, "event_jitter_ns": 0.0}


def events(blocks=1, seed=1, showers=256, **options):
    chosen = ObservatoryOptions(**options)
    rng = np.random.default_rng(seed)
    found = [observatory.simulate(rng, chosen, showers) for _ in range(blocks)]
    return {name: np.concatenate([block[name] for block in found]) for name in found[0]}


def same(first, second, names):
    for name in names:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


PRIMARIES = ("mass_number", "lg_energy", "axis", "core")
SHOWERS = (*PRIMARIES, "xmax", "shower_maximum", "relative_muons", "muon_fraction")


@pytest.mark.parametrize(
    ("options", "mean", "quantiles", "published"),
    [({}, 10.49, (5, 10, 19), 10.8), (CARTESIAN, 36.30, (17, 33, 65), 35.3)],
    ids=["9x9", "14x14"],
)
def test_number_of_stations(options, mean, quantiles, published):
    hit = events(40, traces=False, **options)["stations_hit"]
    # From 60,000 and 40,000 events of a separate program of NumPy alone, to 0.2 %.
    assert hit.mean() == pytest.approx(mean, rel=0.018)  # four standard errors
    np.testing.assert_allclose(np.percentile(hit, [5, 50, 95]), quantiles, atol=1.01)
    # What was published, of an unknown number of events: docs/physics/observatory.md.
    assert hit.mean() == pytest.approx(published, rel=0.045)


def test_events_have_the_distributions_of_the_plain_transcription():
    # Low energies, for which the plain transcription has fewer particles to draw.
    options = {"rows": 5, "columns": 5, "layout": "cartesian", "lg_energy": [18.5, 19.0]}
    places = array_of(ObservatoryOptions(**options)).positions[:, :2]
    rng = np.random.default_rng(2)
    theirs = [plain.draw_event(rng, places, 1500.0, (18.5, 19.0)) for _ in range(400)]
    for traces in (True, False):
        ours = events(8, traces=traces, **options)
        hit = [np.isfinite(event["time"]).sum() for event in theirs]
        largest = [np.nanmax(event["signal"], initial=0.0) for event in theirs]
        total = [np.nansum(event["signal"]) for event in theirs]
        signal = ours["signal"].reshape(-1, 25)
        assert stats.ks_2samp(ours["stations_hit"], hit).pvalue > 1e-3
        assert stats.ks_2samp(np.nanmax(signal, axis=1, initial=0.0), largest).pvalue > 1e-3
        assert stats.ks_2samp(np.nansum(signal, axis=1), total).pvalue > 1e-3
        late = np.nanmax(ours["arrival_time"].reshape(-1, 25), axis=1, initial=-1e9)
        expected = [np.nanmax(event["time"], initial=-1e9) for event in theirs]
        assert stats.ks_2samp(late, expected).pvalue > 1e-3


def test_integrated_mode_triggers_like_traces():
    traces, sums = (events(12, seed, traces=mode) for seed, mode in ((3, True), (4, False)))
    assert stats.ks_2samp(traces["stations_hit"], sums["stations_hit"]).pvalue > 1e-3
    signal = [found["signal"][np.isfinite(found["signal"])] for found in (traces, sums)]
    assert stats.ks_2samp(*signal).pvalue > 1e-3
    np.testing.assert_allclose(
        np.nansum(traces["traces"], axis=-1), np.nan_to_num(traces["signal"]), rtol=1e-5
    )


def test_silent_dead_and_triggered_agree_in_all_arrays():
    found = events(layout="axial", dead_fraction=0.1, saturation_VEM=5000.0)
    status, exists = found["station_status"], array_of(ObservatoryOptions(layout="axial")).exists
    triggered = status >= 1
    for name in ("signal", "arrival_time"):
        np.testing.assert_array_equal(np.isfinite(found[name]), triggered)
    np.testing.assert_array_equal(np.isfinite(found["traces"]).all(axis=-1), triggered)
    np.testing.assert_array_equal(np.isfinite(found["traces"]).any(axis=-1), triggered)
    np.testing.assert_array_equal(found["stations_hit"], triggered.sum(axis=(1, 2)))
    np.testing.assert_array_equal(found["saturated_stations"], (status == 2).sum(axis=(1, 2)))
    assert np.all(status[:, ~exists] == -1)
    assert np.mean(status[:, exists] == -1) == pytest.approx(0.1, abs=0.01)
    assert np.nanmax(found["signal"]) == 5000.0
    assert np.all(found["signal"][status == 2] == 5000.0)


def test_truth_is_consistent():
    found = events(2, muons="realistic")
    np.testing.assert_allclose(found["energy"], 10 ** (found["lg_energy"] - 18.0))
    zenith, azimuth = np.radians(found["zenith"]), np.radians(found["azimuth"])
    np.testing.assert_allclose(found["axis"][:, 2], np.cos(zenith))
    np.testing.assert_allclose(found["axis"][:, 0], np.sin(zenith) * np.cos(azimuth), atol=1e-12)
    along = found["shower_maximum"] - np.pad(found["core"], ((0, 0), (0, 1)))
    np.testing.assert_allclose(
        along, found["axis"] * np.linalg.norm(along, axis=1)[:, None], atol=1e-6
    )
    muons = 0.3 * found["relative_muons"]
    np.testing.assert_allclose(found["muon_fraction"], muons / (muons + 0.7))
    assert np.std(found["relative_muons"][found["mass_number"] == 1]) > 0.1


@pytest.mark.parametrize("layout", ["offset", "axial", "cartesian"])
def test_without_noise_arrival_times_lie_on_the_plane_of_the_axis(layout):
    found = events(layout=layout, **QUIET)
    array = array_of(ObservatoryOptions(layout=layout))
    for event in range(20):
        hit = found["station_status"][event] >= 1
        x, y = array.x[hit] - found["core"][event, 0], array.y[hit] - found["core"][event, 1]
        axis = found["axis"][event]
        expected = -(x * axis[0] + y * axis[1]) / 0.3
        np.testing.assert_allclose(found["arrival_time"][event][hit], expected, atol=2e-3)


def test_the_same_stream_gives_the_same_events():
    first, second = events(seed=5), events(seed=5)
    same(first, second, first)
    assert not np.array_equal(first["xmax"], events(seed=6)["xmax"])


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"traces": False}, SHOWERS),
        ({"noise_scale": 2.0}, SHOWERS),
        ({"dead_fraction": 0.2}, SHOWERS),
        ({"time_jitter_ns": 50.0}, (*SHOWERS, "signal", "traces", "station_status")),
        ({"gain_spread": 0.1}, SHOWERS),
        ({"saturation_VEM": 1000.0}, (*SHOWERS, "traces", "arrival_time", "stations_hit")),
        ({"muon_scale": 1.3}, (*PRIMARIES, "xmax", "shower_maximum")),
        ({"muons": "realistic"}, (*PRIMARIES, "xmax", "shower_maximum")),
        ({"signal_at_1000_m_VEM": 70.0}, SHOWERS),
        ({"hadronic_model": "QGSJetII-04"}, PRIMARIES),
        ({"atmosphere": "malargue_july"}, PRIMARIES),
        ({"front": "sphere"}, (*SHOWERS, "signal", "traces", "station_status")),
    ],
)
def test_an_option_leaves_alone_what_it_does_not_concern(changes, kept):
    base = events(seed=8, showers=64)
    changed = events(seed=8, showers=64, **changes)
    same(base, changed, kept)
    others = [name for name in base if name not in kept and name in changed]
    differ = [not np.array_equal(base[name], changed[name], equal_nan=True) for name in others]
    assert any(differ)


def test_dead_stations_leave_the_living_as_they_were():
    base, changed = events(seed=9), events(seed=9, dead_fraction=0.3)
    alive = changed["station_status"] >= 0
    for name in ("signal", "arrival_time", "traces"):
        np.testing.assert_array_equal(base[name][alive], changed[name][alive])


def sample(**options):
    return Observatory(generator="observatory", events=1000, options=options)


@pytest.mark.parametrize("traces", [True, False])
def test_jobs_may_be_cut_anywhere(tmp_path, traces):
    chosen = sample(traces=traces)
    simulate_part(tmp_path / "one.h5", "s", chosen, seed=5, first=0, count=600)
    joined = {}
    for first, count in ((0, 100), (100, 1), (101, 399), (500, 100)):
        simulate_part(tmp_path / "part.h5", "s", chosen, seed=5, first=first, count=count)
        with open_events(tmp_path / "part.h5") as part:
            for name in chosen.arrays:
                if name not in CONSTANTS:
                    joined.setdefault(name, []).append(part.file[name][:])
    with open_events(tmp_path / "one.h5") as whole:
        for name, pieces in joined.items():
            np.testing.assert_array_equal(whole.file[name][:], np.concatenate(pieces))


@pytest.mark.parametrize("traces", [True, False])
def test_files_hold_what_the_configuration_promises(tmp_path, traces):
    chosen = sample(traces=traces, layout="axial", rows=5, columns=5)
    simulate_part(tmp_path / "e.h5", "s", chosen, seed=1, first=0, count=5)
    with open_events(tmp_path / "e.h5") as found:
        assert set(found.specs) == {*chosen.arrays, "event_id"}
        assert set(found.constants) == set(CONSTANTS)
        assert all(spec.description for spec in found.specs.values())
        assert found.specs["signal"].units == "VEM"
        assert found.specs["station_x"].units == "m"
        assert found.shape("signal") == found.shape("station_x") == (5, 5)
        assert found.shape("axis") == (3,)
        assert found.shape("core") == (2,)
        assert found.file["station_status"].dtype == np.int8
        assert found.file["stations_hit"].dtype == np.int16
        assert found.file["mass_number"].dtype == np.int16
        assert found.file["signal"].dtype == np.float32
        if traces:
            assert found.shape("traces") == (5, 5, 80)
    assert ("traces" in chosen.arrays) == traces


def test_names_of_the_configuration_are_those_of_the_generator():
    assert tuple(spec.name for spec in observatory.ARRAYS) == EVENT_ARRAYS
    assert tuple(spec.name for spec in observatory.CONSTANTS) == CONSTANTS


def test_station_files_give_one_axis_of_stations(tmp_path):
    path = tmp_path / "stations.csv"
    path.write_text("x,y,z\n" + "".join(f"{x},{y},{x / 50}\n" for x in (0, 900) for y in (0, 900)))
    found = events(stations=str(path), traces=False, core_radius_m=100.0)
    assert found["signal"].shape == found["station_status"].shape == (256, 4)
    assert found["stations_hit"].mean() > 3
