"""What a study may say about published files, and how it is told what is wrong."""

import copy

import pytest

from footprint.config import parse_study
from footprint.config.downloads import shown
from footprint.errors import ConfigError
from footprint.ingest.sources import sources_of
from tests.conftest import TINY

MD5 = "0" * 32
FILE = {"url": "https://zenodo.org/records/1/files/train.h5?download=1", "md5": MD5}


def study(download=None, **sample):
    data = copy.deepcopy(TINY)
    fetched = {} if download is None else {"download": download}
    data["samples"]["jets"] = {"reader": "toptagging", **fetched, **sample}
    return data


def refusal(data):
    with pytest.raises(ConfigError) as caught:
        parse_study(data)
    return str(caught.value)


def changed(**changes):
    return {"files": {"train.h5": FILE | changes}}


@pytest.mark.parametrize(
    ("download", "words"),
    [
        (changed(url="ftp://host/a.h5"),
         "samples.jets.download.files.train.h5: url: expected an address that starts with https://"),
        (changed(url="/data/a.h5"), "s3:// or zenodo://, found '/data/a.h5'; what lies on a disk"),
        (changed(md5=None), "needs one checksum, 'md5:' or 'sha256:'"),
        (changed(sha256="0" * 64), "needs one checksum, 'md5:' or 'sha256:'"),
        (changed(md5="123"), "samples.jets.download.files.train.h5.md5: String should match"),
        (changed(bytes=0), "bytes: Input should be greater than 0"),
        ({"files": {}}, "samples.jets.download.files"),
        ({"files": {"../a.h5": FILE}}, "String should match pattern"),
        ({"files": {"a.h5.part": FILE}}, "'a.h5.part' ends like a download that is not finished"),
        ({"files": {"a.h5": FILE, "A.h5": FILE}}, "'a.h5' and 'A.h5' are one file on some disks"),
        ({"file": {}}, "unknown key 'file'; did you mean 'files'?"),
    ],
)  # fmt: skip
def test_fault(download, words):
    assert words in refusal(study(download))


def test_neither_files_nor_download():
    words = "samples.jets: needs 'files:' (paths or globs), or 'download:' to fetch published ones"
    assert words in refusal(study())


def test_a_password_in_an_address_is_refused_and_not_shown():
    text = refusal(study(changed(url="https://me:s3cret@host/a.h5?key=s3cret")))
    assert "'https://host/a.h5' has a user name or password in it" in text
    assert "put $NAME in its place" in text
    assert "s3cret" not in text


def test_addresses_are_shown_without_secrets():
    assert shown("https://me:pw@host:81/a/b.h5?token=x#y") == "https://host:81/a/b.h5"


def test_addresses_of_images_point_to_download():
    """Images and their labels must lie side by side."""
    data = study()
    data["samples"]["jets"] = {
        "reader": "images",
        "files": ["https://host/a.npz?x=s3cret"],
        "options": {"set": "mnist"},
    }
    text = refusal(data)
    assert "'https://host/a.npz' is an address, images is read from disk" in text
    assert "let 'download:' do it" in text
    assert "s3cret" not in text


def test_two_samples_that_mean_different_files_by_one_path():
    data = study({"set": "top", "files": {"train.h5": FILE}})
    other = {"set": "top", "files": {"train.h5": FILE | {"md5": "1" * 32}}}
    data["samples"]["more"] = {"reader": "toptagging", "download": other}
    text = refusal(data)
    assert "samples.jets.download and samples.more.download both fetch" in text
    assert "resources/downloads/top/train.h5" in text
    assert "another 'set:'" in text
    other["files"]["train.h5"]["md5"] = MD5
    parse_study(data)  # the same file may serve both


def test_files_go_to_the_set_s_folder_and_keep_their_names(tmp_path):
    """Events have the same numbers whether the file was fetched or lay on disk."""
    sample = parse_study(study({"set": "top", "files": {"train.h5": FILE}})).samples["jets"]
    (fetched,) = sources_of("jets", sample)
    assert fetched.path == "resources/downloads/top/train.h5"
    (tmp_path / "train.h5").touch()
    local = sample.model_copy(update={"files": [str(tmp_path / "train.h5")]})
    (found,) = sources_of("jets", local)
    assert found.path == str(tmp_path / "train.h5")
    assert (found.key, found.part) == (fetched.key, fetched.part) == ("train.h5", "train")
    unnamed = parse_study(study({"files": {"train.h5": FILE}})).samples["jets"]
    assert sources_of("jets", unnamed)[0].path == "resources/downloads/jets/train.h5"
