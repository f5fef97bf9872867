"""What HEPData is given of experiments, comparisons, variations, and data beside simulation."""

from footprint.export.hepdata_layout import TARGET, Axis, Layout, Quantity, measured

_METHOD = ("method",)
_BINS = Axis("$variable", ("low", "high"), "$units")
_EFFICIENCY = Axis("signal efficiency", ("signal_efficiency",))
_CLASSES = (Axis("true class", ("truth",)), Axis("predicted class", ("predicted",)))
_FRACTION = (Quantity("fraction of the true class", "fraction", error="error"),)
_FALSE = (Quantity("false-positive rate", "false_positive_rate", error=("low", "high")),)

OF_EXPERIMENTS: dict[str, Layout] = {
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
        (measured("bias", "bias", TARGET), measured("standard deviation", "sd", TARGET),
         measured("68 % half-width", "half_width_68", TARGET)), _METHOD, ("variable",),
    ),
    "distances": Layout(
        "Distribution of the distance of prediction and truth, per decade, and its integral.",
        (Axis("distance", ("low", "high"), TARGET),),
        (Quantity("density per decade", "density", error="error"),
         measured("share within the upper edge", "cumulative")), _METHOD,
    ),
    "containment": Layout(
        "Distance of prediction and truth within which 68 % of the events lie, in bins.",
        (_BINS,), (measured("68 % distance", "distance_68", TARGET),), _METHOD, ("variable",),
    ),
    "accuracy": Layout(
        "Accuracy in bins.", (_BINS,), (measured("accuracy", "accuracy"),), _METHOD,
        ("variable",),
    ),
    "separation": Layout(
        "Merit factor of two kinds of events in bins.",
        (_BINS,), (measured("merit factor", "merit_factor"),), ("method", "kinds"), ("variable",),
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
        (measured("signal efficiency", "signal_efficiency"),
         measured("mistag rate", "mistag_rate")), ("method", "working_point"), ("variable",),
    ),
    "sculpting": Layout(
        "Jensen-Shannon divergence of the background that passes a cut and that fails it.",
        (_EFFICIENCY,),
        (measured("Jensen-Shannon divergence", "jsd", "bit"),
         measured("background rejection", "rejection"),
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
        (measured("68 % coverage", "coverage_68"),
         measured("68 % half-width", "interval_68", TARGET)), _METHOD, ("variable",),
    ),
    "log_density": Layout(
        "Learnt minus true logarithm of the density, in bins of the true one.",
        (Axis("true log density", ("low", "high"), "nat"),),
        (measured("learnt log density", "learnt", "nat"),
         measured("learnt minus true", "gap", "nat")), _METHOD,
    ),
    "observable_distances": Layout(
        "Distances of the distributions of observables of generated events to real ones.",
        (Axis("observable", ("observable",)),),
        (measured("Wasserstein distance in standard deviations", "wasserstein_sd"),
         Quantity("Kolmogorov-Smirnov distance", "ks", error="ks_error"),
         measured("variance ratio", "variance_ratio")), _METHOD,
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
         measured("change of $metric", "change", "$unit")), ("method", "metric"), ("curve",),
    ),
    "shifts": Layout(
        "Changes of the numbers of all methods under systematic variations.",
        (Axis("parameter set", ("parameter_set",)), Axis("shift", ("shift",))),
        (Quantity("$metric", "value", "$unit", "error"),
         measured("change of $metric", "change", "$unit")), ("method", "metric"),
    ),
    "total_shifts": Layout(
        "Changes of the numbers of all methods, all systematic variations in quadrature.",
        (Axis("method", ("method",)),),
        (measured("change upwards of $metric", "up", "$unit"),
         measured("change downwards of $metric", "down", "$unit")), ("metric",),
    ),
    "shifted_roc": Layout(
        "ROC curves under systematic variations.",
        (_EFFICIENCY,), _FALSE, ("method", "parameter_set", "shift"), ("class",),
    ),
}  # fmt: skip
"""Tables of experiments, comparisons, variations, and recorded beside simulated events."""
