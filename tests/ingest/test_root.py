import awkward as ak
import numpy as np
import pytest
import uproot

NaN = np.nan


@pytest.fixture(scope="module")
def values():
    """Six entries of all kinds of branches."""
    return {
        "number": np.arange(6, dtype=np.float64),
        "count": np.arange(6, dtype=np.int32),
        "big": np.arange(6, dtype=np.uint64) + np.uint64(2**40),
        "flag": np.array([True, False, True, True, False, False]),
        "vector": np.arange(18, dtype=np.float32).reshape(6, 3),
        "jagged": ak.values_astype(
            ak.Array([[1, 2, 3], [], [4], [5, 6], [], [7, 8, 9, 10]]), np.float32
        ),
        "ids": ak.values_astype(ak.Array([[1, 2], [], [-3], [], [], [4]]), np.int32),
    }


@pytest.fixture(scope="module", params=["TTree", "RNTuple"])
def file(request, values, tmp_path_factory):
    """The values twice, in two baskets or clusters."""
    path = tmp_path_factory.mktemp("written") / "made.root"
    with uproot.recreate(path) as root:
        make = root.mktree if request.param == "TTree" else root.mkrntuple
        if request.param == "TTree":
            kinds = {
                name: array.dtype
                for name, array in values.items()
                if name != "vector" and not isinstance(array, ak.Array)
            }
            kinds |= {
                "vector": np.dtype((np.float32, (3,))),
                "jagged": "var * float32",
                "ids": "var * int32",
            }
            tree = make("events", kinds)
            tree.extend(values)
        else:
            tree = make("events", values)
        tree.extend(values)
    return path


class TestArrays:
    def test_one_value_per_entry(self, file, read):
        np.testing.assert_array_equal(read(file, "number"), [*range(6)] * 2)

    @pytest.mark.parametrize(
        ("branch", "dtype"),
        [("count", np.int32), ("big", np.uint64), ("flag", np.uint8), ("number", np.float64)],
    )
    def test_types(self, file, read, branch, dtype, values):
        found = read(file, branch)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found[:6], values[branch])

    def test_fixed_size(self, file, read, values):
        np.testing.assert_array_equal(read(file, "vector")[:6], values["vector"])

    def test_jagged_is_padded_and_cut(self, file, read):
        expected = [[1, 2], [NaN, NaN], [4, NaN], [5, 6], [NaN, NaN], [7, 8]]
        found = read(file, "jagged", lengths={"x": 2})
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found[:6], expected)

    def test_jagged_integers_become_float(self, file, read):
        found = read(file, "ids", lengths={"x": 1})
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found[:6], [[1], [NaN], [-3], [NaN], [NaN], [4]])

    def test_formula_over_jagged(self, file, read):
        found = read(file, "jagged * number", lengths={"x": 1})
        np.testing.assert_array_equal(found[:6], [[0], [NaN], [8], [15], [NaN], [35]])

    def test_formula_and_aliases(self, file, read):
        found = read(file, "twice + 1", aliases={"twice": "2 * once", "once": "sqrt(number**2)"})
        np.testing.assert_array_equal(found[:6], [1, 3, 5, 7, 9, 11])

    def test_constant(self, file, blocks):
        (block,) = blocks(file, tree="events", branches={"x": "count", "label": "1"})
        np.testing.assert_array_equal(block.arrays["label"], np.ones(12))

    def test_nan_stays(self, file, read):
        found = read(file, "number / number")
        np.testing.assert_array_equal(found[:6], [NaN, 1, 1, 1, 1, 1])


class TestCut:
    def test_keeps_entries_that_pass(self, file, blocks):
        (block,) = blocks(
            file,
            tree="events",
            branches={"n": "number", "j": "jagged", "v": "vector"},
            lengths={"j": 1},
            cut="(number > 1) & flag",
        )
        np.testing.assert_array_equal(block.arrays["n"], [2, 3, 2, 3])
        np.testing.assert_array_equal(block.arrays["j"], [[4], [5], [4], [5]])
        assert block.arrays["v"].shape == (4, 3)
        np.testing.assert_array_equal(np.flatnonzero(block.kept), [2, 3, 8, 9])

    def test_cut_protects_from_infinities(self, file, read):
        assert len(read(file, "1 / number", cut="number > 0")) == 10

    def test_nothing_passes(self, file, blocks):
        (block,) = blocks(file, tree="events", branches={"v": "vector"}, cut="number < 0")
        assert block.arrays["v"].shape == (0, 3)


class TestBlocks:
    def test_small_blocks_equal_the_whole(self, file, blocks):
        options = {
            "tree": "events",
            "branches": {"n": "number + count", "j": "jagged"},
            "lengths": {"j": 3},
            "cut": "number != 4",
        }
        (whole,) = blocks(file, **options)
        small = blocks(file, **options, memory_MB=1e-4)
        assert len(small) > 1
        assert [b.first for b in small] == list(np.cumsum([0, *(len(b.kept) for b in small[:-1])]))
        for name, expected in whole.arrays.items():
            joined = np.concatenate([block.arrays[name] for block in small])
            np.testing.assert_array_equal(joined, expected)
            assert joined.dtype == expected.dtype

    def test_real_file(self, hzz, blocks):
        options = {
            "tree": "events",
            "branches": {"pt": "hypot(Muon_Px, Muon_Py)"},
            "lengths": {"pt": 3},
        }
        (whole,) = blocks(hzz, **options)
        small = blocks(hzz, **options, memory_MB=0.005)
        assert max(len(block.kept) for block in small) < 500
        joined = np.concatenate([block.arrays["pt"] for block in small])
        np.testing.assert_array_equal(joined, whole.arrays["pt"])

    @pytest.mark.parametrize("kind", ["TTree", "RNTuple"])
    def test_no_entries(self, kind, tmp_path, blocks):
        path = tmp_path / "empty.root"
        with uproot.recreate(path) as root:
            if kind == "TTree":
                root.mktree("events", {"x": np.dtype("f4"), "j": "var * float32"})
            else:
                root.mkrntuple("events", {"x": np.zeros(0, "f4"), "j": ak.Array([[1.0]])[:0]})
        (block,) = blocks(path, tree="events", branches={"x": "x", "j": "j"}, lengths={"j": 2})
        assert block.arrays["x"].shape == (0,)
        assert block.arrays["j"].shape == (0, 2)


class TestNames:
    def test_branches_within_branches(self, delphes, blocks):
        branches = {
            "short": "Electron.PT",
            "long": "Electron/Electron.PT",
            "twice": "2*Electron.PT",
        }
        (block,) = blocks(
            delphes, tree="Delphes", branches=branches, lengths=dict.fromkeys(branches, 4)
        )
        assert np.isfinite(block.arrays["short"]).any()
        np.testing.assert_array_equal(block.arrays["short"], block.arrays["long"])
        np.testing.assert_array_equal(2 * block.arrays["short"], block.arrays["twice"])

    def test_fields_within_fields(self, tmp_path, read):
        path = tmp_path / "fields.root"
        with uproot.recreate(path) as root:
            root.mkrntuple(
                "events",
                {
                    "jets": ak.zip(
                        {"pt": ak.Array([[3.0, 2.0], []]), "eta": ak.Array([[0.1, 0.2], []])}
                    ),
                    "met": ak.zip({"px": [3.0, 6.0], "py": [4.0, 8.0]}),
                },
            )
        np.testing.assert_array_equal(read(path, "hypot(met.px, met.py)"), [5, 10])
        np.testing.assert_array_equal(read(path, "jets.pt", lengths={"x": 1}), [[3], [NaN]])

    def test_missing_values_of_an_rntuple(self, tmp_path, read):
        path = tmp_path / "optional.root"
        with uproot.recreate(path) as root:
            root.mkrntuple("events", {"x": ak.Array([1, None, 3])})
        np.testing.assert_array_equal(read(path, "x"), np.array([1, NaN, 3], np.float32))

    def test_path_with_brackets_and_colon_is_taken_literally(self, zmumu, tmp_path, read):
        path = tmp_path / "run[1]:a.root"
        path.symlink_to(zmumu)
        assert len(read(path, "M")) == 2304

    def test_tree_in_a_folder(self, tmp_path, read):
        path = tmp_path / "folder.root"
        with uproot.recreate(path) as root:
            root["deep/events"] = {"x": np.arange(3.0)}
        assert len(read(path, "x", tree="deep/events")) == 3


def test_invariant_mass_of_the_four_vectors_is_the_mass(zmumu, blocks):
    (block,) = blocks(
        zmumu,
        tree="events",
        branches={
            "mass": "sqrt((E1 + E2)**2 - (px1 + px2)**2 - (py1 + py2)**2 - (pz1 + pz2)**2)",
            "M": "M",
        },
    )
    np.testing.assert_allclose(block.arrays["mass"], block.arrays["M"], atol=1e-6)  # GeV
    assert 85 < np.median(block.arrays["M"]) < 95
