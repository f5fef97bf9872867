"""Public jet sets in npz archives: pd4ml's Top and the tutorial's files."""

import numpy as np
import pytest

from footprint.config.npz import NpzFiles, NpzOptions
from footprint.errors import ConfigError, DataError
from footprint.files.events import open_events
from footprint.ingest.npz import read_blocks
from footprint.ingest.sources import sources_of
from footprint.ingest.write import ingest
from tests.ingest import jet_sets as sets


def pd4ml(path, vectors, train=12, **changes):
    """1_top_tagging_2M.npz: E, px, py, pz of each constituent in members of two splits."""
    label = np.arange(len(vectors)) % 2
    members = {"X_train_0": vectors[:train], "X_test_0": vectors[train:],
               "y_train": label[:train], "y_test": label[train:]}  # fmt: skip
    np.savez_compressed(path, **members | changes)
    return label


def tutorial(path, vectors, **changes):
    """4vectors_<split>.npz: eta, phi, E, px, py, pz with a last axis of length 1."""
    energy, px, py, pz = np.moveaxis(vectors, -1, 0)
    with np.errstate(invalid="ignore"):
        eta = np.where(energy > 0, np.arcsinh(pz / np.hypot(px, py)), 0)
    columns = np.stack([eta, np.arctan2(py, px), energy, px, py, pz], axis=-1)
    members = {"fourVectors": columns[..., None], "labels": np.arange(len(vectors)) % 2}
    np.savez(path, **members | changes)


def as_in_reference_data(path, vectors):
    """The same jets through the reader of the reference data, which is tested by itself."""
    from tests.ingest.test_toptagging import read

    return read(sets.fixed(path, *sets.frame(vectors)))


def test_pd4ml_gives_what_the_reference_data_give(tmp_path, read_npz):
    vectors = sets.jets()
    label = pd4ml(tmp_path / "a.npz", vectors)
    arrays = read_npz(tmp_path / "a.npz", convention="pd4ml_top")
    expected = as_in_reference_data(tmp_path / "b.h5", vectors)
    for name in set(expected) & set(arrays) - {"is_signal"}:
        np.testing.assert_allclose(arrays[name], expected[name], rtol=1e-6, err_msg=name)
    assert {"constituent_px", "constituents", "jet_pt", "jet_mass"} <= set(arrays)
    np.testing.assert_array_equal(arrays["is_signal"], label)
    assert arrays["is_signal"].dtype == np.int32
    np.testing.assert_array_equal(arrays["published_test"], [0] * 12 + [1] * 8)


def test_tutorial_s_four_vectors_give_the_same_jets(tmp_path, read_npz):
    vectors = sets.jets()
    tutorial(tmp_path / "4vectors_test.npz", vectors)
    arrays = read_npz(
        tmp_path / "4vectors_test.npz", convention="toptag_4vectors", most_constituents=5
    )
    expected = as_in_reference_data(tmp_path / "b.h5", vectors)
    assert arrays["constituent_pz"].shape == (20, 5)
    for name in ("px", "py", "pz", "energy"):
        values = arrays[f"constituent_{name}"]
        np.testing.assert_array_equal(values, expected[f"constituent_{name}"][:, :5])
    np.testing.assert_allclose(arrays["jet_mass"], expected["jet_mass"], rtol=1e-6)
    assert arrays["published_test"].all()


def test_tutorial_s_images(tmp_path, read_npz, rng):
    images = rng.random((6, 40, 40)).astype("f4")
    path = tmp_path / "images_train.npz"
    np.savez(path, images=images[..., None], labels=np.array([0, 1, 1, 0, 1, 0]))
    arrays = read_npz(path, convention="toptag_images")
    np.testing.assert_array_equal(arrays["jet_image"], images)
    np.testing.assert_array_equal(arrays["is_signal"], [0, 1, 1, 0, 1, 0])
    assert not arrays["published_test"].any()


def test_labels_as_two_columns_by_take(tmp_path, read_npz):
    labels = np.eye(2)[np.array([0, 1, 1])]
    path = tmp_path / "a.npz"
    tutorial(path, sets.jets(3), labels=labels)
    label = {"member": "labels", "take": 1, "type": "int32", "one_of": [0, 1]}
    arrays = read_npz(path, convention="toptag_4vectors", arrays={"is_signal": label})
    np.testing.assert_array_equal(arrays["is_signal"], [0, 1, 1])
    with pytest.raises(ConfigError, match=r"'labels' of .* has shape \(2,\) for each event"):
        read_npz(path, convention="toptag_4vectors")


def test_a_single_component_is_sorted_like_all(tmp_path, read_npz, rng):
    """Keeping one component reads all four: the order follows from pT."""
    vectors = sets.jets()
    mixed = np.take_along_axis(vectors, rng.permuted(
        np.arange(200)[None].repeat(20, 0), axis=1)[..., None], axis=1)  # fmt: skip
    pd4ml(tmp_path / "a.npz", mixed)
    arrays = read_npz(tmp_path / "a.npz", convention="pd4ml_top", keep=["constituent_pz"])
    assert list(arrays) == ["constituent_pz"]
    np.testing.assert_array_equal(np.nan_to_num(arrays["constituent_pz"]), vectors[..., 3])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y_train": np.full(12, 3)}, "must be one of [0, 1]"),
        ({"X_train_0": -sets.jets(12)}, "have a negative energy, first in jet 0"),
        ({"X_train_0": np.where(sets.jets(12) > 0, np.nan, 0)}, "that is not finite, first in jet"),
    ],
)
def test_impossible_values(tmp_path, change, words):
    path = tmp_path / "a.npz"
    pd4ml(path, sets.jets(), **change)
    with pytest.raises(DataError) as caught:
        list(read_blocks(str(path), NpzOptions(convention="pd4ml_top")))
    assert words in str(caught.value)


def test_one_s_own_members_and_event_file(tmp_path):
    """Any archive of jets: name the four components and derive jets."""
    vectors = sets.jets()
    np.savez(tmp_path / "own.npz", p=vectors)
    columns = dict(zip(("energy", "px", "py", "pz"), range(4), strict=True))
    own = {
        f"constituent_{name}": {"member": "p", "shape": [200], "take": column, "units": "GeV"}
        for name, column in columns.items()
    }
    config = NpzFiles(
        reader="npz",
        files=[str(tmp_path / "own.npz")],
        options={"arrays": own, "derive": ["jets"], "most_constituents": 10},
    )
    (source,) = sources_of("jets", config)
    ingest(source, "jets", config, 1, tmp_path / "e.h5")
    with open_events(tmp_path / "e.h5") as events:
        assert set(config.arrays) <= set(events.specs)
        assert events.shape("constituent_px") == (10,)
        assert events.specs["jet_pt"].units == "GeV"


def test_two_ways_to_say_which_events_are_test():
    with pytest.raises(ValueError, match="test_events and test_files both say which events are"):
        NpzOptions(convention="toptag_images", test_events=5)


def test_jets_need_all_four_components():
    px = {"constituent_px": {"member": "p", "shape": [200]}}
    with pytest.raises(ValueError, match="'jets' is computed from 'constituent_py', which is not"):
        NpzOptions(arrays=px, derive=["jets"])
