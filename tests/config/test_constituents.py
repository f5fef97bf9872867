"""Options of networks for jets that name channels of the data set."""

import pytest

from footprint.config import parse_study
from footprint.errors import ConfigError

PLANE = ["deta", "dphi"]
MOMENTA = ["px", "py", "pz", "energy"]
PLAIN = [{"array": name, "normalise": "none"} for name in ("pt_fraction", *MOMENTA)]


def study(model, channels=PLAIN):
    names = [*PLANE, "pt_fraction", *MOMENTA]
    sample = {"reader": "root", "files": ["x.root"]}
    sample["options"] = {"tree": "jets", "branches": {name: name for name in [*names, "kind"]}}
    target = {"array": "kind", "classes": {"top": 1, "qcd": 0}, "baselines": {}}
    return {
        "study": "jets",
        "samples": {"jets": sample},
        "datasets": {
            "jets": {
                "samples": ["jets"],
                "inputs": {"parts": [*PLANE, *channels]},
                "targets": {"kind": target},
            }
        },
        "experiments": {
            "tagger": {
                "dataset": "jets", "task": "classification", "inputs": ["parts"], "model": model,
            }
        },
    }  # fmt: skip


def told(model, channels=PLAIN):
    try:
        parse_study(study(model, channels))
    except ConfigError as error:
        return str(error)
    return ""


EFN = {"name": "energy_flow", "coordinates": PLANE, "weight": "pt_fraction"}
PART = {"name": "particle_transformer", "four_vectors": MOMENTA}
NET = {"name": "particle_net", "coordinates": PLANE}


@pytest.mark.parametrize("model", [{"name": "deep_sets"}, EFN, NET, PART, {"name": "particle_cnn"}])
def test_models_that_fit(model):
    assert told(model) == ""


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (NET | {"coordinates": ["deta", "dhpi"]},
         "experiments.tagger.model.coordinates: no 'dhpi'; did you mean 'dphi'?"),
        (EFN | {"weight": "pt"}, "experiments.tagger.model.weight: no 'pt'; did you mean"),
        (PART | {"four_vectors": MOMENTA[:3]},
         "model.four_vectors: Value should have at least 4 items"),
        (NET | {"coordinates": ["deta", "deta"]}, "deta listed more than once"),
        ({"name": "particle_net"}, "model.coordinates: this key is needed and missing"),
        (NET | {"blocks": [{"neighbors": 3}]}, "unknown key 'neighbors'; did you mean"),
        ({"name": "particle_cnn", "kernel_size": 4}, "kernel_size must be odd, found 4"),
        (PART | {"heads": 5}, "heads must divide width, found 5 heads and width 64"),
        ({"name": "residual", "groups": 8, "bottleneck": 4},
         "filters must be multiples of bottleneck x groups = 4 x 8, found 16"),
    ],
)  # fmt: skip
def test_models_that_do_not(model, words):
    assert words in told(model)


@pytest.mark.parametrize(
    ("changed", "model", "words"),
    [
        ("pt_fraction", EFN,
         "model.weight: channel 'pt_fraction' is normalised, but its values themselves are needed"),
        ("pz", PART, "model.four_vectors: channel 'pz' is normalised, but its values themselves"),
    ],
)  # fmt: skip
def test_physical_channels_are_not_normalised(changed, model, words):
    channels = [{**c, "normalise": "standard"} if c["array"] == changed else c for c in PLAIN]
    assert words in told(model, channels)
    channels = [{**c, "transform": "log10(x)"} if c["array"] == changed else c for c in PLAIN]
    assert words.replace("normalised", "transformed") in told(model, channels)
    assert "set normalise: none and no transform on it in data set 'jets'" in told(model, channels)
    # The coordinates of graphs may be normalised.
    assert told(NET, channels) == ""
