"""The metrics file of one experiment: stable for other programs, no NaN, null where unknown."""

import math
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from footprint.errors import FileFormatError
from footprint.files.atomic import write_text


class _Stable(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Difference(_Stable):
    """By how much the network is above another method, with the error of paired events."""

    value: float | None = Field(description="Network minus the other.")
    error: float | None = Field(description="Bootstrap error of the difference.")
    mark: str = Field(
        "",
        exclude_if=lambda mark: not mark,
        description="Why there is no error, as in `Value`.",
    )


class Value(_Stable):
    """A metric with its uncertainty: an error, a limit in its place, or a mark that says why."""

    value: float | None = Field(description="Mean over seeds; null where it is not defined.")
    error: float | None = Field(
        description="Bootstrap error of the value over test events; of a time its standard error."
    )
    unit: str = Field(description="Unit, empty for pure numbers.")
    lower_limit: float | None = Field(
        None,
        exclude_if=lambda limit: limit is None,
        description="Only of a background rejection without an error, as too few background "
        "events are left: it is at least this (95 % confidence). Its value is null where none is "
        "left. Over several seeds the mean of their limits.",
    )
    mark: str = Field(
        "",
        exclude_if=lambda mark: not mark,
        description="Why there is no error: `exact` (by construction, the error is 0), `undefined` "
        "(there is no such number) or `no error` (too few events for one, or measured once).",
    )


class NetworkValue(Value):
    """A metric of the network, with its spread over trainings."""

    spread: float | None = Field(description="Sd over seeds; null for one seed.")


class Metrics(_Stable):
    """All numbers of one experiment."""

    experiment: str = Field(description="Name of the experiment.")
    dataset: str = Field(description="Name of the data set.")
    model: str = Field(description="Name from the zoo, `layers`, `file`, or `ensemble`.")
    members: list[str] = Field(
        [],
        exclude_if=lambda names: not names,
        description="Only of an ensemble of several experiments: their names.",
    )
    task: str = Field(description="classification, regression, direction or position.")
    target: str = Field(description="Name of the target.")
    classes: list[str] = Field(description="Class names; empty for continuous targets.")
    events: int = Field(description="Events in the test split.")
    effective_events: float | None = Field(
        None,
        exclude_if=lambda events: events is None,
        description="Only of events with weights w: (sum w)^2 / sum w^2, the number of events of "
        "equal weight that would be as good.",
    )
    seeds: list[int] = Field(description="Seeds of the trainings.")
    metrics: dict[str, NetworkValue] = Field(description="The network's numbers by metric.")
    corrected: dict[str, dict[str, NetworkValue]] = Field(
        {},
        exclude_if=lambda values: not values,
        description="Numbers of the network's predictions as corrected by its validation events, "
        "by their name: `<experiment>_calibrated` or `<experiment>_corrected`; with what was "
        "fitted, such as the `temperature`.",
    )
    ensemble: dict[str, Value] = Field(
        {},
        exclude_if=lambda values: not values,
        description="Numbers of the mean of all seeds' predictions, if there are several seeds.",
    )
    baselines: dict[str, dict[str, Value]] = Field(description="By baseline and metric.")
    oracles: list[str] = Field(description="Baselines that see truth no experiment has.")
    differences: dict[str, dict[str, Difference]] = Field(
        description="Network minus baseline, by baseline and metric; of an ensemble also minus "
        "each member."
    )
    replicas: dict[str, list[float | None]] = Field(
        description="The network's headline metric in each bootstrap sample. All experiments on "
        "one data set share the samples, so differences of replicas are paired."
    )
    separated: str = Field(
        "",
        exclude_if=lambda kinds: not kinds,
        description="The two kinds of `merit_factor` and `separation_auc`, if measured.",
    )
    tagged: str = Field(
        "",
        exclude_if=lambda name: not name,
        description="What is tagged, as in the names of its metrics, such as "
        "`significance_improvement_<name>`.",
    )
    scoreboard: bool = Field(
        False,
        exclude_if=lambda there: not there,
        description="Whether the test split is that of the published taggers.",
    )
    tables: list[str] = Field(description="File names in the folder of tables.")


def number(value: float | None) -> float | None:
    """Turn NaN and infinity, which JSON does not know, into None."""
    return None if value is None or not math.isfinite(value) else float(value)


def write_metrics(path: Path, metrics: Metrics) -> None:
    """Write a metrics file, whole or not at all."""
    write_text(path, metrics.model_dump_json(indent=1) + "\n")


def read_metrics(path: Path) -> Metrics:
    """Read a metrics file.

    Raises
    ------
    FileFormatError
        The file is missing, not JSON, or lacks a key.
    """
    try:
        return Metrics.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = f"metrics file not found: {path}"
        raise FileFormatError(msg) from None
    except (ValidationError, UnicodeDecodeError) as error:
        msg = f"{path} is not a metrics file of Footprint: {error}. Evaluate again"
        raise FileFormatError(msg) from None
