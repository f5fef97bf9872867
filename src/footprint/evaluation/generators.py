"""What is compared with the real events: a generator's events, those it learnt from, a normal."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from footprint.config.experiments import Evaluation, Experiment
from footprint.config.observables import Observables
from footprint.errors import DataError
from footprint.evaluation import density
from footprint.evaluation.lateral import Lateral, laterals
from footprint.evaluation.moments import Floats
from footprint.evaluation.observables import (
    Arrays,
    Observable,
    half_width,
    observables_of,
    values,
)
from footprint.files.hdf5 import Array
from footprint.files.samples import Samples, read_samples

TRAINING = "training_events"
"""As many events of the training split as there are of real ones: nothing can be nearer."""
NORMAL = "normal"
"""Drawn from a normal distribution with the training events' means and covariances."""
SEED = 1933
REAL = "real"


@dataclass(frozen=True)
class Others:
    """Events of one method.

    Attributes
    ----------
    kind
        Its kind in tables.
    arrays
        Of each training, in physical units.
    tables
        Of each training their observables, shape (m, observables).
    weight
        How much each event counts, shape (m,); None where all count alike.
    """

    kind: Literal["network", "baseline", "oracle"]
    arrays: tuple[Arrays, ...]
    tables: tuple[Floats, ...]
    weight: Array | None

    @property
    def events(self) -> int:
        """How many there are of each training."""
        return len(self.tables[0])


@dataclass(frozen=True)
class Generators:
    """Events to compare.

    Attributes
    ----------
    experiment
        Whose generator.
    samples
        What its trainings made, one for each seed; the real events are the same.
    observables
        By which they are compared.
    real
        Observables of the real events, shape (n, observables).
    others
        By method; the experiment comes first.
    lateral
        Where lateral distributions are compared.
    half_widths
        Of images of jets by array, half their width.
    """

    experiment: str
    samples: tuple[Samples, ...]
    observables: tuple[Observable, ...]
    real: Floats
    others: dict[str, Others]
    lateral: tuple[Lateral, ...]
    half_widths: dict[str, float]

    @property
    def first(self) -> Samples:
        """Those of one training, for what all share."""
        return self.samples[0]

    @property
    def events(self) -> int:
        """Real test events."""
        return self.first.events

    def kind(self, method: str) -> str:
        """Tell what a method is; the true density is one that has no events."""
        return self.others[method].kind if method in self.others else "oracle"

    @property
    def real_weights(self) -> Floats:
        """How much each real event counts, shape (n,)."""
        weight = self.first.weight
        return np.ones(self.events) if weight is None else weight.astype(np.float64)

    def weights(self, method: str) -> tuple[Floats, Floats]:
        """Say how much real events and those of a method count, shapes (n,) and (m,)."""
        others = self.others[method]
        its = np.ones(others.events) if others.weight is None else others.weight
        return self.real_weights, its.astype(np.float64)


def gather_samples(
    paths: Sequence[Path], name: str, experiment: Experiment, settings: Evaluation
) -> Generators:
    """Read the samples of all trainings, and what to compare them with.

    Parameters
    ----------
    paths
        Files of samples, one for each seed.
    name, experiment
        Name and configuration of the experiment.
    settings
        By what they are compared.

    Raises
    ------
    FileFormatError
        A file is missing or not of samples.
    DataError
        None are given, a seed comes twice, or the files do not speak of the same events or of
        what the experiment generates.
    """
    if not paths:
        msg = f"experiment '{name}': no files of samples given, expected one for each seed"
        raise DataError(msg)
    samples = tuple(read_samples(path) for path in paths)
    _check(samples, paths, name, experiment)
    for path, entry in zip(paths, samples, strict=True):
        density.check(entry, settings, path)
    return compared(samples, name, settings.observables)


def compared(samples: Sequence[Samples], name: str, settings: Observables) -> Generators:
    """Compute the observables of all events."""
    first = samples[0]
    observables = observables_of(first, settings)

    def others(kind: Any, several: Sequence[Arrays], weight: Array | None) -> Others:
        return Others(
            kind, tuple(several), tuple(values(observables, one) for one in several), weight
        )

    found = {name: others("network", [s.generated.arrays for s in samples], first.weight)}
    if first.weight is None or first.training_weight is not None:
        found[TRAINING] = others("oracle", [first.training.arrays], first.training_weight)
        normal = _normal(first)
        if normal is not None:
            found[NORMAL] = others("baseline", [normal], None)
    real = values(observables, first.real.arrays)
    widths = {array: half_width(first, array, settings) for array in first.real.arrays}
    return Generators(
        name,
        tuple(samples),
        tuple(observables),
        real,
        found,
        tuple(laterals(first, settings)),
        {array: half for array, half in widths.items() if half is not None},
    )


def _check(
    samples: Sequence[Samples], paths: Sequence[Path], name: str, experiment: Experiment
) -> None:
    first = samples[0]
    if first.variables != experiment.variables:
        msg = (
            f"{paths[0]} holds '{first.variables}', experiment '{name}' generates "
            f"'{experiment.variables}': predict again"
        )
        raise DataError(msg)
    for path, other in zip(paths[1:], samples[1:], strict=True):
        if not np.array_equal(other.event_id, first.event_id):
            msg = f"{path} has other real events than {paths[0]}: predict both again"
            raise DataError(msg)
    seeds = [entry.seed for entry in samples]
    twice = sorted({str(seed) for seed in seeds if seeds.count(seed) > 1})
    if twice:
        msg = f"experiment '{name}': seed {', '.join(twice)} comes more than once"
        raise DataError(msg)
    if not first.events or not len(first.training_event_id):
        msg = f"{paths[0]} holds no {'real' if not first.events else 'training'} events"
        raise DataError(msg)


def _normal(samples: Samples) -> Arrays | None:
    """Draw from a normal distribution like the training events; None where they are no vectors."""
    arrays = samples.training.arrays
    parts = [array.reshape(len(array), -1).astype(np.float64) for array in arrays.values()]
    table = np.concatenate(parts, axis=1)
    if any(array.ndim > 2 for array in arrays.values()) or not np.isfinite(table).all():  # noqa: PLR2004
        return None
    if samples.training_weight is not None or table.shape[1] > len(table):
        return None
    stream = np.random.Generator(np.random.PCG64DXSM([SEED, samples.events]))
    covariance = np.atleast_2d(np.cov(table, rowvar=False))
    drawn = stream.multivariate_normal(
        table.mean(axis=0), covariance, samples.events, method="eigh"
    )
    ends = np.cumsum([part.shape[1] for part in parts])[:-1]
    return {
        name: part.reshape(len(part), *array.shape[1:])
        for (name, array), part in zip(arrays.items(), np.split(drawn, ends, axis=1), strict=True)
    }
