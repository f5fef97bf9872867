# What a job of a scan needs to know, found by its wildcards.
SCANNED = {name: e for name, e in STUDY.experiments.items() if e.scan is not None}
# Points by name, with their values; those that Optuna will propose have none yet.
KNOWN_POINTS = {name: known_points(name, e.scan, STUDY.seed) for name, e in SCANNED.items()}
ROUNDS = {name: rounds_of(e.scan) for name, e in SCANNED.items()}
# What a network is trained by. What was not said is left out where values are set later, since
# its default may depend on them.
OF_TRAINING = {"exclude": {"evaluation", "seeds", "scan"}}


def names_of_points(experiment):
    """The points of a scan, in order."""
    proposed = [point for points in ROUNDS[experiment].values() for point in points]
    return [*KNOWN_POINTS[experiment], *proposed]


def code_of_point(wildcards):
    """The library files that decide what a point of a scan is and how it is trained."""
    return code_of_network(wildcards) + code_of("scans/point", "config/scan_points", "config/scans")


def point_as_json(wildcards):
    """The experiment at a point."""
    values = KNOWN_POINTS[wildcards.experiment][wildcards.point]
    return with_values(experiment_of(wildcards), values).model_dump_json(**OF_TRAINING)


def round_of(wildcards):
    """The round of a point that Optuna proposes."""
    rounds = ROUNDS[wildcards.experiment]
    return next(number for number, points in rounds.items() if wildcards.point in points)


def proposals_of_point(wildcards):
    """The file that says what a point is."""
    return PROPOSALS.format(experiment=wildcards.experiment, round=round_of(wildcards))


def records_of_points(wildcards):
    """The records of all points of a scan."""
    points = names_of_points(wildcards.experiment)
    return [SCAN_RECORD.format(experiment=wildcards.experiment, point=name) for name in points]


def records_before(wildcards):
    """The records of the points of all earlier rounds."""
    rounds = ROUNDS[wildcards.experiment].items()
    return [
        SCAN_RECORD.format(experiment=wildcards.experiment, point=point)
        for number, points in rounds
        if number < int(wildcards.round)
        for point in points
    ]


def points_of_round(wildcards):
    """An option for each point of a round."""
    return [f"--point={name}" for name in ROUNDS[wildcards.experiment][int(wildcards.round)]]


def scan_as_json(wildcards):
    """A scan as its proposals and its table depend on it."""
    return experiment_of(wildcards).scan.model_dump_json()


def seed_of_proposals(wildcards):
    """The seed of a round, from the study's."""
    return seed_of_round(wildcards.experiment, STUDY.seed, int(wildcards.round))


def files_of_points(pattern):
    """A file of each point of the scan of a training."""

    def found(wildcards):
        name = wildcards.training.partition("/")[0]
        return [pattern.format(experiment=name, point=point) for point in names_of_points(name)]

    return found


def scan_of_training(pattern):
    """A path of the scan of a training."""
    return lambda wildcards: pattern.format(experiment=wildcards.training.partition("/")[0])
