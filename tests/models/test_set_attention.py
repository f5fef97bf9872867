"""A set of stations has no order, and silent stations are not in it."""

import numpy as np
import pytest

STATIONS = {"footprint": (12, 3), "traces": (12, 8, 1), "weather": (2,)}
TRACES = {"traces": {"name": "conv1d", "filters": [3], "units": 4}, "trace_input": "traces"}
POOLINGS = ["attention", "mean", "max"]


def model(**options):
    return {"name": "set_attention", "width": 8, "blocks": 2, **TRACES, **options}


def events(n=6, seed=0):
    rng = np.random.default_rng(seed)
    arrays = {name: rng.normal(size=(n, *shape)).astype("f4") for name, shape in STATIONS.items()}
    arrays["footprint"][..., 1] = rng.random((n, 12)) < 0.5
    return arrays


def with_stations(arrays, change):
    return {
        name: values if name == "weather" else change(values) for name, values in arrays.items()
    }


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_order_of_the_stations_does_not_matter(body_of, pooling):
    network, arrays = body_of(model(pooling=pooling), STATIONS), events()
    order = np.random.default_rng(1).permutation(12)
    before = network.predict_on_batch(arrays)
    after = network.predict_on_batch(with_stations(arrays, lambda values: values[:, order]))
    np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-6)
    assert np.ptp(before) > 1e-2


@pytest.mark.parametrize("pooling", POOLINGS)
def test_silent_stations_are_left_out(body_of, pooling):
    network, arrays = body_of(model(pooling=pooling), STATIONS), events()
    before = network.predict_on_batch(arrays)
    for silent in (True, False):
        of_kind = (arrays["footprint"][..., 1] == 0) == silent
        changed = {name: values.copy() for name, values in arrays.items()}
        changed["footprint"][..., 0][of_kind] += 5
        changed["footprint"][..., 2][of_kind] -= 5
        changed["traces"][of_kind] += 5
        after = network.predict_on_batch(changed)
        unchanged = np.isclose(after, before, rtol=1e-4, atol=1e-6)
        assert unchanged.all() if silent else not unchanged.any()


@pytest.mark.parametrize("pooling", POOLINGS)
def test_an_array_with_more_silent_stations_is_the_same_set(body_of, pooling):
    larger = {"footprint": (15, 3), "traces": (15, 8, 1), "weather": (2,)}
    small, large = (body_of(model(pooling=pooling), shapes) for shapes in (STATIONS, larger))
    large.set_weights(small.get_weights())
    arrays = events()

    def widened(values):
        return np.concatenate([values, np.zeros_like(values[:, :3])], axis=1)

    np.testing.assert_allclose(
        large.predict_on_batch(with_stations(arrays, widened)),
        small.predict_on_batch(arrays),
        rtol=1e-4,
        atol=1e-6,
    )


@pytest.mark.parametrize("pooling", POOLINGS)
def test_an_event_without_stations_gives_a_number(body_of, pooling):
    network, arrays = body_of(model(pooling=pooling), STATIONS), events()
    arrays["footprint"][..., 1] = 0
    arrays["weather"][:] = 1
    said = network.predict_on_batch(arrays)
    assert np.isfinite(said).all()
    assert np.ptp(said) < 1e-5


def test_looking_at_fewer_stations_changes_nothing_while_all_triggered_fit(body_of):
    whole, part = (body_of(model(most_stations=most), STATIONS) for most in (None, 6))
    part.set_weights(whole.get_weights())
    arrays = events(20)
    fits = arrays["footprint"][..., 1].sum(axis=1) <= 6
    assert 0 < fits.sum() < 20
    same = np.isclose(part.predict_on_batch(arrays), whole.predict_on_batch(arrays), rtol=1e-4)
    assert np.array_equal(same[:, 0], fits)


@pytest.mark.parametrize(
    ("kind", "pooled"),
    [("MeanPooling", [3.0, 4.0]), ("MaxPooling", [5.0, 6.0])],
)
def test_pooling_of_three_stations(kind, pooled):
    from footprint.models import pooling

    x = np.array([[[1.0, 2.0], [99.0, 99.0], [5.0, 6.0]]], "f4")
    triggered = np.array([[[1.0], [0.0], [1.0]]], "f4")
    np.testing.assert_allclose(getattr(pooling, kind)()(x, triggered)[0], pooled)
    np.testing.assert_allclose(getattr(pooling, kind)()(x, 0 * triggered)[0], 0)
    # Maxima below zero are maxima too.
    if kind == "MaxPooling":
        np.testing.assert_allclose(pooling.MaxPooling()(-x, triggered)[0], [-1, -2])


def test_attention_pooling_weighs_by_scores():
    from footprint.models.pooling import AttentionPooling

    x = np.array([[[1.0], [99.0], [5.0]]], "f4")
    scores = np.log(np.array([[[3.0], [1e6], [1.0]]], "f4"))
    triggered = np.array([[[1.0], [0.0], [1.0]]], "f4")
    layer = AttentionPooling()
    np.testing.assert_allclose(layer(x, scores, triggered)[0], [0.75 * 1 + 0.25 * 5], rtol=1e-6)
    np.testing.assert_allclose(layer(x, scores, 0 * triggered)[0], [0])


def test_a_grid_of_stations_is_a_list_of_them(body_of):
    grid = {"footprint": (3, 4, 3), "traces": (3, 4, 8, 1), "weather": (2,)}
    one = body_of(model(), STATIONS)
    two = body_of(model(trace_input=None), grid)
    two.set_weights(one.get_weights())
    arrays = events()
    folded = with_stations(arrays, lambda values: values.reshape(6, 3, 4, *values.shape[2:]))
    np.testing.assert_allclose(two.predict_on_batch(folded), one.predict_on_batch(arrays))


def test_the_strongest_stations_are_kept_wherever_they_stand():
    from footprint.models.stations import StrongestFirst

    signal = np.array([[0.5, 2.0, -1.0, 9.0, 1.0]], "f4")[..., None]
    triggered = np.array([[1.0, 1.0, 1.0, 0.0, 1.0]], "f4")[..., None]
    kept = np.asarray(StrongestFirst(3)(signal, triggered, signal))[0, :, 0]
    np.testing.assert_array_equal(kept, [2.0, 1.0, 0.5])


def test_the_order_of_stations_does_not_matter_where_some_are_left_out(body_of):
    network, arrays = body_of(model(most_stations=4), STATIONS), events(20)
    assert (arrays["footprint"][..., 1].sum(axis=1) > 4).any()
    order = np.random.default_rng(3).permutation(arrays["footprint"].shape[1])
    mixed = with_stations(arrays, lambda values: values[:, order])
    np.testing.assert_allclose(
        network.predict_on_batch(mixed), network.predict_on_batch(arrays), rtol=1e-4, atol=1e-6
    )
