"""Training events changed at random in each epoch: symmetries of stations, moves of images."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from footprint.config.base import Count, Name, Names, Positive, Strict, one_of, value_of


class StationAugment(Strict):
    """Turn and flip each training event at random, about the array's centre, as the stations allow.

    Measurements move to the stations that stand where theirs come to lie; targets of kind
    direction and position turn along, values and classes stay. Stations that nothing comes to
    become silent.
    """

    method: Literal["stations"] = Field("stations", description="Symmetries of an array.")
    turns: Literal[1, 2, 3, 4, 6] | None = Field(
        None,
        description="Turns by a full circle over this number: 4 on square grids, 6 on triangular "
        "ones; without it the most that the stations allow.",
    )
    flips: bool | None = Field(
        None, description="Also mirror at the x axis; without it where the stations allow it."
    )
    x: Name = Field("station_x", description="Constant of the samples: the stations' x in m.")
    y: Name = Field("station_y", description="Constant of the samples: the stations' y in m.")
    z: Name | None = Field(
        "station_z",
        description="Constant of the samples, if they have it: the stations' height in m, which "
        "must be the same where measurements move to; null if it does not matter.",
    )
    unchanged: Names = Field(
        [],
        description="Inputs and targets that stay as they are, since they do not depend on the "
        "azimuth; inputs that are not measured by stations must stand here.",
    )
    average_predictions: bool = Field(
        False,
        description="Predict for all turns and flips of an event, turn back, and take the mean.",
    )

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.turns == 1 and self.flips is False:
            msg = "augment with turns 1 and flips false changes nothing: leave it out"
            raise ValueError(msg)
        if len({self.x, self.y, self.z}) < len(("x", "y", "z")):
            msg = f"x, y and z name {self.x}, {self.y} and {self.z}: expected three constants"
            raise ValueError(msg)
        return self

    @property
    def averages(self) -> bool:
        """Whether predictions are means over versions of an event."""
        return self.average_predictions


class ImageAugment(Strict):
    """Move the images of each training event at random: flip, shift, cut out, mix with another.

    Every event is changed anew in each epoch, all its images alike, masks with their channels.
    """

    method: Literal["images"] = Field(description="Moves of images.")
    inputs: Annotated[Names, Field(min_length=1)] | None = Field(
        None,
        description="Inputs that are images; without it all of the experiment's that have rows "
        "and columns. Others stay as they are, but are mixed.",
    )
    flip: Literal["left_right", "up_down", "both"] | None = Field(
        None, description="Mirror every other event; `both`: each way on its own."
    )
    shift: Positive | None = Field(
        None,
        description="Farthest shift along rows and along columns: so many pixels (whole number), "
        "or this share of the side (below 1).",
    )
    crop: Count | None = Field(
        None,
        description="Pad each side by so many pixels and cut an image of the old size out of it "
        "at random, as residual networks are usually trained: another name for a shift by up to "
        "as many pixels.",
    )
    padding: Literal["zero", "missing", "reflect"] | None = Field(
        None,
        description="What comes in at the edges: pixels of the value 0 before any transform and "
        "normalisation, pixels that were not measured, or the image reflected at its outermost "
        "pixels. Without it `missing` for inputs with a mask and `zero` for others.",
    )
    cut_out: Count | None = Field(
        None,
        description="Side in pixels of a square around a random pixel that is emptied (`zero` or "
        "`missing` as above); what reaches over the edge is lost.",
    )
    mixup: Positive | None = Field(
        None,
        description="Mix each event with another: shares s and 1 - s of inputs, targets and "
        "weights, s drawn for each event from the beta distribution with both parameters this; "
        "targets count by their events' weights, too.",
    )
    average_predictions: bool = Field(
        False, description="Predict for all flips of an event, and take the mean."
    )
    average_shifts: bool = Field(
        False,
        description="Predict for all shifts of an event, by as many pixels as in training, and "
        "take the mean: of 9 predictions for `shift: 1`, of 25 for 2; times the flips with "
        "`average_predictions`.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        moves = ("flip", "shift", "crop", "cut_out", "mixup")
        if all(getattr(self, key) is None for key in moves):
            msg = f"augment with method images changes nothing: give one of {', '.join(moves)}"
            raise ValueError(msg)
        if self.shift is not None and self.shift >= 1 and self.shift % 1:
            msg = f"shift {self.shift:g}: expected whole pixels, or a share of the side below 1"
            raise ValueError(msg)
        if self.shift is not None and self.crop is not None:
            msg = f"crop: {self.crop} shifts by up to {self.crop} pixels, as shift does: keep one"
            raise ValueError(msg)
        if self.padding is not None and self.shift == self.crop == self.cut_out:
            msg = f"padding '{self.padding}' without shift, crop or cut_out: nothing is padded"
            raise ValueError(msg)
        if self.average_predictions and self.flip is None:
            msg = "average_predictions is the mean over flips: it needs flip"
            raise ValueError(msg)
        if self.average_shifts and self.shift == self.crop:
            msg = "average_shifts is the mean over the shifts of the training: it needs shift"
            raise ValueError(msg)
        return self

    @property
    def averages(self) -> bool:
        """Whether predictions are means over versions of an event."""
        return self.average_predictions or self.average_shifts


def _method_is_named(data: Any) -> Any:
    """Refuse moves of images where stations are turned, which is what no method means."""
    if isinstance(data, Mapping) and "method" not in data:
        stations = StationAugment.model_fields
        moves = [key for key in data if key in ImageAugment.model_fields and key not in stations]
        if moves:
            msg = f"without a method stations are turned, and {moves[0]} is for images: add "
            raise ValueError(msg + "'method: images'")
    return data


METHODS = {"stations": StationAugment, "images": ImageAugment}
Augment = Annotated[
    Annotated[StationAugment, Tag("stations")] | Annotated[ImageAugment, Tag("images")],
    Discriminator(lambda data: value_of(data, "method") or "stations"),
    one_of("method", METHODS),
    BeforeValidator(_method_is_named),
]
"""Symmetries of stations where no method is named."""
