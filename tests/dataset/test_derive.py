"""Derived arrays are built once and used like any array of the events."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from footprint.config import parse_study
from footprint.config.datasets import Dataset
from footprint.config.derived import FootprintFeatures
from footprint.config.footprint_features import FEATURES, SHAPES, TRACE_FEATURES
from footprint.errors import ConfigError, DataError
from footprint.files.datasets import SPLITS, open_dataset
from footprint.files.events import EventWriter
from footprint.files.hdf5 import ArraySpec
from footprint.seeds import event_ids
from tests.conftest import ROOT
from tests.dataset.made_up import built
from tests.dataset.power_law import axes, features, grid, showers

DERIVED = {"fit": {"method": "footprint", "pedestal_VEM": 0.0}}
CONFIG = {
    "samples": ["s"],
    "inputs": {"features": {"channels": [{"array": "fit", "per": "pixel"}]}},
    "targets": {"axis": {"array": "axis", "kind": "direction", "baselines": {}}},
    "spectators": ["fit", "fit_axis", "fit_core", "fit_lg_S1000", "core"],
    "derived": DERIVED,
    "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
}
PLACES = grid(7)


def config(**changes):
    return Dataset.model_validate(CONFIG | changes)


@pytest.fixture
def events(tmp_path, rng):
    """Write 200 showers, positions being constants."""
    truth, core = axes(rng, 200), rng.uniform(-700, 700, (200, 2))
    signal, time = showers(PLACES, truth, core, s1000=3000.0)

    def write(units="m", **changes):
        arrays = {"signal": signal, "arrival_time": time, "axis": truth, "core": core} | changes
        specs = [ArraySpec(key, units if key == "core" else "", key) for key in arrays]
        constants = [
            (ArraySpec(f"station_{key}", "m", "where"), part)
            for key, part in zip("xyz", PLACES, strict=True)
        ]
        path = tmp_path / "s.h5"
        with EventWriter(path, specs, sample="s", config="{}", seed=1, constants=constants) as file:
            file.append({"event_id": event_ids("s", 0, 200), **arrays})
        return path

    return write


def test_derived_arrays_stand_beside_the_others(tmp_path, events):
    path = built(tmp_path, {"s": [events()]}, config(selection="fit_stations_hit >= 5"))
    with open_dataset(path) as dataset:
        for split in SPLITS:
            found = dataset.spectators(split)
            np.testing.assert_allclose(found["fit_axis"], dataset.target(split, "axis"), atol=1e-5)
            np.testing.assert_allclose(found["fit_core"], found["core"], atol=20)
            names = list(FootprintFeatures.model_validate(DERIVED["fit"]).features())
            column = found["fit"][:, names.index("lg_S1000")]
            np.testing.assert_array_equal(column, found["fit_lg_S1000"])
            assert found["fit"][:, names.index("stations_hit")].min() >= 5
            inputs = dataset.inputs(split, ["features"], slice(None))["features"]
            assert inputs.shape == (len(column), len(names), 1)
            assert np.isfinite(inputs).all()
        assert dataset.spec("spectators", "fit_core").units == "m"
        assert "lg_S1000, lg_S600" in dataset.spec("spectators", "fit").description
        assert dataset.kind("axis") == "direction"
        assert dataset.normalisation("axis").shift.shape == (3,)


def test_features_do_not_depend_on_blocks(rng):
    truth, core = axes(rng, 30), rng.uniform(-700, 700, (30, 2))
    signal, time = showers(PLACES, truth, core)
    whole, _, _ = features(signal, time, PLACES)
    for start in range(0, 30, 7):
        rows = slice(start, start + 7)
        part, _, _ = features(signal[rows], time[rows], PLACES)
        for name, values in part.items():
            np.testing.assert_array_equal(values, whole[name][rows])


def test_shapes_that_do_not_fit_are_refused(tmp_path, events):
    path = events(signal=np.ones((200, 5, 5)))
    with pytest.raises(ConfigError, match=r"derived\.fit: its arrays have shapes .*the same stat"):
        built(tmp_path, {"s": [path]}, config())


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"array": "axis"}, r"kind value: 'axis' has shape \(3,\) an event, expected one value: s"),
        ({"array": "core", "kind": "direction"}, r"shape \(2,\) an event, expected a unit vector"),
        ({"array": "long", "kind": "direction"}, r"200 values of 'long' .* are no unit vectors"),
        ({"array": "size", "kind": "position"}, r"shape \(\) an event, expected at least 2 coor"),
    ],
)
def test_targets_of_another_kind_are_refused(tmp_path, events, target, words):
    path = events(long=np.full((200, 3), 0.6), size=np.arange(200.0))
    settings = config(targets={"y": target | {"baselines": {}}})
    with pytest.raises(DataError, match=words):
        built(tmp_path, {"s": [path]}, settings)


def test_positions_are_learnt_per_coordinate(tmp_path, events, rng):
    settings = config(targets={"core": {"array": "core", "kind": "position", "baselines": {}}})
    far = rng.normal([100.0, -500.0], [10.0, 300.0], (200, 2))
    with open_dataset(built(tmp_path, {"s": [events(core=far)]}, settings)) as dataset:
        train, norm = dataset.target("train", "core"), dataset.normalisation("core")
        assert dataset.task("core") == "position"
        np.testing.assert_allclose(norm.shift, train.mean(axis=0), rtol=1e-5)
        np.testing.assert_allclose(norm.scale, train.std(axis=0), rtol=1e-5)


def test_sources_are_asked_for_and_derived_arrays_are_not():
    settings = config(selection="fit_stations_hit > 3")
    assert settings.arrays() == {
        "axis": "targets.axis.array",
        "core": "spectators",
        "signal": "derived.fit.signal",
        "arrival_time": "derived.fit.time",
        "station_x": "derived.fit.x",
        "station_y": "derived.fit.y",
        "station_z": "derived.fit.z",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"derived": {"fit": {}}}, "a derived array needs 'method:'"),
        ({"derived": {"fit": {"method": "footprnt"}}}, "did you mean 'footprint'"),
        ({"derived": {"fit": {"method": "footprint", "slope": 2.0}}}, "less than 0"),
        ({"derived": {"fit": {"method": "footprint", "x": "station_y"}}}, "more than one of"),
        (
            {"derived": DERIVED | {"fit_axis": DERIVED["fit"]}},
            "derived.fit_axis and derived.fit both make 'fit_axis'",
        ),
        (
            {"derived": {"fit": {"method": "footprint", "signal": "axis"}}},
            r"'axis'\] are learnt and among the inputs: the truth would leak",
        ),
    ],
)
def test_faulty_derivations_are_refused(change, words):
    with pytest.raises(ValidationError, match=words):
        config(**change)


def test_a_formula_makes_an_array_of_its_own(tmp_path, write_events):
    mass = np.tile([1, 4, 14, 56], 60)
    data = {"x": np.arange(240.0), "mass_number": mass}
    settings = Dataset.model_validate({
        "samples": ["s"],
        "inputs": {"x": ["x"]},
        "derived": {"ln_mass": {"method": "formula", "formula": "log(mass_number)"}},
        "targets": {"ln_mass": {"array": "ln_mass"}},
        "spectators": ["mass_number"],
    })  # fmt: skip
    assert set(settings.arrays()) == {"x", "mass_number"}
    with open_dataset(built(tmp_path, {"s": [write_events(data)]}, settings)) as dataset:
        number = dataset.spectators("train")["mass_number"]
        np.testing.assert_allclose(dataset.target("train", "ln_mass"), np.log(number), rtol=1e-6)
        assert dataset.spec("targets", "ln_mass").description == "log(mass_number)"
    leaking = settings.model_dump() | {"inputs": {"x": ["mass_number"]}}
    leaking["targets"]["ln_mass"]["array"] = "mass_number"
    leaking["inputs"] = {"x": ["ln_mass"]}
    with pytest.raises(ValidationError, match="the truth would leak"):
        Dataset.model_validate(leaking)
    uneven = write_events({**data, "wide": np.zeros((240, 3))}, name="w.h5")
    formula = {"ln_mass": {"method": "formula", "formula": "mass_number * wide"}}
    with pytest.raises(ConfigError, match="'mass_number \\* wide' is over arrays of shapes"):
        built(tmp_path, {"s": [uneven]}, settings.model_validate(settings.model_dump() | {
            "derived": formula}))  # fmt: skip


def test_random_numbers_in_formulas_belong_to_events(tmp_path, write_events):
    mass = np.tile([1, 4, 14, 56], 500)
    part = write_events({"x": np.arange(2000.0), "mass_number": mass})
    settings = Dataset.model_validate({
        "samples": ["s"],
        "inputs": {"x": ["x"]},
        "derived": {
            "smooth": {"method": "formula", "formula": "mass_number - 0.5 + random_uniform"},
            "blurred": {"method": "formula", "formula": "mass_number + 3 * random_normal"},
        },
        "targets": {"smooth": {"array": "smooth"}, "blurred": {"array": "blurred"}},
        "spectators": ["mass_number"],
    })  # fmt: skip
    with open_dataset(built(tmp_path, {"s": [part]}, settings)) as dataset:
        mass = dataset.spectators("train")["mass_number"]
        uniform = dataset.target("train", "smooth") - mass + 0.5
        normal = (dataset.target("train", "blurred") - mass) / 3
    assert stats.kstest(uniform, stats.uniform.cdf).pvalue > 1e-3
    assert stats.kstest(normal, stats.norm.cdf).pvalue > 1e-3
    assert abs(np.corrcoef(uniform, normal)[0, 1]) < 0.1
    half = settings.model_copy(update={"selection": "x < 1000"})
    with open_dataset(built(tmp_path, {"s": [part]}, half)) as dataset:
        fewer = dataset.target("train", "smooth") - dataset.spectators("train")["mass_number"] + 0.5
    assert np.isin(fewer, uniform).all()


def test_a_study_knows_derived_names_and_hints_at_them(tiny):
    dataset = tiny["datasets"]["showers"]
    sources = {"signal": "muons", "x": "core_x", "y": "core_y", "z": "filled_pixels"}
    dataset["derived"] = {"fit": {"method": "footprint", **sources}}
    dataset["spectators"] += ["fit", "fit_core", "fit_lg_S1000"]
    evaluation = tiny["experiments"]["xmax_cnn"]["evaluation"]
    evaluation["against"] = ["fit_lg_S1000"]
    parse_study(tiny)
    evaluation["against"] = ["fit_core"]
    with pytest.raises(ConfigError, match="'fit_core' has several values an event, bins need one"):
        parse_study(tiny)
    evaluation["against"] = []
    dataset["spectators"][-1] = "fit_lg_s1000"
    with pytest.raises(ConfigError, match=r"no array 'fit_lg_s1000'; did you mean 'fit_lg_S1000'"):
        parse_study(tiny)
    dataset["spectators"].pop()
    dataset["derived"]["fit"]["z"] = "station_z"
    with pytest.raises(ConfigError, match=r"derived\.fit\.z: sample 'showers' has no array 'stat"):
        parse_study(tiny)
    dataset["derived"] |= {"muons": {"method": "footprint", **sources}}
    with pytest.raises(ConfigError, match="it would make 'muons', which sample 'showers' has alre"):
        parse_study(tiny)


def test_every_feature_is_documented():
    text = (ROOT / "docs/physics/footprint_features.md").read_text(encoding="utf-8")
    for name, (units, meaning) in (FEATURES | SHAPES).items():
        assert f"| `{name}` | {units} | {meaning} |" in text
    assert set(TRACE_FEATURES) == {
        f"{shape}_{where}" for shape in SHAPES for where in (1, 2, 3, 4, "at_1000", "gradient")
    }


def test_stations_are_seen_from_the_axis(tmp_path, write_events):
    """A vertical axis gives horizontal distances and no delays; an inclined one both by hand."""
    events, root = 40, np.sqrt(0.5)
    x, y = np.tile([[-1500.0, 0.0, 3000.0]], (events, 1)), np.zeros((events, 3))
    axis = np.tile([[0.0, 0.0, 1.0]], (events, 1))
    axis[1::2] = [root, 0.0, root]
    core = np.tile([[100.0, 0.0]], (events, 1))
    part = write_events({"axis": axis, "core": core, "station_x": x, "station_y": y,
                         "station_z": y, "tilt": axis[:, 0]})  # fmt: skip
    settings = Dataset.model_validate({
        "samples": ["s"],
        "derived": {"seen": {"method": "geometry"}},
        "inputs": {"maps": [{"arrays": ["seen_distance", "seen_plane_time"], "normalise": "none"}]},
        "spectators": ["tilt"],
    })  # fmt: skip
    with open_dataset(built(tmp_path, {"s": [part]}, settings)) as dataset:
        maps = dataset.array("train", "inputs", "maps")[:]
        tilted = dataset.spectators("train")["tilt"] > 0
        assert dataset.array_units("maps") == ("m", "ns")
    away = np.array([1600.0, 100.0, 2900.0])
    np.testing.assert_allclose(maps[~tilted][0, :, 0], away, rtol=1e-5)
    np.testing.assert_allclose(maps[~tilted][0, :, 1], 0.0, atol=1e-3)
    np.testing.assert_allclose(maps[tilted][0, :, 0], away * root, rtol=1e-5)
    delay = -np.array([-1600.0, -100.0, 2900.0]) * root / 0.299792458
    np.testing.assert_allclose(maps[tilted][0, :, 1], delay, rtol=1e-5)
