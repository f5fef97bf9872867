"""Jets as derived arrays of data sets: images, features of constituents, substructure."""

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from footprint.config.datasets import Dataset
from footprint.config.jet_features import CONSTITUENT_FEATURES, OF_JETS
from footprint.dataset.derive import derived, derived_shapes, derived_specs
from footprint.errors import ConfigError, DataError
from footprint.files.datasets import SPLITS, open_dataset
from tests.conftest import ROOT
from tests.dataset.made_up import built
from tests.jets.made_up import four_vectors, relative_jets

JETS, MOST = 200, 60
KEYS = ("px", "py", "pz", "energy")


def jets(rng):
    """Arrays of jets in event files; the first has no constituent, the second one."""
    pt, deta, dphi = relative_jets(rng, JETS, MOST, mean=20)
    pt[0], pt[1, 1:] = np.nan, np.nan
    axis = rng.uniform([-2, -np.pi], [2, np.pi], (JETS, 2))
    parts = four_vectors(pt, axis[:, :1] + deta, axis[:, 1:] + dphi)
    arrays = {
        f"constituent_{k}": part.astype(np.float32) for k, part in zip(KEYS, parts, strict=True)
    }
    charge = np.where(np.isnan(pt), np.nan, rng.integers(-1, 2, pt.shape)).astype(np.float32)
    return arrays | {
        "constituent_charge": charge,
        "jet_pt": np.nan_to_num(np.hypot(*(np.nansum(p, axis=1) for p in parts[:2])), nan=1.0),
        "jet_eta": axis[:, 0],
        "jet_phi": axis[:, 1],
        "label": np.arange(JETS) % 2,
    }


def config(inputs, derived_arrays, spectators=(), **changes):
    base = {
        "samples": ["s"],
        "inputs": inputs,
        "targets": {"top": {"array": "label", "classes": {"top": 1, "qcd": 0}, "baselines": {}}},
        "derived": derived_arrays,
        "spectators": list(spectators),
        "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
    }
    return Dataset.model_validate(base | changes)


def image(**options):
    return config(
        {"image": [{"array": "image", "normalise": "none"}]},
        {"image": {"method": "jet_image", **options}},
    )


def test_images_are_an_input(tmp_path, rng, write_events):
    path = built(tmp_path, {"s": [write_events(jets(rng))]}, image(pixels=20))
    dark = 0
    with open_dataset(path) as dataset:
        for split in SPLITS:
            found = dataset.inputs(split, ["image"], slice(None))["image"]
            assert found.shape[1:] == (20, 20, 1)
            sums = found.sum(axis=(1, 2, 3))
            dark += np.count_nonzero(sums == 0)
            np.testing.assert_allclose(sums[sums > 0], 1, rtol=1e-5)
    assert dark == 1


def derive(settings, arrays):
    return derived(settings, {"event_id": np.arange(JETS), **arrays})


def test_normalise_before_pixelate_counts_what_lies_outside(rng):
    arrays = jets(rng)
    frame = ["centre", "rotate", "flip"]
    raw = derive(image(steps=[*frame, "pixelate"], half_width=0.3), arrays)["image"]
    pt = np.nansum(np.hypot(arrays["constituent_px"], arrays["constituent_py"]), axis=1)
    whole = derive(image(steps=[*frame, "normalise", "pixelate"], half_width=0.3), arrays)["image"]
    np.testing.assert_allclose(whole[1:], raw[1:] / pt[1:, None, None], rtol=1e-4, atol=1e-7)
    inside = derive(image(half_width=0.3), arrays)["image"]
    np.testing.assert_allclose(inside.sum(axis=(1, 2)).max(), 1, rtol=1e-5)
    assert whole[2:].sum(axis=(1, 2)).min() < 0.99


def test_energies_and_subjets(rng):
    arrays = jets(rng)
    settings = image(intensity="energy", steps=["centre", "pixelate"], half_width=3)
    found = derive(settings, arrays)["image"].sum(axis=(1, 2))
    energy = np.nansum(arrays["constituent_energy"], axis=1)
    np.testing.assert_allclose(found, energy, rtol=1e-4)
    assert "constituent_energy" not in image().arrays()
    by_subjet = image(rotate_by="second_subjet")
    assert "constituent_energy" in by_subjet.arrays()
    found = derive(by_subjet, arrays)["image"]
    principal = derive(image(), arrays)["image"]
    assert np.abs(found - principal).max() > 0.1
    np.testing.assert_allclose(found[:2], principal[:2])


def test_layers_of_charged_and_neutral_constituents(rng):
    """Layers of one image share its frame and its pixels, and add up to the whole."""
    arrays = jets(rng)
    here = ~np.isnan(arrays["constituent_px"])
    choices = {"charged": arrays["constituent_charge"] != 0}
    choices["neutral"] = ~choices["charged"]
    for intensity in ("pt", "energy", "constituents"):
        options = {
            "intensity": intensity,
            "steps": ["centre", "rotate", "flip", "pixelate"],
            "half_width": 6,
            "pixels": 200,
        }
        whole = derive(image(**options), arrays)["image"]
        summed = np.zeros_like(whole)
        for of, chosen in choices.items():
            settings = image(of=of, charge="constituent_charge", **options)
            layer = derive(settings, arrays)["image"]
            summed += layer
            if intensity == "constituents":
                number = np.count_nonzero(chosen & here, axis=1)
                np.testing.assert_array_equal(layer.sum(axis=(1, 2)), number)
        np.testing.assert_allclose(summed, whole, rtol=1e-4, atol=1e-4)
        assert whole.sum() > 0


@pytest.mark.parametrize(("deposit", "off"), [("cloud_in_cell", 1e-4), ("pixel", 1e-2)])
def test_clouds_keep_what_centring_did(rng, deposit, off):
    """The centroid of centred jets is the origin; single pixels hide that."""
    settings = image(deposit=deposit, steps=["centre", "pixelate"], half_width=6, pixels=60)
    found = derive(settings, jets(rng))["image"][1:]
    centres = np.linspace(-6, 6, 61)[:-1] + 0.1
    place = np.einsum("nij,i->n", found, centres) / found.sum(axis=(1, 2))
    assert (np.abs(place).max() < off) == (deposit == "cloud_in_cell")


def test_unknown_charges_are_refused(tmp_path, rng, write_events):
    arrays = jets(rng)
    arrays["constituent_charge"][4, 0] = np.nan
    settings = image(of="charged", charge="constituent_charge")
    words = "'constituent_charge' is NaN for 1 constituents that have a momentum"
    with pytest.raises(DataError, match=words):
        built(tmp_path, {"s": [write_events(arrays)]}, settings)


def test_derived_images_do_not_depend_on_blocks(rng):
    arrays = jets(rng)
    settings = image(rotate_by="second_subjet", pixels=10)
    whole = derive(settings, arrays)["image"]
    for first in range(0, JETS, 37):
        part = {key: values[first : first + 37] for key, values in arrays.items()}
        found = derived(settings, {"event_id": np.arange(37), **part})["image"]
        np.testing.assert_array_equal(found, whole[first : first + 37])


def test_features_with_mask_and_published_scales(tmp_path, rng, write_events):
    """What networks get: hand calculation, 0 where there is no constituent, statistics without."""
    arrays = jets(rng)
    channels = [
        {"array": "parts_log_pt", "transform": "(x-1.7)*0.7", "normalise": "none", "mask": True},
        {"arrays": ["parts_deta", "parts_dphi"], "normalise": "none"},
        "parts_delta_r",
    ]
    settings = config(
        {"parts": channels},
        {"parts": {"method": "constituents", "most": 8}},
        ["constituent_px", "constituent_py"],
    )
    with open_dataset(built(tmp_path, {"s": [write_events(arrays)]}, settings)) as dataset:
        assert dataset.channels("parts") == (
            "parts_log_pt", "mask of parts_log_pt", "parts_deta", "parts_dphi", "parts_delta_r",
        )  # fmt: skip
        normal = dataset.normalisation("parts")
        assert normal.shift.shape == (1, 5)
        train = dataset.inputs("train", ["parts"], slice(None))["parts"]
        assert train.shape[1:] == (8, 5)
        kept = dataset.spectators("train")
        pt = np.hypot(kept["constituent_px"], kept["constituent_py"])[:, :8]
        there = ~np.isnan(pt)
        np.testing.assert_array_equal(train[..., 1], there)
        assert not train[~there].any()
        np.testing.assert_allclose(
            train[..., 0][there], (np.log(pt[there]) - 1.7) * 0.7, rtol=1e-4, atol=1e-5
        )
        measured = train[..., 4][there]
        assert measured.mean() == pytest.approx(0, abs=1e-5)
        assert measured.std() == pytest.approx(1, abs=1e-5)
        delta_r = measured * normal.scale[0, 4] + normal.shift[0, 4]
        np.testing.assert_allclose(
            np.hypot(train[..., 2], train[..., 3])[there], delta_r, rtol=1e-3, atol=1e-4
        )


def test_features_relative_to_the_given_jet(rng):
    arrays = jets(rng)
    options = {"jet_pt": "jet_pt", "jet_eta": "jet_eta", "jet_phi": "jet_phi"}
    settings = config(
        {"x": ["c_deta", "c_dphi", "c_pt_fraction", "c_charge"]},
        {"c": {"method": "constituents", "charge": "constituent_charge", **options}},
    )
    found = derive(settings, arrays)
    px, py, pz = (arrays[f"constituent_{k}"].astype(float) for k in KEYS[:3])
    pt = np.hypot(px, py)
    there = ~np.isnan(pt)
    deta = np.arcsinh(pz / pt) - arrays["jet_eta"][:, None]
    dphi = np.angle(np.exp(1j * (np.arctan2(py, px) - arrays["jet_phi"][:, None])))
    for name, values in (
        ("deta", deta),
        ("dphi", dphi),
        ("pt_fraction", pt / arrays["jet_pt"][:, None]),
        ("charge", arrays["constituent_charge"]),
    ):
        got = found[f"c_{name}"]
        np.testing.assert_array_equal(np.isnan(got), ~there)
        np.testing.assert_allclose(got[there], values[there], atol=2e-6, err_msg=name)


def test_steps_of_images_serve_features(rng):
    """What is pixelated are the coordinates that networks on constituents get."""
    arrays = jets(rng)
    settings = config(
        {"x": ["c_pt", "c_deta", "c_dphi"], "image": ["image"]},
        {
            "c": {"method": "constituents", "steps": ["centre", "rotate", "flip"]},
            "image": {"method": "jet_image", "steps": ["centre", "rotate", "flip", "pixelate"]},
        },
    )
    found = derive(settings, arrays)
    edges = np.linspace(-0.8, 0.8, 41)
    for jet in range(2, 20):
        there = ~np.isnan(found["c_pt"][jet])
        deta, dphi, pt = (found[f"c_{key}"][jet][there] for key in ("deta", "dphi", "pt"))
        expected, _, _ = np.histogram2d(deta, dphi, (edges, edges), weights=pt)
        np.testing.assert_allclose(found["image"][jet], expected, rtol=1e-4)


def test_substructure_of_one_prong_and_two(rng):
    arrays = jets(rng)
    pt = np.full((JETS, MOST), np.nan)
    deta, dphi = np.zeros((2, JETS, MOST))
    pt[2:, :2], deta[2:, 0], deta[2:, 1] = 100.0, 0.3, -0.3
    pt[1, 0] = 100.0
    parts = four_vectors(pt, deta, dphi)
    arrays |= {f"constituent_{k}": part for k, part in zip(KEYS, parts, strict=True)}
    names = [f"s_{key}" for key in OF_JETS]
    found = derive(config({"x": names}, {"s": {"method": "substructure"}}), arrays)
    # Two massless particles: m^2 = 2 pT1 pT2 (cosh deta - cos dphi).
    mass = np.sqrt(2 * 100 * 100 * (np.cosh(0.6) - 1))
    assert found["s_constituents"][:3].tolist() == [0, 1, 2]
    np.testing.assert_allclose(found["s_mass"][1:], [0] + [mass] * (JETS - 2), atol=1e-3)
    np.testing.assert_allclose(found["s_soft_drop_mass"][2:], mass, rtol=1e-5)
    assert found["s_tau2"][2] == pytest.approx(0, abs=1e-6)
    assert found["s_tau1"][2] > 0.1
    assert all(np.isnan(found[name][0]) for name in names if name != "s_constituents")


def test_mass_alone_does_without_fastjet(rng, monkeypatch):
    monkeypatch.setattr("footprint.jets.substructure.substructure", None)
    settings = config({"x": ["s_mass"]}, {"s": {"method": "substructure"}})
    found = derive(settings, jets(rng))
    assert list(found) == ["s_mass"]


def test_only_what_is_used_is_made_and_counted(rng):
    arrays = jets(rng)
    settings = config({"x": ["c_deta"]}, {"c": {"method": "constituents", "most": 5}})
    shapes = {key: values.shape[1:] for key, values in arrays.items()}
    assert derived_shapes(settings, shapes) == {"c_deta": (5,)}
    assert list(derive(settings, arrays)) == ["c_deta"]
    assert derived_specs(settings)["c_log_pt"].description == "ln(pT/GeV), of each constituent"


def test_more_constituents_than_there_are_become_padding(rng):
    settings = config({"x": ["c_pt"]}, {"c": {"method": "constituents", "most": 100}})
    found = derive(settings, jets(rng))["c_pt"]
    assert found.shape == (JETS, 100)
    assert np.isnan(found[:, MOST:]).all()


@pytest.mark.parametrize("method", ["jet_image", "constituents", "substructure"])
def test_sources_of_other_shapes_are_refused(tmp_path, rng, write_events, method):
    arrays = jets(rng)
    arrays["constituent_pz"] = arrays["constituent_pz"][:, :10]
    array = {"jet_image": "d", "constituents": "d_pt", "substructure": "d_mass"}[method]
    settings = config({"x": [array]}, {"d": {"method": method}})
    words = r"derived\.d: its arrays have shapes .*'constituent_pz': \(10,\).* one axis of const"
    with pytest.raises(ConfigError, match=words):
        built(tmp_path, {"s": [write_events(arrays)]}, settings)


def test_infinite_momenta_are_refused(tmp_path, rng, write_events):
    arrays = jets(rng)
    arrays["constituent_px"][17, 0] = np.inf
    with pytest.raises(DataError, match=r"derived\.image: 1 of 200 jets .* infinite momentum"):
        built(tmp_path, {"s": [write_events(arrays)]}, image())


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"method": "jet_image", "steps": ["centre"]}, "have no 'pixelate': without it there is"),
        (
            {"method": "jet_image", "steps": ["pixelate", "flip", "centre"]},
            r"\['centre', 'flip'\] must stand before 'pixelate'",
        ),
        ({"method": "jet_image", "steps": ["flip", "flip", "pixelate"]}, "flip more than once"),
        ({"method": "jet_image", "steps": ["center", "pixelate"]}, "Input should be 'centre', 'r"),
        ({"method": "jet_image", "jet_phi": "jet_phi"}, "jet_phi stands alone: an axis needs both"),
        ({"method": "jet_image", "px": "constituent_py"}, "stand for more than one of px, py, pz"),
        ({"method": "jet_image", "of": "charged"}, "of: charged with no charge: expected"),
        ({"method": "jet_image", "charge": "constituent_charge"}, "of: all with charge 'const"),
        ({"method": "constituents", "steps": ["pixelate"]}, "Input should be 'centre', 'rotate'"),
        ({"method": "constituents", "most": 0}, "greater than 0"),
        ({"method": "constituent"}, "did you mean 'constituents'"),
        ({"method": "substructure", "radius": 0}, "greater than 0"),
    ],
)
def test_faulty_options_are_refused(entry, words):
    with pytest.raises(ValidationError, match=words):
        config({"x": ["d"]}, {"d": entry})


def test_the_documented_examples_build(tmp_path, rng, write_events):
    text = (ROOT / "docs/physics/jet_features.md").read_text(encoding="utf-8")
    examples = yaml.safe_load(text.split("```yaml")[1].split("```")[0])["datasets"]
    arrays = jets(rng)
    energy = np.nansum(arrays["constituent_energy"], axis=1)
    path = write_events(arrays | {"jet_energy": np.maximum(energy, 1.0)})
    shapes = {}
    for name, entry in examples.items():
        inputs = entry.get("inputs", {"mass": ["sub_mass"]})
        settings = config(inputs, entry["derived"], entry.get("spectators", []))
        with open_dataset(built(tmp_path, {"s": [path]}, settings, name)) as dataset:
            (input_name,) = inputs
            found = dataset.inputs("train", [input_name], slice(None))[input_name]
            shapes[name] = found.shape[1:]
            assert np.isfinite(found).all()
    assert shapes == {
        "images": (40, 40, 1),
        "particles": (128, 8),
        "hardest": (30, 3),
        "boosted": (1,),
    }


def test_every_feature_is_documented():
    text = (ROOT / "docs/physics/jet_features.md").read_text(encoding="utf-8")
    for name, (units, meaning) in (CONSTITUENT_FEATURES | OF_JETS).items():
        assert f"| `{name}` | {units} | {meaning} |" in text, name
