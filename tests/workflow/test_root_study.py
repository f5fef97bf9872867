"""config/root.yaml on the real file: from ROOT to the dimuon mass's resolution."""

import pytest
import yaml

from tests.workflow.conftest import DATA, ROOT, Runner

FILE = DATA / "root" / "uproot-Zmumu.root"


@pytest.mark.skipif(not FILE.exists(), reason=f"real file missing: {FILE} (set FOOTPRINT_DATA)")
def test_dimuon_mass_resolution_is_below_one_gev(tmp_path):
    study = yaml.safe_load((ROOT / "config" / "root.yaml").read_text())
    study["samples"]["dimuons"]["files"] = [str(FILE)]
    runner = Runner(tmp_path, study)
    runner()
    metrics = runner.metrics("mass_dense", "mass")
    assert metrics["metrics"]["half_width_68"]["value"] < 1.0
    assert metrics["metrics"]["half_width_68"]["unit"] == "GeV"
    assert metrics["baselines"]["analytic"]["rmse"]["value"] < 1e-3
    assert (runner.results / "figures" / "mass_dense" / "mass" / "resolution_mass.png").is_file()


def test_a_missing_file_stops_before_any_job(tmp_path):
    study = yaml.safe_load((ROOT / "config" / "root.yaml").read_text())
    study["samples"]["dimuons"]["files"] = ["nowhere/*.root"]
    result = Runner(tmp_path, study)(check=False)
    assert result.returncode != 0
    assert "nowhere/*.root" in result.text
    assert "Error" in result.text
