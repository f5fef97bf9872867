"""Faults of moves of images and of whitening that are known before any job."""

import pytest

from footprint.config import parse_study
from footprint.config.augment import ImageAugment, StationAugment


def augment(**options):
    def change(study):
        training = study["experiments"]["xmax_cnn"].setdefault("training", {})
        training["augment"] = options

    return change


def images(**options):
    return augment(method="images", **options)


def whitened(study):
    study["datasets"]["showers"]["inputs"]["footprint"]["whiten"] = "zca"
    augment()(study)


def of_direction(study):
    study["datasets"]["showers"]["targets"]["xmax"] = {"array": "xmax", "kind": "direction"}
    study["experiments"]["xmax_cnn"]["task"] = "direction"
    images(flip="both")(study)


def infinite(study):
    channels = study["datasets"]["showers"]["inputs"]["footprint"]["channels"]
    channels[0]["transform"] = "log10(x)"
    images(shift=1, padding="zero", inputs=["footprint"])(study)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (images(), "augment with method images changes nothing: give one of flip, shift, crop"),
        (augment(method="image", shift=1), "unknown method 'image'; did you mean 'images'?"),
        (augment(flip="both"), "flip is for images: add 'method: images'"),
        (images(shfit=1), "unknown key 'shfit'; did you mean 'shift'?"),
        (images(shift=2.5), "shift 2.5: expected whole pixels, or a share of the side below 1"),
        (images(shift=2, crop=2), "crop: 2 shifts by up to 2 pixels, as shift does: keep one"),
        (images(flip="both", padding="zero"), "padding 'zero' without shift, crop or cut_out"),
        (images(shift=1, average_predictions=True), "mean over flips: it needs flip"),
        (images(flip="both", average_shifts=True), "the shifts of the training: it needs shift"),
        (images(shift=1, inputs=["footprnt"]), "augment.inputs: no 'footprnt'; did you mean"),
        (images(mixup=0), "greater than 0"),
        (infinite, "empty pixel of channel 'muons' would be -inf after log10(x)"),
        (whitened, "xmax_cnn.training.augment: input 'footprint' is whitened, its values cannot"),
        (of_direction, "xmax_cnn.training.augment.flip: target 'xmax' is a direction, which would"),
    ],
)
def test_message(faults, change, words):
    assert words in faults(change)


def test_without_a_method_it_is_stations(tiny):
    for options, kind in (({}, StationAugment), ({"turns": 2}, StationAugment),
                          ({"method": "stations"}, StationAugment),
                          ({"method": "images", "shift": 0.1}, ImageAugment)):  # fmt: skip
        augment(**options)(tiny)
        assert type(parse_study(tiny).experiments["xmax_cnn"].training.augment) is kind


def test_whitening_has_a_short_form(tiny):
    entry = tiny["datasets"]["showers"]["inputs"]["footprint"]
    for given in ("pca", {"method": "pca"}):
        entry["whiten"] = given
        found = parse_study(tiny).datasets["showers"].inputs["footprint"].whiten
        assert (found.method, found.epsilon) == ("pca", 1e-6)
