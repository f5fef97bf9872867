"""How well two kinds of events are separated, in bins of a spectator."""

from matplotlib.figure import Figure

from footprint.figures import against
from footprint.figures.against import Panel
from footprint.figures.names import readable
from footprint.figures.tables import Tables


def draw(tables: Tables, variable: str) -> Figure:
    """Draw the merit factor of all methods against a variable.

    Raises
    ------
    FileFormatError
        The table does not have the variable.
    """
    kinds = readable(str(against.rows_of(tables, "separation", variable)["kinds"].iloc[0]))
    panel = Panel("merit_factor", f"merit factor of {kinds}")
    return against.draw(tables, "separation", variable, [panel], overall="merit_factor")
