"""The file that HDF5 writes into: it remembers what the disk refused."""

from io import FileIO
from pathlib import Path
from typing import Any


class Sink(FileIO):
    """A file, for h5py to write into, that takes note of the first failure.

    HDF5 writes much of its data when an array or the file is closed, where h5py can only drop
    errors: space that runs out for a moment would leave a file that opens, with zeros in place of
    events. Nor does HDF5 recover from a refused write, the program crashes when it ends. So
    nothing is refused here: after a failure all is swallowed, and `check` says so.

    Attributes
    ----------
    failure
        The first error, None as long as all is well.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w+")
        self.failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write all, or take note that it cannot be done and make room for others."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        while len(rest) and self.failure is None:
            try:
                rest = rest[super().write(rest) :]
            except OSError as error:
                self.failure = error
                super().truncate(0)
        return size

    def truncate(self, size: int | None = None, /) -> int:
        """Change the length, unless a write has failed."""
        return super().truncate(size) if self.failure is None else size or 0

    def check(self) -> None:
        """Raise the first failure.

        Raises
        ------
        OSError
            As the operating system gave it.
        """
        if self.failure is not None:
            raise self.failure
