"""Generators that make always the same event: mode collapse."""

from collections.abc import Mapping

RATIO = "variance_ratio"
"""Variance of generated events under the same conditions over that of real ones."""
COLLAPSED = 0.1
"""Below this ratio a generator has collapsed."""


def complaint(row: Mapping[str, float]) -> str | None:
    """Say that a generator has collapsed, from the history of an epoch; None if it has not."""
    ratio = row.get(f"validation_{RATIO}")
    if ratio is None or ratio >= COLLAPSED:
        return None
    return (
        f"mode collapse in epoch {row['epoch']:.0f}: generated events vary {ratio:.2g} times as "
        f"much as real ones under the same conditions, expected about 1 and at least {COLLAPSED}. "
        f"If it lasts, lower optimizer.learning_rate, or take model wgan with more critic_steps"
    )
