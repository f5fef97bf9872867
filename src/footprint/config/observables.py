"""Observables: one number an event, by which generated and real events are compared."""

from typing import Annotated, Literal

from pydantic import Field

from footprint.config.base import Count, Name, Names, Positive, Strict

ObservableKind = Literal["signal", "time", "jet", "values"]


class Observables(Strict):
    """What is computed from events to compare them; a list of names may stand for it.

    Arrays that are single values, or a few, are observables as they are. Of what lies on a grid
    or on stations the kind decides.
    """

    names: Names | None = Field(
        None, description="Only these, such as `[total_signal, width_signal]`; without it all."
    )
    kinds: dict[Name, ObservableKind] = Field(
        {},
        description="What arrays hold, where it does not follow from their units: `signal` (sums, "
        "centre, width), `time` (plane front), `jet` (a signal in pixels of pseudorapidity and "
        "azimuth, with a mass), or `values` (each an observable).",
    )
    half_width: dict[Name, Positive] = Field(
        {},
        description="Of images of jets by array, half their width in pseudorapidity and azimuth; "
        "those derived with method `jet_image` are known.",
    )
    positions: Annotated[Names, Field(min_length=1, max_length=3)] = Field(
        ["station_x", "station_y"],
        description="Constants with the positions of the stations; where there are none, "
        "distances are in pixels.",
    )
    rings: Count = Field(10, description="Rings of the lateral distribution of a signal.")
