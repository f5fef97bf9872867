"""Options of the generator `pythia_jets`: jets of proton collisions, as Pythia 8 makes them.

What is done, and with which numbers, stands in `docs/physics/jets.md`.
"""

from math import isclose
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import NotNegative, Positive, Strict, shorthand
from footprint.config.jet_arrays import GENERATED
from footprint.config.simulated import Simulated

Process = Literal["top", "qcd", "w", "z", "h"]
Tune = Literal[
    "monash", "monash_star", "tune_4c", "a14_cteq", "a14_mstw", "a14_nnpdf",
    "a14_var1_up", "a14_var1_down", "a14_var2_up", "a14_var2_down", "a14_var3a_up",
    "a14_var3a_down", "a14_var3b_up", "a14_var3b_down", "a14_var3c_up", "a14_var3c_down",
]  # fmt: skip
Efficiency = Annotated[float, Field(gt=0, le=1)]
ScaleFactor = Annotated[float, Field(ge=0.4, le=3)]

PTHAT_BELOW, PTHAT_ABOVE = 6 / 11, 20 / 13
"""The hard process is made from so far below to so far above the jets' transverse momenta:
300 to 1000 GeV for jets of 550 to 650 GeV."""
NARROWEST_BELOW, NARROWEST_ABOVE = 0.7, 1.25
"""Narrower windows are refused: jets from outside would be missing."""


class Detector(Strict):
    """A detector in a few numbers: tracks of charged particles, calorimeter cells for the rest."""

    cell_eta: Positive = Field(
        0.1, le=1, description="Width of a calorimeter cell in pseudorapidity."
    )
    cell_phi_deg: Positive = Field(
        10.0, le=90, description="Width of a cell in azimuth, degrees; divides 360."
    )
    stochastic: NotNegative = Field(
        0.5, le=5, description="Relative resolution of a cell's energy times sqrt(E/GeV)."
    )
    constant: NotNegative = Field(
        0.05, le=1, description="Constant part of it, added in quadrature."
    )
    cell_threshold_GeV: NotNegative = Field(
        0.5, le=100, description="Cells with less measured energy are silent, GeV."
    )
    track_efficiency: Efficiency = Field(
        0.95,
        description="Part of the charged particles that leave a track; the others are "
        "seen by the calorimeter.",
    )
    track_threshold_GeV: NotNegative = Field(
        0.5, le=100, description="Least transverse momentum of a track, GeV."
    )
    track_eta_max: Positive = Field(
        2.5, le=5, description="Largest absolute pseudorapidity of a track."
    )

    @model_validator(mode="after")
    def _cells_fill_the_circle(self) -> Self:
        cells = 360 / self.cell_phi_deg
        if not isclose(cells, round(cells)):
            msg = (
                f"cell_phi_deg = {self.cell_phi_deg:g} does not divide 360 degrees: the last cell "
                f"would be smaller; {360 / round(cells):g} does"
            )
            raise ValueError(msg)
        return self


class PythiaJetsOptions(Strict):
    """The leading jet of proton-proton collisions, one process a sample.

    Formulas, sources and measured numbers stand in `docs/physics/jets.md`.
    """

    process: Process = Field(
        description="`top`: pairs of top quarks; `qcd`: two light quarks or gluons; `w`, `z`, `h`: "
        "a boson beside a quark or gluon. Tops and bosons decay to quarks."
    )
    collision_energy_GeV: Positive = Field(
        14000.0, ge=1000, le=2e5, description="Energy of the two protons together, GeV."
    )
    pt_GeV: tuple[Positive, Positive] = Field(
        (550.0, 650.0), description="Range of the jet's transverse momentum, GeV."
    )
    eta_max: Positive = Field(2.0, le=4, description="Largest absolute pseudorapidity of the jet.")
    radius: Positive = Field(0.8, ge=0.1, le=1.5, description="Radius of the anti-kt algorithm.")
    matched: bool = Field(
        True,
        description="Keep a jet of a top or boson only if this and all quarks of its decay lie "
        "within the radius.",
    )
    pthat_GeV: tuple[Positive, Positive] | None = Field(
        None,
        description="Range of the hard process' transverse momentum, GeV; without it from 6/11 of "
        "the lowest to 20/13 of the highest jet's, before these are scaled and constituents lost.",
    )
    shower_veto: bool = Field(
        True,
        description="Drop events early whose partons cannot become such a jet: the same jets, "
        "several times as fast.",
    )
    mpi: bool = Field(False, description="Further collisions of partons of the same protons.")
    tune: Tune = Field("monash", description="Set of Pythia's parameters.")
    shower_alpha_s: Annotated[float, Field(ge=0.06, le=0.25)] | None = Field(
        None,
        description="Strong coupling at the Z mass in initial- and final-state showers; without it "
        "the tune's.",
    )
    isr_scale: ScaleFactor = Field(
        1.0, description="Factor on the renormalisation scale of the initial-state shower."
    )
    fsr_scale: ScaleFactor = Field(
        1.0, description="Factor on the renormalisation scale of the final-state shower."
    )
    detector: Annotated[
        Detector | None,
        shorthand(bool, lambda given: {} if given else None, bool | Detector | None),
    ] = Field(
        None,
        description="Detector that sees the particles: `true` is the one of the defaults, without "
        "it the particles themselves are clustered.",
    )
    constituent_energy_scale: Annotated[float, Field(ge=0.5, le=2)] = Field(
        1.0, description="Factor on the four-momenta of all that is clustered."
    )
    constituent_efficiency: Annotated[float, Field(ge=0.5, le=1)] = Field(
        1.0, description="Part of what would be clustered that is not lost, drawn by chance."
    )
    most_constituents: Annotated[int, Field(ge=1, le=2000)] = Field(
        200, description="Constituents kept of each jet, by falling transverse momentum."
    )

    @property
    def hard_process(self) -> tuple[float, float]:
        """Range of the hard process' transverse momentum, given or found."""
        lowest, highest = self._unchanged_pt
        return self.pthat_GeV or (PTHAT_BELOW * lowest, PTHAT_ABOVE * highest)

    @property
    def _unchanged_pt(self) -> tuple[float, float]:
        """Range of the jets' transverse momentum before constituents are scaled and lost."""
        lowest, highest = self.pt_GeV
        scale = self.constituent_energy_scale
        return lowest / scale, highest / (scale * self.constituent_efficiency)

    @model_validator(mode="after")
    def _windows_are_right(self) -> Self:
        lowest, highest = self.pt_GeV
        if lowest >= highest:
            msg = (
                f"pt_GeV = [{lowest:g}, {highest:g}]: expected the lowest and then the highest "
                f"transverse momentum"
            )
            raise ValueError(msg)
        low, high = self.hard_process
        least, most = self._unchanged_pt
        if low > NARROWEST_BELOW * least or high < NARROWEST_ABOVE * most:
            msg = (
                f"pthat_GeV = [{low:g}, {high:g}] is too narrow for jets of pt_GeV = "
                f"[{lowest:g}, {highest:g}]: their spectrum would be biased, because jets are "
                f"softer or harder than the partons they come from. Expected at most "
                f"{NARROWEST_BELOW * least:g} and at least {NARROWEST_ABOVE * most:g}; leave "
                f"pthat_GeV out to have it found"
            )
            raise ValueError(msg)
        if 2 * high > self.collision_energy_GeV:
            msg = (
                f"transverse momenta up to {high:g} GeV need a collision_energy_GeV above "
                f"{2 * high:g}, found {self.collision_energy_GeV:g}"
            )
            raise ValueError(msg)
        return self


class PythiaJets(Simulated):
    """A sample from the generator `pythia_jets`."""

    generator: Literal["pythia_jets"] = Field(description="Which generator makes the events.")
    options: PythiaJetsOptions = Field(description="Options of the generator.")

    @property
    def arrays(self) -> tuple[str, ...]:
        """What the generator makes of each jet."""
        identity = () if self.options.detector else ("constituent_pdg_id",)
        return (*GENERATED, *identity)
