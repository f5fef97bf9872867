"""config/root.yaml on the real file: from ROOT to the dimuon mass's resolution."""

import numpy as np
import pytest
import uproot
import yaml

from footprint.files.datasets import open_dataset
from footprint.files.predictions import read_predictions
from tests.workflow.conftest import DATA, ROOT, Runner

FILE = DATA / "root" / "uproot-Zmumu.root"


@pytest.mark.skipif(not FILE.exists(), reason=f"real file missing: {FILE} (set FOOTPRINT_DATA)")
def test_dimuon_mass_resolution_is_below_one_gev(tmp_path):
    study = yaml.safe_load((ROOT / "config" / "root.yaml").read_text())
    study["samples"]["dimuons"]["files"] = [str(FILE)]
    study["apply"] = {"zmumu": {"experiment": "mass_dense", "files": [str(FILE)]}}
    runner = Runner(tmp_path, study)
    runner()
    metrics = runner.metrics("mass_dense", "mass")
    assert metrics["metrics"]["half_width_68"]["value"] < 1.0
    assert metrics["metrics"]["half_width_68"]["unit"] == "GeV"
    assert metrics["baselines"]["analytic"]["rmse"]["value"] < 1e-3
    assert (runner.results / "figures" / "mass_dense" / "mass" / "resolution_mass.png").is_file()
    assert not (runner.results / "export").exists()
    runner("apply")
    check_friend(runner.results)


def check_friend(results):
    """The friend tree lies beside the file, and says of test events what predict said of them."""
    with uproot.open(FILE) as beside, uproot.open(
        results / "applied" / "zmumu" / "uproot-Zmumu.root"
    ) as file:  # fmt: skip
        events = beside["events"].arrays(["Type", "Q1", "Q2", "M"], library="np")
        found = file["zmumu"].arrays(library="np")
    selected = found["zmumu_selected"]
    assert len(selected) == len(events["M"]) == 2304
    assert np.count_nonzero(selected) == 499
    assert ((events["Type"] == "GG") & (events["Q1"] * events["Q2"] < 0))[selected].all()
    assert np.isnan(found["zmumu_mass"][~selected]).all()
    # Events in the same order: each mass is near its own muon pair's.
    ratio = found["zmumu_mass"][selected] / events["M"][selected]
    assert np.median(np.abs(ratio - 1)) < 0.02
    said = read_predictions(results / "predictions" / "mass_dense" / "1" / "mass.h5")
    rows = (said.event_id & np.uint64(2**32 - 1)).astype(int)
    np.testing.assert_array_equal(events["M"][rows].astype(np.float32), said.truth)
    np.testing.assert_allclose(found["zmumu_mass"][rows], said.prediction, rtol=1e-5)
    with open_dataset(results / "datasets" / "dimuons.h5") as data:
        trained = (data.event_id("train") & np.uint64(2**32 - 1)).astype(int)
    outside = found["zmumu_outside_domain"]
    assert not outside[trained].any()
    assert outside.any()


def test_a_missing_file_stops_before_any_job(tmp_path):
    study = yaml.safe_load((ROOT / "config" / "root.yaml").read_text())
    study["samples"]["dimuons"]["files"] = ["nowhere/*.root"]
    result = Runner(tmp_path, study)(check=False)
    assert result.returncode != 0
    assert "nowhere/*.root" in result.text
    assert "Error" in result.text
