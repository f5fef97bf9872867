"""Recurrent network for jets: LSTM or GRU along the constituents.

As tagged tops with an LSTM: Egan, Fedorko, Lister, Pearkes, Gay, arXiv:1711.09059.
"""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.recurrent import Recurrent
from footprint.models.constituents import EXACT, constituents
from footprint.models.hidden import dense_layers, flat
from footprint.models.recurrence import InReadingOrder, StepsToRead, remembered


def body(
    tensors: dict[str, keras.KerasTensor],
    config: Recurrent,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs that are no lists join before the dense layers at the end."""
    jet = constituents(tensors, config, channels)
    order = InReadingOrder(backwards=config.order == "hardest_last", dtype=EXACT)
    x, mask = order(jet.features(), jet.mask)
    x = dense_layers(x, config.constituent_units, config, seeds, mask)
    memory = remembered(
        x,
        config.cell,
        config.memory_units,
        config,
        seeds,
        bidirectional=config.bidirectional,
        there=StepsToRead()(mask),
    )
    return dense_layers(flat([memory, *jet.others]), config.units, config, seeds)
