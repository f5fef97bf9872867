"""The published files themselves, where they lie among the test data: what is known of them."""

import numpy as np
import pytest

from footprint.config.npz import NpzOptions
from footprint.ingest.npz import read_blocks
from tests.ingest.conftest import DATA


def published(name, convention, keep, **options):
    path = (DATA / "airshower" / name).resolve()
    if not path.is_file():
        pytest.skip(f"{path} is missing: set FOOTPRINT_DATA to the folder of real test files")
    blocks = list(read_blocks(str(path), NpzOptions(convention=convention, keep=keep, **options)))
    return {n: np.concatenate([b.arrays[n] for b in blocks]) for n in blocks[0].arrays}


FRONT = ["axis", "arrival_time", "stations_hit", "zenith", "published_test", "outside_range"]


@pytest.mark.parametrize(
    ("name", "convention", "events", "stations"),
    [
        ("airshowers_mnist.npz", "airshowers_mnist", 100_000, 35.3),
        ("airshowers.npz", "airshowers_book", 200_000, 10.8),
    ],
)
def test_footprints(name, convention, events, stations, caplog):
    """A wrong unit, axis or layout would be said when arrival times are compared."""
    arrays = published(name, convention, FRONT)
    assert "check the unit" not in caplog.text
    assert len(arrays["zenith"]) == events
    assert arrays["published_test"].sum() == 20_000
    assert not arrays["outside_range"].any()
    assert arrays["zenith"].max() < 60.01
    assert abs(arrays["stations_hit"].mean() / stations - 1) < 0.1


def test_pd4ml():
    arrays = published(
        "4_airshower_100k_regression.npz", "pd4ml_airshower", ["xmax", "published_test"]
    )
    assert len(arrays["xmax"]) == 100_000
    assert arrays["published_test"].sum() == 30_000
    assert 50 < arrays["xmax"].std() < 58  # g/cm2, the rmse of a constant predictor
