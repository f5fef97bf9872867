"""What a member of an npz archive holds, and how it becomes one of our arrays."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Count, Positive, Strict

SPLIT = "{split}"
"""In a member's name: stands for each of the published splits."""

Column = Annotated[int, Field(ge=0)]


class NpzMember(Strict):
    """One member of the archive: where it stands and how its values become ours.

    Of the values, first `silent` becomes NaN, then `take` picks columns, then they are multiplied
    by `scale` and `offset` is added.
    """

    member: str = Field(
        min_length=1,
        description="Name of the member in the archive, `{split}` in it for each of `splits`.",
    )
    shape: list[Count] = Field(
        [],
        description="Shape of our values (of one event); none for a single number. Axes of length "
        "1 in the file are dropped, and 81 stations may become [9, 9], row after row.",
    )
    units: str = Field("", description="Unit of our values, after `scale`.")
    description: str = Field("", description="One line on the values.")
    take: Column | list[Column] | None = Field(
        None, description="Columns of the member's last axis to take; one of them, or a list."
    )
    silent: float | None = Field(
        None, description="Value that means 'not measured', such as -1; NaN always does."
    )
    scale: float = Field(1.0, allow_inf_nan=False, description="Factor that brings our unit.")
    offset: float | list[float] = Field(
        0.0, description="Added after scaling; a list gives one number for each column."
    )

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        columns = self.shape[-1:]
        if isinstance(self.take, list) and columns != [len(self.take)]:
            msg = f"take lists {len(self.take)} columns, so shape must end in that, not {columns}"
            raise ValueError(msg)
        if isinstance(self.offset, list) and columns != [len(self.offset)]:
            msg = f"offset lists {len(self.offset)} numbers, so shape must end in that: {columns}"
            raise ValueError(msg)
        return self


class NpzArray(NpzMember):
    """One array of the events, whose first axis in the file counts them."""

    type: Literal["float32", "int16", "int32", "int64"] = Field(
        "float32", description="Type in the event file; integers for counts, labels and numbers."
    )
    positive: bool = Field(False, description="Refuse values that are zero or negative.")
    one_of: list[int] = Field([], description="Refuse values that are none of these.")
    unit_vector: bool = Field(
        False, description="Refuse what is no upward vector (x, y, z) of length 1."
    )

    @model_validator(mode="after")
    def _is_three_long(self) -> Self:
        if self.unit_vector and self.shape != [3]:
            msg = f"unit_vector needs shape [3], found {self.shape}"
            raise ValueError(msg)
        return self


class NpzConstant(NpzMember):
    """What is the same for all events, such as the positions of stations: no axis of events."""

    centred: bool = Field(
        False, description="Subtract the mean, as for altitudes in place of heights in the array."
    )


class StationGrid(Strict):
    """Where the stations stand, for archives that do not say it: adds station_x, _y, _z in m.

    The first of the grid's axes runs along x, the second along y, both from the array's centre.
    """

    layout: Literal["cartesian", "offset", "axial"] = Field(
        description="`cartesian`; `offset`: triangular, every second column shifted by half a "
        "spacing; `axial`: triangular, each column shifted by half a spacing more."
    )
    spacing_m: Positive = Field(description="Distance between neighbours in m.")
