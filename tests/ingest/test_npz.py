"""The public air-shower sets, in files of the true formats."""

import logging
import tracemalloc

import numpy as np
import pytest

from footprint.config.npz import NpzFiles, NpzOptions
from footprint.errors import DataError
from footprint.ingest.npz import read_blocks
from tests.ingest import public_sets as sets

NaN = np.nan
TUTORIAL = {"convention": "airshowers_mnist", "test_events": 50}
BOOK = {"convention": "airshowers_book", "test_events": 20}
PD4ML = {"convention": "pd4ml_airshower"}
GENERATOR = {"convention": "observatory_npz"}


class TestTutorial:
    """The 14x14 tutorial: NaN where silent, EeV."""

    @pytest.fixture
    def made(self, tmp_path, read_npz):
        truth = sets.tutorial(tmp_path / "a.npz")
        return truth, read_npz(tmp_path / "a.npz", **TUTORIAL)

    def test_energy_is_eev_and_its_logarithm_that_of_ev(self, made):
        truth, arrays = made
        np.testing.assert_allclose(arrays["lg_energy"], truth["lg_energy"], rtol=1e-6)
        np.testing.assert_allclose(arrays["energy"], 10 ** (truth["lg_energy"] - 18), rtol=1e-6)
        assert not arrays["outside_range"].any()

    def test_times_become_ns_and_silent_stations_stay_nan(self, made):
        truth, arrays = made
        expected = truth["time"].reshape(-1, 14, 14) * 1e9
        np.testing.assert_allclose(arrays["arrival_time"], expected, rtol=1e-6)
        assert np.isnan(arrays["signal"]).any()
        np.testing.assert_array_equal(np.isnan(arrays["signal"]), np.isnan(expected))
        hit = (~truth["silent"]).sum(axis=1)
        np.testing.assert_array_equal(arrays["stations_hit"], hit)
        assert arrays["stations_hit"].dtype == np.int16

    def test_axis_gives_the_angles(self, made):
        truth, arrays = made
        np.testing.assert_allclose(arrays["axis"], truth["axis"], atol=1e-6)
        np.testing.assert_allclose(arrays["zenith"], np.degrees(truth["zenith"]), atol=1e-3)
        # From 0 to 360, as the generator writes it.
        expected = np.degrees(truth["phi"]) % 360.0
        np.testing.assert_allclose(arrays["azimuth"], expected, atol=1e-2)

    def test_core_is_flat(self, made):
        truth, arrays = made
        np.testing.assert_allclose(arrays["core"], truth["core"][:, :2], rtol=1e-5)

    def test_stations_stand_where_the_published_grid_has_them(self, made):
        _, arrays = made
        detector = sets.stations(14, "cartesian", 750).reshape(14, 14, 3)
        np.testing.assert_allclose(arrays["station_x"], detector[..., 0])
        np.testing.assert_allclose(arrays["station_y"], detector[..., 1])
        np.testing.assert_array_equal(arrays["station_z"], np.zeros((14, 14)))
        assert arrays["station_x"][3, 5] == -3.5 * 750

    def test_the_front_reaches_first_where_the_shower_comes_from(self, made):
        """Times are those of a plane at the speed of light, to the noise of 100 ns."""
        _, a = made
        along = (
            np.multiply.outer(a["axis"][:, 0], a["station_x"])
            + np.multiply.outer(a["axis"][:, 1], a["station_y"])
        )  # fmt: skip
        rest = a["arrival_time"] + along / 0.299792458
        noise = np.nanstd(rest - np.nanmean(rest, axis=(1, 2), keepdims=True))
        assert 90 < noise < 115

    def test_last_events_are_the_published_test_split(self, made):
        _, arrays = made
        np.testing.assert_array_equal(arrays["published_test"], [0] * 250 + [1] * 50)


class TestBook:
    def test_lg_energy_gives_the_energy(self, tmp_path, read_npz):
        truth = sets.book(tmp_path / "b.npz", "offset")
        arrays = read_npz(tmp_path / "b.npz", **BOOK)
        np.testing.assert_allclose(arrays["lg_energy"], truth["lg_energy"], rtol=1e-6)
        np.testing.assert_allclose(np.log10(arrays["energy"]) + 18, truth["lg_energy"], rtol=1e-6)
        detector = sets.stations(9, "offset", 1500).reshape(9, 9, 3)
        np.testing.assert_allclose(arrays["station_x"], detector[..., 0])
        np.testing.assert_allclose(arrays["station_y"], detector[..., 1], rtol=1e-6)

    def test_arrival_times_unmask_a_wrong_layout(self, tmp_path, read_npz):
        sets.book(tmp_path / "b.npz", "cartesian")
        with pytest.raises(DataError, match=r"layout 'offset', and only \d+ ns .* 'cartesian'"):
            read_npz(tmp_path / "b.npz", **BOOK)
        stations = {"layout": "cartesian", "spacing_m": 1500}
        arrays = read_npz(tmp_path / "b.npz", **BOOK, stations=stations)
        assert arrays["station_y"][0, 0] == -6000

    def test_a_wrong_unit_of_time_is_said(self, tmp_path, read_npz, caplog):
        sets.book(tmp_path / "b.npz", "offset")
        time = {"member": "time", "shape": [9, 9], "units": "ns"}
        read_npz(tmp_path / "b.npz", **BOOK, arrays={"arrival_time": time})
        assert "check the unit of times" in caplog.text


class TestPd4ml:
    @pytest.fixture
    def file(self, tmp_path):
        return tmp_path / "c.npz"

    def test_padding_becomes_nan_and_zeros_stay(self, file, read_npz):
        truth = sets.pd4ml(file)
        arrays = read_npz(file, **PD4ML)
        expected = truth["traces"].reshape(-1, 9, 9, 80)
        assert (expected == 0).any()
        np.testing.assert_array_equal(arrays["traces"], expected)
        np.testing.assert_allclose(
            arrays["arrival_time"], truth["time"].reshape(-1, 9, 9) * 1e9, rtol=1e-6
        )
        np.testing.assert_allclose(arrays["xmax"], truth["xmax"], rtol=1e-6)

    def test_signal_is_the_sum_of_the_trace(self, file, read_npz):
        truth = sets.pd4ml(file)
        arrays = read_npz(file, **PD4ML)
        expected = truth["traces"].sum(axis=-1).reshape(-1, 9, 9)
        np.testing.assert_allclose(arrays["signal"], expected, rtol=1e-6)

    def test_a_bin_without_measurement_does_not_silence_the_station(self, file, read_npz):
        sets.pd4ml(file)
        with np.load(file) as archive:
            traces = archive["X_train_0"]
        traces[0, 4, 4, :] = 2
        traces[0, 4, 4, 10:] = -1
        sets.pd4ml(file, X_train_0=traces)
        arrays = read_npz(file, **PD4ML)
        assert arrays["signal"][0, 4, 4] == 20
        assert np.isnan(arrays["traces"][0, 4, 4, 10:]).all()

    def test_train_comes_first_and_test_is_marked(self, file, read_npz):
        truth = sets.pd4ml(file)
        arrays = read_npz(file, **PD4ML)
        np.testing.assert_array_equal(arrays["published_test"], [0] * 140 + [1] * 60)
        test = read_npz(file, **PD4ML, read_splits=["test"])
        assert test["published_test"].all()
        np.testing.assert_allclose(test["xmax"], truth["xmax"][140:], rtol=1e-6)

    def test_events_keep_their_numbers_when_one_split_is_read(self, file):
        sets.pd4ml(file)
        (block,) = read_blocks(str(file), NpzOptions(**PD4ML, read_splits=["test"]))
        assert block.first == 140

    def test_positions_are_constants_with_the_ground_at_zero(self, file, read_npz):
        sets.pd4ml(file)
        arrays = read_npz(file, **PD4ML)
        detector = sets.stations(9, "offset", 1500).reshape(9, 9, 3)
        np.testing.assert_allclose(arrays["station_x"], detector[..., 0])
        np.testing.assert_array_equal(arrays["station_z"], np.zeros((9, 9)))

    def test_positions_that_differ_between_splits_are_refused(self, file, read_npz):
        sets.pd4ml(file, X_test_2=sets.stations(9, "cartesian", 1500))
        with pytest.raises(DataError, match=r"'X_test_2' of .* differs from that of another split"):
            read_npz(file, **PD4ML)

    def test_keep_leaves_the_traces_out(self, file, read_npz):
        truth = sets.pd4ml(file)
        arrays = read_npz(file, **PD4ML, keep=["signal", "xmax", "station_x"])
        assert set(arrays) == {"signal", "xmax", "station_x"}
        np.testing.assert_array_equal(np.isnan(arrays["signal"]).sum(), truth["silent"].sum())


class TestGenerator:
    def test_all_it_holds(self, tmp_path, read_npz):
        truth = sets.generator(tmp_path / "showers-A14-0.npz")
        arrays = read_npz(tmp_path / "showers-A14-0.npz", **GENERATOR)
        assert arrays["mass_number"].dtype == np.int16
        assert set(arrays["mass_number"]) == {14}
        assert arrays["traces"].shape == (150, 9, 9, 80)
        np.testing.assert_allclose(arrays["xmax"], truth["xmax"], rtol=1e-6)
        # The maximum lies 4000 m up the axis: from the core, in the array's coordinates.
        core = np.c_[arrays["core"], np.zeros(150)]
        np.testing.assert_allclose(arrays["shower_maximum"] - core, 4000 * truth["axis"], atol=0.01)
        np.testing.assert_allclose(arrays["zenith"], np.degrees(truth["zenith"]), atol=1e-3)

    def test_stations_may_stay_a_list(self, tmp_path, read_npz):
        truth = sets.generator(tmp_path / "g.npz")
        arrays = read_npz(tmp_path / "g.npz", **GENERATOR, grid=[81])
        np.testing.assert_array_equal(arrays["traces"], truth["traces"])
        assert arrays["station_x"].shape == (81,)

    def test_arrival_times_fit_the_positions_in_the_file(self, tmp_path, read_npz, caplog):
        sets.generator(tmp_path / "g.npz")
        with caplog.at_level(logging.INFO):
            read_npz(tmp_path / "g.npz", **GENERATOR)
        residual = int(caplog.text.split("arrival times lie ")[1].split(" ns")[0])
        assert 80 < residual < 110


class TestOwnFile:
    def test_members_by_our_names(self, tmp_path, read_npz):
        path = tmp_path / "own.npz"
        hits = np.array([[1, -9], [-9, -9], [3, 4]], dtype=np.int32)
        np.savez(path, hits=hits, lgE_GeV=np.array([9.0, 10.0, 11.0]), run=np.array([7, 7, 8]))
        arrays = read_npz(
            path,
            arrays={
                "signal": {"member": "hits", "shape": [2], "silent": -9, "scale": 0.5},
                "lg_energy": {"member": "lgE_GeV", "offset": 9},
                "run": {"member": "run", "type": "int32"},
            },
            derive=["stations_hit", "energy"],
        )
        np.testing.assert_array_equal(arrays["signal"], [[0.5, NaN], [NaN, NaN], [1.5, 2]])
        np.testing.assert_array_equal(arrays["stations_hit"], [1, 0, 2])
        np.testing.assert_allclose(arrays["energy"], [1, 10, 100])
        assert arrays["run"].dtype == np.int32
        assert "published_test" not in arrays

    @pytest.mark.parametrize("dtype", [">f8", "<f4", "f2", "i1", "u8", "?"])
    def test_types(self, tmp_path, read_npz, dtype):
        values = np.array([0, 1, 1, 0]).astype(dtype)
        np.savez(tmp_path / "t.npz", v=values)
        found = read_npz(tmp_path / "t.npz", arrays={"v": {"member": "v"}})["v"]
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, [0, 1, 1, 0])

    def test_large_numbers_of_events_stay_exact(self, tmp_path, read_npz):
        values = np.array([2**60 + 1, -5])
        np.savez(tmp_path / "t.npz", v=values)
        options = {"arrays": {"v": {"member": "v", "type": "int64"}}}
        np.testing.assert_array_equal(read_npz(tmp_path / "t.npz", **options)["v"], values)

    def test_no_events(self, tmp_path, read_npz):
        np.savez(tmp_path / "t.npz", v=np.zeros((0, 3, 3)))
        options = {"arrays": {"signal": {"member": "v", "shape": [3, 3]}}}
        arrays = read_npz(tmp_path / "t.npz", **options, derive=["stations_hit"])
        assert arrays["signal"].shape == (0, 3, 3)
        assert arrays["stations_hit"].shape == (0,)

    def test_one_member_for_two_arrays(self, tmp_path, read_npz):
        np.savez(tmp_path / "t.npz", v=np.array([[1.0, -1], [3, 4]]))
        arrays = read_npz(
            tmp_path / "t.npz",
            arrays={"a": {"member": "v", "take": 1, "silent": -1}, "b": {"member": "v", "take": 1}},
        )
        np.testing.assert_array_equal(arrays["a"], [NaN, 4])
        np.testing.assert_array_equal(arrays["b"], [-1, 4])


class TestOutsideTheRange:
    def test_marked_kept_and_said(self, tmp_path, read_npz, caplog):
        truth = sets.showers(300, sets.stations(14, "cartesian", 750))
        energy = 10 ** (truth["lg_energy"] - 18)
        energy[:5] = 2.0, 150.0, NaN, 10**0.5, 100.0
        sets.tutorial(tmp_path / "a.npz", energy=energy.astype("f4"))
        arrays = read_npz(tmp_path / "a.npz", convention="airshowers_mnist", test_events=10)
        np.testing.assert_array_equal(np.flatnonzero(arrays["outside_range"]), [0, 1, 2])
        np.testing.assert_allclose(arrays["energy"], energy, rtol=1e-6)
        assert "'energy' of 3 of 300 events lies outside 3.16228 to 100" in caplog.text

    def test_other_ranges(self, tmp_path, read_npz):
        truth = sets.tutorial(tmp_path / "a.npz")
        options = {"convention": "airshowers_mnist", "test_events": 10}
        ranges = {"zenith": (0, 30), "lg_energy": (19, 21)}
        arrays = read_npz(tmp_path / "a.npz", **options, ranges=ranges)
        expected = (truth["zenith"] > np.pi / 6) | (truth["lg_energy"] < 19)
        np.testing.assert_array_equal(arrays["outside_range"], expected)
        assert "outside_range" not in read_npz(tmp_path / "a.npz", **options, ranges={})


class TestMemory:
    def test_blocks_give_the_same_as_the_whole(self, tmp_path, read_npz):
        sets.pd4ml(tmp_path / "c.npz", train=300, test=200)
        whole = read_npz(tmp_path / "c.npz", convention="pd4ml_airshower")
        small = read_npz(tmp_path / "c.npz", convention="pd4ml_airshower", memory_MB=1)
        options = NpzOptions(convention="pd4ml_airshower", memory_MB=1)
        firsts = [block.first for block in read_blocks(str(tmp_path / "c.npz"), options)]
        assert firsts == [0, 128, 256, 300, 428]
        for name, values in whole.items():
            np.testing.assert_array_equal(small[name], values)

    @pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
    @pytest.mark.parametrize("order", ["C", "F"])
    def test_a_member_is_never_whole_in_memory(self, tmp_path, save, order):
        values = np.asarray(np.arange(4e6, dtype="f4").reshape(4000, 1000), order=order)  # 16 MB
        save(tmp_path / "big.npz", v=values)
        options = NpzOptions(arrays={"v": {"member": "v", "shape": [1000]}}, memory_MB=2)
        tracemalloc.start()
        total = sum(
            float(block.arrays["v"].sum(dtype=float))
            for block in read_blocks(str(tmp_path / "big.npz"), options)
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total == values.sum(dtype=float)
        assert peak < 6e6


def test_arrays_are_known_from_the_configuration_alone():
    sample = NpzFiles(reader="npz", files=["x"], options={"convention": "airshowers_mnist"})
    assert sample.arrays == (
        "signal", "arrival_time", "axis", "core", "energy", "lg_energy", "zenith", "azimuth",
        "stations_hit", "published_test", "outside_range", "station_x", "station_y", "station_z",
    )  # fmt: skip
