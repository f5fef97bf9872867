"""Samples of images: idx and npz files, batches of CIFAR-10, folders of PNG."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Positive, Strict
from footprint.config.downloads import ReadSample
from footprint.config.image_names import paired
from footprint.config.image_sets import IMAGE_SETS
from footprint.config.splits import SplitName
from footprint.config.toptagging import PUBLISHED_SPLIT

Label = Annotated[int, Field(ge=0)]
LABEL = "label"
GREY, COLOURS = ("image",), ("red", "green", "blue")
OWN_SPLITS: dict[SplitName, str] = {"train": "*train*", "validation": "*val*", "test": "*test*"}


class ImageOptions(Strict):
    """Which images, and what their labels mean."""

    set: Literal["mnist", "fashion_mnist", "cifar10", "own", "folder"] = Field(
        description="A public set, whose classes and checksums are known; `own`: your files in "
        "one of their formats; `folder`: a folder of PNG files for each class."
    )
    check: bool = Field(
        True,
        description="Compare the content of a public set with its published checksums; `false` "
        "for a part that you cut out of it.",
    )
    classes: Annotated[dict[str, Label], Field(min_length=2)] | None = Field(
        None,
        description="Labels by the names of the classes, of `own` images; of `folder` the "
        "labels by the names of the folders. Public sets have theirs.",
    )
    colour: bool = Field(
        False,
        description="Images of `own` or `folder` have the arrays `red`, `green`, `blue` in place "
        "of `image`.",
    )
    split_by_name: dict[SplitName, str] | None = Field(
        None,
        description="Published split of a file, or of a folder of classes, by its name, as a "
        "pattern. Without it, as public sets name theirs, else `*train*`, `*val*`, `*test*`.",
    )
    memory_MB: Positive = Field(100.0, description="Size of the blocks that are read at once.")

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the arrays in the event file."""
        return (*self.channels, LABEL, PUBLISHED_SPLIT)

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the arrays of pixels."""
        known = IMAGE_SETS.get(self.set)
        return COLOURS if (known.colour if known else self.colour) else GREY

    @property
    def labels(self) -> dict[str, int]:
        """Labels by the names of the classes."""
        known = IMAGE_SETS.get(self.set)
        return {name: i for i, name in enumerate(known.classes)} if known else self.classes or {}

    @property
    def patterns(self) -> dict[SplitName, str]:
        """Patterns of the names of files, or of folders, by split."""
        known = IMAGE_SETS.get(self.set)
        return self.split_by_name or (known.splits if known else OWN_SPLITS)

    @model_validator(mode="after")
    def _classes_are_known_once(self) -> Self:
        if self.set in IMAGE_SETS and (self.classes is not None or self.colour):
            key = "classes" if self.classes is not None else "colour"
            msg = f"{key} is known of {self.set}: leave it out, or say set: own"
            raise ValueError(msg)
        if self.set not in IMAGE_SETS and self.classes is None:
            msg = f"set: {self.set} needs 'classes:', such as {{cat: 0, dog: 1}}"
            raise ValueError(msg)
        return self


class ImageFiles(ReadSample):
    """A sample of images: MNIST, Fashion-MNIST, CIFAR-10, or your own."""

    takes_addresses: ClassVar[bool] = False

    reader: Literal["images"] = Field(description="Which reader understands the files.")
    files: list[str] = Field(
        [],
        description="Paths or globs, images and labels alike; of `folder` the folder that holds "
        "those of the classes. Where they are given nothing is downloaded.",
    )
    options: ImageOptions = Field(description="Options of the reader.")

    @property
    def arrays(self) -> tuple[str, ...]:
        """What is kept of each image."""
        return self.options.kept

    @property
    def truth(self) -> tuple[str, ...]:
        """Of these, what no input of a network may use."""
        return (LABEL, PUBLISHED_SPLIT)

    @model_validator(mode="after")
    def _folders_lie_on_disk(self) -> Self:
        if self.options.set == "folder" and not self.files:
            msg = "set: folder is read from disk: name the folder in 'files:', and unpack it first"
            raise ValueError(msg)
        return self

    def together(self, sample: str, paths: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Pair images with labels; leave out what holds no images.

        Raises
        ------
        ConfigError
            Images without labels, labels without images, or other files.
        """
        if self.options.set == "folder":
            return dict.fromkeys(paths, ())
        return paired(f"samples.{sample}.files", paths, self.options.patterns.values())
