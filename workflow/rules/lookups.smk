# What a job needs to know, found by its wildcards.
def ranges(events, events_per_job):
    """Cut a simulated sample into jobs: part name to first event and number of events."""
    cuts = range(0, events, events_per_job)
    sizes = {first: min(events_per_job, events - first) for first in cuts}
    return {f"{first:08d}-{first + n - 1:08d}": (first, n) for first, n in sizes.items()}


VARIED_RANGES = (
    ranges(STUDY.variations.events, STUDY.variations.events_per_job) if STUDY.variations else {}
)
RANGES = {name: ranges(s.events, s.events_per_job) for name, s in SIMULATED.items()}


def parts_of(sample):
    """Names of a sample's parts, in order."""
    if sample in SIMULATED:
        return list(RANGES[sample])
    return [source.part for source in SOURCES[sample]]


def one_of(names):
    """A wildcard constraint: one of the names, or nothing at all where there is none."""
    return "|".join(names) or "(?!)"


def experiment_of(wildcards):
    return STUDY.experiments[wildcards.experiment]


def dataset_of(wildcards):
    return DATASET.format(dataset=experiment_of(wildcards).dataset)


def as_json(get):
    """A parameter: a part of the study as JSON, found by the job's wildcards."""
    return lambda wildcards: get(wildcards).model_dump_json()


def script_of(rule):
    """The command line program of the same name as the rule."""
    return os.path.relpath(ROOT / "scripts" / f"{rule}.py")


def code_of(*rooms):
    """The library files that decide a rule's result: a change in them runs it again."""
    library = ROOT / "src" / "footprint"
    files = []
    for room in rooms:
        path = library / room
        files += sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    return [os.path.relpath(file) for file in files]


def simulated_part(wildcards):
    """The sample's configuration as this part sees it: more events elsewhere change nothing."""
    _, count = RANGES[wildcards.sample][wildcards.part]
    part = {"events": count, "events_per_job": count}
    return SIMULATED[wildcards.sample].model_copy(update=part)


def station_file(wildcards):
    """The file of stations' positions, where a sample's array is given by one."""
    return stations_of(SIMULATED[wildcards.sample])


def stations_of(sample):
    return getattr(sample.options, "stations", None) or []


def source_of(wildcards):
    """The file that a part is read from."""
    found = (s for s in SOURCES[wildcards.sample] if s.part == wildcards.part)
    return next(found)


def local_source(wildcards):
    """The file as an input that Snakemake watches; addresses are left to uproot."""
    path = source_of(wildcards).path
    return [] if "://" in path else path


def remote_file(wildcards):
    """Address and checksum of a published file."""
    return PUBLISHED[wildcards.published]


def ingested_part(wildcards):
    """The sample's configuration as this part sees it: further files change nothing.

    Nor does the address that a file was fetched from.
    """
    sample = STUDY.samples[wildcards.sample]
    return sample.model_copy(update={"files": [source_of(wildcards).path], "download": None})


def events_of_dataset(wildcards):
    """All parts of all samples of a data set."""
    samples = STUDY.datasets[wildcards.dataset].samples
    return [EVENTS.format(sample=s, part=part) for s in samples for part in parts_of(s)]


def built_dataset(wildcards):
    """The data set's configuration as its file depends on it: baselines are fitted later."""
    dataset = STUDY.datasets[wildcards.dataset]
    targets = {
        name: target.model_copy(update={"baselines": {}})
        for name, target in dataset.targets.items()
    }
    return dataset.model_copy(update={"targets": targets})


def surveyed_events(wildcards):
    """The parts of a sample that a survey looks at; how many events a file holds is not known."""
    parts = parts_of(wildcards.sample)
    if wildcards.sample in SIMULATED:
        parts = [part for part in parts if RANGES[wildcards.sample][part][0] < SURVEY_EVENTS]
    return [EVENTS.format(sample=wildcards.sample, part=part) for part in parts]


def code_of_network(wildcards):
    """The model families, and the user's own file where the experiment names one."""
    own = getattr(experiment_of(wildcards).model, "file", None)
    rooms = ["models", "training", "seeds", "config/keras_layers"]
    rooms += ["files/datasets", "files/weighting", "files/hdf5"]
    return code_of(*rooms) + ([own] if own else [])


def baselines_of(wildcards):
    """The baselines' predictions of the target that an experiment learns."""
    return BASELINES.format(dataset=experiment_of(wildcards).dataset, target=wildcards.target)


def baselines_as_json(wildcards):
    """The configuration of a target's baselines by label."""
    target = STUDY.datasets[wildcards.dataset].targets[wildcards.target]
    return json.dumps({label: entry.model_dump() for label, entry in target.baselines.items()})


def of_all_seeds(pattern):
    """The files of all seeds of an experiment."""
    return lambda wildcards: expand(
        pattern, experiment=wildcards.experiment, seed=experiment_of(wildcards).seeds
    )


def of_all_targets(pattern):
    """The files of all targets of all experiments."""
    return [
        pattern.format(experiment=name, target=target)
        for name, experiment in STUDY.experiments.items()
        for target in STUDY.targets_of(experiment)
    ]


def compared_experiments(wildcards):
    """The experiments that learn a tagged target of a data set, by name."""
    names = STUDY.compared()[wildcards.dataset, wildcards.target]
    return {name: STUDY.experiments[name] for name in names}


def compared_predictions(wildcards):
    """The folders of the predictions of all trainings that learn a tagged target."""
    return [
        PREDICTIONS.format(experiment=name, seed=seed)
        for name, experiment in compared_experiments(wildcards).items()
        for seed in experiment.seeds
    ]


def compared_metrics(wildcards):
    """The numbers of the experiments that learn a tagged target."""
    return [
        METRICS.format(experiment=name, target=wildcards.target)
        for name in compared_experiments(wildcards)
    ]


def compared_baselines(wildcards):
    """The baselines of a tagged target, in all data sets of the experiments that learn it."""
    names = dict.fromkeys(e.dataset for e in compared_experiments(wildcards).values())
    return [BASELINES.format(dataset=name, target=wildcards.target) for name in names]


def of_all_compared_targets(pattern):
    """The files of all targets that are tagged."""
    return [pattern.format(dataset=d, target=t) for d, t in STUDY.compared()]


def label_of(wildcards):
    """The symbol of the target on axes."""
    dataset = STUDY.datasets[experiment_of(wildcards).dataset]
    return dataset.targets[wildcards.target].label or ""


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
    """The experiments that learn a target of a data set, by name."""
    return {
        name: STUDY.experiments[name]
        for name in STUDY.varied_experiments()
        if STUDY.experiments[name].dataset == wildcards.dataset
        and wildcards.target in STUDY.targets_of(STUDY.experiments[name])
    }


def varied_predictions(wildcards):
    """The folders of the predictions of all trainings that learn a target."""
    return [
        VARIED_PREDICTIONS.format(experiment=name, seed=seed)
        for name, experiment in varied_experiments(wildcards).items()
        for seed in experiment.seeds
    ]


def by_experiment(folders):
    """Group folders <experiment>/<seed> by experiment."""
    names = dict.fromkeys(Path(folder).parent.name for folder in folders)
    return {name: [f for f in folders if Path(f).parent.name == name] for name in names}


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


def of_all_varied_targets(pattern):
    """The files of all targets that variations judge, none without variations."""
    pairs = [
        (STUDY.experiments[name].dataset, target)
        for name in STUDY.varied_experiments()
        for target in STUDY.targets_of(STUDY.experiments[name])
    ]
    return [pattern.format(dataset=d, target=t) for d, t in dict.fromkeys(pairs)]
