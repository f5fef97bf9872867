"""A whole look inside a network of several inputs and targets, to its figures."""

import json

import numpy as np
import pandas as pd
import pytest

from footprint.config.experiments import Experiment
from footprint.errors import TrainingError
from footprint.files.datasets import open_dataset
from footprint.files.inside import read_inside
from footprint.files.predictions import read_predictions
from footprint.seeds import event_ids
from tests.training import showers

COUNT = 120
INSIDE = {"events": 3, "gallery": 4, "steps": 60}
CONFIG = Experiment.model_validate(
    {
        "dataset": "d",
        "targets": ["energy", "core", "mass"],
        "model": {"name": "dense"},
        "evaluation": {"inside": INSIDE},
        "seeds": [5, 6],
    }
)


def network_of(dataset, goals, names, *, convolution=True):
    import keras

    keras.utils.set_random_seed(2)
    inputs = {
        name: keras.Input(dataset.array("train", "inputs", name).shape[1:], name=name)
        for name in names
    }
    x = inputs[names[0]]
    if convolution:
        x = keras.layers.Conv2D(3, 3, activation="tanh", name="first")(x)
    parts = [x, *(inputs[name] for name in names[1:])]
    flat = [keras.layers.Flatten()(part) for part in parts]
    x = flat[0] if len(flat) == 1 else keras.layers.Concatenate()(flat)
    outputs = {
        goal.name: keras.layers.Dense(goal.output.units, activation=goal.output.activation)(x)
        for goal in goals
    }
    return keras.Model(inputs, outputs)


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    from footprint.inside.look import look_inside
    from footprint.training.apply import save_predictions
    from footprint.training.goals import goals_of

    folder = tmp_path_factory.mktemp("look")
    path = showers.dataset(folder, count=COUNT)
    with open_dataset(path) as dataset:
        network = network_of(dataset, goals_of(dataset, CONFIG), ["footprint", "traces"])
        save_predictions(folder / "p", network, dataset, method="m", config=CONFIG, seed=5)
        look_inside(
            folder / "t", network, dataset, predictions=folder / "p", method="m", config=CONFIG
        )
    return folder


def test_pixels_are_in_units_of_before_normalisation(looked):
    file = read_inside(looked / "t" / "energy.h5")
    measured = showers.measured(showers.options("cartesian"), showers.primaries(COUNT))
    numbers = {int(i): row for row, i in enumerate(event_ids("s", 0, COUNT))}
    for group in ("shown", "worst"):
        rows = [numbers[int(i)] for i in file[f"{group}/event_id"]]
        pixels = file[f"{group}/images/footprint"]
        expected = np.log10(1 + measured["signal"][rows])
        np.testing.assert_allclose(pixels[..., 0], expected, atol=1e-5)
        silent = np.isnan(expected)
        assert silent.any()
        time = measured["arrival_time"][rows]
        np.testing.assert_allclose(pixels[..., 1][~silent], time[~silent], rtol=1e-3, atol=0.1)
    assert [channel.name for channel in file.about.inputs["footprint"]] == [
        "signal", "arrival_time",
    ]  # fmt: skip
    assert file.about.inputs.keys() == {"footprint"}


def test_each_target_has_its_answers(looked):
    files = {name: read_inside(looked / "t" / f"{name}.h5") for name in ("energy", "core", "mass")}
    assert [len(file.about.answers) for file in files.values()] == [1, 2, 1]
    assert files["core"]["integrated_gradients/footprint"].shape == (2, 3, 9, 9, 2)
    assert files["mass"]["occlusion/footprint"].shape == (1, 3, 9, 9)
    for file in files.values():
        assert (file.about.seed, file.about.first_layer) == (5, "first")
        assert file.about.first_channels == ("signal", "mask of signal", "arrival_time")
        assert not file.about.notes
    table = pd.read_csv(looked / "t" / "core_contributions.csv")
    assert table["component"].tolist() == ["x"] * 3 + ["y"] * 3
    difference = table["answer"] - table["answer_of_baseline"]
    np.testing.assert_allclose(table["contributions"], difference, rtol=0.02, atol=1e-3)
    total = files["core"]["integrated_gradients/footprint"].sum(axis=(2, 3, 4)).ravel()
    np.testing.assert_allclose(total, table["contributions"], rtol=1e-4, atol=1e-3)


def test_answers_of_a_logarithm_are_what_the_network_predicts(looked):
    table = pd.read_csv(looked / "t" / "energy_contributions.csv")
    shown = pd.read_csv(looked / "t" / "energy_shown.csv")
    np.testing.assert_allclose(table["answer"], np.log10(shown["prediction"]), rtol=1e-4)
    assert shown["truth"].is_monotonic_increasing
    assert set(shown["split"]) == {"validation"}


def test_the_gallery_is_of_the_test_split_as_it_was_predicted(looked):
    predictions = read_predictions(looked / "p" / "mass.h5")
    wrong = predictions.prediction.argmax(axis=1) != predictions.truth
    confident = np.sort(predictions.prediction.max(axis=1)[wrong])[::-1][:4]
    table = pd.read_csv(looked / "t" / "mass_worst.csv")
    np.testing.assert_allclose(table["probability"], confident, rtol=1e-5)
    assert (table["truth"] != table["prediction"]).all()
    assert set(table["split"]) == {"test"}


def test_nothing_measured_is_what_a_silent_array_gives(looked):
    from footprint.config.inside import Inside
    from footprint.inside.pixels import image_inputs

    with open_dataset(looked / "d-False.h5") as dataset:
        (empty,) = image_inputs(dataset, ["footprint"], Inside())
        np.testing.assert_allclose(empty.seen(empty.baseline[None]), 0, atol=1e-6)
        (mean,) = image_inputs(dataset, ["footprint"], Inside(baseline="mean"))
        first = dataset.inputs("train", ["footprint"], slice(None))["footprint"]
        np.testing.assert_allclose(mean.seen(mean.baseline[None])[0], first.mean(axis=0), atol=1e-5)


def test_all_figures_are_drawn(looked, tmp_path):
    from footprint.figures.inside.draw import draw_inside

    attributions = {"saliency", "integrated_gradients", "occlusion"}
    common = {"filters", "activations_first"}
    (tmp_path / "saliency_of_yore.png").touch()
    assert set(draw_inside(looked / "t" / "mass.h5", tmp_path)) == attributions | common | {
        "misclassified_signal", "misclassified_arrival_time",
    }  # fmt: skip
    assert (tmp_path / "occlusion.pdf").is_file()
    assert not (tmp_path / "saliency_of_yore.png").exists()
    file = read_inside(looked / "t" / "core.h5")
    from footprint.figures import style
    from footprint.figures.inside.draw import make

    with style.paper():
        names = set(make(file))
    assert names == common | {f"{name}_{axis}" for name in attributions for axis in "xy"} | {
        "largest_deviations_signal", "largest_deviations_arrival_time",
    }  # fmt: skip


def look_again(looked, tmp_path, names, **inside):
    from footprint.inside.look import look_inside
    from footprint.training.goals import goals_of

    data = json.loads(CONFIG.model_dump_json())
    data |= {"inputs": names, "evaluation": {"inside": inside}}
    config = Experiment.model_validate(data)
    with open_dataset(looked / "d-False.h5") as dataset:
        network = network_of(dataset, goals_of(dataset, config), names, convolution=False)
        look_inside(tmp_path, network, dataset, predictions=looked / "p", method="m", config=config)
    return read_inside(tmp_path / "mass.h5")


def test_what_a_network_does_not_have_is_noted(looked, tmp_path):
    methods = ["filters", "activations"]
    file = look_again(looked, tmp_path, ["footprint"], methods=methods, events=1)
    assert len(file.about.notes) == 2
    assert "no convolution" in file.about.notes[0]
    assert not [name for name in file.arrays if name.startswith(("filters", "activations", "sal"))]


def test_inputs_without_rows_and_columns_are_refused(looked, tmp_path):
    with pytest.raises(TrainingError, match="no input with rows, columns and channels, found"):
        look_again(looked, tmp_path, ["traces"], methods=["filters"])
