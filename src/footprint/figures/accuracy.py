"""Accuracy of all methods in bins of a spectator."""

from matplotlib.figure import Figure

from footprint.figures import against
from footprint.figures.against import Panel
from footprint.figures.tables import Tables


def draw(tables: Tables, variable: str) -> Figure:
    """Draw the share of events whose class is right, of all methods against a variable.

    Raises
    ------
    FileFormatError
        The table does not have the variable.
    """
    panel = Panel("accuracy", "accuracy")
    return against.draw(tables, "accuracy", variable, [panel], overall="accuracy")
