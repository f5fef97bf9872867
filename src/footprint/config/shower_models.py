"""Models of what reaches the ground of a shower: muons by mass, signals, arrival times.

The formulas stand in `docs/physics/observatory.md`.
"""

from typing import Annotated

from pydantic import Field

from footprint.config.base import Fraction, NotNegative, Positive, Strict
from footprint.errors import suggest

MassNumber = Annotated[int, Field(ge=1, le=56)]


class Muons(Strict):
    """How many muons a nucleus makes, compared with a proton; `published` or `realistic`.

    `published`: A^0.15 without fluctuations. `realistic`: A^0.075, fluctuations of 16, 11, 8 and
    5 % for p, He, N and Fe.
    """

    mass_exponent: float = Field(
        0.15, ge=0, le=1, description="Exponent b of the number of muons, proportional to A^b."
    )
    fluctuation: dict[MassNumber, Fraction] = Field(
        {},
        description="Relative sd of the number of muons from shower to shower, by mass number; "
        "between masses interpolated in ln A, beyond them constant. Without it none.",
    )


MUONS = {
    "published": Muons(),
    "realistic": Muons(mass_exponent=0.075, fluctuation={1: 0.16, 4: 0.11, 14: 0.08, 56: 0.05}),
}


def named_muons(name: str) -> Muons:
    """Look up one of the models of the number of muons."""
    if name not in MUONS:
        msg = f"unknown '{name}'; {suggest(name, MUONS)}, or mass_exponent and fluctuation"
        raise ValueError(msg)
    return MUONS[name]


class LateralModel(Strict):
    """How the signals of muons and of electrons and photons fall with distance and depth."""

    muon_share: Positive = Field(
        0.3, description="Weight of a proton's muons in the signal at 1000 m."
    )
    em_share: Positive = Field(
        0.7, description="Weight of electrons and photons in the signal at 1000 m."
    )
    muon_exponent: Positive = Field(
        4.7, le=20, description="Muons fall with the distance r to the axis as r^-x."
    )
    em_exponent: Positive = Field(6.1, le=20, description="Electrons and photons fall as r^-x.")
    inner_radius_m: Positive = Field(
        150.0, description="Below this distance the signal rises no further, m."
    )
    depth_scale_g_cm2: Positive = Field(
        100.0, description="Depth below the maximum at which no attenuation is applied, g/cm2."
    )
    muon_depth_exponent: NotNegative = Field(
        0.1, le=5, description="Muons fall with the depth D below the maximum as D^-x."
    )
    em_depth_exponent: NotNegative = Field(
        0.4, le=5, description="Electrons and photons fall as D^-x."
    )
    largest_depth_factor: Positive = Field(
        10.0, description="Largest factor that the depth may give."
    )
    largest_signal_VEM: Positive = Field(
        1e7, le=1e7, description="Signals of a station above it are scaled down to it, VEM."
    )


class ArrivalModel(Strict):
    """When particles arrive after the front: lognormal with a median that grows with distance.

    Median = start + growth (r / radius)^exponent (1 - depth_slope D / 1000 g/cm2), with D the
    depth below the maximum.
    """

    muon_start_ns: Positive = Field(50.0, description="Muons' median on the axis, ns.")
    muon_growth_ns: NotNegative = Field(140.0, description="Muons' growth at the radius, ns.")
    muon_depth_slope: NotNegative = Field(
        0.2, le=1, description="Relative decrease of the muons' growth per 1000 g/cm2."
    )
    em_start_ns: Positive = Field(80.0, description="Same for electrons and photons, ns.")
    em_growth_ns: NotNegative = Field(200.0, description="Same for electrons and photons, ns.")
    em_depth_slope: NotNegative = Field(
        0.1, le=1, description="Same for electrons and photons, per 1000 g/cm2."
    )
    radius_m: Positive = Field(750.0, description="Distance of the growth, m.")
    exponent: NotNegative = Field(1.4, le=5, description="Exponent of the distance.")
    spread: Positive = Field(0.7, le=3, description="Sd of the logarithm of the arrival time.")
    em_shift_divisor: Positive = Field(
        1.5,
        description="Electrons and photons come later by the difference of the two medians over "
        "this number.",
    )
