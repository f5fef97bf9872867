"""The figures of a report: found in folders, embedded as they are, with their captions."""

import base64
import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from footprint.errors import FileFormatError
from footprint.report.captions import Caption, Captions

_FIRST = (
    *("comparison", "rejection", "learning_curve", "learning_curves", "roc", "tagging_roc"),
    *("significance_improvement", "confusion_matrix", "truth_vs_prediction", "residuals"),
    *("opening_angle", "distance", "resolution", "relative_resolution", "accuracy"),
    *("observable_distances", "observables", "lateral_distribution", "real_and_generated"),
    *("classes", "spectrum", "flattening", "mean", "gallery", "event_displays"),
)
"""How names begin of the figures that come first, in this order; others follow by name."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGE = 150_000
"""Bytes of a file that is worth the time to make it smaller."""
_WIDE_PIXELS = 700
"""Figures of a whole page's width have more, those of a column fewer."""


@dataclass(frozen=True)
class Folder:
    """A folder of figures.

    Attributes
    ----------
    kind
        What they are about, which is the name of their captions' template.
    path
        Where they lie.
    names
        What the folder is about, such as experiment and target.
    """

    kind: str
    path: Path
    names: Mapping[str, str]


@dataclass(frozen=True)
class Picture:
    """A figure as it stands in the page.

    Attributes
    ----------
    anchor
        Its name in the page, unique there.
    name
        Its name.
    source
        The image as a ``data:`` address.
    width, height
        Pixels.
    wide
        Whether it needs the whole width of the page.
    caption
        What is said of it.
    """

    anchor: str
    name: str
    source: str
    width: int
    height: int
    wide: bool
    caption: Caption


def pictures_of(folder: Folder, captions: Captions) -> list[Picture]:
    """Read the figures of a folder, the more important first.

    Raises
    ------
    FileFormatError
        There is no figure, a file is no PNG, or a caption cannot be made.
    """
    paths = sorted(folder.path.glob("*.png"), key=lambda path: _place(path.stem))
    if not paths:
        msg = f"{folder.path} holds no figure (*.png): draw again"
        raise FileFormatError(msg)
    return [_picture(path, folder, captions) for path in paths]


def _place(name: str) -> tuple[int, str]:
    """Order names: the longest beginning that is known decides, then the alphabet."""
    known = [start for start in _FIRST if name == start or name.startswith(f"{start}_")]
    place = _FIRST.index(max(known, key=len)) if known else len(_FIRST)
    return place, name


def _picture(path: Path, folder: Folder, captions: Captions) -> Picture:
    content = path.read_bytes()
    width, height = _size(content, path)
    if len(content) > _LARGE:
        content = min(content, _fewer_colours(content), key=len)
    return Picture(
        anchor="-".join((folder.kind, *folder.names.values(), path.stem)),
        name=path.stem,
        source=f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}",
        width=width,
        height=height,
        wide=width > _WIDE_PIXELS,
        caption=captions.caption(folder.kind, name=path.stem, **folder.names),
    )


def _fewer_colours(content: bytes) -> bytes:
    """Write a picture with 256 colours, which makes large ones three to four times smaller."""
    smaller = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        palette = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        palette.save(smaller, "PNG")
    return smaller.getvalue()


def _size(content: bytes, path: Path) -> tuple[int, int]:
    if not content.startswith(_SIGNATURE) or len(content) < 24:  # noqa: PLR2004, up to the size
        msg = f"{path} is no PNG image ({len(content)} bytes): draw again"
        raise FileFormatError(msg)
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def of_kind(folders: Sequence[Folder], kind: str, **names: str) -> Iterator[Folder]:
    """Choose folders of a kind that are about the given names."""
    for folder in folders:
        if folder.kind == kind and names.items() <= folder.names.items():
            yield folder
