def baselines_of(wildcards):
    """The baselines' predictions of the target that an experiment learns."""
    return BASELINES.format(
        dataset=experiment_of(wildcards).dataset, target=target_of(wildcards)
    )


def of_all_seeds(pattern):
    """The files of all seeds of an experiment."""
    return lambda wildcards: expand(
        pattern, experiment=wildcards.experiment, seed=experiment_of(wildcards).seeds
    )
