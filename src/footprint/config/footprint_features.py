"""The features of a footprint: names, units and meanings, in the order of the columns."""

from footprint.config.base import Meaning

LARGEST = 4
"""So many stations, by falling signal, have features of their own."""
RINGS = {"near": "within 700 m", "middle": "700 to 1400 m", "far": "beyond 1400 m"}
"""Distances from the axis over which residuals are averaged."""

_SIGNALS = {
    "stations_hit": Meaning("", "stations with a signal"),
    "lg_total_signal": Meaning("", "log10 of the summed signal in VEM, pedestal subtracted"),
    **{
        f"lg_signal_{k}": Meaning("", f"log10 of the signal in VEM, station {k} by signal")
        for k in range(1, LARGEST + 1)
    },
    **{
        f"lg_signal_ratio_{k}": Meaning("", f"log10 of the largest signal over number {k}")
        for k in range(2, LARGEST + 1)
    },
}
_FRONT = {
    "fit_failed": Meaning("", "1 where no plane could be fitted (axis vertical) or it is steep"),
    "zenith": Meaning("deg", "zenith angle of the plane fit"),
    "sec_zenith": Meaning("", "secant of that zenith angle"),
    "azimuth": Meaning("deg", "azimuth of the plane fit"),
    "chi2_front": Meaning("", "chi2 per degree of freedom of the plane fit"),
    "rms_front": Meaning("ns", "rms residual to the plane"),
}
_LATERAL = {
    "lg_S1000": Meaning("", "log10 of the fitted signal in VEM at 1000 m from the axis"),
    "lg_S600": Meaning("", "log10 of the fitted signal in VEM at 600 m"),
    "lg_S1500": Meaning("", "log10 of the fitted signal in VEM at 1500 m"),
    "slope": Meaning("", "fitted exponent of the lateral distribution"),
    "slope_error": Meaning("", "its standard error"),
    "bend": Meaning("", "change of the exponent per decade of distance"),
    "chi2_lateral": Meaning("", "chi2 per degree of freedom of the lateral distribution"),
    "core_shift": Meaning("m", "distance of the core from the signals' barycentre"),
    "core_distance": Meaning("m", "distance of the core from the array's centre"),
    "early_late": Meaning("", "cos moment of the signals about the axis, log10"),
    "left_right": Meaning("", "sin moment of the signals about the axis, log10"),
    "elongation": Meaning("", "cos moment of the double angle, log10"),
}
_DISTANCES = {
    **{
        f"distance_{k}": Meaning("m", f"distance from the axis, station {k} by distance")
        for k in range(1, LARGEST + 1)
    },
    **{
        f"distance_of_signal_{k}": Meaning("m", f"distance from the axis, station {k} by signal")
        for k in range(1, LARGEST + 1)
    },
    "rms_distance": Meaning("m", "rms distance from the axis, weighted by the signals"),
    "rms_distance_root": Meaning("m", "the same, weighted by the roots of the signals"),
    "rms_distance_hit": Meaning("m", "rms distance from the axis of the stations hit"),
    "farthest": Meaning("m", "largest distance from the axis of a station hit"),
}
_RESIDUALS = {
    "curvature": Meaning("ns/km2", "residual to the plane against squared distance"),
    **{f"delay_{ring}": Meaning("ns", f"mean residual {text}") for ring, text in RINGS.items()},
    **{f"jitter_{ring}": Meaning("ns", f"rms residual {text}") for ring, text in RINGS.items()},
}
SHAPES = {
    "t10": Meaning("ns", "time to 10 % of the signal"),
    "t50": Meaning("ns", "time to half the signal"),
    "risetime_10_50": Meaning("ns", "time from 10 to 50 % of the signal"),
    "risetime_10_90": Meaning("ns", "time from 10 to 90 % of the signal"),
    "falltime": Meaning("ns", "time from 50 to 90 % of the signal"),
    "mean_log_time": Meaning("", "mean of ln(t/ns)"),
    "sd_log_time": Meaning("", "sd of ln(t/ns)"),
    "peak_share": Meaning("", "share of the largest bin"),
    "jumps": Meaning("", "sum of rises of more than half a VEM between bins, over the signal"),
}
"""Shape of one station's trace, from its first bin on."""
_TRACES = {
    **{
        f"{shape}_{k}": Meaning(units, f"{text}, station {k} by signal")
        for k in range(1, LARGEST + 1)
        for shape, (units, text) in SHAPES.items()
    },
}
_AT_1000 = {
    **{
        f"{shape}_at_1000": Meaning(units, f"{text}, interpolated at 1000 m")
        for shape, (units, text) in SHAPES.items()
    },
    **{
        f"{shape}_gradient": Meaning("", f"{text}, change with the logarithm of the distance")
        for shape, (units, text) in SHAPES.items()
    },
}

FEATURES: dict[str, Meaning] = _SIGNALS | _FRONT | _LATERAL | _DISTANCES | _RESIDUALS
TRACE_FEATURES: dict[str, Meaning] = _TRACES | _AT_1000
GROUPS = {
    "signals": tuple(_SIGNALS),
    "front": tuple(_FRONT),
    "lateral": tuple(_LATERAL),
    "distances": tuple(_DISTANCES),
    "residuals": tuple(_RESIDUALS),
}
"""Features that are computed together."""
