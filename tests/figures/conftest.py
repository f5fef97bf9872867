"""Made-up tables in the form that the evaluation writes, of showers that never fell."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from footprint.figures import style
from footprint.figures.tables import Tables, open_tables
from tests.figures.units import labels_without_units


@pytest.fixture
def axes_say_their_units(monkeypatch):
    """Let no figure that a test saves have an axis of a quantity with a unit without it."""
    save = style.save

    def checked(figure, folder, name, look=style.REPORT):
        assert list(labels_without_units({name: figure})) == []
        save(figure, folder, name, look)

    monkeypatch.setattr(style, "save", checked)


CLASSES = ("proton", "helium", "nitrogen", "iron")
SHARPNESS = {"mass_cnn": 1.2, "constant": 0.0, "linear": 0.5, "boosting": 0.95, "oracle": 1.7}
SPREAD = {"xmax_cnn": 24.0, "constant": 54.0, "linear": 41.0, "boosting": 33.0, "oracle": 15.0}
EVENTS = 1200


def kind_of(method: str) -> str:
    return {"oracle": "oracle"}.get(method, "network" if "_" in method else "baseline")


def write_target(folder: Path, **entries: object) -> None:
    target = {"name": "mass", "units": "", "label": None, "task": "classification"}
    target |= {"classes": list(CLASSES), "experiment": "mass_cnn", **entries}
    (folder / "target.json").write_text(json.dumps(target))


def write_learning_curve(folder: Path, metric: str, start: float) -> None:
    rows = []
    for seed in (1, 2):
        noise = np.random.default_rng(seed)
        for epoch in range(1, 25):
            fall = np.exp(-epoch / 6)
            loss = 0.45 + (start - 0.45) * fall + noise.normal(0, 0.005)
            validation = loss + 0.004 * epoch + noise.normal(0, 0.01)
            value = 1 / loss if metric == "accuracy" else loss**0.5
            near = 1 / validation if metric == "accuracy" else validation**0.5
            rate = 1e-3 * 0.5 ** (epoch // 9)
            rows.append((seed, epoch, loss, validation, rate, 0.5 * value, 0.5 * near))
    names = ["seed", "epoch", "loss", "validation_loss", "learning_rate"]
    names += [metric, f"validation_{metric}"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "learning_curve.csv", index=False)


def write_comparison(folder: Path, values: dict[str, dict[str, tuple[float, float, str]]]) -> None:
    rows = []
    for method, metrics in values.items():
        spread = 1.7 if kind_of(method) == "network" else np.nan
        for metric, (value, error, unit) in metrics.items():
            rows.append((method, kind_of(method), metric, value, error, spread * error, unit))
    names = ["method", "kind", "metric", "value", "error", "spread", "unit"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "comparison.csv", index=False)


def write_scores(folder: Path, truth: np.ndarray, probabilities: np.ndarray) -> None:
    scores, reliability = [], []
    edges = np.linspace(0, 1, 21)
    for index, name in enumerate(CLASSES):
        score = probabilities[:, index]
        for other, true_class in enumerate(CLASSES):
            counts, _ = np.histogram(score[truth == other], edges)
            scale = 20 / counts.sum()
            for low, high, count in zip(edges, edges[1:], counts, strict=False):
                row = (name, true_class, low, high, count * scale, np.sqrt(count) * scale)
                scores.append(row)
        for low, high in zip(edges[:-1:2], edges[2::2], strict=True):
            chosen = (score >= low) & (score < high)
            events = int(chosen.sum())
            if events:
                hits = np.mean(truth[chosen] == index)
                error = np.sqrt(max(hits * (1 - hits), 0.01) / events)
                reliability.append((name, low, high, score[chosen].mean(), hits, error, events))
    columns = ["class", "truth", "low", "high", "density", "error"]
    pd.DataFrame(scores, columns=columns).to_csv(folder / "scores.csv", index=False)
    columns = ["class", "low", "high", "predicted", "observed", "error", "events"]
    pd.DataFrame(reliability, columns=columns).to_csv(folder / "reliability.csv", index=False)


def write_classification(folder: Path) -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, len(CLASSES), EVENTS)
    write_target(folder)
    write_learning_curve(folder, "accuracy", 1.4)
    roc, auc, values = [], [], {}
    for method, sharpness in SHARPNESS.items():
        logits = (
            -sharpness
            * (truth[:, None] - np.arange(len(CLASSES)) + random.normal(0, 0.9, (EVENTS, 1))) ** 2
        )
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        for index, name in enumerate(CLASSES):
            signal = np.sort(probabilities[truth == index, index])[::-1]
            rest = probabilities[truth != index, index]
            efficiency = np.linspace(0.01, 1, 100)
            cut = signal[(efficiency * len(signal)).astype(int).clip(1) - 1]
            rate = np.array([np.mean(rest >= c) for c in cut]) if sharpness else efficiency
            error = np.sqrt(rate / len(rest)) + 0.02 * rate
            area = float(np.trapezoid(1 - rate, efficiency))
            auc.append((method, name, area, 0.008 if sharpness else 0.0))
            low, high = (rate - error).clip(0), (rate + error).clip(max=1)
            curve = zip(efficiency, rate, low, high, strict=True)
            roc += [(method, name, *row) for row in curve]
        accuracy = float(np.mean(probabilities.argmax(axis=1) == truth))
        values[method] = {"accuracy": (accuracy, 0.014, ""), "auc": (area, 0.008, "")}
        if method == next(iter(SHARPNESS)):
            write_scores(folder, truth, probabilities)
            write_confusion(folder, truth, probabilities.argmax(axis=1))
    write_comparison(folder, values)
    columns = ["method", "class", "signal_efficiency", "false_positive_rate", "low", "high"]
    pd.DataFrame(roc, columns=columns).to_csv(folder / "roc.csv", index=False)
    columns = ["method", "class", "auc", "error"]
    pd.DataFrame(auc, columns=columns).to_csv(folder / "auc.csv", index=False)


def write_confusion(folder: Path, truth: np.ndarray, predicted: np.ndarray) -> None:
    rows = []
    for index, name in enumerate(CLASSES):
        for other, taken_for in enumerate(CLASSES):
            count = int(np.sum(predicted[truth == index] == other))
            share = count / np.sum(truth == index)
            error = np.sqrt(share * (1 - share) / np.sum(truth == index))
            rows.append((name, taken_for, count, share, error))
    names = ["truth", "predicted", "count", "fraction", "error"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "confusion_matrix.csv", index=False)


def write_regression(folder: Path) -> None:
    random = np.random.default_rng(2)
    truth = 700 + random.gumbel(40, 45, EVENTS)
    size = random.lognormal(7.6, 0.2, EVENTS)
    label = r"$X_\mathrm{max}$"
    write_target(
        folder,
        name="xmax",
        units="g/cm2",
        label=label,
        task="regression",
        classes=[],
        experiment="xmax_cnn",
    )
    write_learning_curve(folder, "mae", 1.0)
    residuals, resolution, values = [], [], {}
    for method, sd in SPREAD.items():
        pull = (sd / 54) ** 2
        predicted = truth - pull * (truth - truth.mean())
        predicted = predicted + (0 if method == "constant" else random.normal(0, 0.85 * sd, EVENTS))
        residual = predicted - truth
        values[method] = {
            "bias": (residual.mean(), sd / np.sqrt(EVENTS), "g/cm2"),
            "sd": (residual.std(), sd / np.sqrt(2 * EVENTS), "g/cm2"),
            "rmse": (float(np.sqrt(np.mean(residual**2))), sd / np.sqrt(2 * EVENTS), "g/cm2"),
        }
        edges = np.linspace(-200, 200, 41)
        counts, _ = np.histogram(residual, edges)
        scale = 1 / counts.sum() / 10
        for low, high, count in zip(edges, edges[1:], counts, strict=False):
            residuals.append((method, low, high, count * scale, np.sqrt(count) * scale))
        for name, units, values_of in (("xmax", "g/cm2", truth), ("muons_at_ground", "", size)):
            resolution += binned(method, name, units, values_of, residual)
        if method == next(iter(SPREAD)):
            write_truth_vs_prediction(folder, truth, predicted)
    write_comparison(folder, values)
    names = ["method", "low", "high", "density", "error"]
    pd.DataFrame(residuals, columns=names).to_csv(folder / "residuals.csv", index=False)
    names = ["method", "variable", "units", "low", "high", "centre", "events", "bias"]
    names += ["bias_error", "sd", "sd_error", "half_width_68", "half_width_68_error"]
    pd.DataFrame(resolution, columns=names).to_csv(folder / "resolution.csv", index=False)


def binned(
    method: str, name: str, units: str, variable: np.ndarray, residual: np.ndarray
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    edges = np.quantile(variable, np.linspace(0, 1, 9))
    for low, high in pairwise(edges):
        chosen = (variable >= low) & (variable <= high)
        r, n = residual[chosen], int(chosen.sum())
        half = (np.quantile(r, 0.84) - np.quantile(r, 0.16)) / 2
        row = (method, name, units, low, high, variable[chosen].mean(), n, r.mean())
        errors = (r.std() / n**0.5, r.std(), r.std() / (2 * n) ** 0.5, half, 1.2 * half / n**0.5)
        rows.append((*row, *errors))
    return rows


def write_truth_vs_prediction(folder: Path, truth: np.ndarray, predicted: np.ndarray) -> None:
    edges = np.linspace(600, 1000, 41)
    counts, _, _ = np.histogram2d(truth, predicted, (edges, edges))
    rows = [
        (edges[i], edges[i + 1], edges[j], edges[j + 1], int(count))
        for (i, j), count in np.ndenumerate(counts)
    ]
    names = ["truth_low", "truth_high", "prediction_low", "prediction_high", "count"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "truth_vs_prediction.csv", index=False)


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for name, write in (("mass_cnn", write_classification), ("xmax_cnn", write_regression)):
        (folder / name).mkdir()
        write(folder / name)
    return folder


@pytest.fixture
def classification(made_up: Path, tmp_path: Path) -> Tables:
    return open_tables(shutil.copytree(made_up / "mass_cnn", tmp_path / "tables" / "mass_cnn"))


@pytest.fixture
def regression(made_up: Path, tmp_path: Path) -> Tables:
    return open_tables(shutil.copytree(made_up / "xmax_cnn", tmp_path / "tables" / "xmax_cnn"))
