"""CSV files are whole when their last line is."""

from pathlib import Path

from footprint.errors import FileFormatError


def check_last_line(path: Path, remedy: str) -> None:
    """Refuse a file that ends in the middle of a line, which else passes with a shorter number.

    Parameters
    ----------
    path
        The file.
    remedy
        What to do, for messages.

    Raises
    ------
    FileFormatError
        It does not end with a line break.
    """
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        last = content.rpartition(b"\n")[2].decode(errors="replace")
        msg = (
            f"{path} is truncated: its last line {last!r} has no end, expected whole lines. "
            f"{remedy}"
        )
        raise FileFormatError(msg)
