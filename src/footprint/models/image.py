"""One image for the convolutions: footprints of equal grids and encoded traces, joined."""

from collections.abc import Iterator, Mapping

import keras

from footprint.config.convolutions import StationFamily
from footprint.models.stations import station_mask
from footprint.models.traces import check_encoder, encoded

FOOTPRINT_RANK = 4
TRACES_RANK = 5


def image_and_others(
    tensors: Mapping[str, keras.KerasTensor],
    config: StationFamily,
    seeds: Iterator[int],
    channels: Mapping[str, tuple[str, ...]],
) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
    """Join the inputs that lie on the array's grid; silent stations' traces become zeros.

    Returns
    -------
    KerasTensor of shape (n, rows, columns, channels)
        All footprints, then the code of each station's trace.
    list of KerasTensor
        The other inputs.

    Raises
    ------
    ValueError
        No footprint, grids that differ, or traces and encoder that do not go together.
    """
    grids = {name: x for name, x in tensors.items() if len(x.shape) == FOOTPRINT_RANK}
    traces = {name: x for name, x in tensors.items() if len(x.shape) == TRACES_RANK}
    check_encoder(list(traces), config)
    _check_grids({**grids, **traces})
    trace_input = next(iter(traces), None)
    triggered = station_mask({**grids, **traces}, trace_input, channels, config.mask)
    parts = list(grids.values())
    if trace_input is not None:
        code = encoded(traces[trace_input], config, seeds)
        parts.append(code if triggered is None else keras.layers.Multiply()([code, triggered]))
    image = parts[0] if len(parts) == 1 else keras.layers.Concatenate()(parts)
    return image, [x for name, x in tensors.items() if name not in {*grids, *traces}]


def _check_grids(arrays: Mapping[str, keras.KerasTensor]) -> None:
    if not arrays:
        msg = (
            "it needs a footprint (rows, columns, channels) or traces (rows, columns, bins, "
            "channels): add one to inputs, or take 'dense' for vectors and 'set_attention' for "
            "lists of stations"
        )
        raise ValueError(msg)
    grids = {name: tuple(x.shape[1:3]) for name, x in arrays.items()}
    if len(set(grids.values())) > 1:
        msg = (
            f"its footprints lie on grids that differ, {grids}: choose inputs of one array of "
            f"stations"
        )
        raise ValueError(msg)
