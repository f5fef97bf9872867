"""The tables of a tagger: its curves, working points, efficiencies in bins, and sculpting."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from footprint.config.experiments import Evaluation
from footprint.config.tagging import Tagging
from footprint.evaluation import sculpting, tagging, working_point_tables
from footprint.evaluation.against import (
    Row,
    over_methods,
)
from footprint.evaluation.bootstrap import CENTRAL, Sampled, Values
from footprint.evaluation.certainty import certainty, highest_share
from footprint.evaluation.classification import EFFICIENCIES
from footprint.evaluation.methods import Methods
from footprint.evaluation.shares import density_error


@dataclass(frozen=True)
class Found:
    """What is known of the taggers.

    Attributes
    ----------
    tables
        By file name.
    working_points
        The thresholds and what they are worth, for ``working_points.json``.
    """

    tables: dict[str, pd.DataFrame]
    working_points: dict[str, Any]


def make(methods: Methods, settings: Evaluation) -> Found:
    """Make the tables of an experiment whose target is tagged.

    ``tagging_roc.csv`` holds the curves; ``working_points.csv`` the thresholds;
    ``tagging_efficiency.csv`` efficiency and mistag rate in bins, if spectators are named;
    ``sculpting.csv`` and ``spectra.csv`` divergence and spectra of the background, if asked for.
    """
    asked = tagging.asked_of(methods.first, settings)
    if asked is None:
        msg = f"target '{methods.first.target.name}' is not tagged"
        raise ValueError(msg)
    found = curves(methods, settings, asked)
    reference = asked.reference if asked.reference in found else methods.experiment
    tables = {"tagging_roc.csv": roc_table(found, str(reference), background(methods, asked))}
    points = working_point_tables.choose(methods, settings, asked)
    tables["working_points.csv"] = pd.DataFrame([row for point in points for row in point.rows])
    in_bins = working_point_tables.in_bins(methods, settings, asked, points)
    if in_bins:
        tables["tagging_efficiency.csv"] = pd.DataFrame(in_bins)
    if asked.sculpting is not None:
        tables |= sculpting_tables(methods, settings, asked)
    return Found(tables, working_point_tables.document(methods, asked, points))


def curves(methods: Methods, settings: Evaluation, asked: Tagging) -> dict[str, dict[str, Sampled]]:
    """Measure the curves of all methods by method."""
    prepare = partial(tagging.curves, tagging=asked)
    return dict(over_methods(methods, prepare, settings.bootstrap))


def background(methods: Methods, asked: Tagging) -> float:
    """Count the background that is tagged against, of weighted events the effective number."""
    return next(
        iter(tagging.backgrounds(methods.first, [1.0], methods.weight, tagging=asked).values())
    )


def roc_table(
    found: dict[str, dict[str, Sampled]], reference: str, background: float
) -> pd.DataFrame:
    """Tabulate curves with their bands, and the ratio of rejections to the reference's.

    Bands hold the central 68.27 % of the resamplings; where no background passes they begin where
    the interval of Clopper and Pearson for none of ``background`` events does. The ratio is taken
    resampling by resampling, so that its band is that of paired events; to a rejection of which
    only a limit is known there is none.
    """
    rows = []
    least = 1 / highest_share(0.0, background, 0.5 * (1 + CENTRAL))
    floors = {"rejection": least, "improvement": np.sqrt(least) * EFFICIENCIES}
    for method, curve in found.items():
        ratio = curve["rejection"] / found[reference]["rejection"]
        limited = np.isinf(found[reference]["rejection"].value) | np.isinf(ratio.value)
        ratio = Sampled(
            np.where(limited, np.nan, ratio.value), np.where(limited, np.nan, ratio.replicas)
        )
        columns = {
            "rejection": curve["rejection"],
            "improvement": curve["improvement"],
            "ratio": ratio,
        }
        bands = {name: _band(sampled) for name, sampled in columns.items()}
        for name, floor in floors.items():
            low, high = bands[name]
            bands[name] = np.where(np.isinf(columns[name].value), np.minimum(low, floor), low), high
        for k, efficiency in enumerate(EFFICIENCIES):
            row = {"method": method, "signal_efficiency": round(float(efficiency), 6)}
            for name, sampled in columns.items():
                row[name] = float(sampled.value[k])
                row[f"{name}_low"], row[f"{name}_high"] = (float(edge[k]) for edge in bands[name])
            row["background"] = float(curve["background"].value[k])
            rows.append(row | {"reference": reference})
    return pd.DataFrame(rows)


def _band(sampled: Sampled) -> tuple[Values, Values]:
    """Find the central replicas themselves: between two infinite ones nothing can be averaged."""
    replicas = np.where(np.isnan(sampled.replicas).all(axis=0), 0.0, sampled.replicas)
    edges = (0.5 * (1 - CENTRAL), 0.5 * (1 + CENTRAL))
    low, high = np.nanquantile(replicas, edges, axis=0, method="nearest")
    nothing = np.isnan(sampled.replicas).all(axis=0)
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)


def sculpting_tables(
    methods: Methods, settings: Evaluation, asked: Tagging
) -> dict[str, pd.DataFrame]:
    """Tabulate divergence against rejection, and the background's spectra at quoted cuts.

    Empty where no background event has a value of the spectator.
    """
    at = sculpting.edges(methods.first, asked)
    if at.size == 0:
        return {}
    quoted = sorted(settings.signal_efficiencies)
    cuts = sculpting.efficiencies(quoted)
    prepare = partial(sculpting.measures, tagging=asked, at=at, cuts=cuts)
    divergences, spectra = [], []
    place = {
        "variable": str(asked.sculpting),
        "units": methods.first.spectator_specs[str(asked.sculpting)].units,
    }
    for method, found in over_methods(methods, prepare, settings.bootstrap):
        known = background(methods, asked)
        divergences += [row | place for row in _divergences(method, found, cuts, quoted, known)]
        chosen = [cuts.index(efficiency) for efficiency in quoted]
        events = found["passing"].value
        every = float(events[-1] + found["failing"].value[-1])
        after = [(cuts[k], found["after"].at(k), float(events[k])) for k in chosen]
        for efficiency, density, passing in ((1.0, found["before"], every), *after):
            errors = density_error(density, np.diff(at), passing)
            spectra += [
                {
                    "method": method,
                    **place,
                    "signal_efficiency": efficiency,
                    "low": float(at[b]),
                    "high": float(at[b + 1]),
                    "density": float(density.value[b]),
                    "error": float(errors[b]),
                }
                for b in range(len(at) - 1)
            ]
    return {"sculpting.csv": pd.DataFrame(divergences), "spectra.csv": pd.DataFrame(spectra)}


def _divergences(
    method: str,
    found: dict[str, Sampled],
    cuts: list[float],
    quoted: list[float],
    background: float,
) -> list[Row]:
    jsd, rejection = found["jsd"], found["rejection"]
    rows = []
    for k, efficiency in enumerate(cuts):
        passing, failing = (float(found[name].value[k]) for name in ("passing", "failing"))
        known = certainty("rejection_at", rejection.at(k), background=background)
        rows.append(
            {
                "method": method,
                "signal_efficiency": efficiency,
                "quoted": int(efficiency in quoted),
                "rejection": float(rejection.value[k]),
                "rejection_error": known.error,
                "rejection_limit": known.lower_limit,
                "rejection_mark": known.mark,
                "jsd": float(jsd.value[k]),
                "jsd_error": float(jsd.error[k]),
                "jsd_of_chance": sculpting.noise(found["before"].value, passing, failing),
                "passing": passing,
            }
        )
    return rows
