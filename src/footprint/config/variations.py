"""Variations: trained networks judged on samples simulated in another way."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from footprint.config.base import Count, Name, Names, Strict
from footprint.config.parameter_sets import SetOrOptions

NOMINAL = "nominal"
"""The point at which nothing is changed; it belongs to every curve."""


class Curve(Strict):
    """One option of the generator at several values, all others as the study has them."""

    option: Name = Field(description="Option of the samples' generator.")
    values: Annotated[list[Any], Field(min_length=1)] = Field(
        description="Its values; the study's own value is always among the points."
    )
    label: str | None = Field(None, description="Name on the axis; without it the curve's name.")
    units: str = Field("", description="Unit of the values on the axis.")


class Variations(Strict):
    """Networks and baselines are judged, as they were trained, on events simulated in another way.

    The events are new ones, the same primaries at every point where the generator draws them
    first, and pass through the data sets' selection and normalisation. Curves, sets, or both.
    """

    curves: dict[Name, Curve] = Field(
        {}, description="One option at several values, by name; drawn as curves."
    )
    sets: dict[Name, SetOrOptions] = Field(
        {},
        description="Several options at once, by name, up and down where there are two sides; "
        "drawn as shifts and, of classes, as the spread of ROC curves.",
    )
    experiments: Annotated[Names, Field(min_length=1)] | None = Field(
        None,
        description="Experiments to judge; without it all whose samples are simulated and have one "
        "of the options, or have constituents that a set changes.",
    )
    events: Count = Field(2000, description="Events of each sample at each point.")
    events_per_job: Count = Field(2000, description="Events a job makes.")

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        if not self.curves and not self.sets:
            msg = "neither curves nor sets: name what is varied, or leave variations out"
            raise ValueError(msg)
        taken = {NOMINAL: "the point at which nothing is changed"}
        for name, curve in self.curves.items():
            points = [name, *(f"{name}_{number}" for number in range(len(curve.values)))]
            taken |= dict.fromkeys(points, f"curve '{name}'")
        for name, entry in self.sets.items():
            for point in {name: None, **dict.fromkeys(entry.points(name))}:
                if point in taken:
                    msg = (
                        f"sets.{name}: '{point}' is also a name of {taken[point]}: use another name"
                    )
                    raise ValueError(msg)
            taken |= dict.fromkeys([name, *entry.points(name)], f"set '{name}'")
        return self

    def options(self) -> list[str]:
        """List what is varied: options of generators, and ``events`` where these are changed."""
        found = [curve.option for curve in self.curves.values()]
        for entry in self.sets.values():
            for change in entry.changes().values():
                found += [*change.options, *(["events"] if change.events is not None else [])]
        return list(dict.fromkeys(found))
