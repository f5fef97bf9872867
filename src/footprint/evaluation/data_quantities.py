"""What is compared of recorded and simulated events: scores, spectators, and inputs as they are."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from footprint.errors import DataError, suggest
from footprint.evaluation.distances import COORDINATES, zenith
from footprint.evaluation.observables import MOST_VALUES
from footprint.files.datasets import MASK, Dataset
from footprint.files.hdf5 import Array, ArraySpec
from footprint.files.predictions import Predictions

Floats = NDArray[np.float64]
Kind = Literal["score", "input", "spectator"]
BLOCK = 1000
"""Events that are read at once."""
_HALF = 0.5


@dataclass(frozen=True)
class Quantity:
    """One number an event, of simulated and of recorded events.

    Attributes
    ----------
    name, kind
        In tables and figures; where it comes from.
    label, units
        On axes.
    simulation, data
        Values, shapes (n,) and (m,); NaN where an event has none.
    """

    name: str
    kind: Kind
    label: str
    units: str
    simulation: Floats
    data: Floats


@dataclass(frozen=True)
class _Column:
    name: str
    label: str
    units: str
    values: Floats


def scores(simulation: Predictions, data: Predictions, label: str | None = None) -> list[Quantity]:
    """Take what the network says.

    Probabilities of classes, of two the second; values, and the sigma that is predicted for them;
    the zenith angle of directions; the coordinates of positions.

    Parameters
    ----------
    simulation, data
        Predictions of simulated and of recorded events.
    label
        The target's symbol; without it its name.

    Raises
    ------
    DataError
        The predictions are not of the same target.
    """
    for key in ("task", "classes"):
        one, other = getattr(simulation, key), getattr(data, key)
        if one != other or simulation.target.name != data.target.name:
            msg = (
                f"predictions of data are a {data.task} of '{data.target.name}', those of the "
                f"simulation a {simulation.task} of '{simulation.target.name}': predict again"
            )
            raise DataError(msg)
    symbol = label or simulation.target.name.replace("_", " ")
    return _paired("score", list(_scores(simulation, symbol)), list(_scores(data, symbol)))


def _scores(predictions: Predictions, symbol: str) -> Iterator[_Column]:
    said, target = predictions.prediction.astype(np.float64), predictions.target
    if predictions.task == "classification":
        for number, name in enumerate(predictions.classes):
            if number or len(predictions.classes) > 2:  # noqa: PLR2004, a pair
                yield _Column(name, f"score of {name}", "", said[:, number])
    elif predictions.task == "direction":
        label = f"zenith angle of predicted {symbol}"
        yield _Column(f"zenith_of_{target.name}", label, "deg", zenith(said))
    elif predictions.task == "position":
        for axis, column in zip(COORDINATES, said.reshape(len(said), -1).T, strict=False):
            yield _Column(
                f"{target.name}_{axis}", f"predicted {symbol}, {axis}", target.units, column
            )
    else:
        yield _Column(target.name, f"predicted {symbol}", target.units, said.reshape(-1))
        if predictions.sigma is not None:
            label = f"predicted $\\sigma$ of {symbol}"
            sigma = predictions.sigma.astype(np.float64).reshape(-1)
            yield _Column(f"sigma_of_{target.name}", label, target.units, sigma)


def spectators(
    simulation: Dataset, data: Dataset, names: Sequence[str] | None = None
) -> list[Quantity]:
    """Take the spectators of one value that both have, or those that are named.

    Raises
    ------
    DataError
        One that is named is missing, or has several values an event.
    """
    both = [name for name in data.names("spectators") if name in simulation.names("spectators")]
    single = [
        name for name in both if np.prod(data.array("test", "spectators", name).shape[1:]) == 1
    ]
    for name in names or ():
        if name not in single:
            msg = (
                f"evaluation.data.spectators: no '{name}' of one value in simulation and data; "
                f"{suggest(name, single)}"
            )
            raise DataError(msg)
    chosen = single if names is None else list(names)

    def columns(dataset: Dataset) -> list[_Column]:
        values = {n: dataset.array("test", "spectators", n)[:].reshape(-1) for n in chosen}
        return [
            _Column(n, n.replace("_", " "), dataset.spec("spectators", n).units, _wide(values[n]))
            for n in chosen
        ]

    return _paired("spectator", columns(simulation), columns(data))


def inputs(simulation: Dataset, data: Dataset, names: Sequence[str]) -> list[Quantity]:
    """Take the inputs of a network in the units of their channels.

    Of few values an event each value; of images and the like the mean and the standard deviation
    of each channel over what was measured, and the share of it where the channel has a mask.
    """
    return [
        quantity
        for name in names
        for quantity in _paired(
            "input", list(_of_input(simulation, name)), list(_of_input(data, name))
        )
    ]


def _of_input(dataset: Dataset, name: str) -> list[_Column]:
    shape, specs = dataset.array("test", "inputs", name).shape[1:], dataset.axes(name)
    few = int(np.prod(shape)) <= MOST_VALUES
    describe = _each if few else _summarised
    columns = describe(name, shape, specs)
    normalisation, count = dataset.normalisation(name), dataset.length("test")
    found = np.empty((len(columns), count))
    for start in range(0, count, BLOCK):
        rows = slice(start, start + BLOCK)
        block = normalisation.invert(dataset.inputs("test", [name], rows)[name].astype(np.float64))
        for place, (*_, of) in enumerate(columns):
            found[place, rows] = of(block)
    return [
        _Column(key, label, units, values)
        for (key, label, units, _), values in zip(columns, found, strict=True)
    ]


_Describe = tuple[str, str, str, Callable[[Array], Floats]]


def _each(name: str, shape: tuple[int, ...], specs: Sequence[ArraySpec]) -> list[_Describe]:
    cells = int(np.prod(shape[:-1]))

    def one(place: int) -> Callable[[Array], Floats]:
        return lambda block: _wide(block.reshape(len(block), -1)[:, place])

    return [
        (
            _key(name, spec.name) + (f"_{cell}" if cells > 1 else ""),
            _spoken(spec) + (f" {cell}" if cells > 1 else ""),
            spec.units,
            one(cell * len(specs) + channel),
        )
        for cell in range(cells)
        for channel, spec in enumerate(specs)
    ]


def _summarised(name: str, shape: tuple[int, ...], specs: Sequence[ArraySpec]) -> list[_Describe]:
    del shape
    masks = {spec.name.removeprefix(MASK): k for k, spec in enumerate(specs) if _is_mask(spec)}
    found: list[_Describe] = []
    for channel, spec in enumerate(specs):
        if _is_mask(spec):
            label = f"share of {spec.name.removeprefix(MASK).replace('_', ' ')} measured"
            found.append((_key(name, spec.name), label, "", _over(channel, None, 0)))
            continue
        mask = masks.get(spec.name)
        for power, what in enumerate(("mean", "sd")):
            key, label = f"{_key(name, spec.name)}_{what}", f"{what} of {_spoken(spec)}"
            found.append((key, label, spec.units, _over(channel, mask, power)))
    return found


def _over(channel: int, mask: int | None, power: int) -> Callable[[Array], Floats]:
    """Take the mean or the standard deviation of a channel over the cells that were measured."""

    def of(block: Array) -> Floats:
        flat = block.reshape(len(block), -1, block.shape[-1])
        values = flat[..., channel]
        used = np.ones(values.shape) if mask is None else flat[..., mask] > _HALF
        count = used.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (used * values).sum(axis=1) / count
            if not power:
                return _wide(mean)
            return _wide(np.sqrt((used * (values - mean[:, None]) ** 2).sum(axis=1) / count))

    return of


def _is_mask(spec: ArraySpec) -> bool:
    return spec.name.startswith(MASK)


def _key(name: str, channel: str) -> str:
    return f"{name}_{channel.replace(' ', '_')}"


def _spoken(spec: ArraySpec) -> str:
    """Write a channel with the formula that was applied to it."""
    name = spec.name.replace("_", " ")
    return re.sub(r"\bx\b", name, spec.description) if spec.description else name


def _wide(values: Array) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _paired(kind: Kind, simulation: list[_Column], data: list[_Column]) -> list[Quantity]:
    return [
        Quantity(one.name, kind, one.label, one.units, one.values, other.values)
        for one, other in zip(simulation, data, strict=True)
    ]
