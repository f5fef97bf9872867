"""Which metric stands for a task, of which metrics more or less is better, and their units."""

HEADLINE = {
    "classification": "accuracy",
    "regression": "rmse",
    "direction": "angle_68",
    "position": "distance_68",
    "generation": "mean_wasserstein",
    "density": "log_likelihood",
}
"""The one metric of each task by which methods are ranked."""
RESOLUTION = ("sd", "rmse", "half_width_68")
"""Metrics of residuals of which less is better."""
ENOUGH_BACKGROUND = 25
"""Background events that pass where a significance improvement counts for the maximum.

With fewer the mistag rate is known to less than 20 %, and the maximum would be the largest of
many fluctuations: at the strictest cuts, where little background is left, it has no bound.
"""

CHANCE = 0.5
"""Area under the ROC curve of who cannot tell two kinds apart."""
CONFIDENCE = 0.95
"""Confidence of one-sided limits, which stand where too few events are left for an error."""
AT_NOMINAL = "_at_nominal_"
"""In the names of rates at a threshold that was chosen at the nominal point."""

_HIGHER = (
    "accuracy",
    "efficiency_",
    "auc_",
    "rejection_",
    "correlation",
    "merit_factor",
    "separation_auc",
    "significance_improvement",
    "log_likelihood",
    "diversity",
    "speed_up",
)
OF_POSTERIORS = ("interval_68", "crps")
"""Metrics of posteriors in the unit of the target, of which less is better."""
_LOWER = (
    *(
        "mistag_",
        "log_loss",
        "calibration_error",
        "brier_score",
        "angle_",
        "distance_",
        "pit_distance",
    ),
    *("mean_wasserstein", "largest_wasserstein", "wasserstein_", "ks_", "chi2_", "lateral_chi2_"),
    *("frechet_distance", "correlation_difference", "two_sample_auc", "seconds_per_event"),
    *("log_likelihood_gap", *RESOLUTION, *OF_POSTERIORS),
)
_OF = {
    "auc_": "AUC",
    "significance_improvement_": "significance improvement",
    "wasserstein_": "Wasserstein distance of",
    "ks_": "Kolmogorov-Smirnov distance of",
    "chi2_": "chi2 per degree of freedom of",
    "lateral_chi2_": "chi2 per ring of the lateral distribution of",
    "variance_ratio_": "variance ratio of",
    "conditional_variance_ratio_": "variance ratio at given conditions of",
}
_WORDS = {
    "auc_macro": "AUC (macro)",
    "rmse": "RMSE",
    "half_width_68": "68 % half-width",
    "separation_auc": "separation AUC",
    "mean_wasserstein": "mean Wasserstein distance",
    "largest_wasserstein": "largest Wasserstein distance",
    "two_sample_auc": "two-sample AUC",
    "frechet_distance": "Frechet distance squared",
    "correlation_difference": "largest difference of correlations",
    "seconds_per_event": "time per event",
    "speed_up": "speed-up",
    "coverage_68": "68 % coverage",
    "coverage_95": "95 % coverage",
    "joint_coverage_68": "joint 68 % coverage",
    "interval_68": "68 % interval (half-width)",
    "crps": "CRPS",
    "brier_score": "Brier score",
    "pit_distance": "PIT distance",
    "log_likelihood": "log-likelihood",
    "log_likelihood_gap": "log-likelihood below the truth's",
    "pull_mean": "mean of pulls",
    "pull_width": "width of pulls",
}
_UNITS = {
    **dict.fromkeys(("mean_wasserstein", "largest_wasserstein", "wasserstein_"), "sd"),
    "seconds_per_event": "s",
}


def words(metric: str) -> str:
    """Write a metric's name as it is spoken."""
    if metric.startswith("relative_"):
        return f"relative {words(metric.removeprefix('relative_'))}"
    if AT_NOMINAL in metric:
        kind, _, rest = metric.partition("_")
        signal, _, efficiency = rest.rpartition(AT_NOMINAL)
        what = f"{signal} efficiency" if kind == "efficiency" else f"mistag rate as {signal}"
        return f"{what}, nominal cut of {efficiency} %"
    if metric.startswith("rejection_"):
        signal, _, efficiency = metric.removeprefix("rejection_").rpartition("_at_")
        return f"rejection at {efficiency} % {signal.replace('_', ' ')}"
    for start, name in _OF.items():
        if metric.startswith(start) and metric not in _WORDS:
            return f"{name} {metric.removeprefix(start).replace('_', ' ')}"
    if metric.startswith(("angle_", "distance_")):
        distance, _, share = metric.partition("_")
        return f"{share} % {'opening angle' if distance == 'angle' else distance}"
    return _WORDS.get(metric, metric.replace("_", " "))


def sign(metric: str) -> int:
    """Tell whether more is better (1), less is better (-1), or neither (0), as of a bias."""
    name = metric.removeprefix("relative_")
    if name.startswith(_LOWER):
        return -1
    return 1 if name.startswith(_HIGHER) else 0


def rank(metric: str, value: float) -> float:
    """Order values of a metric of which more or less is better: the best has the highest rank.

    An area under the ROC curve of the two-sample test is the better the nearer it is to a half: a
    network that finds nothing is below as often as above.
    """
    return -abs(value - CHANCE) if metric == "two_sample_auc" else sign(metric) * value


def unit(metric: str, units: str) -> str:
    """Say in which unit a metric is, given that of the target; empty for pure numbers."""
    if metric.startswith(("relative_", "coverage_", "joint_coverage_")):
        return "%"
    if metric.startswith("log_likelihood"):
        return "nat"
    if metric.startswith(("angle_", "zenith_")):
        return "deg"
    for start, name in _UNITS.items():
        if metric.startswith(start):
            return name
    in_units = ("bias", "distance_", *RESOLUTION, *OF_POSTERIORS)
    return units if metric.startswith(in_units) else ""
