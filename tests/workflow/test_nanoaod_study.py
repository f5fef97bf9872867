"""config/nanoaod.yaml on the real PFNano file, shrunken: from NanoAOD to a tagger's ROC curve."""

import shutil

import numpy as np
import pytest
import yaml

from footprint.files.events import open_events
from tests.workflow.conftest import DATA, ROOT, Runner

FILE = DATA / "root" / "pfnano.root"
REAL = pytest.mark.skipif(not FILE.exists(), reason=f"real file missing: {FILE} (FOOTPRINT_DATA)")


def shrunken():
    """Divide the 24 jets by their mass; they are too few for trees, and for narrow windows."""
    study = yaml.safe_load((ROOT / "config" / "nanoaod.yaml").read_text())
    for name, where in {"top": "FatJet_mass > 60", "qcd": "FatJet_mass <= 60"}.items():
        sample = study["samples"][name]
        sample["files"] = [str(FILE)]
        sample["options"] |= {"labels": {name: where}, "cut": "jet_pt > 100"}
    dataset = study["datasets"]["jets"]
    baselines = dataset["targets"]["jet"]["baselines"]
    del baselines["boosting"]
    baselines["cuts"]["windows"] = {}
    dataset["split"] |= {"train": 0.4, "validation": 0.3, "test": 0.3}
    study["experiments"] = {name: study["experiments"][name] for name in ("pfn", "particle_net")}
    for experiment in study["experiments"].values():
        experiment["training"] |= {"epochs": 1, "batch_size": 8}
        experiment["evaluation"] = {"bootstrap": 20, "bins": 2}
        experiment["seeds"] = [1]
    return study


@REAL
def test_each_file_is_a_job(tmp_path):
    study = shrunken()
    other = tmp_path / "other.root"
    shutil.copy(FILE, other)
    study["samples"]["top"]["files"].append(str(other))
    jobs = Runner(tmp_path, study).jobs()
    assert jobs["ingest"] == 3
    assert jobs["train"] == 2


@REAL
def test_from_nanoaod_to_metrics(tmp_path):
    runner = Runner(tmp_path, shrunken())
    runner("results/nanoaod/metrics/particle_net/jet.json")
    events = runner.results / "events"
    with open_events(events / "top" / "pfnano.h5") as top, open_events(
        events / "qcd" / "pfnano.h5"
    ) as qcd:  # fmt: skip
        assert len(top) + len(qcd) == 24
        ids = [file.read(["event_id"], slice(None))["event_id"] for file in (top, qcd)]
        assert not set(ids[0]) & set(ids[1])
        collisions = np.concatenate(
            [file.read(["collision"], slice(None))["collision"] for file in (top, qcd)]
        )
        assert set(collisions) == set(range(10))
    accuracy = runner.metrics("particle_net", "jet")["metrics"]["accuracy"]
    assert 0 <= accuracy["value"] <= 1


def test_a_missing_file_stops_before_any_job(tmp_path):
    study = yaml.safe_load((ROOT / "config" / "nanoaod.yaml").read_text())
    result = Runner(tmp_path, study)(check=False)
    assert result.returncode != 0
    assert "no file matches 'resources/nanoaod/" in result.text
