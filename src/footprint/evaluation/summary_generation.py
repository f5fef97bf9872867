"""What the summary says of generators: whether they can be told apart, vary, and are fast."""

from footprint.config.base import DISTRIBUTIONS
from footprint.evaluation.generation_measures import COLLAPSED
from footprint.evaluation.generators import TRAINING
from footprint.evaluation.metrics import Metrics, NetworkValue
from footprint.evaluation.rounding import measured
from footprint.evaluation.summary_methods import cell

COLUMNS = (
    *("mean_wasserstein", "largest_wasserstein", "two_sample_auc", "frechet_distance"),
    *("correlation_difference", "seconds_per_event", "speed_up"),
)
"""Metrics of generated events that the summary's table shows."""
LEAST_DIVERSITY = 0.5
"""Below this part of the real events' different ones, a generator repeats itself."""
FAR = 0.1
"""Standard deviations: the Wasserstein distance that observables should stay below."""
_VARIANCES = ("variance_ratio_", "conditional_variance_ratio_")


def remarks(metrics: Metrics) -> list[str]:
    """Write the sentences on one generator; none on other experiments."""
    if metrics.task not in DISTRIBUTIONS or "mean_wasserstein" not in metrics.metrics:
        return []
    parts = [
        _missing(metrics),
        _collapse(metrics),
        _largest(metrics),
        _told_apart(metrics),
        _speed(metrics),
    ]
    return [f"{metrics.experiment}: {part}." for part in parts if part]


def _collapse(metrics: Metrics) -> str:
    """Say that a generator has lost its variety; empty where it has not."""
    ratios = {
        name: value.value
        for name, value in metrics.metrics.items()
        if name.startswith(_VARIANCES) and value.value is not None
    }
    least = min(ratios, key=lambda name: ratios[name], default="")
    if least and ratios[least] < COLLAPSED:
        start = max((s for s in _VARIANCES if least.startswith(s)), key=len)
        where = " at given conditions" if start.startswith("conditional") else ""
        return (
            f"mode collapse, the variance of {least.removeprefix(start).replace('_', ' ')}{where} "
            f"is {measured(ratios[least], metrics.metrics[least].error)} of that of real events: "
            f"its events are too much alike"
        )
    diversity = metrics.metrics.get("diversity")
    if diversity is not None and (diversity.value or 0.0) < LEAST_DIVERSITY:
        return (
            f"mode collapse, only {measured(diversity.value, None)} times as many generated events "
            f"differ from each other as real ones do"
        )
    return ""


def _missing(metrics: Metrics) -> str:
    """Name observables that no generated event has, which no distance counts."""
    start = "wasserstein_"
    names = [
        name.removeprefix(start).replace("_", " ")
        for name, value in metrics.metrics.items()
        if name.startswith(start) and value.value is None
    ]
    if not names:
        return ""
    return f"no generated event has {', '.join(names)}, so distances are means over the others"


def _largest(metrics: Metrics) -> str:
    """Name the observable that is farthest from the real one."""
    start = "wasserstein_"
    found = {
        name.removeprefix(start): value
        for name, value in metrics.metrics.items()
        if name.startswith(start) and value.value is not None
    }
    if not found:
        return ""
    worst = max(found, key=lambda name: found[name].value or 0.0)
    floor = metrics.baselines.get(TRAINING, {}).get(f"{start}{worst}")
    beside = "" if floor is None else f" (as many training events: {cell(floor)})"
    near = sum((value.value or 0.0) < FAR for value in found.values())
    return (
        f"{near} of {len(found)} observables lie within {FAR:g} sd of the real ones, the farthest "
        f"is {worst.replace('_', ' ')} at {cell(found[worst])} sd{beside}"
    )


def _told_apart(metrics: Metrics) -> str:
    area = metrics.metrics.get("two_sample_auc")
    if area is None or area.value is None:
        return ""
    return f"a network tells its events from real ones with an AUC of {cell(area)}; 0.5 is perfect"


def _speed(metrics: Metrics) -> str:
    seconds, ratio = (metrics.metrics.get(name) for name in ("seconds_per_event", "speed_up"))
    if seconds is None or not seconds.value:
        return ""
    times = f", {_rounded(ratio)} times as many as the simulation" if ratio is not None else ""
    return f"it generates {_per_second(1 / seconds.value)} events a second{times}"


def _rounded(ratio: NetworkValue) -> str:
    return "unknown" if ratio.value is None else _per_second(ratio.value)


def _per_second(value: float) -> str:
    """Write a number to two digits: 43, 4300, 0.43."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"  # noqa: PLR2004
