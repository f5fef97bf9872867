"""Deep Sets, in jet physics the particle flow network (PFN).

Zaheer et al., Deep sets (2017); Komiske, Metodiev, Thaler, Energy flow networks (2019): any
function of a set is one of a sum over its members, F(sum_i Phi(p_i)).
"""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.constituents import DeepSets
from footprint.models.constituents import constituents
from footprint.models.hidden import dense_layers, flat
from footprint.models.pooling import POOLINGS


def body(
    tensors: dict[str, keras.KerasTensor],
    config: DeepSets,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no lists join before the dense layers at the end."""
    jet = constituents(tensors, config, channels)
    each = dense_layers(jet.features(), config.constituent_units, config, seeds, jet.mask)
    pooled = POOLINGS[config.pooling]()(each, jet.mask)
    return dense_layers(flat([pooled, *jet.others]), config.units, config, seeds)
