"""Whitened inputs: uncorrelated with variance 1 in the training split, and back again."""

from itertools import pairwise

import h5py
import numpy as np
import pytest
from scipy.linalg import sqrtm

from footprint.config.inputs import Whitening
from footprint.dataset.build import build_dataset
from footprint.dataset.whiten import matrices
from footprint.errors import ConfigError
from footprint.files.datasets import open_dataset

from .made_up import arrays, built, config

EVENTS = 1500
CORNER = 7.0


def images(count=EVENTS, seed=1):
    """Correlated pixels, a corner that never changes, and times that are partly not measured."""
    rng = np.random.default_rng(seed)
    mixing = np.eye(20) + 0.1 * np.random.default_rng(9).normal(size=(20, 20))
    image = (rng.normal(size=(count, 20)) @ mixing + 5.0).reshape(count, 4, 5)
    image[:, 0, 0] = CORNER
    return arrays(count, seed, image=image)


def whitening(**options):
    channels = [{"array": "image"}, {"array": "time", "mask": True}]
    return config(inputs={"image": {"channels": channels, "whiten": options}})


@pytest.fixture(scope="module", params=["zca", "pca"])
def whitened(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, folder


@pytest.fixture
def path(whitened, write_events):
    method, folder = whitened
    if not (folder / "d.h5").exists():
        built(folder, {"s": [write_events(images())]}, whitening(method=method, epsilon=0))
    return folder / "d.h5"


def stored(path, split="train"):
    with open_dataset(path) as data:
        inputs = data.inputs(split, ["image"], slice(None))["image"].astype(np.float64)
        return inputs, data.normalisation("image"), data.event_id(split)


def flat(inputs):
    return inputs[..., :2].reshape(len(inputs), -1)


def original(ids, arrays_of=images):
    """The events as they were, by their numbers in the sample."""
    events = arrays_of()
    rows = (ids & np.uint64(0xFFFFFFFF)).astype(int)
    return np.stack([events["image"][rows], events["time"][rows]], axis=-1)


def test_covariance_of_the_training_events_is_the_unit_matrix(path):
    inputs, _, _ = stored(path)
    values = flat(inputs)
    moving = values.std(axis=0) > 1e-3
    assert np.count_nonzero(~moving) == 1  # the corner
    np.testing.assert_allclose(values.mean(axis=0), 0.0, atol=1e-5)
    covariance = np.cov(values[:, moving], rowvar=False, bias=True)
    np.testing.assert_allclose(covariance, np.eye(39), atol=1e-5)


def test_matrices_are_those_of_other_ways_to_compute_them():
    rng = np.random.default_rng(3)
    data = rng.normal(size=(400, 6)) @ rng.normal(size=(6, 6))
    data -= data.mean(axis=0)
    covariance = np.cov(data, rowvar=False, bias=True)
    zca, back = matrices(covariance, Whitening(method="zca", epsilon=0))
    np.testing.assert_allclose(zca, np.linalg.inv(sqrtm(covariance)), rtol=1e-8, atol=1e-10)
    np.testing.assert_array_equal(zca, zca.T)
    np.testing.assert_allclose(back @ zca, np.eye(6), atol=1e-10)
    pca, back = matrices(covariance, Whitening(method="pca", epsilon=0))
    np.testing.assert_allclose(back @ pca, np.eye(6), atol=1e-10)
    # Scores by the singular value decomposition of the events themselves, largest first.
    scores, sizes, _ = np.linalg.svd(data, full_matrices=False)
    assert np.all(np.diff(sizes) < 0)
    np.testing.assert_allclose(np.abs(data @ pca.T), np.abs(scores) * np.sqrt(400), atol=1e-9)


def test_epsilon_leaves_small_variances_small():
    variances = np.array([4.0, 1.0, 0.25, 0.0, 1e-9])
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0]
    covariance = turn @ np.diag(variances) @ turn.T
    pca, _ = matrices(covariance, Whitening(method="pca", epsilon=0.1))
    expected = variances / (variances + 0.1 * variances.mean())
    found = np.sort(np.diag(pca @ covariance @ pca.T))
    np.testing.assert_allclose(found, np.sort(expected), atol=1e-9)


def test_zca_stays_nearest_to_the_values(path, whitened):
    """Of all whitened versions it has the largest correlation with what it was made of."""
    inputs, norm, ids = stored(path)
    plain = np.nan_to_num((original(ids) - norm.shift[..., :2]) / norm.scale[..., :2])
    product = np.einsum("ni,ni->", flat(inputs), flat(plain))
    values = np.linalg.svd(np.cov(flat(plain), rowvar=False, bias=True), compute_uv=False)
    most = len(inputs) * np.sqrt(values).sum()
    if whitened[0] == "zca":
        assert product == pytest.approx(most, rel=1e-4)
    else:
        assert product < 0.9 * most


@pytest.mark.parametrize("split", ["train", "test"])
def test_inverse_returns_what_was_measured_and_the_mean_elsewhere(path, split):
    inputs, norm, ids = stored(path, split)
    before, after = original(ids), norm.invert(inputs)
    known = ~np.isnan(before)
    np.testing.assert_allclose(after[..., :2][known], before[known], rtol=2e-4)
    mean = np.broadcast_to(norm.shift[..., :2], before.shape)
    np.testing.assert_allclose(after[..., :2][~known], mean[~known], rtol=2e-4)
    np.testing.assert_array_equal(inputs[..., 2], known[..., 1])
    assert np.all(after[:, 0, 0, 0] == CORNER)


def test_bytes_do_not_depend_on_parts_and_the_format_is_marked(tmp_path, write_events):
    settings = whitening(method="zca")
    digests = []
    for cuts in ([0, 300], [0, 110, 300]):
        folder = tmp_path / str(len(cuts))
        folder.mkdir()
        everything = images(300)
        parts = [
            write_events({k: v[a:b] for k, v in everything.items()}, name=f"{a}-{b}.h5", first=a)
            for a, b in pairwise(cuts)
        ]
        with h5py.File(built(folder, {"s": parts}, settings)) as file:
            digests.append(file.attrs["digest"])
            assert file.attrs["format_version"] == 2
    assert digests[0] == digests[1]
    with h5py.File(built(tmp_path, {"s": parts})) as file:
        assert file.attrs["format_version"] == 1


def test_variations_are_whitened_as_what_they_vary(path, tmp_path, write_events, whitened):
    more = images(40, seed=2)
    output = tmp_path / "varied.h5"
    part = write_events(more, name="varied.h5")
    build_dataset(output, "d", whitening(method=whitened[0]), {"s": [part]}, path)
    inputs, norm, ids = stored(output, "test")
    _, nominal, _ = stored(path)
    np.testing.assert_array_equal(norm.whitening.matrix, nominal.whitening.matrix)
    before = original(ids, lambda: more)
    known = ~np.isnan(before)
    np.testing.assert_allclose(norm.invert(inputs)[..., :2][known], before[known], rtol=2e-4)


def test_too_few_events_are_said_and_too_many_values_refused(tmp_path, write_events, caplog):
    part = write_events(images(30))
    inputs, norm, _ = stored(built(tmp_path, {"s": [part]}, whitening(method="zca")))
    assert "40 values is whitened by" in caplog.text
    assert np.isfinite(inputs).all()
    assert np.linalg.matrix_rank(norm.whitening.matrix, tol=1e-6) < len(inputs)
    large = arrays(10, image=np.zeros((10, 70, 70)), time=np.zeros((10, 70, 70)))
    with pytest.raises(ConfigError, match=r"'image' has 9800 values .* at most 4096"):
        built(tmp_path, {"s": [write_events(large, name="large.h5")]}, whitening(method="pca"))
