"""Inputs of networks: arrays as channels, each with its treatment."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from footprint.config.base import Name, Names, NotNegative, Strict, shorthand, value_of
from footprint.config.formulas import Transform, evaluate

_TRIED = np.array([0.03, 0.2, 0.7, 1.0, 3.0, 20.0])
"""Values at which a transform and its inverse are compared."""


class Treatment(Strict):
    """What is done with an array before networks see it."""

    relative_to: Name | None = Field(
        None,
        description="Array of the same shape and unit that is subtracted first, such as the time "
        "at which a plane front arrives. Networks that learn to generate the difference need it "
        "among their conditions, by which it is added again.",
    )
    transform: Transform | None = Field(
        None, description="Formula of x applied next, such as `log10(1 + x)`."
    )
    inverse: Transform | None = Field(
        None,
        description="Formula that undoes `transform`, such as `10**x - 1`; needed where networks "
        "learn to generate the array.",
    )
    normalise: Literal["standard", "range", "none"] = Field(
        "standard",
        description="`standard`: mean 0 and sd 1; `range`: minimum 0 and maximum 1; of the "
        "training split, without NaN.",
    )
    per: Literal["channel", "pixel"] = Field(
        "channel", description="One shift and scale for all values, or one for each pixel."
    )
    mask: bool = Field(False, description="Add a channel that is 1 where measured and 0 where NaN.")

    @model_validator(mode="after")
    def _inverse_undoes(self) -> Self:
        if self.inverse is None:
            return self
        if self.transform is None:
            msg = f"inverse '{self.inverse}' undoes a transform, and there is none: leave it out"
            raise ValueError(msg)
        there = evaluate(self.transform, {"x": _TRIED})
        back = evaluate(self.inverse, {"x": there})
        fits = np.isclose(back, _TRIED, rtol=1e-4) | ~np.isfinite(there)
        if not fits.all() or not np.isfinite(there).any():
            worst = int(np.argmin(fits))
            msg = (
                f"inverse '{self.inverse}' does not undo transform '{self.transform}': of "
                f"{_TRIED[worst]:g} it makes {back[worst]:g}"
            )
            raise ValueError(msg)
        return self


class Channel(Treatment):
    """One array as one channel of an input; its name alone may stand for it.

    Several arrays of the same treatment, a channel each, may share a line: `{arrays: [deta, dphi],
    normalise: none}`.
    """

    array: Name = Field(description="Array of the events.")

    def arrays(self) -> list[str]:
        """List the arrays of the events that the channel is made of."""
        return [self.array, *([self.relative_to] if self.relative_to is not None else [])]

    @property
    def label(self) -> str:
        """What x stands for in the channel's transform."""
        return " - ".join(self.arrays())

    @model_validator(mode="after")
    def _differs(self) -> Self:
        if self.relative_to == self.array:
            msg = f"array '{self.array}' relative_to itself is always 0: name another array"
            raise ValueError(msg)
        return self


class ChannelGroup(Treatment):
    """Several arrays of the same treatment, a channel each, in a line of YAML."""

    arrays: Annotated[Names, Field(min_length=1)] = Field(description="Arrays of the events.")


def _line_by_line(given: Any) -> Any:
    """Give each array of a group a line of its own."""
    if not isinstance(given, list):
        return given
    lines: list[Any] = []
    for line in given:
        arrays = value_of(line, "arrays")
        if arrays is None:
            lines.append(line)
            continue
        if not isinstance(arrays, list) or "array" in line:
            msg = f"found {line}, expected {{arrays: [<name>, ...]}} or {{array: <name>}}"
            raise ValueError(msg)
        rest = {key: value for key, value in line.items() if key != "arrays"}
        lines += [{"array": array, **rest} for array in arrays]
    return lines


ChannelOrName = Annotated[Channel, shorthand(str, lambda name: {"array": name}, str | Channel)]
_Lines = Annotated[list[str | Channel | ChannelGroup], Field(min_length=1)]
Channels = Annotated[
    list[ChannelOrName],
    Field(min_length=1),
    BeforeValidator(_line_by_line, json_schema_input_type=_Lines),
]


class Whitening(Strict):
    """Decorrelate all values of an input: their covariance becomes the unit matrix.

    It comes after the normalisation of the channels, from the training split too; what was not
    measured counts as the mean, masks stay as they are.
    """

    method: Literal["zca", "pca"] = Field(
        "zca",
        description="`zca`: turned back so that each value stays as near to itself as it can, and "
        "an image looks like one; `pca`: principal components in order of falling variance "
        "take the places of the values.",
    )
    epsilon: NotNegative = Field(
        1e-6,
        description="Added to the variance of each principal component before it is divided by, "
        "in units of their mean: components far below it are not blown up. For images whose "
        "finest detail is noise 0.001 to 0.1.",
    )


class Input(Strict):
    """One input of the networks: channels stacked along a new last axis. A list is enough."""

    channels: Channels = Field(description="Arrays of equal shape, each with its treatment.")
    whiten: (
        Annotated[Whitening, shorthand(str, lambda given: {"method": given}, str | Whitening)]
        | None
    ) = Field(
        None, description="Decorrelate the values: `zca`, `pca`, or `{method: zca, epsilon: 0.01}`."
    )
