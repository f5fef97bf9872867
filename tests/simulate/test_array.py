"""Layouts of stations, and station files."""

import numpy as np
import pytest

from footprint.config.observatory import ObservatoryOptions
from footprint.errors import DataError
from footprint.simulate.array import array_of


def stations(**options):
    return array_of(ObservatoryOptions(**options))


def distances(array):
    x, y, _ = array.positions[array.exists.ravel()].T
    return np.hypot(x - x[:, None], y - y[:, None])


@pytest.mark.parametrize(
    ("options", "neighbours", "count"),
    [
        ({"layout": "cartesian", "rows": 14, "columns": 14, "spacing_m": 750.0}, 4, 196),
        ({"layout": "offset"}, 6, 81),
        ({"layout": "offset", "rows": 6, "columns": 8}, 6, 48),
        ({"layout": "axial"}, 6, 61),
        ({"layout": "axial", "rows": 5, "columns": 5}, 6, 19),
    ],
)
def test_inner_stations_have_all_their_neighbours_at_the_spacing(options, neighbours, count):
    array = stations(**options)
    apart = distances(array)
    spacing = options.get("spacing_m", 1500.0)
    assert array.exists.sum() == count
    near = np.isclose(apart, spacing).sum(axis=1)
    assert near.max() == neighbours
    assert np.median(near) >= neighbours - 2
    assert apart[apart > 0].min() == pytest.approx(spacing)


@pytest.mark.parametrize("layout", ["cartesian", "offset", "axial"])
def test_first_axis_is_x_and_second_is_y(layout):
    array = stations(layout=layout, rows=7, columns=7)
    assert np.nanmin(np.diff(array.x, axis=0)) == pytest.approx(1500.0)
    assert np.nanmax(np.abs(np.diff(array.y, axis=0))) == pytest.approx(0.0)
    assert np.nanmin(np.diff(array.y, axis=1)) > 0


def test_axial_neighbours_are_those_of_axial_coordinates():
    array = stations(layout="axial", rows=5, columns=5)
    for di, dj in ((1, 0), (0, 1), (1, -1)):
        step = np.hypot(array.x[2 + di, 2 + dj] - array.x[2, 2], array.y[2 + di, 2 + dj])
        assert step == pytest.approx(1500.0)
    assert np.isnan(array.x[0, 0])
    assert np.isnan(array.z[4, 4])
    assert array.x[2, 2] == array.y[2, 2] == 0.0


def test_axial_hexagon_turns_into_itself():
    array = stations(layout="axial", rows=7, columns=7)
    x, y, _ = array.positions[array.exists.ravel()].T
    turned = np.exp(1j * np.pi / 3) * (x + 1j * y)
    apart = np.abs(turned[:, None] - (x + 1j * y))
    np.testing.assert_allclose(apart.min(axis=1), 0.0, atol=1e-6)


@pytest.mark.parametrize("layout", ["cartesian", "offset"])
@pytest.mark.parametrize("columns", [8, 14])
def test_even_grids_are_centred(layout, columns):
    array = stations(layout=layout, rows=6, columns=columns)
    assert array.x.mean() == pytest.approx(0.0, abs=1e-9)
    assert array.y.mean() == pytest.approx(0.0, abs=1e-9)


def write(tmp_path, text):
    path = tmp_path / "stations.csv"
    path.write_text(text)
    return str(path)


def test_station_file_is_a_list_about_its_mean(tmp_path):
    path = write(
        tmp_path, "# survey\nname, x, y, z\na,1000,2000,1410\nb,2500,2000,1400\nc,1750,3500,1390\n"
    )
    array = stations(stations=path)
    assert array.shape == (3,)
    np.testing.assert_allclose(array.x, [-750.0, 750.0, 0.0])
    np.testing.assert_allclose(array.y, [-500.0, -500.0, 1000.0])
    np.testing.assert_allclose(array.z, [10.0, 0.0, -10.0])


def test_station_file_without_heights_is_flat_and_read_again_when_it_changes(tmp_path):
    path = write(tmp_path, "x,y\n0,0\n100,0\n")
    assert np.all(stations(stations=path).z == 0)
    import os

    write(tmp_path, "x,y\n0,0\n100,0\n200,0\n")
    os.utime(path, ns=(1, 1))
    assert stations(stations=path).shape == (3,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,z\n1,2\n", r"no column 'y', found \['x', 'z'\].*x,y or x,y,z and positions in m"),
        ("X,Y\n1,2\n", r"no column 'x', found \['X', 'Y'\]; did you mean 'X'"),
        ("x,y\n1,2\n3,oops\n", r"station 2 of 2 has the position \[3.0, nan, 0.0\].*expected num"),
        ("x,y,z\n1,2,\n", r"station 1 of 1 has the position"),
        ("x,y\n1,2\n1,2\n", "2 stations stand at 1 places; list each once"),
        ("x,y\n", "no stations below the line of column names"),
        ("", "cannot read stations from"),
    ],
)
def test_faults_of_station_files_are_named(tmp_path, text, words):
    with pytest.raises(DataError, match=words):
        stations(stations=write(tmp_path, text))


def test_missing_station_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no such station file: .*gone\.csv \(expected CSV with"):
        stations(stations=str(tmp_path / "gone.csv"))
