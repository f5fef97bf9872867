"""Generators and critics: what they make looks like real events, on any grid; safe to save."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from footprint.config.networks import Model
from footprint.models.adversarial import LATENT, critic_of, generator_of
from footprint.models.adversarial_layers import AsMeasured, Bounded, Softened, nearest
from footprint.models.adversarial_maps import SmoothMaps, Summaries, polynomials
from footprint.models.forms import Form
from footprint.models.outputs import Entry

MASKED = (
    Form(gate=1, silence=0.0, mean=0.5, sd=0.7, low=-1.0, high=3.0, edge=0.3),
    Form(mask=True, mean=0.3, driver=0),
    Form(gate=1, silence=0.0, mean=0.0, sd=1.0, low=-4.0, high=4.0),
)


def model(**options):
    return TypeAdapter(Model).validate_python({"name": "wgan", "latent": 5, **options})


def entries(shape, conditions=True):
    channels = tuple("abcd"[: shape[-1]])
    given = {"primary": Entry((2,), ("e", "m")), "map": Entry((3, 2, 1), ("x",))}
    return {**(given if conditions else {}), "footprint": Entry(shape, channels)}


def drawn(network, events=64, seed=1):
    rng = np.random.default_rng(seed)
    asked = {t.name: rng.normal(size=(events, *t.shape[1:])) for t in network.inputs}
    return np.asarray(network(asked)["footprint"])


@pytest.mark.parametrize("shape", [(9, 9, 3), (14, 14, 3), (40, 41, 3), (5, 7, 3)])
@pytest.mark.parametrize(
    "made",
    [
        {"filters": [4, 3], "upsampling": 2, "noise": 0},
        {"filters": [4, 3], "upsampling": 1, "noise": 2, "batch_normalisation": True},
        {"filters": [4], "kernel_size": 1, "grid": "smooth", "noise": 1},
        {"filters": []},
    ],
)
def test_any_grid_is_served(shape, made):
    keras.utils.set_random_seed(1)
    config = model(generator={"units": [6], **made}, critic={"filters": [4, 4], "downsampling": 2})
    generator = generator_of(config, "footprint", entries(shape), MASKED)
    critic = critic_of(config, "footprint", entries(shape), MASKED, seed=1)
    assert {t.name for t in generator.inputs} == {"primary", "map", LATENT}
    values = drawn(generator, 8)
    assert values.shape == (8, *shape)
    asked = {t.name: np.zeros((8, *t.shape[1:])) for t in critic.inputs} | {"footprint": values}
    assert critic(asked).shape == (8, 1)


@pytest.mark.parametrize("shape", [(4,), (6, 3)])
def test_variables_without_rows_and_columns_are_served(shape):
    forms = tuple(Form(mean=2.0, sd=3.0) for _ in range(shape[-1]))
    config = model()
    generator = generator_of(config, "footprint", entries(shape, conditions=False), forms)
    assert {t.name for t in generator.inputs} == {LATENT}
    assert drawn(generator, 8).shape == (8, *shape)
    critic = critic_of(config, "footprint", entries(shape, conditions=False), forms, 1)
    assert critic({"footprint": np.zeros((8, *shape))}).shape == (8, 1)


def test_generated_events_are_silent_where_their_mask_is_0():
    keras.utils.set_random_seed(2)
    config = model(generator={"units": [8], "filters": [4], "kernel_size": 1, "noise": 3})
    values = drawn(generator_of(config, "footprint", entries((9, 9, 3)), MASKED), 300)
    signal, mask, time = np.moveaxis(values, -1, 0)
    assert set(np.unique(mask)) == {0.0, 1.0}
    # Before any training there are pixels of both kinds.
    assert 0.1 < mask.mean() < 0.7
    assert np.all(signal[mask == 0] == 0)
    assert np.all(time[mask == 0] == 0)
    assert np.all(signal[mask == 1] >= -1.0 - 1e-6)
    assert time[mask == 1].std() > 0.5


def test_a_second_mask_that_is_always_the_same_is_the_same():
    layer = AsMeasured([*MASKED, Form(mask=True, gate=1, mean=0.3)])
    values = np.asarray(layer(np.random.default_rng(1).normal(size=(50, 4, 4, 4))))
    np.testing.assert_array_equal(values[..., 1], values[..., 3])


def test_counts_are_counts_and_large_ones_any_number():
    levels = tuple(np.log10(1 + np.arange(1, 5)))
    form = Form(silence=0.0, mean=0.5, sd=0.5, low=levels[0], high=3.0, levels=levels)
    raw = np.linspace(-4, 4, 800).reshape(200, 2, 2, 1)
    values = np.asarray(AsMeasured([form])(raw)).ravel()
    small = np.unique(values[values < levels[-1] + 1e-6])
    assert small == pytest.approx([0.0, *levels], abs=1e-6)
    assert len(np.unique(values[values > levels[-1] + 1e-6])) > 50
    assert np.all(np.diff(values) >= 0)


def test_nearest_levels():
    found = nearest(np.array([[-3.0, 0.4], [0.6, 9.0]], np.float32), [0.0, 1.0])
    np.testing.assert_array_equal(found, [[0, 0], [1, 9]])


def test_a_channel_without_mask_that_can_be_silent_is_silent_or_above_the_smallest_value():
    form = Form(silence=-1.0, mean=1.0, sd=1.0, low=0.2, high=3.0)
    values = np.asarray(AsMeasured([form])(np.linspace(-4, 4, 300).reshape(-1, 1))).ravel()
    heard = values > -1.0
    assert 0 < heard.sum() < len(values)
    assert np.all(values[~heard] == -1.0)
    assert values[heard].min() >= 0.2 - 1e-6


def test_bounded_values_reach_from_the_smallest_to_the_largest():
    layer = Bounded([Form(silence=-0.5, low=-0.4, high=2.0)])
    values = np.asarray(layer(np.array([[-50.0], [0.0], [50.0]])))
    assert values.ravel() == pytest.approx([-0.5, 0.75, 2.0])


def sharp(events=200, seed=1):
    """Events as `MASKED` says: signals above -1, a time where there is a signal."""
    rng = np.random.default_rng(seed)
    mask = rng.random((events, 4, 4)) < 0.3
    signal = np.where(mask, rng.exponential(size=mask.shape) - 1, 0)
    return np.stack([signal, mask, np.where(mask, rng.normal(size=mask.shape), 0)], -1)


def test_softened_events_hold_the_excess_and_its_softened_mask():
    values = sharp()
    excess, hit, time = np.moveaxis(np.asarray(Softened(MASKED)(values)), -1, 0)
    mask = values[..., 1] == 1
    np.testing.assert_allclose(excess[mask], (values[mask][:, 0] + 1) / 0.7, rtol=1e-4)
    np.testing.assert_allclose(hit[mask], 1 - np.exp(-excess[mask] / 0.3), atol=1e-5)
    np.testing.assert_allclose(time[mask], hit[mask] * values[mask][:, 2], atol=1e-5)
    assert np.all(np.stack([excess, hit, time])[:, ~mask] == 0)


def test_a_station_that_just_triggers_is_seen_like_one_that_just_does_not():
    raw = np.zeros((2, 1, 1, 3), np.float32)
    # The quantile of 0.7: 30 % of stations trigger.
    raw[:, 0, 0, 0] = 0.5244005 + np.array([-1e-4, 1e-4])
    raw[..., 2] = 2.0
    values = AsMeasured(MASKED)(raw)
    assert np.asarray(values)[:, 0, 0, 1].tolist() == [0, 1]
    below, above = np.asarray(Softened(MASKED)(values))
    np.testing.assert_allclose(below, above, atol=0.01)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients by TensorFlow")
def test_gradients_of_steep_masks_are_gentle_and_times_move_no_mask():
    import tensorflow as tf

    steep = (replace(MASKED[0], edge=0.01), *MASKED[1:])
    values = tf.Variable(np.array([[[[-0.99, 1, 4.0]]]], np.float32))
    with tf.GradientTape(persistent=True) as tape:
        seen = Softened(steep)(values)
        hit, time = seen[0, 0, 0, 1], seen[0, 0, 0, 2]
    excess = 0.01 / 0.7
    assert float(hit) == pytest.approx(1 - np.exp(-excess / 0.01), rel=1e-3)
    assert float(time) == pytest.approx(4 * float(hit), rel=1e-5)
    slope = tape.gradient(hit, values)[0, 0, 0, 0]
    assert float(slope) == pytest.approx(np.exp(-excess / 0.3) / 0.3 / 0.7, rel=1e-3)
    of_time = tape.gradient(time, values)[0, 0, 0].numpy()
    assert of_time == pytest.approx([0, 0, float(hit)], abs=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients by TensorFlow")
@pytest.mark.parametrize("forms", [MASKED, (MASKED[0], Form(mask=True, mean=0.3), MASKED[2])])
def test_gradients_reach_what_is_silent(forms):
    import tensorflow as tf

    raw = tf.Variable(np.full((1, 2, 2, 3), -9.0, np.float32))
    with tf.GradientTape() as tape:
        values = AsMeasured(forms)(raw)
        total = tf.reduce_sum(Softened(forms)(values)[..., 1])
    assert np.all(values[..., 1] == 0)
    gradient = tape.gradient(total, raw).numpy()
    driver = 1 if forms[1].driver is None else 0
    assert np.all(gradient[..., driver] > 0.01)


def test_summaries_by_hand():
    forms = (Form(gate=1), Form(mask=True))
    seen = np.zeros((1, 3, 3, 2), np.float32)
    # A plane 1 + 2 row, row from -1 to 1, in all pixels of the outer columns.
    seen[0, :, ::2, 1] = 1
    seen[0, :, ::2, 0] = (1 + 2 * np.array([-1, 0, 1]))[:, None]
    found = np.asarray(Summaries(forms)(seen))[0]
    x = np.repeat([-1.0, 1.0, 3.0], 2)
    mean = x.sum() / 7
    sd = np.sqrt(np.square(x - mean).sum() / 7 + 1e-3)
    total = np.log(1 + np.exp(x).sum())
    # First moments: sum of row * (1 + 2 row) over 6 pixels, divided by 7; none along columns. The
    # plane leaves nothing over.
    assert found[:7] == pytest.approx([mean, sd, 3, total, 8 / 7, 0, np.sqrt(1e-3)], abs=2e-3)
    assert found[7] == pytest.approx(6 / 9)


def test_polynomials_are_those_of_row_and_column():
    row, column = np.meshgrid(np.linspace(-1, 1, 4), np.linspace(-1, 1, 3), indexing="ij")
    found = polynomials(4, 3, 2).reshape(4, 3, 6)
    for term, expected in enumerate([1, row, column, row**2, row * column, column**2]):
        np.testing.assert_allclose(found[..., term], np.broadcast_to(expected, (4, 3)), atol=1e-6)
    maps = SmoothMaps(4, 3, order=1)(np.array([[1.0, 10, 2, 20, 3, 30]]))
    np.testing.assert_allclose(maps[0, ..., 0], 1 + 2 * row + 3 * column, atol=1e-5)
    np.testing.assert_allclose(maps[0, ..., 1], 10 * (1 + 2 * row + 3 * column), atol=1e-4)


@pytest.mark.parametrize("made", [{"grid": "smooth", "kernel_size": 1}, {"output": "bounded"}])
def test_a_saved_generator_makes_the_same_events(tmp_path, made):
    config = model(generator={"units": [6], "filters": [4], "noise": 2, **made})
    generator = generator_of(config, "footprint", entries((5, 4, 3)), MASKED)
    generator.save(tmp_path / "g.keras")
    again = keras.saving.load_model(tmp_path / "g.keras", compile=False, safe_mode=True)
    np.testing.assert_array_equal(drawn(generator), drawn(again))


def test_spectral_normalisation_brings_the_largest_singular_value_to_1():
    keras.utils.set_random_seed(3)
    config = model(spectral_normalisation=True, critic={"filters": [4], "units": [16]})
    shape = (4, 4, 3)
    critic = critic_of(config, "footprint", entries(shape, conditions=False), MASKED, 1)
    rng = np.random.default_rng(1)
    layers = [x for x in critic.layers if isinstance(x, keras.layers.SpectralNormalization)]
    assert len(layers) == 3
    for layer in layers:
        layer.kernel.assign(5 * keras.ops.convert_to_numpy(layer.kernel))
    for _ in range(60):
        critic({"footprint": rng.normal(size=(8, *shape))}, training=True)
    for layer in layers:
        kernel = keras.ops.convert_to_numpy(layer.kernel)
        largest = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]
        assert largest == pytest.approx(1, abs=0.05)


def test_more_doublings_than_convolutions_are_refused():
    with pytest.raises(ValidationError, match=r"upsampling 3 needs as many convolutions, filters"):
        model(generator={"filters": [4, 4], "upsampling": 3})
    with pytest.raises(ValidationError, match=r"downsampling 3 needs as many convolutions"):
        model(critic={"filters": [4, 4], "downsampling": 3})
