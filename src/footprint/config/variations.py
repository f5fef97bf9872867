"""Variations: trained networks judged on samples simulated in another way."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from footprint.config.base import Count, Name, Names, Strict
from footprint.config.samples import Sample
from footprint.errors import suggest

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
    first, and pass through the data sets' selection and normalisation.
    """

    curves: Annotated[dict[Name, Curve], Field(min_length=1)] = Field(
        description="What is varied, by name."
    )
    experiments: Annotated[Names, Field(min_length=1)] | None = Field(
        None,
        description="Experiments to judge; without it all whose samples are simulated and have one "
        "of the options.",
    )
    events: Count = Field(2000, description="Events of each sample at each point.")
    events_per_job: Count = Field(2000, description="Events a job makes.")


class Point(BaseModel):
    """The samples as they are at one point of a curve.

    Attributes
    ----------
    curve, setting
        The curve's name and the value of its option; empty at the nominal point.
    samples
        The samples by name, changed where they have the option.
    changed
        Names of those that differ from the nominal point.
    """

    curve: str
    setting: Any
    samples: dict[str, Sample]
    changed: frozenset[str] = frozenset()


def points(config: Variations, samples: Mapping[str, Sample]) -> dict[str, Point]:
    """List all points, the nominal one first.

    Parameters
    ----------
    config
        The variations.
    samples
        The simulated samples that the experiments to judge are based on, by name.

    Returns
    -------
    dict of str to Point
        By name: ``nominal``, or the curve's name and a number. Values that are the study's own
        have no point of their own.

    Raises
    ------
    ValueError
        No sample has the option, it cannot have the value, or a value comes twice.
    """
    size = {"events": config.events, "events_per_job": config.events_per_job}
    resized = {name: sample.model_copy(update=size) for name, sample in samples.items()}
    found = {NOMINAL: Point.model_construct(curve="", setting=None, samples=resized)}
    for name, curve in config.curves.items():
        having = [key for key, sample in resized.items() if has_option(sample, curve)]
        if not having:
            known = sorted({o for s in resized.values() for o in type(s.options).model_fields})
            msg = f"variations.curves.{name}.option: no '{curve.option}'; "
            raise ValueError(msg + suggest(curve.option, known))
        for number, value in enumerate(curve.values):
            where = f"variations.curves.{name}.values[{number}]"
            made = {key: _changed(where, resized[key], curve.option, value) for key in having}
            changed = frozenset(key for key in having if made[key] != resized[key])
            point = Point.model_construct(
                curve=name, setting=value, samples=resized | made, changed=changed
            )
            if any(p.curve == name and p.samples == point.samples for p in found.values()):
                msg = f"{where}: {value!r} stands there already: give each value once"
                raise ValueError(msg)
            if changed:
                found[f"{name}_{number}"] = point
    return found


def has_option(sample: Sample, curve: Curve) -> bool:
    """Whether a curve changes an option of a sample's generator."""
    return curve.option in type(sample.options).model_fields


def settings_of(
    curve: Curve, points: Mapping[str, Point], names: Collection[str]
) -> dict[str, Any]:
    """List the values of a curve's option by point, the study's own one first.

    Parameters
    ----------
    curve
        The curve, of the points given.
    points
        The nominal point, and the curve's.
    names
        The samples that matter.

    Returns
    -------
    dict of str to Any
        As the curve gives them; empty if none of the samples has the option. The study's own
        value is that of the first sample that has it.
    """
    nominal = points[NOMINAL].samples
    own = next((nominal[name] for name in names if has_option(nominal[name], curve)), None)
    if own is None:
        return {}
    same = [v for v in curve.values if _changed("", own, curve.option, v) == own]
    mine = same[0] if same else own.model_dump(mode="json")["options"][curve.option]
    here = {key: point.setting for key, point in points.items() if point.changed & set(names)}
    return {NOMINAL: mine, **here}


def _changed(where: str, sample: Sample, option: str, value: Any) -> Sample:
    given = sample.model_dump()
    given["options"] = {**given["options"], option: value}
    try:
        changed: Sample = type(sample).model_validate(given)
    except ValidationError as error:
        faults = "; ".join(fault["msg"].removeprefix("Value error, ") for fault in error.errors())
        msg = f"{where}: option '{option}' cannot be {value!r}: {faults}"
        raise ValueError(msg) from None
    return changed
