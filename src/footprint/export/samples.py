"""Networks that draw: generators, and flows from random numbers to what they have learnt."""

import keras
import numpy as np

from footprint.config.adversarial import Adversarial
from footprint.config.experiments import Experiment
from footprint.export.describe import (
    PREDICTED,
    array_of,
    arrays_in,
    domain_of,
    free,
    used_config,
)
from footprint.export.description import NoiseIn, TargetOut
from footprint.export.generated import physical
from footprint.export.graph import Graph
from footprint.export.network import PREFIX
from footprint.export.outputs import decoded
from footprint.export.plan import CHECKED, Plan, inputs_of
from footprint.files.datasets import MASK, Dataset
from footprint.models import flow
from footprint.models.adversarial import LATENT
from footprint.seeds import stream
from footprint.training.distributions import Distribution, distribution_of

NOISE = "noise"
"""What the tensor of random numbers is called."""


def samples(dataset: Dataset, config: Experiment, network: keras.Model, seed: int) -> Plan:
    """Plan the file of a network that draws, with its random numbers as an input.

    Parameters
    ----------
    dataset, config, network
        What was learnt, and the trained network.
    seed
        Of the training, and of the random numbers with which it is compared with Keras.
    """
    learnt = distribution_of(dataset, config)
    drawing = network
    if not isinstance(config.model, Adversarial):
        drawing = flow.drawing_network(network, learnt.name)
    own = [] if learnt.variables is None else [learnt.name]
    used = used_config(dataset, [*learnt.conditions, *own])
    arrays = arrays_in(dataset, used, learnt.conditions)
    taken = {array.name for array in arrays}
    size = int(drawing.input[LATENT].shape[1])
    noise = NoiseIn(
        name=free(NOISE, "random_", taken),
        shape=(size,),
        units="",
        description="independent standard normal random numbers",
    )
    outputs = _drawn(dataset, learnt, {*taken, noise.name})
    examples = dataset.inputs("test", learnt.conditions, slice(CHECKED))
    count = min(CHECKED, dataset.length("test"))
    normal = stream(seed, learnt.name, 0).standard_normal((count, size), np.float32)

    def before(graph: Graph) -> list[str]:
        graph.add("Identity", noise.name, output=PREFIX + LATENT)
        return inputs_of(graph, dataset, used, learnt.conditions)

    def after(graph: Graph, faulty: list[str]) -> None:
        said = f"{PREFIX}out/{learnt.name}"
        if learnt.variables is not None:
            physical(graph, learnt.variables, said, {o.target: o.name for o in outputs}, faulty)
            return
        for place, (goal, out) in enumerate(zip(learnt.goals, outputs, strict=True)):
            column = graph.add("Gather", said, graph.constant(np.array([place])), axis=1)
            decoded(graph, goal, column, (out.name,), shape=(), faulty=faulty)

    return Plan(
        network=drawing,
        examples={**examples, LATENT: normal},
        used=used,
        inputs=tuple(arrays),
        outputs=outputs,
        before=before,
        after=after,
        noise=noise,
        edges=isinstance(config.model, Adversarial) and config.model.generator.output == "sparse",
    )


def _drawn(dataset: Dataset, learnt: Distribution, taken: set[str]) -> tuple[TargetOut, ...]:
    """Describe what comes out: arrays of the variables, or targets."""
    found: list[TargetOut] = []
    for goal in learnt.goals:
        spec = dataset.spec("targets", goal.name)
        domain = domain_of(dataset.target("train", goal.name))
        found.append(
            TargetOut(
                name=free(goal.name, PREDICTED, taken), target=goal.name, shape=(),
                units=spec.units, task="density", classes=(), domain=domain,
                description=f"a draw from the joint posterior: {spec.description}",
            )
        )  # fmt: skip
    variables = learnt.variables
    for channel in () if variables is None else variables.channels:
        if not channel.startswith(MASK):
            array = array_of(dataset, learnt.name, channel)
            found.append(
                TargetOut(
                    name=free(channel, "generated_", taken), target=channel, shape=array.shape,
                    units=array.units, description=array.description, task="generation",
                    classes=(), domain=array.domain,
                )
            )  # fmt: skip
    return tuple(found)
