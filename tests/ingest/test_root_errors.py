import awkward as ak
import numpy as np
import pytest
import uproot

from footprint.errors import ConfigError, DataError, FileFormatError, FootprintError


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A file with what cannot be read, and things that are no trees."""
    path = tmp_path_factory.mktemp("odd") / "odd.root"
    with uproot.recreate(path) as root:
        root["histogram"] = np.histogram([1.0, 2.0])
        root["events"] = {"x": np.arange(3.0), "n": np.arange(3)}
        root.mkrntuple(
            "fields",
            {
                "record": ak.zip({"a": [1.0, 2.0]}),
                "deep": ak.Array([[[1.0], []], []]),
                "large": ak.Array([[2**24 + 1], []]),
                "x": np.array([0.0, 1e39]),
            },
        )
    return path


class TestFiles:
    def test_missing(self, tmp_path, read):
        with pytest.raises(
            FileFormatError, match=r"file not found: .*none\.root \(expected a ROOT"
        ):
            read(tmp_path / "none.root", "x")

    @pytest.mark.parametrize(
        ("content", "found"),
        [(b"\x89HDF\r\n\x1a\n" * 9, r"starts with b'\\x89HDF"), (b"", "it is empty")],
    )
    def test_not_root(self, tmp_path, read, content, found):
        path = tmp_path / "other.root"
        path.write_bytes(content)
        with pytest.raises(
            FileFormatError, match=f"is not a ROOT file: .*{found}.*expected b'root'"
        ):
            read(path, "x")

    @pytest.mark.parametrize("share", [0.00005, 0.0003, 0.1, 0.5, 0.9, 0.99999])
    def test_truncated(self, zmumu, tmp_path, read, share):
        path = tmp_path / "cut.root"
        content = zmumu.read_bytes()
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(
            FileFormatError, match=r"cut\.root is truncated: it has .* Copy or down"
        ):
            read(path, "M")

    @pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.99])
    def test_truncated_under_a_header_that_does_not_tell(self, zmumu, tmp_path, read, share):
        path = tmp_path / "cut.root"
        content = bytearray(zmumu.read_bytes()[: int(share * zmumu.stat().st_size)])
        content[12:16] = len(content).to_bytes(4, "big")
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"cannot read .* of .*cut\.root: .*corrupt"):
            read(path, "M")

    def test_damage_found_in_the_middle(self, hzz, tmp_path):
        """Blocks before the damage come out; the one with it ends in a message."""
        from footprint.config.samples import RootOptions
        from footprint.ingest.root import read_blocks

        with uproot.open(hzz) as root:
            branch = root["events"]["Muon_Px"]
            last = branch.num_baskets - 1
            assert last > 0
            position = int(branch.member("fBasketSeek")[last])
        content = bytearray(hzz.read_bytes())
        content[position + 80 : position + 200] = bytes(120)
        path = tmp_path / "damaged.root"
        path.write_bytes(content)
        options = RootOptions(
            tree="events", branches={"x": "Muon_Px"}, lengths={"x": 2}, memory_MB=0.005
        )
        stream = read_blocks(str(path), options)
        assert len(next(stream).kept) > 0
        with pytest.raises(
            FileFormatError, match=r"cannot read entries \d+ to \d+ of \['Muon_Px'\]"
        ):
            list(stream)

    def test_any_damage_gives_a_message(self, hzz, tmp_path, read):
        content = hzz.read_bytes()
        path = tmp_path / "damaged.root"
        random = np.random.default_rng(1)
        failed = 0
        for position in random.integers(60, len(content) - 400, 60):
            damaged = bytearray(content)
            damaged[position : position + 300] = random.bytes(300)
            path.write_bytes(damaged)
            try:
                read(path, "Muon_Px", lengths={"x": 2})
            except FootprintError:
                failed += 1
        assert failed > 3


class TestTrees:
    def test_missing(self, odd, read):
        expected = (
            r"has no tree 'event'; did you mean 'events'\? known: events, fields: set options"
        )
        with pytest.raises(ConfigError, match=expected):
            read(odd, "x", tree="event")

    def test_something_else(self, odd, read):
        with pytest.raises(ConfigError, match=r"'histogram' of .* is a TH1D, expected a TTree"):
            read(odd, "x", tree="histogram")


class TestFormulas:
    @pytest.mark.parametrize(
        ("formula", "message"),
        [
            ("m", r"has no branch 'm'; did you mean 'M'\? known: E1, E2"),
            ("2 * Mass", r"has no branch 'Mass' \(in '2 \* Mass'\)"),
            ("np.sqrt(M)", r"no branch 'np\.sqrt'.*the function is called 'sqrt'"),
            ("M +", r"cannot read the formula 'M \+': invalid syntax"),
            ("M; E1", r"cannot read the formula 'M; E1': expected a single expression"),
            ("M + Type", r"the formula 'M \+ Type' cannot be evaluated .*'Type': '0 \* string'"),
            ("M[:5]", r"gives 5 values for 2304 entries, expected one each"),
            ("Type", r"'x' \(Type\) of tree 'events' of .* holds string, expected numbers"),
            ("1", r"none of options\.branches uses a branch"),
        ],
    )
    def test_messages(self, zmumu, read, formula, message):
        with pytest.raises(ConfigError, match=message):
            read(zmumu, formula)

    def test_many_branches_are_not_all_listed(self, delphes, read):
        with pytest.raises(ConfigError, match=r"did you mean 'Jet\.PT'.*nearest of \d+") as error:
            read(delphes, "Jet.Pt", tree="Delphes")
        assert len(str(error.value)) < 1500

    def test_alias_in_a_circle(self, zmumu, read):
        with pytest.raises(ConfigError, match=r"aliases go round in a circle: a -> b -> a"):
            read(zmumu, "a", aliases={"a": "b + 1", "b": "a * M"})

    def test_alias_that_is_a_branch(self, zmumu, read):
        with pytest.raises(ConfigError, match=r"the alias 'pt1' is also a branch"):
            read(zmumu, "M", aliases={"pt1": "hypot(px1, py1)"})

    @pytest.mark.parametrize(
        ("cut", "found"), [("M", "float64"), ("1", "int64"), ("sqrt(M)", "float64")]
    )
    def test_cut_that_is_no_boolean(self, zmumu, read, cut, found):
        with pytest.raises(
            ConfigError, match=rf"the cut .* gives {found} for each entry.*one bool"
        ):
            read(zmumu, "M", cut=cut)

    def test_jagged_cut(self, hzz, read):
        with pytest.raises(ConfigError, match=r"the cut 'Muon_Px > 3' gives var \* bool"):
            read(hzz, "NMuon", cut="Muon_Px > 3")


class TestShapes:
    def test_jagged_without_a_length(self, hzz, read):
        expected = r"'x' \(Muon_Px\) .* is jagged \(var \* float32\).*options\.lengths"
        with pytest.raises(ConfigError, match=expected):
            read(hzz, "Muon_Px")

    def test_length_without_jagged(self, hzz, read):
        with pytest.raises(
            ConfigError, match=r"is not jagged \(int32\): remove it from options\.l"
        ):
            read(hzz, "NMuon", lengths={"x": 2})

    def test_jagged_twice(self, odd, read):
        with pytest.raises(
            ConfigError, match=r"is jagged in more than its first axis \(var \* var"
        ):
            read(odd, "deep", tree="fields", lengths={"x": 2})

    def test_record(self, odd, read):
        with pytest.raises(ConfigError, match=r"holds \{a: float64\}, expected numbers"):
            read(odd, "record", tree="fields")


class TestValues:
    def test_infinite(self, odd, read):
        with pytest.raises(DataError, match=r"'x' \(1 / x\) .*: 1 of 3 values are infinite"):
            read(odd, "1 / x")

    def test_too_large_for_float32(self, odd, read):
        with pytest.raises(DataError, match=r"1 of 2 values are infinite or too large for float32"):
            read(odd, "x", tree="fields")

    def test_integers_that_padding_would_round(self, odd, read):
        with pytest.raises(DataError, match=r"integers up to 16777217, beyond the 16777216"):
            read(odd, "large", tree="fields", lengths={"x": 2})
