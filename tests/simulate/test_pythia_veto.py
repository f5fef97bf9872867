"""The early veto drops events without a jet to keep, and hardly any others."""

import numpy as np
import pytest
from pythia8mc import SlowJet
from scipy.stats import ks_2samp

from footprint.config.pythia_jets import PythiaJetsOptions
from footprint.seeds import stream
from footprint.simulate import pythia
from footprint.simulate.pythia_settings import start
from footprint.simulate.pythia_veto import Veto


class Onlooker(Veto):
    """Says what it would have dropped, and drops nothing."""

    dropped = False

    def doVetoProcessLevel(self, process):  # noqa: N802
        self.dropped = super().doVetoProcessLevel(process)
        return False

    def doVetoPT(self, position, event):  # noqa: N802
        self.dropped |= super().doVetoPT(position, event)
        return False


@pytest.mark.parametrize("process", ["qcd", "top"])
def test_few_jets_are_lost_and_most_of_the_work_is_saved(process):
    # Tops without the match: whether they are matched is known to the generator alone.
    options = PythiaJetsOptions(process=process, matched=False)
    onlooker = Onlooker(options)
    events = start(options, 3, onlooker)
    finder = SlowJet(-1, options.radius, 100.0, 5.0, 2, 2, None, False)
    kept, lost, dropped, number = 0, 0, 0, 800
    for _ in range(number):
        onlooker.dropped = False
        assert events.next()
        finder.analyze(events.event)
        good = 550 < finder.pT(0) < 650 and abs(finder.p(0).eta()) < 2
        kept += good and not onlooker.dropped
        lost += good and onlooker.dropped
        dropped += onlooker.dropped
    assert kept > 20
    assert lost <= max(2, 0.05 * kept)
    assert dropped > 0.5 * number


def leading_fraction(jets):
    return np.hypot(jets["constituent_px"][:, 0], jets["constituent_py"][:, 0]) / jets["jet_pt"]


def compared(process, jets):
    """The probability that both samples are of one distribution, by quantity."""
    with_veto, without = (
        pythia.simulate(
            stream(1, f"veto {veto}", 0),
            PythiaJetsOptions(process=process, shower_veto=veto),
            jets,
        )
        for veto in (True, False)
    )
    found = {
        name: ks_2samp(with_veto[name], without[name]).pvalue
        for name in ("jet_pt", "jet_mass", "jet_eta", "constituents", "soft_drop_mass", "tau32")
    }
    fractions = [leading_fraction(sample) for sample in (with_veto, without)]
    return {**found, "leading_fraction": ks_2samp(*fractions).pvalue}


def test_jets_are_the_same_with_and_without_the_veto():
    found = compared("qcd", 100)
    assert min(found.values()) > 0.001, found


@pytest.mark.slow
@pytest.mark.parametrize("process", ["qcd", "top"])
def test_many_jets_are_the_same_with_and_without_the_veto(process):
    found = compared(process, 3000)
    assert min(found.values()) > 0.003, found


def test_a_veto_that_is_in_the_wrong_place_would_be_seen():
    # The comparison above is worth something: a tenth of the momentum is far too much.
    nominal = pythia.simulate(stream(1, "s", 0), PythiaJetsOptions(process="qcd"), 150)
    shifted = pythia.simulate(
        stream(1, "s", 0),
        PythiaJetsOptions(process="qcd", pt_GeV=(585, 650)),
        150,
    )
    assert ks_2samp(nominal["jet_pt"], shifted["jet_pt"]).pvalue < 0.001
