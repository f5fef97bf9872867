"""The surveyed events of a sample: what each shower is, and block by block what stations saw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import DataError
from footprint.files.events import Block, iterate, open_events
from footprint.survey import ARRAYS, EVENTS, geometry
from footprint.survey.groups import Masses, masses_of
from footprint.survey.sums import Counts, Floats

BLOCK = 500
"""Events whose stations are held in memory at once."""
DEAD, SILENT, TRIGGERED, SATURATED = -1, 0, 1, 2
"""Values of the array ``station_status``."""
_OF_SHOWERS = ("mass_number", "lg_energy", "energy", "xmax", "relative_muons", "muon_fraction")
_OF_STATIONS = ("signal", "arrival_time", "station_status", "station_x", "station_y", "station_z")


@dataclass(frozen=True)
class Showers:
    """What the surveyed showers are.

    Attributes
    ----------
    names
        The arrays that the sample has.
    axis
        Upward unit vectors, shape (events, 3).
    zenith
        In degrees, shape (events,).
    stations_hit
        Stations with a signal, shape (events,).
    masses
        Groups of mass.
    quantities
        Of the rest what there is, by name, shape (events,): ``lg_energy``, ``xmax`` [g/cm2],
        ``relative_muons``, ``muon_fraction``.
    """

    names: frozenset[str]
    axis: Floats
    zenith: Floats
    stations_hit: Counts
    masses: Masses
    quantities: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.zenith)

    def has(self, *names: str) -> bool:
        """Whether all these quantities are known."""
        return all(name in self.quantities for name in names)


@dataclass(frozen=True)
class Stations:
    """What the stations saw of some consecutive showers; all shapes are (events, stations).

    Attributes
    ----------
    rows
        Which of the showers these are.
    radius
        Distance to the axis in m; NaN where there is no station.
    delay
        Arrival after a plane front through the core, in ns; NaN where silent.
    signal
        In VEM; NaN where silent.
    live
        Stations that are there and work.
    triggered
        Stations with a signal.
    """

    rows: slice
    radius: Floats
    delay: Floats
    signal: Floats
    live: NDArray[np.bool_]
    triggered: NDArray[np.bool_]


def read_showers(paths: Sequence[Path]) -> Showers:
    """Read what each of the surveyed showers is.

    Raises
    ------
    DataError
        The sample has no events, or lacks an array that a survey needs.
    """
    names = names_of(paths)
    known = [name for name in _OF_SHOWERS if name in names]
    rows: dict[str, list[NDArray[Any]]] = {name: [] for name in (*known, "axis", "hit")}
    for block in blocks(paths, [*known, "axis", "signal"]):
        for name in (*known, "axis"):
            rows[name].append(block[name])
        hit = np.isfinite(block["signal"]).reshape(len(block["signal"]), -1)
        rows["hit"].append(np.count_nonzero(hit, axis=1))
    if not rows["hit"]:
        msg = f"{', '.join(map(str, paths))}: no events to survey; a cut may have left none"
        raise DataError(msg)
    found = {name: np.concatenate(parts) for name, parts in rows.items()}
    events = len(found["hit"])
    if "lg_energy" not in found and "energy" in found:
        found["lg_energy"] = 18.0 + np.log10(found["energy"].astype(np.float64))
    return Showers(
        names=names,
        axis=found["axis"].astype(np.float64),
        zenith=geometry.zenith_deg(found["axis"]),
        stations_hit=found["hit"],
        masses=masses_of(found.get("mass_number"), events),
        quantities={
            name: found[name].astype(np.float64)
            for name in ("lg_energy", "xmax", "relative_muons", "muon_fraction")
            if name in found and np.isfinite(found[name]).any()
        },
    )


def names_of(paths: Sequence[Path]) -> frozenset[str]:
    """List the arrays of a sample.

    Raises
    ------
    DataError
        One that a survey needs is not among them.
    """
    with open_events(paths[0]) as events:
        names = frozenset(events.specs)
    missing = [name for name in ARRAYS if name not in names]
    if missing:
        msg = (
            f"{paths[0]} lacks {missing}, a survey needs {list(ARRAYS)}: only samples of a "
            f"surface-detector array can be surveyed"
        )
        raise DataError(msg)
    return names


def read_stations(
    paths: Sequence[Path], showers: Showers, light_speed: float
) -> Iterator[Stations]:
    """Read what stations saw of the surveyed showers, block by block; light's speed in m/ns."""
    first = 0
    for block in blocks(paths, [*(n for n in _OF_STATIONS if n in showers.names), "axis", "core"]):
        count = len(block["axis"])
        yield stations_of(block, slice(first, first + count), light_speed)
        first += count


def stations_of(block: Block, rows: slice, light_speed: float) -> Stations:
    """See stations in the coordinates of their showers."""
    flat = {n: block[n].reshape(len(block[n]), -1) for n in _OF_STATIONS if n in block}
    positions = positions_of(flat)
    axis = block["axis"].astype(np.float64)
    way = geometry.from_core(positions, block["core"].astype(np.float64))
    signal = flat["signal"].astype(np.float64)
    triggered = np.isfinite(signal)
    live = np.broadcast_to(np.isfinite(positions[:, 0]), signal.shape)
    if "station_status" in flat:
        live = live & (flat["station_status"] != DEAD)
    return Stations(
        rows=rows,
        radius=geometry.axis_distance(way, axis),
        delay=flat["arrival_time"].astype(np.float64) - geometry.plane_time(way, axis, light_speed),
        signal=signal,
        live=live,
        triggered=triggered,
    )


def positions_of(flat: Block) -> Floats:
    """Positions of the stations, the same for all events, shape (stations, 3)."""
    x, y = flat["station_x"][0], flat["station_y"][0]
    z = flat["station_z"][0] if "station_z" in flat else np.zeros_like(x)
    return np.stack([x, y, z], axis=-1).astype(np.float64)


def blocks(paths: Sequence[Path], names: Sequence[str]) -> Iterator[Block]:
    """Read arrays of the surveyed events."""
    left = EVENTS
    for block in iterate(paths, names, BLOCK):
        yield {name: values[:left] for name, values in block.items()}
        left -= BLOCK
        if left <= 0:
            return


def fetch(paths: Sequence[Path], names: Sequence[str], rows: Sequence[int]) -> list[Block]:
    """Read arrays of single events by their places in the sample, with the first axis kept."""
    found: dict[int, Block] = {}
    lengths = []
    for path in paths:
        with open_events(path) as events:
            lengths.append(len(events))
            first = sum(lengths[:-1])
            for row in rows:
                if first <= row < first + len(events):
                    found[row] = events.read(names, slice(row - first, row - first + 1))
            if first + len(events) > max(rows):
                break
    return [found[row] for row in rows]
