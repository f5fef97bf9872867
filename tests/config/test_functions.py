"""Functions, logic gates and snapshots in the configuration, and what is refused."""

import pytest
import yaml

from footprint.config import load_study, parse_study
from footprint.errors import ConfigError
from tests.conftest import ROOT

STUDY = ROOT / "config" / "functions.yaml"


def refusal(change):
    study = yaml.safe_load(STUDY.read_text())
    change(study)
    with pytest.raises(ConfigError) as caught:
        parse_study(study)
    return str(caught.value)


def function(**options):
    return lambda study: study["samples"]["curve"]["options"].update(options)


def gate(**options):
    return lambda study: study["samples"]["or_gate"]["options"].update(options)


def training(**keys):
    return lambda study: study["experiments"]["curve_relu"]["training"].update(keys)


def test_the_exercises_of_the_tutorial_are_there():
    study = load_study(STUDY)
    layers = {
        name: [next(iter(layer.values()))["units"] for layer in entry.model.layers]
        for name, entry in study.experiments.items()
    }
    assert layers["curve_relu"] == layers["curve_sigmoid"] == [20, 20, 20]
    assert layers["curve_two_layers"] == [30, 30]
    assert layers["or_one_neuron"] == layers["and_one_neuron"] == layers["xor_one_neuron"] == []
    assert len(layers["xor_two_layers"]) == 1
    gates = {name: study.samples[f"{name}_gate"].options.gate for name in ("or", "and", "xor")}
    assert gates == {"or": "or", "and": "and", "xor": "xor"}
    assert all(entry.training.snapshots for entry in study.experiments.values())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (function(formula="sin(4 * z)"), "must be a formula of x alone"),
        (function(formula="sin(4 * x"), "cannot read the formula"),
        (function(range=[4, -4]), "range: found [4, -4], expected the lower value first"),
        (
            function(formula="log10(x)", range=[-1, 1]),
            "the formula 'log10(x)' is not finite at x = -1, within the range [-1, 1]: choose",
        ),
        (function(noise=-0.1), "options.noise: Input should be greater than or equal to 0"),
        (function(units={"z": "m"}), "Input should be 'x' or 'y'"),
        (function(formule="x"), "unknown key 'formule'; did you mean 'formula'?"),
        (gate(gate="xorr"), "options.gate: Input should be 'and', 'or', 'xor', 'nand', 'nor' or"),
        (lambda s: s["samples"]["curve"].update(generator="functions"), "did you mean 'function'?"),
        (training(snapshots=[1, 10, 400]), "snapshots: [400] would come after the last of 200"),
        (training(snapshots=[10, 1, 10]), "[10] named more than once: name each epoch once"),
        (training(snapshots=[0]), "snapshots.0: Input should be greater than 0, found 0"),
        (training(snapshot=[1]), "unknown key 'snapshot'; did you mean 'snapshots'?"),
    ],
)
def test_what_is_refused(change, words):
    assert words in refusal(change)
