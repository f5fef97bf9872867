"""Public sets of images: their classes, the names of their files, published checksums."""

from dataclasses import dataclass

from footprint.config.splits import SplitName

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FASHION = (
    *("t_shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle_boot"),
)
OBJECTS = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
IDX_SPLITS: dict[SplitName, str] = {"train": "train*", "test": "t10k*"}
BATCH_SPLITS: dict[SplitName, str] = {"train": "data_batch*", "test": "test_batch*"}


@dataclass(frozen=True)
class ImageSet:
    """What is known of a public set.

    Attributes
    ----------
    classes
        Names in the order of the labels 0, 1, 2, ...
    colour
        Whether its images have three colours.
    splits
        Pattern of the names of the files of each published split.
    checksums
        Algorithm and digits by the file's name: of what is packed in a .gz, of an npz archive
        itself, of each batch in an archive of batches.
    """

    classes: tuple[str, ...]
    colour: bool
    splits: dict[SplitName, str]
    checksums: dict[str, tuple[str, str]]


IMAGE_SETS: dict[str, ImageSet] = {
    "mnist": ImageSet(
        DIGITS,
        colour=False,
        splits=IDX_SPLITS,
        checksums={
            "train-images-idx3-ubyte": ("md5", "6bbc9ace898e44ae57da46a324031adb"),
            "train-labels-idx1-ubyte": ("md5", "a25bea736e30d166cdddb491f175f624"),
            "t10k-images-idx3-ubyte": ("md5", "2646ac647ad5339dbf082846283269ea"),
            "t10k-labels-idx1-ubyte": ("md5", "27ae3e4e09519cfbb04c329615203637"),
            "mnist-npz": (
                "sha256",
                "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            ),
        },
    ),
    "fashion_mnist": ImageSet(
        FASHION,
        colour=False,
        splits=IDX_SPLITS,
        checksums={
            "train-images-idx3-ubyte": ("md5", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
            "train-labels-idx1-ubyte": ("md5", "9018921c3c673c538a1fc5bad174d6f9"),
            "t10k-images-idx3-ubyte": ("md5", "8181f5470baa50b63fa0f6fddb340f0a"),
            "t10k-labels-idx1-ubyte": ("md5", "15d484375f8d13e6eb1aabb0c3f46965"),
        },
    ),
    "cifar10": ImageSet(
        OBJECTS,
        colour=True,
        splits=BATCH_SPLITS,
        checksums={
            "data_batch_1": ("md5", "c99cafc152244af753f735de768cd75f"),
            "data_batch_2": ("md5", "d4bba439e000b95fd0a9bffe97cbabec"),
            "data_batch_3": ("md5", "54ebc095f3ab1f0389bbae665268c751"),
            "data_batch_4": ("md5", "634d18415352ddfa80567beed471001a"),
            "data_batch_5": ("md5", "482c414d41f54cd18b22e5b47cb7c3cb"),
            "test_batch": ("md5", "40351d587109b95175f43aff81a1287e"),
        },
    ),
}


def published_name(name: str) -> str:
    """Bring a file's name to the form that checksums are listed by.

    ``train-images.idx3-ubyte.gz`` and ``train-images-idx3-ubyte`` are one file.
    """
    return name.removesuffix(".gz").replace(".", "-")
