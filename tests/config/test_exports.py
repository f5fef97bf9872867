"""What a study may ask of exports and applications, and how it is told what it may not."""

import copy

import pytest
import yaml

from footprint.config import parse_study
from footprint.config.exports import exported, format_of, not_exported, read_as, says_of
from footprint.errors import ConfigError
from tests.conftest import ROOT, TINY

NEW = {"experiment": "xmax_cnn", "files": ["new/*.h5"]}


def study(**more):
    return parse_study(copy.deepcopy(TINY) | more)


def refused(**more):
    with pytest.raises(ConfigError) as caught:
        study(**more)
    return str(caught.value)


def test_true_a_list_and_nothing():
    assert study().export is None
    assert study(export=False).export is None
    both = study(export=True)
    assert exported(both.export, both.experiments, both.datasets) == ["mass_layers", "xmax_cnn"]
    one = study(export=["xmax_cnn"])
    assert exported(one.export, one.experiments, one.datasets) == ["xmax_cnn"]
    assert study(export={"experiments": ["xmax_cnn"]}).export == one.export


def test_unknown_experiments_are_refused():
    text = refused(export=["xmax_cn"])
    assert "export.experiments: unknown name 'xmax_cn'; did you mean 'xmax_cnn'?" in text
    text = refused(apply={"new": NEW | {"experiment": "xmax"}})
    assert "apply.new.experiment: unknown name 'xmax'; did you mean 'xmax_cnn'?" in text


FLOW = {"dataset": "showers", "task": "density", "model": {"name": "flow"}}


def test_a_file_for_each_thing_that_a_network_says():
    made = study(experiments=TINY["experiments"] | {"drawn": FLOW | {"targets": ["xmax"]}})
    assert "drawn" in exported(None, made.experiments, made.datasets)
    says = {name: says_of(entry) for name, entry in made.experiments.items()}
    assert says["drawn"] == ("samples", "log_density")
    assert says["xmax_cnn"] == ("answers",)


def test_densities_of_nothing_that_goes_in_are_refused():
    experiments = TINY["experiments"] | {"drawn": FLOW | {"targets": ["xmax"], "inputs": []}}
    text = refused(experiments=experiments, export=["drawn"])
    assert "experiment 'drawn' learns the density of targets under no conditions" in text


def test_what_says_nothing_of_new_events_is_not_applied():
    experiments = TINY["experiments"] | {"drawn": FLOW | {"targets": ["xmax"]}}
    text = refused(experiments=experiments, apply={"new": NEW | {"experiment": "drawn"}})
    assert "apply.new.experiment: experiment 'drawn' learns the density of xmax, which" in text
    made = {
        "dataset": "showers", "task": "generation", "variables": "footprint", "inputs": [],
        "model": {"name": "wgan"},
    }  # fmt: skip
    datasets = copy.deepcopy(TINY["datasets"])
    for channel in datasets["showers"]["inputs"]["footprint"]["channels"]:
        channel.pop("transform", None)
    text = refused(
        datasets=datasets,
        experiments=TINY["experiments"] | {"made": made},
        apply={"new": NEW | {"experiment": "made"}},
    )
    assert "apply.new.experiment: experiment 'made' makes events from random numbers" in text


def test_transforms_that_onnx_does_not_know_are_refused_before_any_job():
    datasets = copy.deepcopy(TINY["datasets"])
    datasets["showers"]["inputs"]["footprint"]["channels"][0]["transform"] = "fmod(x, 3)"
    text = refused(datasets=datasets, export=["xmax_cnn"])
    assert "input 'footprint' with transform 'fmod(x, 3)', and 'fmod' has no" in text
    made = study(datasets=datasets, export=True)
    assert exported(made.export, made.experiments, made.datasets) == []
    assert set(not_exported(made.experiments, made.datasets)) == {"mass_layers", "xmax_cnn"}


def test_seeds_and_samples_are_those_of_the_experiment():
    text = refused(apply={"new": NEW | {"seed": 3}})
    assert "apply.new.seed: 3 is none of the trainings' seeds [1, 2]" in text
    text = refused(apply={"new": NEW | {"sample": "shower"}})
    assert "apply.new.sample: 'shower' is no sample" in text
    assert "did you mean 'showers'?" in text


def test_event_files_have_no_options():
    text = refused(apply={"new": NEW | {"options": {"cut": None}}})
    assert "apply.new.options: HDF5 files of events are read without options" in text


def of_root(**more):
    data = yaml.safe_load((ROOT / "config" / "root.yaml").read_text())
    data["apply"] = {"z": {"experiment": "mass_dense", "files": ["a.root"], **more}}
    made = parse_study(data)
    return made, made.read_as("z")


def test_files_are_read_as_the_sample_with_other_options():
    made, sample = of_root(options={"cut": None, "tree": "other"})
    original = made.samples["dimuons"]
    assert (sample.files, sample.options.cut, sample.options.tree) == (["a.root"], None, "other")
    assert sample.options.branches == original.options.branches
    assert format_of(made.apply["z"], sample) == "root"
    made, sample = of_root(reader="events", format="root")
    assert sample is None
    assert format_of(made.apply["z"], sample) == "root"
    made = study(apply={"new": NEW})
    assert made.read_as("new") is None
    assert format_of(made.apply["new"], None) == "hdf5"


def test_addresses_are_copied_as_those_of_samples_are():
    address = "https://example.org/data/a.root"
    _, sample = of_root(files=[address])
    assert list(sample.fetched("z")) == [sample.copy_of(address)]
    with pytest.raises(ConfigError, match=r"apply.z.files: .* is a glob over files elsewhere"):
        of_root(files=["s3://host/bucket/*.root"])
    with pytest.raises(ConfigError, match=r"apply.z.files: .* is an address, which is not read"):
        of_root(files=["https://example.org/a.h5"], reader="events")


def test_a_wrong_option_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match=r"apply.z: options: unknown key 'cutt'; did you mean"):
        of_root(options={"cutt": "1"})


def jets(**more):
    data = yaml.safe_load((ROOT / "config" / "nanoaod.yaml").read_text())
    data["apply"] = {"new": {"experiment": "pfn", "files": ["a.root"], **more}}
    return parse_study(data)


def test_one_of_several_samples_must_be_named():
    with pytest.raises(ConfigError, match=r"apply.new.sample is needed: .*\['top', 'qcd'\]"):
        jets()
    assert jets(sample="qcd").read_as("new").reader == "nanoaod"


def test_jets_of_events_are_not_written_as_hdf5():
    with pytest.raises(ConfigError, match=r"apply.new.format: 'nanoaod' has a varying number"):
        jets(sample="qcd", format="hdf5")


def test_images_are_not_applied_to():
    data = yaml.safe_load((ROOT / "config" / "images.yaml").read_text())
    name, sample = next(iter(data["samples"].items()))
    experiment = next(iter(data["experiments"]))
    config = parse_study(data)
    dataset = config.datasets[config.experiments[experiment].dataset]
    asked = {"experiment": experiment, "files": ["a.png"], "sample": name}
    data["apply"] = {"new": asked}
    with pytest.raises(ConfigError, match=r"files of reader 'images' .* say reader: events"):
        parse_study(data)
    data["apply"] = {"new": asked | {"reader": "events"}}
    made = parse_study(data)
    assert read_as("new", made.apply["new"], dataset, made.samples) is None
    assert sample["reader"] == "images"
