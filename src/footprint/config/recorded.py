"""Recorded events without truth, which are compared with simulated ones."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from footprint.config.base import Name, Names, Strict
from footprint.config.formulas import variables
from footprint.config.splits import SplitFractions

if TYPE_CHECKING:
    from footprint.config.datasets import Dataset


class Recorded(Strict):
    """Events as they were measured: what a network says of them, beside simulated test events."""

    sample: Name = Field(
        description="Sample that no data set learns from. All of its events that pass the data "
        "set's selection are compared, each with weight 1."
    )
    spectators: Names | None = Field(
        None,
        description="Spectators of the data set that are compared too; without it all that the "
        "sample has.",
    )
    bins: Annotated[int, Field(ge=5, le=200)] = Field(25, description="Bins of the histograms.")


def recorded_dataset(dataset: "Dataset", sample: str, arrays: list[str]) -> "Dataset":
    """Say how recorded events become inputs: as a data set's own, but without truth and weights.

    Parameters
    ----------
    dataset
        What the network has learnt from.
    sample, arrays
        Name of the recorded sample, and the arrays it has.

    Returns
    -------
    Dataset
        Without targets; with those spectators that the sample has, and what is derived for these,
        inputs and selection alone.
    """
    derived = dataset.derived_arrays()
    there = {
        name
        for name, of in derived.items()
        if set(dataset.derived[of].sources().values()) <= {*arrays, *derived}
    }
    spectators = [name for name in dataset.spectators if name in there or name in arrays]
    selected = variables(dataset.selection) if dataset.selection is not None else ()
    channels = (c.array for entry in dataset.inputs.values() for c in entry.channels)
    needed = {derived[name] for name in (*channels, *spectators, *selected) if name in derived}
    return dataset.model_copy(
        update={
            "samples": [sample],
            "targets": {},
            "weights": None,
            "spectators": spectators,
            "derived": {k: v for k, v in dataset.derived.items() if k in needed},
            "split": SplitFractions(),
        }
    )
