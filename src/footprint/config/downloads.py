"""Where a sample's files come from: from disk, or from an address with a checksum."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Self
from urllib.parse import unquote

from pydantic import Field, StringConstraints, model_validator

from footprint.config.addresses import check_address, file_name, is_remote, short_hash, shown
from footprint.config.base import Count, Name, Strict
from footprint.errors import suggest

FOLDER = PurePosixPath("resources/downloads")
"""Where files from elsewhere are kept, or links to them in a cache."""
NEXT_TO_IT = (".part", ".wrong", ".version", ".lock")
"""Endings of what a download leaves beside a file while it is not there."""

ONE_CHECKSUM = (
    "needs one checksum, 'md5:' or 'sha256:' (XRootD's is 'adler32:', that of what a .gz file "
    "holds 'unpacked_md5:'), that says which file is the right one"
)
CHECKSUM = re.compile(r"md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}|adler32:[0-9a-f]{8}")
FileName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=100)
]


class RemoteFile(Strict):
    """A file that lies elsewhere: its address, and the checksum that says what it holds."""

    url: str = Field(
        description="Address: https, http, root, roots, s3, or zenodo://<record>/<file>. `$NAME` "
        "in it is taken from the environment when the file is fetched, so that no password "
        "stands in a study."
    )
    md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        None, description="Checksum of the file, 32 digits."
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="Checksum of the file, 64 digits."
    )
    adler32: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")] | None = Field(
        None,
        description="Checksum of the file as XRootD tells it, 8 digits; finds accidents, not "
        "intent.",
    )
    unpacked_md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        None,
        description="Checksum of what is packed in a .gz file, where the packed bytes differ "
        "from place to place.",
    )
    bytes: Count | None = Field(None, description="Size of the file, where it is known.")

    @property
    def given(self) -> dict[str, str]:
        """The checksums that are given, by key."""
        keys = ("sha256", "md5", "unpacked_md5", "adler32")
        return {key: value for key in keys if (value := getattr(self, key)) is not None}

    @property
    def checksum(self) -> tuple[str, str] | None:
        """Algorithm and hexadecimal digits, None where nothing is known."""
        for key, digits in self.given.items():
            return key.removeprefix("unpacked_"), digits
        return None

    @property
    def identity(self) -> str:
        """Folder in a cache: files of one checksum are one file, whatever their address.

        Too many files share an adler32, so the address counts as well there.
        """
        address = short_hash(self.url)
        for key, digits in self.given.items():
            return f"{key}-{digits}" + (f"-{address}" if key == "adler32" else "")
        return f"address-{address}"

    @model_validator(mode="after")
    def _can_be_fetched(self) -> Self:
        try:
            check_address(self.url)
        except ValueError as error:
            msg = f"url: {error}"
            raise ValueError(msg) from None
        if len(self.given) > 1:
            msg = f"{ONE_CHECKSUM}, found {', '.join(self.given)}"
            raise ValueError(msg)
        return self


class PublishedFile(RemoteFile):
    """A published file: its address, and one checksum."""

    @model_validator(mode="after")
    def _can_be_checked(self) -> Self:
        if not self.given:
            raise ValueError(ONE_CHECKSUM)
        return self


class Download(Strict):
    """Published files that are fetched once, checked, and kept outside the results."""

    set: Name | None = Field(
        None,
        description="Name of the published set: its files go to resources/downloads/<set>/, where "
        "other samples and studies find them. Without it, the sample's name.",
    )
    files: Annotated[dict[FileName, PublishedFile], Field(min_length=1)] = Field(
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

    can_stream: ClassVar[bool] = False
    """Whether the reader can read in place what lies elsewhere."""
    takes_addresses: ClassVar[bool] = True
    """Whether files may be named by addresses; not where several make up a part."""

    files: list[str] = Field(
        [],
        description="Paths, globs, or addresses (https, http, root, roots, s3, "
        "zenodo://<record>/<file>). Where they are given nothing of `download` is fetched.",
    )
    checksums: dict[str, str] = Field(
        {},
        description="Checksums of addresses among `files`, by address or file name: `md5:...`, "
        "`sha256:...` or `adler32:...`.",
    )
    stream: bool = Field(
        False,
        description="Read addresses in place (readers of ROOT files), instead of from a copy in "
        "the cache; nothing is checked then.",
    )
    download: Download | None = Field(
        None, description="Published files to fetch, where `files` names none."
    )

    @model_validator(mode="after")
    def _has_files(self) -> Self:
        if not self.files and self.download is None:
            msg = "needs 'files:' (paths or globs), or 'download:' to fetch published ones"
            raise ValueError(msg)
        for path in filter(is_remote, self.files):
            self._check_address(path)
        if self.stream and not self.can_stream:
            msg = f"stream: {self._reader} reads copies only: leave it out"
            raise ValueError(msg)
        if self.stream and self.checksums:
            msg = "stream: what is read in place is not checked: leave out 'checksums' or 'stream'"
            raise ValueError(msg)
        self._check_checksums()
        return self

    @property
    def _reader(self) -> str:
        return getattr(self, "reader", "this reader")

    def _check_address(self, path: str) -> None:
        if not self.takes_addresses:
            msg = (
                f"files: '{shown(path)}' is an address, {self._reader} is read from disk: download "
                f"it first, or let 'download:' do it"
            )
            raise ValueError(msg)
        try:
            check_address(path)
        except ValueError as error:
            msg = f"files: {error}"
            raise ValueError(msg) from None
        if self.stream and "$" in path:
            msg = (
                f"files: '{shown(path)}' has a variable in it, which error messages would show "
                f"where it is read in place: leave out 'stream'"
            )
            raise ValueError(msg)

    def _check_checksums(self) -> None:
        """Refuse checksums of nothing, of several files, and files that are one."""
        remote = list(filter(is_remote, self.files))
        owners: dict[str, str] = {}
        for key, checksum in self.checksums.items():
            if not CHECKSUM.fullmatch(checksum):
                msg = (
                    f"checksums: that of '{shown(key)}' is '{checksum}', expected md5: and 32, "
                    f"sha256: and 64, or adler32: and 8 of the digits 0-9a-f"
                )
                raise ValueError(msg)
            meant = [url for url in remote if _means(key, url)]
            if len(meant) != 1:
                names = [file_name(url) for url in remote]
                what = "several addresses" if meant else "no address"
                msg = f"checksums: '{shown(key)}' is {what} of 'files'; {suggest(key, names)}"
                raise ValueError(msg)
            if "*" in meant[0]:
                continue  # how many files there are is not known
            other = owners.setdefault(meant[0], key)
            if other != key:
                msg = f"checksums: '{shown(key)}' and '{shown(other)}' are one file: say it once"
                raise ValueError(msg)
            twin = owners.setdefault(checksum, meant[0])
            if twin != meant[0] and not checksum.startswith("adler32"):
                msg = (
                    f"checksums: '{shown(twin)}' and '{shown(meant[0])}' are the same file by "
                    f"{checksum}: read it once"
                )
                raise ValueError(msg)

    def remote(self, url: str) -> RemoteFile:
        """Describe a file that `files` names by its address."""
        text = next((self.checksums[key] for key in _names(url) if key in self.checksums), "")
        key, _, digits = text.partition(":")
        return RemoteFile.model_validate({"url": url} | ({key: digits} if key else {}))

    def copy_of(self, url: str) -> str:
        """Say where the copy of an address among `files` goes."""
        return str(FOLDER / self.remote(url).identity / file_name(url))

    def together(self, sample: str, paths: Sequence[str]) -> dict[str, tuple[str, ...]]:  # noqa: ARG002, readers may need it
        """List the files that events are numbered by, each with those that are read with it."""
        return dict.fromkeys(paths, ())

    def fetched(self, sample: str) -> dict[str, RemoteFile]:
        """Name the files that must be fetched before the sample can be read, by their paths."""
        if self.files:
            urls = [] if self.stream else filter(is_remote, self.files)
            return {self.copy_of(url): self.remote(url) for url in urls}
        return self.download.paths(sample) if self.download else {}


def _names(url: str) -> tuple[str, ...]:
    """List what a checksum may call an address: itself, its file's name, and that of the copy."""
    return url, unquote(url.rpartition("/")[2]), file_name(url)


def _means(key: str, url: str) -> bool:
    """Say whether an address is named by itself, by its file's name, or by one that a glob fits."""
    return key in _names(url) or (
        "*" in url and (fnmatchcase(key, url) or fnmatchcase(key, url.rpartition("/")[2]))
    )


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
        files = sample.fetched(name) if isinstance(sample, ReadSample) else {}
        for path, file in files.items():
            other = found.setdefault(path, file)
            # A folder by checksum holds that file, whichever address it came from.
            if other != file and file.identity not in path:
                msg = (
                    f"samples.{owner[path]}.download and samples.{name}.download both fetch "
                    f"{path}, from different addresses or with other checksums: give one of them "
                    f"another 'set:'"
                )
                raise ValueError(msg)
            owner.setdefault(path, name)
    return found
