"""Densities in a study: what may be said of them, and what is refused."""

import pytest

from footprint.config import parse_study
from footprint.config.experiments import Experiment
from footprint.errors import ConfigError

FLOW = {"model": {"name": "flow"}, "task": "density", "dataset": "showers"}
ANOMALY = {**FLOW, "variables": "muons", "inputs": []}
ANOMALY["learn_from"] = {"target": "mass", "classes": ["light"]}


@pytest.fixture
def study(tiny):
    """Add an experiment, and an input that can be learnt, to the tiny study."""

    def make(**given):
        tiny["datasets"]["showers"]["inputs"]["muons"] = ["muons_at_ground"]
        tiny["datasets"]["showers"]["spectators"].append("filled_pixels")
        tiny["experiments"]["rare"] = given
        return parse_study(tiny)

    return make


def test_a_density_of_one_class_learns_its_variables_and_tells_anomalies_apart(study):
    found = study(**ANOMALY)
    experiment = found.experiments["rare"]
    assert experiment.learn_from is not None
    assert experiment.learn_from.learnt == "light"
    assert found.targets_of(experiment) == ["muons", "mass"]
    # It stands beside the network that learns the same target.
    assert found.compared() == {("showers", "mass"): ["mass_layers", "rare"]}


def test_anomalies_may_be_tagged_and_averaged(study, tiny):
    tiny["ensembles"] = {"both": {"members": ["rare", "mass_layers"]}}
    tiny["experiments"]["mass_layers"]["evaluation"]["tagging"] = "heavy"
    found = study(**ANOMALY, evaluation={"tagging": "heavy"})
    judged = found.judged()["both"]
    assert found.targets_of(judged) == ["mass"]
    assert judged.task == "classification"


def test_an_ensemble_of_anomaly_scores_is_judged_by_settings_that_can_be_read_again(study, tiny):
    """The evaluation reads them as JSON, and no classification has a flow or a true density."""
    tiny["ensembles"] = {"both": {"members": ["rare", "mass_layers"]}}
    found = study(**ANOMALY, evaluation={"true_log_density": "xmax"}).judged()["both"]
    assert Experiment.model_validate_json(found.model_dump_json()).target == "mass"


def test_without_learn_from_a_density_has_no_target(study):
    found = study(**{**ANOMALY, "learn_from": None})
    assert found.targets_of(found.experiments["rare"]) == ["muons"]
    assert found.compared() == {}


def test_a_true_density_is_a_spectator(study):
    given = {**ANOMALY, "learn_from": None, "evaluation": {"true_log_density": "xmax"}}
    assert study(**given).experiments["rare"].evaluation.true_log_density == "xmax"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"learn_from": {"target": "mas", "classes": ["light"]}},
            "experiments.rare.learn_from.target: no 'mas'; did you mean 'mass'?",
        ),
        (
            {"learn_from": {"target": "mass", "classes": ["ligth"]}},
            "experiments.rare.learn_from.classes: no 'ligth'; did you mean 'light'?",
        ),
        (
            {"learn_from": {"target": "xmax", "classes": ["light"]}},
            "experiments.rare.learn_from.target: 'xmax' has no classes, expected two: the one that",
        ),
        (
            {"learn_from": {"target": "mass", "classes": ["light", "heavy"]}},
            "List should have at most 1 item",
        ),
        (
            {"task": "generation"},
            "learn_from goes with task: density of variables, found generation",
        ),
        (
            {"variables": None, "targets": ["xmax"]},
            "learn_from goes with task: density of variables, found density of targets",
        ),
        (
            {"learn_from": None, "evaluation": {"tagging": "heavy"}},
            "evaluation.tagging is not for the task density: leave it out",
        ),
        (
            {"evaluation": {"true_log_density": "xmx"}},
            "experiments.rare.evaluation.true_log_density: no 'xmx'; did you mean 'xmax'?",
        ),
        (
            {
                "task": "regression",
                "target": "xmax",
                "model": {"name": "dense"},
                "variables": None,
                "inputs": ["muons"],
                "learn_from": None,
                "evaluation": {"true_log_density": "xmax"},
            },
            "evaluation.true_log_density goes with task: density of variables, found regression",
        ),
    ],
)
def test_densities_that_are_refused(study, given, words):
    with pytest.raises(ConfigError) as caught:
        study(**{**ANOMALY, **given})
    assert words in str(caught.value)


def test_three_classes_are_refused(study, tiny):
    classes = {"proton": 1, "helium": 4, "heavy": [14, 56]}
    tiny["datasets"]["showers"]["targets"]["mass"]["classes"] = classes
    with pytest.raises(ConfigError) as caught:
        study(**{**ANOMALY, "learn_from": {"target": "mass", "classes": ["proton"]}})
    message = (
        "'mass' has classes ['proton', 'helium', 'heavy'], expected two: the one that is learnt "
        "from, and the anomalies. Give the data set a target that joins the others in one class, "
        "such as {qcd: 0, anomaly: [1, 2]}"
    )
    assert message in str(caught.value)


def test_a_true_density_of_what_was_transformed_is_refused(study, tiny):
    channel = {"array": "muons_at_ground", "transform": "log10(x + 1)", "inverse": "10**x - 1"}
    tiny["datasets"]["showers"]["inputs"]["lg"] = {"channels": [channel]}
    given = {"variables": "lg", "learn_from": None, "evaluation": {"true_log_density": "xmax"}}
    with pytest.raises(ConfigError) as caught:
        study(**{**ANOMALY, **given})
    message = (
        "true_log_density: channel 'muons_at_ground' of input 'lg' has transform 'log10(x + 1)', "
        "so what is learnt is not the density of the array itself: take it away, or leave "
        "true_log_density out"
    )
    assert message in str(caught.value)
