"""What the options of the observatory refuse, and what their short forms stand for."""

import pytest

from footprint.config.observatory import ObservatoryOptions
from footprint.config.shower_models import MUONS


def observatory(study):
    sample = study["samples"]["showers"]
    sample.update(generator="observatory", options={})
    return sample["options"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hadronic_model": "EPOS"}, "options.hadronic_model: Input should be 'EPOS-LHC', 'QGS"),
        (
            {"zenith_max_deg": 70},
            "given for zenith angles up to 60 degrees: inclined showers need another one, found 70",
        ),
        (
            {"lg_energy": [16, 20]},
            "options.lg_energy: expected [lowest, highest] log10(E/eV) within 17 to 21, for which",
        ),
        ({"lg_energy": [20, 19]}, "expected [lowest, highest] log10(E/eV)"),
        ({"lg_energy": [19, 22]}, "within 17 to 21"),
        ({"muons": "real"}, "options.muons: unknown 'real'; did you mean 'realistic'?"),
        ({"masses": {60: 1}}, "less than or equal to 56"),
        ({"masses": {1: -1}}, "options.masses.1: Input should be greater than 0"),
        ({"masses": []}, "at least 1"),
        ({"atmosphere": "malargue"}, "options.atmosphere: Input should be 'us_standard'"),
        ({"atmosphere": {"bottoms_m": [0, 1]}}, "atmosphere.c_cm: this key is needed and missing"),
        ({"layout": "axial", "rows": 8}, "needs rows = columns, an odd number, found 8 x 9"),
        ({"dead_fraction": 1.0}, "options.dead_fraction: Input should be less than 1"),
        ({"saturation_VEM": 50}, "saturation_VEM = 50 is not above trigger_VEM = 115.2"),
        ({"bin_saturation_VEM": 50, "traces": False}, "bin_saturation_VEM needs traces: true"),
        ({"spacing": 1500}, "unknown key 'spacing'; did you mean 'spacing_m'?"),
        ({"lateral": {"em_exponents": 6}}, "unknown key 'em_exponents'; did you mean 'em_expone"),
        ({"front": "cone"}, "options.front: Input should be 'plane' or 'sphere'"),
    ],
)
def test_faults(faults, options, words):
    assert words in faults(lambda study: observatory(study).update(options))


def test_realistic_muons_are_one_word():
    options = ObservatoryOptions(muons="realistic")
    assert options.muons == MUONS["realistic"]
    assert options.muons.mass_exponent == 0.075
    assert options.muons.fluctuation == {1: 0.16, 4: 0.11, 14: 0.08, 56: 0.05}
    own = ObservatoryOptions(muons={"mass_exponent": 0.08, "fluctuation": {1: 0.2}})
    assert own.muons.fluctuation == {1: 0.2}


def test_a_list_of_masses_has_equal_abundances():
    assert ObservatoryOptions(masses=[1, 56]).masses == {1: 1.0, 56: 1.0}


@pytest.mark.parametrize(
    "options",
    [{}, {"muons": "realistic"}, {"masses": [1, 56], "lg_energy": [19, 19.5], "stations": "a.csv"}],
)
def test_options_survive_json(options):
    chosen = ObservatoryOptions(**options)
    assert ObservatoryOptions.model_validate_json(chosen.model_dump_json()) == chosen
