"""Settings of docs/networks.md against the parameter counts of the published networks."""

import math
import re

import pytest
import yaml

from tests.conftest import ROOT

PUBLISHED = {
    "RWTH image CNN": 22_500,
    "RWTH four-vector network": 6_200,
    "TopoDNN": 59_000,
    "CNN on images": 610_000,
    "ResNeXt on images": 1_460_000,
    "P-CNN": 348_000,
    "PFN": 82_000,
    "EFN": 82_000,
    "ParticleNet": 366_000,
    "ParticleNet-Lite": 26_000,
    "ParT": 2_140_000,
}
"""Parameters, those of the scoreboard or of the network's own publication."""
SHAPES = {
    "image": (40, 40, 1),
    "four_vectors": (200, 6),
    "three": (30, 3),
    "parts": (30, 7),
    "parts and momenta": (30, 11),
}
NAMES = (
    "parts_deta", "parts_dphi", "parts_log_pt", "parts_log_energy", "parts_log_pt_relative",
    "parts_log_energy_relative", "parts_pt_fraction",
    "parts_px", "parts_py", "parts_pz", "parts_energy",
)  # fmt: skip


def documented():
    """Settings by name and input, as they stand in the documentation."""
    text = (ROOT / "docs" / "networks.md").read_text()
    for block in re.findall(r"```yaml\n(# .*?)```", text, flags=re.DOTALL):
        title = block.splitlines()[0].removeprefix("# ")
        name, _, shape = title.partition(", on ")
        yield name, shape, yaml.safe_load(block)["model"]


SETTINGS = {name: (shape, model) for name, shape, model in documented()}


def test_all_are_documented():
    assert set(SETTINGS) == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_sizes_are_the_published_ones(name):
    from pydantic import TypeAdapter

    from footprint.config.networks import Model
    from footprint.models import build_network
    from footprint.models.outputs import Entry, Output

    shape, model = SETTINGS[name]
    config = TypeAdapter(Model).validate_python(model)
    entry = Entry(SHAPES[shape], NAMES[: SHAPES[shape][-1]])
    network = build_network(config, {"jet": entry}, {"kind": Output(2, "softmax")}, 1)
    # Scale and shift of batch normalisations are counted, their moving averages are not.
    parameters = sum(math.prod(weight.shape) for weight in network.trainable_variables)
    assert parameters == pytest.approx(PUBLISHED[name], rel=0.05)
    assert network.output["kind"].shape == (None, 2)
