"""What rules need, as a cluster is asked for it: workflow/rules/needs.smk with rules made up."""

from types import SimpleNamespace

from snakemake.resources import Resources

from tests.conftest import ROOT

NEEDS = (ROOT / "workflow" / "rules" / "needs.smk").read_text()


def asked(resources, attempt, groups=None, components=None):
    """What a rule with these resources asks for at an attempt."""
    entry = SimpleNamespace(name="simulate", resources=Resources.from_mapping(resources))
    settings = SimpleNamespace(overwrite_groups=groups or {}, group_components=components or {})
    workflow = SimpleNamespace(rules=[entry], group_settings=settings)
    exec(compile(NEEDS, "needs.smk", "exec"), {"workflow": workflow})  # noqa: S102
    values = {name: need.evaluate({}, attempt=attempt) for name, need in entry.resources.items()}
    return {name: value.value for name, value in values.items()}


def test_memory_disk_and_time_grow_with_attempts():
    rule = {"mem_mb": 1000, "disk_mb": 300, "runtime": 60, "gpu": 1}
    assert asked(rule, attempt=1) == rule
    assert asked(rule, attempt=2) == {"mem_mb": 2000, "disk_mb": 600, "runtime": 120, "gpu": 1}
    assert asked(rule, attempt=3) == {"mem_mb": 3000, "disk_mb": 900, "runtime": 180, "gpu": 1}


def test_what_a_profile_computes_stays():
    computed = {"mem_mb": lambda _, attempt: 7 * attempt, "runtime": 60}
    assert asked(computed, attempt=2) == {"mem_mb": 14, "runtime": 120}


def test_condor_names_have_the_needs_of_rules_where_a_profile_asks_for_them():
    profile = {"htcondor_request_mem_mb": 2000, "allowed_execute_duration": 5, "request_gpus": 0}
    rule = {"mem_mb": 1000, "runtime": 60, "gpu": 1}
    found = asked(profile | rule, attempt=2)
    assert found["htcondor_request_mem_mb"] == 2000
    assert found["allowed_execute_duration"] == 2 * 60 * 60
    assert found["request_gpus"] == 1
    assert asked(profile, attempt=2) == profile


def test_members_of_a_group_take_their_time_one_after_another():
    resources = {"runtime": 60, "allowed_execute_duration": 5, "classad_MaxRuntime": 5}
    found = asked(resources, 1, {"simulate": "parts"}, {"parts": 20})
    # Snakemake itself adds up what is called runtime.
    assert found["runtime"] == 60
    assert found["allowed_execute_duration"] == found["classad_MaxRuntime"] == 20 * 60 * 60
    assert asked(resources, 1, {"draw": "parts"}, {"parts": 20})["classad_MaxRuntime"] == 3600
