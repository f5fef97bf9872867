# What a job needs to know of networks that learn distributions.
GENERATORS = {name: e for name, e in STUDY.experiments.items() if e.variables is not None}


def learns_variables(wildcards):
    """Whether it is the variables of an experiment that a job is about, not a target."""
    return wildcards.target == experiment_of(wildcards).variables


def own_file_of_two_sample(wildcards):
    """The user's own file of the network of the two-sample test, where there is one."""
    return getattr(experiment_of(wildcards).evaluation.two_sample.model, "file", None) or []


def for_telling_apart(wildcards):
    """What of the evaluation decides the two-sample test: more bootstrap samples train nothing."""
    evaluation = experiment_of(wildcards).evaluation
    return evaluation.model_dump_json(include={"two_sample", "observables"})


def two_samples_of(wildcards):
    """Answers of the networks that tell generated events from real ones, one for each training."""
    return of_all_seeds(TWO_SAMPLE)(wildcards) if learns_variables(wildcards) else []


def timings_of(wildcards):
    """How long the simulation of the samples of a generator's data set takes."""
    samples = STUDY.datasets[experiment_of(wildcards).dataset].samples
    there = [name for name in samples if name in SIMULATED] if learns_variables(wildcards) else []
    return expand(TIMING, sample=there)
