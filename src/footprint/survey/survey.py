"""Survey a sample: all tables that its arrays allow."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.simulated import HadronicModel
from footprint.survey import (
    displays,
    front,
    lateral,
    muons,
    spectrum,
    stations_hit,
    traces,
    trigger,
    xmax,
    zenith,
)
from footprint.survey.groups import round_edges
from footprint.survey.origin import Origin, origin_of
from footprint.survey.showers import Showers, read_showers, read_stations
from footprint.survey.sums import Floats, Sums

MOST_ENERGIES = 8
StationSums = tuple[lateral.Lateral, Sums, Sums]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Survey:
    """What was found.

    Attributes
    ----------
    tables
        By file name.
    facts
        Name of the sample, events looked at, hadronic model.
    """

    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]


def survey(paths: Sequence[Path]) -> Survey:
    """Survey the first events of a sample, `footprint.survey.EVENTS` at most.

    Parameters
    ----------
    paths
        The sample's parts, in order.

    Raises
    ------
    DataError
        No events, or not those of a surface-detector array.
    """
    showers = read_showers(paths)
    log.info("%d showers, %s", len(showers), ", ".join(showers.masses.names))
    origin = origin_of(paths[0])
    found = {**_of_stations(paths, showers, origin), **_of_showers(showers, origin.hadronic_model)}
    chosen = displays.choose(showers)
    if chosen:
        found["events"], found["stations"] = displays.tables(paths, showers, chosen, origin)
        if "traces" in showers.names and traces.EVENT in chosen:
            seen = found["stations"][found["stations"]["event"] == traces.EVENT]
            found["traces"] = traces.table(paths, showers.names, chosen[traces.EVENT], seen, origin)
    facts = {
        "sample": origin.sample,
        "events": len(showers),
        "hadronic_model": origin.hadronic_model,
    }
    return Survey({f"{name}.csv": table for name, table in found.items()}, facts)


def _of_stations(
    paths: Sequence[Path], showers: Showers, origin: Origin
) -> dict[str, pd.DataFrame]:
    """Make the tables that need what each station saw, in one pass."""
    few, many = lateral.energy_edges(showers), _energy_edges(showers)
    signals, delays, triggers = reduce(
        _together,
        (
            (
                lateral.add_up(showers, stations, few, origin.pedestal),
                front.add_up(showers, stations),
                trigger.add_up(showers, stations, many),
            )
            for stations in read_stations(paths, showers, origin.light_speed)
        ),
    )
    return {
        "lateral_distribution": lateral.table(showers, signals, few),
        "time_residuals": front.table(delays),
        "trigger_efficiency": trigger.table(triggers, many),
    }


def _together(one: StationSums, other: StationSums) -> StationSums:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _of_showers(showers: Showers, model: HadronicModel | None) -> dict[str, pd.DataFrame]:
    """Make the tables that need what each shower is."""
    energies = _energy_edges(showers)
    found = {
        "zenith": zenith.table(showers),
        "stations_hit": stations_hit.table(showers, energies),
    }
    if showers.has("lg_energy"):
        found["energy_spectrum"] = spectrum.table(showers)
        if any(showers.has(name) for name in muons.QUANTITIES):
            found["muons"] = muons.table(showers, energies)
    if showers.has("lg_energy", "xmax"):
        found["xmax_moments"] = xmax.table(showers, energies)
        if model is not None and showers.masses.numbers:
            found["xmax_model"] = xmax.model_lines(showers, energies, model)
    return found


def _energy_edges(showers: Showers) -> Floats:
    if not showers.has("lg_energy"):
        return np.array([-np.inf, np.inf])
    lg_energy = showers.quantities["lg_energy"]
    return round_edges(lg_energy[np.isfinite(lg_energy)], MOST_ENERGIES)
