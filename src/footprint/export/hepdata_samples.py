"""What HEPData is given of samples."""

from footprint.export.hepdata_layout import Axis, Layout, Quantity, measured

_LG_ENERGY = Axis("lg(E/eV)", ("low", "high"))
_DISTANCE = Axis("distance to the axis", ("low", "high"), "m")
_MOMENTS = (measured("mean", "mean"), measured("standard deviation", "sd"))

OF_SAMPLES: dict[str, Layout] = {
    "lateral_distribution": Layout(
        "Mean signal of stations against the distance to the axis.",
        (Axis("lg(E/eV)", ("energy_low", "energy_high")), _DISTANCE),
        (Quantity("mean signal", "signal", "VEM", "error"),), ("mass",),
    ),
    "time_residuals": Layout(
        "Delay of the first particle behind a plane.",
        (Axis("zenith angle", ("zenith_low", "zenith_high"), "deg"), _DISTANCE),
        (measured("mean delay", "mean", "ns"),
         measured("standard deviation of the delay", "sd", "ns")),
    ),
    "trigger_efficiency": Layout(
        "Trigger efficiency of a station.",
        (Axis("lg(E/eV)", ("energy_low", "energy_high")), _DISTANCE),
        (Quantity("efficiency", "efficiency", error=("efficiency_low", "efficiency_high")),),
    ),
    "xmax_moments": Layout(
        "Mean and standard deviation of the depth of the shower maximum.",
        (_LG_ENERGY,),
        (measured("mean Xmax", "mean", "g/cm2"),
         measured("standard deviation of Xmax", "sd", "g/cm2")), ("showers", "mass"),
    ),
    "xmax_model": Layout(
        "Moments of Xmax that the simulation draws from.",
        (Axis("lg(E/eV)", ("lg_energy",)),),
        (Quantity("mean Xmax", "mean", "g/cm2"),
         Quantity("standard deviation of Xmax", "sd", "g/cm2")), ("mass",),
    ),
    "muons": Layout("Muons against energy.", (_LG_ENERGY,), _MOMENTS, ("mass",), ("quantity",)),
    "stations_hit": Layout(
        "Number of stations with a signal.", (Axis("$variable", ("low", "high")),), _MOMENTS,
        ("mass",), ("variable",),
    ),
    "zenith": Layout(
        "Distribution of the zenith angle.",
        (Axis("zenith angle", ("low", "high"), "deg"),),
        (Quantity("probability density", "density", "1/deg", "error"),
         Quantity("isotropic", "expected", "1/deg")),
    ),
    "energy_spectrum": Layout(
        "Showers per unit of lg(E).",
        (_LG_ENERGY,), (Quantity("showers per unit of lg(E)", "density", error="error"),),
        ("mass",),
    ),
}  # fmt: skip
"""Tables of samples."""
