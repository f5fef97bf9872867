"""Of which events a density is learnt: those of one class, so that all others are anomalies."""

from typing import TYPE_CHECKING

from pydantic import Field

from footprint.config.base import Name, Names, Strict
from footprint.errors import suggest

if TYPE_CHECKING:
    from footprint.config.datasets import Dataset

_TWO = 2


class LearnFrom(Strict):
    """Learn from the events of one class alone; the less likely an event, the more anomalous."""

    target: Name = Field(
        description="Target of the data set, of two classes. Its predictions are written too: the "
        "rarer the network finds an event, the more probable the class it has never seen."
    )
    classes: Names = Field(
        min_length=1, max_length=1, description="The class whose events are learnt from, in a list."
    )

    @property
    def learnt(self) -> str:
        """The class that is learnt from."""
        return self.classes[0]


def check_learn_from(where: str, asked: LearnFrom, dataset: "Dataset") -> None:
    """Refuse to learn from what is no class, or is not one of two.

    Raises
    ------
    ValueError
        With the path of the key.
    """
    if asked.target not in dataset.targets:
        msg = f"{where}.target: no '{asked.target}'; {suggest(asked.target, dataset.targets)}"
        raise ValueError(msg)
    classes = list(dataset.targets[asked.target].classes or ())
    if len(classes) != _TWO:
        found = f"classes {classes}" if classes else "no classes"
        msg = (
            f"{where}.target: '{asked.target}' has {found}, expected two: the one that is learnt "
            f"from, and the anomalies. Give the data set a target that joins the others in one "
            f"class, such as {{qcd: 0, anomaly: [1, 2]}}"
        )
        raise ValueError(msg)
    if asked.learnt not in classes:
        msg = f"{where}.classes: no '{asked.learnt}'; {suggest(asked.learnt, classes)}"
        raise ValueError(msg)
