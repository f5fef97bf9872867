"""What the options of the jets refuse, and what is found where they are silent."""

import pytest

from footprint.config.pythia_jets import Detector, PythiaJets, PythiaJetsOptions


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "options.process: this key is needed and missing"),
        ({"process": "tau"}, "options.process: Input should be 'top', 'qcd', 'w', 'z' or 'h'"),
        (
            {"process": "qcd", "pt_GeV": [650, 550]},
            "pt_GeV = [650, 550]: expected the lowest and then the highest transverse momentum",
        ),
        ({"process": "qcd", "pt_GeV": [600, 600]}, "pt_GeV = [600, 600]: expected the lowest"),
        (
            {"process": "qcd", "pthat_GeV": [500, 1000]},
            "pthat_GeV = [500, 1000] is too narrow for jets of pt_GeV = [550, 650]: their spectru",
        ),
        ({"process": "top", "pthat_GeV": [300, 700]}, "Expected at most 385 and at least 812.5"),
        (
            {"process": "qcd", "pthat_GeV": [300, 1000], "constituent_energy_scale": 0.8},
            "Expected at most 481.25 and at least 1015.62",
        ),
        ({"process": "qcd", "tune": "monasch"}, "options.tune: Input should be 'monash'"),
        (
            {"process": "qcd", "pt_GeV": [5000, 7000]},
            "up to 10769.2 GeV need a collision_energy_GeV above 21538.5, found 14000",
        ),
        (
            {"process": "qcd", "detector": {"cell_phi_deg": 7}},
            "cell_phi_deg = 7 does not divide 360 degrees: the last cell would be smaller; 7.05882",
        ),
        (
            {"process": "qcd", "radius": 0},
            "options.radius: Input should be greater than or equal to 0.1",
        ),
        ({"process": "qcd", "constituent_efficiency": 1.1}, "less than or equal to 1"),
        ({"process": "qcd", "fsr_scale": 10}, "options.fsr_scale: Input should be less than"),
        ({"process": "qcd", "pt_min": 500}, "unknown key 'pt_min'; did you mean 'pt_GeV'?"),
    ],
)
def test_refusals(faults, options, words):
    def change(study):
        study["samples"]["showers"].update(generator="pythia_jets", options=options)

    assert words in faults(change)


def test_the_hard_process_follows_the_jets():
    assert PythiaJetsOptions(process="qcd").hard_process == pytest.approx((300, 1000))
    shifted = PythiaJetsOptions(process="qcd", pt_GeV=(1100, 1300))
    assert shifted.hard_process == pytest.approx((600, 2000))
    given = PythiaJetsOptions(process="qcd", pthat_GeV=(200, 1500))
    assert given.hard_process == (200, 1500)
    # What is measured as 550 GeV was 1100, and what lost half of its constituents up to 2600.
    changes = {"constituent_energy_scale": 0.5, "constituent_efficiency": 0.5}
    changed = PythiaJetsOptions(process="qcd", **changes)
    assert changed.hard_process == pytest.approx((600, 4000))


def test_a_detector_is_on_or_off_or_given():
    assert PythiaJetsOptions(process="qcd").detector is None
    assert PythiaJetsOptions(process="qcd", detector=False).detector is None
    assert PythiaJetsOptions(process="qcd", detector=True).detector == Detector()
    assert PythiaJetsOptions(process="qcd", detector={"cell_eta": 0.2}).detector.cell_eta == 0.2


def test_a_detector_names_no_particles():
    for detector in (True, False):
        sample = PythiaJets(
            generator="pythia_jets",
            events=1,
            options={"process": "top", "detector": detector},
        )
        assert ("constituent_pdg_id" in sample.arrays) is not detector
