"""What the profiles of clusters say about rules agrees with the rules."""

import re

import pytest
import yaml

from tests.cluster.conftest import PROFILES, OnCluster
from tests.conftest import ROOT

HEAD = re.compile(
    r"^(?:use rule (?P<base>\w+) as (?P<heir>\w+) with|rule (?P<name>\w+)):", re.MULTILINE
)
CLUSTERS = ("htcondor", "slurm")


def rules():
    """All rules: name to the text of the rule, before it that of the one it is made from."""
    texts = {}
    for path in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        text = path.read_text()
        heads = list(HEAD.finditer(text))
        ends = [*(head.start() for head in heads), len(text)][1:]
        for head, end in zip(heads, ends, strict=True):
            texts[head["name"] or head["heir"]] = (head["base"], text[head.end() : end])

    def whole(name):
        base, text = texts[name]
        return (whole(base) if base else "") + text

    return {name: whole(name) for name in texts}


def profile(name):
    return yaml.safe_load((PROFILES / name / "profile.yaml").read_text())


@pytest.mark.parametrize("name", CLUSTERS)
def test_rules_with_a_gpu_are_those_of_the_profile(name):
    with_gpu = {rule for rule, text in rules().items() if "gpu=1" in text}
    assert {"train", "train_point", "predict"} < with_gpu
    settings = profile(name)["set-resources"]
    assert settings.keys() == with_gpu
    assert {settings[rule]["gpu"] for rule in with_gpu} == {1}


@pytest.mark.parametrize("name", CLUSTERS)
def test_groups_are_of_rules_that_are_submitted_and_need_no_gpu(name):
    groups, texts = profile(name)["groups"], rules()
    for rule in groups:
        assert "gpu=1" not in texts[rule]
        assert "localrule: True" not in texts[rule]
        assert rule not in {"study", "summarise", "report"}
    assert profile(name)["group-components"].keys() <= set(groups.values())


def test_both_clusters_group_alike_and_go_on_as_on_a_laptop():
    slurm, htcondor, laptop = (profile(name) for name in ("slurm", "htcondor", "default"))
    for key in ("groups", "group-components", "retries", "latency-wait"):
        assert slurm[key] == htcondor[key]
    for key in laptop.keys() - {"cores"}:
        assert slurm[key] == htcondor[key] == laptop[key]


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_profile_plans_a_study(name, plugins, tmp_path):  # noqa: ARG001
    code, text = OnCluster(tmp_path, name, {})("-n", "--group-components", "parts=3")
    assert code == 0, text
    # Four parts are two jobs.
    assert text.count("Group job parts") == 2
    assert text.count("Group job judging") == 1
