"""Networks that predict targets: what is done before and after them."""

import keras

from footprint.config.experiments import Experiment
from footprint.export.describe import arrays_in, targets_out, used_config
from footprint.export.graph import Graph
from footprint.export.inputs import normalised
from footprint.export.network import PREFIX
from footprint.export.outputs import decoded
from footprint.export.plan import CHECKED, Plan, inputs_of
from footprint.export.versions import averaged, multiplied, versions_of
from footprint.files.datasets import Dataset
from footprint.training.apply import averaging_of
from footprint.training.goals import goals_of


def answers(dataset: Dataset, config: Experiment, network: keras.Model) -> Plan:
    """Plan the file of a network that predicts targets, as means over turns and flips if so."""
    names = config.inputs or dataset.names("inputs")
    used, goals = used_config(dataset, names), goals_of(dataset, config)
    arrays = arrays_in(dataset, used, names)
    targets = targets_out(dataset, goals, [array.name for array in arrays])
    averaging = averaging_of(dataset, config, goals, names)
    shapes = {name: dataset.array("train", "inputs", name).shape[1:] for name in names}
    units = {goal.name: goal.output.units for goal in goals}
    versions = None if averaging is None else versions_of(averaging, shapes, units)

    def before(graph: Graph) -> list[str]:
        if versions is None:
            return inputs_of(graph, dataset, used, names)
        faulty: list[str] = []
        for name in names:
            shape, normalisation = shapes[name], dataset.normalisation(name)
            plain = f"plain/{name}"
            faulty += normalised(graph, used.inputs[name], normalisation, shape[:-1], plain)
            multiplied(graph, versions, name, plain, shape=shape, output=PREFIX + name)
        return faulty

    def after(graph: Graph, faulty: list[str]) -> None:
        for goal in goals:
            own = [target for target in targets if target.target == goal.name]
            out = f"{PREFIX}out/{goal.name}"
            if versions is not None:
                out = averaged(graph, versions, goal.name, out)
            outputs = tuple(target.name for target in own)
            decoded(graph, goal, out, outputs, shape=own[0].shape, faulty=faulty)

    return Plan(
        network=network,
        examples=dataset.inputs("test", names, slice(CHECKED)),
        used=used,
        inputs=tuple(arrays),
        outputs=tuple(targets),
        before=before,
        after=after,
    )
