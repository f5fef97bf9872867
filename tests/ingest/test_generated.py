"""Decays to quarks among generated particles, and the jets that hold them."""

import awkward as ak
import numpy as np
import pytest
import uproot

from footprint.errors import DataError
from footprint.ingest.generated import Particles, decays, jets_with
from tests.ingest.nanoaod_files import LAST, PARTICLE, TOPS

HIGGS = [
    (25, -1, LAST, 1.0, 1.0),
    (24, 0, LAST, 1.0, 1.0),
    (-24, 0, LAST, 1.0, 1.0),
    (1, 1, 0, 1.1, 1.0),
    (-2, 1, 0, 0.9, 1.0),
    (3, 2, 0, 1.0, 1.1),
    (-4, 2, 0, 1.0, 0.9),
    (25, -1, LAST, -2.0, 0.0),
    (21, 7, 0, -2.0, 0.1),
    (21, 7, 0, -2.0, -0.1),
]


def particles(*events):
    counts = np.array([len(event) for event in events])
    values = np.array([entry for event in events for entry in event]).reshape(-1, 5)
    columns = dict(zip(PARTICLE, values.T, strict=True))
    return Particles.of_events(counts, columns, "here")


class TestDecays:
    def test_hadronic_top_with_the_quarks_of_its_decay(self):
        heavy, quarks, owner = decays(particles([], TOPS), 6)
        np.testing.assert_array_equal(heavy, [1])
        np.testing.assert_array_equal(quarks, [3, 6, 8])
        np.testing.assert_array_equal(owner, [0, 0, 0])

    def test_w_of_the_hadronic_top_alone(self):
        heavy, quarks, _ = decays(particles(TOPS), 24)
        np.testing.assert_array_equal(heavy, [5])
        np.testing.assert_array_equal(quarks, [6, 8])

    def test_higgs_to_four_quarks_and_to_gluons(self):
        heavy, quarks, owner = decays(particles(TOPS, HIGGS), 25)
        np.testing.assert_array_equal(heavy - len(TOPS), [0, 7])
        np.testing.assert_array_equal(quarks - len(TOPS), [3, 4, 5, 6, 8, 9])
        np.testing.assert_array_equal(owner, [0, 0, 0, 0, 1, 1])

    def test_nothing_there(self):
        for kind in (6, 23, 24, 25):
            assert len(decays(particles([], []), kind)[0]) == 0


def found(jets, counts, events, kind, radius=0.8):
    eta, phi = np.array(jets, dtype=float).reshape(-1, 2).T
    kinds = {"kind": kind, "radius": radius}
    return jets_with(eta, phi, np.array(counts), particles(*events), **kinds).tolist()


class TestJets:
    def test_jet_around_the_top_not_the_one_around_the_leptonic_one(self):
        assert found([(0, 0.1), (0, 3.1)], [2], [TOPS], 6) == [True, False]

    def test_all_quarks_must_be_inside(self):
        # At eta = -0.2 the b quark is 0.5 away, at -0.45 it is 0.75 away.
        jets = [(-0.2, 0), (-0.45, 0)]
        assert found(jets, [2], [TOPS], 6, 0.7) == [True, False]
        assert found(jets, [2], [TOPS], 24, 0.7) == [True, True]

    def test_the_particle_itself_must_be_inside(self):
        """Both gluons are 0.63 away, the Higgs boson between them only if it is at its place."""
        moved = [(*HIGGS[7][:3], 2.0, 0.0), *HIGGS[8:]]
        moved = [(p[0], -1 if i == 0 else 0, *p[2:]) for i, p in enumerate(moved)]
        assert found([(-2.0, 0)], [1], [moved], 25) == [False]

    def test_across_the_end_of_phi(self):
        turned = [(*p[:4], (p[4] + np.pi + np.pi) % (2 * np.pi) - np.pi) for p in TOPS]
        for phi in (np.pi, -np.pi, 3.1):
            assert found([(0, phi)], [1], [turned], 6) == [True]

    def test_events_do_not_mix(self):
        events = [TOPS, [], HIGGS, TOPS]
        jets = [(0, 0), (0, 0), (1, 1), (-2, 0), (0, 0), (4, 0)]
        assert found(jets, [1, 1, 2, 2], events, 6) == [True, False, False, False, True, False]
        assert found(jets, [1, 1, 2, 2], events, 25) == [False, False, True, True, False, False]
        assert found([(0, 0)], [0, 0, 0, 1], events, 6) == [True]

    def test_radius(self):
        assert found([(0, 0)], [1], [TOPS], 6, 0.43) == [True]
        assert found([(0, 0)], [1], [TOPS], 6, 0.42) == [False]


def test_a_mother_beyond_its_event_is_refused():
    with pytest.raises(DataError, match=r"here: a generated particle has mother 3, but its event"):
        particles([(6, 3, 0, 0, 0)], TOPS)


def oracle(event, jet, radius):
    """Follow each top of one event down to its quarks, in plain Python."""
    ids, mothers = event["pdgId"], event["genPartIdxMother"]
    children = {i: [j for j, m in enumerate(mothers) if m == i] for i in range(len(ids))}

    def near(i):
        turn = (event["phi"][i] - jet[1] + np.pi) % (2 * np.pi) - np.pi
        return np.hypot(event["eta"][i] - jet[0], turn) < radius

    def leaves(i):
        for child in children[i]:
            if abs(ids[child]) in {23, 24}:
                yield from leaves(child)
            else:
                yield child

    for i, number in enumerate(ids):
        if abs(number) != 6 or any(ids[c] == number for c in children[i]):
            continue
        ends = [c for c in leaves(i) if 1 <= abs(ids[c]) <= 16]
        hadronic = len(ends) == 3 and all(abs(ids[c]) <= 5 for c in ends)
        if hadronic and near(i) and all(near(c) for c in ends):
            return True
    return False


@pytest.mark.parametrize(
    "name", ["nano_tt_v12.root", "nanoAOD_2015_CMS_Open_Data_ttbar.root", "pfnano.root"]
)
def test_real_top_pairs_against_a_walk_down_the_tree(real, name):
    """Index types differ: int16 and uint16 in NanoAODv12, int32 in the others."""
    with uproot.open(real(name)) as file:
        tree = file["Events"]
        columns = {n: tree[f"GenPart_{n}"].array() for n in PARTICLE}
        jets = {n: tree[f"Jet_{n}"].array() for n in ("eta", "phi")}
    counts = np.asarray(ak.num(jets["eta"]))
    flat = {n: ak.to_numpy(ak.flatten(values)) for n, values in columns.items()}
    generated = Particles.of_events(np.asarray(ak.num(columns["pdgId"])), flat, "here")
    eta, phi = (ak.to_numpy(ak.flatten(jets[n])).astype(float) for n in ("eta", "phi"))
    result = jets_with(eta, phi, counts, generated, kind=6, radius=1.2)
    events = [{n: columns[n][i].tolist() for n in PARTICLE} for i in range(len(counts))]
    expected = [
        oracle(events[event], jet, 1.2)
        for event, jet in zip(
            np.repeat(np.arange(len(counts)), counts), zip(eta, phi, strict=True), strict=True
        )
    ]
    np.testing.assert_array_equal(result, expected)
    # These top pairs decay to one lepton each; the Open Data file holds no tops, nor QCD jets do.
    hadronic = 200 if name == "nano_tt_v12.root" else 0
    assert len(decays(generated, 6)[0]) == hadronic
    assert (result.sum() > 50) == (hadronic > 0)
