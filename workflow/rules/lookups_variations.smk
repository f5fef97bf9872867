# What a job of the variations needs to know, found by its wildcards.
VARIED_RANGES = (
    ranges(STUDY.variations.events, STUDY.variations.events_per_job) if STUDY.variations else {}
)


def varied_sample(wildcards):
    """The sample's configuration at a point."""
    return POINTS[wildcards.point].samples[wildcards.sample]


def varied_part(wildcards):
    """The same, as this part sees it."""
    _, count = VARIED_RANGES[wildcards.part]
    part = {"events": count, "events_per_job": count}
    return varied_sample(wildcards).model_copy(update=part)


def own_events(dataset):
    """Whether a data set's own test events are varied: its samples cannot all be made anew."""
    return any(sample not in SIMULATED for sample in STUDY.datasets[dataset].samples)


def varied_events(wildcards):
    """All parts of all samples of a data set at a point; unchanged samples are the nominal ones."""
    if own_events(wildcards.dataset):
        return events_of_dataset(wildcards)
    anew = POINTS[wildcards.point].simulated
    return [
        VARIED_EVENTS.format(
            point=wildcards.point if sample in anew else NOMINAL, sample=sample, part=part
        )
        for sample in STUDY.datasets[wildcards.dataset].samples
        for part in VARIED_RANGES
    ]


def changes_of_events(wildcards):
    """What is done to the events of the samples of a data set at a point, as JSON."""
    samples = STUDY.datasets[wildcards.dataset].samples
    changes = POINTS[wildcards.point].events
    return json.dumps({s: changes[s].model_dump() for s in samples if s in changes})


def name_of_dataset(wildcards):
    """A data set, or that of an experiment."""
    named = hasattr(wildcards, "dataset")
    return wildcards.dataset if named else experiment_of(wildcards).dataset


def varied_points(wildcards):
    """The points at which a data set, or that of an experiment, changes; the nominal one too."""
    return points_of(POINTS, STUDY.datasets[name_of_dataset(wildcards)].samples)


def varied_datasets(wildcards):
    """A data set, or that of an experiment, at all its points.

    Where its own test events are varied, the nominal point is the data set itself.
    """
    dataset = name_of_dataset(wildcards)
    own = DATASET if own_events(dataset) else VARIED_DATASET
    return [
        (own if point == NOMINAL else VARIED_DATASET).format(point=point, dataset=dataset)
        for point in varied_points(wildcards)
    ]


def outputs_of_points(wildcards, output):
    """A folder for each point, in the order of the data sets."""
    return [f"--output={output.predictions}/{point}" for point in varied_points(wildcards)]


def varied_experiments(wildcards):
    """The experiments and ensembles that learn a target of a data set, by name."""
    return {
        name: JUDGED[name]
        for name in STUDY.varied()
        if JUDGED[name].dataset == wildcards.dataset
        and wildcards.target in STUDY.targets_of(JUDGED[name])
    }


def varied_files_of_targets(wildcards):
    """The files in a folder of predictions of variations."""
    names = files_of_targets(wildcards)
    return [f"{point}/{name}" for point in varied_points(wildcards) for name in names]


def varied_predictions(wildcards):
    """The folders of the predictions of all trainings that learn a target."""
    return [
        VARIED_PREDICTIONS.format(experiment=name, seed=seed)
        for name, experiment in varied_experiments(wildcards).items()
        for seed in experiment.seeds
    ]


def varied_predictions_of_members(wildcards):
    """The folders of the predictions of all members of an ensemble, with all their seeds."""
    return [
        VARIED_PREDICTIONS.format(experiment=name, seed=seed)
        for name in members_of(wildcards)
        for seed in STUDY.experiments[name].seeds
    ]


def settings_of_curves(wildcards):
    """All points of all curves of a data set; the nominal one belongs to each of them."""
    if own_events(wildcards.dataset):
        return []
    names = STUDY.datasets[wildcards.dataset].samples
    found = []
    for name, curve in STUDY.variations.curves.items():
        axis = {"curve": name, "label": curve.label or "", "units": curve.units}
        points = {p: point for p, point in POINTS.items() if p == NOMINAL or point.curve == name}
        for point, value in settings_of(curve, points, names).items():
            found.append({**axis, "point": point, "value": value})
    return found


def shifts_of_sets(wildcards):
    """All points of all parameter sets at which a data set changes."""
    return [
        {
            "parameter_set": POINTS[p].parameter_set,
            "shift": POINTS[p].shift,
            "point": p,
            "label": STUDY.variations.sets[POINTS[p].parameter_set].label or "",
        }
        for p in varied_points(wildcards)
        if POINTS[p].parameter_set
    ]


def sets_of_variations():
    """The parameter sets by name, none without variations."""
    return STUDY.variations.sets if STUDY.variations else {}


def names_of_all_varied_targets():
    """The targets that variations judge, each with its data set; none without variations."""
    pairs = [
        (JUDGED[name].dataset, target)
        for name in STUDY.varied()
        for target in STUDY.targets_of(JUDGED[name])
    ]
    return [{"dataset": dataset, "target": target} for dataset, target in dict.fromkeys(pairs)]


def of_all_varied_targets(pattern):
    """The files of all targets that variations judge."""
    return [pattern.format(**names) for names in names_of_all_varied_targets()]
