"""Options of flows that cannot be."""

import pytest
from pydantic import TypeAdapter, ValidationError

from footprint.config.experiments import Experiment
from footprint.config.networks import Dense, Model


def flow(**options):
    return TypeAdapter(Model).validate_python({"name": "flow", **options})


def told(**options):
    with pytest.raises(ValidationError) as caught:
        flow(**options)
    return [fault["msg"].removeprefix("Value error, ") for fault in caught.value.errors()]


def test_a_context_is_a_network_of_the_zoo():
    model = flow(context={"name": "dense", "units": [8]})
    assert isinstance(model.context, Dense)
    assert TypeAdapter(Model).validate_json(model.model_dump_json()) == model


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bins": 1}, "Input should be greater than or equal to 2"),
        ({"range": 0}, "Input should be greater than 0"),
        ({"units": []}, "List should have at least 1 item after validation, not 0"),
        ({"transform": "autoregressive", "bins": 16},
         "bins 16 belongs to splines, and transform is autoregressive: leave it out"),
        ({"transform": "affine_coupling", "range": 3},
         "range 3.0 belongs to splines, and transform is affine_coupling: leave it out"),
        ({"blocks": 1},
         ("one block of spline_coupling leaves half of the variables as they are: take 2 blocks "
          "or more, found 1")),
        ({"context": {"name": "dense", "head_units": [3]}},
         ("context.head_units [3] are layers of targets, which a flow has not: name them "
          "context_units")),
        ({"context": {"name": "set_attention", "heads": 3}},
         "heads must divide width, found 3 heads and width 32"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(options, words):
    assert told(**options) == [words]


def test_a_context_that_is_no_family_is_refused():
    assert told(context={"layers": []})[0].startswith("a context needs 'name:' (dense, cnn")
    assert told(context={"name": "gan"})[0].startswith("unknown name 'gan'; known: cnn, deep_sets")


def test_a_context_without_conditions_is_refused():
    given = {"dataset": "d", "task": "density", "variables": "x", "inputs": [],
             "model": {"name": "flow", "context": {"name": "dense"}}}  # fmt: skip
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(given)
    assert caught.value.errors()[0]["msg"] == (
        "Value error, model.context 'dense' reads conditions, and inputs is empty: name them as "
        "inputs, or leave context out"
    )
