# What all rules share: the checked study, the paths of all files, and how jobs find programs.
import json

ROOT = Path(workflow.basedir).parent
sys.path.insert(0, str(ROOT / "src"))

from footprint.config import parse_study
from footprint.errors import FootprintError
from footprint.ingest.sources import check_distinct, sources

# Jobs run the Python that runs Snakemake, activated or not, and this checkout's library. A
# software deployment (--sdm conda) puts its own Python in front.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ["PYTHONPATH"] = str(ROOT / "src")

try:
    STUDY = parse_study(config, ", ".join(map(str, workflow.configfiles)) or "--config")
    SOURCES = {
        name: sources(name, sample.files)
        for name, sample in STUDY.samples.items()
        if hasattr(sample, "reader")
    }
    read = [f"{name}/{source.key}" for name, found in SOURCES.items() for source in found]
    check_distinct([name for name in STUDY.samples if name not in SOURCES] + read)
except FootprintError as error:
    sys.exit(f"{type(error).__name__}: {error}")

SIMULATED = {name: s for name, s in STUDY.samples.items() if hasattr(s, "generator")}
SCRIPTS = os.path.relpath(ROOT / "scripts")


pathvars:
    results=f"results/{STUDY.study}",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


# Every path of the workflow, in the order of the arrows.
EVENTS = "<results>/events/{sample}/{part}.h5"
DATASET = "<results>/datasets/{dataset}.h5"
MODEL = "<results>/models/{experiment}/{seed}/model.keras"
HISTORY = "<results>/models/{experiment}/{seed}/history.csv"
RECORD = "<results>/models/{experiment}/{seed}/training.json"
PREDICTION = "<results>/predictions/{experiment}/{seed}.h5"
BASELINES = "<results>/predictions/baselines/{dataset}/{target}"
METRICS = "<results>/metrics/{experiment}.json"
TABLES = "<results>/tables/{experiment}"
FIGURES = "<results>/figures/{experiment}"
SUMMARY = "<results>/summary.md"
SUMMARY_PAGE = "<results>/summary.html"
STUDY_FILE = "<results>/study.json"
REPORT = "<results>/report.html"


def ranges(events, events_per_job):
    """Cut a simulated sample into jobs: part name to first event and number of events."""
    cuts = range(0, events, events_per_job)
    sizes = {first: min(events_per_job, events - first) for first in cuts}
    return {
        f"{first:08d}-{first + n - 1:08d}": (first, n) for first, n in sizes.items()
    }


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


def target_of(wildcards):
    return STUDY.target_of(experiment_of(wildcards))


def dataset_of(wildcards):
    return DATASET.format(dataset=experiment_of(wildcards).dataset)


def as_json(get):
    """A parameter: a part of the study as JSON, found by the job's wildcards."""
    return lambda wildcards: get(wildcards).model_dump_json()


def code_of(*rooms):
    """The library files that decide a rule's result: a change in them runs it again."""
    library = ROOT / "src" / "footprint"
    files = []
    for room in rooms:
        path = library / room
        files += (
            sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
        )
    return [os.path.relpath(file) for file in files]
