"""Results of a small study that never ran, as its rules would have left them."""

import json
import struct
import zlib
from pathlib import Path

import pandas as pd

from footprint.evaluation.metrics import Difference, Metrics, NetworkValue, Value, write_metrics

NASTY = "<img src=x onerror=alert(1)><script>alert('x')</script>&\"'"
CLASSES = ["proton", "iron"]


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


PIXEL = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)
"""The smallest picture."""


def study() -> dict:
    mass = {"array": "mass_number", "classes": {"proton": 1, "iron": 56},
            "baselines": {"linear": {"method": "linear"}}}  # fmt: skip
    curve = {"option": "muons_at_10_EeV", "values": [100.0, 300.0], "label": NASTY}
    return {
        "study": "made_up",
        "samples": {"showers": {"generator": "vertical_showers", "events": 800}},
        "datasets": {
            "showers": {
                "samples": ["showers"],
                "selection": "filled_pixels >= 3",
                "inputs": {"footprint": {"channels": [{"array": "muons"}]}},
                "targets": {"mass": mass},
            }
        },
        "experiments": {
            name: {"dataset": "showers", "task": "classification", "model": {"name": kind},
                   "training": {"epochs": 15}, "seeds": [1, 2] if kind == "cnn" else [1]}
            for name, kind in (("mass_cnn", "cnn"), ("mass_dense", "dense"))
        },
        "variations": {"events": 100, "curves": {"muons": curve}},
    }  # fmt: skip


def metrics(name: str, kind: str, accuracy: float, *, spread: float | None) -> Metrics:
    numbers = {"accuracy": (accuracy, 0.012), "auc_macro": (0.9, 0.01), "log_loss": (0.5, 0.02)}
    simple = {"accuracy": (0.667, 0.015), "auc_macro": (0.8, 0.01), "log_loss": (0.7, 0.02)}
    oracle = {key: (value * 1.05, error) for key, (value, error) in numbers.items()}

    def values(found: dict) -> dict:
        return {k: Value(value=v, error=e, unit="") for k, (v, e) in found.items()}

    return Metrics(
        experiment=name, dataset="showers", model=kind, task="classification", target="mass",
        classes=CLASSES, events=100, seeds=[1, 2] if spread else [1],
        metrics={
            k: NetworkValue(value=v, error=e, unit="", spread=spread)
            for k, (v, e) in numbers.items()
        },
        baselines={"linear": values(simple), NASTY: values(oracle)}, oracles=[NASTY],
        differences={
            label: {"accuracy": Difference(value=0.1, error=0.01)} for label in ("linear", NASTY)
        },
        replicas={"accuracy": [accuracy - 0.01, accuracy + 0.01]}, tables=["roc.csv"],
    )  # fmt: skip


def write_record(folder: Path, name: str, seed: int, loss: float = 0.5) -> Path:
    record = {
        "experiment": {
            "dataset": "showers", "task": "classification",
            "model": {"name": "cnn", "filters": [8]},
            "training": {
                "epochs": 15, "batch_size": 64, "loss": None, "early_stopping": None,
                "optimizer": {"name": "adam", "learning_rate": 0.002, "clip_norm": None},
                "schedule": None,
            },
        },
        "seed": seed, "targets": ["mass"], "losses": {"mass": "crossentropy"}, "parameters": 7001,
        "layers": [
            {"name": NASTY, "kind": "Conv2D", "output": "16 x 16 x 8", "parameters": 7000},
            {"name": "old", "kind": "Dense", "parameters": 1},
        ],
        "epochs": 15, "best_epoch": 11, "best_validation_loss": loss, "weight_penalty": 0.0,
        "seconds": 12.3, "backend": "tensorflow", "devices": ["CPU:0"],
        "peak_memory_mb": 1234.5,
        "software": {"keras": "3", "commit": "abc123"},
    }  # fmt: skip
    path = folder / name / str(seed) / "training.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record))
    return path


def make_results(folder: Path) -> dict:
    """Write all that the report is made of; give the options of its script."""
    from footprint.config import parse_study

    checked = parse_study(study(), "made up")
    (folder / "study.json").write_text(checked.model_dump_json())
    figures = []
    for kind, name, names in (
        ("figure", "roc", {"experiment": "mass_cnn", "target": "mass"}),
        ("figure", "comparison", {"experiment": "mass_dense", "target": "mass"}),
        ("dataset", "classes", {"dataset": "showers"}),
        ("variation", "degradation_muons", {"dataset": "showers", "target": "mass"}),
    ):
        path = folder / "figures" / kind / "-".join(names.values())
        path.mkdir(parents=True)
        (path / f"{name}.png").write_bytes(PIXEL)
        figures.append({"kind": kind, "path": str(path), "names": names})
    paths = []
    for found in (metrics("mass_dense", "dense", 0.73, spread=None),
                  metrics("mass_cnn", "cnn", 0.79, spread=0.004)):  # fmt: skip
        paths.append(folder / f"{found.experiment}.json")
        write_metrics(paths[-1], found)
    tables = folder / "tables" / "datasets" / "showers"
    _write_survey(tables)
    return {
        "metrics": paths,
        "study": folder / "study.json",
        "html": folder / "report.html",
        "figures": json.dumps(figures),
        "steps": json.dumps({"jobs": {"simulate": 4, "build": 1, "train": 3},
                             "edges": [["simulate", "build"], ["build", "train"]]}),
        "inputs": json.dumps(
            {"read": [{"name": "https://a/s.json", "path": str(folder / "study.json")},
                      {"name": "https://a/b.root", "path": ""},
                      {"name": "gone.root", "path": "gone.root"}]}
        ),
        "records": [
            write_record(folder / "models", "mass_cnn", 1, 0.5),
            write_record(folder / "models", "mass_cnn", 2, 0.52),
            write_record(folder / "models", "mass_dense", 1, 0.6),
        ],
        "datasets": [tables],
    }  # fmt: skip


def _write_survey(folder: Path) -> None:
    folder.mkdir(parents=True)
    facts = {"dataset": "showers", "samples": ["showers"], "selection": "filled_pixels >= 3",
             "split": "80% train, 10% validation, 10% test", "digest": "0f",
             "commit": "abc123"}  # fmt: skip
    (folder / "dataset.json").write_text(json.dumps(facts))
    pd.DataFrame(
        [
            {"target": "mass", "split": split, "class": name, "events": events, "weight": events,
             "effective_events": events}
            for name in CLASSES
            for split, events in (("train", 280), ("validation", 35), ("test", 35))
        ]
    ).to_csv(folder / "classes.csv", index=False)  # fmt: skip
    pd.DataFrame(
        {"sample": "showers", "cut": ["all events", "filled_pixels >= 3"], "events": [800, 700]}
    ).to_csv(folder / "cut_flow.csv", index=False)
    channel = {"kind": "input", "name": "footprint", "channel": "muons",
               "x": "muons - front", "array_units": "",
               "transform": "log10(1 + x)", "units": "", "shift_low": 0.1, "shift_high": 0.1,
               "scale_low": 0.3, "scale_high": 0.3, "whitened": False}  # fmt: skip
    pd.DataFrame([channel]).to_csv(folder / "normalisation.csv", index=False)
