"""Jets and their origins against Pythia's own jet finder and a walk through its event record."""

import numpy as np
import pytest
from pythia8mc import SlowJet

from footprint.config.pythia_jets import PythiaJetsOptions
from footprint.jets.kinematics import delta_phi
from footprint.simulate.pythia_events import Charges, record_of, visible
from footprint.simulate.pythia_selection import Jets, leading_jets
from footprint.simulate.pythia_settings import start
from footprint.simulate.pythia_truth import match, origins

EVENTS = 80


def one_by_one(pythia, options):
    """The leading jet of each event, by Pythia's own jet finder, and its event."""
    finder = SlowJet(-1, options.radius, 100.0, 5.0, 2, 2, None, False)
    for number in range(EVENTS):
        assert pythia.next()
        finder.analyze(pythia.event)
        p = finder.p(0)
        if options.pt_GeV[0] < p.pT() < options.pt_GeV[1] and abs(p.eta()) < options.eta_max:
            yield number, p, finder.constituents(0), pythia.event


def last_copy(event, index):
    while event[event[index].daughter1()].id() == event[index].id():
        index = event[index].daughter1()
    return index


def quarks_below(event, index):
    index = last_copy(event, index)
    for daughter in (event[index].daughter1(), event[index].daughter2()):
        if event[daughter].idAbs() == 24:
            yield from quarks_below(event, daughter)
        else:
            yield daughter


@pytest.mark.parametrize("process", ["top", "w", "qcd"])
def test_each_jet_has_the_momentum_constituents_and_truth_found_by_hand(process):
    options = PythiaJetsOptions(process=process, pt_GeV=(300, 800), pthat_GeV=(200, 1100))
    pythia = start(options, 4)
    record = record_of(pythia.nextBatch(EVENTS))
    jets = leading_jets(visible(record, Charges(pythia.particleData)), options)
    found = match(jets.event, jets.eta, jets.phi, origins(record, process), options.radius)
    sizes = np.bincount(jets.parts.event)
    heavy = {"top": 6, "w": 24}.get(process)
    number = -1
    for number, (event_number, p, members, event) in enumerate(
        one_by_one(start(options, 4), options)
    ):
        assert jets.event[number] == event_number
        assert jets.momentum[:, number] == pytest.approx([p.px(), p.py(), p.pz(), p.e()])
        assert sizes[number] == len(members)

        def away(index, event=event, p=p):
            other = event[index]
            return np.hypot(other.eta() - p.eta(), delta_phi(other.phi(), p.phi()))

        if heavy:
            first = [i for i in range(event.size()) if event[i].status() == -22]
            candidates = [last_copy(event, i) for i in first if event[i].idAbs() == heavy]
        else:
            candidates = [5, 6]
        nearest = min(candidates, key=away)
        assert found.pdg_id[number] == event[nearest].idAbs()
        assert found.pt[number] == pytest.approx(event[nearest].pT())
        quarks = list(quarks_below(event, nearest)) if heavy else []
        assert len(quarks) == {"top": 3, "w": 2, "qcd": 0}[process]
        inside = all(away(i) < options.radius for i in [nearest, *quarks])
        assert found.matched[number] == inside
    assert number + 1 == len(jets) > 10


def test_batches_of_jets_put_together_and_chosen_stay_whole():
    options = PythiaJetsOptions(process="qcd", pt_GeV=(300, 800), pthat_GeV=(200, 1100))
    pythia = start(options, 4)
    charges = Charges(pythia.particleData)
    batches = [
        leading_jets(visible(record_of(pythia.nextBatch(10)), charges), options) for _ in range(3)
    ]
    whole = Jets.joined(batches)
    assert len(whole) == sum(map(len, batches))
    chosen = whole.chosen(np.arange(len(whole)) % 2 == 1)
    assert len(chosen) == len(whole) // 2
    for jets in (whole, chosen):
        for component, total in zip(jets.parts.momentum, jets.momentum, strict=True):
            added = np.bincount(jets.parts.event, component, minlength=len(jets))
            np.testing.assert_allclose(added, total, atol=1e-6)
