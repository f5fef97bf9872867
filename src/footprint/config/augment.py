"""Symmetries of an array of stations that a training makes use of."""

from typing import Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Name, Names, Strict


class Augment(Strict):
    """Turn and flip each training event at random, about the array's centre, as the stations allow.

    Measurements move to the stations that stand where theirs come to lie; targets of kind
    direction and position turn along, values and classes stay. Stations that nothing comes to
    become silent.
    """

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
