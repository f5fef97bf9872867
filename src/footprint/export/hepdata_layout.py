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


def _measured(name: str, column: str, units: str = "") -> Quantity:
    return Quantity(name, column, units, f"{column}_error")


_METHOD = ("method",)
_BINS = Axis("$variable", ("low", "high"), "$units")
_LG_ENERGY = Axis("lg(E/eV)", ("low", "high"))
_DISTANCE = Axis("distance to the axis", ("low", "high"), "m")
_EFFICIENCY = Axis("signal efficiency", ("signal_efficiency",))
_CLASSES = (Axis("true class", ("truth",)), Axis("predicted class", ("predicted",)))
_FRACTION = (Quantity("fraction of the true class", "fraction", error="error"),)
_FALSE = (Quantity("false-positive rate", "false_positive_rate", error=("low", "high")),)
_MOMENTS = (_measured("mean", "mean"), _measured("standard deviation", "sd"))

LAYOUTS: dict[str, Layout] = {
    "comparison": Layout(
        "Numbers of all methods on the test split.",
        (Axis("method", ("method",)),),
        (Quantity("$metric", "value", "$unit", "error", "spread"),),
        by=("metric",),
    ),
    "roc": Layout(
        "ROC curves of all methods, each class against the rest.",
        (_EFFICIENCY,), _FALSE, _METHOD, ("class",),
    ),
    "auc": Layout(
        "Areas under the ROC curves, each class against the rest.",
        (Axis("method", ("method",)),), (Quantity("AUC", "auc", error="error"),), ("class",),
    ),
    "confusion_matrix": Layout("Confusion matrix of the network.", _CLASSES, _FRACTION),
    "confusion_matrices": Layout(
        "Confusion matrices of the network in bins.",
        (_BINS, *_CLASSES), _FRACTION, apart=("variable",),
    ),
    "scores": Layout(
        "Distributions of the score of a class, by true class, of unit area.",
        (Axis("score", ("low", "high")),),
        (Quantity("probability density", "density", error="error"),), ("truth",), ("class",),
    ),
    "reliability": Layout(
        "Fraction of events that belong to the class, in bins of its predicted probability.",
        (Axis("predicted probability", ("low", "high")),),
        (Quantity("observed fraction", "observed", error="error"),
         Quantity("mean predicted probability", "predicted")), apart=("class",),
    ),
    "calibration": Layout(
        "Calibration error and scores of the network before and after its calibration.",
        (Axis("calibration", ("step",)),),
        (Quantity("$metric", "value", error="error"),
         Quantity("$metric by chance alone", "of_chance", error="of_chance_error",
                  optional=True)), ("metric",),
    ),
    "calibrated_reliability": Layout(
        "Fraction of events that belong to the class, in bins of its predicted probability, before "
        "and after calibration.",
        (Axis("predicted probability", ("low", "high")),),
        (Quantity("observed fraction", "observed", error="error"),
         Quantity("mean predicted probability", "predicted")), ("step",), ("class",),
    ),
    "bias_correction": Layout(
        "Bias in bins of the validation events, which is taken off predictions.",
        (_BINS,), (Quantity("bias", "bias", TARGET, "error"),), apart=("seed", "variable"),
    ),
    "corrected_bias": Layout(
        "Bias of the test events in bins, before and after its correction.",
        (_BINS,), (Quantity("bias", "bias", TARGET, "error"),), ("step",), ("variable",),
    ),
    "pulls": Layout(
        "Distribution of the pulls, prediction minus truth over predicted sigma, of unit area; of "
        "log10 of the values where that is learnt.",
        (Axis("pull", ("low", "high")),),
        (Quantity("probability density", "density", error="error"),), _METHOD,
    ),
    "sigma_calibration": Layout(
        "Root mean square of prediction minus truth in bins of the predicted sigma; of log10 of "
        "the values where that is learnt.",
        (Axis("predicted sigma", ("low", "high"), "$units"),),
        (Quantity("RMS of prediction minus truth", "observed", "$units", "error"),
         Quantity("RMS of predicted sigma", "predicted", "$units")), apart=("method",),
    ),
    "data_histograms": Layout(
        "Recorded and simulated events, these scaled to the number of recorded ones.",
        (Axis("$label", ("low", "high"), "$units"),),
        (Quantity("recorded events", "data", error="data_error"),
         Quantity("simulated events, scaled", "simulation", error="simulation_error"),
         Quantity("recorded over simulated", "ratio", error="ratio_error")), apart=("quantity",),
    ),
    "data_components": Layout(
        "Simulated events by true class, scaled to the number of recorded events.",
        (Axis("$label", ("low", "high"), "$units"),),
        (Quantity("simulated events, scaled", "simulation", error="simulation_error"),),
        ("class",), ("quantity",),
    ),
    "data_tests": Layout(
        "Agreement of the distributions of recorded and simulated events.",
        (Axis("quantity", ("quantity",)),),
        (Quantity("Kolmogorov-Smirnov distance", "ks"),
         Quantity("probability of a larger distance", "ks_probability"),
         Quantity("chi2", "chi2"), Quantity("degrees of freedom", "degrees"),
         Quantity("probability of a larger chi2", "chi2_probability")),
    ),
    "truth_vs_prediction": Layout(
        "Test events in bins of truth and prediction of the network.",
        (Axis("truth", ("truth_low", "truth_high"), TARGET),
         Axis("prediction", ("prediction_low", "prediction_high"), TARGET)),
        (Quantity("events", "count"),),
    ),
    "residuals": Layout(
        "Distributions of prediction minus truth, of unit area.",
        (Axis("prediction minus truth", ("low", "high"), TARGET),),
        (Quantity("probability density", "density", f"1/{TARGET}", "error"),), _METHOD,
    ),
    "resolution": Layout(
        "Bias and resolution in bins.",
        (_BINS,),
        (_measured("bias", "bias", TARGET), _measured("standard deviation", "sd", TARGET),
         _measured("68 % half-width", "half_width_68", TARGET)), _METHOD, ("variable",),
    ),
    "distances": Layout(
        "Distribution of the distance of prediction and truth, per decade, and its integral.",
        (Axis("distance", ("low", "high"), TARGET),),
        (Quantity("density per decade", "density", error="error"),
         _measured("share within the upper edge", "cumulative")), _METHOD,
    ),
    "containment": Layout(
        "Distance of prediction and truth within which 68 % of the events lie, in bins.",
        (_BINS,), (_measured("68 % distance", "distance_68", TARGET),), _METHOD, ("variable",),
    ),
    "accuracy": Layout(
        "Accuracy in bins.", (_BINS,), (_measured("accuracy", "accuracy"),), _METHOD,
        ("variable",),
    ),
    "separation": Layout(
        "Merit factor of two kinds of events in bins.",
        (_BINS,), (_measured("merit factor", "merit_factor"),), ("method", "kinds"), ("variable",),
    ),
    "tagging_roc": Layout(
        "Background rejection and significance improvement of all taggers.",
        (_EFFICIENCY,),
        (Quantity("background rejection", "rejection",
                  error=("rejection_low", "rejection_high")),
         Quantity("significance improvement", "improvement",
                  error=("improvement_low", "improvement_high"))), _METHOD,
    ),
    "tagging_efficiency": Layout(
        "Signal efficiency and mistag rate at working points, in bins.",
        (_BINS,),
        (_measured("signal efficiency", "signal_efficiency"),
         _measured("mistag rate", "mistag_rate")), ("method", "working_point"), ("variable",),
    ),
    "sculpting": Layout(
        "Jensen-Shannon divergence of the background that passes a cut and that fails it.",
        (_EFFICIENCY,),
        (_measured("Jensen-Shannon divergence", "jsd", "bit"),
         _measured("background rejection", "rejection"),
         Quantity("divergence of chance", "jsd_of_chance", "bit")), _METHOD, ("variable",),
    ),
    "spectra": Layout(
        "Spectra of the background that passes a cut.",
        (_BINS,), (Quantity("probability density", "density", "1/$units", "error"),),
        ("method", "signal_efficiency"), ("variable",),
    ),
    "learning_curve": Layout(
        "Losses of the trainings, epoch by epoch.",
        (Axis("epoch", ("epoch",)),),
        (Quantity("training loss", "loss"), Quantity("validation loss", "validation_loss")),
        ("seed",),
    ),
    "learning_curves": Layout(
        "Losses of all networks, epoch by epoch.",
        (Axis("epoch", ("epoch",)),),
        (Quantity("training loss", "loss"), Quantity("validation loss", "validation_loss")),
        ("method", "seed"),
    ),
    "coverage": Layout(
        "Share of the events whose interval of the posterior holds the truth.",
        (Axis("probability of the interval", ("nominal",)),),
        (Quantity("observed coverage", "observed", error="error"),), ("method", "interval"),
    ),
    "pit": Layout(
        "Distribution of the probability integral transform.",
        (Axis("probability below the truth", ("low", "high")),),
        (Quantity("probability density", "density", error="error"),), _METHOD,
    ),
    "coverage_in_bins": Layout(
        "Coverage and half-width of the 68 % interval in bins.",
        (_BINS,),
        (_measured("68 % coverage", "coverage_68"),
         _measured("68 % half-width", "interval_68", TARGET)), _METHOD, ("variable",),
    ),
    "log_density": Layout(
        "Learnt minus true logarithm of the density, in bins of the true one.",
        (Axis("true log density", ("low", "high"), "nat"),),
        (_measured("learnt log density", "learnt", "nat"),
         _measured("learnt minus true", "gap", "nat")), _METHOD,
    ),
    "observable_distances": Layout(
        "Distances of the distributions of observables of generated events to real ones.",
        (Axis("observable", ("observable",)),),
        (_measured("Wasserstein distance in standard deviations", "wasserstein_sd"),
         Quantity("Kolmogorov-Smirnov distance", "ks", error="ks_error"),
         _measured("variance ratio", "variance_ratio")), _METHOD,
    ),
    "observables": Layout(
        "Distribution of an observable of real and generated events.",
        (Axis("$label", ("low", "high"), "$units"),),
        (Quantity("probability density", "density", "1/$units", "error"),),
        ("sample",), ("observable",),
    ),
    "lateral": Layout(
        "Mean signal against the distance to the centre of gravity.",
        (Axis("distance", ("low", "high"), "$distance_units"),),
        (Quantity("mean signal", "signal", "$units", "error"),), ("sample",), ("variable",),
    ),
    "correlations": Layout(
        "Correlation coefficients of the observables.",
        (Axis("first observable", ("first",)), Axis("second observable", ("second",))),
        (Quantity("correlation coefficient", "correlation", error="error"),), ("sample",),
    ),
    "two_sample_roc": Layout(
        "ROC curve of a network that tells generated from real events.",
        (_EFFICIENCY,), _FALSE, _METHOD,
    ),
    "degradation": Layout(
        "Numbers of all methods where the simulation differs from that of the training.",
        (Axis("$label", ("setting",), "$setting_units"),),
        (Quantity("$metric", "value", "$unit", "error"),
         _measured("change of $metric", "change", "$unit")), ("method", "metric"), ("curve",),
    ),
    "shifts": Layout(
        "Changes of the numbers of all methods under systematic variations.",
        (Axis("parameter set", ("parameter_set",)), Axis("shift", ("shift",))),
        (Quantity("$metric", "value", "$unit", "error"),
         _measured("change of $metric", "change", "$unit")), ("method", "metric"),
    ),
    "total_shifts": Layout(
        "Changes of the numbers of all methods, all systematic variations in quadrature.",
        (Axis("method", ("method",)),),
        (_measured("change upwards of $metric", "up", "$unit"),
         _measured("change downwards of $metric", "down", "$unit")), ("metric",),
    ),
    "shifted_roc": Layout(
        "ROC curves under systematic variations.",
        (_EFFICIENCY,), _FALSE, ("method", "parameter_set", "shift"), ("class",),
    ),
}  # fmt: skip
"""Tables of experiments, comparisons, variations, and recorded beside simulated events."""

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
        (_measured("density before", "before", "1/$units"),
         _measured("density after", "after", "1/$units"),
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

OF_SAMPLES: dict[str, Layout] = {
    "lateral_distribution": Layout(
        "Mean signal of stations against the distance to the axis.",
        (Axis("lg(E/eV)", ("energy_low", "energy_high")), _DISTANCE),
        (Quantity("mean signal", "signal", "VEM", "error"),), ("mass",),
    ),
    "time_residuals": Layout(
        "Delay of the first particle behind a plane.",
        (Axis("zenith angle", ("zenith_low", "zenith_high"), "deg"), _DISTANCE),
        (_measured("mean delay", "mean", "ns"),
         _measured("standard deviation of the delay", "sd", "ns")),
    ),
    "trigger_efficiency": Layout(
        "Trigger efficiency of a station.",
        (Axis("lg(E/eV)", ("energy_low", "energy_high")), _DISTANCE),
        (Quantity("efficiency", "efficiency", error=("efficiency_low", "efficiency_high")),),
    ),
    "xmax_moments": Layout(
        "Mean and standard deviation of the depth of the shower maximum.",
        (_LG_ENERGY,),
        (_measured("mean Xmax", "mean", "g/cm2"),
         _measured("standard deviation of Xmax", "sd", "g/cm2")), ("showers", "mass"),
    ),
    "xmax_model": Layout(
        "Moments of Xmax that the simulation draws from.",
        (Axis("lg(E/eV)", ("lg_energy",)),),
        (Quantity("mean Xmax", "mean", "g/cm2"),
         Quantity("standard deviation of Xmax", "sd", "g/cm2")), ("mass",),
    ),
    "muons": Layout("Muons against energy.", (_LG_ENERGY,), _MOMENTS, ("mass",), ("quantity",)),
    "stations_hit": Layout(
        "Number of stations with a signal.", (Axis("$variable", ("low", "high")),), _MOMENTS,
        ("mass",), ("variable",),
    ),
    "zenith": Layout(
        "Distribution of the zenith angle.",
        (Axis("zenith angle", ("low", "high"), "deg"),),
        (Quantity("probability density", "density", "1/deg", "error"),
         Quantity("isotropic", "expected", "1/deg")),
    ),
    "energy_spectrum": Layout(
        "Showers per unit of lg(E).",
        (_LG_ENERGY,), (Quantity("showers per unit of lg(E)", "density", error="error"),),
        ("mass",),
    ),
}  # fmt: skip
"""Tables of samples."""

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
