"""Files and options that reader nanoaod refuses, each with its message."""

import numpy as np
import pytest
import uproot

from footprint.config.nanoaod import NanoAODOptions
from footprint.errors import ConfigError, DataError, FileFormatError
from footprint.ingest.nanoaod import read_blocks
from tests.ingest.nanoaod_files import EVENTS, LAST, PFNANO, TOPS, jagged, write


def read(path, **options):
    return list(read_blocks(str(path), NanoAODOptions(**options)))


def refused(error, path, **options):
    with pytest.raises(error) as found:
        read(path, **options)
    return str(found.value)


class TestOtherFiles:
    @pytest.mark.parametrize(
        "name",
        ["nano_tt_v12.root", "nano_dimuon.root", "nanoAOD_2015_CMS_Open_Data_ttbar.root"],
    )
    def test_nanoaod_without_candidates(self, real, name):
        said = refused(FileFormatError, real(name))
        assert "lacks PFCands_pt, PFCands_eta" in said
        assert "FatJetPFCands_jetIdx, FatJetPFCands_pFCandsIdx; found " in said
        assert " branches of FatJet and candidates or tables none. Reader nanoaod expects" in said
        assert "read the jets' own branches with reader root" in said

    def test_candidates_without_a_table(self, real):
        said = refused(FileFormatError, real("pfnano_skim.root"))
        assert "lacks FatJetPFCands_jetIdx, FatJetPFCands_pFCandsIdx; found" in said
        assert "candidates or tables ['PFCands']" in said

    def test_other_candidates_are_named(self, tmp_path):
        path = write(tmp_path / "n.root", names={**PFNANO, "candidates": "MyCand"})
        said = refused(FileFormatError, path)
        assert "lacks PFCands_pt" in said
        assert "['FatJetPFCands', 'MyCand']" in said
        assert "set options.candidates" in said

    def test_a_missing_variable_of_the_candidates(self, tmp_path):
        said = refused(FileFormatError, write(tmp_path / "n.root"), candidate_branches={"d": "d0"})
        assert "lacks PFCands_d0; found" in said

    def test_scouting(self, tmp_path):
        path = tmp_path / "scouting.root"
        floats = jagged([[1.0, 2.0]], np.float32)
        names = ("ScoutingPFCandidate_pt", "ScoutingPFCandidate_eta", "ScoutingFatPFJet_eta")
        with uproot.recreate(path) as file:
            file.mktree("Events", dict.fromkeys(names, "var * float32"))
            file["Events"].extend(dict.fromkeys(names, floats))
        said = refused(FileFormatError, path)
        assert "has no jets 'FatJet': expected FatJet_pt, FatJet_eta, FatJet_phi" in said
        assert "did you mean 'ScoutingFatPFJet'?" in said
        assert "This is a scouting file" in said
        assert "the jets must be clustered first" in said

    def test_physlite(self, tmp_path):
        path = tmp_path / "physlite.root"
        with uproot.recreate(path) as file:
            file["CollectionTree"] = {"AnalysisJetsAuxDyn.pt": jagged([[1.0]], np.float32)}
        said = refused(FileFormatError, path)
        assert "is an ATLAS xAOD or PHYSLITE file (it has 'CollectionTree')" in said
        assert "take reader jetclass" in said

    def test_delphes(self, delphes):
        said = refused(FileFormatError, delphes)
        assert "is a Delphes file (it has tree 'Delphes'), expected NanoAOD" in said
        assert "take reader jetclass; reader root reads" in said

    def test_jetclass(self, real):
        said = refused(FileFormatError, real("JetClassII_example.root"))
        assert "is a JetClass file (its tree 'tree' has part_px)" in said
        assert said.endswith("take reader jetclass")

    def test_no_tree(self, zmumu):
        assert "has no tree 'Events'; did you mean 'events'?" in refused(ConfigError, zmumu)

    def test_rntuple(self, tmp_path):
        path = tmp_path / "n.root"
        with uproot.recreate(path) as file:
            file.mkrntuple("Events", {"FatJet_pt": jagged([[1.0]], np.float32)})
        said = refused(FileFormatError, path)
        assert "is an RNTuple, which reader nanoaod does not understand, expected a TTree" in said
        assert "reader root" in said

    @pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
    def test_truncated(self, real, tmp_path, share):
        content = real("pfnano.root").read_bytes()
        path = tmp_path / "cut.root"
        path.write_bytes(content[: int(share * len(content))])
        assert "is truncated: it has" in refused(FileFormatError, path)

    def test_truncated_under_a_header_that_does_not_tell(self, tmp_path):
        content = bytearray(write(tmp_path / "n.root", EVENTS * 20).read_bytes())
        content = content[: len(content) // 2]
        content[12:16] = len(content).to_bytes(4, "big")
        path = tmp_path / "cut.root"
        path.write_bytes(content)
        assert "cannot read" in refused(FileFormatError, path)


def changed(tmp_path, **parts):
    """The usual events, the last of which is changed."""
    return write(tmp_path / "n.root", [*EVENTS[:-1], {**EVENTS[-1], **parts}])


class TestValues:
    @pytest.mark.parametrize(
        ("link", "found"),
        [
            ((0, 2), r"pFCandsIdx = 2 in event 3, which has 2 PFCands"),
            ((0, -1), r"pFCandsIdx = -1 in event 3, which has 2 PFCands"),
            ((2, 0), r"jetIdx = 2 in event 3, which has 2 FatJet"),
            ((-1, 0), r"jetIdx = -1 in event 3, which has 2 FatJet"),
        ],
    )
    def test_links_out_of_range(self, tmp_path, link, found):
        path = changed(tmp_path, links=[(0, 0), link])
        said = refused(DataError, path)
        assert f"1 links are out of range, first FatJetPFCands_{found}" in said
        assert "set options.jets, candidates, table" in said

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_candidates_that_are_not_finite(self, tmp_path, value):
        bad = [(60.0, 0.0, 0.1, value, 1.0, 0, 22), EVENTS[-1]["candidates"][1]]
        path = changed(tmp_path, candidates=bad)
        said = refused(DataError, path)
        assert "2 of 6 constituents have a momentum or energy that is not finite" in said
        assert "first in jet 3" in said
        assert "set options.not_finite: leave_out" in said
        # Links alone decide: the same candidate in no jet, or in jets that are cut, does no harm.
        assert read(path, cut="jet_pt < 65")[0].kept.sum() == 2
        assert read(path, event_cut="event != 1099511627779")[0].kept.sum() == 3
        read(changed(tmp_path, candidates=bad, links=[(0, 1)]))

    def test_collections_of_unequal_length(self, tmp_path):
        more = {"FatJet_tau1": jagged([[1, 2], [], [1], [1]], np.float32)}
        said = refused(DataError, write(tmp_path / "n.root", more=more))
        assert "branch FatJet_tau1 has other numbers of values than its collection" in said


class TestOptions:
    @pytest.fixture
    def path(self, tmp_path):
        return write(tmp_path / "n.root")

    def test_raw_momenta_that_cannot_be_had(self, tmp_path):
        jets = jagged([[50.0]], np.float32)
        names = [f"{c}_{v}" for c in ("FatJet", "PFCands") for v in ("pt", "eta", "phi", "mass")]
        index = jagged([[0]], np.int32)
        links = ["FatJetPFCands_jetIdx", "FatJetPFCands_pFCandsIdx"]
        with uproot.recreate(tmp_path / "n.root") as file:
            kinds = dict.fromkeys(names, "var * float32") | dict.fromkeys(links, "var * int32")
            file.mktree("Events", kinds)
            file["Events"].extend(dict.fromkeys(names, jets) | dict.fromkeys(links, index))
        said = refused(ConfigError, tmp_path / "n.root", candidate_branches={})
        assert "has no FatJet_rawFactor" in said
        assert "set options.jet_momentum: corrected" in said
        read(tmp_path / "n.root", candidate_branches={}, jet_momentum="corrected")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"branches": {"x": "FatJet_ptt"}}, "options.branches.x: tree 'Events' of"),
            ({"branches": {"x": "nFatJet"}}, "expected one value for each of its jets"),
            ({"branches": {"x": "PFCands_pt"}}, "expected one value for each of its jets"),
            ({"event_branches": {"x": "FatJet_pt"}}, "instead of one number a jet"),
            ({"event_cut": "FatJet_pt > 3"}, "gives var * bool for each entry, expected one bool"),
            ({"event_cut": "nJet > 3"}, "options.event_cut: tree 'Events' of"),
            ({"cut": "jet_pt + 1"}, "gives float64 of shape (5,) for 5 jets, expected one bool"),
            (
                {"labels": {"a": "FatJet_mass", "b": "rest"}},
                "options.labels.a (FatJet_mass) of tree 'Events' of",
            ),
            ({"labels": {"a": "nFatJet > 1", "b": "rest"}}, "expected one value for each"),
        ],
    )
    def test_formulas(self, path, options, message):
        assert message in refused(ConfigError, path, **options)

    def test_labels_of_files_without_generated_particles(self, path):
        said = refused(ConfigError, path, labels={"top": {"particle": 6}, "qcd": "rest"})
        assert "options.labels.top looks for generated particles, but tree 'Events' of" in said
        assert "lacks GenPart_pdgId, GenPart_genPartIdxMother" in said
        assert "is it recorded data? Remove labels for such files" in said
        said = refused(ConfigError, path, labels={"b": "FatJet_hadronFlavour == 5", "qcd": "rest"})
        assert "options.labels.b: tree 'Events' of" in said
        assert "has no branch 'FatJet_hadronFlavour'" in said


class TestLabels:
    @pytest.fixture
    def path(self, tmp_path):
        """Jets: far from all; none; one on the top's axis; one on the leptonic top's."""
        event = {**EVENTS[-1], "particles": TOPS, "jets": [
            (80.0, 0.0, 0.0, 8.0, 0.0), (70.0, 0.0, 3.1, 9.0, 0.0)]}  # fmt: skip
        b = [(5, -1, LAST, 0.5, 1.0)]
        events = [{**EVENTS[0], "particles": b}, EVENTS[1], EVENTS[2], event]
        more = {"FatJet_hadronFlavour": jagged([[5, 0], [], [0], [5, 5]], np.uint8)}
        return write(tmp_path / "n.root", events, generated=True, more=more)

    def test_first_that_fits(self, path):
        labels = {"top": {"particle": 6}, "w": {"particle": 24}, "qcd": "rest"}
        (block,) = read(path, labels=labels)
        np.testing.assert_array_equal(block.arrays["label"], [2, 2, 2, 0, 2])
        assert block.arrays["label"].dtype == np.int32
        labels = {"qcd": "rest", "w": {"particle": 24}, "top": {"particle": 6}}
        (block,) = read(path, labels=labels)
        np.testing.assert_array_equal(block.arrays["label"], [0, 0, 0, 1, 0])

    def test_flavour(self, path):
        labels = {"top": {"particle": 6}, "b": "FatJet_hadronFlavour == 5", "light": "rest"}
        (block,) = read(path, labels=labels)
        np.testing.assert_array_equal(block.arrays["label"], [1, 2, 2, 0, 1])

    def test_jets_of_no_class_are_left_out(self, path):
        labels = {"top": {"particle": 6}, "light": {"where": "FatJet_hadronFlavour == 0"}}
        (block,) = read(path, labels=labels, cut="jet_pt > 45")
        np.testing.assert_array_equal(block.kept, [False, False, True, True, False])
        np.testing.assert_array_equal(block.arrays["label"], [1, 0])
        np.testing.assert_array_equal(block.arrays["constituents"], [0, 1])

    def test_matching_radius(self, path):
        labels = {"top": {"particle": 6}, "qcd": "rest"}
        (block,) = read(path, labels=labels, matching_radius=0.4)
        np.testing.assert_array_equal(block.arrays["label"], 1)
