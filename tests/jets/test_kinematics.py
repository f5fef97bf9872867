import numpy as np
import pytest

from footprint.jets import kinematics


def test_four_momentum_and_back():
    px, py, pz, energy = kinematics.four_momentum(
        np.array([50.0]), np.array([-1.3]), np.array([2.5]), np.array([80.4])
    )
    assert kinematics.transverse_momentum(px, py) == pytest.approx(50)
    assert kinematics.pseudorapidity(px, py, pz) == pytest.approx(-1.3)
    assert kinematics.azimuth(px, py) == pytest.approx(2.5)
    assert kinematics.mass(px, py, pz, energy) == pytest.approx(80.4)


def test_a_decay_at_rest_has_the_mass_of_what_decayed():
    back = np.array([[40.2, 0.0, 0.0, 40.2], [-40.2, 0.0, 0.0, 40.2]]).sum(axis=0)
    assert kinematics.mass(*back) == pytest.approx(80.4)


def test_the_mass_of_a_light_particle_survives_float32_storage_without_nan():
    px = np.array([3000.0], np.float32)
    energy = np.array([2999.9998], np.float32)
    assert kinematics.mass(px, 0 * px, 0 * px, energy) == 0


@pytest.mark.parametrize(
    ("phi", "reference", "expected"), [(3.0, -3.0, 6 - 2 * np.pi), (-3.0, 3.0, 2 * np.pi - 6)]
)
def test_azimuths_differ_by_the_short_way_round(phi, reference, expected):
    assert kinematics.delta_phi(np.array(phi), np.array(reference)) == pytest.approx(expected)


def test_nothing_measured_stays_nothing():
    nan = np.array([np.nan])
    assert np.isnan(kinematics.mass(nan, nan, nan, nan))
    assert np.isnan(kinematics.pseudorapidity(nan, nan, nan))
    assert np.isposinf(kinematics.pseudorapidity(np.zeros(1), np.zeros(1), np.ones(1)))
