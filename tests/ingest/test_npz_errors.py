"""Bad npz archives and bad options: each ends in one message that says what to do."""

import zipfile

import numpy as np
import pytest

from footprint.config import parse_study
from footprint.config.npz import NpzFiles, NpzOptions
from footprint.errors import ConfigError, DataError, FileFormatError, FootprintError
from tests.ingest import public_sets as sets

NUMBER = {"arrays": {"v": {"member": "v"}}}
TUTORIAL = {"convention": "airshowers_mnist", "test_events": 10}


def with_flipped_byte(path, position):
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)


class TestFiles:
    def test_missing(self, tmp_path, read_npz):
        with pytest.raises(FileFormatError, match=r"file not found: .*no\.npz \(expected an npz"):
            read_npz(tmp_path / "no.npz", **NUMBER)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"\x89HDF\r\n\x1a\n" * 9, r"is not an npz archive: it starts with b'\\x89HDF"),
            (b"<html>Too many requests</html>", r"starts with b'<html>', expected b'PK"),
            (b"", "is truncated: it is empty"),
        ],
    )
    def test_something_else(self, tmp_path, read_npz, content, words):
        (tmp_path / "x.npz").write_bytes(content)
        with pytest.raises(FileFormatError, match=words):
            read_npz(tmp_path / "x.npz", **NUMBER)

    def test_a_single_array(self, tmp_path, read_npz):
        with (tmp_path / "x.npz").open("wb") as file:
            np.save(file, np.zeros(3))
        with pytest.raises(
            FileFormatError, match=r"is a single array \(npy\), expected an archive"
        ):
            read_npz(tmp_path / "x.npz", **NUMBER)

    @pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
    def test_truncated(self, tmp_path, read_npz, share):
        path = tmp_path / "a.npz"
        sets.tutorial(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(FileFormatError, match=r"a\.npz is truncated: its list of contents"):
            read_npz(path, **TUTORIAL)

    @pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
    def test_a_flipped_byte_is_found(self, tmp_path, read_npz, save):
        path = tmp_path / "x.npz"
        save(path, v=np.random.default_rng(1).normal(size=5000))
        with_flipped_byte(path, path.stat().st_size // 2)
        with pytest.raises(FileFormatError, match=r"cannot read member 'v' of .* corrupt"):
            read_npz(path, **NUMBER)

    def test_any_damage_gives_a_message(self, tmp_path, read_npz):
        path = tmp_path / "x.npz"
        np.savez_compressed(path, v=np.arange(500.0))
        content = path.read_bytes()
        random = np.random.default_rng(2)
        failed = 0
        for position in random.integers(0, len(content) - 8, 150):
            damaged = bytearray(content)
            damaged[position : position + 8] = random.bytes(8)
            path.write_bytes(damaged)
            try:
                read_npz(path, **NUMBER)
            except FootprintError:
                failed += 1
        assert failed > 120

    def test_a_header_that_promises_more(self, tmp_path, read_npz):
        path = tmp_path / "x.npz"
        np.savez(path, v=np.zeros(10))
        with zipfile.ZipFile(path) as archive:
            content = archive.read("v.npy")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("v.npy", content.replace(b"(10,)", b"(99,)"))
        with pytest.raises(FileFormatError, match=r"'v' .* 80 bytes of values, .* says 792"):
            read_npz(path, **NUMBER)


class TestObjects:
    """Pickles may run any program when they are loaded: they never are."""

    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was loaded",))

    @pytest.mark.parametrize("columns", [{}, {"constants": {"c": {"member": "bomb"}}}])
    def test_object_arrays_are_refused(self, tmp_path, read_npz, columns):
        bomb = np.array([self.Bomb(), self.Bomb()], dtype=object)
        np.savez(tmp_path / "x.npz", bomb=bomb, v=np.zeros(2))
        arrays = {"v": {"member": "v" if columns else "bomb"}}
        expected = r"'bomb' of .* holds Python objects \(dtype object\).*Write it as plain numbers"
        with pytest.raises(FileFormatError, match=expected):
            read_npz(tmp_path / "x.npz", arrays=arrays, **columns)

    def test_objects_within_records(self, tmp_path, read_npz):
        records = np.zeros(2, dtype=[("a", "f4"), ("b", object)])
        np.savez(tmp_path / "x.npz", v=records)
        with pytest.raises(FileFormatError, match="holds Python objects"):
            read_npz(tmp_path / "x.npz", **NUMBER)

    @pytest.mark.parametrize(
        "values", [np.array(["a"]), np.zeros(1, [("a", "f4")]), 1j * np.ones(1)]
    )
    def test_no_numbers(self, tmp_path, read_npz, values):
        np.savez(tmp_path / "x.npz", v=values)
        with pytest.raises(FileFormatError, match=r"'v' of .* expected plain numbers"):
            read_npz(tmp_path / "x.npz", **NUMBER)

    def test_other_members_may_be_anything(self, tmp_path, read_npz):
        np.savez(tmp_path / "x.npz", bomb=np.array([self.Bomb()], dtype=object), v=np.ones(2))
        np.testing.assert_array_equal(read_npz(tmp_path / "x.npz", **NUMBER)["v"], [1, 1])


class TestMembers:
    def test_missing(self, tmp_path, read_npz):
        sets.tutorial(tmp_path / "a.npz", energy=None, Energy=np.ones(300))
        words = r"has no member 'energy'; did you mean 'Energy'\? known: Energy, showeraxis, "
        with pytest.raises(FileFormatError, match=words):
            read_npz(tmp_path / "a.npz", **TUTORIAL)

    def test_another_set_than_was_said(self, tmp_path, read_npz):
        sets.pd4ml(tmp_path / "c.npz", train=3, test=2)
        with pytest.raises(FileFormatError, match=r"no member 'signal'; known: X_test_0, X_test_1"):
            read_npz(tmp_path / "c.npz", **TUTORIAL)

    def test_lengths_differ(self, tmp_path, read_npz):
        sets.tutorial(tmp_path / "a.npz", energy=np.full(299, 10.0))
        with pytest.raises(DataError, match=r"differ in their number of events: .*'energy': 299"):
            read_npz(tmp_path / "a.npz", **TUTORIAL)

    @pytest.mark.parametrize(
        ("name", "shape", "words"),
        [
            ("signal", (300, 9, 9), r"shape \(9, 9\) for each event, expected \(14, 14\)"),
            ("signal", (300, 14), r"shape \(14,\) for each event, expected \(14, 14\)"),
            ("energy", (300, 2), r"shape \(2,\) for each event, expected \(\)"),
            ("energy", (), "is a single value, expected one for each event"),
            ("showercore", (300, 1), r"shape \(1,\), too few columns to take \[0, 1\]"),
        ],
    )
    def test_shapes(self, tmp_path, read_npz, name, shape, words):
        sets.tutorial(tmp_path / "a.npz", **{name: np.ones(shape)})
        with pytest.raises(FootprintError, match=words):
            read_npz(tmp_path / "a.npz", **TUTORIAL)

    def test_exchanged_axes_are_not_taken_for_divided_ones(self, tmp_path, read_npz):
        np.savez(tmp_path / "x.npz", v=np.ones((2, 80, 9, 9)))
        array = {"member": "v", "shape": [9, 9, 80]}
        with pytest.raises(ConfigError, match=r"shape \(80, 9, 9\) .* expected \(9, 9, 80\)"):
            read_npz(tmp_path / "x.npz", arrays={"v": array})

    def test_no_training_event_left(self, tmp_path, read_npz):
        sets.tutorial(tmp_path / "a.npz")
        with pytest.raises(DataError, match=r"has 300 events, .* the last 20000 of each file"):
            read_npz(tmp_path / "a.npz", convention="airshowers_mnist")

    def test_not_the_published_number_of_events_is_said(self, tmp_path, read_npz, caplog):
        sets.tutorial(tmp_path / "a.npz")
        read_npz(tmp_path / "a.npz", **TUTORIAL)
        assert "300 events, 100000 in the published set" in caplog.text


class TestValues:
    @pytest.mark.parametrize("bad", [-5.0, 0.0])
    def test_energy_must_be_positive(self, tmp_path, read_npz, bad):
        energy = np.full(300, 10.0)
        energy[7] = bad
        sets.tutorial(tmp_path / "a.npz", energy=energy)
        words = rf"'energy' \(member 'energy' .* must be positive: 1 of 300 .* in event 7: {bad}"
        with pytest.raises(DataError, match=words):
            read_npz(tmp_path / "a.npz", **TUTORIAL)

    def test_the_event_is_named_beyond_the_first_block(self, tmp_path, read_npz):
        values = np.ones(400)
        values[300] = -1
        np.savez(tmp_path / "x.npz", v=values)
        options = {"arrays": {"v": {"member": "v", "positive": True}}, "memory_MB": 1e-3}
        with pytest.raises(DataError, match=r"in events 256 to 383 .* first in event 300: -1"):
            read_npz(tmp_path / "x.npz", **options)

    @pytest.mark.parametrize(
        ("axis", "words"),
        [
            ([0, 0, -1], "must point upwards, against the flight of the shower: 300 of 300"),
            ([0, 3, 4], "must be unit vectors: 300 of 300"),
        ],
    )
    def test_axes(self, tmp_path, read_npz, axis, words):
        sets.tutorial(tmp_path / "a.npz", showeraxis=np.tile(np.array(axis, float), (300, 1)))
        with pytest.raises(DataError, match=words):
            read_npz(tmp_path / "a.npz", **TUTORIAL)

    @pytest.mark.parametrize("bad", [np.inf, 1e39])
    def test_infinite(self, tmp_path, read_npz, bad):
        np.savez(tmp_path / "x.npz", v=np.array([1, bad]))
        with pytest.raises(DataError, match=r"must be finite in float32: 1 of 2"):
            read_npz(tmp_path / "x.npz", **NUMBER)

    @pytest.mark.parametrize(
        ("value", "words"),
        [(1.5, "must be whole"), (np.nan, "must be whole"), (40000, "must fit into int16")],
    )
    def test_integers(self, tmp_path, read_npz, value, words):
        np.savez(tmp_path / "x.npz", v=np.array([1.0, value]))
        with pytest.raises(DataError, match=words):
            read_npz(tmp_path / "x.npz", arrays={"v": {"member": "v", "type": "int16"}})


V = {"member": "v"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "needs 'convention:' (airshowers_mnist, "),
        ({"convention": "airshower_mnist"}, "Input should be 'airshowers_mnist'"),
        ({"arrays": {"event_id": V}}, "'event_id' is what Footprint itself calls something"),
        ({"arrays": {"published_test": V}}, "'published_test' is what Footprint itself calls"),
        ({"arrays": {"v": {**V, "scal": 2}}}, "unknown key 'scal'; did you mean 'scale'?"),
        ({"arrays": {"v": {**V, "take": [0, 1]}}}, "take lists 2 columns, so shape must end in"),
        ({"arrays": {"v": {**V, "unit_vector": True}}}, "unit_vector needs shape [3], found []"),
        (
            {"arrays": {"v": {**V, "shape": [3], "offset": [1, 2]}}},
            "offset lists 2 numbers, so shape must end in that: [3]",
        ),
        ({"arrays": {"v": V}, "derive": ["zenith"]}, "'zenith' is computed from 'axis', which is"),
        ({"arrays": {"v": V}, "ranges": {"w": [0, 1]}}, "'w' is no array of one number; known: v"),
        ({"arrays": {"v": V}, "ranges": {"v": [1, 1]}}, "'v' goes from 1.0 to 1.0, expected the"),
        (
            {"arrays": {"v": {**V, "shape": [2]}}, "ranges": {"v": [0, 1]}},
            "'v' is no array of one number; known: none",
        ),
        ({"arrays": {"v": V}, "keep": ["u"]}, "keep names 'u', which is not read; known: v"),
        (
            {"arrays": {"v": V}, "constants": {"c": V}, "keep": ["c"]},
            "keep leaves no array of the events",
        ),
        ({"arrays": {"v": V}, "constants": {"v": V}}, "['v'] are arrays of the events and const"),
        ({"arrays": {"v": {"member": "v_{split}"}}}, "'splits:' must name the splits"),
        ({"arrays": {"v": V}, "splits": ["train"]}, "with splits, 'v' of 'v' needs {split}"),
        ({"convention": "pd4ml_airshower", "read_splits": ["tset"]}, "did you mean 'test'?"),
        ({"convention": "pd4ml_airshower", "test_events": 9}, "both say which events are test"),
        (
            {"arrays": {"v": V}, "stations": {"layout": "offset", "spacing_m": 1500}},
            "stations need 'grid: [<along x>, <along y>]', found []",
        ),
    ],
)
def test_options(tiny, options, words):
    tiny["samples"]["npz"] = {"reader": "npz", "files": ["a.npz"], "options": options}
    with pytest.raises(ConfigError) as caught:
        parse_study(tiny)
    assert "samples.npz.options" in str(caught.value)
    assert words in str(caught.value)


def test_archives_are_fetched_and_never_read_in_place():
    options = NpzOptions(**NUMBER)
    NpzFiles(reader="npz", files=["https://h/a.npz"], options=options)
    with pytest.raises(ValueError, match="stream: npz reads copies only: leave it out"):
        NpzFiles(reader="npz", files=["https://h/a.npz"], stream=True, options=options)


def test_a_data_set_that_asks_for_what_is_not_there(tiny):
    options = {"convention": "pd4ml_airshower"}
    tiny["samples"]["showers"] = {"reader": "npz", "files": ["a.npz"], "options": options}
    with pytest.raises(ConfigError, match=r"sample 'showers' has no array 'muons'; .*station_x"):
        parse_study(tiny)
