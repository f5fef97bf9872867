"""Encoders of traces: one small network, applied with the same weights to every station."""

from collections.abc import Iterator
from typing import Any

import keras

from footprint.config.convolutions import StationFamily
from footprint.config.traces import ConvolutionEncoder, RecurrentEncoder
from footprint.models.hidden import activated, regulariser
from footprint.models.recurrence import remembered


def check_encoder(traces: list[str], config: StationFamily) -> None:
    """Refuse traces without encoder, an encoder without traces, and several traces.

    Raises
    ------
    ValueError
        With what to change.
    """
    if len(traces) > 1:
        msg = (
            f"it takes one input of traces, found {traces}: make their arrays channels of one input"
        )
        raise ValueError(msg)
    if traces and config.traces is None:
        msg = (
            f"input '{traces[0]}' holds traces (stations, bins, channels) and needs an encoder: "
            f"add traces: {{name: conv1d}}, {{name: lstm}} or {{name: gru}} to the model, or leave "
            f"the input out"
        )
        raise ValueError(msg)
    if config.traces is not None and not traces:
        msg = (
            f"traces: {{name: {config.traces.name}}} encodes an input of traces (rows, columns, "
            f"bins, channels), found none: add the traces to the inputs (set_attention takes lists "
            f"of stations too, named by trace_input:), or remove traces:"
        )
        raise ValueError(msg)


def encoded(
    trace: keras.KerasTensor, config: StationFamily, seeds: Iterator[int]
) -> keras.KerasTensor:
    """Turn (n, stations..., bins, channels) into (n, stations..., units).

    Stations are put along the batch, so that each layer runs once for all of them.

    Raises
    ------
    ValueError
        The bins cannot be read in the steps that the encoder asks for.
    """
    x = StationsAsBatch()(trace)
    if isinstance(config.traces, RecurrentEncoder):
        x = _read(x, config, config.traces, seeds)
    elif isinstance(config.traces, ConvolutionEncoder):
        x = _convolved(x, config, config.traces)
    return BatchAsStations(trace.shape[1:-2])(x)


def _convolved(
    x: keras.KerasTensor, config: StationFamily, encoder: ConvolutionEncoder
) -> keras.KerasTensor:
    for filters in encoder.filters:
        x = keras.layers.Conv1D(
            filters,
            encoder.kernel_size,
            encoder.strides,
            padding="same",
            kernel_regularizer=regulariser(config),
        )(x)
        x = activated(x, config)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(encoder.units, kernel_regularizer=regulariser(config))(x)
    return activated(x, config)


def _read(
    x: keras.KerasTensor,
    config: StationFamily,
    encoder: RecurrentEncoder,
    seeds: Iterator[int],
) -> keras.KerasTensor:
    bins, channels = x.shape[1:]
    steps, left = divmod(bins, encoder.bins_per_step)
    if left:
        msg = (
            f"traces of {bins} bins cannot be read {encoder.bins_per_step} at once: set "
            f"bins_per_step to a divisor of {bins}"
        )
        raise ValueError(msg)
    x = keras.layers.Reshape((steps, encoder.bins_per_step * channels))(x)
    return remembered(
        x, encoder.name, encoder.layers, config, seeds, bidirectional=encoder.bidirectional
    )


@keras.saving.register_keras_serializable(package="footprint")
class StationsAsBatch(keras.layers.Layer):
    """From (n, stations..., bins, channels) to (n * stations, bins, channels)."""

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Forget which event a station belongs to."""
        return keras.ops.reshape(x, (-1, *x.shape[-2:]))


@keras.saving.register_keras_serializable(package="footprint")
class BatchAsStations(keras.layers.Layer):
    """From (n * stations, units) back to (n, stations..., units)."""

    def __init__(self, stations: tuple[int, ...], **options: Any) -> None:
        super().__init__(**options)
        self.stations = tuple(stations)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Gather the stations of each event."""
        return keras.ops.reshape(x, (-1, *self.stations, x.shape[-1]))

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Say what JAX cannot find out: that the batch is a multiple of the stations."""
        return (None, *self.stations, shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this layer again."""
        return {**super().get_config(), "stations": self.stations}
