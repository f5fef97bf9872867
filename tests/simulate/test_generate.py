import time

import numpy as np
import pytest

from footprint.config.samples import VerticalShowers
from footprint.files.events import iterate, open_events
from footprint.simulate.generate import simulate_part

SAMPLE = VerticalShowers(
    generator="vertical_showers",
    events=8000,
    options={"pixels": 8, "pixel_size_m": 100.0, "muons_at_10_EeV": 50.0},
)


def merged(paths):
    names = ["muons", "arrival_time", "xmax", "mass_number", "muons_at_ground"]
    blocks = list(iterate(paths, names, 100_000))
    assert len(blocks) == 1
    return {name: values.tobytes() for name, values in blocks[0].items()}


@pytest.mark.parametrize("per_job", [1000, 777, 3])
def test_one_job_and_many_jobs_give_the_same_bytes(tmp_path, per_job):
    total = 8000 if per_job == 1000 else 1600 if per_job == 777 else 12
    simulate_part(tmp_path / "one.h5", "s", SAMPLE, seed=5, first=0, count=total)
    parts = []
    for first in range(0, total, per_job):
        parts.append(tmp_path / f"{first}.h5")
        count = min(per_job, total - first)
        simulate_part(parts[-1], "s", SAMPLE, seed=5, first=first, count=count)
    assert merged([tmp_path / "one.h5"]) == merged(parts)


def test_the_same_part_twice_is_the_same_file(tmp_path):
    for name in ("a.h5", "b.h5"):
        simulate_part(tmp_path / name, "s", SAMPLE, seed=5, first=100, count=300)
        time.sleep(1.1)  # HDF5 keeps times in seconds, where it is let
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_seed_sample_and_block_each_change_the_events(tmp_path):
    seen = set()
    for name, seed, first in (("s", 1, 0), ("s", 2, 0), ("t", 1, 0), ("s", 1, 250)):
        path = tmp_path / f"{name}{seed}{first}.h5"
        simulate_part(path, name, SAMPLE, seed=seed, first=first, count=10)
        with open_events(path) as events:
            seen.add(events.file["xmax"][:].tobytes())
    assert len(seen) == 4


def test_every_array_has_a_unit_and_a_description(tmp_path):
    simulate_part(tmp_path / "e.h5", "s", SAMPLE, seed=1, first=0, count=5)
    with open_events(tmp_path / "e.h5") as events:
        assert all(spec.description for spec in events.specs.values())
        assert events.specs["xmax"].units == "g/cm2"
        assert events.specs["arrival_time"].units == "ns"
        assert events.file["muons"].dtype == np.float32
        for name in ("config", "seed", "sample", "software", "kind", "format_version"):
            assert name in events.file.attrs
