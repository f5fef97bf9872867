"""What muons and what electrons and photons add to a trace on average, by the generator's model.

A recorded trace does not say which particle a signal is from; for showers of the generator
`observatory` the truth does, together with the options they were made with.
"""

import numpy as np
from scipy.special import ndtr

from footprint.config.observatory import ObservatoryOptions
from footprint.files.hdf5 import Array
from footprint.simulate.array import StationArray
from footprint.simulate.observatory_primaries import Primaries
from footprint.simulate.observatory_signal import expected
from footprint.survey.sums import Floats

TRUTH = (
    *("mass_number", "lg_energy", "zenith", "azimuth", "core", "shower_maximum"),
    *("relative_muons", "station_x", "station_y", "station_z"),
)
"""What must be known of a shower."""


def components(
    options: ObservatoryOptions, shower: dict[str, Array], bins: int
) -> tuple[Floats, Floats]:
    """Mean signals in the bins of all stations' traces, without noise and pedestal.

    Parameters
    ----------
    options
        What the shower was made with.
    shower
        The arrays `TRUTH` of one event, their first axis kept.
    bins
        Number of bins.

    Returns
    -------
    tuple of ndarray, shape (stations, bins)
        Of muons, and of electrons and photons, in VEM.
    """
    array = StationArray(*(shower[f"station_{k}"][0].astype(np.float64) for k in "xyz"))
    primaries = Primaries(
        mass_number=shower["mass_number"].astype(np.float64),
        lg_energy=shower["lg_energy"].astype(np.float64),
        zenith=np.radians(shower["zenith"].astype(np.float64)),
        azimuth=np.radians(shower["azimuth"].astype(np.float64)),
        core=shower["core"].astype(np.float64),
    )
    maximum, muons = (
        shower[name].astype(np.float64) for name in ("shower_maximum", "relative_muons")
    )
    mean = expected(options, array, primaries, maximum, muons)
    arrival = options.arrival
    shift = np.maximum(mean.em_median - mean.muon_median, 0.0) / arrival.em_shift_divisor
    edges = np.arange(bins + 1) * options.bin_width_ns

    def in_bins(number: Floats, median: Floats, start: Floats) -> Floats:
        after = np.maximum(edges - start[0][:, None], 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            before = ndtr(np.log(after / median[0][:, None]) / arrival.spread)
        return np.asarray(number[0][:, None] * np.diff(before, axis=1))

    return in_bins(mean.muons, mean.muon_median, 0 * shift), in_bins(mean.em, mean.em_median, shift)
