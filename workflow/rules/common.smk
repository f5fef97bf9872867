# What all rules share: the checked study, the paths of all files, and how jobs find programs.
import json

ROOT = Path(workflow.basedir).parent
sys.path.insert(0, str(ROOT / "src"))

from footprint.config import parse_study
from footprint.errors import FootprintError
from footprint.ingest.sources import check_distinct, sources

# Jobs run the Python that runs Snakemake, activated or not, and this checkout's library. A
# software deployment (--sdm conda) puts its own Python in front.
os.environ.update(
    PATH=os.pathsep.join([str(Path(sys.executable).parent), *os.get_exec_path()]),
    PYTHONPATH=str(ROOT / "src"),
)

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
