"""Where a sample's files come from: from disk, or from an address with a checksum."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from footprint.config.base import Count, Name, Strict

FOLDER = PurePosixPath("resources/downloads")
"""Where published files are kept, a folder for each set."""
NEXT_TO_IT = (".part", ".wrong")
"""Endings of what a download leaves beside a file while it is not there."""

FileName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=100)
]


class RemoteFile(Strict):
    """A published file: its address, and the checksum that says what it holds."""

    url: str = Field(
        description="Address, http(s). `$NAME` in it is taken from the environment when the file "
        "is fetched, so that no password stands in a study."
    )
    md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        None, description="Checksum of the file, 32 digits."
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="Checksum of the file, 64 digits."
    )
    unpacked_md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        None,
        description="Checksum of what is packed in a .gz file, where the packed bytes differ "
        "from place to place; one of the three is needed.",
    )
    bytes: Count | None = Field(None, description="Size of the file, where it is known.")

    @property
    def checksum(self) -> tuple[str, str]:
        """Algorithm and hexadecimal digits."""
        if self.sha256:
            return "sha256", self.sha256
        return "md5", self.md5 or self.unpacked_md5 or ""

    @model_validator(mode="after")
    def _can_be_fetched_and_checked(self) -> Self:
        address = urlsplit(self.url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            msg = f"url: expected an address that starts with https://, found '{shown(self.url)}'"
            raise ValueError(msg)
        if address.username or address.password:
            msg = (
                f"url: '{shown(self.url)}' has a user name or password in it, which every log "
                f"would show: put $NAME in its place and set the variable NAME"
            )
            raise ValueError(msg)
        if sum(key is not None for key in (self.md5, self.sha256, self.unpacked_md5)) != 1:
            msg = (
                "needs one checksum, 'md5:' or 'sha256:' (of what a .gz file holds "
                "'unpacked_md5:'), that says which file is the right one"
            )
            raise ValueError(msg)
        return self


def shown(url: str) -> str:
    """Leave out of an address what may be a secret: user, password, query, fragment."""
    address = urlsplit(url)
    host = address.netloc.rpartition("@")[2]
    return f"{address.scheme}://{host}{address.path}" if address.scheme else address.path


class Download(Strict):
    """Published files that are fetched once, checked, and kept outside the results."""

    set: Name | None = Field(
        None,
        description="Name of the published set: its files go to resources/downloads/<set>/, where "
        "other samples and studies find them. Without it, the sample's name.",
    )
    files: Annotated[dict[FileName, RemoteFile], Field(min_length=1)] = Field(
        description="Published files by the name they get on disk."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        seen: dict[str, str] = {}
        for name in self.files:
            if name.endswith(NEXT_TO_IT):
                msg = f"files: '{name}' ends like a download that is not finished: rename it"
                raise ValueError(msg)
            other = seen.setdefault(name.lower(), name)
            if other != name:
                msg = f"files: '{other}' and '{name}' are one file on some disks: rename one"
                raise ValueError(msg)
        return self

    def paths(self, sample: str) -> dict[str, RemoteFile]:
        """Say where each file goes, relative to the working directory."""
        return {str(FOLDER / (self.set or sample) / name): f for name, f in self.files.items()}


class ReadSample(Strict):
    """What all samples have in common that are read from files."""

    reads_addresses: ClassVar[bool] = False
    """Whether the reader understands addresses, and not only what lies on a disk."""

    files: list[str] = Field(
        [], description="Paths or globs. Where they are given nothing is downloaded."
    )
    download: Download | None = Field(
        None, description="Published files to fetch, where `files` names none."
    )

    @model_validator(mode="after")
    def _has_files(self) -> Self:
        if not self.files and self.download is None:
            msg = "needs 'files:' (paths or globs), or 'download:' to fetch published ones"
            raise ValueError(msg)
        for path in self.files:
            if "://" in path and not self.reads_addresses:
                reader = getattr(self, "reader", "this reader")
                msg = (
                    f"files: '{shown(path)}' is an address, {reader} is read from disk: download "
                    f"it first, or let 'download:' do it"
                )
                raise ValueError(msg)
        return self

    def together(self, sample: str, paths: Sequence[str]) -> dict[str, tuple[str, ...]]:  # noqa: ARG002, readers may need it
        """List the files that events are numbered by, each with those that are read with it."""
        return dict.fromkeys(paths, ())

    def fetched(self, sample: str) -> dict[str, RemoteFile]:
        """Name the files that must be fetched before the sample can be read, by their paths."""
        if self.files or self.download is None:
            return {}
        return self.download.paths(sample)


def all_fetched(samples: Mapping[str, object]) -> dict[str, RemoteFile]:
    """Collect the files that a study fetches, by path.

    Raises
    ------
    ValueError
        Two samples mean different files by the same path.
    """
    found: dict[str, RemoteFile] = {}
    owner: dict[str, str] = {}
    for name, sample in samples.items():
        for path, file in sample.fetched(name).items() if isinstance(sample, ReadSample) else ():
            if found.setdefault(path, file) != file:
                msg = (
                    f"samples.{owner[path]}.download and samples.{name}.download both fetch "
                    f"{path}, from different addresses or with other checksums: give one of them "
                    f"another 'set:'"
                )
                raise ValueError(msg)
            owner.setdefault(path, name)
    return found
