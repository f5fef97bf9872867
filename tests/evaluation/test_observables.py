"""Observables: one number an event, of physics that is known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from footprint.config.observables import Observables
from footprint.errors import DataError
from footprint.evaluation import moments
from footprint.evaluation.lateral import edges_of, in_rings
from footprint.evaluation.observables import grid_of, kind_of, observables_of, values
from tests.evaluation.samples_of import blobs, normal, samples_of


def pixels(side: int) -> np.ndarray:
    x, y = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(float)


def test_two_pixels_have_a_total_a_centre_and_a_width():
    image = np.full((1, 4, 4), np.nan)
    image[0, 0, 1], image[0, 2, 1], image[0, 3, 3] = 3.0, 1.0, 0.0
    assert moments.total(image) == 4
    assert moments.hit(image) == 2
    assert moments.largest(image) == 3
    assert_allclose(moments.centre(image, pixels(4)), [[0.5, 1.0]])
    # Mean squared distance: (3 * 0.5^2 + 1 * 1.5^2) / 4
    assert_allclose(moments.width(image, pixels(4)), np.sqrt(0.75))
    assert_allclose(moments.inner_share(image, pixels(4), 1.0), 0.75)


def test_an_empty_event_has_no_centre():
    image = np.zeros((2, 3, 3))
    image[1, 1, 1] = 1
    assert moments.total(image)[0] == 0
    assert np.isnan(moments.centre(image, pixels(3))[0]).all()
    assert np.isnan(moments.width(image, pixels(3))[0])
    assert moments.width(image, pixels(3))[1] == 0


def test_a_plane_wave_has_its_slope_and_no_residual():
    """Zenith 30 degrees: the front sweeps over the ground with sin(30) / c."""
    speed = 0.299792458
    where = 1500.0 * pixels(5)
    zenith, azimuth = np.radians(30), np.radians(70)
    along = where @ [np.cos(azimuth), np.sin(azimuth)]
    times = (1e5 - np.sin(zenith) / speed * along)[None]
    slope, residual = moments.plane_front(times, where)
    assert_allclose(slope * speed, 0.5, rtol=1e-9)
    assert_allclose(residual, 0, atol=1e-6)


def test_the_residual_is_the_noise_of_the_times():
    rng = np.random.default_rng(1)
    times = 5 * pixels(9).sum(axis=1) + rng.normal(0, 30.0, (400, 81))
    times[:, ::3] = np.nan
    _, residual = moments.plane_front(times, pixels(9))
    assert np.sqrt((residual**2).mean()) == pytest.approx(30, rel=0.02)


def test_a_plane_needs_more_than_three_stations_that_span_it():
    times = np.full((3, 16), np.nan)
    times[0, [0, 5, 7]] = 1.0
    times[1, [0, 1, 2, 3]] = 1.0  # in one row
    times[2, [0, 1, 4, 5]] = 1.0
    slope, residual = moments.plane_front(times, pixels(4))
    assert np.isnan(residual).tolist() == [True, True, False]
    assert_allclose([slope[2], residual[2]], 0, atol=1e-12)


def test_signal_and_time_are_correlated_by_their_logarithm():
    signal = np.array([[1.0, 10.0, 100.0, 0.0, np.nan], [1.0, 2.0, 0.0, 0.0, 0.0]])
    times = np.array([[3.0, 2.0, 1.0, 9.0, np.nan], [1.0, 2.0, 3.0, 4.0, 5.0]])
    assert_allclose(moments.correlation(signal, times), [-1.0, np.nan])


def test_two_massless_pixels_have_the_mass_of_two_particles():
    """m^2 = 2 pt1 pt2 (cosh(d eta) - cos(d phi))."""
    where = np.array([[0.3, 0.1], [-0.4, 0.5], [0.0, 0.0]])
    image = np.array([[[50.0, 20.0, 0.0]]])
    expected = np.sqrt(2 * 50 * 20 * (np.cosh(0.7) - np.cos(0.4)))
    assert_allclose(moments.mass(image, where), expected)
    one = np.array([[[0.0, 0.0, 80.0]]])
    assert_allclose(moments.mass(one, where), 0, atol=1e-6)


def test_kinds_follow_from_units_and_shapes():
    samples = samples_of(blobs(1, 40), blobs(2, 40), units={"time": "ns", "signal": "VEM"})
    assert [kind_of(samples, name, Observables()) for name in ("signal", "time")] == [
        "signal",
        "time",
    ]
    names = [entry.name for entry in observables_of(samples, Observables())]
    assert names == [
        *("total_signal", "hit_signal", "largest_signal"),
        *("centre_row_signal", "centre_column_signal", "width_signal", "inner_share_signal"),
        *("mean_time", "spread_time", "slope_time", "residual_time"),
        "correlation_signal_time",
    ]


def test_stations_have_distances_in_metres():
    places = np.meshgrid(np.arange(9) * 1500.0, np.arange(9) * 1500.0, indexing="ij")
    constants = {"station_x": places[0], "station_y": places[1]}
    samples = samples_of(blobs(1, 60), blobs(2, 60), constants=constants)
    found = {entry.name: entry for entry in observables_of(samples, Observables())}
    assert found["width_signal"].units == "m"
    assert found["hit_signal"].label == "stations hit, signal"
    pixel = samples_of(blobs(1, 60), blobs(2, 60))
    widths = {entry.name: entry for entry in observables_of(pixel, Observables())}
    ratio = found["width_signal"].of(samples.real.arrays) / widths["width_signal"].of(
        pixel.real.arrays
    )
    assert_allclose(ratio, 1500)


def test_an_image_of_known_width_is_a_jet_with_a_mass():
    samples = samples_of(
        {"image": blobs(1, 30)["signal"]},
        {"image": blobs(2, 30)["signal"]},
        units={"image": "GeV"},
        constants={"image_half_width": np.float32(0.9)},
    )
    found = {entry.name: entry for entry in observables_of(samples, Observables())}
    assert found["mass_image"].units == "GeV"
    grid = grid_of(samples, "image", Observables())
    assert grid.axes == ("eta", "phi")
    assert_allclose(np.unique(grid.positions[:, 0]), np.linspace(-0.8, 0.8, 9), atol=1e-12)


def test_vectors_are_observables_themselves():
    table = np.stack([normal(1, 50), normal(2, 50)], axis=1)
    samples = samples_of({"mass": table[:, 0]}, {"mass": table[:, 1]})
    assert [entry.name for entry in observables_of(samples, Observables())] == ["mass"]
    samples = samples_of({"features": table}, {"features": table + 1})
    found = observables_of(samples, Observables())
    assert [entry.name for entry in found] == ["features_0", "features_1"]
    assert_allclose(values(found, samples.generated.arrays), table + 1)


def test_what_never_varies_is_left_out_and_names_choose():
    arrays = {"one": normal(1, 20), "same": np.full(20, 3.0)}
    samples = samples_of(arrays, arrays)
    assert [entry.name for entry in observables_of(samples, Observables())] == ["one"]
    both = samples_of(
        {"one": normal(1, 9), "two": normal(2, 9)}, {"one": normal(3, 9), "two": normal(4, 9)}
    )
    assert [e.name for e in observables_of(both, Observables(names=["two"]))] == ["two"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            Observables(names=["total_signa"]),
            "evaluation.observables: no 'total_signa'; did you mean 'total_signal'?",
        ),
        (
            Observables(kinds={"signl": "time"}),
            "evaluation.observables: no array 'signl'; did you mean 'signal'?",
        ),
        (
            Observables(kinds={"signal": "jet"}),
            (
                "evaluation.observables: 'signal' of shape (9, 9) is no image of a jet of known "
                "width: give half_width: {signal: <half its width>}, or kinds: {signal: signal}"
            ),
        ),
        (
            Observables(positions=["east", "north"]),
            (
                "evaluation.observables.positions: ['east', 'north'] are not among the constants "
                "with the shape (9, 9) of 'signal'; there are none"
            ),
        ),
    ],
    ids=["name", "kind", "jet", "positions"],
)
def test_wrong_settings_say_what_there_is(settings, message):
    samples = samples_of(blobs(1, 20), blobs(2, 20))
    with pytest.raises(DataError) as caught:
        observables_of(samples, settings)
    assert str(caught.value).startswith(message)


def test_constant_events_cannot_be_compared():
    samples = samples_of({"one": np.ones(20)}, {"one": np.ones(20)})
    with pytest.raises(DataError, match="has no observable that differs between its 20 real"):
        observables_of(samples, Observables())


def test_rings_share_out_all_signal_and_the_profile_falls_as_it_should():
    """A Gaussian footprint: the mean in a ring follows exp(-r^2 / (2 s^2))."""
    samples = samples_of(blobs(1, 3000, side=15), blobs(2, 9, side=15))
    grid = grid_of(samples, "signal", Observables())
    signal = samples.real.arrays["signal"]
    everything = in_rings(signal, grid, np.array([0.0, 100.0]))
    assert_allclose(everything.signal[:, 0], moments.total(signal))
    assert (everything.cells == 225).all()
    edges = edges_of(signal, grid, 5)
    profile = in_rings(signal, grid, edges).profile(np.ones(3000))
    middle = np.sqrt((edges[1:] ** 2 + edges[:-1] ** 2) / 2)
    expected = np.exp(-(middle**2) / (2 * 1.5**2))
    assert_allclose(profile[:4] / profile[0], expected[:4] / expected[0], rtol=0.15)
