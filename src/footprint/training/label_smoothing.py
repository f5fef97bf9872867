"""Labels smoothed in training: a share of each is spread evenly over all classes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from footprint.training.feeding import Batch
from footprint.training.goals import Goal


def smoothed(batches: Iterator[Batch], goals: Sequence[Goal], share: float) -> Iterator[Batch]:
    """Smooth the labels of batch after batch: t <- (1 - s) t + s / classes.

    Szegedy and others, arXiv:1512.00567. Losses are linear in the labels, so weights of events
    and classes act as without.

    Parameters
    ----------
    batches
        With labels as shares, shapes (n, classes).
    goals
        What is learnt; targets without classes stay as they are.
    share
        The s above.
    """
    classes = {goal.name: len(goal.classes) for goal in goals if goal.soft}
    for batch in batches:
        targets = {
            name: (1 - share) * values + share / classes[name] if name in classes else values
            for name, values in batch.targets.items()
        }
        yield replace(batch, targets=targets)
