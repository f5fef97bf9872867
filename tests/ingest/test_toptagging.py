"""The top-tagging reference data: both layouts of pandas, sums, padding, published splits."""

import logging
import tracemalloc

import awkward as ak
import numpy as np
import pytest
import uproot

from footprint.config.toptagging import TopTaggingFiles, TopTaggingOptions
from footprint.files.events import open_events
from footprint.ingest.sources import sources_of
from footprint.ingest.toptagging import read_blocks
from footprint.ingest.write import ingest
from tests.ingest import jet_sets as sets
from tests.ingest.conftest import DATA


def read(path, **options):
    blocks = list(read_blocks(str(path), TopTaggingOptions(**options)))
    return {n: np.concatenate([b.arrays[n] for b in blocks]) for n in blocks[0].arrays}


@pytest.fixture(scope="session")
def real():
    """The 100 jets in both layouts, and as the ROOT file they were made from."""
    names = ["toptagging/jetclass2_as_toptag_blosc_table.h5",
             "toptagging/jetclass2_as_toptag_fixed.h5", "root/JetClassII_example.root"]  # fmt: skip
    paths = [DATA / name for name in names]
    for path in paths:
        if not path.is_file():
            pytest.skip(f"{path} is missing: set FOOTPRINT_DATA to the folder of real test files")
    return paths


class TestRealFiles:
    def test_table_with_blosc_and_fixed_format_hold_the_same_jets(self, real):
        one, other = read(real[0]), read(real[1])
        assert len(one["constituents"]) == 100
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name], err_msg=name)

    def test_jets_are_those_of_the_root_file_they_were_made_from(self, real):
        """Summed there by awkward, jet after jet; its jet_energy is calibrated, a sum is not."""
        arrays = read(real[0])
        tree = uproot.open(real[2])["tree"]
        px, py, pz, energy = (tree[f"part_{n}"].array() for n in ("px", "py", "pz", "energy"))
        np.testing.assert_array_equal(arrays["constituents"], ak.num(px))
        total = [ak.to_numpy(ak.sum(ak.values_astype(v, float), axis=1)) for v in (px, py, pz)]
        pt = np.hypot(total[0], total[1])
        energy = ak.to_numpy(ak.sum(ak.values_astype(energy, float), axis=1))
        np.testing.assert_allclose(arrays["jet_pt"], pt, rtol=1e-6)
        np.testing.assert_allclose(arrays["jet_energy"], energy, rtol=1e-6)
        np.testing.assert_allclose(np.sinh(arrays["jet_eta"]), total[2] / pt, rtol=1e-5)
        np.testing.assert_allclose(
            arrays["jet_mass"], np.sqrt(energy**2 - pt**2 - total[2] ** 2), rtol=1e-4
        )

    def test_event_file_holds_them_with_units(self, real, tmp_path):
        config = TopTaggingFiles(
            reader="toptagging", files=[str(real[0])], options={"most_constituents": 20}
        )
        (source,) = sources_of("jets", config)
        ingest(source, "jets", config, 1, tmp_path / "e.h5")
        with open_events(tmp_path / "e.h5") as events:
            assert len(events) == 100
            assert events.shape("constituent_px") == (20,)
            assert events.specs["jet_mass"].units == "GeV"
            assert events.file["jet_mass"].dtype == np.float32
            assert events.file["is_signal"].dtype == np.int32
            found = events.read(["is_signal", "constituents"], slice(None))
        assert found["is_signal"].sum() == 79
        assert found["constituents"].max() == 82


class TestJets:
    def test_two_back_to_back_photons_by_hand(self, tmp_path):
        """Energies 3 and 4 GeV along x and y: pT = 5, E = 7, m^2 = 49 - 25 = 24."""
        vectors = np.zeros((1, 200, 4), "f4")
        vectors[0, :2] = [[3, 3, 0, 0], [4, 0, 4, 0]]
        arrays = read(sets.fixed(tmp_path / "a.h5", *sets.frame(vectors)))
        assert arrays["jet_pt"] == pytest.approx(5)
        assert arrays["jet_energy"] == pytest.approx(7)
        assert arrays["jet_mass"] == pytest.approx(np.sqrt(24))
        assert arrays["jet_phi"] == pytest.approx(np.arctan2(4, 3))
        assert arrays["jet_eta"] == pytest.approx(0)
        # The second one has the higher pT, so it comes first.
        np.testing.assert_array_equal(arrays["constituent_energy"][0, :3], [4, 3, np.nan])
        np.testing.assert_array_equal(arrays["constituent_py"][0, :2], [4, 0])

    def test_zeros_become_nan_and_order_does_not_matter(self, tmp_path, rng):
        vectors = sets.jets()
        arrays = read(sets.fixed(tmp_path / "a.h5", *sets.frame(vectors)))
        shuffled = rng.permuted(np.arange(200)[None].repeat(20, 0), axis=1)
        mixed = np.take_along_axis(vectors, shuffled[..., None], axis=1)
        again = read(sets.fixed(tmp_path / "b.h5", *sets.frame(mixed)))
        counts = (vectors[..., 0] > 0).sum(axis=1)
        np.testing.assert_array_equal(arrays["constituents"], counts)
        for place, name in enumerate(("energy", "px", "py", "pz")):
            values = arrays[f"constituent_{name}"]
            assert values.dtype == np.float32
            np.testing.assert_array_equal((~np.isnan(values)).sum(axis=1), counts)
            np.testing.assert_array_equal(np.nan_to_num(values), vectors[..., place])
            np.testing.assert_array_equal(values, again[f"constituent_{name}"])
        np.testing.assert_allclose(arrays["jet_mass"], again["jet_mass"], rtol=1e-9)

    def test_truncation_keeps_the_hardest_and_the_whole_jet_s_sum(self, tmp_path):
        path = sets.fixed(tmp_path / "a.h5", *sets.frame(sets.jets()))
        whole, cut = read(path), read(path, most_constituents=4)
        assert cut["constituent_px"].shape == (20, 4)
        np.testing.assert_array_equal(cut["constituent_px"], whole["constituent_px"][:, :4])
        for name in ("jet_pt", "jet_mass", "constituents"):
            np.testing.assert_array_equal(cut[name], whole[name])

    def test_a_jet_without_constituents_survives_as_nan_and_is_told(self, tmp_path, caplog):
        vectors = sets.jets(5)
        vectors[3] = 0
        with caplog.at_level(logging.WARNING, "footprint"):
            arrays = read(sets.fixed(tmp_path / "a.h5", *sets.frame(vectors)))
        assert "1 of 5 jets have no constituent" in caplog.text
        assert "options.fewest_constituents leaves them out" in caplog.text
        assert arrays["constituents"][3] == 0
        for name in ("constituent_px", "jet_pt", "jet_eta", "jet_phi", "jet_mass", "jet_energy"):
            assert np.isnan(arrays[name][3]).all()
            assert np.isfinite(np.delete(arrays[name], 3, axis=0)).any()

    def test_cuts_leave_out_and_keep_the_numbers_of_the_others(self, tmp_path):
        vectors = sets.jets(6, most=5)
        vectors[2] = 0
        path = str(sets.fixed(tmp_path / "a.h5", *sets.frame(vectors)))
        pt = read(path)["jet_pt"]
        cut = {"fewest_constituents": 1, "cut": f"jet_pt < {np.nanmax(pt) - 1e-3}"}
        (block,) = read_blocks(path, TopTaggingOptions(**cut))
        kept = (pt < np.nanmax(pt) - 1e-3) & (np.arange(6) != 2)
        np.testing.assert_array_equal(block.kept, kept)
        np.testing.assert_array_equal(block.arrays["jet_pt"], pt[kept])

    def test_truth_of_qcd_is_not_measured(self, tmp_path):
        arrays = read(sets.fixed(tmp_path / "a.h5", *sets.frame(sets.jets(4), [0, 1, 1, 0])))
        np.testing.assert_array_equal(arrays["is_signal"], [0, 1, 1, 0])
        np.testing.assert_array_equal(arrays["truth_energy"], [np.nan, 700, 700, np.nan])
        np.testing.assert_array_equal(arrays["truth_px"], [np.nan, 600, 600, np.nan])


class TestLayouts:
    @pytest.mark.parametrize("protocol", [0, 1, 2, 4])
    def test_names_come_out_of_any_pickle(self, tmp_path, protocol):
        """Python 2 and 3 wrote other pickles; the order of the columns may be any."""
        vectors = sets.jets()
        floats, integers = sets.frame(vectors)
        plain = read(sets.fixed(tmp_path / "a.h5", floats, integers))
        order = np.random.default_rng(2).permutation(len(sets.FLOATS))
        names = [sets.FLOATS[i] for i in order]
        path = sets.table(tmp_path / "b.h5", floats[:, order], integers, names, protocol)
        for name, values in read(path).items():
            np.testing.assert_array_equal(values, plain[name], err_msg=name)

    def test_blocks_give_what_the_whole_gives(self, tmp_path):
        path = sets.table(tmp_path / "a.h5", *sets.frame(sets.jets(400)), chunks=(40,))
        whole = read(path)
        for name, values in read(path, memory_MB=2.5).items():
            np.testing.assert_array_equal(values, whole[name], err_msg=name)
        firsts = [b.first for b in read_blocks(str(path), TopTaggingOptions(memory_MB=2.5))]
        assert firsts == [0, 128, 256, 384]

    def test_memory_stays_bounded(self, tmp_path):
        """3,000 jets are 10 MB in the file, blocks of 5 MB never hold as much."""
        path = sets.table(tmp_path / "a.h5", *sets.frame(sets.jets(3000)), chunks=(40,))
        tracemalloc.start()
        for _ in read_blocks(str(path), TopTaggingOptions(memory_MB=5)):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10e6

    def test_an_empty_table_gives_one_empty_block(self, tmp_path):
        arrays = read(sets.table(tmp_path / "a.h5", *sets.frame(sets.jets(0))))
        assert arrays["constituent_px"].shape == (0, 200)


class TestPublishedSplit:
    @pytest.mark.parametrize(
        ("name", "number"), [("train.h5", 0), ("val.h5", 1), ("validation.h5", 1), ("test.h5", 2)]
    )
    def test_file_names_say_it(self, tmp_path, name, number):
        path = sets.fixed(tmp_path / name, *sets.frame(sets.jets(4), ttv=0))
        np.testing.assert_array_equal(read(path)["published_split"], number)

    def test_otherwise_the_flag_in_the_order_of_its_letters(self, tmp_path):
        path = sets.fixed(tmp_path / "all.h5", *sets.frame(sets.jets(4), ttv=[0, 1, 2, 0]))
        np.testing.assert_array_equal(read(path)["published_split"], [0, 2, 1, 0])
        found = read(path, ttv={"train": 2, "validation": 1, "test": 0})["published_split"]
        np.testing.assert_array_equal(found, [2, 1, 0, 2])
