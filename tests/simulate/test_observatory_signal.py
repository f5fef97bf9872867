"""Expected signals and arrival times against the plain transcription, and limits."""

import numpy as np
import pytest

from benchmarks import observatory_plain as plain
from footprint.config.observatory import ObservatoryOptions
from footprint.simulate import observatory_primaries as primary
from footprint.simulate import observatory_signal as model
from footprint.simulate.array import StationArray, array_of
from footprint.simulate.atmosphere import atmosphere_of


def shower(lg_energy=19.0, mass=1.0, zenith_deg=0.0, azimuth_deg=0.0, core=(0.0, 0.0)):
    return primary.Primaries(
        np.array([mass]),
        np.array([lg_energy]),
        np.radians([zenith_deg]),
        np.radians([azimuth_deg]),
        np.array([core]),
    )


def line_of_stations(*x):
    x = np.array(x, dtype=float)
    return StationArray(x, np.zeros_like(x), np.zeros_like(x))


def expectation(array, primaries, xmax=750.0, relative_muons=None, **options):
    chosen = ObservatoryOptions(**options)
    atmosphere = atmosphere_of(chosen.atmosphere)
    maximum = primary.on_axis(atmosphere, chosen.altitude_m, primaries, np.array([xmax]))
    if relative_muons is None:
        relative_muons = chosen.muon_scale * primaries.mass_number**chosen.muons.mass_exponent
    return model.expected(chosen, array, primaries, maximum, np.asarray(relative_muons))


@pytest.mark.parametrize("layout", ["offset", "cartesian"])
def test_every_station_of_random_showers_agrees_with_the_plain_transcription(layout):
    options = ObservatoryOptions(layout=layout)
    array = array_of(options)
    rng = np.random.default_rng(1)
    for _ in range(40):
        given = plain.draw_primary(rng, 1500.0)
        axis = given["axis"]
        primaries = shower(
            given["lg_energy"],
            given["mass"],
            np.degrees(np.arccos(axis[2])),
            np.degrees(np.arctan2(axis[1], axis[0])),
            given["core"][:2],
        )
        found = expectation(array, primaries, given["xmax"])
        expected = np.array([plain.station_signal(given, place) for place in array.positions])
        for ours, theirs in zip(found, expected.T, strict=True):
            np.testing.assert_allclose(ours[0], theirs, rtol=2e-6)


@pytest.mark.parametrize(("mass", "fraction"), [(1, 0.300), (4, 0.345), (14, 0.389), (56, 0.439)])
def test_muon_fractions(mass, fraction):
    primaries = shower(mass=float(mass))
    options = ObservatoryOptions()
    muons, em = model.signals_at_1000_m(options, primaries, np.array([mass**0.15]))
    assert muons / (muons + em) == pytest.approx(fraction, abs=0.0006)
    assert model.muon_fraction(options.lateral, np.array([mass**0.15])) == pytest.approx(
        muons / (muons + em)
    )
    assert muons + em == pytest.approx(900.0)


def test_scale_and_fluctuation_change_the_muons_alone():
    options = ObservatoryOptions(muon_scale=1.3)
    primaries = shower(mass=14.0, lg_energy=19.5)
    muons, em = model.signals_at_1000_m(options, primaries, 1.3 * primaries.mass_number**0.15)
    plain_muons, plain_em = model.signals_at_1000_m(
        ObservatoryOptions(), primaries, primaries.mass_number**0.15
    )
    assert em == pytest.approx(plain_em)
    assert muons == pytest.approx(1.3 * plain_muons)


def test_signal_at_1000_m_and_100_g_cm2_is_that_of_the_option():
    atmosphere = atmosphere_of("us_standard")
    # Directly under the maximum 100 g/cm2 below it; at 1000 m the line is inclined: correct it.
    xmax = float(atmosphere.depth(1400.0)) - 100.0
    up = float(atmosphere.height(xmax)) - 1400.0
    cosine = up / np.hypot(up, 1000.0)
    found = expectation(line_of_stations(1000.0), shower(), xmax, signal_at_1000_m_VEM=500.0)
    assert found.muons[0, 0] == pytest.approx(150.0 * cosine**0.1, rel=1e-9)
    assert found.em[0, 0] == pytest.approx(350.0 * cosine**0.4, rel=1e-9)


def test_lateral_slopes_and_the_plateau_near_the_axis():
    flat = {"muon_depth_exponent": 0.0, "em_depth_exponent": 0.0}
    array = line_of_stations(10.0, 150.0, 600.0, 1200.0)
    found = expectation(array, shower(lg_energy=18.0), lateral=flat)
    for signal, exponent in ((found.muons[0], 4.7), (found.em[0], 6.1)):
        assert signal[2] / signal[3] == pytest.approx(2**exponent)
        assert signal[0] == pytest.approx(signal[1])


def test_largest_signal_keeps_the_mixture():
    array = line_of_stations(100.0)
    free = expectation(array, shower(lg_energy=18.0))
    capped = expectation(array, shower(lg_energy=20.5))
    assert capped.muons + capped.em == pytest.approx(1e7)
    assert capped.muons / capped.em == pytest.approx(free.muons / free.em)


def test_places_without_a_station_expect_nothing():
    array = array_of(ObservatoryOptions(layout="axial"))
    found = expectation(array, shower())
    assert np.all((found.muons[0] > 0) == array.exists.ravel())


def test_stations_off_the_plane_and_above_the_maximum_are_finite():
    array = StationArray(np.array([0.0, 800.0]), np.zeros(2), np.array([900.0, -300.0]))
    found = expectation(array, shower(), 850.0)
    assert all(np.isfinite(values).all() for values in found)
    level = expectation(line_of_stations(0.0, 800.0), shower(), 850.0)
    assert found.em[0, 1] < level.em[0, 1]  # lower stations lie behind more air
    assert found.muon_median[0, 1] < level.muon_median[0, 1]


@pytest.mark.parametrize(("zenith", "azimuth"), [(0, 0), (37, 25), (60, 200)])
def test_plane_front_lies_on_the_plane_of_the_axis(zenith, azimuth):
    options = ObservatoryOptions()
    array = array_of(options)
    primaries = shower(zenith_deg=zenith, azimuth_deg=azimuth, core=(300.0, -200.0))
    time = model.front_arrival(options, array, primaries, np.array([750.0]))[0]
    # Fit of a plane: its slopes are the axis, and at the core it is zero.
    x, y, _ = array.positions.T
    design = np.stack([x, y, np.ones_like(x)], axis=1)
    fitted, *_ = np.linalg.lstsq(design, 0.3 * time, rcond=None)
    np.testing.assert_allclose(-fitted[:2], primaries.axis[0, :2], atol=1e-12)
    np.testing.assert_allclose(design @ fitted, 0.3 * time, atol=1e-8)
    assert fitted @ [300.0, -200.0, 1.0] == pytest.approx(0.0, abs=1e-8)


def test_stations_nearer_to_the_origin_are_hit_first():
    time = model.front_arrival(
        ObservatoryOptions(), line_of_stations(-100.0, 100.0), shower(zenith_deg=30.0), np.ones(1)
    )[0]
    # A shower from +x reaches +100 m first, by 200 m sin 30 degrees / c.
    assert time[0] - time[1] == pytest.approx(100.0 / 0.3)


def test_sphere_is_late_by_half_the_square_of_the_distance_and_a_plane_from_far_away():
    array, primaries = line_of_stations(0.0, 300.0), shower()
    options = ObservatoryOptions(front="sphere")
    time = model.front_arrival(options, array, primaries, np.array([750.0]))[0]
    up = float(atmosphere_of("us_standard").height(375.0)) - 1400.0
    assert time[0] == pytest.approx(0.0, abs=1e-9)
    assert time[1] == pytest.approx((np.hypot(up, 300.0) - up) / 0.3)
    inclined = shower(zenith_deg=50.0, azimuth_deg=70.0)
    far = ObservatoryOptions(front="sphere", sphere_origin=1e-4)
    near = array_of(ObservatoryOptions(spacing_m=10.0))
    sphere = model.front_arrival(far, near, inclined, np.array([750.0]))
    plane = model.front_arrival(ObservatoryOptions(), near, inclined, np.array([750.0]))
    np.testing.assert_allclose(sphere, plane, atol=0.1)
