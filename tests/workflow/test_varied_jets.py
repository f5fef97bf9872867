"""Jets that are read from a ROOT file, their constituents changed without a simulation."""

import h5py
import numpy as np
import pandas as pd
import pytest
import uproot

from tests.workflow.conftest import Runner

JETS, MOST = 400, 6
BRANCHES = ("constituent_px", "constituent_py", "constituent_pz", "constituent_energy", "jet_pt",
            "label")  # fmt: skip


@pytest.fixture
def study(tmp_path):
    """A file of jets whose energy tells their class, and a study of it."""
    rng = np.random.default_rng(4)
    label = np.arange(JETS) % 2
    pt = -np.sort(-rng.exponential(10 + 10 * label[:, None], (JETS, MOST)), axis=1)
    eta, phi = rng.normal(0, 0.2, pt.shape), rng.normal(1, 0.2, pt.shape)
    px, py = pt * np.cos(phi), pt * np.sin(phi)
    momenta = (px, py, pt * np.sinh(eta), pt * np.cosh(eta))
    jet_pt = np.hypot(px.sum(axis=1), py.sum(axis=1))
    arrays = dict(zip(BRANCHES, [*(a.astype("f4") for a in momenta), jet_pt, label], strict=True))
    with uproot.recreate(tmp_path / "jets.root") as file:
        file["jets"] = arrays
    return {
        "study": "jets",
        "samples": {
            "jets": {
                "reader": "root",
                "files": ["jets.root"],
                "options": {"tree": "jets", "branches": {name: name for name in BRANCHES}},
            }
        },
        "datasets": {
            "jets": {
                "samples": ["jets"],
                "inputs": {"seen": list(BRANCHES[:4])},
                "targets": {
                    "label": {
                        "array": "label",
                        "classes": {"top": 1, "qcd": 0},
                        "baselines": {"pt": {"method": "linear", "features": ["jet_pt"]}},
                    }
                },
                "spectators": ["jet_pt"],
                "split": {"train": 0.4, "validation": 0.2, "test": 0.4},
            }
        },
        "experiments": {
            "tagger": {
                "dataset": "jets",
                "task": "classification",
                "model": {"name": "dense", "units": [4]},
                "training": {"epochs": 1},
                "evaluation": {"bootstrap": 20, "bins": 3},
            }
        },
        "variations": {
            "sets": {
                "energy_scale": {
                    "up": {"events": {"constituent_energy_scale": 1.2}},
                    "down": {"events": {"constituent_energy_scale": 0.8}},
                },
                "tracking": {"events": {"constituent_efficiency": 0.8}},
            }
        },
    }


def test_jets_that_are_read_are_varied_on_their_own_test_split(tmp_path, study):
    runner = Runner(tmp_path, study)
    goal = "results/jets/variations/tables/jets/label"
    jobs = runner.jobs(goal)
    assert jobs["build_variation"] == 3
    assert "simulate_variation" not in jobs
    runner(goal)
    folder = runner.results / "variations"
    # The nominal point is the data set's own test split, unchanged.
    assert not (folder / "datasets" / "nominal").exists()
    with (
        h5py.File(runner.results / "datasets" / "jets.h5") as nominal,
        h5py.File(folder / "datasets" / "energy_scale_up" / "jets.h5") as varied,
    ):
        np.testing.assert_array_equal(varied["test/event_id"][:], nominal["test/event_id"][:])
        assert len(varied["train/event_id"]) == 0
        pt, moved = (file["test/spectators/jet_pt"][:] for file in (nominal, varied))
        np.testing.assert_allclose(moved, 1.2 * pt, rtol=1e-5)
    table = pd.read_csv(folder / "tables" / "jets" / "label" / "shifts.csv")
    cut = table[(table["method"] == "pt") & (table["metric"] == "efficiency_top_at_nominal_50")]
    cut = cut.set_index("point")
    # Tops are the harder jets: more of them pass a fixed cut on pT when energies rise.
    assert cut.loc["energy_scale_up", "change"] > 0.05
    assert cut.loc["energy_scale_down", "change"] < -0.05
    assert cut.loc["tracking", "change"] < -0.05
    # A common factor cannot change the order in pT.
    area = table[(table["method"] == "pt") & (table["metric"] == "auc_top")].set_index("point")
    assert area.loc["energy_scale_up", "change"] == pytest.approx(0, abs=1e-9)
