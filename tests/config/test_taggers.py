"""What a study may ask of taggers, and how it is told what it may not."""

import pytest

from footprint.config import parse_study
from footprint.config.experiments import Evaluation
from footprint.config.tagging import Tagging


def ask(tagging, name="mass_layers"):
    def change(study):
        study["experiments"][name].setdefault("evaluation", {})["tagging"] = tagging

    return change


def test_the_name_of_the_signal_may_stand_for_all():
    assert Evaluation(tagging="top").tagging == Tagging(signal="top")
    assert Evaluation().tagging is None
    rates = Tagging(signal="top", mistag_rates=[0.001, 0.1]).mistag_rates
    assert rates == [0.1, 0.001]


@pytest.mark.parametrize(
    ("tagging", "message"),
    [
        ("heavi", "evaluation.tagging.signal: no 'heavi'; did you mean 'heavy'?"),
        (
            {"signal": "heavy", "background": "lihgt"},
            "evaluation.tagging.background: no 'lihgt'; did you mean 'light'?",
        ),
        ({"signal": "heavy", "background": "heavy"}, "signal and background are both 'heavy'"),
        ({"signal": "heavy", "against": ["pt"]}, "evaluation.tagging.against: no 'pt'; known: "),
        ({"signal": "heavy", "sculpting": "xmas"}, "tagging.sculpting: no 'xmas'; did you mean"),
        ({"signal": "heavy", "mistag_rates": [0.1, 0.1]}, "names a rate more than once"),
        ({"signal": "heavy", "mistag_rates": [1.0]}, "less than 1"),
        ({"signal": "heavy", "reference": "bosting"}, "tagging.reference: no 'bosting'; did you"),
        ({"signal": "heavy", "efficiencies": [0.3]}, "unknown key 'efficiencies'"),
        ({"against": ["xmax"]}, "evaluation.tagging.signal: this key is needed and missing"),
    ],
)
def test_wrong_requests_are_told_where_and_what_was_meant(tagging, message, faults):
    assert message in faults(ask(tagging))


def test_two_taggers_of_one_figure_ask_for_the_same(faults):
    def change(study):
        study["experiments"]["second"] = {**study["experiments"]["mass_layers"]}
        study["experiments"]["second"]["evaluation"] = {"tagging": {"signal": "light"}}
        ask("heavy")(study)

    message = faults(change)
    assert "experiments.second.evaluation.tagging differs from that of 'mass_layers'" in message
    assert "YAML anchor" in message


def test_the_folder_of_comparisons_is_taken(faults):
    def change(study):
        study["experiments"]["comparisons"] = study["experiments"].pop("mass_layers")

    assert "tables/comparisons/ is for the comparisons" in faults(change)


def test_taggers_on_several_data_sets_with_the_same_test_events_are_compared(tiny):
    assert parse_study(tiny).compared() == {}
    ask("heavy")(tiny)
    other = {**tiny["datasets"]["showers"], "spectators": ["xmax", "muons_at_ground"]}
    tiny["datasets"]["again"] = other
    tiny["datasets"]["fewer"] = {**other, "selection": "filled_pixels >= 5"}
    plain = {**tiny["experiments"]["mass_layers"], "evaluation": {}}
    for name in ("again", "fewer"):
        tiny["experiments"][f"on_{name}"] = {**plain, "dataset": name}
    assert parse_study(tiny).compared() == {("showers", "mass"): ["mass_layers", "on_again"]}


def test_targets_without_the_signal_are_passed_over(tiny):
    ask("heavy", "xmax_cnn")(tiny)
    assert parse_study(tiny).compared() == {}
