# What a job needs to know, found by its wildcards.
def ranges(events, events_per_job):
    """Cut a simulated sample into jobs: part name to first event and number of events."""
    cuts = range(0, events, events_per_job)
    sizes = {first: min(events_per_job, events - first) for first in cuts}
    return {f"{first:08d}-{first + n - 1:08d}": (first, n) for first, n in sizes.items()}


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
    """An experiment, or an ensemble with the settings that it is judged by."""
    return JUDGED[wildcards.experiment]


def ensemble_of(wildcards):
    return STUDY.ensembles[wildcards.experiment]


def members_of(wildcards):
    """The members of an ensemble; none of an experiment."""
    ensemble = STUDY.ensembles.get(wildcards.experiment)
    return ensemble.members if ensemble else []


def predictions_of_members(wildcards):
    """The predictions of all members of an ensemble; none of an experiment."""
    return [PREDICTIONS.format(experiment=name) for name in members_of(wildcards)]


def files_of_targets(wildcards):
    """The files in a folder of predictions."""
    return [f"{target}.h5" for target in STUDY.targets_of(experiment_of(wildcards))]


# The folder of what is said of validation events, as footprint.files.predictions names it; its
# import would slow down the start of every job.
VALIDATION = "validation"


def corrects(experiment):
    """Whether predictions are corrected, those of an experiment's ensembles too, as validation
    events tell.
    """
    names = [experiment, *(n for n, e in STUDY.ensembles.items() if experiment in e.members)]
    asked = [JUDGED[name].evaluation for name in names]
    return any(entry.calibration or entry.bias_correction for entry in asked)


def combined_files(wildcards):
    """The files that an ensemble is combined to, of validation events too where it is corrected."""
    files = files_of_targets(wildcards)
    asked = corrects(wildcards.experiment)
    return files + [f"{VALIDATION}/{name}" for name in files if asked]


def of_trainings(pattern):
    """The files of all trainings of an experiment; an ensemble has none of its own."""
    every = of_all_seeds(pattern)
    return lambda wildcards: [] if wildcards.experiment in STUDY.ensembles else every(wildcards)


def dataset_of(wildcards):
    return DATASET.format(dataset=experiment_of(wildcards).dataset)


def chosen_of(wildcards):
    """What the experiment's scan chose; nothing without a scan."""
    return CHOSEN.format(experiment=wildcards.experiment) if experiment_of(wildcards).scan else []


def chosen_option(wildcards, input):
    """The same as an option of a script."""
    return [f"--chosen={input.chosen}"] if input.chosen else []


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
    """The files as inputs that Snakemake watches; what is read in place is left to uproot."""
    source = source_of(wildcards)
    return [path for path in (source.path, *source.beside) if "://" not in path]


def remote_file(wildcards):
    """Address and checksum of a published file."""
    return PUBLISHED[wildcards.published]


def ingested_part(wildcards):
    """The sample's configuration as this part sees it: further files change nothing.

    Nor does the address of a set's file.
    """
    sample, source = STUDY.samples[wildcards.sample], source_of(wildcards)
    published = PUBLISHED.get(os.path.relpath(source.path, FOLDER))
    checksums = {}
    if source.origin and published and published.checksum:
        checksums = {source.name: ":".join(published.checksum)}
    part = {"files": [source.name], "checksums": checksums, "download": None}
    return sample.model_copy(update=part)


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
    rooms = ["models", "training", "seeds", "compiled", "config/keras_layers"]
    rooms += ["config/augment_checks", "config/formulas"]
    rooms += ["files/datasets", "files/weighting", "files/hdf5"]
    rooms += ["scans/chosen", "scans/results"]
    return code_of(*rooms) + ([own] if own else [])


def with_snapshots():
    """Names of the experiments that keep weights after some of their epochs."""
    return [name for name, entry in STUDY.experiments.items() if entry.training.snapshots]


def snapshots_of(wildcards):
    """The snapshots of all trainings of an experiment, where there are any."""
    asked = experiment_of(wildcards).training.snapshots
    return of_all_seeds(SNAPSHOTS)(wildcards) if asked else []


def baselines_of(wildcards):
    """The baselines' predictions of the target that an experiment learns; variables have none."""
    if learns_variables(wildcards):
        return []
    return [BASELINES.format(dataset=experiment_of(wildcards).dataset, target=wildcards.target)]


def baselines_as_json(wildcards):
    """The configuration of a target's baselines by label."""
    target = STUDY.datasets[wildcards.dataset].targets[wildcards.target]
    return json.dumps({label: entry.model_dump() for label, entry in target.baselines.items()})


def of_all_seeds(pattern):
    """The files of all seeds of an experiment."""
    return lambda wildcards: expand(
        pattern, experiment=wildcards.experiment, seed=experiment_of(wildcards).seeds
    )


LOOKED_INTO = {n: e for n, e in STUDY.experiments.items() if e.evaluation.inside is not None}


def of_first_seed(pattern):
    """The file of the network that stands for an experiment."""
    return lambda wildcards: pattern.format(
        experiment=wildcards.experiment, seed=experiment_of(wildcards).seeds[0]
    )


def for_judging(experiment, but=("calibration", "bias_correction")):
    """An experiment's configuration as its numbers depend on it: a look inside changes none.

    Nor do recorded events; what corrects its predictions changes those of the experiment alone.
    """
    unseen = {"inside", "data", *but}
    return experiment.model_dump(mode="json", exclude={"scan": True, "evaluation": unseen})


def for_looking(wildcards):
    """An experiment as a look inside depends on it: neither other seeds nor how it is judged."""
    experiment = experiment_of(wildcards)
    judging = set(type(experiment.evaluation).model_fields) - {"inside"}
    return experiment.model_dump_json(exclude={"scan": True, "seeds": True, "evaluation": judging})


def names_of_all_targets(experiments):
    """The targets of experiments and ensembles, each with the name of its experiment."""
    return [
        {"experiment": name, "target": target}
        for name, experiment in experiments.items()
        for target in STUDY.targets_of(experiment)
    ]


def of_all_targets(pattern):
    """The files of all targets of all experiments and ensembles."""
    return [pattern.format(**names) for names in names_of_all_targets(JUDGED)]


def of_every_training(pattern):
    """The files of all trainings of all experiments."""
    return [
        pattern.format(experiment=name, seed=seed)
        for name, experiment in STUDY.experiments.items()
        for seed in experiment.seeds
    ]


def compared_experiments(wildcards):
    """The experiments and ensembles that are compared for a target of a data set, by name."""
    names = STUDY.compared()[wildcards.dataset, wildcards.target]
    return {name: JUDGED[name] for name in names}


def compared_histories(wildcards):
    """The histories of all trainings that are compared."""
    return [
        HISTORY.format(experiment=name, seed=seed)
        for name, experiment in compared_experiments(wildcards).items()
        if name not in STUDY.ensembles
        for seed in experiment.seeds
    ]


def compared_predictions(wildcards):
    """The predictions of all experiments and ensembles that are compared."""
    return [PREDICTIONS.format(experiment=name) for name in compared_experiments(wildcards)]


def compared_metrics(wildcards):
    """The numbers of the experiments that are compared."""
    return [
        METRICS.format(experiment=name, target=wildcards.target)
        for name in compared_experiments(wildcards)
    ]


def compared_baselines(wildcards):
    """The baselines of a compared target, in all data sets of the experiments that learn it."""
    names = dict.fromkeys(e.dataset for e in compared_experiments(wildcards).values())
    return [BASELINES.format(dataset=name, target=wildcards.target) for name in names]


def of_all_compared_targets(pattern):
    """The files of all targets that are compared."""
    return [pattern.format(dataset=d, target=t) for d, t in STUDY.compared()]


def label_of(wildcards):
    """The symbol of the target on axes."""
    if learns_variables(wildcards):
        return ""
    dataset = STUDY.datasets[experiment_of(wildcards).dataset]
    return dataset.targets[wildcards.target].label or ""


def predictions_as_json(wildcards, folders):
    """The prediction files of a target by experiment, as JSON."""
    return json.dumps({Path(folder).name: predictions_in(wildcards, folder) for folder in folders})


def folders_of_seeds(folder):
    """The folders of all seeds in one of an experiment's or an ensemble's predictions."""
    return [f"{folder}/{seed}" for seed in JUDGED[Path(folder).name].seeds]


def predictions_in(wildcards, folder):
    """The prediction files of a target, one for each seed."""
    return [f"{inner}/{wildcards.target}.h5" for inner in folders_of_seeds(folder)]


def by_experiment(folders):
    """Group folders <experiment>/<seed> by experiment."""
    folders = list(folders)
    names = dict.fromkeys(Path(folder).parent.name for folder in folders)
    return {name: [f for f in folders if Path(f).parent.name == name] for name in names}
