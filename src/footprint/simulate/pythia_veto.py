"""Events that cannot give a jet in the window are dropped before their shower is complete.

Pythia asks the hook twice: after the hard process and its decays, and when the shower has come
down to a scale at which the hardest jet's momentum is settled within a margin. What remains of
the event, most of the shower and all of the hadrons, costs far more than these.
"""

from typing import Any

import pythia8mc

from footprint.config.pythia_jets import PythiaJetsOptions

SCALE = 40 / 550
"""Scale of the shower at which its hardest jet is looked at, over the lowest momentum of jets."""
PARTON_MARGINS, DECAY_MARGINS = (30 / 550, 50 / 650), (40 / 550, 110 / 650)
"""Margins below and above the window, relative, for what comes after: the rest of the shower and
the hadrons, and of tops and bosons what their quarks radiate out of the cone, and neutrinos. Light
jets of tops are missing where the upper one is smaller."""
RESONANCE_ABOVE = 250 / 550
"""Least transverse momentum of a top or boson, over the lowest momentum of jets."""
DECAY_WITHIN = 1.5
"""Largest distance of its quarks, over the radius: the shower's recoil moves them."""
ANTI_KT, VISIBLE, TRUE_MASSES = -1, 2, 2
"""Choices of Pythia's SlowJet."""
LARGEST_ETA = 5.0
"""Particles beyond are not seen, and not clustered."""
RESONANCES = {"top": 6, "w": 24, "z": 23, "h": 25}
"""PDG numbers of what a process' jets come from; QCD jets come from any parton."""
FIRST_OUTGOING = 5
"""Entries of Pythia's hard process before it: the event, two protons, two partons."""


class Veto(pythia8mc.UserHooks):  # type: ignore[misc]
    """Drops events early.

    `doVetoResonanceDecays` is left alone: Pythia would decay the same resonances again until
    they please, which changes the spectrum.

    Parameters
    ----------
    options
        Options of the generator.
    """

    def __init__(self, options: PythiaJetsOptions) -> None:
        super().__init__()
        lowest, highest = options.pt_GeV
        below, above = PARTON_MARGINS if options.process == "qcd" else DECAY_MARGINS
        self.scale = SCALE * lowest
        self.lowest = (1 - below) * lowest / options.constituent_energy_scale
        self.resonance = RESONANCES.get(options.process) if options.matched else None
        # A much harder jet may have lost its hardest particle by chance, or a quark of the decay.
        whole = options.constituent_efficiency == 1 and (
            options.matched or options.process == "qcd"
        )
        self.highest = (1 + above) * highest / options.constituent_energy_scale
        if not whole:
            self.highest = float("inf")
        self.resonance_above = RESONANCE_ABOVE * lowest / options.constituent_energy_scale
        self.decay_within = DECAY_WITHIN * options.radius
        # Without fjcore, whose banner would go to the log; partons are few.
        self.jets = pythia8mc.SlowJet(
            ANTI_KT, options.radius, 0.5 * self.lowest, LARGEST_ETA, VISIBLE, TRUE_MASSES, None,
            False,
        )  # fmt: skip

    def canVetoPT(self) -> bool:  # noqa: N802 - Pythia's names
        """Whether the shower is looked at."""
        return True

    def scaleVetoPT(self) -> float:  # noqa: N802
        """Scale of the shower, GeV, at which it is looked at."""
        return self.scale

    def doVetoPT(self, _position: int, event: Any) -> bool:  # noqa: N802
        """Drop the event if its hardest jet of partons is outside the window and margins."""
        self.jets.analyze(event)
        if not self.jets.sizeJet():
            return True
        return not self.lowest < self.jets.pT(0) < self.highest

    def canVetoProcessLevel(self) -> bool:  # noqa: N802
        """Whether the hard process is looked at."""
        return self.resonance is not None

    def doVetoProcessLevel(self, process: Any) -> bool:  # noqa: N802
        """Drop the event if no top or boson is hard, with its decay in a cone."""
        return not any(
            process[i].idAbs() == self.resonance and self._may_be_matched(process, i)
            for i in range(FIRST_OUTGOING, process.size())
        )

    def _may_be_matched(self, process: Any, index: int) -> bool:
        resonance = process[index]
        if resonance.pT() < self.resonance_above:
            return False
        decayed = [resonance.daughter1(), resonance.daughter2()]
        while decayed:
            product = process[decayed.pop()]
            if product.daughter1():  # the W of a top
                decayed += [product.daughter1(), product.daughter2()]
            elif pythia8mc.REtaPhi(product.p(), resonance.p()) > self.decay_within:
                return False
        return True
