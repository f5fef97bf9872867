"""The jets that come out: their masses, constituents and truth, and what options change."""

import numpy as np
import pytest

from footprint.config.pythia_jets import PythiaJets, PythiaJetsOptions
from footprint.errors import DataError, FootprintError
from footprint.files.events import open_events
from footprint.jets import kinematics
from footprint.jets.substructure import substructure
from footprint.seeds import stream
from footprint.simulate import pythia, pythia_settings
from footprint.simulate.generate import simulate_part


def simulate(jets=128, **options):
    return pythia.simulate(stream(1, "s", 0), PythiaJetsOptions(**options), jets)


def components(jets):
    return [jets[f"constituent_{name}"] for name in ("px", "py", "pz", "energy")]


@pytest.fixture(scope="module")
def qcd():
    return simulate(256, process="qcd")


@pytest.fixture(scope="module")
def top():
    return simulate(256, process="top")


def test_the_arrays_are_those_that_are_announced(qcd):
    for detector in (False, True):
        options = {"process": "qcd", "detector": detector}
        sample = PythiaJets(generator="pythia_jets", events=1, options=options)
        assert sorted(sample.arrays) == sorted(s.name for s in pythia.arrays(sample.options))
    assert set(qcd) == {spec.name for spec in pythia.ARRAYS} | {"constituent_pdg_id"}
    assert all(len(values) == 256 for values in qcd.values())


@pytest.mark.parametrize("name", ["qcd", "top"])
def test_constituents_add_up_to_the_jet(name, request):
    jets = request.getfixturevalue(name)
    whole = jets["constituents"] <= 200
    assert whole.mean() > 0.99
    px, py, pz, energy = (
        np.nansum(values, axis=1, dtype=float)[whole] for values in components(jets)
    )
    expected = {key: jets[f"jet_{key}"][whole] for key in ("pt", "eta", "mass", "energy")}
    np.testing.assert_allclose(kinematics.transverse_momentum(px, py), expected["pt"], rtol=1e-6)
    np.testing.assert_allclose(kinematics.pseudorapidity(px, py, pz), expected["eta"], atol=1e-6)
    np.testing.assert_allclose(energy, expected["energy"], rtol=1e-6)
    np.testing.assert_allclose(kinematics.mass(px, py, pz, energy), expected["mass"], rtol=1e-3)


def test_constituents_stand_by_falling_momentum_and_are_padded(qcd):
    px, py, _, _ = components(qcd)
    pt = np.hypot(px, py)
    number = np.count_nonzero(np.isfinite(pt), axis=1)
    np.testing.assert_array_equal(number, np.minimum(qcd["constituents"], 200))
    assert np.all(np.diff(pt, axis=1)[:, :5] <= 0)
    assert np.array_equal(np.isnan(qcd["constituent_charge"]), np.isnan(px))
    assert np.array_equal(qcd["constituent_pdg_id"] == 0, np.isnan(px))


def test_particles_have_their_charges_and_no_neutrino_is_seen(top):
    kinds, charges = top["constituent_pdg_id"], top["constituent_charge"]
    for pdg_id, charge in ((22, 0), (211, 1), (-211, -1), (321, 1), (130, 0), (11, -1), (2212, 1)):
        assert np.any(kinds == pdg_id)
        assert np.all(charges[kinds == pdg_id] == charge)
    assert not np.any(np.isin(np.abs(kinds), [12, 14, 16]))


@pytest.mark.parametrize("name", ["qcd", "top"])
def test_jets_lie_in_the_window(name, request):
    jets = request.getfixturevalue(name)
    assert np.all((jets["jet_pt"] > 550) & (jets["jet_pt"] < 650))
    assert np.all(np.abs(jets["jet_eta"]) < 2)
    assert np.ptp(jets["jet_phi"]) > 6  # all around the beam


def test_multiplicity_is_that_of_the_reference_without_further_collisions(qcd, top):
    assert np.mean(qcd["constituents"]) == pytest.approx(61, abs=5)
    assert np.mean(top["constituents"]) == pytest.approx(75, abs=4)


def test_top_jets_weigh_what_tops_weigh_and_others_do_not(qcd, top):
    assert np.median(top["jet_mass"]) == pytest.approx(174, abs=6)
    near = (top["jet_mass"] > 150) & (top["jet_mass"] < 200)
    assert near.mean() > 0.75
    light, middle, heavy = np.histogram(qcd["jet_mass"], [30, 90, 150, 210])[0]
    assert light > middle > heavy  # the spectrum falls
    assert np.median(top["tau32"]) < 0.55
    assert np.median(qcd["tau32"]) > 0.7


def test_without_the_match_some_jets_hold_only_the_w():
    jets = simulate(200, process="top", matched=False)
    lost = jets["matched"] == 0
    assert 0.05 < lost.mean() < 0.5
    assert np.all(jets["truth_pdg_id"] == 6)
    shoulder = np.abs(jets["jet_mass"][lost] - 80.4) < 20
    peak = np.abs(jets["jet_mass"][~lost] - 173) < 25
    assert shoulder.mean() > 0.15
    assert peak.mean() > 0.75
    assert np.mean(np.abs(jets["jet_mass"][~lost] - 80.4) < 20) < 0.03


@pytest.mark.parametrize(
    ("process", "pdg_id", "mass"), [("w", 24, 80.4), ("z", 23, 91.2), ("h", 25, 125.0)]
)
def test_boson_jets_weigh_what_bosons_weigh(process, pdg_id, mass):
    jets = simulate(60, process=process)
    assert np.all(jets["truth_pdg_id"] == pdg_id)
    assert np.all(jets["matched"] == 1)
    # Neutrinos from bottom quarks are missing in Z and Higgs jets.
    assert np.median(jets["soft_drop_mass"]) == pytest.approx(mass, rel=0.08)
    assert np.median(jets["tau21"]) < 0.5  # of QCD jets 0.6


def test_qcd_jets_come_from_quarks_and_gluons(qcd):
    kinds = set(np.unique(qcd["truth_pdg_id"]))
    assert kinds <= {1, 2, 3, 4, 5, 21}
    assert {2, 21} <= kinds
    assert qcd["matched"].mean() > 0.9
    gluons = qcd["truth_pdg_id"] == 21
    more = qcd["constituents"][gluons].mean() / qcd["constituents"][~gluons].mean()
    assert more > 1.2  # gluons radiate more


def test_substructure_is_that_of_all_constituents(qcd):
    few = simulate(256, process="qcd", most_constituents=20)
    assert few["constituent_px"].shape == (256, 20)
    np.testing.assert_array_equal(few["constituents"], qcd["constituents"])
    np.testing.assert_array_equal(few["constituent_px"], qcd["constituent_px"][:, :20])
    np.testing.assert_array_equal(few["tau32"], qcd["tau32"])
    stored = substructure(*components(qcd))
    np.testing.assert_allclose(qcd["d2"], stored["d2"], rtol=1e-3)


def test_further_collisions_bring_more_constituents():
    more = simulate(128, process="qcd", mpi=True)["constituents"].mean()
    assert more == pytest.approx(70, abs=6)


def test_a_stronger_coupling_radiates_more():
    weak, strong = (simulate(150, process="qcd", shower_alpha_s=value) for value in (0.10, 0.18))
    assert strong["constituents"].mean() > 1.2 * weak["constituents"].mean()
    assert np.median(strong["jet_mass"]) > np.median(weak["jet_mass"])


def test_options_become_settings():
    def found(**options):
        pythia_ = pythia_settings.start(PythiaJetsOptions(process="qcd", **options), 1)
        names = ("alphaSvalue", "renormMultFac")
        return [
            pythia_.settings.parm(f"{shower}Shower:{name}")
            for name in names
            for shower in ("Space", "Time")
        ]

    assert found() == [0.1365, 0.1365, 1, 1]
    assert found(isr_scale=0.5, fsr_scale=2) == [0.1365, 0.1365, 0.25, 4]
    assert found(tune="a14_nnpdf") == [0.127, 0.127, 1, 1]
    assert found(tune="a14_var3c_down") == [0.115, 0.127, 1, 1]
    assert found(tune="a14_nnpdf", shower_alpha_s=0.12) == [0.12, 0.12, 1, 1]


def test_every_tune_starts():
    for tune in pythia_settings.TUNES:
        assert pythia_settings.start(PythiaJetsOptions(process="qcd", tune=tune), 1)


def test_pythia_without_its_data_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHIA8DATA", str(tmp_path))
    with pytest.raises(FootprintError) as caught:
        simulate(1, process="qcd")
    words = f"looks for in {tmp_path}, set PYTHIA8DATA to the folder that holds Index.xml"
    assert words in str(caught.value)


def test_events_without_jets_come_to_an_end(monkeypatch):
    monkeypatch.setattr(pythia, "PATIENCE", 50)
    with pytest.raises(DataError) as caught:
        simulate(1, process="top", eta_max=1e-9)
    assert "events of process 'top' has a leading jet of 550 to 650 GeV" in str(caught.value)
    assert "widen pt_GeV, eta_max or radius" in str(caught.value)


def test_nothing_is_printed(capfd):
    simulate(8, process="top")
    assert capfd.readouterr() == ("", "")


SAMPLE = PythiaJets(generator="pythia_jets", events=512, options={"process": "qcd"})


def bytes_of(path):
    with open_events(path) as events:
        return {name: events.file[name][:].tobytes() for name in (*SAMPLE.arrays, "event_id")}


def test_one_job_and_two_jobs_give_the_same_bytes(tmp_path):
    for name, first, count in (("one", 0, 512), ("a", 0, 300), ("b", 300, 212)):
        simulate_part(tmp_path / name, "s", SAMPLE, seed=5, first=first, count=count)
    one, a, b = (bytes_of(tmp_path / name) for name in ("one", "a", "b"))
    for name, whole in one.items():
        assert whole == a[name] + b[name], name


def test_what_was_simulated_before_does_not_matter():
    def block(number):
        options = PythiaJetsOptions(process="top", detector=True)
        return pythia.simulate(stream(1, "s", number), options, 12)

    alone = block(1)
    block(0)
    again = block(1)
    for name, values in alone.items():
        assert values.tobytes() == again[name].tobytes(), name
