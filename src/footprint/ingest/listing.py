"""Globs over files that lie elsewhere, where the protocol can list: S3 and XRootD."""

import logging
from collections.abc import Callable
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from footprint.config.addresses import is_remote, short_hash, shown
from footprint.config.downloads import FOLDER, ReadSample
from footprint.config.study import Study
from footprint.errors import ConfigError, FileFormatError
from footprint.files.atomic import write_text
from footprint.ingest.over_s3 import client_of_bucket
from footprint.ingest.over_xrootd import client_of
from footprint.ingest.transfer import DownloadError, TryAgain

SECONDS = 30
"""Without an answer."""

log = logging.getLogger(__name__)


def with_files_listed(study: Study) -> Study:
    """Put the addresses that fit them in the place of globs over S3 and XRootD.

    What a server listed is kept under resources/downloads, so that it is asked once and a study
    does not change under one's hands; removing the list has it asked again.

    Raises
    ------
    DownloadError
        The server cannot be asked.
    FileFormatError
        No file fits.
    ConfigError
        The glob asks for more than can be listed.
    """
    samples = {
        name: sample.model_copy(update={"files": _listed(name, sample)})
        if isinstance(sample, ReadSample) and any(map(_is_glob, sample.files))
        else sample
        for name, sample in study.samples.items()
    }
    return study.model_copy(update={"samples": samples})


def _is_glob(entry: str) -> bool:
    return is_remote(entry) and "*" in entry and urlsplit(entry).scheme in LISTS


def _listed(sample: str, config: ReadSample) -> list[str]:
    entries = config.files
    return [f for e in entries for f in (_remembered(sample, e) if _is_glob(e) else [e])]


def _remembered(sample: str, entry: str) -> list[str]:
    path = Path(FOLDER) / f"listing-{short_hash(entry)}.txt"
    if path.is_file():
        return path.read_text(encoding="utf-8").splitlines()
    where = f"samples.{sample}.files"
    folder, _, pattern = entry.rpartition("/")
    if "*" in folder or "$" in entry or "?" in entry:
        msg = (
            f"{where}: '{shown(entry)}' asks for too much: in a glob over files elsewhere * "
            f"stands in the last part alone, without variables and queries"
        )
        raise ConfigError(msg)
    names = sorted(LISTS[urlsplit(entry).scheme](folder))
    found = [name for name in names if fnmatchcase(name, _literal(pattern))]
    if not found:
        listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")  # noqa: PLR2004
        msg = f"{where}: no file matches '{entry}'; {folder} holds {listed or 'no files'}"
        raise FileFormatError(msg)
    files = [f"{folder}/{quote(name)}" for name in found]
    write_text(path, "\n".join(files) + "\n")
    log.warning("%s: %d files, kept in %s; remove it to ask again", entry, len(files), path)
    return files


def _literal(pattern: str) -> str:
    """Let nothing but the asterisk have a meaning."""
    return "*".join(escape(unquote(part)) for part in pattern.split("*"))


def _of_bucket(folder: str) -> list[str]:
    address = urlsplit(folder)
    prefix = unquote(address.path.strip("/"))
    prefix = f"{prefix}/" if prefix else ""
    try:
        with client_of_bucket(folder) as client:
            found = list(client.list_objects(address.netloc, prefix=prefix))
    except TryAgain as trouble:
        raise DownloadError(str(trouble)) from None
    return [entry.object_name.removeprefix(prefix) for entry in found if not entry.is_dir]


def _of_xrootd(folder: str) -> list[str]:
    client = client_of(folder)
    address = urlsplit(folder)
    from XRootD.client.flags import DirListFlags, StatInfoFlags

    server = client.FileSystem(f"{address.scheme}://{address.netloc}")
    path = unquote(address.path)
    path = path.removeprefix("/") if path.startswith("//") else path
    status, entries = server.dirlist(path, DirListFlags.STAT, timeout=SECONDS)
    if not status.ok:
        msg = f"cannot list {shown(folder)}: {' '.join(str(status.message).split())}"
        raise DownloadError(msg)
    return [e.name for e in entries if not (e.statinfo.flags & StatInfoFlags.IS_DIR)]


LISTS: dict[str, Callable[[str], list[str]]] = {
    "s3": _of_bucket,
    "root": _of_xrootd,
    "roots": _of_xrootd,
}
