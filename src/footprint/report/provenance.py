"""Where a study comes from: versions, configuration, checksums of the files that went in."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from footprint.config.study import Study
from footprint.errors import FileFormatError
from footprint.files.provenance import software
from footprint.report.dataset_cards import Table

FURTHER = ("matplotlib", "mplhep", "pandas", "snakemake")
"""Packages that shape figures and the page, beside those that shape numbers."""
LARGEST_GB = 4.0
"""The sum of larger files is not taken here, since it would take minutes."""
_BLOCK = 1 << 22


@dataclass(frozen=True)
class Provenance:
    """Where a study comes from.

    Attributes
    ----------
    commit
        Version of the library that made the page.
    versions
        Software by name.
    inputs
        Files that samples were read from, with their checksums; None where all was simulated.
    seeds
        Seeds of the study and of each experiment.
    config
        The study as YAML: what differs from the defaults.
    """

    commit: str
    versions: Mapping[str, str]
    inputs: Table | None
    seeds: Table
    config: str


def read_study(path: Path) -> tuple[Study, dict[str, Any]]:
    """Read the checked configuration, as the study and as the dictionary that captions see.

    Raises
    ------
    FileFormatError
        The file is missing or not JSON.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Study.model_validate_json(text), json.loads(text)
    except OSError:
        msg = f"the study's configuration is not there: {path}"
        raise FileFormatError(msg) from None
    except ValueError as error:
        msg = f"{path} is not the configuration of a study: {error}. Run it again"
        raise FileFormatError(msg) from None


def provenance(study: Study, inputs: Mapping[str, Sequence[Mapping[str, str]]]) -> Provenance:
    """Collect where a study comes from.

    Parameters
    ----------
    study
        The study.
    inputs
        By sample the files that it was read from: ``name``, and ``path`` of those that lie here.
    """
    found = json.loads(software())
    commit = found.pop("commit")
    versions = {**found, **{name: _version(name) for name in FURTHER}}
    rows = tuple(
        (sample, file["name"], *_sum(file["path"]))
        for sample, files in inputs.items()
        for file in files
    )
    return Provenance(
        commit=commit,
        versions=dict(sorted(versions.items())),
        inputs=Table("Files that went in", ("sample", "file", "bytes", "SHA-256"), rows)
        if rows
        else None,
        seeds=Table(
            "Seeds",
            ("of", "seeds"),
            (
                ("study: simulation", str(study.seed)),
                *(
                    (name, ", ".join(map(str, experiment.seeds)))
                    for name, experiment in study.experiments.items()
                ),
            ),
        ),
        config=as_yaml(study),
    )


def as_yaml(study: Study) -> str:
    """Write a study as YAML, without what is as the defaults have it."""
    content = study.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=90)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _sum(file: str) -> tuple[str, str]:
    """Give size and checksum of a file; one that is read in place over a network has neither."""
    path = Path(file)
    if not file:
        return "", "not taken: read over the network"
    if not path.is_file():
        return "", "not taken: no longer there"
    size = path.stat().st_size
    if size > LARGEST_GB * 1e9:
        return f"{size:,}", f"not taken: larger than {LARGEST_GB:g} GB"
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return f"{size:,}", digest.hexdigest()
