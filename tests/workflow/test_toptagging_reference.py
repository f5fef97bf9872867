"""config/toptagging-reference.yaml: fetched from a server of our own, or read from a folder."""

import hashlib

import h5py
import numpy as np
import pytest
import yaml

from footprint.files.datasets import SPLITS, open_dataset
from tests.ingest import jet_sets as sets
from tests.ingest.test_download import serving
from tests.workflow.conftest import DATA, ROOT, Runner

REAL = {
    "train.h5": DATA / "toptagging" / "jetclass2_as_toptag_blosc_table.h5",
    "val.h5": DATA / "toptagging" / "jetclass2_as_toptag_fixed.h5",
}


@pytest.fixture
def study():
    """The study with settings small enough for a test, and two of its networks."""
    data = yaml.safe_load((ROOT / "config" / "toptagging-reference.yaml").read_text())
    data["experiments"] = {name: data["experiments"][name] for name in ("topodnn", "pfn")}
    for experiment in data["experiments"].values():
        experiment["training"] |= {"epochs": 1, "batch_size": 50}
        experiment["evaluation"] |= {"bootstrap": 20, "bins": 2}
        experiment["seeds"] = [1]
    target = data["datasets"]["jets"]["targets"]["is_top"]
    target["baselines"]["boosting"]["iterations"] = 3
    return data


def test_all_is_planned_from_the_published_files(tmp_path, study):
    jobs = Runner(tmp_path, study).jobs()
    assert jobs["download"] == jobs["ingest"] == 3


def test_the_published_checksums(study):
    files = study["samples"]["jets"]["download"]["files"]
    assert {name: file["md5"] for name, file in files.items()} == {
        "train.h5": "45663819f47c13724f67eb0fd80bfa5c",
        "val.h5": "dca4b7248027618f041f9baa86d360fc",
        "test.h5": "13163479dee30a5fe546e4536cc3d04d",
    }
    assert files["train.h5"]["bytes"] == 1_038_496_555


@pytest.fixture
def real(tmp_path, study):
    """The 100 jets in both layouts; the third file holds them too, rotated by half a turn."""
    for path in REAL.values():
        if not path.is_file():
            pytest.skip(f"real file missing: {path} (set FOOTPRINT_DATA)")
    folder = tmp_path / "data"
    folder.mkdir()
    for name, path in REAL.items():
        (folder / name).symlink_to(path)
    with h5py.File(REAL["val.h5"]) as file:
        floats, integers = file["table/block0_values"][:], file["table/block1_values"][:]
    jets = floats[:, :800].reshape(100, 200, 4) * np.array([1, -1, -1, 1], "f4")
    floats[:, :800] = jets.reshape(100, 800)
    sets.fixed(folder / "test.h5", floats, integers)
    study["samples"]["jets"]["files"] = [f"{folder}/*.h5"]

    runner = Runner(tmp_path / "run", study)
    runner.folder.mkdir()
    return runner


def test_real_jets_keep_the_published_split(real):
    real("results/toptagging_reference/datasets/jets.h5")
    with open_dataset(real.results / "datasets" / "jets.h5") as dataset:
        assert [dataset.length(split) for split in SPLITS] == [100, 100, 100]
        inputs = dataset.inputs("test", ["momenta", "image"], slice(None))
        assert inputs["momenta"].shape == (100, 100, 4)
        pt = np.hypot(inputs["momenta"][..., 0], inputs["momenta"][..., 1])
        assert np.all(np.diff(pt, axis=1) <= 0)
        # The image holds the square root of shares of the jet's pT.
        assert np.all((inputs["image"] ** 2).sum(axis=(1, 2, 3)) < 1 + 1e-5)


@pytest.mark.slow
def test_real_jets_to_the_report(real):
    real()
    metrics = real.metrics("topodnn", "is_top")
    assert {"accuracy", "cuts", "boosting"} <= {*metrics["metrics"], *metrics["baselines"]}
    assert (real.results / "report.html").is_file()


def test_fetched_once_checked_and_not_again(tmp_path, study):
    """From a server: a new address fetches nothing that is there, new code neither."""
    path = sets.table(tmp_path / "jets.h5", *sets.frame(sets.jets(30)))
    content = path.read_bytes()
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    target = "results/toptagging_reference/events/jets/train.h5"
    with serving(content, cuts=[10_000]) as (url, requests):
        file = {"url": f"{url}?key=s3cret", "md5": digest}
        study["samples"]["jets"]["download"]["files"] = {"train.h5": file}
        runner = Runner(tmp_path / "run", study)
        runner.folder.mkdir()
        runner(target)
        assert (runner.folder / "resources/downloads/toptagging/train.h5").read_bytes() == content
        assert len(requests) == 2  # it broke off once and went on
        logs = "".join(p.read_text() for p in runner.results.glob("logs/**/*.log"))
        assert "checksum is right" in logs
        assert "s3cret" not in logs
        with h5py.File(runner.folder / target) as events:
            assert len(events["event_id"]) == 30
            assert "s3cret" not in events.attrs["config"]
        assert runner.jobs(target) == {}
        file["url"] = f"{url}?key=other"
        runner(target)
        assert len(requests) == 2, "the file is there and right"


def test_a_wrong_file_stops_with_words(tmp_path, study):
    with serving(b"not the jets") as (url, _):
        file = {"url": url, "md5": "0" * 32}
        study["samples"]["jets"]["download"]["files"] = {"train.h5": file}
        runner = Runner(tmp_path, study)
        result = runner("results/toptagging_reference/events/jets/train.h5", check=False)
    assert result.returncode != 0
    log = (runner.results / "logs" / "download" / "toptagging" / "train.h5.log").read_text()
    assert "is not the published file: found md5" in log
    folder = tmp_path / "resources" / "downloads" / "toptagging"
    assert [path.name for path in folder.iterdir()] == ["train.h5.wrong"]
