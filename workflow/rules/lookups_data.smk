# What a job needs to know of recorded events, which are compared with simulated ones.
WITH_DATA = {name: e for name, e in STUDY.experiments.items() if e.evaluation.data is not None}


def recorded_events(wildcards):
    """All parts of the recorded sample."""
    parts = parts_of(wildcards.sample)
    return [EVENTS.format(sample=wildcards.sample, part=part) for part in parts]


def recorded_of(wildcards):
    """The recorded events of an experiment, built like its data set."""
    experiment = experiment_of(wildcards)
    sample = experiment.evaluation.data.sample
    return DATA_DATASET.format(dataset=experiment.dataset, sample=sample)


def inputs_of(wildcards):
    """The inputs of an experiment's network, null for all, as JSON."""
    return json.dumps(experiment_of(wildcards).inputs)
