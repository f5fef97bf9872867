"""Which events networks learn from, which choices are made on, which are read once."""

import math
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Discriminator, Field, Tag, model_validator

from footprint.config.base import Name, Names, Strict, value_of

SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = get_args(SplitName)
"""In the order of their numbers, from 0."""


class SplitRule(Strict):
    """What both ways to split have in common."""

    salt: int = Field(0, ge=0, description="Another number gives another division.")
    together: Name | None = Field(
        None,
        description="Array of integers: rows of equal value go into the same split, as several "
        "jets of one collision must. Without it each row goes by its event_id.",
    )
    only_test: Names = Field(
        [],
        description="Samples whose events all belong to the test split, such as further ones that "
        "make the errors of what is measured there smaller.",
    )


class SplitFractions(SplitRule):
    """Shares of the three splits; which event goes where follows from its event_id alone."""

    train: float = Field(0.8, gt=0, lt=1, description="Share that networks learn from.")
    validation: float = Field(0.1, gt=0, lt=1, description="Share that choices are made on.")
    test: float = Field(0.1, gt=0, lt=1, description="Share that is read once, by predict.")

    @model_validator(mode="after")
    def _sums_to_one(self) -> Self:
        total = self.train + self.validation + self.test
        if not math.isclose(total, 1, abs_tol=1e-6):
            msg = f"train + validation + test = {total:g}, expected 1"
            raise ValueError(msg)
        return self


class PublishedSplit(SplitRule):
    """The split that a set was published with, so that results compare with published ones."""

    published: Name = Field(
        description="Array of integers that says where each event belongs, such as "
        "`published_split` or `published_test`."
    )
    values: dict[SplitName, int] = Field(
        {"train": 0, "validation": 1, "test": 2},
        description="What the array says for each split; `{train: 0, test: 1}` for "
        "`published_test`.",
    )
    validation: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Share of the published training events, or of `validation_from`, to make "
        "choices on, where no validation split was published; which ones follows from their "
        "event_id.",
    )
    validation_from: Literal["train", "test"] = Field(
        "train",
        description="Published split that this share is taken out of; `test` as in tutorials on "
        "images; the rest of it is the test split.",
    )

    @model_validator(mode="after")
    def _three_come_out(self) -> Self:
        for split in ("train", "test"):
            if split not in self.values:
                msg = f"values: no value for '{split}', found {self.values}"
                raise ValueError(msg)
        if len(set(self.values.values())) < len(self.values):
            msg = f"values: each split needs a value of its own, found {self.values}"
            raise ValueError(msg)
        if ("validation" in self.values) == (self.validation is not None):
            msg = (
                f"validation events are either published (a value in 'values') or a share of the "
                f"training or test events ('validation: 0.1'): say one of the two, found values "
                f"{self.values} and validation {self.validation}"
            )
            raise ValueError(msg)
        if self.validation_from != "train" and self.validation is None:
            msg = (
                f"validation_from: {self.validation_from} needs the share that is taken out of it, "
                f"such as 'validation: 0.2'"
            )
            raise ValueError(msg)
        return self


def _kind(data: Any) -> str:
    return "shares" if value_of(data, "published") is None else "as_published"


SplitEither = Annotated[
    Annotated[SplitFractions, Tag("shares")] | Annotated[PublishedSplit, Tag("as_published")],
    Discriminator(_kind),
]
