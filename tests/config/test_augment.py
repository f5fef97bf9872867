"""Faults of turns and flips, and of the number of events, that are known before any job."""

import pytest

from footprint.config import parse_study


def training(study):
    return study["experiments"]["xmax_cnn"].setdefault("training", {})


def pixelwise(study):
    channels = study["datasets"]["showers"]["inputs"]["footprint"]["channels"]
    channels[1]["per"] = "pixel"
    training(study).update(augment={})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda s: training(s).update(augment={"turns": 5}),
            "experiments.xmax_cnn.training.augment.turns: Input should be 1, 2, 3, 4 or 6, found 5",
        ),
        (
            lambda s: training(s).update(augment={"turn": 4}),
            "xmax_cnn.training.augment: unknown key 'turn'; did you mean 'turns'?",
        ),
        (
            lambda s: training(s).update(augment={"turns": 1, "flips": False}),
            "augment with turns 1 and flips false changes nothing: leave it out",
        ),
        (
            lambda s: training(s).update(augment={"x": "a", "y": "a"}),
            "x, y and z name a, a and station_z: expected three constants",
        ),
        (
            lambda s: training(s).update(augment={"unchanged": ["footprin"]}),
            "xmax_cnn.training.augment.unchanged: no 'footprin'; did you mean 'footprint'?",
        ),
        (
            pixelwise,
            "channel 'arrival_time' of input 'footprint' is normalised pixel by pixel, its values",
        ),
        (
            lambda s: training(s).update(events=0),
            "experiments.xmax_cnn.training.events: Input should be greater than 0, found 0",
        ),
    ],
)
def test_message(faults, change, words):
    assert words in faults(change)


def test_pixelwise_inputs_may_stay(tiny):
    pixelwise(tiny)
    training(tiny)["augment"] = {"unchanged": ["footprint"], "z": None}
    found = parse_study(tiny).experiments["xmax_cnn"].training.augment
    assert found.unchanged == ["footprint"]
    assert (found.turns, found.flips) == (None, None)
