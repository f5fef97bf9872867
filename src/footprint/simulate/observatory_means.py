"""What the model of the shower hands on to the draw of the particles: means and medians."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from footprint.config.observatory import ObservatoryOptions

Floats = NDArray[np.float64]


class Arrival(NamedTuple):
    """Arrival of one kind of particles in a station: time = shift + exp(log_median + spread z).

    Times are in ns; width is that of the bins.
    """

    log_median: float
    shift: float
    spread: float
    width: float


class Means(NamedTuple):
    """What n showers give in s stations on average, each of shape (n, s).

    Attributes
    ----------
    muons, em
        Mean numbers of muons and of electrons and photons, in VEM; 0 where there is no station.
    muon_median, em_median
        Medians of their arrival times after the front in ns.
    """

    muons: Floats
    em: Floats
    muon_median: Floats
    em_median: Floats


class Timing(NamedTuple):
    """What the arrival times of all particles have in common.

    Attributes
    ----------
    spread
        Sd of the times' logarithm.
    divisor
        Electrons and photons are shifted by the difference of the medians over it.
    width, bins
        Width of a time bin in ns, and number of bins.
    """

    spread: float
    divisor: float
    width: float
    bins: int


def timing_of(options: ObservatoryOptions) -> Timing:
    """Collect what the options say of arrival times."""
    arrival = options.arrival
    return Timing(arrival.spread, arrival.em_shift_divisor, options.bin_width_ns, options.bins)
