"""The early veto drops events without a jet to keep, and hardly any others."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from footprint.config.pythia_jets import PythiaJetsOptions
from footprint.seeds import stream
from footprint.simulate import pythia
from footprint.simulate.pythia_events import Charges, record_of, visible
from footprint.simulate.pythia_selection import leading_jets
from footprint.simulate.pythia_settings import start
from footprint.simulate.pythia_truth import match, origins
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


@pytest.mark.parametrize(
    ("options", "saved"),
    [
        ({"process": "qcd"}, 0.85),
        ({"process": "top"}, 0.85),
        ({"process": "top", "matched": False}, 0.7),
    ],
)
def test_few_jets_are_lost_and_most_of_the_work_is_saved(options, saved):
    options = PythiaJetsOptions(**options)
    onlooker = Onlooker(options)
    events = start(options, 3, onlooker)
    charges = Charges(events.particleData)
    kept, lost, dropped, number = 0, 0, 0, 400
    for _ in range(number):
        onlooker.dropped = False
        record = record_of(events.nextBatch(1))
        dropped += onlooker.dropped
        jets = leading_jets(visible(record, charges), options)
        found = match(
            jets.event, jets.eta, jets.phi, origins(record, options.process), options.radius
        )
        if len(jets) and (found.matched[0] or not options.matched):
            kept += not onlooker.dropped
            lost += onlooker.dropped
    assert kept > 8
    assert lost <= max(1, 0.05 * kept)
    assert dropped > saved * number


@pytest.mark.slow
def test_hardly_any_top_jet_is_lost():
    """Margins of 50 GeV above and of quarks within 1.0 lose 5 %: 15 of these 400."""
    options = PythiaJetsOptions(process="top")

    class Wide(Onlooker):
        """Drops what is far outside, which saves time."""

        def doVetoProcessLevel(self, process):  # noqa: N802
            self.dropped = Veto.doVetoProcessLevel(self, process)
            return not any(process[i].idAbs() == 6 and process[i].pT() > 200 for i in range(5, 7))

        def doVetoPT(self, position, event):  # noqa: N802
            self.dropped |= Veto.doVetoPT(self, position, event)
            return self.jets.sizeJet() == 0 or not 480 < self.jets.pT(0) < 900

    onlooker = Wide(options)
    events = start(options, 21, onlooker)
    charges = Charges(events.particleData)
    lost = []
    while len(lost) < 400:
        record = record_of(events.nextBatch(1))
        jets = leading_jets(visible(record, charges), options)
        found = match(jets.event, jets.eta, jets.phi, origins(record, "top"), options.radius)
        if len(jets) and found.matched[0]:
            lost.append(onlooker.dropped)
    assert np.sum(lost) <= 10


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
        name: ks_2samp(with_veto[name], without[name], nan_policy="omit").pvalue
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
    found = compared(process, 1200)
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
