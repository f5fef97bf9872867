"""Pythia 8 (C. Bierlich et al., SciPost Phys. Codebases 8 (2022)), set up for one process."""

import os
from typing import Any

import pythia8mc

from footprint.config.pythia_jets import Process, PythiaJetsOptions, Tune
from footprint.errors import FootprintError

QUARKS = "1 2 3 4 5"
PROCESSES: dict[Process, tuple[str, ...]] = {
    "top": (
        "Top:gg2ttbar = on",
        "Top:qqbar2ttbar = on",
        "24:onMode = off",
        f"24:onIfAny = {QUARKS}",
    ),
    "qcd": ("HardQCD:all = on",),
    "w": (
        "WeakBosonAndParton:qqbar2Wg = on",
        "WeakBosonAndParton:qg2Wq = on",
        "24:onMode = off",
        f"24:onIfAny = {QUARKS}",
    ),
    "z": (
        "WeakBosonAndParton:qqbar2gmZg = on",
        "WeakBosonAndParton:qg2gmZq = on",
        "WeakZ0:gmZmode = 2",  # no virtual photons beside the Z
        "23:onMode = off",
        f"23:onIfAny = {QUARKS}",
    ),
    "h": (
        "HiggsSM:gg2Hg(l:t) = on",
        "HiggsSM:qg2Hq(l:t) = on",
        "HiggsSM:qqbar2Hg(l:t) = on",
        "25:onMode = off",
        "25:onIfAny = 5",
    ),
}
TUNES: dict[Tune, int] = {
    "monash": 14,
    "monash_star": 18,
    "tune_4c": 5,
    "a14_cteq": 19,
    "a14_mstw": 20,
    "a14_nnpdf": 21,
    "a14_var1_up": 23,
    "a14_var1_down": 24,
    "a14_var2_up": 25,
    "a14_var2_down": 26,
    "a14_var3a_up": 27,
    "a14_var3a_down": 28,
    "a14_var3b_up": 29,
    "a14_var3b_down": 30,
    "a14_var3c_up": 31,
    "a14_var3c_down": 32,
}
"""Pythia's own numbers of the tunes, `Tune:pp`."""
LARGEST_SEED = 900_000_000


def settings(options: PythiaJetsOptions, seed: int) -> list[str]:
    """Word the options as Pythia's settings, the tune first: what follows changes it."""
    low, high = options.hard_process
    found = [
        f"Tune:pp = {TUNES[options.tune]}",
        "Print:quiet = on",
        "Random:setSeed = on",
        f"Random:seed = {seed}",
        f"Beams:eCM = {options.collision_energy_GeV}",
        f"PhaseSpace:pTHatMin = {low}",
        f"PhaseSpace:pTHatMax = {high}",
        f"PartonLevel:MPI = {'on' if options.mpi else 'off'}",
        # Pythia multiplies the square of the scale.
        f"SpaceShower:renormMultFac = {options.isr_scale**2}",
        f"TimeShower:renormMultFac = {options.fsr_scale**2}",
        *PROCESSES[options.process],
    ]
    if options.shower_alpha_s is not None:
        found += [f"{s}Shower:alphaSvalue = {options.shower_alpha_s}" for s in ("Space", "Time")]
    return found


def start(options: PythiaJetsOptions, seed: int, hook: Any = None) -> Any:
    """Start a Pythia of its own random numbers.

    Parameters
    ----------
    options
        Options of the generator.
    seed
        From 1 to `LARGEST_SEED`.
    hook
        A `pythia8mc.UserHooks`, which the caller keeps alive as long as the Pythia.

    Returns
    -------
    pythia8mc.Pythia

    Raises
    ------
    FootprintError
        Pythia does not find its data or refuses a setting: it says so by return values alone.
    """
    pythia = pythia8mc.Pythia("", False)  # without the banner
    for line in settings(options, seed):
        if not pythia.readString(line):
            raise FootprintError(_refusal(f"does not take the setting '{line}'"))
    if hook is not None and not pythia.setUserHooksPtr(hook):
        raise FootprintError(_refusal("does not take the early veto"))
    if not pythia.init():
        raise FootprintError(_refusal(f"cannot start the process '{options.process}'"))
    return pythia


def _refusal(what: str) -> str:
    where = os.environ.get("PYTHIA8DATA", "share/Pythia8/xmldoc of the installation")
    return (
        f"Pythia {what}; its reason stands above, in the log. If it misses its settings, which it "
        f"looks for in {where}, set PYTHIA8DATA to the folder that holds Index.xml"
    )
