"""Experiments that learn a distribution: what they may say, and the words where they may not."""

import pytest
from pydantic import TypeAdapter

from footprint.config import parse_study
from footprint.config.checks import check_layout
from footprint.config.samples import Sample

FLOW = {"name": "flow"}
WGAN = {"name": "wgan"}


def generator(study, **changes):
    channels = [
        {"array": "muons", "transform": "log10(1 + x)", "inverse": "10**x - 1"},
        {"array": "arrival_time", "mask": True},
    ]
    study["datasets"]["footprints"] = {
        "samples": ["showers"],
        "inputs": {"footprint": channels, "shower": ["xmax", "mass_number"]},
    }
    study["experiments"]["maker"] = {
        "dataset": "footprints", "task": "generation", "variables": "footprint",
        "inputs": ["shower"], "model": WGAN, **changes,
    }  # fmt: skip
    return study


def posterior(study, **changes):
    study["experiments"]["maker"] = {
        "dataset": "showers", "task": "density", "targets": ["xmax"], "model": FLOW, **changes,
    }  # fmt: skip
    return study


def test_a_generator_learns_variables_and_needs_no_targets(tiny):
    study = parse_study(generator(tiny))
    assert study.targets_of(study.experiments["maker"]) == ["footprint"]
    assert all("maker" not in names for names in study.compared().values())


def test_a_posterior_stands_beside_the_regressions_of_its_targets(tiny):
    study = parse_study(posterior(tiny))
    assert study.targets_of(study.experiments["maker"]) == ["xmax"]
    assert "maker" in study.compared()["showers", "xmax"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"variables": "footprnt"}, "maker.variables: no 'footprnt'; did you mean 'footprint'?"),
        (
            {"variables": None},
            (
                "task generation needs variables (an input) or, for a density, targets (one or "
                "several): found neither"
            ),
        ),
        ({"inputs": ["footprint"]}, "'footprint' is among inputs, which are the conditions"),
        (
            {"model": {"name": "dense"}},
            "model 'dense' cannot learn a generation: expected one of flow, gan, wgan",
        ),
        ({"task": "density"}, "model 'wgan' cannot learn a density: expected one of flow"),
        (
            {"training": {"loss": "mse"}},
            "training.loss is not for the task generation: leave it out",
        ),
        (
            {"evaluation": {"tagging": "iron"}},
            "evaluation.tagging is not for the task generation",
        ),
    ],
)
def test_a_generator_that_cannot_be(faults, changes, words):
    assert words in faults(lambda study: generator(study, **changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"task": "generation"},
            "targets are learnt with task: density; for a generation name an input as variables",
        ),
        ({"targets": ["mass"]}, "maker.targets.mass: the density of a classification is not"),
        (
            {"targets": {"xmax": 2}},
            "targets.xmax: weight and loss are not for the task density, which learns all targets",
        ),
        (
            {"training": {"class_weights": "balanced"}},
            "training.class_weights is not for the task density: leave it out",
        ),
        ({"targets": ["xmx"]}, "maker.targets: no 'xmx'; did you mean 'xmax'?"),
    ],
)
def test_a_posterior_that_cannot_be(faults, changes, words):
    assert words in faults(lambda study: posterior(study, **changes))


@pytest.mark.parametrize("name", ["latent", "targets"])
def test_conditions_take_no_name_of_an_input_that_networks_add(faults, name):
    def change(study):
        made = generator(study)
        made["datasets"]["footprints"]["inputs"][name] = ["xmax"]
        made["experiments"]["maker"]["inputs"] = [name]

    assert (
        f"experiments.maker: input '{name}' has a name that networks which learn a distribution "
        f"give to an input of their own: call it otherwise in data set 'footprints'"
    ) in faults(change)


def test_what_is_learnt_is_no_condition(faults):
    def change(study):
        made = generator(study, inputs=["shower", "total"])
        made["datasets"]["footprints"]["inputs"]["total"] = ["muons", "xmax"]

    assert (
        "maker.inputs: condition 'total' holds muons, which is among the variables 'footprint' "
        "that are learnt: name as inputs the conditions without it, or [] for none"
    ) in faults(change)


def test_a_context_needs_conditions(faults):
    def change(study):
        made = generator(study, model={**FLOW, "context": {"name": "dense", "units": [4]}})
        made["datasets"]["footprints"]["inputs"].pop("shower")
        made["experiments"]["maker"].pop("inputs")

    assert (
        "maker.model.context 'dense' reads conditions, and data set 'footprints' has no other "
        "input than 'footprint': leave context out"
    ) in faults(change)


def test_changing_one_option_of_a_gan_keeps_its_other_defaults(tiny):
    study = parse_study(generator(tiny, model={"name": "gan", "generator": {"units": [8]}}))
    made = study.experiments["maker"].model.generator
    assert (made.output, made.noise, made.batch_normalisation) == ("bounded", 0, True)


def test_networks_that_answer_are_no_generators(faults):
    def change(study):
        study["experiments"]["xmax_cnn"]["model"] = FLOW

    assert "model 'flow' learns a distribution: give task: generation or density" in faults(change)

    def name_variables(study):
        study["experiments"]["xmax_cnn"]["variables"] = "footprint"

    assert "variables 'footprint' go with task: generation or density" in faults(name_variables)


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        (
            {"array": "muons", "transform": "log10(1 + x)"},
            "channel 'muons' of input 'footprint' has transform 'log10(1 + x)' and no inverse",
        ),
        (
            {"array": "muons", "transform": "log10(1 + x)", "inverse": "10**x"},
            "inverse '10**x' does not undo transform 'log10(1 + x)': of 0.03 it makes 1.03",
        ),
        (
            {"array": "muons", "inverse": "10**x"},
            "inverse '10**x' undoes a transform, and there is none: leave it out",
        ),
    ],
)
def test_formulas_are_undone(faults, channel, words):
    def change(study):
        generator(study)["datasets"]["footprints"]["inputs"]["footprint"] = [channel]

    assert words in faults(change)


def relative(study, conditions, **reference):
    """Times relative to another array, which is a condition or not."""
    made = generator(study, inputs=conditions)
    inputs = made["datasets"]["footprints"]["inputs"]
    inputs["footprint"][1]["relative_to"] = "filled_pixels"
    inputs["front"] = [{"array": "filled_pixels", **reference}]
    return made


def test_variables_may_be_relative_to_a_condition(tiny):
    study = parse_study(relative(tiny, ["shower", "front"]))
    dataset = study.datasets["footprints"]
    assert dataset.asked()["filled_pixels"] == "inputs.front"
    assert "filled_pixels" in dataset.seen_by_networks()


@pytest.mark.parametrize(
    ("conditions", "reference"), [(["shower"], {}), (["front"], {"transform": "log10(1 + x)"})]
)
def test_what_variables_are_relative_to_is_a_condition(faults, conditions, reference):
    words = faults(lambda study: relative(study, conditions, **reference))
    assert (
        "experiments.maker.inputs: 'arrival_time' of 'footprint' is relative to 'filled_pixels', "
        "which no condition holds as it is or with an inverse, so that it could not be added to "
        "what is generated; known: "
    ) in words


def test_nothing_is_relative_to_itself(faults):
    def change(study):
        generator(study)["datasets"]["footprints"]["inputs"]["front"] = [
            {"array": "muons", "relative_to": "muons"}
        ]

    assert "array 'muons' relative_to itself is always 0: name another array" in faults(change)


def test_masks_have_no_density(faults):
    words = faults(lambda study: generator(study, task="density", model=FLOW))
    assert (
        "experiments.maker.variables: input 'footprint' has masks of arrival_time, which are 0 or "
        "1 and have no density: leave mask out, learn the density of arrays that are always "
        "measured, or take task: generation with model wgan"
    ) in words


def test_generated_events_are_not_judged_in_bins(faults):
    words = faults(lambda study: generator(study, evaluation={"against": ["xmax"]}))
    assert "evaluation.against is not for the task generation: leave it out" in words


def test_the_network_of_the_two_sample_test_fits_generated_events(faults):
    model = {"name": "particle_net", "coordinates": ["deta", "dphi"]}
    words = faults(lambda study: generator(study, evaluation={"two_sample": {"model": model}}))
    assert "maker.evaluation.two_sample.model.coordinates" in words


def test_kernels_of_the_two_sample_test_reach_neighbours(tiny):
    test = {"model": {"name": "hexagonal", "layout": "axial"}}
    study = parse_study(generator(tiny, evaluation={"two_sample": test}))
    sample = TypeAdapter(Sample).validate_python({"generator": "observatory", "events": 10})
    with pytest.raises(ValueError, match="maker") as stop:
        check_layout("maker", study.experiments["maker"], {"hexagons": sample})
    assert str(stop.value) == (
        "experiments.maker.evaluation.two_sample.model.layout is 'axial', but sample 'hexagons' "
        "has layout 'offset': its kernels would not reach a station's neighbours; say layout: "
        "offset"
    )
