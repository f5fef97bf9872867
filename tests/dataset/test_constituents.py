"""Jets with changed constituents: hand calculations, and data sets of the test split alone."""

import numpy as np
import pytest

from footprint.config.datasets import Dataset
from footprint.config.jet_arrays import FOUR_MOMENTUM
from footprint.config.parameter_sets import EventChange
from footprint.dataset.build import build_dataset
from footprint.dataset.constituents import changed, sources
from footprint.errors import ConfigError
from footprint.files.datasets import open_dataset
from footprint.seeds import event_ids

MOST = 12


@pytest.fixture
def jets(rng):
    """Massless constituents in falling pT about eta 0.4 and phi 3.1, some jets with none."""

    def make(count=200, first=0):
        pt = -np.sort(-rng.exponential(20, (count, MOST)), axis=1)
        number = np.arange(count) % (MOST + 1)
        pt[np.arange(MOST) >= number[:, None]] = np.nan
        eta, phi = rng.normal(0.4, 0.2, pt.shape), rng.normal(3.1, 0.2, pt.shape)
        arrays = {
            "constituent_px": pt * np.cos(phi),
            "constituent_py": pt * np.sin(phi),
            "constituent_pz": pt * np.sinh(eta),
            "constituent_energy": pt * np.cosh(eta),
        }
        arrays = {name: values.astype(np.float32) for name, values in arrays.items()}
        px, py, pz, energy = (np.nansum(v.astype(float), axis=1) for v in arrays.values())
        with np.errstate(invalid="ignore", divide="ignore"):
            jet = {
                "jet_pt": 1.1 * np.hypot(px, py),  # as if the energies had been corrected
                "jet_eta": np.arcsinh(pz / np.hypot(px, py)),
                "jet_phi": np.arctan2(py, px),
                "jet_mass": 1.1 * np.sqrt(np.maximum(energy**2 - px**2 - py**2 - pz**2, 0)),
                "jet_energy": 1.1 * energy,
            }
        arrays |= {name: np.nan_to_num(values).astype(np.float32) for name, values in jet.items()}
        arrays["constituents"] = number.astype(np.int32)
        arrays["constituent_pdg_id"] = np.where(np.isnan(pt), 0, 211).astype(np.int32)
        arrays["constituent_charge"] = np.where(
            np.isnan(pt), np.nan, np.arange(MOST)
        ).astype(np.float32)  # fmt: skip
        arrays["label"] = (np.arange(count) % 2).astype(np.int32)
        return {"event_id": event_ids("jets", first, count), **arrays}

    return make


def test_a_scale_multiplies_four_momenta_and_jets_and_turns_nothing(jets):
    block = jets()
    found = changed(EventChange(constituent_energy_scale=1.02), block)
    for name in (*FOUR_MOMENTUM, "jet_pt", "jet_mass", "jet_energy"):
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], 1.02 * block[name], rtol=2e-5, atol=2e-3)
    for name in ("jet_eta", "jet_phi"):
        np.testing.assert_allclose(found[name], block[name], atol=1e-5)
    for name in ("constituents", "constituent_pdg_id", "constituent_charge", "label", "event_id"):
        np.testing.assert_array_equal(found[name], block[name])


def test_an_efficiency_keeps_that_share_and_closes_up(jets):
    block = jets(3000)
    found = changed(EventChange(constituent_efficiency=0.8), block)
    there, kept = (np.isfinite(b["constituent_px"]) for b in (block, found))
    before, after = there.sum(), kept.sum()
    assert after == pytest.approx(0.8 * before, abs=4 * np.sqrt(0.8 * 0.2 * before))
    # No holes: the numbers left stand at the front, in falling pT, and the counts say so.
    np.testing.assert_array_equal(kept, np.arange(MOST) < found["constituents"][:, None])
    pt = np.hypot(found["constituent_px"], found["constituent_py"])
    assert not np.any(np.diff(pt, axis=1) > 1e-3)
    np.testing.assert_array_equal(found["constituent_pdg_id"] != 0, kept)
    # What is left are constituents of the same jet, all arrays alike.
    jet = int(np.argmax((there.sum(axis=1) == MOST) & (kept.sum(axis=1) < MOST)))
    places = found["constituent_charge"][jet][kept[jet]].astype(int)
    np.testing.assert_array_equal(
        found["constituent_px"][jet][kept[jet]], block["constituent_px"][jet][places]
    )
    # Lost anywhere alike: the chance depends neither on the place nor on pT.
    lost_first = np.mean(~np.isin(0, places)) if places.size else 0
    assert lost_first in {0, 1}
    first = np.nan_to_num(found["constituent_charge"][there[:, 0], 0], nan=99) > 0
    assert np.mean(first) == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / there[:, 0].sum()))


def test_a_jet_is_what_is_left_of_it():
    """Two constituents at right angles, then one: pT, direction, mass and energy by hand."""
    pairs = np.asarray([[3.0, 0.0]]), np.asarray([[0.0, 4.0]]), np.zeros((1, 2))
    block = dict(zip(FOUR_MOMENTUM, [*pairs, np.asarray([[3.0, 4.0]])], strict=True))
    block |= {
        "jet_pt": np.asarray([10.0]), "jet_phi": np.asarray([np.arctan2(4, 3)]),
        "jet_mass": np.asarray([2 * np.sqrt(24.0)]), "jet_energy": np.asarray([14.0]),
    }  # fmt: skip
    change = EventChange(constituent_efficiency=0.5)
    for index in range(200):
        found = changed(change, block | {"event_id": event_ids("x", index, 1)})
        left = found["constituent_energy"][0]
        if left[0] == 4 and np.isnan(left[1]):
            break
    # The sum was (pt, m, E) = (5, sqrt 24, 7), corrected by two; 4 along y is left of it.
    assert found["jet_pt"][0] == pytest.approx(8.0)
    assert found["jet_energy"][0] == pytest.approx(8.0)
    assert found["jet_mass"][0] == pytest.approx(0.0, abs=1e-6)
    assert found["jet_phi"][0] == pytest.approx(np.pi / 2)


def test_jets_lose_the_same_constituents_in_any_block_and_fewer_at_higher_efficiency(jets):
    block = jets()
    loose, strict = (
        changed(EventChange(constituent_efficiency=e), block) for e in (0.95, 0.7)
    )  # fmt: skip
    part = changed(EventChange(constituent_efficiency=0.7), {k: v[50:60] for k, v in block.items()})
    for name in ("constituent_px", "jet_pt"):
        np.testing.assert_array_equal(part[name], strict[name][50:60])
    for row in range(len(block["event_id"])):
        kept = set(strict["constituent_charge"][row][: strict["constituents"][row]])
        assert kept <= set(loose["constituent_charge"][row])


def test_jets_without_constituents_stay_as_they_are(jets):
    block = jets()
    empty = block["constituents"] == 0
    block["jet_eta"][empty] = 1.5
    found = changed(EventChange(constituent_efficiency=0.5), block)
    np.testing.assert_array_equal(found["jet_eta"][empty], 1.5)
    gone = (found["constituents"] == 0) & ~empty
    assert gone.any()
    assert np.all(found["jet_pt"][gone] == 0)
    assert np.isnan(found["jet_eta"][gone]).all()


def test_arrays_of_different_shapes_are_refused(jets):
    block = jets()
    block["constituent_py"] = block["constituent_py"][:, :3]
    with pytest.raises(ConfigError, match="the constituents' arrays have shapes"):
        changed(EventChange(constituent_efficiency=0.5), block)


def test_all_four_momenta_are_read_where_a_jet_depends_on_them():
    assert sources(["label"]) == []
    assert sources(["jet_pt"]) == list(FOUR_MOMENTUM)
    assert sources(["constituent_px", "label"]) == list(FOUR_MOMENTUM)[1:]


@pytest.fixture
def config():
    return Dataset.model_validate(
        {
            "samples": ["jets"],
            "selection": "jet_pt > 150",
            "inputs": {"seen": ["constituent_energy"]},
            "targets": {"label": {"array": "label", "classes": {"top": 1, "qcd": 0}}},
            "spectators": ["jet_pt"],
            "split": {"train": 0.5, "validation": 0.2, "test": 0.3},
        }
    )


def test_read_samples_vary_their_test_split_alone(jets, config, write_events, tmp_path):
    block = jets(600)
    block.pop("event_id")
    parts = {"jets": [write_events(block, sample="jets")]}
    nominal, varied = tmp_path / "nominal.h5", tmp_path / "varied.h5"
    build_dataset(nominal, "jets", config, parts)
    changes = {"jets": EventChange(constituent_energy_scale=1.5)}
    build_dataset(varied, "jets", config, parts, nominal, only_test=True, changes=changes)
    with open_dataset(nominal) as first, open_dataset(varied) as second:
        assert second.length("train") == second.length("validation") == 0
        test = {int(i): pt for i, pt in zip(first.event_id("test"),
                first.file["test/spectators/jet_pt"][:], strict=True)}  # fmt: skip
        moved = {int(i): pt for i, pt in zip(second.event_id("test"),
                 second.file["test/spectators/jet_pt"][:], strict=True)}  # fmt: skip
        others = {int(i) for split in ("train", "validation") for i in first.event_id(split)}
        # All test jets are there, and those that the scale lifts above the cut; none other.
        assert set(test) < set(moved)
        assert not set(moved) & others
        for number, pt in test.items():
            assert moved[number] == pytest.approx(1.5 * pt, rel=1e-5)
        assert all(pt < 225.001 for number, pt in moved.items() if number not in test)
        np.testing.assert_array_equal(
            second.normalisation("seen").shift, first.normalisation("seen").shift
        )
