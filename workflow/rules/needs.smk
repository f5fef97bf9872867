# What a job asks a cluster for, after all rules have said what they need: more with each attempt,
# and under the names that HTCondor's plugin reads. Laptops have one attempt, and no such names.
def growing(need, times=lambda: 1):
    """A need that doubles with the second attempt and trebles with the third."""
    return lambda wildcards, attempt: need * times() * attempt


def seconds_in_a_row(name):
    """Seconds a minute of a rule's time stands for, in a group whose jobs run one by one.

    Snakemake adds up `runtime` over such a group, but no resource of another name.
    """

    def seconds():
        groups = workflow.group_settings
        return 60 * groups.group_components.get(groups.overwrite_groups.get(name), 1)

    return seconds


def needs_of(resources):
    """The needs that are plain numbers; others are computed by whoever wrote the profile."""
    fixed = {name: need.value for name, need in resources.items() if not need.is_evaluable()}
    return {name: need for name, need in fixed.items() if isinstance(need, int)}


# The name asked for, and the need of a rule that stands behind it.
BEHIND = {
    "mem_mb": "mem_mb",
    "disk_mb": "disk_mb",
    "runtime": "runtime",
    "htcondor_request_mem_mb": "mem_mb",
    "htcondor_request_disk_mb": "disk_mb",
    "allowed_execute_duration": "runtime",
    "classad_MaxRuntime": "runtime",
}
IN_SECONDS = {"allowed_execute_duration", "classad_MaxRuntime"}

for entry in workflow.rules:
    needs = needs_of(entry.resources)
    # A name that the profile wants has a default there; what the rule says goes before it.
    for name in BEHIND.keys() & entry.resources.keys():
        if BEHIND[name] in needs:
            times = [seconds_in_a_row(entry.name)] if name in IN_SECONDS else []
            entry.resources[name] = growing(needs[BEHIND[name]], *times)
    if "request_gpus" in entry.resources and "gpu" in needs:
        entry.resources["request_gpus"] = needs["gpu"]
