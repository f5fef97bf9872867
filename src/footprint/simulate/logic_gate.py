"""Logic gates: two inputs scattered about 0 and 1, and the gate's output."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from footprint.config.logic_gates import LogicGateOptions
from footprint.files.hdf5 import Array, ArraySpec

Bits = NDArray[np.bool_]
GATES: dict[str, Callable[[Bits, Bits], Bits]] = {
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
    "nand": lambda a, b: ~(a & b),
    "nor": lambda a, b: ~(a | b),
    "xnor": lambda a, b: a == b,
}
"""What each gate makes of its two inputs."""


def arrays(options: LogicGateOptions) -> tuple[ArraySpec, ...]:
    """Names, units and meanings of what is made of each event."""
    noise = f"0 or 1 with normal noise of sd {options.noise:g}"
    return (
        ArraySpec("a", "", f"first input, {noise}"),
        ArraySpec("b", "", f"second input, {noise}"),
        ArraySpec("output", "", f"{options.gate} of both inputs without noise, 0 or 1"),
    )


def simulate(rng: np.random.Generator, options: LogicGateOptions, events: int) -> dict[str, Array]:
    """Draw inputs, each 0 or 1 with equal probability, and scatter them.

    Parameters
    ----------
    rng
        Random stream; the result depends on it, the options and the number of events alone.
    options
        Options of the generator.
    events
        How many, n.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        Both inputs as float32, the output as int8.
    """
    bits = rng.integers(0, 2, (2, events)).astype(bool)
    inputs = (bits + rng.normal(0.0, options.noise, bits.shape)).astype(np.float32)
    output = GATES[options.gate](*bits)
    return {"a": inputs[0], "b": inputs[1], "output": output.astype(np.int8)}
