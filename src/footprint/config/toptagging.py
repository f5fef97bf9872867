"""Samples of the top-tagging reference data, and of files in the same layout."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from footprint.config.downloads import ReadSample
from footprint.config.jet_arrays import FOUR_MOMENTUM, JETS
from footprint.config.jet_files import JetOptions
from footprint.config.splits import SplitName

PUBLISHED_SPLIT = "published_split"
TRUTH = ("truth_px", "truth_py", "truth_pz", "truth_energy")
ARRAYS = (*FOUR_MOMENTUM, *JETS, "is_signal", PUBLISHED_SPLIT, *TRUTH)
"""What is kept of each jet."""


class TopTaggingOptions(JetOptions):
    """How files of 806 columns become jets.

    The layout is that of the top-tagging reference data: E_0, PX_0, PY_0, PZ_0 to PZ_199, the
    truth's four-vector, `ttv` and `is_signal_new`, written by pandas in table or fixed format.
    """

    key: str = Field("table", min_length=1, description="Key of the table in the file.")
    split_by_name: dict[SplitName, str] = Field(
        {"train": "train*", "validation": "val*", "test": "test*"},
        description="Published split of a file by its name, as a pattern; where none fits, `ttv` "
        "says it for each jet.",
    )
    ttv: dict[SplitName, int] = Field(
        {"train": 0, "test": 1, "validation": 2},
        description="Value of the column `ttv` for each split; its letters are in this order.",
    )

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the arrays in the event file."""
        return ARRAYS

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.ttv.values())) < len(self.ttv):
            msg = f"ttv: each split needs a value of its own, found {self.ttv}"
            raise ValueError(msg)
        self.check_names([], ARRAYS)
        return self


class TopTaggingFiles(ReadSample):
    """A sample read from the top-tagging reference data (Zenodo 2603256)."""

    arrays: ClassVar[tuple[str, ...]] = ARRAYS
    truth: ClassVar[tuple[str, ...]] = ("is_signal", PUBLISHED_SPLIT, *TRUTH)
    """Of these, what no input of a network may use."""

    reader: Literal["toptagging"] = Field(description="Which reader understands the files.")
    options: TopTaggingOptions = Field(
        default_factory=TopTaggingOptions, description="Options of the reader."
    )
