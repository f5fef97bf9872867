# What all rules share: the checked study, the paths of all files, and how jobs find programs.
import json

ROOT = Path(workflow.basedir).parent
sys.path.insert(0, str(ROOT / "src"))

from footprint.config import parse_study, read_yaml
from footprint.config.addresses import is_remote, shown, without_secrets
from footprint.config.downloads import FOLDER, all_fetched
from footprint.config.ensembles import SEED as SEED_OF_ENSEMBLES
from footprint.config.exports import (
    SUFFIXES,
    applied_of,
    exported,
    format_of,
    not_exported,
    says_of,
)
from footprint.errors import ConfigError, FootprintError
from footprint.files.clocks import refuse_future
from footprint.files.storage import check_writable
from footprint.ingest.cache import cache_folder, drop_dead_links
from footprint.ingest.listing import with_files_listed
from footprint.ingest.sources import check_distinct, sources, sources_of
from footprint.config.points import points_of, settings_of
from footprint.config.scan_points import known_points, rounds_of, seed_of_round, with_values
from footprint.config.simulated import Simulated
from footprint.config.variations import NOMINAL
from footprint.seeds import series_of
from footprint.survey import ARRAYS as SURVEY_NEEDS
from footprint.survey import EVENTS as SURVEY_EVENTS

# Jobs run the Python that runs Snakemake, activated or not, and this checkout's library. A
# software deployment (--sdm conda) puts its own Python in front. Pydantic would look for plugins,
# of which there are none, through all installed packages at the start of each.
os.environ.update(
    PYDANTIC_DISABLE_PLUGINS="__all__",
    PATH=os.pathsep.join([str(Path(sys.executable).parent), *os.get_exec_path()]),
    PYTHONPATH=os.pathsep.join(filter(None, [str(ROOT / "src"), os.getenv("PYTHONPATH")])),
)

# Where the configuration comes from, for messages.
ORIGINS = [", ".join(map(str, workflow.configfiles))]
if workflow.config_settings.config:
    ORIGINS.append("--config")


def refuse_braces(key, path):
    """Snakemake takes braces in the path of an input for wildcards and knows no way to quote."""
    if "{" in path and "://" not in path:
        raise ConfigError(
            f"{key}: '{path}' has braces, which Snakemake takes for wildcards: rename the file or "
            f"folder, or give a link to it"
        )


try:
    for file in workflow.configfiles:
        if Path(file).suffix in {".yaml", ".yml"}:
            read_yaml(Path(file))  # Snakemake itself lets a repeated key pass
    cache_folder(os.getenv("FOOTPRINT_CACHE"))  # what is wrong with it is said before jobs start
    STUDY = with_files_listed(parse_study(config, " and ".join(filter(None, ORIGINS))))
    SOURCES = {
        name: sources_of(name, sample)
        for name, sample in STUDY.samples.items()
        if hasattr(sample, "reader")
    }
    for name, found in SOURCES.items():
        for source in found:
            refuse_braces(f"samples.{name}.files", source.path)
    for name, experiment in STUDY.experiments.items():
        refuse_braces(f"experiments.{name}.model.file", getattr(experiment.model, "file", ""))
        tested = experiment.evaluation.two_sample.model
        key = f"experiments.{name}.evaluation.two_sample.model.file"
        refuse_braces(key, getattr(tested, "file", ""))
    POINTS = STUDY.points()
    for samples in [STUDY.samples, *(point.samples for point in POINTS.values())]:
        for name, sample in samples.items():
            if name not in SOURCES:
                path = getattr(sample.options, "stations", None) or ""
                refuse_braces(f"samples.{name}.options.stations", path)
    nominal = POINTS[NOMINAL].samples if POINTS else {}
    varied = [
        series_of(key, "variations") for key, s in nominal.items() if isinstance(s, Simulated)
    ]
    read = [f"{name}/{source.key}" for name, found in SOURCES.items() for source in found]
    check_distinct([name for name in STUDY.samples if name not in SOURCES] + read + varied)
    JUDGED = STUDY.judged()
    EXPORTS = exported(STUDY.export, STUDY.experiments, STUDY.datasets)
    APPLIED_AS = {name: STUDY.read_as(name) for name in STUDY.apply}
    APPLIED_TO = {
        name: (
            sources_of(f"apply.{name}", sample)
            if sample
            else sources(f"apply.{name}", STUDY.apply[name].files)
        )
        for name, sample in APPLIED_AS.items()
    }
    for name, found in APPLIED_TO.items():
        for source in found:
            refuse_braces(f"apply.{name}.files", source.path)
    check_writable(Path.cwd())  # Snakemake would show a traceback
    read_from = [*SOURCES.values(), *APPLIED_TO.values()]
    going_in = [path for found in read_from for s in found for path in (s.path, *s.beside)]
    own = [getattr(experiment.model, "file", "") for experiment in STUDY.experiments.values()]
    refuse_future(Path(path) for path in (*going_in, *own) if path)
    refuse_future(path for room in ("src", "scripts") for path in (ROOT / room).rglob("*.py"))
except FootprintError as error:
    sys.exit(f"{type(error).__name__}: {error}")

SIMULATED = {name: s for name, s in STUDY.samples.items() if hasattr(s, "generator")}
# What applications read from elsewhere is fetched as files of samples are.
READ = STUDY.samples | {f"apply.{name}": sample for name, sample in APPLIED_AS.items()}
PUBLISHED = {os.path.relpath(path, FOLDER): file for path, file in all_fetched(READ).items()}
if workflow.is_main_process:  # nodes may not see the cache
    drop_dead_links(Path(FOLDER) / published for published in PUBLISHED)
SURVEYED = [name for name, s in STUDY.samples.items() if set(SURVEY_NEEDS) <= set(s.arrays)]
