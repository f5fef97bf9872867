"""What a data set is made of and how: cut flow, split rule, normalisation."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from footprint.config.inputs import Channel
from footprint.files import hdf5
from footprint.files.datasets import Dataset


def cut_flow(dataset: Dataset) -> pd.DataFrame:
    """Read how many events of each sample each cut has left; empty where it was not counted."""
    return pd.DataFrame(hdf5.read_json(dataset.file, "cut_flow", "[]"))


def normalisation(dataset: Dataset) -> pd.DataFrame:
    """List shift and scale of each input's channels and of each continuous target.

    Returns
    -------
    DataFrame
        A row a channel. Where pixels have numbers of their own, ``low`` and ``high`` are the
        extremes over them; else both are the same.
    """
    found: list[dict[str, Any]] = []
    for name in dataset.names("inputs"):
        axes = dataset.axes(name)
        arrays = dict(zip(dataset.channels(name), dataset.array_units(name), strict=True))
        labels = _labels(dataset, name)
        numbers = dataset.normalisation(name)
        shifts = _by_channel(numbers.shift, len(axes))
        scales = _by_channel(numbers.scale, len(axes))
        for axis, shift, scale in zip(axes, shifts, scales, strict=True):
            found.append(
                {
                    "kind": "input",
                    "name": name,
                    "channel": axis.name,
                    "x": labels.get(axis.name, ""),
                    "array_units": arrays[axis.name],
                    "transform": axis.description,
                    "units": axis.units,
                    **_span("shift", shift),
                    **_span("scale", scale),
                    "whitened": numbers.whitening is not None,
                }
            )
    for name in dataset.names("targets"):
        if name in dataset.file["normalisation"]:
            numbers, units = dataset.normalisation(name), dataset.spec("targets", name).units
            log = dataset.is_log(name)
            found.append(
                {
                    "kind": "target",
                    "name": name,
                    "channel": "",
                    "x": name,
                    "array_units": units,
                    "transform": "log10(x)" if log else "",
                    "units": "" if log else units,
                    **_span("shift", numbers.shift),
                    **_span("scale", numbers.scale),
                    "whitened": False,
                }
            )
    return pd.DataFrame(found)


def _labels(dataset: Dataset, name: str) -> dict[str, str]:
    """Say what x is in the transform of each channel: an array, or its difference to another."""
    inputs = hdf5.read_json(dataset.file, "config").get("inputs", {})
    channels = map(Channel.model_validate, inputs.get(name, {}).get("channels", []))
    return {channel.array: channel.label for channel in channels}


def _by_channel(values: NDArray[Any], channels: int) -> Iterator[NDArray[Any]]:
    """Give the numbers of each channel, which is the last axis where there is one of that size."""
    split = values.ndim > 0 and values.shape[-1] == channels
    return (values[..., number] if split else values for number in range(channels))


def _span(name: str, values: NDArray[Any]) -> dict[str, float]:
    return {f"{name}_low": float(np.min(values)), f"{name}_high": float(np.max(values))}


def facts(dataset: Dataset) -> dict[str, Any]:
    """Say in words what was selected, and how events were split."""
    config = hdf5.read_json(dataset.file, "config")
    return {
        "samples": config["samples"],
        "selection": config.get("selection"),
        "split": split_rule(config.get("split") or {}),
        "digest": hdf5.text(dataset.file, "digest", ""),
        "commit": hdf5.read_json(dataset.file, "software", "{}").get("commit", ""),
    }


def split_rule(config: dict[str, Any]) -> str:
    """Write in one sentence which event goes into which split.

    Parameters
    ----------
    config
        ``split`` of the data set's configuration.
    """
    only = ", ".join(config.get("only_test") or ())
    rest = f" All of {only} are test." if only else ""
    return _rule_of_others(config) + rest


def _rule_of_others(config: dict[str, Any]) -> str:
    by = f"`{config['together']}`" if config.get("together") else "event_id"
    salt = f" with salt {config['salt']}" if config.get("salt") else ""
    if "published" in config:
        words = [f"{name} where it is {value}" for name, value in config["values"].items()]
        sentence = f"By the array `{config['published']}`: {', '.join(words)}"
        share = config.get("validation")
        if share is None:
            return f"{sentence}."
        return (
            f"{sentence}; of {config['validation_from']} {share:.0%} by a hash of {by}{salt} are "
            f"validation."
        )
    shares = ", ".join(f"{config[name]:.0%} {name}" for name in ("train", "validation", "test"))
    return (
        f"{shares}, by a hash of {by} (SplitMix64{salt}): adding events moves none from one "
        f"split to another."
    )
