"""Parameter sets: several options changed at once, up and down, as systematic variations are."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from footprint.config.base import Name, Names, Positive, Strict, shorthand


class EventChange(Strict):
    """What is done to the constituents of jets that are there already, simulated or read.

    Which arrays follow, and which cannot, stands in `docs/variations.md`.
    """

    constituent_energy_scale: Positive = Field(
        1.0, description="Factor on the four-momenta of all constituents."
    )
    constituent_efficiency: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="Share of the constituents that is kept, each by its own chance."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.constituent_energy_scale == 1 and self.constituent_efficiency == 1:
            msg = (
                "a constituent_energy_scale and a constituent_efficiency of 1 leave the events as "
                "they are: change one of them"
            )
            raise ValueError(msg)
        return self


class Change(Strict):
    """Options of the generators, or the events themselves, as they are at one point."""

    options: dict[Name, Any] = Field(
        {}, description="Options of the samples' generators, each replaced as a whole."
    )
    events: EventChange | None = Field(
        None, description="Changes of jets' constituents, without a new simulation."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.options and self.events is None:
            msg = "nothing is changed: name at least one option of the generator, or events"
            raise ValueError(msg)
        return self


def _options(*others: str) -> Any:
    """Let the options stand beside the other keys: `{mpi: false}` for `{options: {mpi: false}}`."""

    def expand(given: Mapping[str, Any]) -> Mapping[str, Any]:
        if {"options", "up", "down"} & set(given):
            return given
        free = {key: value for key, value in given.items() if key not in others}
        return {"options": free, **{key: given[key] for key in others if key in given}}

    return expand


ChangeOrOptions = Annotated[Change, shorthand(dict, _options("events"), dict[Name, Any] | Change)]


class ParameterSet(Strict):
    """One systematic variation: a point of changed options, or a pair of points up and down.

    The options may stand by themselves: `{mpi: false}`, `{up: {muon_scale: 1.15}, down:
    {muon_scale: 0.85}}`.
    """

    label: str | None = Field(None, description="Name on figures; without it the set's name.")
    samples: Annotated[Names, Field(min_length=1)] | None = Field(
        None, description="Samples that are changed; without it all that have an option."
    )
    options: dict[Name, Any] = Field(
        {}, description="Options of the samples' generators, each replaced as a whole."
    )
    events: EventChange | None = Field(
        None, description="Changes of jets' constituents, without a new simulation."
    )
    up: ChangeOrOptions | None = Field(None, description="Of a pair: one standard deviation up.")
    down: ChangeOrOptions | None = Field(None, description="The same down.")

    @model_validator(mode="after")
    def _one_or_a_pair(self) -> Self:
        if (self.up is None) != (self.down is None):
            found, missing = ("down", "up") if self.up is None else ("up", "down")
            msg = (
                f"{found} without {missing}: give both, or the options without {found} where there "
                f"is one direction"
            )
            raise ValueError(msg)
        alone = bool(self.options) or self.events is not None
        if alone and self.up is not None:
            msg = "options and events stand in up and down, or without them: not in both places"
            raise ValueError(msg)
        if not alone and self.up is None:
            msg = "nothing is changed: name at least one option of the generator, or events"
            raise ValueError(msg)
        return self

    def changes(self) -> dict[str, Change]:
        """List the changes by direction: ``up`` and ``down``, or one without a name."""
        if self.up is not None and self.down is not None:
            return {"up": self.up, "down": self.down}
        return {"": Change(options=self.options, events=self.events)}

    def points(self, name: str) -> dict[str, str]:
        """Name the points of the set called so, with their directions."""
        return {f"{name}_{shift}" if shift else name: shift for shift in self.changes()}


SetOrOptions = Annotated[
    ParameterSet,
    shorthand(dict, _options("label", "samples", "events"), dict[Name, Any] | ParameterSet),
]
