"""What may be said of events' weights, and what is refused."""

import pytest
from pydantic import ValidationError

from footprint.config import parse_study
from footprint.config.weights import Flatten, Weights


def with_weights(**weights):
    def change(study):
        study["datasets"]["showers"]["weights"] = weights

    return change


def flatten(**changes):
    return {"array": "xmax", "target": "mass"} | changes


def test_defaults_are_twenty_bins_flat_by_weights(tiny):
    with_weights(flatten=flatten())(tiny)
    found = parse_study(tiny).datasets["showers"].weights.flatten
    assert (found.bins, found.to, found.method, found.largest) == (20, "flat", "weights", 20)
    with_weights(flatten=flatten(to="heavy", bins=[500, 700, 900]), array="xmax")(tiny)
    found = parse_study(tiny).datasets["showers"].weights
    assert found.flatten.bins == [500, 700, 900]
    assert parse_study(tiny).datasets["showers"].arrays()["xmax"]


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"flatten": flatten(array="muons_at_groun")}, "did you mean 'muons_at_ground'?"),
        ({"flatten": flatten(array="energy")}, "'energy', which is not among spectators"),
        (
            {"flatten": flatten(target="xmax")},
            "'xmax', which is no target with classes; did you mean 'mass'?",
        ),
        ({"flatten": flatten(to="heavi")}, "expected 'flat' or a class of target 'mass'; did you"),
        ({"array": "generator_weight"}, "sample 'showers' has no array 'generator_weight'"),
        ({}, "weights need array, flatten or both"),
        ({"flatten": flatten(bins=[1, 3, 2])}, "edges of bins must rise, found [1.0, 3.0, 2.0]"),
        ({"flatten": flatten(method="resample"), "array": "xmax"}, "use method: weights"),
        ({"flaten": flatten()}, "did you mean 'flatten'?"),
    ],
)
def test_what_does_not_fit_is_refused(faults, weights, words):
    assert words in faults(with_weights(**weights))


def test_a_largest_factor_of_one_would_leave_nothing_to_weigh():
    with pytest.raises(ValidationError, match="greater than 1"):
        Flatten(array="pt", target="t", largest=1.0)
    assert Weights(array="w").flatten is None
