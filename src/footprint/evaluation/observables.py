"""Which observables the arrays of events have, and their values.

An array's kind decides: what lies on a grid or on stations is a signal or a time, an image of a
jet has a mass, single values are observables themselves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from footprint.config.observables import ObservableKind, Observables
from footprint.errors import DataError, suggest
from footprint.evaluation import moments
from footprint.evaluation.moments import Floats, Grid
from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.samples import Samples

TIME_UNITS = ("s", "ms", "us", "µs", "ns", "ps")
MOST_VALUES = 32
"""An array of more values an event is no list of observables, but lies on a grid."""
HALF = 0.5
BLOCK = 1000
"""Events at once, lest memory be full of squared distances."""
_SAME = 1e-6
_PLANE = 2

Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Observable:
    """One number an event.

    Attributes
    ----------
    name, label, units
        In tables, in words, and of the values.
    group
        With which others it is shown: the array it is computed from, the times of two arrays, or
        the variables as a whole where arrays are single values.
    of
        From the arrays of n events to values (n,), NaN where an event has none.
    """

    name: str
    label: str
    units: str
    group: str
    of: Callable[[Arrays], Floats]


def observables_of(samples: Samples, settings: Observables) -> list[Observable]:
    """List the observables of samples; those that are the same for all real events are left out.

    Raises
    ------
    DataError
        The settings name an observable, an array or a constant that there is not; or no observable
        is left.
    """
    arrays = samples.real.arrays
    for name in (*settings.kinds, *settings.half_width):
        if name not in arrays:
            msg = f"evaluation.observables: no array '{name}'; {suggest(name, arrays)}"
            raise DataError(msg)
    every = list(_all(samples, settings))
    columns = values(every, arrays).T
    found = [entry for entry, column in zip(every, columns, strict=True) if _varies(column)]
    names = [entry.name for entry in found]
    for name in settings.names or ():
        if name not in names:
            msg = f"evaluation.observables: no '{name}'; {suggest(name, names)}"
            raise DataError(msg)
    if settings.names is not None:
        found = [entry for entry in found if entry.name in settings.names]
    if not found:
        msg = (
            f"'{samples.variables}' of '{samples.method}' has no observable that differs between "
            f"its {samples.events} real events: there is nothing to compare"
        )
        raise DataError(msg)
    return found


def values(observables: Sequence[Observable], arrays: Arrays) -> Floats:
    """Compute all observables of n events, shape (n, observables)."""
    events = len(next(iter(arrays.values())))
    found = np.empty((events, len(observables)))
    for start in range(0, events, BLOCK):
        rows = slice(start, start + BLOCK)
        block = {name: array[rows] for name, array in arrays.items()}
        for column, entry in enumerate(observables):
            found[rows, column] = entry.of(block)
    return found


def of_both(samples: Samples, settings: Observables) -> tuple[Floats, Floats]:
    """Compute all observables of the real and of the generated events, shapes (n, observables)."""
    observables = observables_of(samples, settings)
    return values(observables, samples.real.arrays), values(observables, samples.generated.arrays)


def kind_of(samples: Samples, name: str, settings: Observables) -> ObservableKind:
    """Tell what an array holds."""
    if name in settings.kinds:
        return settings.kinds[name]
    shape = samples.real.arrays[name].shape[1:]
    if len(shape) == 0 or (len(shape) == 1 and shape[0] <= MOST_VALUES):
        return "values"
    if _spec(samples, name).units in TIME_UNITS:
        return "time"
    return "signal" if half_width(samples, name, settings) is None else "jet"


def half_width(samples: Samples, name: str, settings: Observables) -> float | None:
    """Find half the width of the image of a jet; None where an array is no such image."""
    given = samples.constants.get(f"{name}_half_width")
    return settings.half_width.get(name, None if given is None else float(given))


def grid_of(samples: Samples, name: str, settings: Observables) -> Grid:
    """Find where the cells of an array lie: as stations, in a jet, or as pixels of size 1."""
    shape = samples.real.arrays[name].shape[1:]
    if kind_of(samples, name, settings) == "jet":
        return _jet_grid(name, shape, half_width(samples, name, settings))
    places = [samples.constants.get(axis) for axis in settings.positions]
    if all(place is not None and place.shape == shape for place in places):
        given = np.stack([np.asarray(place).ravel() for place in places], axis=1)
        positions = np.nan_to_num(given.astype(np.float64))
        return Grid(positions, tuple(settings.positions), "m", "station")
    if set(settings.positions) != set(Observables().positions):
        there = {key: value.shape for key, value in samples.constants.items()}
        msg = (
            f"evaluation.observables.positions: {settings.positions} are not among the constants "
            f"with the shape {shape} of '{name}'; there are {there or 'none'}"
        )
        raise DataError(msg)
    axes = np.meshgrid(*(np.arange(size, dtype=np.float64) for size in shape), indexing="ij")
    plane = len(shape) == _PLANE
    names = ("row", "column") if plane else tuple(f"axis{k}" for k in range(len(shape)))
    return Grid(np.stack([axis.ravel() for axis in axes], axis=1), names, "pixel", "pixel")


def _jet_grid(name: str, shape: tuple[int, ...], half: float | None) -> Grid:
    if half is None or len(shape) != _PLANE:
        msg = (
            f"evaluation.observables: '{name}' of shape {shape} is no image of a jet of known "
            f"width: give half_width: {{{name}: <half its width>}}, or kinds: {{{name}: signal}}"
        )
        raise DataError(msg)
    centres = [half * ((2 * np.arange(size) + 1) / size - 1) for size in shape]
    eta, phi = np.meshgrid(*centres, indexing="ij")
    return Grid(np.stack([eta.ravel(), phi.ravel()], axis=1), ("eta", "phi"), "", "pixel")


def _all(samples: Samples, settings: Observables) -> Iterator[Observable]:
    kinds = {name: kind_of(samples, name, settings) for name in samples.real.arrays}
    for name, kind in kinds.items():
        spec = _spec(samples, name)
        if kind == "values":
            of_array = _values(spec, samples.real.arrays[name])
            yield from (replace(entry, group=samples.variables) for entry in of_array)
        elif kind == "time":
            yield from _time(spec, grid_of(samples, name, settings))
        else:
            grid = grid_of(samples, name, settings)
            yield from _signal(spec, grid, inner_radius(samples.real.arrays[name], grid))
            if kind == "jet":
                yield _of(f"mass_{name}", "mass", spec, spec.units, moments.mass, grid.positions)
    for signal, time in _pairs(samples, kinds):
        yield _correlation(signal, time)


def _correlation(signal: str, time: str) -> Observable:
    return Observable(
        f"correlation_{signal}_{time}",
        f"correlation of log {_spoken(signal)} and {_spoken(time)}",
        "",
        time,
        lambda arrays: moments.correlation(arrays[signal], arrays[time]),
    )


def _values(spec: ArraySpec, real: Array) -> Iterator[Observable]:
    if real.ndim == 1:
        yield _of(spec.name, "", spec, spec.units, _column, 0)
        return
    for k in range(real.shape[1]):
        one = _of(f"{spec.name}_{k}", "", spec, spec.units, _column, k)
        yield replace(one, label=f"{one.label} {k}")


def _column(array: Array, k: int) -> Floats:
    return moments.flat(array)[:, k]


def _signal(spec: ArraySpec, grid: Grid, radius: float) -> Iterator[Observable]:
    name, where = spec.name, grid.positions
    yield _of(f"total_{name}", "total", spec, spec.units, moments.total)
    yield _of(f"hit_{name}", f"{grid.cell}s hit,", spec, "", moments.hit)
    yield _of(f"largest_{name}", "largest", spec, spec.units, moments.largest)
    for k, axis in enumerate(grid.axes):
        own, what = f"centre_{axis}_{name}", f"{axis} of the centre of"
        yield _of(own, what, spec, grid.units, _centre, where, k)
    yield _of(f"width_{name}", "rms radius of", spec, grid.units, moments.width, where)
    near = f"share within {radius:.3g} {grid.units}".strip() + " of"
    yield _of(f"inner_share_{name}", near, spec, "", moments.inner_share, where, radius)


def _centre(array: Array, positions: Floats, axis: int) -> Floats:
    return moments.centre(array, positions)[:, axis]


def _time(spec: ArraySpec, grid: Grid) -> Iterator[Observable]:
    name, where = spec.name, grid.positions
    per = f"{spec.units}/{grid.units}" if grid.units else spec.units
    yield _of(f"mean_{name}", "mean", spec, spec.units, moments.mean_time)
    yield _of(f"spread_{name}", "spread of", spec, spec.units, moments.spread_of_times)
    yield _of(f"slope_{name}", "slope of plane front,", spec, per, _front, where, 0)
    yield _of(f"residual_{name}", "residual to plane front,", spec, spec.units, _front, where, 1)


def _front(array: Array, positions: Floats, which: int) -> Floats:
    return moments.plane_front(array, positions)[which]


def _of(
    name: str,
    what: str,
    spec: ArraySpec,
    units: str,
    function: Callable[..., Floats],
    *given: object,
) -> Observable:
    """Make an observable of a function of one array and of what is given besides."""
    label = f"{what} {_spoken(spec.name)}".strip()
    return Observable(
        name, label, units, spec.name, lambda arrays: function(arrays[spec.name], *given)
    )


def _pairs(samples: Samples, kinds: Mapping[str, str]) -> list[tuple[str, str]]:
    """Find signals and times of the same cells."""
    shapes = {name: values.shape for name, values in samples.real.arrays.items()}
    return [
        (signal, time)
        for signal in kinds
        for time in kinds
        if kinds[signal] in {"signal", "jet"} and kinds[time] == "time"
        if shapes[signal] == shapes[time]
    ]


def inner_radius(real: Array, grid: Grid) -> float:
    """Find the distance within which half of the real events have half of their signal.

    Of each event for itself: the sum of all would be that of a few whose signal is huge.
    """
    some = real[:BLOCK]
    weights = np.maximum(moments.filled(some), 0.0)
    distances = np.sqrt(np.nan_to_num(moments.squares(some, grid.positions)))
    order = np.argsort(distances, axis=1)
    summed = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    place = np.argmax(summed >= HALF * summed[:, -1:], axis=1)[:, None]
    radii = np.take_along_axis(np.take_along_axis(distances, order, axis=1), place, axis=1)[:, 0]
    there = summed[:, -1] > 0
    return float(np.median(radii[there])) or 1.0 if there.any() else 1.0


def _spec(samples: Samples, name: str) -> ArraySpec:
    return samples.specs.get(name) or ArraySpec(name, "", "")


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _varies(found: Floats) -> bool:
    known = found[np.isfinite(found)]
    if known.size < _PLANE:
        return False
    return bool(known.std() > _SAME * max(float(np.abs(known).max()), np.finfo(float).tiny))
