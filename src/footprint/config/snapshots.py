"""Snapshots: the epochs after which the state of a network is kept."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from footprint.config.base import Count


def _distinct(epochs: list[int]) -> list[int]:
    twice = sorted({epoch for epoch in epochs if epochs.count(epoch) > 1})
    if twice:
        msg = f"{twice} named more than once: name each epoch once"
        raise ValueError(msg)
    return epochs


Snapshots = Annotated[
    list[Count], AfterValidator(_distinct), Field(json_schema_extra={"uniqueItems": True})
]
"""Epochs, counted from 1, none of them twice."""


def check_reached(snapshots: Sequence[int], epochs: int) -> None:
    """Refuse snapshots after the last epoch.

    Raises
    ------
    ValueError
        With the epochs that would not be reached.
    """
    late = [epoch for epoch in snapshots if epoch > epochs]
    if late:
        msg = (
            f"snapshots: {late} would come after the last of {epochs} epochs: leave them out, or "
            f"set more epochs"
        )
        raise ValueError(msg)
