"""What HEPData is given of data sets."""

from footprint.export.hepdata_layout import Axis, Layout, Quantity, measured

OF_DATASETS: dict[str, Layout] = {
    "classes": Layout(
        "Events of each class and split.",
        (Axis("class", ("class",)), Axis("split", ("split",))),
        (Quantity("events", "events"), Quantity("effective events", "effective_events")),
        apart=("target",),
    ),
    "cut_flow": Layout(
        "Events that each cut of the selection leaves.",
        (Axis("sample", ("sample",)), Axis("cut", ("cut",))), (Quantity("events", "events"),),
    ),
    "spectra": Layout(
        "Distribution of an array in the training split, by class.",
        (Axis("$spectator", ("low", "high"), "$units"),),
        (Quantity("probability density", "density", "1/$units", "error"),),
        ("class", "weighted"), ("target", "spectator"),
    ),
    "closure": Layout(
        "Spectra before and after flattening, by class and split.",
        (Axis("$spectator", ("low", "high"), "$units"),),
        (measured("density before", "before", "1/$units"),
         measured("density after", "after", "1/$units"),
         Quantity("goal", "goal", "1/$units")), ("class", "split"), ("target", "spectator"),
    ),
    "closure_tests": Layout(
        "Agreement of the flattened spectra with their goal.",
        (Axis("class", ("class",)), Axis("split", ("split",)), Axis("when", ("when",))),
        (Quantity("chi2", "chi2"), Quantity("degrees of freedom", "ndf")),
    ),
    "mean_images": Layout(
        "Mean image of the training split, by class.",
        (Axis("row", ("row",)), Axis("column", ("column",))),
        (Quantity("mean of $label", "mean", "$units", "error"),),
        ("class",), ("target", "input", "channel"),
    ),
}  # fmt: skip
"""Tables of data sets."""
