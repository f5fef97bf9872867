"""From a sample's configuration to an event file: any range of events of any generator."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from footprint.config.functions import Function
from footprint.config.known_densities import KnownDensity
from footprint.config.logic_gates import LogicGate
from footprint.config.observatory import Observatory
from footprint.config.pythia_jets import PythiaJets
from footprint.config.samples import VerticalShowers
from footprint.files.events import ID, Block, EventWriter
from footprint.files.hdf5 import Array, ArraySpec
from footprint.seeds import BLOCK, blocks_of, event_ids, series_of, stream

Sample = VerticalShowers | Observatory | PythiaJets | Function | LogicGate | KnownDensity

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Generator:
    """What the pipeline needs of a generator.

    Attributes
    ----------
    arrays
        Function of the options that gives names, units and meanings of what it makes.
    simulate
        Function of (random stream, options, number of events) that returns these arrays.
    constants
        Function of the options that gives what is the same for all events.
    """

    arrays: Callable[[Any], Sequence[ArraySpec]]
    simulate: Callable[[np.random.Generator, Any, int], dict[str, Array]]
    constants: Callable[[Any], Sequence[tuple[ArraySpec, Array]]] = lambda _: ()


def _vertical_showers() -> Generator:
    from footprint.simulate import vertical

    return Generator(lambda _: vertical.ARRAYS, vertical.simulate)


def _observatory() -> Generator:
    from footprint.simulate import observatory

    return Generator(observatory.arrays, observatory.simulate, observatory.constants)


def _pythia_jets() -> Generator:
    from footprint.simulate import pythia

    return Generator(pythia.arrays, pythia.simulate)


def _function() -> Generator:
    from footprint.simulate import function

    return Generator(function.arrays, function.simulate)


def _logic_gate() -> Generator:
    from footprint.simulate import logic_gate

    return Generator(logic_gate.arrays, logic_gate.simulate)


def _known_density() -> Generator:
    from footprint.simulate import known_density

    return Generator(known_density.arrays, known_density.simulate)


GENERATORS = {
    "vertical_showers": _vertical_showers,
    "observatory": _observatory,
    "pythia_jets": _pythia_jets,
    "function": _function,
    "logic_gate": _logic_gate,
    "known_density": _known_density,
}
"""Generators by name, imported when they are needed: a compiler comes along with some."""


def simulate_block(name: str, sample: Sample, seed: int, block: int) -> Block:
    """Simulate one whole block of a sample, or of another series of its events."""
    generator = GENERATORS[sample.generator]()
    arrays = generator.simulate(stream(seed, name, block), sample.options, BLOCK)
    return {ID: event_ids(name, block * BLOCK, BLOCK), **arrays}


def simulate_part(
    output: Path,
    name: str,
    sample: Sample,
    *,
    seed: int,
    first: int,
    count: int,
    series: str = "",
) -> None:
    """Simulate a range of a sample's events into an event file.

    Parameters
    ----------
    output
        The event file.
    name, sample
        Name and configuration of the sample.
    seed
        The study's seed.
    first, count
        Range of events; the same events come out for any division into ranges.
    series
        Name of another series of the sample's events, with random and event numbers of its own.
    """
    source = series_of(name, series)
    generator = GENERATORS[sample.generator]()
    # How the work is cut into jobs is no part of what the events are.
    config = sample.model_dump_json(exclude={"events", "events_per_job"})
    start = perf_counter()
    done = 0
    arrays, constants = generator.arrays(sample.options), generator.constants(sample.options)
    with EventWriter(
        output, arrays, sample=name, config=config, seed=seed, constants=constants
    ) as writer:
        for block, part in blocks_of(first, count):
            events = simulate_block(source, sample, seed, block)
            writer.append({key: values[part] for key, values in events.items()})
            done += part.stop - part.start
            rate = done / (perf_counter() - start)
            log.info("simulated %d of %d events of '%s', %.0f/s", done, count, name, rate)
