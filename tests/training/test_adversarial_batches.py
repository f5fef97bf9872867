"""Generators and critics in training: batches of few events, conditions that follow from others."""

import keras
import numpy as np
import pytest

from footprint.training.fit import even_size
from footprint.training.variation import variation


def tensor(values):
    return keras.ops.convert_to_tensor(np.asarray(values, np.float32))


@pytest.mark.parametrize(("events", "most"), [(6473, 6472), (6472, 6472), (13, 5), (3, 512)])
def test_the_last_batch_of_a_validation_is_as_large_as_the_others(events, most):
    """The distance of a single event is 1e18 standard deviations, and would choose the epoch."""
    size = even_size(events, most)
    assert size <= most
    assert -(-events // size) == -(-events // most)
    assert events - size * (events // size) in {0, *range(size // 2, size)}


def test_conditions_that_follow_from_each_other_explain_no_more_than_one():
    """Classes as ones and zeros: the last follows from the others."""
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 2, 4000)
    first, second, third = (rng.normal(size=(4000, 3)) + 3 * kind[:, None] for _ in range(3))
    made = (tensor(first), tensor(second), tensor(third))
    found = [variation(*made, tensor(np.eye(2)[kind][:, :k])) for k in (1, 2)]
    assert float(found[0]) == pytest.approx(1.0, abs=0.05)
    assert float(found[1]) == pytest.approx(float(found[0]), rel=1e-3)
