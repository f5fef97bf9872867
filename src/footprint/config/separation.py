"""Separation: two kinds of events, and how well a prediction tells them apart."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from footprint.config.base import Name, Strict


class Separation(Strict):
    """Two kinds of events that should be told apart; a list of two classes may stand for it.

    The merit factor says by how many standard deviations they differ in the prediction, or in
    the logarithm of the ratio of the two classes' predicted probabilities.
    """

    between: Annotated[list[Name | int | float], Field(min_length=2, max_length=2)] = Field(
        description="Two classes of the target, or two values of the spectator; of the second "
        "kind the prediction should be higher."
    )
    spectator: Name | None = Field(
        None, description="Whose values tell the kinds apart, where the target has no classes."
    )

    @model_validator(mode="after")
    def _two_of_a_kind(self) -> Self:
        first, second = self.between
        if first == second:
            msg = f"between names '{first}' twice: two kinds are needed"
            raise ValueError(msg)
        text = [value for value in self.between if isinstance(value, str)]
        if self.spectator is None and len(text) != len(self.between):
            msg = (
                f"between {self.between} are values, of which spectator? Say spectator: "
                f"<name>, or give two classes of the target"
            )
            raise ValueError(msg)
        if self.spectator is not None and text:
            msg = (
                f"between: '{text[0]}' is no value of spectator '{self.spectator}'; give numbers, "
                f"or classes of the target without spectator"
            )
            raise ValueError(msg)
        return self
