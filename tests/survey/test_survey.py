"""Tables of made-up showers whose signals, fronts and thresholds are known."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from footprint.errors import DataError
from footprint.simulate.xmax import moments
from footprint.survey import xmax
from footprint.survey.groups import masses_of
from footprint.survey.showers import Showers
from footprint.survey.survey import survey
from tests.conftest import ROOT
from tests.survey import made_up

COUNT = 1100  # more than two blocks
NAMES = ["proton", "iron"]


@pytest.fixture(scope="module")
def arrays():
    found = made_up.showers(COUNT)
    return {**found, "traces": made_up.traces(found["signal"])}


@pytest.fixture(scope="module")
def found(arrays, tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    cut = {"a": slice(0, 333), "b": slice(333, COUNT)}
    paths = [
        made_up.write(folder / f"{k}.h5", {n: v[rows] for n, v in arrays.items()}, first=rows.start)
        for k, rows in cut.items()
    ]
    return survey(paths)


def table(found, name) -> pd.DataFrame:
    return found.tables[f"{name}.csv"]


def geometry(arrays):
    """Distances to the axis, shape (events, stations), by projecting onto the shower plane."""
    place = np.stack([v.ravel() for v in made_up.array().values()], -1)
    core = np.append(arrays["core"], np.zeros((COUNT, 1)), 1)
    way = place[None] - core[:, None]
    along = np.sum(way * arrays["axis"][:, None], -1, keepdims=True)
    return np.linalg.norm(way - along * arrays["axis"][:, None], axis=-1)


def test_all_tables_are_there_and_the_sample_is_named(found):
    assert found.facts == {"sample": "showers", "events": COUNT, "hadronic_model": "EPOS-LHC"}
    expected = "events stations traces lateral_distribution time_residuals trigger_efficiency"
    expected += " stations_hit zenith energy_spectrum muons xmax_moments xmax_model"
    assert set(found.tables) == {f"{name}.csv" for name in expected.split()}


def test_the_lateral_distribution_has_the_slope_that_was_put_in(found):
    rows = table(found, "lateral_distribution")
    assert list(rows["mass"].unique()) == NAMES
    for low, lg_energy in ((18.75, 18.75), (19.5, 19.75)):
        chosen = rows[(rows["energy_low"] == low) & (rows["efficiency"] == 1)]
        assert len(chosen) > 10
        expected = 10 ** (lg_energy - 18) * (chosen["centre"] / 1000) ** made_up.SLOPE
        # The mean of r^-3 in a bin lies up to 2 % above that of the mean r.
        assert_allclose(chosen["signal"], expected, rtol=0.03)
        slope = np.polyfit(np.log(chosen["centre"]), np.log(chosen["signal"]), 1)[0]
        assert slope == pytest.approx(made_up.SLOPE, abs=0.02)


def test_the_pedestal_of_the_generator_is_no_part_of_the_lateral_distribution(
    found, arrays, tmp_path
):
    raised = {k: v for k, v in arrays.items() if k != "traces"}
    raised["signal"] = arrays["signal"] + 20.0
    config = {"generator": "observatory", "options": {"bins": 40, "pedestal_VEM": 0.5}}
    rows = table(
        survey([made_up.write(tmp_path / "p.h5", raised, config=config)]), "lateral_distribution"
    )
    before = table(found, "lateral_distribution")
    for name in ("stations", "signal", "error", "relative"):
        assert_allclose(rows[name], before[name], rtol=1e-4, atol=1e-6)


def test_signals_of_a_bin_are_those_of_its_stations(found, arrays):
    radius, signal = geometry(arrays), arrays["signal"].reshape(COUNT, -1)
    row = table(found, "lateral_distribution").iloc[12]
    inside = (radius >= row["low"]) & (radius < row["high"]) & np.isfinite(signal)
    inside &= ((arrays["lg_energy"] < 19) & (arrays["mass_number"] == 1))[:, None]
    assert row["stations"] == inside.sum()
    assert row["signal"] == pytest.approx(signal[inside].mean(), rel=1e-6)
    assert row["centre"] == pytest.approx(radius[inside].mean(), rel=1e-6)


def test_a_plane_front_has_no_residuals_and_a_late_one_those_that_were_put_in(
    found, arrays, tmp_path
):
    rows = table(found, "time_residuals")
    assert rows["stations"].sum() == np.isfinite(arrays["signal"]).sum()
    assert_allclose(rows[["mean", "sd"]], 0, atol=1e-3)
    late = geometry(arrays).reshape(arrays["signal"].shape) ** 2 * 1e-4
    curved = {**arrays, "arrival_time": arrays["arrival_time"] + late}
    rows = table(survey([made_up.write(tmp_path / "curved.h5", curved)]), "time_residuals")
    middle = (rows["low"] + rows["high"]) / 2
    # The mean square of a bin 200 m wide is that of its middle and 200^2 / 12.
    many = rows["stations"] > 500
    expected = 1e-4 * (middle**2 + 200**2 / 12)
    assert_allclose(rows["mean"][many], expected[many], rtol=0.02, atol=1)
    assert np.corrcoef(rows["mean"][many], middle[many] ** 2)[0, 1] > 0.999


def test_the_speed_of_light_is_the_one_of_the_simulation(arrays, tmp_path):
    config = {"options": {"light_speed_m_s": 2.95e8}}
    path = made_up.write(tmp_path / "other.h5", arrays, config=config)
    assert table(survey([path]), "time_residuals")["sd"].max() > 10


def test_the_trigger_is_as_sharp_as_its_threshold(found, arrays):
    rows = table(found, "trigger_efficiency")
    for low, lg_energy in ((18.75, 18.75), (19.5, 19.75)):
        reach = 1000 * (10 ** (lg_energy - 18) / made_up.THRESHOLD) ** (-1 / made_up.SLOPE)
        chosen = rows[np.isclose(rows["energy_low"], low)]
        assert (chosen.loc[chosen["high"] < reach, "efficiency"] == 1).all()
        assert (chosen.loc[chosen["low"] > reach, "efficiency"] == 0).all()
        assert (
            (chosen["efficiency_low"] < chosen["efficiency"]) | (chosen["triggered"] == 0)
        ).all()
    # All stations count that are there and alive.
    assert rows["stations"].sum() == np.sum((geometry(arrays) < 4000)[:, 2:])


def test_without_a_status_every_station_counts_as_alive(arrays, tmp_path):
    known = {k: v for k, v in arrays.items() if k not in {"station_status", "traces"}}
    rows = table(survey([made_up.write(tmp_path / "s.h5", known)]), "trigger_efficiency")
    assert rows["stations"].sum() == np.sum((geometry(arrays) < 4000)[:, 1:])


def test_stations_hit_are_counted_by_mass_energy_and_zenith(found, arrays):
    rows = table(found, "stations_hit")
    hit = np.isfinite(arrays["signal"]).reshape(COUNT, -1).sum(1)
    iron = arrays["mass_number"] == 56
    zenith = np.degrees(np.arccos(arrays["axis"][:, 2]))
    chosen = iron & (zenith >= 20) & (zenith < 30)
    row = rows[(rows["variable"] == "zenith") & (rows["mass"] == "iron") & (rows["low"] == 20)]
    assert row["events"].item() == chosen.sum()
    assert row["mean"].item() == pytest.approx(hit[chosen].mean())
    error = hit[chosen].std(ddof=1) / chosen.sum() ** 0.5
    assert row["mean_error"].item() == pytest.approx(error)
    chosen = iron & (arrays["lg_energy"] > 19)
    row = rows[(rows["variable"] == "lg_energy") & (rows["mass"] == "iron") & (rows["low"] > 19)]
    assert row["mean"].item() == pytest.approx(hit[chosen].mean())


def test_zenith_angles_of_an_isotropic_flux_follow_the_expectation(found):
    rows = table(found, "zenith")
    width = rows["high"] - rows["low"]
    assert_allclose([(rows["density"] * width).sum(), (rows["expected"] * width).sum()], 1)
    assert rows["high"].max() == pytest.approx(60)
    middle = np.radians((rows["low"] + rows["high"]) / 2)
    ratio = rows["expected"] / (np.sin(middle) * np.cos(middle))
    assert_allclose(ratio, ratio.mean(), rtol=2e-3)
    pull = (rows["density"] - rows["expected"]) * width * COUNT
    pull /= np.sqrt(rows["expected"] * width * COUNT)
    assert 5 < np.sum(pull**2) < 50  # 24 bins


def test_the_spectrum_holds_every_shower_once(found):
    rows = table(found, "energy_spectrum")
    assert rows.groupby("mass")["events"].sum().to_dict() == dict.fromkeys(NAMES, COUNT // 2)
    assert_allclose((rows["density"] * (rows["high"] - rows["low"])).sum(), COUNT)
    assert_allclose(
        rows["error"] * (rows["high"] - rows["low"]), np.sqrt(np.maximum(rows["events"], 1))
    )


def test_muons_are_those_of_each_mass(found, arrays):
    rows = table(found, "muons")
    fraction = rows[rows["quantity"] == "muon_fraction"]
    expected = fraction["mass"].map({"proton": 0.3, "iron": 0.4})
    assert_allclose(fraction["mean"], expected, rtol=1e-6)
    assert_allclose(fraction["sd"], 0, atol=1e-6)
    number = rows[rows["quantity"] == "relative_muons"]
    chosen = (arrays["mass_number"] == 1) & (arrays["lg_energy"] < 19)
    first = number.iloc[0]
    assert first["mean"] == pytest.approx(arrays["relative_muons"][chosen].mean())
    assert first["sd"] == pytest.approx(arrays["relative_muons"][chosen].std(ddof=1))


def known_showers(count=40_000):
    """Showers with Xmax of the hadronic model over a decade of energy."""
    from footprint.simulate.xmax import draw

    rng = np.random.default_rng(8)
    lg_energy = rng.uniform(18.5, 20, count)
    mass = np.where(np.arange(count) % 2, 56, 1)
    depth = draw(rng, "EPOS-LHC", lg_energy, mass.astype(float))
    zenith = np.linspace(0, 60, count)
    return Showers(
        frozenset(), np.zeros((count, 3)), zenith, np.ones(count, int), masses_of(mass, count),
        {"lg_energy": lg_energy, "xmax": depth},
    )  # fmt: skip


def test_moments_of_xmax_lie_on_the_lines_of_the_model():
    showers = known_showers()
    edges = np.linspace(18.5, 20, 4)  # so wide that the slope alone would make iron's sd 22 g/cm2
    rows = xmax.table(showers, edges)
    assert rows.groupby("showers")["events"].sum().to_dict() == {"all": 40_000, "inclined": 10_000}
    mass = rows["mass"].map({"proton": 1.0, "iron": 56.0}).to_numpy()
    mean, sd = moments("EPOS-LHC", rows["centre"].to_numpy(), mass)
    pulls = [(rows["mean"] - mean) / rows["mean_error"], (rows["sd"] - sd) / rows["sd_error"]]
    assert np.abs(pulls).max() < 4
    assert np.std(pulls) < 1.6
    lines = xmax.model_lines(showers, edges, "EPOS-LHC")
    at = lines[(lines["mass"] == "iron") & np.isclose(lines["lg_energy"], 20)].iloc[0]
    assert at["mean"] == pytest.approx(767.5, abs=0.1)


def test_events_shown_are_of_the_energies_and_angles_of_their_titles(found, arrays):
    events = table(found, "events")
    assert len(events) == events["row"].nunique() == 6
    assert events["event"].str.startswith("low").sum() == 2
    assert (events.loc[events["event"].str.startswith("low"), "lg_energy"] == 18.75).all()
    steep = events["event"].str.endswith("steep")
    assert events.loc[steep, "zenith"].max() < events.loc[~steep, "zenith"].min()
    first = events.iloc[0]
    assert_allclose(first[["core_x", "core_y"]].astype(float), arrays["core"][first["row"]])
    assert_allclose(first["xmax"], arrays["xmax"][first["row"]])


def test_stations_shown_are_those_of_the_event(found, arrays):
    events, stations = table(found, "events"), table(found, "stations")
    for _, event in events.iterrows():
        seen = stations[stations["event"] == event["event"]].set_index("station")
        assert len(seen) == 80  # the corner has none
        assert seen.loc[1, "status"] == -1
        status = arrays["station_status"][event["row"]].ravel()
        assert (seen["status"] == status[seen.index]).all()
        assert_allclose(seen["signal"], arrays["signal"][event["row"]].ravel()[seen.index])
        assert_allclose(seen["radius"], geometry(arrays)[event["row"]][seen.index], rtol=1e-5)
    assert set(stations["status"]) == {-1, 0, 1, 2}


def test_traces_are_those_of_stations_from_near_to_far(found, arrays):
    rows, events = table(found, "traces"), table(found, "events").set_index("event")
    assert rows["station"].nunique() == 4
    assert rows["radius"].is_monotonic_increasing
    chosen = events.loc["high energy, steep", "row"]
    for station, trace in rows.groupby("station"):
        expected = arrays["traces"][chosen].reshape(-1, 4)[station]
        assert_allclose(trace["signal"], expected)
        assert trace["low"].tolist() == [0, 50, 100, 150]
    radius = geometry(arrays)[chosen][np.isfinite(arrays["signal"][chosen].ravel())]
    assert_allclose([rows["radius"].min(), rows["radius"].max()], [radius.min(), radius.max()])


def test_a_read_sample_may_know_little_of_its_showers(arrays, tmp_path):
    known = ("axis", "core", "signal", "arrival_time")
    places = {name: made_up.array()[name] for name in ("station_x", "station_y")}
    path = made_up.write(
        tmp_path / "read.h5", {n: arrays[n] for n in known}, config={}, constants=places
    )
    found = survey([path])
    expected = {"events", "stations", "zenith", "stations_hit"}
    expected |= {"lateral_distribution", "time_residuals", "trigger_efficiency"}
    assert set(found.tables) == {f"{name}.csv" for name in expected}
    assert found.facts["hadronic_model"] is None
    assert set(table(found, "stations_hit")["mass"]) == {"all masses"}


def test_energies_in_EeV_serve_too(arrays, tmp_path):  # noqa: N802
    some = {k: v for k, v in arrays.items() if k not in {"lg_energy", "traces"}}
    some["energy"] = 10 ** (arrays["lg_energy"] - 18)
    rows = table(survey([made_up.write(tmp_path / "e.h5", some)]), "stations_hit")
    assert_allclose(sorted(rows.loc[rows["variable"] == "lg_energy", "centre"].unique().round(3)),
                    [18.75, 19.75])  # fmt: skip


def test_only_the_first_events_are_looked_at(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr("footprint.survey.showers.EVENTS", 700)
    found = survey([made_up.write(tmp_path / "e.h5", arrays)])
    assert found.facts["events"] == 700
    assert table(found, "zenith")["events"].sum() == 700
    hit = np.isfinite(arrays["signal"][:700]).sum()
    assert table(found, "time_residuals")["stations"].sum() == hit


def test_what_cannot_be_surveyed_says_why(arrays, tmp_path):
    some = {k: v for k, v in arrays.items() if k != "core"}
    path = made_up.write(tmp_path / "no_core.h5", some)
    with pytest.raises(DataError, match=r"no_core\.h5 lacks \['core'\], a survey needs"):
        survey([path])
    none = made_up.write(tmp_path / "none.h5", {n: v[:0] for n, v in arrays.items()})
    with pytest.raises(DataError, match=r"none\.h5: no events to survey"):
        survey([none])


def test_the_script_writes_tables_and_facts_and_removes_old_ones(arrays, tmp_path):
    path = made_up.write(tmp_path / "e.h5", {n: v[:50] for n, v in arrays.items()})
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "old.csv").write_text("x\n1\n")
    command = [sys.executable, ROOT / "scripts" / "survey.py", path, "--tables", tables]
    subprocess.run(command, check=True)
    assert not (tables / "old.csv").exists()
    assert (tables / "sample.json").is_file()
    assert pd.read_csv(tables / "zenith.csv")["events"].sum() == 50
