"""Which metric stands for a task, of which metrics more or less is better, and their units."""

HEADLINE = {
    "classification": "accuracy",
    "regression": "rmse",
    "direction": "angle_68",
    "position": "distance_68",
}
"""The one metric of each task by which methods are ranked."""
RESOLUTION = ("sd", "rmse", "half_width_68")
"""Metrics of residuals of which less is better."""
ENOUGH_BACKGROUND = 25
"""Background events that pass where a significance improvement counts for the maximum.

With fewer the mistag rate is known to less than 20 %, and the maximum would be the largest of
many fluctuations: at the strictest cuts, where little background is left, it has no bound.
"""

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
)
OF_POSTERIORS = ("interval_68", "crps")
"""Metrics of posteriors in the unit of the target, of which less is better."""
_LOWER = (
    *("mistag_", "log_loss", "calibration_error", "angle_", "distance_", "pit_distance"),
    *RESOLUTION,
    *OF_POSTERIORS,
)
_WORDS = {
    "auc_macro": "AUC (macro)",
    "rmse": "RMSE",
    "half_width_68": "68 % half-width",
    "separation_auc": "separation AUC",
    "coverage_68": "68 % coverage",
    "coverage_95": "95 % coverage",
    "joint_coverage_68": "joint 68 % coverage",
    "interval_68": "68 % interval (half-width)",
    "crps": "CRPS",
    "pit_distance": "PIT distance",
    "log_likelihood": "log-likelihood",
    "log_likelihood_gap": "log-likelihood below the truth's",
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
    for start, name in (("auc_", "AUC"), ("significance_improvement_", "significance improvement")):
        if metric.startswith(start) and metric not in _WORDS:
            return f"{name} {metric.removeprefix(start).replace('_', ' ')}"
    if metric.startswith(("angle_", "distance_")):
        distance, _, share = metric.partition("_")
        return f"{share} % {'opening angle' if distance == 'angle' else distance}"
    return _WORDS.get(metric, metric.replace("_", " "))


def sign(metric: str) -> int:
    """Tell whether more is better (1), less is better (-1), or neither (0), as of a bias."""
    name = metric.removeprefix("relative_")
    if name == "log_likelihood_gap":
        return -1
    if name.startswith(_HIGHER):
        return 1
    return -1 if name.startswith(_LOWER) else 0


def unit(metric: str, units: str) -> str:
    """Say in which unit a metric is, given that of the target; empty for pure numbers."""
    if metric.startswith(("relative_", "coverage_", "joint_coverage_")):
        return "%"
    if metric.startswith("log_likelihood"):
        return "nat"
    if metric.startswith(("angle_", "zenith_")):
        return "deg"
    in_units = ("bias", "distance_", *RESOLUTION, *OF_POSTERIORS)
    return units if metric.startswith(in_units) else ""
