"""Points of a function of one variable, with noise on its value."""

import numpy as np

from footprint.config.formulas import evaluate
from footprint.config.functions import FunctionOptions
from footprint.errors import DataError
from footprint.files.hdf5 import Array, ArraySpec


def arrays(options: FunctionOptions) -> tuple[ArraySpec, ...]:
    """Names, units and meanings of what is made of each event."""
    units_x, units_y = options.units.get("x", ""), options.units.get("y", "")
    noise = f"normal noise of sd {options.noise:g}"
    return (
        ArraySpec("x", units_x, "the variable, uniform in its range"),
        ArraySpec("y", units_y, f"{options.formula} with {noise}"),
        ArraySpec("truth", units_y, f"{options.formula} without noise"),
    )


def simulate(rng: np.random.Generator, options: FunctionOptions, points: int) -> dict[str, Array]:
    """Draw points.

    Parameters
    ----------
    rng
        Random stream; the result depends on it, the options and the number of points alone.
    options
        Options of the generator.
    points
        How many, n.

    Returns
    -------
    dict of str to ndarray of float32, shape (n,)
        x, y with noise, and the truth, in the units of the options.

    Raises
    ------
    DataError
        The formula is not finite somewhere.
    """
    # Rounded as it will be stored, so that the truth belongs to the x that others read.
    x = rng.uniform(*options.range, points).astype(np.float32)
    truth = np.broadcast_to(evaluate(options.formula, {"x": x}), x.shape).astype(np.float64)
    noise = rng.normal(0.0, options.noise, points)
    if not np.isfinite(truth).all():
        bad = x[~np.isfinite(truth)][0]
        msg = f"the formula '{options.formula}' is not finite at x = {bad:g}: change its range"
        raise DataError(msg)
    return {
        "x": x,
        "y": (truth + noise).astype(np.float32),
        "truth": truth.astype(np.float32),
    }
