"""Which two kinds of events should be separated: what may be said, and what is refused."""

import pytest

from footprint.config import parse_study
from footprint.config.experiments import Evaluation
from footprint.errors import ConfigError

BY_MASS = {"spectator": "mass_number", "between": [1, 56]}


@pytest.fixture
def study(tiny):
    """Ask an experiment of the tiny study for a separation."""

    def make(separation):
        targets = tiny["datasets"]["showers"]["targets"]
        tiny["datasets"]["showers"]["spectators"].append("mass_number")
        targets["core"] = {"array": "core_x", "kind": "position", "baselines": {}}
        tiny["experiments"]["xmax_cnn"]["evaluation"]["separation"] = separation
        return parse_study(tiny)

    return make


def test_two_classes_or_two_values_of_a_spectator():
    given = {"mass": ["proton", "iron"], "ln_mass": BY_MASS}
    found = Evaluation(separation=given).separation
    assert found["mass"].between == ["proton", "iron"]
    assert found["mass"].spectator is None
    assert found["ln_mass"].between == [1, 56]
    assert Evaluation.model_validate_json(Evaluation(separation=given).model_dump_json()) == (
        Evaluation(separation=given)
    )


def test_experiments_may_share_a_block_that_names_targets_of_others(study):
    given = {"mass": ["light", "heavy"], "xmax": BY_MASS}
    found = study(given).experiments["xmax_cnn"].evaluation.separation
    assert list(found) == ["mass", "xmax"]


@pytest.mark.parametrize(
    ("separation", "words"),
    [
        ({"mas": ["light", "heavy"]}, "evaluation.separation: no 'mas'; did you mean 'mass'?"),
        ({"mass": ["light", "hevy"]}, "separation.mass: no 'hevy'; did you mean 'heavy'?"),
        ({"mass": ["light", "light"]}, "between names 'light' twice: two kinds are needed"),
        ({"mass": ["light"]}, "List should have at least 2 items"),
        ({"mass": BY_MASS}, "is for targets without classes; name two of the classes ['light', "),
        ({"xmax": ["light", "heavy"]}, "has no classes such as ['light', 'heavy']: give {spectat"),
        ({"xmax": [1, 56]}, "between [1, 56] are values, of which spectator?"),
        (
            {"xmax": BY_MASS | {"between": ["light", "heavy"]}},
            "'light' is no value of spectator 'mass_number'; give numbers",
        ),
        (
            {"xmax": BY_MASS | {"spectator": "mass_numbr"}},
            "separation.xmax.spectator: no 'mass_numbr'; did you mean 'mass_number'?",
        ),
        ({"core": BY_MASS}, "a position does not order events"),
    ],
)
def test_what_is_refused(separation, words, study):
    with pytest.raises(ConfigError) as caught:
        study(separation)
    assert words in str(caught.value)
