from dataclasses import replace

import numpy as np
import pytest

from footprint.errors import FileFormatError
from footprint.files.hdf5 import ArraySpec
from footprint.files.samples import Kind, Samples, read_samples, write_samples


def kind(events, start=0.0):
    signal = np.arange(events * 4, dtype=np.float32).reshape(events, 2, 2) + start
    network = np.repeat(signal[..., None] / 10, 2, axis=-1)
    signal[0, 0, 0] = np.nan
    return Kind({"signal": signal}, network)


def samples(**changes):
    base = Samples(
        method="wgan", seed=3, task="generation", variables="footprint",
        channels=("signal", "mask of signal"), event_id=np.arange(5, dtype=np.uint64),
        real=kind(5), generated=kind(5, 1.0), training=kind(3, 2.0),
        training_event_id=np.arange(3, dtype=np.uint64) + 9,
        specs={"signal": ArraySpec("signal", "VEM", ""), "zenith": ArraySpec("zenith", "deg", "")},
        conditions={"zenith": np.arange(5, dtype=np.float32)},
        spectators={"core": np.ones((5, 2), np.float32)},
        constants={"station_x": np.zeros((2, 2))}, seconds_per_event=0.25,
        seconds_per_event_error=0.01, device="cpu:0",
    )  # fmt: skip
    return replace(base, **changes)


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "s.h5"
    density = np.linspace(-3, 1, 5, dtype=np.float32)
    drawn = np.arange(24, dtype=np.float32).reshape(3, 2, 2, 2)
    by_epoch = {"snapshot_epoch": (1, 4, 9), "snapshots": {"signal": drawn}}
    write_samples(path, samples(log_density=density, weight=np.ones(5), **by_epoch))
    found = read_samples(path)
    expected = samples()
    for name in ("real", "generated", "training"):
        ours, theirs = getattr(found, name), getattr(expected, name)
        np.testing.assert_array_equal(ours.arrays["signal"], theirs.arrays["signal"])
        np.testing.assert_array_equal(ours.network, theirs.network)
    assert (found.method, found.seed, found.task) == ("wgan", 3, "generation")
    assert (found.variables, found.channels) == ("footprint", ("signal", "mask of signal"))
    assert found.specs["signal"].units == "VEM"
    assert found.specs["zenith"].units == "deg"
    assert (found.seconds_per_event, found.device, found.events) == (0.25, "cpu:0", 5)
    assert found.seconds_per_event_error == 0.01
    np.testing.assert_array_equal(found.conditions["zenith"], np.arange(5))
    np.testing.assert_array_equal(found.spectators["core"], np.ones((5, 2)))
    np.testing.assert_array_equal(found.constants["station_x"], np.zeros((2, 2)))
    np.testing.assert_array_equal(found.training_event_id, [9, 10, 11])
    np.testing.assert_array_equal(found.log_density, density)
    np.testing.assert_array_equal(found.weight, np.ones(5))
    assert found.snapshot_epoch == (1, 4, 9)
    np.testing.assert_array_equal(found.snapshots["signal"], drawn)
    write_samples(path, samples(constants={}))
    assert read_samples(path).log_density is None
    assert read_samples(path).constants == {}
    assert (read_samples(path).snapshot_epoch, read_samples(path).snapshots) == ((), {})


def diverged():
    broken = kind(5)
    broken.network[1, 0, 0, 1] = np.nan
    broken.arrays["signal"][1, 0, 0] = np.inf
    return broken


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"generated": kind(4)},
            (
                r"generated events have arrays {'signal': \(4, 2, 2\)}, expected "
                r"{'signal': \(5, 2, 2\)}"
            ),
        ),
        (
            {"generated": diverged()},
            (
                "1 values of generated/signal are not finite: the generator has diverged, train it "
                "again at a lower learning rate"
            ),
        ),
        (
            {"training": Kind(kind(3).arrays, kind(2).network)},
            r"network/training has shape \(2, 2, 2, 2\), expected \(3, 2, 2, 2\)",
        ),
        (
            {"snapshot_epoch": (1, 2), "snapshots": {"signal": np.ones((3, 2, 2, 2))}},
            (
                r"snapshots have arrays {'signal': \(3, 2, 2, 2\)}, expected {'signal': "
                r"\(2, 2, 2, 2\)} and no more than 5 events: predict again"
            ),
        ),
        ({"log_density": np.ones(4)}, "log_density has 4 values for 5 events"),
        ({"conditions": {"zenith": np.ones(6)}}, "zenith has 6 values for 5 events"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, changes, words):
    path = tmp_path / "s.h5"
    with pytest.raises(FileFormatError, match=words):
        write_samples(path, samples(**changes))
    assert not path.exists()
