"""What `snakemake export` and `snakemake apply` would run; the usual study runs neither."""


def test_exports_are_made_on_demand_or_with_every_run(runner):
    runner.study["apply"] = {"new": {"experiment": "xmax_cnn", "seed": 2, "files": ["events/*.h5"]}}
    runner.study["experiments"]["drawn"] = {
        "dataset": "showers", "task": "density", "targets": ["xmax"], "model": {"name": "flow"},
    }  # fmt: skip
    folder = runner.folder / "events"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.h5").write_bytes(b"")
    jobs = runner.jobs("export", "apply")
    assert jobs["train"] == 4
    assert jobs["export_network"] == 5, "a density has a file of samples and one of its logarithm"
    assert jobs["apply_network"] == 2
    assert "predict" not in jobs
    runner.study["export"] = ["mass_layers"]
    jobs = runner.jobs()
    assert jobs["export_network"] == 1
    assert "apply_network" not in jobs


def test_a_missing_file_stops_before_any_job(runner):
    runner.study["apply"] = {"new": {"experiment": "xmax_cnn", "files": ["nowhere/*.h5"]}}
    result = runner("-n", check=False)
    assert result.returncode != 0
    assert "apply.new.files: no file matches 'nowhere/*.h5'" in result.text
