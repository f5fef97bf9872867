"""What figures of the inside of networks show, from files made up here."""

import numpy as np
import pytest

from footprint.errors import FileFormatError
from footprint.figures import style
from footprint.figures.inside import looks
from footprint.figures.inside.draw import make
from footprint.files.hdf5 import ArraySpec
from footprint.files.inside import (
    About,
    Answer,
    ImageChannel,
    InsideFile,
    read_inside,
    write_inside,
)

CLASSES = ("cat", "dog", "T_shirt")
EVENTS = 2


pytestmark = pytest.mark.usefixtures("axes_say_their_units")


def made_up(channels, arrays, units="", **changes):
    rng = np.random.default_rng(1)
    about = About(
        experiment="e", seed=1, target="kind", label="kind", units=units, task="classification",
        classes=CLASSES, inputs={"image": tuple(channels)},
        answers=(Answer("", "log-odds of the predicted class", ""),),
    )  # fmt: skip
    about = About(**(vars(about) | changes))
    shape = (EVENTS, 6, 4, len(channels))
    every = {
        "shown/images/image": rng.integers(0, 256, shape).astype(np.float32),
        "shown/truth": np.array([0, 2]),
        "shown/prediction": np.array([[0.9, 0.1, 0.0], [0.3, 0.6, 0.1]]),
    }
    every |= {name: make(rng, shape) for name, make in arrays.items()}
    every |= {n.replace("shown", "worst"): a for n, a in every.items() if "worst" in arrays}
    return InsideFile("f.h5", about, every, {})


def channels(*names, width=None):
    return [ImageChannel(name, name, "ns", width) for name in names]


GRADIENTS = {"saliency/image": lambda rng, shape: rng.normal(size=(1, *shape))}


def drawn(file):
    with style.paper():
        return make(file)


def pictures(figure):
    return [axes.images[0] for axes in figure.axes if axes.images]


def test_red_green_and_blue_are_one_picture():
    file = made_up(channels("red", "green", "blue"), GRADIENTS)
    (figure,) = drawn(file).values()
    shown = pictures(figure)
    assert len(shown) == 2 * EVENTS
    colours = np.asarray(shown[0].get_array())
    np.testing.assert_allclose(colours, file["shown/images/image"][0] / 255, atol=0.003)
    # The map below is the sum over the colours.
    total = file["saliency/image"][0, 0].sum(axis=-1)
    np.testing.assert_allclose(shown[EVENTS].get_array(), total)


def test_other_channels_have_a_panel_each():
    (figure,) = drawn(made_up(channels("c", "d", "e"), GRADIENTS)).values()
    assert len(pictures(figure)) == 3 * 2 * EVENTS
    bars = [axes.get_ylabel() for axes in figure.axes if not axes.images]
    assert sorted(bars) == ["c [ns]", "d [ns]", "e [ns]", *["gradient [1/ns]"] * 3]


def test_images_of_jets_are_turned_so_that_pseudorapidity_runs_right():
    file = made_up(channels("image", width=0.8), GRADIENTS)
    (figure,) = drawn(file).values()
    image = pictures(figure)[0]
    np.testing.assert_allclose(image.get_array(), file["shown/images/image"][0, ..., 0].T)
    assert image.get_extent() == [-0.8, 0.8, -0.8, 0.8]
    assert image.origin == "lower"


def test_white_is_nothing_in_maps_of_both_signs():
    norm = looks.balanced(np.array([-3.0, 1.0, np.nan]))
    assert (norm.vmin, norm.vmax) == (-3, 3)
    zero = looks.DIVERGING(norm(0.0))
    assert min(zero[:3]) > 0.95
    rough = looks.balanced(np.r_[np.ones(10_000), 500.0], rough=True)
    assert rough.vmax == 1
    assert looks.balanced(np.zeros(3)).vmax == 1


def test_titles_say_class_and_probability():
    file = made_up(channels("c"), {})
    assert looks.titles_of(file, "shown") == [
        "cat\ncorrect, 90.0 %",
        "T shirt, taken for\ndog, 60.0 %",
    ]
    file.arrays["shown/prediction"][0] = [0.99999, 0.00001, 0]
    assert looks.titles_of(file, "shown")[0].endswith("> 99.9 %")


def test_titles_of_values_are_numbers_with_their_unit_in_the_heading():
    file = made_up(channels("c"), {}, classes=(), task="regression", units="g/cm2")
    values = {"truth": np.array([812.34, -7.0]), "prediction": np.array([800.0, 1.0])}
    file.arrays.update({f"shown/{name}": array for name, array in values.items()})
    assert looks.titles_of(file, "shown")[0] == "true 812.3\npredicted 800"
    assert "g/cm$^{2}$" in looks.headline(file.about, "gradient")


def test_galleries_are_named_after_the_kind_of_error():
    worst = {f"worst/{name}": lambda *_: None for name in ("images/image", "truth", "prediction")}
    for changes, name in (({}, "misclassified"), ({"classes": (), "task": "regression"},
                                                  "largest_deviations")):  # fmt: skip
        file = made_up(channels("c"), worst, **changes)
        for array in list(worst):
            file.arrays[array] = file.arrays[array.replace("worst", "shown")]
        if changes:
            file.arrays.update({"worst/truth": np.zeros(2), "worst/prediction": np.ones(2)})
        assert list(drawn(file)) == [name]


def test_filters_of_colours_are_pictures_and_others_have_rows():
    kernel = {"filters/kernel": lambda rng, _: rng.normal(size=(3, 3, 3, 20))}
    for names, count in ((("red", "green", "blue"), 20), (("a", "b", "c"), 60)):
        file = made_up(channels(*names), kernel, first_layer="conv", first_channels=names)
        (figure,) = drawn(file).values()
        assert len(pictures(figure)) == count
        assert "conv: 20 filters" in figure.get_suptitle()


def test_files_come_back_as_they_were_written(tmp_path):
    file = made_up(channels("c"), GRADIENTS, notes=("no filters",), layers={"conv": (1, 3)})
    path = tmp_path / "kind.h5"
    arrays = [(ArraySpec(n, "m", "d"), np.asarray(a)) for n, a in file.arrays.items()]
    write_inside(path, file.about, arrays)
    found = read_inside(path)
    assert found.about == file.about
    assert found.units["saliency/image"] == "m"
    np.testing.assert_allclose(found["saliency/image"], file["saliency/image"], rtol=1e-6)
    with pytest.raises(FileFormatError, match=r"no 'occlusion/image'.*look inside again"):
        found["occlusion/image"]
