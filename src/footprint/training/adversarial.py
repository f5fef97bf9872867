"""A generator and its critic, trained against each other batch by batch.

In each batch the critic takes a step, and in every ``critic_steps``-th one the generator. All that
is random comes from a seed generator of Keras, which each epoch begins anew, so that a killed
training goes on to the same weights.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from footprint.config.adversarial import Adversarial, Wgan
from footprint.config.experiments import Experiment
from footprint.errors import TrainingError
from footprint.models.adversarial import LATENT, critic_of, generator_of
from footprint.models.adversarial_layers import HALF, Softened
from footprint.models.adversarial_maps import Summaries
from footprint.training.collapse import RATIO
from footprint.training.distributions import LOG_DENSITY, Distribution
from footprint.training.feeding import APPLY_BATCH
from footprint.training.learners import Learner
from footprint.training.optimizers import optimizer_of
from footprint.training.sliced_distance import Look, look, sliced_distance, sliced_energy
from footprint.training.variation import total_variation, variation

DIRECTIONS = 64
"""Directions among all values, and as many among what sums up events."""
LOOK = 2024
"""Seed of the directions and of the random numbers of the validation: all epochs see the same."""
VALUES_AT_ONCE = 2**20
"""Values of events that are validated at once: distances of few events are mostly noise."""
TINY = 1e-12
_FLAT = 2
WATCHED = 8
"""Events of a batch whose gradients are watched where no penalty needs those of all."""
FEWEST = 8
"""Events without which a batch does not tell how real events are spread."""
Tensors = dict[str, keras.KerasTensor]


def adversary(config: Experiment, learnt: Distribution, seed: int) -> keras.Model:
    """Build generator and critic, ready to be trained.

    Parameters
    ----------
    config
        An experiment whose model is a GAN.
    learnt
        What is generated, under which conditions.
    seed
        Of weights and random numbers.

    Raises
    ------
    TrainingError
        Keras runs on another backend than TensorFlow, or targets shall be generated.
    """
    backend = keras.backend.backend()
    if backend != "tensorflow":
        msg = (
            f"generator and critic are trained on the TensorFlow backend, found {backend}: set "
            f"KERAS_BACKEND=tensorflow, or take model flow, which runs on every backend"
        )
        raise TrainingError(msg)
    model = config.model
    if not isinstance(model, Adversarial) or learnt.variables is None:
        msg = f"expected model gan or wgan and variables to generate, found {learnt.name}"
        raise TrainingError(msg)
    forms = learnt.variables.forms
    generator = generator_of(model, learnt.name, learnt.entries, forms)
    critic = critic_of(model, learnt.name, learnt.entries, forms, seed)
    pair = Adversary(generator, critic, model, learnt, seed)
    rate = config.training.optimizer.learning_rate
    pair.compile(
        optimizer_of(config.training),
        optimizer_of(config.training.model_copy(update={"weight_averaging": None})),
        (model.critic_learning_rate or rate) / rate,
    )
    return pair


class Adversary(keras.Model):  # type: ignore[misc]
    """A generator and its critic.

    Attributes
    ----------
    generator, critic
        Networks of `footprint.models.adversarial`.
    learners
        Their optimizers, the generator's first.
    """

    def __init__(
        self,
        generator: keras.Model,
        critic: keras.Model,
        config: Adversarial,
        learnt: Distribution,
        seed: int,
    ) -> None:
        super().__init__(name="adversary")
        self.generator, self.critic, self.config = generator, critic, config
        self.variables_name, self.condition_names = learnt.name, tuple(learnt.conditions)
        self.latent = int(generator.input[LATENT].shape[1])
        self.random = keras.random.SeedGenerator(seed)
        self.steps = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="steps"
        )
        forms = learnt.variables.forms if learnt.variables is not None else ()
        shape = learnt.entries[learnt.name].shape
        # Seen as excess over a threshold, a grey background of that height would be a black one.
        bounded = config.generator.output == "bounded"
        forms = tuple(form.plain for form in forms) if bounded else forms
        self.softened = Softened(forms, dtype="float32")
        # Photographs are not judged by their sums either: the brightest pixel of all is the same.
        summed = len(shape) > 1 and config.critic.summaries
        self.summaries = Summaries(forms, dtype="float32") if summed else None
        self.validation_batch = max(APPLY_BATCH, VALUES_AT_ONCE // int(np.prod(shape)))
        self.built = True

    def compile(
        self,
        optimizer: keras.optimizers.Optimizer,
        critic_optimizer: keras.optimizers.Optimizer,
        critic_rate: float = 1.0,
    ) -> None:
        """Give both networks their optimizers; the critic's rate in units of the generator's."""
        super().compile(optimizer)
        self.critic_optimizer, self.critic_rate = critic_optimizer, critic_rate
        self.optimizer.build(self.generator.trainable_variables)
        critic_optimizer.build(self.critic.trainable_variables)

    @property
    def learners(self) -> list[Learner]:
        """Both optimizers, the generator's first."""
        generator, critic = (n.trainable_variables for n in (self.generator, self.critic))
        return [
            Learner(self.optimizer, generator, every=self.config.critic_steps),
            Learner(self.critic_optimizer, critic, rate=self.critic_rate),
        ]

    def call(self, inputs: Tensors, training: bool = False) -> Tensors:
        """Generate an event for each set of conditions."""
        made: Tensors = self.generator(self._asked(inputs, self._latent(inputs)), training=training)
        return made

    def train_step(self, data: Any) -> Tensors:
        """Take a step of the critic, and where it is due one of the generator."""
        inputs, weight = _unpacked(data)
        logs = self._critic_step(inputs, weight)
        self.steps.assign_add(1)
        due = ops.equal(self.steps % self.config.critic_steps, 0)
        ops.cond(due, lambda: self._generator_step(inputs, weight), lambda: ops.zeros(()))
        return logs

    def test_step(self, data: Any) -> Tensors:
        """Tell how far generated events are from real ones, and how much they vary."""
        inputs, weight = _unpacked(data)
        name = self.variables_name
        latents = (self._latent(inputs, seed) for seed in (LOOK, LOOK + 1))
        drawn = [self.generator(self._asked(inputs, latent))[name] for latent in latents]
        real, made, again = (self._judged(values) for values in (inputs[name], *drawn))
        given = self._conditions(inputs)
        far = [
            sliced_distance(one, other, given, self._look(one, given, LOOK), weight)
            for one, other in zip(real, made, strict=True)
        ]
        if any(inputs[name].ndim != _FLAT for name in self.condition_names):
            ratios = [total_variation(*parts) for parts in zip(real, made, strict=True)]
        else:
            ratios = [variation(*parts, given) for parts in zip(real, made, again, strict=True)]
        return {"loss": sum(far) / len(far), RATIO: ops.min(ops.stack(ratios))}

    def _critic_step(self, inputs: Tensors, weight: keras.KerasTensor | None) -> Tensors:
        """Improve the critic; the losses are those before the step."""
        import tensorflow as tf

        name = self.variables_name
        real = self.softened(inputs[name])
        made = self.softened(self(inputs, training=True)[name])
        share = keras.random.uniform(
            (ops.shape(real)[0], *(1,) * (len(real.shape) - 1)), seed=self.random
        )
        mixed = share * real + (1 - share) * made
        with tf.GradientTape() as tape:
            on_real = self.critic({**inputs, name: real}, training=True)[:, 0]
            on_made = self.critic({**inputs, name: made}, training=True)[:, 0]
            loss = self._critic_loss(on_real, on_made, weight)
            if self.config.gradient_penalty:
                norms = self._gradient_norms(inputs, mixed)
                loss += _mean(ops.square(norms - 1), weight) * self.config.gradient_penalty
                norm = _mean(norms, weight)
        if not self.config.gradient_penalty:
            # Nothing learns from them, and those of all events take a quarter of the time.
            few = {key: values[:WATCHED] for key, values in inputs.items()}
            norm = ops.mean(self._gradient_norms(few, mixed[:WATCHED]))
        logs = {
            "loss": self._generator_loss(on_made, weight),
            "critic_loss": loss,
            "critic_distance": _mean(on_real, weight) - _mean(on_made, weight),
            "gradient_norm": norm,
        }
        variables = self.critic.trainable_variables
        gradients = tape.gradient(loss, variables)
        # Norms that no loss depends on were now and then those of the weights after the step.
        with tf.control_dependencies(list(logs.values())):
            self.critic_optimizer.apply(gradients, variables)
        return logs

    def _gradient_norms(self, inputs: Tensors, values: keras.KerasTensor) -> keras.KerasTensor:
        """Norm of the critic's gradient with respect to the variables, shape (n,)."""
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(values)
            said = ops.sum(self.critic({**inputs, self.variables_name: values}, training=False))
        gradient = _flat(tape.gradient(said, values))
        # The root has no slope at 0.
        return ops.sqrt(ops.sum(ops.square(gradient), axis=1) + TINY)

    def _generator_step(
        self, inputs: Tensors, weight: keras.KerasTensor | None
    ) -> keras.KerasTensor:
        import tensorflow as tf

        name, variables = self.variables_name, self.generator.trainable_variables
        with tf.GradientTape() as tape:
            made = self.softened(self(inputs, training=True)[name])
            loss = self._generator_loss(self.critic({**inputs, name: made})[:, 0], weight)
            if self.config.matching:
                loss = loss + self.config.matching * self._mismatch(inputs, made, weight)
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def _mismatch(
        self, inputs: Tensors, made: keras.KerasTensor, weight: keras.KerasTensor | None
    ) -> keras.KerasTensor:
        """Energy distance of what sums up events along random directions, of one batch."""
        real = self.softened(inputs[self.variables_name])
        one, two = self._seen(real)[-1], self._seen(made)[-1]
        given = self._conditions(inputs)
        far = sliced_energy(one, two, given, self._look(one, given, self.random), weight)
        return far * ops.cast(ops.shape(real)[0] >= FEWEST, far.dtype)

    def _critic_loss(
        self,
        real: keras.KerasTensor,
        made: keras.KerasTensor,
        weight: keras.KerasTensor | None,
    ) -> keras.KerasTensor:
        if isinstance(self.config, Wgan):
            return _mean(made, weight) - _mean(real, weight)
        return _mean(ops.softplus(-real), weight) + _mean(ops.softplus(made), weight)

    def _generator_loss(
        self, made: keras.KerasTensor, weight: keras.KerasTensor | None
    ) -> keras.KerasTensor:
        return _mean(-made if isinstance(self.config, Wgan) else ops.softplus(-made), weight)

    def _latent(self, inputs: Tensors, seed: int | None = None) -> keras.KerasTensor:
        events = ops.shape(inputs[self.variables_name])[0]
        random = self.random if seed is None else seed
        return keras.random.normal((events, self.latent), seed=random)

    def _asked(self, inputs: Tensors, latent: keras.KerasTensor) -> Tensors:
        return {**{name: inputs[name] for name in self.condition_names}, LATENT: latent}

    def _conditions(self, inputs: Tensors) -> keras.KerasTensor | None:
        # Those of every pixel are too many to be looked at along random directions.
        flat = [_flat(inputs[name]) for name in self.condition_names if inputs[name].ndim == _FLAT]
        return ops.concatenate(flat, axis=1) if flat else None

    def _seen(self, values: keras.KerasTensor) -> list[keras.KerasTensor]:
        """Events as plain values, and as what sums them up, shapes (n, ...)."""
        flat = _flat(values)
        return [flat] if self.summaries is None else [flat, self.summaries(values)]

    def _judged(self, values: keras.KerasTensor) -> list[keras.KerasTensor]:
        """Soften events and sum them up, with the shares of pixels hit, however faintly."""
        seen = self._seen(self.softened(values))
        pixels = tuple(range(1, len(values.shape) - 1))
        hit = [
            values[..., place] > (HALF if form.mask else form.silence)
            for place, form in enumerate(self.softened.forms)
            if form.sparse or (form.mask and form.gate is None)
        ]
        if not hit or self.summaries is None:
            return seen
        shares = [ops.mean(ops.cast(one, values.dtype), axis=pixels) for one in hit]
        return [seen[0], ops.concatenate([seen[1], ops.stack(shares, axis=1)], axis=1)]

    @staticmethod
    def _look(
        values: keras.KerasTensor,
        given: keras.KerasTensor | None,
        seed: int | keras.random.SeedGenerator,
    ) -> Look:
        return look(DIRECTIONS, values.shape[1], 0 if given is None else given.shape[1], seed)


def _unpacked(data: Any) -> tuple[Tensors, keras.KerasTensor | None]:
    inputs, _, weights = keras.utils.unpack_x_y_sample_weight(data)
    return inputs, None if weights is None else weights[LOG_DENSITY]


def _flat(values: keras.KerasTensor) -> keras.KerasTensor:
    return ops.reshape(values, (ops.shape(values)[0], int(np.prod(values.shape[1:]))))


def _mean(values: keras.KerasTensor, weight: keras.KerasTensor | None) -> keras.KerasTensor:
    """Mean over events; weights have a mean of 1."""
    return ops.mean(values if weight is None else values * weight)
