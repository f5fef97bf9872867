"""Set of stations: embedded one by one, then self-attention among those that have triggered.

Vaswani et al., Attention is all you need (2017), without positional encoding: the result does
not depend on the order of the stations. Normalisation comes before each part of a block, whose
result is added to its input.
"""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.networks import SetAttention
from footprint.models.hidden import activated, dense_layers, flat, regulariser
from footprint.models.image import TRACES_RANK
from footprint.models.pooling import POOLINGS, AllStations, AttendedStations, AttentionPooling
from footprint.models.stations import StrongestFirst, station_mask, station_strength
from footprint.models.traces import check_encoder, encoded

LIST_RANK = 3


def body(
    tensors: dict[str, keras.KerasTensor],
    config: SetAttention,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> keras.KerasTensor:
    """Build the hidden part; inputs without stations join before the dense layers at the end."""
    stations, triggered, others = _stations(tensors, config, seeds, channels)
    x = keras.layers.Dense(config.width, kernel_regularizer=regulariser(config))(stations)
    x = activated(x, config)
    for _ in range(config.blocks):
        x = _block(x, triggered, config, seeds)
    x = keras.layers.LayerNormalization()(x)
    if config.pooling == "attention":
        scores = keras.layers.Dense(1, name="station_scores")(x)
        x = AttentionPooling()(x, scores, triggered)
    else:
        x = POOLINGS[config.pooling]()(x, triggered)
    return dense_layers(flat([x, *others]) if others else x, config.units, config, seeds)


def _block(
    x: keras.KerasTensor, triggered: keras.KerasTensor, config: SetAttention, seeds: Iterator[int]
) -> keras.KerasTensor:
    """Stations learn from each other, then each by itself."""
    attention = keras.layers.MultiHeadAttention(
        config.heads,
        config.width // config.heads,
        kernel_regularizer=regulariser(config),
        seed=next(seeds),
    )
    y = keras.layers.LayerNormalization()(x)
    x = keras.layers.Add()([x, attention(y, y, value_mask=AttendedStations()(triggered))])
    y = keras.layers.LayerNormalization()(x)
    y = dense_layers(y, [2 * config.width], config, seeds)
    y = keras.layers.Dense(config.width, kernel_regularizer=regulariser(config))(y)
    return keras.layers.Add()([x, y])


def _stations(
    tensors: Mapping[str, keras.KerasTensor],
    config: SetAttention,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> tuple[keras.KerasTensor, keras.KerasTensor, list[keras.KerasTensor]]:
    """Features of the stations (n, stations, features), their mask, and the other inputs."""
    traces = _trace_inputs(tensors, config)
    check_encoder(traces, config)
    lists: dict[str, keras.KerasTensor] = {}
    for name, x in tensors.items():
        kept = 2 if name in traces else 1
        if len(x.shape) >= LIST_RANK:
            lists[name] = keras.layers.Reshape((-1, *x.shape[-kept:]))(x)
    _check_stations(lists)
    trace_input = traces[0] if traces else None
    triggered = station_mask(lists, trace_input, channels, config.mask)
    if triggered is None:
        triggered = AllStations()(next(iter(lists.values())))
    if config.most_stations is not None and config.most_stations < triggered.shape[1]:
        shorter = StrongestFirst(config.most_stations)
        strength = station_strength(lists, trace_input, channels, config.mask)
        order = (triggered, triggered if strength is None else strength)
        lists = {name: shorter(x, *order) for name, x in lists.items()}
        triggered = shorter(triggered, *order)
    features = [x for name, x in lists.items() if name != trace_input]
    if trace_input is not None:
        features.append(encoded(lists[trace_input], config, seeds))
    joined = features[0] if len(features) == 1 else keras.layers.Concatenate()(features)
    return joined, triggered, [x for name, x in tensors.items() if name not in lists]


def _trace_inputs(tensors: Mapping[str, keras.KerasTensor], config: SetAttention) -> list[str]:
    if config.trace_input is None:
        return [name for name, x in tensors.items() if len(x.shape) == TRACES_RANK]
    if config.trace_input not in tensors:
        msg = f"trace_input: {config.trace_input} is none of its inputs {sorted(tensors)}"
        raise ValueError(msg)
    if len(tensors[config.trace_input].shape) <= LIST_RANK:
        msg = (
            f"trace_input: {config.trace_input} has shape "
            f"{tuple(tensors[config.trace_input].shape[1:])}, expected (stations, bins, channels)"
        )
        raise ValueError(msg)
    return [config.trace_input]


def _check_stations(lists: Mapping[str, keras.KerasTensor]) -> None:
    if not lists:
        msg = (
            "it needs stations (stations, channels) or (rows, columns, channels): add such an "
            "input, or take 'dense' for vectors"
        )
        raise ValueError(msg)
    numbers = {name: x.shape[1] for name, x in lists.items()}
    if len(set(numbers.values())) > 1:
        msg = f"its inputs differ in the number of stations, {numbers}: choose inputs of one array"
        raise ValueError(msg)
