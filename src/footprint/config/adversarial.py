"""Generators that learn from a second network, which tells their events from real ones."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Count, Fraction, NotNegative, Positive, Strict
from footprint.config.family import Activation

Layers = list[Count]
FILTERS = (
    "Filters of the convolutions; without any, dense layers alone. Variables without rows and "
    "columns have none."
)
Halvings = Annotated[int, Field(ge=0, le=6)]


class _Network(Strict):
    """What generator and critic share."""

    units: Layers = Field(description="Units of the hidden dense layers.")
    filters: Layers = Field(description=FILTERS)
    kernel_size: Count = Field(3, description="Side of the kernels in pixels.")
    activation: Activation = Field("leaky_relu", description="Activation of the hidden layers.")


class Generator(_Network):
    """From random numbers and conditions to an event: dense layers, then convolutions.

    The defaults are for footprints of showers.
    """

    units: Layers = Field(
        [128, 128], description="Units of the hidden dense layers, which come first."
    )
    filters: Layers = Field([32, 32], description=FILTERS)
    kernel_size: Count = Field(
        1, description="Side of the kernels in pixels; with 1 no pixel sees its neighbours."
    )
    upsampling: Halvings = Field(
        0,
        description="How many of the convolutions double the grid: the first ones. Grids of any "
        "size are served, what is too much is cut off.",
    )
    grid: Literal["free", "smooth"] = Field(
        "smooth",
        description="What the dense layers lay on the grid: `free` features of each pixel, or "
        "`smooth` ones, mixtures of a few functions that begin as polynomials of row and column.",
    )
    noise: Annotated[int, Field(ge=0, le=16)] = Field(
        3,
        description="Further normal random numbers that each pixel has of its own, for what is "
        "random in each detector: counting, resolution. One for each channel and one for the "
        "mask is best.",
    )
    output: Literal["sparse", "bounded"] = Field(
        "sparse",
        description="`sparse`: masks of 0 and 1, pixels that are truly silent, counts that are "
        "counts, wherever training events have them; `bounded`: values between the smallest and "
        "the largest of the training events, by a sigmoid, for photographs.",
    )
    batch_normalisation: bool = Field(False, description="Normalise batches before activations.")

    @model_validator(mode="after")
    def _convolutions_double(self) -> Self:
        if self.filters and self.upsampling > len(self.filters):
            msg = (
                f"upsampling {self.upsampling} needs as many convolutions, filters are "
                f"{self.filters}: add filters, or double the grid less often"
            )
            raise ValueError(msg)
        return self


class Critic(_Network):
    """From an event and its conditions to one number: convolutions, then dense layers.

    The defaults are for footprints of showers.
    """

    units: Layers = Field(
        [128, 128], description="Units of the hidden dense layers, which come last."
    )
    filters: Layers = Field([], description=FILTERS)
    downsampling: Halvings = Field(
        0, description="How many of the convolutions halve the grid: the last ones."
    )
    summaries: bool = Field(
        True,
        description="Also show it what sums up an event: means, maxima, sums and products of the "
        "channels over all pixels, shares of pixels hit.",
    )
    dropout: Fraction = Field(0.0, description="Dropout rate after each hidden layer.")

    @model_validator(mode="after")
    def _convolutions_halve(self) -> Self:
        if self.filters and self.downsampling > len(self.filters):
            msg = (
                f"downsampling {self.downsampling} needs as many convolutions, filters are "
                f"{self.filters}: add filters, or halve the grid less often"
            )
            raise ValueError(msg)
        return self


def _like(kind: type[Strict], name: str, default: Any) -> Any:
    """Make a field like that of another kind of model, with another default."""
    return Field(default, description=kind.model_fields[name].description)


class ConvolutionalGenerator(Generator):
    """From random numbers and conditions to an image: options of `gan`, made for photographs."""

    units: Layers = _like(Generator, "units", [256])
    filters: Layers = _like(Generator, "filters", [32, 8])
    kernel_size: Count = _like(Generator, "kernel_size", 3)
    upsampling: Halvings = _like(Generator, "upsampling", 2)
    grid: Literal["free", "smooth"] = _like(Generator, "grid", "free")
    noise: Annotated[int, Field(ge=0, le=16)] = _like(Generator, "noise", 0)
    output: Literal["sparse", "bounded"] = _like(Generator, "output", "bounded")
    batch_normalisation: bool = _like(Generator, "batch_normalisation", True)


class Classifier(Critic):
    """From an event and its conditions to one number: options of `gan`."""

    # Convolutions see parts of an image; without a dense layer nobody sees how they go together.
    units: Layers = _like(Critic, "units", [128])
    filters: Layers = _like(Critic, "filters", [24, 48])
    # Kernels of twice the stride, as of the generator.
    kernel_size: Count = _like(Critic, "kernel_size", 4)
    downsampling: Halvings = _like(Critic, "downsampling", 2)
    summaries: bool = _like(Critic, "summaries", False)


class Adversarial(Strict):
    """Options of all pairs of a generator and its critic."""

    name: str
    latent: Count = Field(8, description="Normal random numbers that an event is made from.")
    generator: Generator = Field(default_factory=Generator, description="The generator.")
    critic: Critic = Field(default_factory=Critic, description="The critic.")
    critic_steps: Count = Field(1, description="Steps of the critic for each of the generator.")
    critic_learning_rate: Positive | None = Field(
        None,
        description="Learning rate of the critic, which follows the same schedule; without it "
        "that of the optimizer.",
    )
    spectral_normalisation: bool = Field(
        False,
        description="Divide the critic's kernels by their largest singular value, so that it "
        "rises nowhere steeply (Miyato et al. 2018).",
    )
    gradient_penalty: NotNegative = Field(
        0.0, description="Weight of the penalty on gradients of the critic other than 1."
    )
    matching: NotNegative = Field(
        0.0,
        description="Weight, in the generator's loss, of the energy distance between what sums up "
        "real and generated events of a batch, in standard deviations: keeps a generator of "
        "sparse events from going astray.",
    )


class Gan(Adversarial):
    """Deep convolutional GAN (DCGAN; Radford et al. 2016): the critic is a classifier."""

    name: Literal["gan"]
    latent: Count = Field(64, description="Normal random numbers that an event is made from.")
    # Of their own kinds, so that who changes one option keeps the other defaults.
    generator: ConvolutionalGenerator = Field(
        default_factory=ConvolutionalGenerator, description="The generator."
    )
    critic: Classifier = Field(default_factory=Classifier, description="The critic.")
    spectral_normalisation: bool = _like(Adversarial, "spectral_normalisation", True)


class Wgan(Adversarial):
    """Wasserstein GAN with gradient penalty (WGAN-GP; Gulrajani et al. 2017).

    The published one has `critic_steps: 5` and `matching: 0`.
    """

    name: Literal["wgan"]
    gradient_penalty: NotNegative = Field(
        10.0, description="Weight of the penalty on gradients of the critic other than 1."
    )
    matching: NotNegative = Field(
        30.0,
        description="Weight, in the generator's loss, of the energy distance between what sums up "
        "real and generated events of a batch, in standard deviations: keeps a generator of "
        "sparse events from going astray.",
    )
