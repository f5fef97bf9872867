"""Files of what a generator makes: generated events beside real ones, under the same conditions.

All that an evaluation needs, so that any generator's events can be evaluated. Layout:
``event_id`` (n,) of the test events; ``real/<array>`` and ``generated/<array>`` (n, ...), event by
event under the same conditions, in physical units, NaN where not measured; ``training/<array>``
(m, ...), events that the generator learnt from, and ``training_event_id`` (m,); ``conditions/
<array>`` (n, ...) and ``spectators/<name>`` (n, ...) of the real events; ``network/real``,
``network/generated`` and ``network/training`` (n or m, ..., channels), the same as a network sees
them; ``constants/<name>``, such as positions of stations; ``log_density`` (n,) where the generator
knows it; ``snapshots/<array>`` (k, m, ...), what the generator made after some epochs of its
training under the conditions of the first m events, and ``snapshot_epoch`` (k,), where weights were
kept; ``weight`` (n,) and ``training_weight`` (m,) where events do not all count alike; root
attributes ``method``, ``seed``, ``task``, ``variables``, ``channels`` (JSON),
``seconds_per_event``, ``seconds_per_event_error``, ``device``, ``config`` (JSON).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

from footprint.config.base import DISTRIBUTIONS, DistributionTask
from footprint.errors import FileFormatError
from footprint.files import hdf5
from footprint.files.hdf5 import WEIGHT, Array, ArraySpec

KIND = "samples"
TRAINING_WEIGHT = "training_weight"
SNAPSHOT_EPOCH = "snapshot_epoch"
GENERATED_OR_REAL = ("generated", "real")
"""Classes of the two-sample test, whose predictions are of the real events, then the generated."""
FOLD = "fold"
"""Its spectator that says which of the two networks answered."""
_OPTIONAL = {"log_density": ArraySpec("log_density", "nat", "logarithm of the learnt density")}


@dataclass(frozen=True)
class Kind:
    """One kind of events: real, generated, or learnt from.

    Attributes
    ----------
    arrays
        By name, shapes (n, ...), in physical units, NaN where not measured.
    network
        The same as a network sees them, shape (n, ..., channels).
    """

    arrays: dict[str, Array]
    network: Array


@dataclass(frozen=True)
class Samples:
    """What one generator makes, beside real events.

    Attributes
    ----------
    method, seed
        Name of the experiment, seed of the training.
    task
        ``generation`` or ``density``.
    variables, channels
        Name of the input whose distribution was learnt, and of its channels.
    event_id
        Of the real test events, shape (n,).
    real, generated
        Test events, and one generated event for each under the same conditions.
    training, training_event_id
        Events of the training split, m of them: how near to the test events a sample of the
        truth comes.
    specs
        Units and meaning of the arrays, of the conditions and of the spectators.
    conditions, spectators
        Further arrays of the real events, shapes (n, ...).
    constants
        What is the same for all events.
    seconds_per_event, seconds_per_event_error, device
        Time to generate an event, in batches, its standard error from batch to batch, NaN where
        that is not known, and on what; on CPUs that of computing, of all threads together.
    config
        JSON of the experiment.
    log_density
        Of the real events under their conditions, in nat, per unit of the variables before they
        are normalised (after their ``transform``), shape (n,); None where it is not known.
    snapshot_epoch, snapshots
        Epochs of the training, the last that of the trained generator, shape (k,), and what it made
        after each under the conditions of the first m events, from the same random numbers, by
        array, shapes (k, m, ...), in physical units; empty without.
    weight, training_weight
        How much each real event and each training event counts, shapes (n,) and (m,); None where
        all count alike.
    """

    method: str
    seed: int
    task: DistributionTask
    variables: str
    channels: tuple[str, ...]
    event_id: Array
    real: Kind
    generated: Kind
    training: Kind
    training_event_id: Array
    specs: Mapping[str, ArraySpec]
    conditions: dict[str, Array] = field(default_factory=dict)
    spectators: dict[str, Array] = field(default_factory=dict)
    constants: dict[str, Array] = field(default_factory=dict)
    seconds_per_event: float = float("nan")
    seconds_per_event_error: float = float("nan")
    device: str = ""
    config: str = "{}"
    log_density: Array | None = None
    snapshot_epoch: tuple[int, ...] = ()
    snapshots: dict[str, Array] = field(default_factory=dict)
    weight: Array | None = None
    training_weight: Array | None = None

    @property
    def events(self) -> int:
        """Real test events."""
        return len(self.event_id)


def write_samples(path: Path, samples: Samples) -> None:
    """Write a file of samples under its final name, whole or not at all.

    Raises
    ------
    FileFormatError
        Arrays do not fit together, or a generated value is infinite.
    """
    check(samples, path)
    with hdf5.created(path) as file:
        hdf5.stamp(
            file,
            KIND,
            method=samples.method,
            seed=samples.seed,
            task=samples.task,
            variables=samples.variables,
            channels=json.dumps(samples.channels),
            seconds_per_event=samples.seconds_per_event,
            seconds_per_event_error=samples.seconds_per_event_error,
            device=samples.device,
            config=samples.config,
        )
        for path_inside, values in _layout(samples).items():
            name = path_inside.rpartition("/")[2]
            spec = samples.specs.get(name) or _OPTIONAL.get(name) or ArraySpec(name, "", "")
            data = file.create_dataset(path_inside, data=hdf5.storable(values), **hdf5.STORAGE)
            hdf5.describe(data, spec)
        for name, values in samples.constants.items():
            file[f"constants/{name}"] = values


def _layout(samples: Samples) -> dict[str, Array]:
    """Say where each array stands in the file."""
    kinds = {"real": samples.real, "generated": samples.generated, "training": samples.training}
    found = {"event_id": samples.event_id, "training_event_id": samples.training_event_id}
    for kind, events in kinds.items():
        found |= {f"{kind}/{name}": values for name, values in events.arrays.items()}
        found[f"network/{kind}"] = events.network
    found |= {f"conditions/{name}": values for name, values in samples.conditions.items()}
    found |= {f"spectators/{name}": values for name, values in samples.spectators.items()}
    if samples.snapshots:
        found[SNAPSHOT_EPOCH] = np.asarray(samples.snapshot_epoch, np.int32)
        found |= {f"snapshots/{name}": values for name, values in samples.snapshots.items()}
    if samples.log_density is not None:
        found["log_density"] = samples.log_density
    if samples.weight is not None:
        found[WEIGHT] = samples.weight
    if samples.training_weight is not None:
        found[TRAINING_WEIGHT] = samples.training_weight
    return found


def read_samples(path: Path) -> Samples:
    """Read a file of samples after checking it.

    Raises
    ------
    FileFormatError
        Not such a file, or its arrays do not fit together.
    """
    with hdf5.opened(path, KIND) as file:
        specs: dict[str, ArraySpec] = {}

        def group(name: str) -> dict[str, Array]:
            if name not in file:
                return {}
            specs.update({key: hdf5.spec_of(data) for key, data in file[name].items()})
            return {key: data[:] for key, data in file[name].items()}

        def kind(name: str) -> Kind:
            return Kind(group(name), hdf5.member(file, f"network/{name}", path)[:])

        samples = Samples(
            method=hdf5.text(file, "method"),
            seed=hdf5.whole(file, "seed"),
            task=_task(hdf5.text(file, "task"), path),
            variables=hdf5.text(file, "variables"),
            channels=tuple(hdf5.read_json(file, "channels")),
            event_id=hdf5.member(file, "event_id", path)[:],
            real=kind("real"),
            generated=kind("generated"),
            training=kind("training"),
            training_event_id=hdf5.member(file, "training_event_id", path)[:],
            specs=specs,
            conditions=group("conditions"),
            spectators=group("spectators"),
            constants=hdf5.read_constants(file),
            seconds_per_event=float(file.attrs["seconds_per_event"]),
            seconds_per_event_error=float(file.attrs.get("seconds_per_event_error", "nan")),
            device=hdf5.text(file, "device"),
            config=hdf5.text(file, "config"),
            snapshot_epoch=tuple(file[SNAPSHOT_EPOCH][:].tolist())
            if SNAPSHOT_EPOCH in file
            else (),
            snapshots=group("snapshots"),
            log_density=file["log_density"][:] if "log_density" in file else None,
            weight=file[WEIGHT][:] if WEIGHT in file else None,
            training_weight=file[TRAINING_WEIGHT][:] if TRAINING_WEIGHT in file else None,
        )
    check(samples, path)
    return samples


def holds_samples(path: Path) -> bool:
    """Tell whether a file is one of samples; False of any other, or where there is none."""
    try:
        with h5py.File(path, "r", locking=False) as file:
            return bool(file.attrs.get("kind") == KIND)
    except OSError:
        return False


def ids_of_both(event_id: Array) -> Array:
    """Give real events, and the generated ones after them, numbers of their own, shape (2 n,)."""
    return np.concatenate([event_id, ~event_id])


def _task(found: str, path: Path) -> DistributionTask:
    for task in DISTRIBUTIONS:
        if found == task:
            return task
    msg = f"{path}: task is '{found}', expected one of {', '.join(DISTRIBUTIONS)}: predict again"
    raise FileFormatError(msg)


def check(samples: Samples, path: Path) -> None:
    """Refuse samples whose arrays do not fit together, or hold infinite values.

    Raises
    ------
    FileFormatError
        With the array, what was found and what was expected.
    """
    shapes = {name: values.shape[1:] for name, values in samples.real.arrays.items()}
    lengths = {"real": samples.events, "generated": samples.events}
    lengths["training"] = len(samples.training_event_id)
    for kind, length in lengths.items():
        events: Kind = getattr(samples, kind)
        expected = {name: (length, *shape) for name, shape in shapes.items()}
        found = {name: values.shape for name, values in events.arrays.items()}
        if found != expected:
            msg = f"{path}: {kind} events have arrays {found}, expected {expected}"
            raise FileFormatError(msg)
        of_network = (length, *samples.real.network.shape[1:])
        if events.network.shape != of_network:
            msg = f"{path}: network/{kind} has shape {events.network.shape}, expected {of_network}"
            raise FileFormatError(msg)
        _check_finite(events, kind, path)
    per_event = {**samples.conditions, **samples.spectators}
    optional = {"log_density": samples.log_density, WEIGHT: samples.weight}
    per_event |= {name: values for name, values in optional.items() if values is not None}
    for name, values in per_event.items():
        if len(values) != samples.events:
            msg = f"{path}: {name} has {len(values)} values for {samples.events} events"
            raise FileFormatError(msg)
    _check_snapshots(samples, path)
    given = samples.training_weight
    if given is not None and len(given) != lengths["training"]:
        msg = f"{path}: training_weight has {len(given)} values for {lengths['training']} events"
        raise FileFormatError(msg)


def _check_snapshots(samples: Samples, path: Path) -> None:
    shapes = {name: values.shape for name, values in samples.snapshots.items()}
    drawn = next((shape[1] for shape in shapes.values()), 0)
    expected = {
        name: (len(samples.snapshot_epoch), drawn, *values.shape[1:])
        for name, values in samples.real.arrays.items()
        if shapes
    }
    if shapes != expected or drawn > samples.events:
        msg = (
            f"{path}: snapshots have arrays {shapes}, expected {expected} and no more than "
            f"{samples.events} events: predict again"
        )
        raise FileFormatError(msg)
    _check_finite(Kind(samples.snapshots, np.zeros(0)), "snapshots", path)


def _check_finite(events: Kind, kind: str, path: Path) -> None:
    """NaN means not measured in physical units; a network sees finite numbers alone."""
    counts = {f"{kind}/{n}": np.count_nonzero(np.isinf(v)) for n, v in events.arrays.items()}
    counts[f"network/{kind}"] = np.count_nonzero(~np.isfinite(events.network))
    for name, bad in counts.items():
        if bad:
            msg = (
                f"{path}: {bad} values of {name} are not finite: the generator has diverged, train "
                f"it again at a lower learning rate"
            )
            raise FileFormatError(msg)
