"""The points of variations: what each sample is there, and which data sets change."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from footprint.config.jet_arrays import FOUR_MOMENTUM
from footprint.config.parameter_sets import Change, EventChange, ParameterSet
from footprint.config.samples import Sample
from footprint.config.simulated import Simulated
from footprint.config.variations import NOMINAL, Curve, Variations
from footprint.errors import suggest

Samples = Mapping[str, Sample]


class Point(BaseModel):
    """The samples as they are at one point of a curve or of a parameter set.

    Attributes
    ----------
    curve, setting
        The curve's name and the value of its option; empty elsewhere.
    parameter_set, shift
        The set's name, and ``up`` or ``down`` of a pair; empty elsewhere.
    samples
        The samples by name, changed where they have the option.
    simulated
        Names of those that are simulated anew.
    events
        What is done to the events of samples when a data set is built, by sample.
    """

    curve: str = ""
    setting: Any = None
    parameter_set: str = ""
    shift: str = ""
    samples: dict[str, Sample]
    simulated: frozenset[str] = frozenset()
    events: dict[str, EventChange] = {}

    @property
    def changed(self) -> frozenset[str]:
        """Names of the samples that differ from the nominal point."""
        return self.simulated | frozenset(self.events)


def points(config: Variations, samples: Samples) -> dict[str, Point]:
    """List all points, the nominal one first.

    Parameters
    ----------
    config
        The variations.
    samples
        The samples that the experiments to judge are based on, by name.

    Returns
    -------
    dict of str to Point
        By name: ``nominal``; the curve's name and a number; the set's name, with ``up`` or
        ``down`` of a pair. Values of a curve that are the study's own have no point of their own.

    Raises
    ------
    ValueError
        No sample has an option, it cannot have the value, a value or a set comes twice, or a set
        changes nothing.
    """
    size = {"events": config.events, "events_per_job": config.events_per_job}
    resized = {
        name: sample.model_copy(update=size) if isinstance(sample, Simulated) else sample
        for name, sample in samples.items()
    }
    found = {NOMINAL: Point.model_construct(samples=resized)}
    for name, curve in config.curves.items():
        found |= _of_curve(name, curve, resized)
    for name, entry in config.sets.items():
        for point, shift in entry.points(name).items():
            where = ".".join(filter(None, ["variations.sets", name, shift]))
            found[point] = _of_set(where, name, shift, entry, resized)
            _refuse_twice(where, found[point], found)
    return found


def _of_curve(name: str, curve: Curve, samples: Samples) -> dict[str, Point]:
    having = [key for key, sample in samples.items() if has_option(sample, curve.option)]
    if not having:
        msg = f"variations.curves.{name}.option: no '{curve.option}'; "
        raise ValueError(msg + suggest(curve.option, _options_of(samples)))
    found: dict[str, Point] = {}
    seen: list[dict[str, Sample]] = []
    for number, value in enumerate(curve.values):
        where = f"variations.curves.{name}.values[{number}]"
        made = {key: _changed(where, samples[key], {curve.option: value}) for key in having}
        if made in seen:
            msg = f"{where}: {value!r} stands there already: give each value once"
            raise ValueError(msg)
        seen.append(made)
        if simulated := _differing(made, samples):
            found[f"{name}_{number}"] = Point.model_construct(
                curve=name, setting=value, samples={**samples, **made}, simulated=simulated
            )
    return found


def _of_set(where: str, name: str, shift: str, entry: ParameterSet, samples: Samples) -> Point:
    for sample in entry.samples or ():
        if sample not in samples:
            msg = (
                f"variations.sets.{name}.samples: no '{sample}' among the samples of experiments "
                f"that can be judged; {suggest(sample, samples)}"
            )
            raise ValueError(msg)
    change = entry.changes()[shift]
    may = {key: samples[key] for key in entry.samples or samples}
    for option in change.options:
        lacking = [key for key, sample in may.items() if not has_option(sample, option)]
        if len(lacking) == len(may) or (lacking and entry.samples is not None):
            of = f" of sample '{lacking[0]}'" if entry.samples is not None else ""
            msg = f"{where}: no option '{option}'{of}; "
            raise ValueError(msg + suggest(option, _options_of(may)))
    made = {
        key: _changed(where, sample, options)
        for key, sample in may.items()
        if (options := {o: v for o, v in change.options.items() if has_option(sample, o)})
    }
    simulated = _differing(made, samples)
    if change.options and not simulated:
        msg = f"{where}: {change.options} is what the study has already: change at least one option"
        raise ValueError(msg)
    events: dict[str, EventChange] = {}
    if change.events is not None:
        events = dict.fromkeys(sorted(touched(entry, change, samples)[1]), change.events)
    if change.events is not None and not events:
        msg = (
            f"{where}.events: none of the samples {list(may)} has constituents "
            f"({', '.join(FOUR_MOMENTUM)})"
        )
        raise ValueError(msg)
    return Point.model_construct(
        parameter_set=name,
        shift=shift,
        samples={**samples, **made},
        simulated=simulated,
        events=events,
    )


def _refuse_twice(where: str, point: Point, found: Mapping[str, Point]) -> None:
    for other in found.values():
        same = other.samples == point.samples and other.events == point.events
        if same and other is not point and other.parameter_set:
            place = ".".join(filter(None, [other.parameter_set, other.shift]))
            msg = f"{where}: the same as sets.{place}: give each change once"
            raise ValueError(msg)


def _options_of(samples: Samples) -> list[str]:
    simulated = [s for s in samples.values() if isinstance(s, Simulated)]
    return sorted({option for s in simulated for option in type(s.options).model_fields})


def _differing(made: Samples, samples: Samples) -> frozenset[str]:
    return frozenset(key for key, sample in made.items() if sample != samples[key])


def has_option(sample: Sample, option: str) -> bool:
    """Whether an option belongs to a sample's generator; what is read from files has none."""
    return isinstance(sample, Simulated) and option in type(sample.options).model_fields


def touched(
    entry: ParameterSet, change: Change, samples: Samples
) -> tuple[frozenset[str], frozenset[str]]:
    """Name the samples whose generator has one of the options, and those with constituents."""
    may = [key for key in samples if entry.samples is None or key in entry.samples]
    options = [key for key in may if any(has_option(samples[key], o) for o in change.options)]
    with_jets = [key for key in may if set(FOUR_MOMENTUM) <= set(samples[key].arrays)]
    return frozenset(options), frozenset(with_jets if change.events is not None else ())


def can_vary(config: Variations, samples: Samples) -> bool:
    """Whether a data set of these samples changes at any point.

    Samples that are read cannot be simulated anew, and neither can others beside them: their own
    test events are what is changed.
    """
    simulated = all(isinstance(sample, Simulated) for sample in samples.values())
    if simulated and any(
        has_option(sample, curve.option)
        for sample in samples.values()
        for curve in config.curves.values()
    ):
        return True
    for entry in config.sets.values():
        for change in entry.changes().values():
            options, events = touched(entry, change, samples)
            if (options and simulated) or (events and not options):
                return True
    return False


def points_of(points: Mapping[str, Point], names: Collection[str]) -> list[str]:
    """Name the points at which a data set of these samples changes, after the nominal one."""
    samples, of = points[NOMINAL].samples, frozenset(names)
    read = not all(isinstance(samples[name], Simulated) for name in names)
    return [NOMINAL] + [
        key
        for key, point in points.items()
        if point.changed & of and not (read and point.simulated & of)
    ]


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
    own = next((nominal[name] for name in names if has_option(nominal[name], curve.option)), None)
    if own is None:
        return {}
    same = [v for v in curve.values if _changed("", own, {curve.option: v}) == own]
    mine = same[0] if same else own.model_dump(mode="json")["options"][curve.option]
    here = {key: point.setting for key, point in points.items() if point.changed & set(names)}
    return {NOMINAL: mine, **here}


def _changed(where: str, sample: Sample, options: Mapping[str, Any]) -> Sample:
    given = sample.model_dump()
    given["options"] = {**given["options"], **options}
    try:
        changed: Sample = type(sample).model_validate(given)
    except ValidationError as error:
        faults = [
            (".".join(map(str, fault["loc"][1:])), fault["msg"].removeprefix("Value error, "))
            for fault in error.errors()
        ]
        if len(options) == 1:
            ((option, value),) = options.items()
            what = f"option '{option}' cannot be {value!r}"
            text = "; ".join(message for _, message in faults)
        else:
            what = f"the options cannot be {dict(options)}"
            text = "; ".join(": ".join(filter(None, fault)) for fault in faults)
        msg = f"{where}: {what}: {text}"
        raise ValueError(msg) from None
    return changed
