"""Folders of images, one for each class, found without opening any image."""

from collections.abc import Sequence
from fnmatch import fnmatch
from glob import glob
from pathlib import Path

from footprint.config.images import ImageOptions
from footprint.config.splits import SplitName
from footprint.errors import ConfigError, FileFormatError, suggest


def class_folders(sample: str, entry: str, options: ImageOptions) -> list[str]:
    """List the folders of classes below one or several folders.

    Parameters
    ----------
    sample
        Name of the sample, for messages.
    entry
        A folder, or a glob: its folders are those of the classes, or those of the published
        splits, which hold them.
    options
        Names of the classes and splits.

    Raises
    ------
    FileFormatError
        No such folder, or none in it.
    ConfigError
        Folders and classes do not fit together.
    """
    where = f"samples.{sample}.files"
    names = sorted(glob(str(Path(entry).expanduser())))  # noqa: PTH207, it may be absolute
    tops = [Path(name) for name in names if Path(name).is_dir()]
    if not tops:
        found = "is a file" if names else f"is no folder (looked in {Path.cwd()})"
        msg = f"{where}: '{entry}' {found}, expected a folder that holds one for each class"
        raise FileFormatError(msg)
    found_folders = [path for top in tops for path in _below(where, top, options)]
    missing = sorted(set(options.labels) - {path.name for path in found_folders})
    if missing:
        msg = (
            f"{where}: no folder below '{entry}' for the classes {missing} of options.classes; "
            f"found: {', '.join(sorted({path.name for path in found_folders}))}"
        )
        raise ConfigError(msg)
    return [str(path) for path in found_folders]


def split_of(folder: Path, options: ImageOptions) -> SplitName | None:
    """Name the published split that a folder holds, None if it is not named like one."""
    fits = (split for split, pattern in options.patterns.items() if fnmatch(folder.name, pattern))
    return next(fits, None)


def _below(where: str, top: Path, options: ImageOptions) -> Sequence[Path]:
    """Find the folders of classes in a folder, or in its folders of splits."""
    inside = sorted(path for path in top.iterdir() if path.is_dir() and path.name[0] != ".")
    if not inside:
        msg = f"{where}: the folder '{top}' holds no folders, expected one for each class"
        raise FileFormatError(msg)
    # A class may be called like a split: then it is a class.
    splits = [path for path in inside if path.name not in options.labels]
    if splits and all(split_of(path, options) for path in splits) and len(splits) == len(inside):
        return [folder for path in splits for folder in _below(where, path, options)]
    if splits:
        hint = suggest(splits[0].name, options.labels)
        msg = (
            f"{where}: the folder '{splits[0]}' is no class of options.classes; {hint}. Add it "
            f"there with its label, or move it away"
        )
        raise ConfigError(msg)
    return inside
