"""NanoAOD with candidates: four-vectors, links, weights, cuts and blocks."""

import numpy as np
import pytest

from footprint.config.nanoaod import NanoAODFiles, NanoAODOptions
from footprint.files.events import open_events
from footprint.ingest.nanoaod import read_blocks, specs_of
from footprint.ingest.sources import Source
from footprint.ingest.write import ingest
from tests.ingest.nanoaod_files import EVENTS, PFNANO, V15, jagged, write

COMPONENTS = ("px", "py", "pz", "energy")


def read(path, **options):
    """Read all jets of a file: arrays by name, blocks joined, and which jets were kept."""
    options = NanoAODOptions(**options)
    blocks = list(read_blocks(str(path), options))
    firsts = np.cumsum([0, *(len(block.kept) for block in blocks)])
    assert [block.first for block in blocks] == list(firsts[:-1])
    assert {spec.name for spec in specs_of(options)} == set(blocks[0].arrays) == set(options.kept)
    arrays = {n: np.concatenate([b.arrays[n] for b in blocks]) for n in blocks[0].arrays}
    return arrays, np.concatenate([block.kept for block in blocks])


def totals(arrays):
    """Mass and pT of the sum of each jet's constituents."""
    px, py, pz, energy = (
        np.nansum(arrays[f"constituent_{name}"].astype(float), axis=1) for name in COMPONENTS
    )
    return np.hypot(px, py), np.sqrt(energy**2 - px**2 - py**2 - pz**2)


@pytest.fixture(scope="module", params=["PFNano", "v15"])
def file(request, tmp_path_factory):
    """The same jets in the names and types of both; v15 has its weights applied."""
    path = tmp_path_factory.mktemp("nano") / "made.root"
    if request.param == "PFNano":
        return write(path)
    applied = [
        {**event, "candidates": [_weighted(c) for c in event["candidates"]]} for event in EVENTS
    ]
    applied[0]["links"] = [link for link in EVENTS[0]["links"] if link != (0, 4)]
    return write(path, applied, V15, weights=False)


def _weighted(candidate):
    pt, eta, phi, mass, weight, charge, pdg_id = candidate
    return (pt * weight, eta, phi, mass * weight, weight, charge, pdg_id)


class TestMadeUpFiles:
    def test_jets_without_constituents_and_events_without_jets_survive(self, file):
        arrays, kept = read(file)
        assert kept.all()
        np.testing.assert_array_equal(arrays["constituents"], [3, 0, 0, 1, 2])
        np.testing.assert_array_equal(arrays["collision"], [0, 0, 2, 3, 3])
        for name in COMPONENTS:
            found = (~np.isnan(arrays[f"constituent_{name}"])).sum(axis=1)
            np.testing.assert_array_equal(found, [3, 0, 0, 1, 2])
        np.testing.assert_array_equal(arrays["constituent_pdg_id"][1], 0)

    def test_four_vectors_by_hand_in_falling_weighted_pt(self, file):
        arrays, _ = read(file)
        # 30 (electron), then 40 * 0.5 (photon), then 10 (pion); of weight 0 none.
        np.testing.assert_array_equal(arrays["constituent_pdg_id"][0, :4], [-11, 22, 211, 0])
        np.testing.assert_array_equal(arrays["constituent_charge"][0, :4], [-1, 0, 1, np.nan])
        vectors = np.stack([arrays[f"constituent_{name}"][0, :3] for name in COMPONENTS])
        pt, eta, phi, mass = np.array([[30, 20, 10], [0.6, 0.5, 0.4], [0.9, 1.0, 1.1],
                                       [0.5, 0.0, 0.14]])  # fmt: skip
        energy = np.sqrt((pt * np.cosh(eta)) ** 2 + mass**2)
        expected = [pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta), energy]
        np.testing.assert_allclose(vectors, expected, rtol=1e-6)

    def test_one_candidate_may_belong_to_two_jets(self, file):
        arrays, _ = read(file)
        px = arrays["constituent_px"]
        assert px[3, 0] == px[4, 0] == pytest.approx(60 * np.cos(0.1))
        assert px[4, 1] == pytest.approx(3)

    def test_raw_and_corrected_momenta(self, file):
        raw, _ = read(file)
        np.testing.assert_allclose(raw["jet_pt"], [90, 40, 60, 80, 70], rtol=1e-6)
        np.testing.assert_allclose(raw["jet_mass"], [18, 4, 7, 8, 9], rtol=1e-6)
        corrected, _ = read(file, jet_momentum="corrected")
        np.testing.assert_allclose(corrected["jet_pt"], [100, 50, 60, 80, 70], rtol=1e-6)
        energy = np.hypot(100 * np.cosh(0.5), 20)
        assert corrected["jet_energy"][0] == pytest.approx(energy)
        np.testing.assert_array_equal(raw["jet_eta"], corrected["jet_eta"])

    def test_truncation_keeps_the_hardest(self, file):
        arrays, _ = read(file, most_constituents=2)
        assert arrays["constituent_px"].shape == (5, 2)
        np.testing.assert_array_equal(arrays["constituent_pdg_id"][0], [-11, 22])
        assert arrays["constituents"][0] == 3

    def test_cuts_on_jets_and_events(self, file):
        whole, _ = read(file)
        some, kept = read(file, cut="(jet_pt > 50) & (constituents > 0)")
        np.testing.assert_array_equal(kept, [True, False, False, True, True])
        np.testing.assert_array_equal(some["constituent_px"], whole["constituent_px"][kept])
        some, kept = read(file, event_cut="nFatJet > 1", fewest_constituents=2)
        np.testing.assert_array_equal(kept, [True, False, False, False, True])
        np.testing.assert_array_equal(some["collision"], [0, 3])
        np.testing.assert_array_equal(some["constituent_px"], whole["constituent_px"][kept])

    def test_small_blocks_equal_the_whole(self, file):
        whole, _ = read(file, cut="jet_pt > 45")
        blocks = list(read_blocks(str(file), NanoAODOptions(memory_MB=1e-4, cut="jet_pt > 45")))
        assert len(blocks) >= 4
        for name, values in whole.items():
            joined = np.concatenate([block.arrays[name] for block in blocks])
            np.testing.assert_array_equal(joined, values)
            assert joined.dtype == values.dtype


class TestOptions:
    def test_without_weights_all_candidates_count(self, tmp_path):
        arrays, _ = read(write(tmp_path / "n.root"), puppi_weights=False)
        assert arrays["constituents"][0] == 4
        np.testing.assert_array_equal(arrays["constituent_pdg_id"][0, :4], [130, 22, -11, 211])

    def test_own_branches_of_jets_and_events(self, tmp_path):
        more = {
            "FatJet_flag": jagged([[1, 0], [], [1], [0, 1]], np.bool_),
            "FatJet_n": jagged([[1, 2], [], [3], [4, 5]], np.uint8),
            "genWeight": np.array([1.0, -1.0, 2.0, 3.0], dtype=np.float32),
        }
        arrays, _ = read(
            write(tmp_path / "n.root", more=more),
            branches={"flag": "FatJet_flag", "n": "FatJet_n", "twice": "2 * FatJet_pt"},
            event_branches={"weight": "genWeight", "number": "event", "jets": "nFatJet"},
        )
        assert arrays["flag"].dtype == arrays["n"].dtype == np.int32
        np.testing.assert_array_equal(arrays["flag"], [1, 0, 1, 0, 1])
        np.testing.assert_array_equal(arrays["n"], [1, 2, 3, 4, 5])
        np.testing.assert_array_equal(arrays["twice"], [200, 100, 120, 160, 140])
        np.testing.assert_array_equal(arrays["weight"], [1, 1, 2, 3, 3])
        np.testing.assert_array_equal(arrays["number"], 2**40 + np.array([0, 0, 2, 3, 3]))
        np.testing.assert_array_equal(arrays["jets"], [2, 2, 1, 2, 2])

    def test_substructure_where_it_is_defined(self, tmp_path):
        more = {
            "FatJet_msoftdrop": jagged([[80, -1], [], [-1e-6], [0, 5]], np.float32),
            "FatJet_tau1": jagged([[0.4, 0.2], [], [0.0], [0.5, 0.5]], np.float32),
            "FatJet_tau2": jagged([[0.2, -1], [], [0.0], [0.25, 0.5]], np.float32),
        }
        arrays, _ = read(write(tmp_path / "n.root", more=more))
        np.testing.assert_array_equal(arrays["soft_drop_mass"], [80, np.nan, 0, 0, 5])
        np.testing.assert_allclose(arrays["tau21"], [0.5, np.nan, np.nan, 0.5, 1])
        assert np.isnan(arrays["tau3"]).all()
        assert np.isnan(arrays["tau32"]).all()

    def test_names_may_be_anything(self, tmp_path):
        names = {**PFNANO, "candidates": "Cand", "table": "Link", "index": "other"}
        events = [event for event in EVENTS if event["jets"]]
        path = write(tmp_path / "n.root", events, names)
        arrays, _ = read(path, candidates="Cand", table="Link", candidate_index="other")
        np.testing.assert_array_equal(arrays["constituents"], [3, 0, 0, 1, 2])

    @pytest.mark.parametrize("events", [[], EVENTS[1:2]])
    def test_without_any_jets(self, tmp_path, events):
        arrays, kept = read(write(tmp_path / "n.root", events))
        assert len(kept) == 0
        assert arrays["constituent_px"].shape == (0, 200)
        assert arrays["constituents"].dtype == np.int32


class TestEventFile:
    def ingested(self, path, key, output, **options):
        config = NanoAODFiles(reader="nanoaod", files=[str(path)], options=options)
        ingest(Source(str(path), key, "x"), "jets", config, 1, output)
        with open_events(output) as events:
            return events.read(["event_id", "jet_pt", "collision"], slice(None))

    def test_numbers_of_jets_do_not_depend_on_cuts_and_blocks(self, tmp_path):
        path = write(tmp_path / "n.root")
        whole = self.ingested(path, "a", tmp_path / "whole.h5")
        some = self.ingested(
            path, "a", tmp_path / "some.h5", cut="jet_pt > 65", event_cut="nFatJet == 2",
            memory_MB=1e-4,
        )  # fmt: skip
        chosen = [0, 3, 4]
        np.testing.assert_array_equal(some["event_id"], whole["event_id"][chosen])
        np.testing.assert_array_equal(some["jet_pt"], whole["jet_pt"][chosen])
        other = self.ingested(path, "b", tmp_path / "other.h5")
        assert not set(other["event_id"]) & set(whole["event_id"])

    def test_same_values_whatever_the_blocks(self, tmp_path):
        path = write(tmp_path / "n.root")
        self.ingested(path, "a", tmp_path / "one.h5")
        self.ingested(path, "a", tmp_path / "two.h5", memory_MB=1e-4)
        with open_events(tmp_path / "one.h5") as one, open_events(tmp_path / "two.h5") as two:
            for name in one.file:
                if name != "constants":
                    assert one.file[name].id.get_storage_size() > 0
                    np.testing.assert_array_equal(one.file[name][()], two.file[name][()])


class TestRealFiles:
    def test_constituents_of_pfnano_sum_to_the_raw_jets(self, real):
        """The jets' branches are rounded to about 10 bits, hence 0.3 %."""
        arrays, _ = read(real("pfnano.root"))
        assert len(arrays["jet_pt"]) == 24
        pt, mass = totals(arrays)
        np.testing.assert_allclose(pt, arrays["jet_pt"], rtol=3e-3)
        np.testing.assert_allclose(mass, arrays["jet_mass"], rtol=3e-3)
        corrected, _ = read(real("pfnano.root"), jet_momentum="corrected")
        assert (np.abs(pt / corrected["jet_pt"] - 1) > 0.03).all()

    def test_sums_are_wrong_without_weights(self, real):
        arrays, _ = read(real("pfnano.root"), puppi_weights=False)
        pt, _ = totals(arrays)
        assert (pt / arrays["jet_pt"]).max() > 1.01

    def test_against_a_loop_over_jets(self, real):
        import uproot

        arrays, _ = read(real("pfnano.root"), candidate_branches={"d0": "d0"})
        with uproot.open(real("pfnano.root")) as file:
            tree = file["Events"]
            c = {n: tree[f"PFCands_{n}"].array() for n in ("pt", "eta", "puppiWeight", "d0")}
            jet, index = (tree[f"FatJetPFCands_{n}"].array() for n in ("jetIdx", "pFCandsIdx"))
            jets = tree["nFatJet"].array()
        row = 0
        for event in range(len(jets)):
            for number in range(jets[event]):
                linked = [i for j, i in zip(jet[event], index[event], strict=True) if j == number]
                found = sorted(
                    ((c["pt"][event, i] * c["puppiWeight"][event, i], i) for i in linked),
                    key=lambda entry: -entry[0],
                )
                pt = np.hypot(arrays["constituent_px"][row], arrays["constituent_py"][row])
                count = len(found)
                np.testing.assert_allclose(pt[:count], [p for p, _ in found], rtol=1e-5)
                assert np.isnan(pt[count:]).all()
                eta = np.arcsinh(arrays["constituent_pz"][row, 0] / pt[0])
                assert eta == pytest.approx(c["eta"][event, found[0][1]], abs=1e-5)
                hardest = arrays["constituent_d0"][row, 0]
                assert hardest == pytest.approx(c["d0"][event, found[0][1]], nan_ok=True)
                row += 1
        assert row == 24
