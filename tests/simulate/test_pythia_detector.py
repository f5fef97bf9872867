"""The parametrised detector and the systematic changes, on particles made by hand."""

import numpy as np
import pytest

from footprint.config.pythia_jets import Detector, PythiaJetsOptions
from footprint.jets.kinematics import azimuth, four_momentum, pseudorapidity
from footprint.seeds import stream
from footprint.simulate import pythia
from footprint.simulate.pythia_detector import changed, seen_by
from footprint.simulate.pythia_events import Particles

EXACT = Detector(
    stochastic=0, constant=0, cell_threshold_GeV=0, track_efficiency=1, track_threshold_GeV=0
)


def particles(pt, eta, phi, charge, event=None):
    pt, eta, phi, charge = np.broadcast_arrays(
        *(np.asarray(x, float) for x in (pt, eta, phi, charge))
    )
    return Particles(
        event=np.zeros(len(pt), np.int64) if event is None else np.array(event),
        momentum=np.stack(four_momentum(pt, eta, phi, 0 * pt)),
        charge=charge,
        pdg_id=np.where(charge == 0, 22, 211),
    )


def test_tracks_keep_their_momentum_and_identity(rng):
    charged = particles([5, 9, 2], [0.1, -1.2, 2.4], [0.5, 2, -3], [1, -1, 1])
    seen = seen_by(rng, EXACT, charged)
    np.testing.assert_array_equal(seen.momentum, charged.momentum)
    np.testing.assert_array_equal(seen.charge, [1, -1, 1])


def test_what_falls_into_one_cell_is_one_constituent(rng):
    # Two photons in one cell, one in the next in eta, one in the next in phi, one elsewhere in
    # another event; cells begin at multiples of 0.1 and of 10 degrees.
    phi = np.radians([21, 29, 22, 31, 21])
    photons = particles(
        [4, 6, 3, 2, 1], [0.31, 0.39, 0.41, 0.31, 0.31], phi, 0, event=[0, 0, 0, 0, 1]
    )
    seen = seen_by(rng, EXACT, photons)
    assert list(seen.event) == [0, 0, 0, 1]
    energies = photons.momentum[3]
    assert sorted(seen.momentum[3]) == pytest.approx(
        sorted([energies[0] + energies[1], *energies[2:]])
    )
    assert np.all(seen.charge == 0)
    assert np.all(seen.pdg_id == 0)
    px, py, pz, _ = seen.momentum
    heaviest = np.argmax(seen.momentum[3])
    assert 0.3 <= pseudorapidity(px, py, pz)[heaviest] < 0.4
    assert 20 <= np.degrees(azimuth(px, py)[heaviest]) < 30


def test_azimuth_closes_around_the_circle(rng):
    photons = particles([4, 6], [0.31, 0.31], [np.pi, -np.pi + 1e-9], 0)
    assert len(seen_by(rng, EXACT, photons).event) == 1


@pytest.mark.parametrize("energy", [2.0, 200.0])
def test_cells_are_smeared_by_their_resolution_about_the_right_energy(rng, energy):
    count = 20_000
    photons = particles(np.full(count, energy), 0.05, 0.05, 0, event=np.arange(count))
    energies = photons.momentum[3]
    options = Detector(cell_threshold_GeV=0)
    seen = seen_by(rng, options, photons).momentum[3] / energies
    resolution = np.sqrt(0.5**2 / energies[0] + 0.05**2)
    assert seen.mean() == pytest.approx(1, abs=4 * resolution / np.sqrt(count))
    assert seen.std() == pytest.approx(resolution, rel=0.05)


def test_a_lost_track_is_seen_by_the_calorimeter(rng):
    count = 5000
    charged = particles(np.full(count, 20.0), 0.05, 0.05, 1, event=np.arange(count))
    seen = seen_by(rng, Detector(track_efficiency=0.9), charged)
    assert len(seen.event) == count
    assert np.count_nonzero(seen.charge) / count == pytest.approx(0.9, abs=0.02)


def test_thresholds_and_the_tracker_s_end(rng):
    charged = particles([0.4, 0.6, 30], [0, 0, 2.6], [0, 1, 2], 1)
    options = Detector(track_efficiency=1, constant=0, stochastic=0)
    seen = seen_by(rng, options, charged)
    # Too soft for a track, and for a cell; a track; beyond the tracker, and so a cell.
    assert list(seen.charge) == [1, 0]
    assert seen.momentum[3][1] == pytest.approx(charged.momentum[3][2])


def test_the_energy_scale_scales_and_the_efficiency_loses(rng):
    photons = particles(np.full(4000, 5.0), 0.0, 0.0, 0)
    plain = PythiaJetsOptions(process="qcd")
    np.testing.assert_array_equal(changed(rng, plain, photons).momentum, photons.momentum)
    scaled = PythiaJetsOptions(process="qcd", constituent_energy_scale=1.02)
    np.testing.assert_allclose(changed(rng, scaled, photons).momentum, 1.02 * photons.momentum)
    lossy = PythiaJetsOptions(process="qcd", constituent_efficiency=0.9)
    assert len(changed(rng, lossy, photons).event) / 4000 == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(("process", "constituents"), [("top", 49), ("qcd", 38)])
def test_a_detector_counts_as_many_constituents_as_the_reference_data(process, constituents):
    options = PythiaJetsOptions(process=process, detector=True)
    jets = pythia.simulate(stream(1, "s", 1), options, 160)
    assert jets["constituents"].mean() == pytest.approx(constituents, abs=4)
    assert "constituent_pdg_id" not in jets


def test_a_changed_scale_changes_who_is_in_the_window():
    # Jets that are measured too high were softer, and there are more of these; the veto knows.
    options = PythiaJetsOptions(process="top", constituent_energy_scale=1.05)
    jets = pythia.simulate(stream(1, "s", 0), options, 100)
    nominal = pythia.simulate(stream(1, "s", 0), PythiaJetsOptions(process="top"), 100)
    assert np.all((jets["jet_pt"] > 550) & (jets["jet_pt"] < 650))
    assert jets["truth_pt"].mean() / nominal["truth_pt"].mean() == pytest.approx(1 / 1.05, abs=0.02)


# Of the same events: nothing is lost of the one, but the veto is that of losses.
BEFORE = {"process": "qcd", "pthat_GeV": (300, 1065), "constituent_efficiency": 1 - 1e-12}


def components(jets):
    found = np.stack([jets[f"constituent_{axis}"] for axis in ("px", "py", "pz")])
    return np.nan_to_num(found.astype(np.float64)), ~np.isnan(found[0])


def kept_in_window(rng, jets, efficiency, trials=100):
    """Lose constituents of clustered jets: what is left, on average, of those in the window."""
    momentum, there = components(jets)
    total, count = np.zeros(len(there)), np.zeros(len(there))
    for _ in range(trials):
        kept = there & (rng.random(there.shape) < efficiency)
        px, py, pz = (momentum * kept).sum(axis=2)
        pt = np.hypot(px, py)
        inside = (pt > 550) & (pt < 650) & (np.abs(pz) < np.sinh(2) * pt)
        total += inside * kept.sum(axis=1)
        count += inside
    return np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)


@pytest.mark.parametrize("detector", [False, True])
def test_jets_have_lost_as_many_constituents_as_the_efficiency_says(rng, detector):
    """Once, and after the detector; compared jet by jet, for samples of jets differ by more."""
    options = BEFORE | {"detector": detector}
    wide = PythiaJetsOptions(**options | {"pt_GeV": (550, 850)})
    whole = pythia.simulate(stream(1, "s", 0), wide, 160)
    options |= {"constituent_efficiency": 0.9}
    lossy = pythia.simulate(stream(1, "s", 0), PythiaJetsOptions(**options), 80)
    _, one, two = np.intersect1d(whole["truth_pt"], lossy["truth_pt"], return_indices=True)
    expected = kept_in_window(rng, {name: whole[name][one] for name in whole}, 0.9)
    # In some events the other of two jets is now the hardest.
    turned = np.cos(whole["jet_phi"][one] - lossy["jet_phi"][two])
    same = (turned > np.cos(0.2)) & ~np.isnan(expected)
    assert np.count_nonzero(same) > 40
    ratio = lossy["constituents"][two][same] / expected[same]
    error = ratio.std() / np.sqrt(len(ratio))
    assert error < 0.012
    assert ratio.mean() == pytest.approx(1, abs=3 * error)
