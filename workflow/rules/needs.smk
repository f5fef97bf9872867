# What a job asks for, after all rules have said what they need: more with each attempt, and
# under the names that HTCondor's plugin reads. Laptops have one attempt, and no such names.
GROUPS = workflow.group_settings.overwrite_groups
TOGETHER = workflow.group_settings.group_components


def growing(need, factor=1):
    """A need that doubles with the second attempt and trebles with the third."""
    return lambda wildcards, attempt: need * factor * attempt


def needs_of(entry):
    """The needs that are plain numbers; others are computed by whoever wrote the profile."""
    fixed = {name: need for name, need in entry.resources.items() if not need.is_evaluable()}
    return {name: need.value for name, need in fixed.items() if isinstance(need.value, int)}


for entry in workflow.rules:
    needs = needs_of(entry)
    for name in {"mem_mb", "disk_mb", "runtime"} & needs.keys():
        entry.resources[name] = growing(needs[name])
    # HTCondor knows no `runtime` to add up over a group of jobs, which run one after another.
    in_a_row = TOGETHER.get(GROUPS.get(entry.name), 1)
    # The profile gives a default where a name is wanted; the rule knows better.
    for theirs, ours, factor in (
        ("htcondor_request_mem_mb", "mem_mb", 1),
        ("htcondor_request_disk_mb", "disk_mb", 1),
        ("allowed_execute_duration", "runtime", 60 * in_a_row),
        ("classad_MaxRuntime", "runtime", 60 * in_a_row),
    ):
        if theirs in entry.resources and ours in needs:
            entry.resources[theirs] = growing(needs[ours], factor)
    if "request_gpus" in entry.resources and "gpu" in needs:
        entry.resources["request_gpus"] = needs["gpu"]
