"""Mean parts of traces against the traces that the generator draws."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from footprint.config.observatory import ObservatoryOptions
from footprint.simulate import observatory
from footprint.survey.components import TRUTH, components


def one_shower(**options):
    """A shower of the generator, without noise, and its options."""
    quiet = {"noise_scale": 0.0, "pedestal_VEM": 0.0, "trigger_VEM": 0.0, "time_jitter_ns": 0.0}
    chosen = ObservatoryOptions(rows=5, columns=5, lg_energy=(19.9, 19.95), **quiet, **options)
    found = observatory.simulate(np.random.default_rng(3), chosen, 1)
    places = {spec.name: values for spec, values in observatory.constants(chosen)}
    return chosen, {**found, **{name: values[None] for name, values in places.items()}}


def test_parts_add_up_to_the_recorded_traces():
    options, shower = one_shower()
    muons, em = components(options, {name: shower[name] for name in TRUTH}, 80)
    traces = shower["traces"].reshape(25, 80)
    mean = muons + em
    loud = mean > 30
    assert loud.sum() > 150
    pull = (traces[loud] - mean[loud]) / np.sqrt(mean[loud])
    # The generator draws numbers of particles before it spreads them, which widens a little.
    assert abs(pull.mean()) < 0.15
    assert 0.8 < pull.std() < 1.25


def test_muons_come_first_and_matter_far_from_the_axis():
    options, shower = one_shower()
    muons, em = components(options, shower, 80)
    time = np.arange(80)
    order = np.argsort((muons + em).sum(1))[::-1]
    near, far = order[0], order[12]
    for station in (near, far):
        early = [np.sum(part[station] * time) / part[station].sum() for part in (muons, em)]
        assert early[0] < early[1]
    share = muons.sum(1) / (muons + em).sum(1)
    assert share[far] > share[near]


@pytest.mark.parametrize("bins", [40, 80])
def test_late_particles_are_not_in_the_trace(bins):
    options, shower = one_shower(bins=bins)
    muons, em = components(options, shower, bins)
    whole = components(options, shower, 4000)
    assert muons.shape == (25, bins)
    assert np.all(muons.sum(1) < whole[0].sum(1))
    assert_allclose(em, whole[1][:, :bins])
