"""A study small enough to be made again after every fault, by the scripts in this process."""

import copy
import runpy
from functools import cache

from footprint.config import parse_study
from tests.conftest import ROOT, TINY

NAME, TARGET = "mass_layers", "mass"


@cache
def script(name):
    return runpy.run_path(str(ROOT / "scripts" / f"{name}.py"))["main"]


def parsed():
    tiny = copy.deepcopy(TINY)
    del tiny["variations"]
    for target in tiny["datasets"]["showers"]["targets"].values():
        target["baselines"] = {}
    tiny["experiments"] = {NAME: tiny["experiments"][NAME] | {"training": {"epochs": 4}}}
    return parse_study(tiny)


class Study:
    """Its steps, each as its rule calls its script; ``steps`` names them in order."""

    steps = ("simulate", "build", "train", "predict", "evaluate", "draw")

    def __init__(self, results):
        self.results = results
        study = parsed()
        self._sample = study.samples["showers"].model_dump_json()
        self._dataset = study.datasets["showers"].model_dump_json()
        self._experiment = study.experiments[NAME].model_dump_json()
        self.events = results / "events" / "showers" / "00000000-00000599.h5"
        self.dataset = results / "datasets" / "showers.h5"
        self.model = results / "models" / NAME / "1" / "model.keras"
        self.predictions = results / "predictions" / NAME / "1"
        self.metrics = results / "metrics" / NAME / f"{TARGET}.json"
        self.tables = results / "tables" / NAME / TARGET
        self.figures = results / "figures" / NAME / TARGET

    def up_to(self, last):
        for step in self.steps[: self.steps.index(last) + 1]:
            getattr(self, step)()
        return self

    def simulate(self):
        script("simulate")("showers", self._sample, 3, 0, 600, self.events)

    def build(self):
        script("build")([self.events], "showers", self._dataset, self.dataset)

    def train(self):
        beside = self.model.with_name
        script("train")(
            self.dataset, self._experiment, 1, self.model, beside("history.csv"),
            beside("training.json"),
        )  # fmt: skip

    def predict(self):
        script("predict")(
            [self.model], [self.dataset], NAME, self._experiment, [1], [self.predictions]
        )  # fmt: skip

    def evaluate(self):
        script("evaluate")(
            [self.predictions / f"{TARGET}.h5"], NAME, self._experiment, self.metrics, self.tables,
            histories=[self.model.with_name("history.csv")],
        )  # fmt: skip

    def draw(self):
        script("draw")(self.tables, self.figures)

    def lose(self, step):
        """Remove what a step made, so that it is due again."""
        for name in self.steps[self.steps.index(step) :]:
            for path in OUTPUTS[name](self):
                path.unlink(missing_ok=True)


OUTPUTS = {
    "simulate": lambda s: [s.events],
    "build": lambda s: [s.dataset],
    "train": lambda s: list(s.model.parent.glob("*")),
    "predict": lambda s: list(s.predictions.glob("*")),
    "evaluate": lambda s: [s.metrics, *s.tables.glob("*")],
    "draw": lambda s: list(s.figures.glob("*")),
}
