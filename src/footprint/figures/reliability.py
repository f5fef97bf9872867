"""Reliability: how many of the events given a probability do belong to the class."""

from matplotlib.figure import Figure

from footprint.figures.names import readable
from footprint.figures.style import COLUMN_INCH, REFERENCE, class_colours, log_axis
from footprint.figures.tables import Tables

_MARKERS = "os^vDPXhd<"


def draw(tables: Tables) -> Figure:
    """Draw observed frequency against predicted probability, the events of each bin below."""
    table = tables.read("reliability")
    figure = Figure(figsize=(COLUMN_INCH, 4.2))
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], label="perfectly reliable", **REFERENCE)
    for index, (name, colour) in enumerate(class_colours(tables.target.classes).items()):
        rows = table[table["class"] == name]
        if rows.empty:
            continue
        upper.errorbar(
            rows["predicted"],
            rows["observed"],
            yerr=rows["error"],
            label=readable(name),
            color=colour,
            marker=_MARKERS[index % len(_MARKERS)],
            linewidth=0.9,
        )
        lower.hlines(rows["events"], rows["low"], rows["high"], color=colour, linewidth=1.3)
    upper.set(xlim=(0, 1), ylim=(-0.02, 1.05), ylabel="observed frequency of the class")
    upper.legend(loc="upper left")
    lower.set(xlabel="predicted probability of the class", ylabel="events", yscale="log")
    lower.set_ylim(0.6 * min(1, table["events"].min()), 3 * table["events"].max())
    log_axis(lower.yaxis)
    figure.align_ylabels()
    return figure
