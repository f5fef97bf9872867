"""Resolution and bias in bins of the truth or of a spectator."""

from matplotlib.figure import Figure

from footprint.figures import against
from footprint.figures.against import Panel
from footprint.figures.names import with_unit
from footprint.figures.tables import Tables


def draw(tables: Tables, variable: str) -> Figure:
    """Draw the 68 % half-width and the bias of all methods against a variable.

    Raises
    ------
    FileFormatError
        The table does not have the variable.
    """
    target = tables.target
    panels = [
        Panel("half_width_68", with_unit("68 % half-width", target.units)),
        Panel("bias", with_unit(f"bias of {target.label}", target.units), signed=True),
    ]
    return against.draw(tables, "resolution", variable, panels)


def draw_relative(tables: Tables, variable: str) -> Figure:
    """Draw the same in per cent of the truth."""
    panels = [
        Panel("relative_half_width_68", "relative resolution [%]"),
        Panel("relative_bias", f"relative bias of {tables.target.label} [%]", signed=True),
    ]
    return against.draw(tables, "resolution", variable, panels)
