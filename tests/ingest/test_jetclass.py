"""JetClass files of both generations: one entry one jet, labels, what is refused."""

import numpy as np
import pytest
import uproot
from pydantic import ValidationError

from footprint.config.jet_files import JetClassFiles, JetClassOptions
from footprint.errors import ConfigError, DataError, FileFormatError
from footprint.files.events import open_events
from footprint.ingest.jetclass import read_blocks, specs_of
from footprint.ingest.sources import Source
from footprint.ingest.write import ingest
from tests.ingest.nanoaod_files import jagged

NaN = np.nan
PX = [[1.0, 30.0], [], [5.0, 4.0, 3.0], [7.0]]
LABELS = {
    "label_QCD": np.array([1, 0, 0, 0], np.float32),
    "label_Hbb": np.array([0, 1, 0, 0], np.bool_),
    "label_Tbl": np.array([0, 0, 1, 0], np.int32),
    "label_Tbqq": np.array([0, 0, 0, 1], np.int32),
}
CLASSES = {"top": ["label_Tbqq", "label_Tbl"], "qcd": "label_QCD"}


def read(path, **options):
    options = JetClassOptions(**options)
    blocks = list(read_blocks(str(path), options))
    assert {spec.name for spec in specs_of(options)} == set(blocks[0].arrays) == set(options.kept)
    arrays = {n: np.concatenate([b.arrays[n] for b in blocks]) for n in blocks[0].arrays}
    return arrays, np.concatenate([block.kept for block in blocks])


def write(path, *, px=PX, without=(), **more):
    """Write four jets; further branches may replace those there are."""
    py = [[0.0] * len(values) for values in px]
    columns = {
        "part_px": jagged(px, np.float32),
        "part_py": jagged(py, np.float32),
        "part_pz": jagged(py, np.float32),
        "part_energy": jagged(px, np.float32),
        "part_charge": jagged([[i % 3 - 1 for i in range(len(v))] for v in px], np.int32),
        "part_isElectron": jagged([[i == 0 for i in range(len(v))] for v in px], np.bool_),
        "jet_nparticles": np.array([len(values) for values in px], np.int32),
        "aux_genpart_pt": np.arange(len(px), dtype=np.float32),
    }
    for name in ("pt", "eta", "phi", "energy", "sdmass", "tau1", "tau2", "tau3", "tau4"):
        columns[f"jet_{name}"] = np.arange(len(px), dtype=np.float32) + 1
    columns |= {n: v[: len(px)] for n, v in LABELS.items()} | more
    columns = {name: values for name, values in columns.items() if name not in without}
    kinds = {
        name: values.dtype if isinstance(values, np.ndarray) else str(values.type.content)
        for name, values in columns.items()
    }
    with uproot.recreate(path) as file:
        tree = file.mktree("tree", kinds)
        if px:
            tree.extend(columns)
    return path


class TestMadeUpFiles:
    def test_constituents_sorted_and_padded(self, tmp_path):
        wanted = {"charge": "part_charge", "electron": "part_isElectron"}
        arrays, kept = read(
            write(tmp_path / "j.root"), most_constituents=2, constituent_branches=wanted
        )
        assert kept.all()
        expected = [[30, 1], [NaN, NaN], [5, 4], [7, NaN]]
        np.testing.assert_array_equal(arrays["constituent_px"], expected)
        expected = [[0, -1], [NaN, NaN], [-1, 0], [-1, NaN]]
        np.testing.assert_array_equal(arrays["constituent_charge"], expected)
        expected = [[0, 1], [NaN, NaN], [1, 0], [1, NaN]]
        np.testing.assert_array_equal(arrays["constituent_electron"], expected)
        np.testing.assert_array_equal(arrays["constituents"], [2, 0, 3, 1])
        np.testing.assert_array_equal(arrays["soft_drop_mass"], [1, 2, 3, 4])

    def test_classes_of_one_hot_branches_of_any_type(self, tmp_path):
        arrays, kept = read(write(tmp_path / "j.root"), labels=CLASSES)
        np.testing.assert_array_equal(kept, [True, False, True, True])
        np.testing.assert_array_equal(arrays["label"], [1, 0, 0])
        assert arrays["label"].dtype == np.int32
        np.testing.assert_array_equal(arrays["constituents"], [2, 3, 1])
        arrays, _ = read(write(tmp_path / "j.root"), labels={"other": "rest", **CLASSES})
        np.testing.assert_array_equal(arrays["label"], [2, 0, 1, 1])

    def test_classes_of_a_number(self, tmp_path):
        path = write(
            tmp_path / "j.root", without=LABELS, jet_label=np.array([161, 187, 3, 7], np.int32)
        )
        labels = {"qcd": {"first": 161, "last": 187}, "x": [3, 4]}
        arrays, kept = read(path, labels=labels)
        np.testing.assert_array_equal(kept, [True, True, True, False])
        np.testing.assert_array_equal(arrays["label"], [0, 0, 1])
        arrays, _ = read(path, labels={"three": 3, "others": "rest"})
        np.testing.assert_array_equal(arrays["label"], [1, 1, 0, 1])

    def test_mass_is_that_of_the_jet(self, tmp_path):
        jet = {"pt": [3.0, 1, 1, 1], "eta": [0.0, 2, 0, 0], "energy": [5.0, np.cosh(2), 1, 1]}
        more = {f"jet_{name}": np.array(values, np.float32) for name, values in jet.items()}
        arrays, _ = read(write(tmp_path / "j.root", **more))
        np.testing.assert_allclose(arrays["jet_mass"], [4, 0, 0, 0], atol=2e-3)

    def test_cut_and_own_branches(self, tmp_path):
        arrays, kept = read(
            write(tmp_path / "j.root"),
            cut="(jet_pt > 1) & (truth < 3)",
            fewest_constituents=1,
            branches={"n": "jet_nparticles", "double": "2 * jet_pt"},
            spectator_branches={"truth": "aux_genpart_pt"},
        )
        np.testing.assert_array_equal(kept, [False, False, True, False])
        assert (arrays["n"][0], arrays["double"][0], arrays["truth"][0]) == (3, 6, 2)

    def test_small_blocks_equal_the_whole(self, tmp_path):
        path = write(tmp_path / "j.root")
        whole, _ = read(path, labels=CLASSES)
        assert len(list(read_blocks(str(path), JetClassOptions(memory_MB=1e-4)))) == 4
        small, _ = read(path, labels=CLASSES, memory_MB=1e-4)
        for name, values in whole.items():
            np.testing.assert_array_equal(small[name], values)

    def test_numbers_of_jets_do_not_depend_on_classes(self, tmp_path):
        path = write(tmp_path / "j.root")
        ids = {}
        for name, options in {"all": {}, "some": {"labels": CLASSES}}.items():
            config = JetClassFiles(reader="jetclass", files=[str(path)], options=options)
            ingest(Source(str(path), "j", "j"), "jets", config, 1, tmp_path / f"{name}.h5")
            with open_events(tmp_path / f"{name}.h5") as events:
                ids[name] = events.read(["event_id"], slice(None))["event_id"]
        np.testing.assert_array_equal(ids["some"], ids["all"][[0, 2, 3]])

    def test_no_entries(self, tmp_path):
        arrays, kept = read(write(tmp_path / "j.root", px=[]), labels=CLASSES)
        assert len(kept) == 0
        assert arrays["constituent_px"].shape == (0, 200)


class TestRealFile:
    def test_jetclass_2(self, real):
        path = real("JetClassII_example.root")
        labels = {"qcd": {"first": 161, "last": 187}, "resonance": "rest"}
        arrays, _ = read(path, labels=labels)
        with uproot.open(path) as file:
            tree = file["tree"]
            values = tree["jet_label"].array(library="np")
            px, py = (tree[f"part_{name}"].array() for name in ("px", "py"))
        np.testing.assert_array_equal(arrays["label"], (values < 161).astype(int))
        for row in range(100):
            found = np.hypot(arrays["constituent_px"][row], arrays["constituent_py"][row])
            expected = np.sort(np.hypot(px[row], py[row]))[::-1]
            np.testing.assert_allclose(found[: len(expected)], expected, rtol=1e-6)
        # The jet's pT is that of the sum of its constituents.
        total = [np.nansum(arrays[f"constituent_{n}"].astype(float), axis=1) for n in ("px", "py")]
        np.testing.assert_allclose(np.hypot(*total), arrays["jet_pt"], rtol=1e-5)
        # Soft drop only takes away; half of these jets lose nothing.
        ratio = arrays["soft_drop_mass"] / arrays["jet_mass"]
        assert ratio.max() < 1.001
        assert (ratio > 0.999).sum() > 10


def refused(error, path, **options):
    with pytest.raises(error) as found:
        read(path, **options)
    return str(found.value)


class TestRefusals:
    @pytest.mark.parametrize(
        ("values", "found"),
        [
            ([1, 0, 1, 0], "first of entry 2: {'label_QCD': 1.0, 'label_Tbl': 1.0}"),
            ([0, 0, 0, 0], "first of entry 0: all are 0"),
            ([0.5, 0, 0, 0], "first of entry 0: {'label_QCD': 0.5}"),
        ],
    )
    def test_labels_that_are_not_one_hot(self, tmp_path, values, found):
        path = write(tmp_path / "j.root", label_QCD=np.array(values, np.float32))
        said = refused(DataError, path, labels=CLASSES, memory_MB=1e-4)
        assert f"the labels of 1 entries are not one-hot, {found}, expected one of " in said
        assert "label_Hbb, label_QCD, label_Tbl, label_Tbqq to be 1 and the others 0" in said

    def test_labels_of_the_other_generation(self, tmp_path):
        said = refused(ConfigError, write(tmp_path / "j.root"), labels={"a": 1, "b": "rest"})
        assert "options.labels names values of jet_label, which tree 'tree' of" in said
        assert "It is JetClass: name its branches label_Hbb, label_QCD" in said
        path = write(tmp_path / "k.root", without=LABELS, jet_label=np.arange(4))
        said = refused(ConfigError, path, labels=CLASSES)
        assert "has no branch 'label_Tbqq'; it has no one-hot branches" in said
        assert "It is JetClass-II: name values of its jet_label" in said

    def test_energies_that_are_not_finite(self, tmp_path, caplog):
        energy = jagged([[1.0, 30.0], [], [5.0, NaN, 3.0], [7.0]], np.float32)
        path = write(tmp_path / "j.root", part_energy=energy)
        said = refused(DataError, path)
        assert "1 of 6 constituents have a momentum or energy that is not finite" in said
        assert "first in jet 2: {'px': 4.0, 'py': 0.0, 'pz': 0.0, 'energy': nan}" in said
        assert "Make the file again, or set options.not_finite: leave_out" in said
        with caplog.at_level("WARNING"):
            _, kept = read(path, not_finite="leave_out")
        assert "1 jets left out, constituents not finite" in caplog.text
        np.testing.assert_array_equal(kept, [True, True, False, True])

    def test_branches_of_unequal_length(self, tmp_path):
        short = jagged([[1.0, 30.0], [], [5.0, 3.0], [7.0]], np.float32)
        said = refused(DataError, write(tmp_path / "j.root", part_energy=short))
        assert "entry 2 has 3 values of part_px and 2 of part_energy" in said

    def test_missing_branches(self, tmp_path):
        said = refused(FileFormatError, write(tmp_path / "j.root", without=["jet_sdmass"]))
        assert "lacks jet_sdmass, expected the branches of JetClass" in said
        assert "Take reader nanoaod for NanoAOD" in said

    def test_other_files(self, delphes, real):
        assert "has no tree 'tree'; known: Delphes" in refused(ConfigError, delphes)
        assert "has no tree 'tree'; " in refused(ConfigError, real("pfnano.root"))
        said = refused(FileFormatError, real("pfnano.root"), tree="Events")
        assert "lacks part_px, part_py, part_pz, part_energy" in said

    def test_rntuple(self, tmp_path):
        with uproot.recreate(tmp_path / "j.root") as file:
            file.mkrntuple("tree", {"part_px": np.arange(3.0)})
        said = refused(FileFormatError, tmp_path / "j.root")
        assert "is an RNTuple, expected a TTree of JetClass" in said

    @pytest.mark.parametrize("share", [0.1, 0.9])
    def test_truncated(self, real, tmp_path, share):
        content = real("JetClassII_example.root").read_bytes()
        (tmp_path / "cut.root").write_bytes(content[: int(share * len(content))])
        assert "is truncated: it has" in refused(FileFormatError, tmp_path / "cut.root")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"branches": {"x": "part_px"}}, "instead of one number a jet: remove it"),
            ({"branches": {"x": "jet_Pt"}}, "options.branches.x: tree 'tree' of"),
            ({"constituent_branches": {"x": "part_chrge"}}, "no branch 'part_chrge'; did you mean"),
            ({"constituent_branches": {"x": "jet_pt"}}, "expected numbers of each constituent"),
        ],
    )
    def test_own_branches(self, tmp_path, options, message):
        error = FileFormatError if "each constituent" in message else ConfigError
        assert message in refused(error, write(tmp_path / "j.root"), **options)


@pytest.mark.parametrize("key", ["branches", "constituent_branches"])
def test_generator_truth_is_refused_but_as_spectator(key):
    with pytest.raises(ValidationError, match=r"is generator truth .* under spectator_branches"):
        JetClassOptions(**{key: {"truth": "aux_genpart_pt"}})
    assert "truth" in JetClassOptions(spectator_branches={"truth": "aux_genpart_pt"}).kept
