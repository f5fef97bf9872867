"""Generators that learn from a second network, which tells their events from real ones."""

from typing import Literal

from pydantic import Field

from footprint.config.base import Count, NotNegative, Strict


class Adversarial(Strict):
    """Options of all pairs of a generator and its critic."""

    name: str
    latent: Count = Field(64, description="Normal random numbers that an event is made from.")


class Gan(Adversarial):
    """Deep convolutional GAN (DCGAN; Radford et al. 2016): the critic is a classifier."""

    name: Literal["gan"]


class Wgan(Adversarial):
    """Wasserstein GAN with gradient penalty (WGAN-GP; Gulrajani et al. 2017)."""

    name: Literal["wgan"]
    critic_steps: Count = Field(5, description="Steps of the critic for each of the generator.")
    gradient_penalty: NotNegative = Field(
        10.0, description="Weight of the penalty on gradients of the critic other than 1."
    )
