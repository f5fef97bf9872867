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


def test_conda_environment_pins_the_locked_versions():
    environment = yaml.safe_load((ROOT / "envs" / "footprint.yaml").read_text())
    packages = environment["dependencies"][-1]["pip"]
    locked = pinned(ROOT / "envs" / "footprint.txt")
    assert len(packages) > 10
    for package in packages:
        name, version = package.split(";")[0].strip().split("==")
        assert locked[name] == version
