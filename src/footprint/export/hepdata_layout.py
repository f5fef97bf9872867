"""Which columns of which table are what for HEPData: axes, values, errors, qualifiers, units."""

from collections.abc import Sequence
from dataclasses import dataclass

from footprint.evaluation.columns import Beside

TARGET = "target"
"""A unit that stands for that of the target; ``$units`` stands for what a column says."""


@dataclass(frozen=True)
class Axis:
    """An independent variable: one column, or two that are the edges of bins."""

    name: str
    columns: tuple[str, ...]
    units: str = ""


@dataclass(frozen=True)
class Quantity:
    """A dependent variable.

    Attributes
    ----------
    name, column, units
        What it is, where it stands, in which unit.
    error
        Column of the statistical error, or those of the ends of its 68 % interval.
    spread
        Column of the standard deviation over seeds, if there is one.
    optional
        Whether a curve that has no such number at all goes without it.
    """

    name: str
    column: str
    units: str = ""
    error: str | tuple[str, str] | None = None
    spread: str | None = None
    optional: bool = False

    def beside(self, columns: Sequence[str]) -> Beside | None:
        """Find the columns beside it: that of its error, of a limit in its place and of marks."""
        if self.error is None:
            return None
        names = (self.error,) if isinstance(self.error, str) else self.error
        start = names[0].removesuffix("error").removesuffix("low")
        limit = f"{start}limit" if start else "lower_limit"
        return Beside(names, limit, f"{start}mark") if set(names) <= set(columns) else None


@dataclass(frozen=True)
class Layout:
    """How one kind of table is given to HEPData.

    Attributes
    ----------
    about
        What it shows.
    axes, values
        Independent and dependent variables.
    by
        Columns whose values tell several curves of one table apart, as qualifiers.
    apart
        Columns each of whose values gets a table of its own.
    """

    about: str
    axes: tuple[Axis, ...]
    values: tuple[Quantity, ...]
    by: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


def measured(name: str, column: str, units: str = "") -> Quantity:
    """Describe a dependent variable whose error stands in a column of the same name."""
    return Quantity(name, column, units, f"{column}_error")


LEFT_OUT = {
    "working_points": "thresholds of one's own classifier",
    "normalisation": "constants, not results",
    "points": "choices of a scan, not results",
    **dict.fromkeys(
        ("events", "stations", "traces", "single_images", "single_jets", "pictures",
         "pictures_by_epoch", "posteriors", "log_density_points"),
        "single events, not results",
    ),
    **dict.fromkeys(
        ("function_fit", "function_fit_points", "decision_boundary", "decision_boundary_points",
         "snapshot_quality", "snapshot_axes"),
        "states in the middle of a training",
    ),
}  # fmt: skip
"""Tables that do not go to HEPData, and why."""
