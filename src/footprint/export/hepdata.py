"""A submission to HEPData: every table behind the figures, with errors, units and qualifiers.

The layout is that of https://hepdata-submission.readthedocs.io, written by hepdata_lib.
"""

import gzip
import io
import logging
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from footprint.errors import DataError, FileFormatError
from footprint.evaluation.quantities import CONFIDENCE
from footprint.export.hepdata_datasets import OF_DATASETS
from footprint.export.hepdata_experiments import OF_EXPERIMENTS
from footprint.export.hepdata_layout import LEFT_OUT, Layout
from footprint.export.hepdata_samples import OF_SAMPLES
from footprint.export.hepdata_tables import (
    SPREAD,
    STATISTICAL,
    groups,
    read,
    variables,
    without_errors,
)
from footprint.figures.table_files import read_facts

FOLDER, ARCHIVE = "submission", "submission.tar.gz"
KINDS: dict[str, Mapping[str, Layout]] = {
    **dict.fromkeys(("figure", "comparison", "variation", "data"), OF_EXPERIMENTS),
    "dataset": OF_DATASETS,
    "sample": OF_SAMPLES,
}
"""What tables are about, as the report names it: how they are laid out."""
_LONGEST_NAME = 64
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tables:
    """A folder of tables.

    Attributes
    ----------
    kind
        One of `KINDS`.
    folder
        Where they lie.
    names
        What they are about, such as experiment and target.
    """

    kind: str
    folder: Path
    names: Mapping[str, str]


def write_submission(output: Path, study: str, commit: str, found: Sequence[Tables]) -> list[str]:
    """Write ``submission/submission.yaml``, a file a table beside it, and an archive of all.

    Parameters
    ----------
    output
        Folder to write; what an earlier submission left there is removed.
    study, commit
        Name of the study, and version of the library, for the abstract.
    found
        The tables.

    Returns
    -------
    list of str
        Names of HEPData's tables.

    Raises
    ------
    FileFormatError
        A table is missing a column, or one is unknown.
    DataError
        A table is empty or has two values at one place, or there are no tables at all.
    """
    folder = output / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.yaml"), *output.glob(ARCHIVE)):
        old.unlink()
    entries = [entry for tables in found for entry in _of_folder(tables)]
    if not entries:
        msg = f"study '{study}': no tables for HEPData among {len(found)} folders: evaluate first"
        raise DataError(msg)
    header = {
        "comment": f"Study {study}, made by Footprint, commit {commit}. Errors labelled "
        f"'{STATISTICAL}' come from a bootstrap over the test events, or of events that are "
        f"counted from their number; '{SPREAD}' is the standard deviation over trainings with "
        f"different seeds. '> n' stands where too few events are left for an error: the value is "
        f"larger than n at {CONFIDENCE:.0%} confidence, along a curve at the end of its 68 % "
        f"interval.",
    }
    text = yaml.safe_dump(header, explicit_start=True, width=10_000)
    (folder / "submission.yaml").write_text(text, encoding="utf-8")
    names: list[str] = []
    for name, entry in entries:
        entry.name = _distinct(name, names)
        names.append(entry.name)
        entry.write_yaml(str(folder))
    _archive(folder, output / ARCHIVE)
    return names


def _of_folder(tables: Tables) -> Iterator[tuple[str, Any]]:
    """Make HEPData's tables of one folder, each with the name it should have."""
    units = ""
    if KINDS[tables.kind] is OF_EXPERIMENTS:
        units = str(
            read_facts(tables.folder / "target.json", ("units",), "evaluate again")["units"]
        )
    for path in sorted(tables.folder.glob("*.csv")):
        layout = KINDS[tables.kind].get(path.stem)
        if layout is None:
            if path.stem not in LEFT_OUT:
                known = ", ".join(sorted({*KINDS[tables.kind], *LEFT_OUT}))
                msg = (
                    f"{path}: no layout for HEPData is known of it; known are {known}: add it to "
                    f"export/hepdata_{_place(tables.kind)}.py"
                )
                raise FileFormatError(msg)
            log.info("%s is left out: %s", path, LEFT_OUT[path.stem])
            continue
        yield from _of_file(path, layout, units or "", tables)


def _place(kind: str) -> str:
    return f"{kind}s" if kind in {"dataset", "sample"} else "experiments"


def _of_file(path: Path, layout: Layout, units: str, tables: Tables) -> Iterator[tuple[str, Any]]:
    from hepdata_lib import Table  # it takes two seconds

    frame = read(path, layout)
    for key, rows in groups(frame, layout.apart):
        words = [*tables.names.values(), path.stem.replace("_", " "), *key.values()]
        entry = Table("table")
        about = ", ".join(f"{name} {value}" for name, value in {**tables.names, **key}.items())
        entry.description = " ".join(
            [f"{layout.about} Of {about}.", *(f"{n}." for n in without_errors(path, layout, rows))]
        )
        entry.location = f"{path.name} of {' '.join(tables.names.values())}"
        entry.keywords = {"phrases": ["machine learning", path.stem.replace("_", " ")]}
        for variable in variables(path, layout, rows, units):
            entry.add_variable(variable)
        yield " ".join(word for word in words if word), entry


def _distinct(name: str, taken: Sequence[str]) -> str:
    """Shorten a name to what HEPData takes, of letters that files may have, unlike all others."""
    plain = re.sub(r"[^A-Za-z0-9 ._-]+", " ", name).strip() or "table"
    short, number = plain[:_LONGEST_NAME], 2
    lower = {other.lower() for other in taken}
    while short.lower() in lower:
        ending = f" {number}"
        short, number = plain[: _LONGEST_NAME - len(ending)] + ending, number + 1
    return short


def _archive(folder: Path, output: Path) -> None:
    """Pack all files without times and owners: the same tables give the same bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.glob("*.yaml")):
            content = path.read_bytes()
            entry = tarfile.TarInfo(path.name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    output.write_bytes(gzip.compress(packed.getvalue(), mtime=0))
