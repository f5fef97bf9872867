"""Every fault of the configuration: path of the key, what was expected, nearest right name."""

import pytest

from footprint.config import load_study, parse_study, read_yaml
from footprint.config.formulas import evaluate, variables
from footprint.config.samples import VerticalShowers
from footprint.errors import ConfigError
from footprint.simulate.vertical import ARRAYS


def experiment(study):
    return study["experiments"]["xmax_cnn"]


NO_MODEL = (
    "experiments.xmax_cnn.model: a model needs 'name:' (dense, cnn, residual, inception, "
    "separable, self_normalising, hexagonal, set_attention, deep_sets, energy_flow, "
    "particle_net, particle_cnn, particle_transformer, recurrent, flow, gan, wgan), 'layers:' or "
    "'file:'"
)
READ = {
    "reader": "root",
    "files": ["x.root"],
    "options": {"tree": "events", "branches": {"muons": "n"}},
}


def several(study, targets):
    del experiment(study)["task"]
    experiment(study)["targets"] = targets


def vary(study, **curve):
    study["variations"] = {"curves": {"muons": curve}}


def test_no_experiment_has_the_name_of_the_folder_of_the_samples(faults):
    message = faults(lambda s: s["experiments"].update(samples=s["experiments"].pop("xmax_cnn")))
    assert "experiments.samples: tables/samples/ is for the samples: use another name" in message
    message = faults(lambda s: s["experiments"].update(datasets=s["experiments"].pop("xmax_cnn")))
    assert "tables/datasets/ is for the data sets: use another name" in message
    message = faults(lambda s: s["experiments"].update(baselines=s["experiments"].pop("xmax_cnn")))
    assert "predictions/baselines/ is for the baselines: use another name" in message


def test_the_tiny_study_is_right(tiny):
    assert parse_study(tiny).study == "tiny"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda s: s.update(experimentz={}),
            "(top level): unknown key 'experimentz'; did you mean 'experiments'?",
        ),
        (
            lambda s: experiment(s)["training"].update(epoch=3),
            "experiments.xmax_cnn.training: unknown key 'epoch'; did you mean 'epochs'?",
        ),
        (
            lambda s: experiment(s)["model"].update(filter=3),
            "experiments.xmax_cnn.model: unknown key 'filter'; did you mean 'filters'?",
        ),
        (
            lambda s: experiment(s).update(model={"name": "cmn"}),
            "experiments.xmax_cnn.model: unknown name 'cmn'; did you mean 'cnn'?",
        ),
        (
            lambda s: experiment(s).update(model={}),
            NO_MODEL,
        ),
        (
            lambda s: experiment(s).update(model="cnn"),
            NO_MODEL,
        ),
        (
            lambda s: experiment(s).update(model=None),
            NO_MODEL,
        ),
        (
            lambda s: experiment(s).update(model={"name": ["cnn"]}),
            "experiments.xmax_cnn.model: unknown name '[\"cnn\"]'; did you mean 'cnn'?",
        ),
        (
            lambda s: s["samples"]["showers"].update(generator=["vertical_showers"]),
            "samples.showers: unknown generator '[\"vertical_showers\"]'; did you mean",
        ),
        (
            lambda s: s["samples"].update(showers={"reader": ["root"]}),
            "samples.showers: unknown reader '[\"root\"]'; did you mean 'root'?",
        ),
        (
            lambda s: s["samples"].update(showers=None),
            (
                "samples.showers: a sample needs 'generator:' (vertical_showers, observatory, "
                "pythia_jets, function, logic_gate, known_density) or 'reader:' (root, npz"
            ),
        ),
        (
            lambda s: experiment(s)["training"].update(schedule={"name": "cosin"}),
            "xmax_cnn.training.schedule: unknown name 'cosin'; did you mean 'cosine'?",
        ),
        (
            lambda s: experiment(s)["training"].update(schedule="cosine"),
            "xmax_cnn.training.schedule: a schedule needs 'name:' (constant, cosine, one_cycle, ",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["mass"].update(
                baselines={"x": {"method": "boostin"}}
            ),
            "targets.mass.baselines.x: unknown method 'boostin'; did you mean 'boosting'?",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["mass"].update(baselines={"x": {}}),
            "mass.baselines.x: a baseline needs 'method:' (constant, linear, boosting, formula, ",
        ),
        (
            lambda s: s["samples"]["showers"].update(generator="vertical_shower"),
            "samples.showers: unknown generator 'vertical_shower'; did you mean",
        ),
        (
            lambda s: s["samples"]["showers"].pop("generator"),
            "samples.showers: a sample needs 'generator:'",
        ),
        (
            lambda s: s["samples"]["showers"].update(events=0),
            "samples.showers.events: Input should be greater than 0, found 0",
        ),
        (
            lambda s: s["samples"]["showers"].pop("events"),
            "samples.showers.events: this key is needed and missing",
        ),
        (
            lambda s: s["samples"]["showers"]["options"].update(hadronic_model="EPOS"),
            "samples.showers.options.hadronic_model: Input should be 'EPOS-LHC'",
        ),
        (
            lambda s: s["samples"]["showers"]["options"].update(mass_numbers=[1, 500]),
            "samples.showers.options.mass_numbers.1: Input should be less than or equal to 56",
        ),
        (
            lambda s: s["datasets"]["showers"]["split"].update(train=0.7),
            "datasets.showers.split: train + validation + test = 1.1, expected 1",
        ),
        (
            lambda s: s["datasets"]["showers"].update(samples=["shower"]),
            "  datasets.showers.samples: no 'shower'; did you mean 'showers'?",
        ),
        (
            lambda s: s["samples"]["showers"]["options"].update(energy_EeV=0.05),
            "options.energy_EeV: Input should be greater than or equal to 0.1, found 0.05",
        ),
        (
            lambda s: s["samples"]["showers"]["options"].update(energy_EeV=2000),
            "options.energy_EeV: Input should be less than or equal to 1000, found 2000",
        ),
        *(
            (
                lambda s, name=name, limit=limit: s["samples"]["showers"]["options"].update(
                    {name: 2 * limit}
                ),
                f"options.{name}: Input should be less than or equal to {limit}, found {2 * limit}",
            )
            for name, limit in {
                "depth_shift_g_cm2": 600,
                "muons_at_10_EeV": 1000000,
                "interaction_spread_g_cm2": 200,
                "core_offset_m": 100000,
                "pixel_size_m": 10000,
                "time_offset_ns": 1000000,
                "time_resolution_ns": 1000000,
            }.items()
        ),
        (
            lambda s: s["datasets"]["showers"].update(samples=["showers", "showers"]),
            "datasets.showers.samples: showers listed more than once: name each once",
        ),
        (
            lambda s: s["datasets"]["showers"]["spectators"].append("xmax"),
            "datasets.showers.spectators: xmax listed more than once: name each once",
        ),
        (
            lambda s: experiment(s).update(inputs=["footprint", "footprint"]),
            "experiments.xmax_cnn.inputs: footprint listed more than once: name each once",
        ),
        (
            lambda s: experiment(s).update(inputs=[]),
            "experiments.xmax_cnn: inputs is empty: name inputs, or leave it out for all",
        ),
        (
            lambda s: s["datasets"]["showers"].update(selection="filled_pixel >= 3"),
            "selection: sample 'showers' has no array 'filled_pixel'; did you mean 'filled_pixels",
        ),
        (
            lambda s: s["datasets"]["showers"]["inputs"].update(more=["arrival"]),
            "datasets.showers.inputs.more: sample 'showers' has no array 'arrival'; did you mean",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["xmax"].update(array="xmx"),
            "showers.targets.xmax.array: sample 'showers' has no array 'xmx'; did you mean 'xmax'",
        ),
        (
            lambda s: s["datasets"]["showers"]["spectators"].append("core_z"),
            "datasets.showers.spectators: sample 'showers' has no array 'core_z'; did you mean",
        ),
        (
            lambda s: s["datasets"]["showers"].update(
                derived={
                    "lg_muons": {"method": "formula", "formula": "log10(muons)"},
                    "twice": {"method": "formula", "formula": "2 * lg_muons"},
                }
            ),
            "'lg_muons' derives it, and derived arrays are made of those of the sample alone",
        ),
        (
            lambda s: s["datasets"]["showers"]["split"].update(together="run"),
            "datasets.showers.split.together: sample 'showers' has no array 'run'; ",
        ),
        (
            lambda s: (
                s["samples"].update(read=READ),
                s["datasets"]["showers"].update(samples=["showers", "read"]),
            ),
            "inputs.footprint: sample 'read' has no array 'arrival_time'; known: event_id, muons",
        ),
        (
            lambda s: s["datasets"]["showers"].update(selection="a > ("),
            "datasets.showers.selection: cannot read the formula 'a > ('",
        ),
        (
            lambda s: s["datasets"]["showers"]["inputs"]["footprint"]["channels"][0].update(
                transform="log10(1 + muons)"
            ),
            "must be a formula of x alone, such as log10(1 + x)",
        ),
        (
            lambda s: s["datasets"]["showers"]["inputs"].update(leak=["xmax"]),
            "datasets.showers: ['xmax'] are learnt and among the inputs: the truth would leak",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["mass"].update(classes={"one": 1}),
            "classes needs at least two classes, found ['one']",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["mass"].update(classes={"a": 1, "b": 1}),
            "classes share a value",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["mass"].update(
                array="sample", classes={"a": "showers", "b": "protons"}
            ),
            "datasets.showers.targets.mass.classes: no 'protons'; known: showers",
        ),
        (
            lambda s: s["datasets"]["showers"].update(spectators=["xmax"]),
            "baseline 'oracle' of target 'mass' uses 'muons_at_ground', which is not among",
        ),
        (
            lambda s: experiment(s).update(dataset="shower"),
            "experiments.xmax_cnn.dataset: no 'shower'; did you mean 'showers'?",
        ),
        (
            lambda s: experiment(s).update(target="mass"),
            "task regression does not fit target 'mass'; fitting targets: ['xmax']",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"].pop("xmax"),
            "experiments.xmax_cnn.target is needed: 0 targets of data set 'showers' fit the task",
        ),
        (
            lambda s: experiment(s)["evaluation"].update(against=["xmx"]),
            "experiments.xmax_cnn.evaluation.against: no 'xmx'; did you mean 'xmax'?",
        ),
        (
            lambda s: experiment(s).update(seeds=[1, 1]),
            "experiments.xmax_cnn: seeds repeat: [1, 1]",
        ),
        (
            lambda s: experiment(s)["training"].update(loss="crossentropy"),
            "loss 'crossentropy' does not fit the task regression",
        ),
        (
            lambda s: experiment(s)["training"].update(
                schedule={"name": "cosine"}, reduce_on_plateau={}
            ),
            "reduce_on_plateau and schedule 'cosine' both change the learning rate: keep one",
        ),
        (
            lambda s: experiment(s)["training"].update(optimizer={"weight_decay": 0.1}),
            "weight_decay 0.1 needs name: adamw, found adam",
        ),
        (
            lambda s: experiment(s)["training"].update(optimizer={"name": "adamw"}),
            "adamw without weight_decay is adam: set weight_decay, such as 0.004",
        ),
        (
            lambda s: experiment(s)["training"].update(optimizer="sgd"),
            "xmax_cnn.training.optimizer: expected {name: , ...} of one of sgd, rmsprop, adam",
        ),
        (
            lambda s: experiment(s)["evaluation"].update(inside=True),
            "evaluation.inside: expected keys and values, such as {key: value}, found true",
        ),
        (
            lambda s: s["datasets"]["showers"].update(
                split={"published": "part", "validation_from": "tests"}
            ),
            "datasets.showers.split.validation_from: Input should be 'train' or 'test'",
        ),
        (
            lambda s: experiment(s)["training"].update(optimizer={"name": "adm"}),
            "xmax_cnn.training.optimizer: unknown name 'adm'; did you mean 'adam'?",
        ),
        (
            lambda s: experiment(s)["training"].update(optimizer={"name": "sgd", "moment": 0.9}),
            "xmax_cnn.training.optimizer: unknown key 'moment'; did you mean 'momentum'?",
        ),
        (
            lambda s: experiment(s)["training"].update(optimizer={"name": "sgd", "nesterov": True}),
            "nesterov without momentum does nothing: set momentum, such as 0.9",
        ),
        (
            lambda s: experiment(s)["training"].update(
                schedule={"name": "one_cycle", "momentum": [0.95, 0.85]}
            ),
            "momentum is [0.95, 0.85]: expected the lowest, above 0, and then the highest",
        ),
        (
            lambda s: experiment(s)["training"].update(
                schedule={"name": "one_cycle", "momentum": [0.8, 0.9]}, optimizer={"name": "sgd"}
            ),
            "changes the momentum, and optimizer sgd has none: leave schedule.momentum out",
        ),
        (
            lambda s: experiment(s)["training"].update(
                schedule={"name": "one_cycle", "momentum": [0.8, 0.9]},
                optimizer={"name": "rmsprop"},
            ),
            "changes the momentum, and optimizer rmsprop keeps its own",
        ),
        (
            lambda s: experiment(s)["training"].update(
                weight_averaging={"name": "swa", "from_epoch": 7}, epochs=7
            ),
            "weight_averaging from epoch 7 of 7 has no two epochs to average",
        ),
        (
            lambda s: experiment(s)["training"].update(weight_averaging={"decay": 0.9}),
            "a weight average needs 'name:' (ema, swa)",
        ),
        (
            lambda s: experiment(s)["training"].update(label_smoothing=0.1),
            "label_smoothing 0.1 is for classifications, found regression: leave it out",
        ),
        (
            lambda s: (several(s, ["xmax"]), experiment(s)["training"].update(label_smoothing=0.1)),
            "experiments.xmax_cnn.training: label_smoothing 0.1 is for classifications, found reg",
        ),
        (
            lambda s: experiment(s).update(model={"layers": ["Flaten"]}),
            "xmax_cnn.model.layers.0: Keras has no layer 'Flaten'; did you mean 'Flatten'?",
        ),
        (
            lambda s: experiment(s).update(model={"layers": [{"Dense": {"unit": 3}}]}),
            "layer Dense has no argument 'unit'; did you mean 'units'?",
        ),
        (
            lambda s: experiment(s).update(model={"layers": [{"Lambda": {"function": "x"}}]}),
            "Lambda layers cannot be loaded safely again",
        ),
        (
            lambda s: experiment(s).update(
                model={"layers": [{"Dense": {"units": 3, "activation": "eluu"}}]}
            ),
            "xmax_cnn.model.layers.0: layer Dense: activation has no choice 'eluu'; did you mean",
        ),
        (
            lambda s: experiment(s).update(
                model={"layers": [{"Dense": {"units": 3, "kernel_regularizer": {"L12": 0.1}}}]}
            ),
            "layer Dense: kernel_regularizer has no choice 'L12'; did you mean 'L1L2'?",
        ),
        (
            lambda s: experiment(s).update(
                model={"layers": [{"Dense": {"units": 3, "bias_regularizer": {"L2": {"l1": 1}}}}]}
            ),
            "layer Dense: bias_regularizer L2 has no argument 'l1'; did you mean 'l2'?",
        ),
        (
            lambda s: experiment(s).update(
                model={"layers": [{"Dense": {"units": 3, "kernel_regularizer": 0.1}}]}
            ),
            "kernel_regularizer is a name of Keras, such as {L2: 0.01}, found 0.1",
        ),
        (
            lambda s: experiment(s).update(model={"layers": [{"Dense": 3, "Flatten": None}]}),
            "a layer is one name with its arguments, found ['Dense', 'Flatten']",
        ),
        (
            lambda s: experiment(s).update(model={"name": "hexagonal", "layout": "ofset"}),
            "experiments.xmax_cnn.model.layout: Input should be 'offset' or 'axial'",
        ),
        (
            lambda s: experiment(s).update(model={"name": "cnn", "traces": {"name": "gruu"}}),
            "experiments.xmax_cnn.model.traces: unknown name 'gruu'; did you mean 'gru'?",
        ),
        (
            lambda s: experiment(s).update(model={"name": "cnn", "traces": {"units": 3}}),
            "experiments.xmax_cnn.model.traces: a trace encoder needs 'name:' (conv1d, lstm, gru)",
        ),
        (
            lambda s: experiment(s).update(model={"name": "set_attention", "heads": 3}),
            "heads must divide width, found 3 heads and width 32",
        ),
        (
            lambda s: experiment(s).update(model={"file": "nowhere.py"}),
            "experiments.xmax_cnn.model.file: no such file: nowhere.py",
        ),
        (
            lambda s: s["experiments"].update(constant=s["experiments"]["xmax_cnn"]),
            "experiments.constant and a baseline of target 'xmax' share their name",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["mass"].update(
                baselines={"f": {"method": "formula", "formula": "xmax > 3"}}
            ),
            "baselines ['f'] are formulas, which predict values and not classes",
        ),
        (
            lambda s: experiment(s).update(targets=["mass", "xmax"]),
            "an experiment needs task (one target) or targets (several), found both",
        ),
        (
            lambda s: experiment(s).pop("task"),
            "an experiment needs task (one target) or targets (several), found neither",
        ),
        (
            lambda s: several(s, ["mass", "xmx"]),
            "experiments.xmax_cnn.targets: no 'xmx'; did you mean 'xmax'?",
        ),
        (
            lambda s: several(s, ["mass", "mass"]),
            "mass listed more than once",
        ),
        (
            lambda s: several(s, {"mass": {"loss": "mae"}, "xmax": 2}),
            "experiments.xmax_cnn.targets.mass: loss 'mae' does not fit the task classification",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["mass"].update(kind="direction"),
            "kind direction is for continuous targets, this one has classes",
        ),
        (
            lambda s: s["datasets"]["showers"]["targets"]["xmax"].update(kind="position", log=True),
            "a position has several coordinates, neither log nor relative has a meaning",
        ),
        (
            lambda s: vary(s, option="muons_at_10", values=[100]),
            "variations.curves.muons.option: no 'muons_at_10'; did you mean 'muons_at_10_EeV'?",
        ),
        (
            lambda s: vary(s, option="hadronic_model", values=["EPOS-LHC", "EPOS"]),
            "variations.curves.muons.values[1]: option 'hadronic_model' cannot be 'EPOS': Input",
        ),
        (
            lambda s: s.update(
                variations={"experiments": ["x"], "curves": {"m": {"option": "a", "values": [1]}}}
            ),
            "variations.experiments: no 'x'",
        ),
        (
            lambda s: s.update(study="../elsewhere"),
            "study: String should match pattern",
        ),
        (
            lambda s: s["experiments"].update({"a/b": s["experiments"]["xmax_cnn"]}),
            "String should match pattern",
        ),
        (
            lambda s: s.update(study="a" * 61),
            "study: String should have at most 60 characters",
        ),
        (
            lambda s: s["experiments"].update({"a" * 61: s["experiments"]["xmax_cnn"]}),
            f"experiments.{'a' * 61}: String should have at most 60 characters",
        ),
    ],
)
def test_fault(faults, change, words):
    assert words in faults(change)


def test_all_faults_are_listed_at_once(faults):
    def change(study):
        study["samples"]["showers"]["events"] = -1
        experiment(study)["training"]["epochs"] = "many"

    message = faults(change)
    assert message.startswith("2 fault(s) in configuration:")
    assert "samples.showers.events" in message
    assert "experiments.xmax_cnn.training.epochs: " in message
    assert 'found "many"' in message


def test_missing_file_and_broken_yaml(tmp_path):
    with pytest.raises(ConfigError, match=r"no such configuration: .*none\.yaml"):
        load_study(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text("study: [")
    with pytest.raises(ConfigError, match=r"bad\.yaml is not YAML"):
        load_study(tmp_path / "bad.yaml")


def test_event_id_is_an_array_of_every_sample(tiny):
    tiny["datasets"]["showers"]["selection"] = "event_id % 2 == 0"
    assert "event_id" in parse_study(tiny).datasets["showers"].arrays()


def test_the_config_room_knows_what_the_generator_makes():
    assert VerticalShowers.arrays == tuple(spec.name for spec in ARRAYS)


def test_checks_across_parts_start_with_the_path_of_the_key(faults):
    assert faults(lambda s: experiment(s).update(dataset="shower")).splitlines() == [
        "1 fault(s) in configuration:",
        "  experiments.xmax_cnn.dataset: no 'shower'; did you mean 'showers'? known: showers",
    ]


def test_a_repeated_key_is_refused_with_its_line(tmp_path):
    path = tmp_path / "twice.yaml"
    path.write_text("study: a\nsamples:\n  b: {seed: 1}\n  c: 2\n  b: 3\n")
    with pytest.raises(ConfigError, match=r"twice\.yaml, line 5: key 'b' stands there twice"):
        load_study(path)


def test_a_key_may_differ_from_the_one_that_is_merged_in(tmp_path):
    path = tmp_path / "merged.yaml"
    path.write_text("a: &a {x: 1}\nb: &b {<<: *a, x: 2}\nc: {d: {<<: *b, x: 3}}\n")
    assert read_yaml(path)["c"] == {"d": {"x": 3}}


@pytest.mark.parametrize(
    "formula",
    ["__import__('os')", "x.__class__", "(lambda: 1)()", "[x for x in y]", "x; y", "open('f')"],
)
def test_hostile_formulas_are_refused(formula):
    with pytest.raises((ValueError, ConfigError)):
        evaluate(formula, {name: __import__("numpy").ones(2) for name in variables(formula)})
