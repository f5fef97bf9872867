"""The environments under envs/ agree with each other and hold what they should."""

import re
import tomllib

import pytest
import yaml

from tests.conftest import ROOT

LOCKS = sorted((ROOT / "envs").glob("*.txt"))


def pinned(path):
    return dict(re.findall(r"^([a-z0-9_.-]+)==([^ \\]+)", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locks_are_hashed_and_name_no_index(path):
    text = path.read_text()
    assert "://" not in text
    requirements = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(requirements) > 1
    for requirement in requirements:
        assert "--hash=sha256:" in requirement, requirement[:60]


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = pinned(ROOT / "envs" / "footprint.txt")
    for requirement in project["project"]["dependencies"]:
        assert re.match(r"[a-z0-9_.-]+", requirement.lower()).group() in locked
    develop = pinned(ROOT / "envs" / "develop.txt")
    for requirement in project["dependency-groups"]["develop"]:
        assert re.match(r"[a-z0-9_.-]+", requirement.lower()).group() in develop | locked


@pytest.mark.parametrize("group", ["cluster", "remote"])
def test_what_is_optional_is_locked_beside_the_rest(group):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = pinned(ROOT / "envs" / f"{group}.txt")
    for requirement in project["dependency-groups"][group]:
        assert re.match(r"[a-z0-9_.-]+", requirement.lower()).group() in locked
    assert not locked.keys() & pinned(ROOT / "envs" / "footprint.txt").keys()


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def name_of(requirement):
    """Name and extras: tensorflow[and-cuda]."""
    return re.match(r"[a-z0-9_.-]+(?:\[[a-z0-9,-]+\])?", requirement.lower()).group()


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_environments_for_gpus_are_those_of_cpus_with_what_gpus_need(name):
    footprint = pinned(ROOT / "envs" / "footprint.txt")
    gpu = pinned(ROOT / "envs" / f"gpu-{name}.txt")
    differing = {package for package, version in gpu.items() if footprint.get(package) != version}
    cuda = {package for package in differing if package.startswith(("nvidia-", "jax-cuda12-"))}
    assert {"nvidia-cudnn-cu12", "nvidia-nccl-cu12"} <= cuda
    assert differing - cuda == ({"jax", "jaxlib"} if name == "jax" else set())
    # The two of TensorFlow write the same files.
    assert footprint.keys() - gpu.keys() == ({"tensorflow-cpu"} if name == "tensorflow" else set())
    excluded = (ROOT / "envs" / "gpu-tensorflow-excludes.in").read_text().split()
    assert excluded == ["tensorflow-cpu"]
    assert not [package for package in gpu if "cu13" in package]  # one CUDA for both
    (requirement,) = project()["dependency-groups"][f"gpu-{name}"]
    assert name_of(requirement).split("[")[0] in gpu


def test_tensorflow_for_gpus_serves_every_machine_it_is_locked_for():
    text = (ROOT / "envs" / "gpu-tensorflow.txt").read_text()
    assert re.search(r"^tensorflow==[\d.]+ \\$", text, re.MULTILINE)  # no marker leaves one out


def test_conda_environment_is_complete_and_pins_the_locked_versions():
    environment = yaml.safe_load((ROOT / "envs" / "footprint.yaml").read_text())
    python, *_, last = environment["dependencies"]
    locked = pinned(ROOT / "envs" / "footprint.txt")
    packages = {}
    for package in last["pip"]:
        requirement, _, marker = package.partition(";")
        name, version = requirement.strip().split("==")
        assert locked[name.split("[")[0]] == version
        packages[name] = marker.strip()
    declared = {}
    for requirement in project()["project"]["dependencies"]:
        declared[name_of(requirement)] = requirement.partition(";")[2].strip()
    assert packages == declared
    assert python == f"python={BASE.removeprefix('python:').partition('-')[0]}"


BASE = "python:3.11-slim-bookworm"
"""The image of both recipes, no older than the oldest Python that the locks are made for."""


def flat(text):
    """A recipe's commands, each on one line."""
    return " ".join(text.replace("\\\n", " ").split())


def test_recipes_of_containers_install_the_locks_as_the_makefile_does():
    docker = (ROOT / "envs" / "Dockerfile").read_text()
    apptainer = (ROOT / "envs" / "footprint.def").read_text()
    assert f"\nFROM {BASE}\n" in docker
    assert f"\nBootstrap: docker\nFrom: {BASE}\n" in apptainer
    assert project()["project"]["requires-python"].startswith(">=3.11,")
    assert "\nARG ENVIRONMENT=footprint\n" in docker
    assert "\n    environment=footprint\n" in apptainer
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    (ours,) = re.findall(r"^UV = \S+uv (.*)$", makefile, re.MULTILINE)
    options = " ".join(ours.replace("--quiet --python $(BIN)/python ", "").split())
    uv = f"uv {options} -r".replace("pip install", "pip install --system --no-cache")
    pip = "python -m pip install --no-cache-dir --require-hashes -r /opt/envs/installer.txt"
    for recipe, lock in ((docker, "${ENVIRONMENT}"), (apptainer, "{{ environment }}")):
        assert pip in flat(recipe)
        assert f"{uv} /opt/envs/{lock}.txt" in flat(recipe)
        assert f"envs/{lock}.txt /opt/envs/" in flat(recipe)
        assert "envs/installer.txt" in recipe
        assert "index" not in recipe
        (named,) = re.findall(r"# A lock under envs/: (.*)\.", recipe)
        for name in re.split(r", | or ", named):
            assert (ROOT / "envs" / f"{name}.txt").is_file()
    ignored = (ROOT / "envs" / "Dockerfile.dockerignore").read_text().splitlines()
    assert ignored[1:] == ["*", "!envs/*.txt"]
