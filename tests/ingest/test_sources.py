import subprocess
import sys

import pytest

from footprint.errors import ConfigError, FileFormatError
from footprint.ingest import sources as module
from footprint.ingest.sources import check_distinct, sources


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with files a/x.root, a/y.root, b/x.root, c/b/x.root."""
    for name in ("a/x.root", "a/y.root", "b/x.root", "c/b/x.root"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keys(*files):
    return [source.key for source in sources("s", files)]


@pytest.mark.usefixtures("folder")
class TestFinding:
    def test_globs_are_sorted_and_entries_keep_their_order(self):
        found = [source.path for source in sources("s", ["b/x.root", "a/*.root"])]
        assert found == ["b/x.root", "a/x.root", "a/y.root"]

    def test_recursive_glob(self):
        assert len(sources("s", ["**/*.root"])) == 4

    def test_file_matched_twice_is_listed_once(self):
        found = [source.path for source in sources("s", ["a/y.root", "a/*.root", "./a/x.root"])]
        assert found == ["a/y.root", "a/x.root"]

    def test_addresses_are_passed_on(self):
        address = "root://host.example//store/data.root"
        (source,) = sources("s", [address])
        assert (source.path, source.key, source.part) == (address, "data.root", "data")

    def test_existing_file_with_brackets_is_no_glob(self, folder):
        (folder / "run[1].root").touch()
        (source,) = sources("s", ["run[1].root"])
        assert (source.path, source.part) == ("run[1].root", "run_1_")


@pytest.mark.usefixtures("folder")
class TestNames:
    def test_name_alone_where_unique(self):
        assert keys("a/x.root", "a/y.root") == ["x.root", "y.root"]

    def test_shortest_trailing_path_otherwise(self):
        assert keys("**/*.root") == ["a/x.root", "y.root", "b/x.root", "c/b/x.root"]

    def test_keys_do_not_depend_on_where_the_sample_lies(self, folder):
        assert keys(str(folder / "a" / "*.root")) == keys("a/*.root")

    def test_adding_a_file_leaves_the_others_keys(self):
        assert keys("a/x.root") == ["x.root"]
        assert keys("a/y.root", "a/x.root") == ["y.root", "x.root"]

    def test_remote_files_of_one_name(self):
        found = keys("root://h//run1/f.root?token=1", "root://h//run2/f.root")
        assert found == ["run1/f.root", "run2/f.root"]

    def test_parts_are_file_names_and_unique(self, folder):
        for name in ("A b.root", "A_b.root", ".hidden.root", "x" * 200 + ".root"):
            (folder / name).touch()
        parts = [source.part for source in sources("s", ["*.root", ".hidden.root", "**/*.root"])]
        assert len(set(parts)) == len(parts) == 8
        assert all(
            part.replace("-", "").replace("_", "").replace(".", "").isalnum() for part in parts
        )
        assert not any(part.startswith((".", "-")) for part in parts)
        assert max(map(len, parts)) < 140
        assert "a_x" in parts


@pytest.mark.usefixtures("folder")
class TestErrors:
    def test_missing_file_says_what_lies_there(self):
        with pytest.raises(FileFormatError, match=r"samples\.s\.files: file not found: a/z\.root"):
            sources("s", ["a/z.root"])
        with pytest.raises(FileFormatError, match=r"did you mean 'y\.root'.*holds 2 entries: x"):
            sources("s", ["a/yy.root"])

    def test_missing_folder(self):
        with pytest.raises(FileFormatError, match=r"file not found.*folder \. holds 3 entries"):
            sources("s", ["nowhere/deep/z.root"])

    def test_empty_folder(self, folder):
        (folder / "empty").mkdir()
        with pytest.raises(FileFormatError, match=r"no file matches.*the folder empty is empty"):
            sources("s", ["empty/*.root"])

    def test_glob_without_match(self):
        with pytest.raises(FileFormatError, match=r"no file matches 'a/\*\.rot'.*x\.root, y\.root"):
            sources("s", ["a/*.rot"])

    def test_folder(self):
        with pytest.raises(FileFormatError, match=r"'a' is a folder, expected files: write 'a/\*"):
            sources("s", ["a"])

    def test_remote_glob(self):
        with pytest.raises(ConfigError, match=r"is a glob over remote files, which HTTP cannot"):
            sources("s", ["https://h/store/*.root"])

    def test_files_that_cannot_be_told_apart(self):
        with pytest.raises(ConfigError, match=r"2 files are called 'h/get' and cannot be told"):
            sources("s", ["https://h/get?id=1", "https://h/get?id=2"])

    def test_equal_hashes(self, monkeypatch):
        monkeypatch.setattr(module, "name_hash", lambda _: 7)
        with pytest.raises(ConfigError, match=r"'s/a' and 't/b' share a hash.*rename one"):
            check_distinct(["s/a", "t/b"])
        check_distinct(["s/a", "s/a"])


def test_planning_does_not_import_the_readers():
    code = (
        "import sys, footprint.ingest.sources;"
        "print([name for name in ('uproot', 'awkward', 'h5py', 'keras') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
