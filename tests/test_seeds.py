import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from footprint.seeds import BLOCK, blocks_of, event_ids, scrambled, stream


@given(st.integers(0, 5000), st.integers(1, 3000))
def test_blocks_cover_every_event_once(first, count):
    events = [
        block * BLOCK + index
        for block, part in blocks_of(first, count)
        for index in range(part.start, part.stop)
    ]
    assert events == list(range(first, first + count))


def test_event_ids_tell_samples_apart_and_count_within():
    a, b = event_ids("a", 10, 1000), event_ids("b", 10, 1000)
    assert not set(a.tolist()) & set(b.tolist())
    np.testing.assert_array_equal(np.diff(a), 1)
    np.testing.assert_array_equal(event_ids("a", 0, 20)[10:], a[:10])


def test_too_many_events_of_one_source_are_refused():
    with pytest.raises(ValueError, match="more than 2\\^32 events"):
        event_ids("a", 2**32 - 1, 2)


def test_scrambled_ids_are_uniform_and_independent_between_uses():
    ids = event_ids("showers", 0, 50_000)
    one, two = (scrambled(ids, salt).astype(float) / 2**64 for salt in (0, 1))
    assert stats.kstest(one, stats.uniform.cdf).pvalue > 1e-3
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.02
    assert len(np.unique(scrambled(ids, 0))) == len(ids)


def test_splitmix_constants_give_the_published_sequence():
    # First outputs of SplitMix64 seeded with 0 (as in the reference implementation by S. Vigna).
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    zero = np.zeros(1, dtype=np.uint64)
    assert [int(scrambled(zero, salt)[0]) for salt in range(3)] == expected


def test_streams_differ_between_blocks_and_repeat():
    first = stream(1, "s", 0).random(4)
    np.testing.assert_array_equal(first, stream(1, "s", 0).random(4))
    assert not np.array_equal(first, stream(1, "s", 1).random(4))
