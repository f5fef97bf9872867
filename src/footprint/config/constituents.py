"""Networks for jets: sets and lists of constituents."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Count, Fraction, Name, Names, Strict
from footprint.config.family import Activation, Family, check_heads

Coordinates = Annotated[Names, Field(min_length=1)]


class ConstituentFamily(Family):
    """Options of all networks that read lists of constituents (constituents, channels)."""

    mask: Name | None = Field(
        None,
        description="Array whose mask says which constituents there are; without it the first "
        "channel that is a mask, and all constituents count where there is none.",
    )
    most_constituents: Count | None = Field(
        None,
        description="Constituents of a jet that are looked at, faster than all: the first ones, "
        "which are the hardest where they are sorted by falling pT.",
    )

    def named_channels(self) -> dict[str, list[str]]:
        """Name the channels that options ask for, by option."""
        return {}

    def unscaled_options(self) -> tuple[str, ...]:
        """Name the options whose channels mean something only as they are, not normalised."""
        return ()


class DeepSets(ConstituentFamily):
    """Particle flow network (PFN): dense layers for each constituent, their sum, dense layers.

    The order of the constituents does not matter. Other inputs join before the last dense layers.
    """

    name: Literal["deep_sets"]
    constituent_units: Annotated[list[Count], Field(min_length=1)] = Field(
        [100, 100, 256], description="Units of the layers that each constituent passes through."
    )
    pooling: Literal["sum", "mean"] = Field(
        "sum", description="How the constituents become one vector."
    )
    units: list[Count] = Field([100, 100, 100], description="Units of the dense layers at the end.")


class EnergyFlow(ConstituentFamily):
    """Energy flow network (EFN): functions of the direction alone, summed with energies as weights.

    Infrared- and collinear-safe as far as the weights are shares of the energy or of pT: soft
    constituents and collinear splittings change nothing. All other channels are ignored; other
    inputs join before the last dense layers, and must be safe themselves.
    """

    name: Literal["energy_flow"]
    coordinates: Coordinates = Field(
        description="Channels of the direction, such as `[parts_deta, parts_dphi]`."
    )
    weight: Name = Field(
        description="Channel of the share of the energy, such as `parts_pt_fraction`; with "
        "normalise: none in the data set."
    )
    constituent_units: Annotated[list[Count], Field(min_length=1)] = Field(
        [100, 100, 256], description="Units of the layers that each direction passes through."
    )
    units: list[Count] = Field([100, 100, 100], description="Units of the dense layers at the end.")

    def named_channels(self) -> dict[str, list[str]]:
        """Name the channels that options ask for, by option."""
        return {"coordinates": self.coordinates, "weight": [self.weight]}

    def unscaled_options(self) -> tuple[str, ...]:
        """Name the options whose channels mean something only as they are, not normalised."""
        return ("weight",)


class EdgeBlock(Strict):
    """One EdgeConv block: a graph of nearest neighbours, and layers on its edges."""

    neighbours: Count = Field(16, description="Nearest neighbours that each constituent looks at.")
    channels: Annotated[list[Count], Field(min_length=1)] = Field(
        [64, 64, 64], description="Units of the layers on the edges."
    )


PUBLISHED_BLOCKS = [
    EdgeBlock(channels=[64, 64, 64]),
    EdgeBlock(channels=[128, 128, 128]),
    EdgeBlock(channels=[256, 256, 256]),
]


class ParticleNet(ConstituentFamily):
    """ParticleNet: EdgeConv blocks on graphs of nearest neighbours, mean over the constituents.

    The first graph is in the given coordinates, each further one among the features of the block
    before. Other inputs join before the last dense layers. The defaults are the published size.
    """

    name: Literal["particle_net"]
    coordinates: Coordinates = Field(
        description="Channels in which the first neighbours are nearest, such as "
        "`[parts_deta, parts_dphi]`."
    )
    blocks: Annotated[list[EdgeBlock], Field(min_length=1)] = Field(
        PUBLISHED_BLOCKS, description="The EdgeConv blocks."
    )
    units: list[Count] = Field([256], description="Units of the dense layers at the end.")
    dropout: Fraction = Field(0.1, description="Dropout rate after hidden dense layers.")
    batch_normalisation: bool = Field(
        True,
        description="Normalise batches between each layer on edges or constituents and its "
        "activation; what is no constituent does not count.",
    )

    def named_channels(self) -> dict[str, list[str]]:
        """Name the channels that options ask for, by option."""
        return {"coordinates": self.coordinates}


class ParticleCnn(ConstituentFamily):
    """P-CNN: residual convolutions along the list of constituents, sorted by falling pT.

    Then the mean over the constituents; other inputs join before the last dense layers.
    """

    name: Literal["particle_cnn"]
    filters: Annotated[list[Count], Field(min_length=1)] = Field(
        [32, 64, 128], description="Filters of each stage; each halves the list of the one before."
    )
    blocks: Count = Field(2, description="Residual blocks in each stage.")
    kernel_size: Count = Field(3, description="Constituents that a kernel spans, an odd number.")
    units: list[Count] = Field([512], description="Units of the dense layers at the end.")
    dropout: Fraction = Field(0.5, description="Dropout rate after hidden dense layers.")
    batch_normalisation: bool = Field(
        True,
        description="Normalise batches before each activation; what is no constituent does not "
        "count.",
    )

    @model_validator(mode="after")
    def _kernels_have_a_middle(self) -> Self:
        if self.kernel_size % 2 == 0:
            msg = f"kernel_size must be odd, found {self.kernel_size}"
            raise ValueError(msg)
        return self


class ParticleTransformer(ConstituentFamily):
    """Particle transformer (ParT): attention biased by the kinematics of pairs, class attention.

    The pairs' ln Delta, ln kT, ln z and ln m2 follow from the four-vectors, which are used for
    nothing else. Other inputs join before the last dense layers.
    """

    name: Literal["particle_transformer"]
    four_vectors: Annotated[Names, Field(min_length=4, max_length=4)] = Field(
        description="Channels px, py, pz and energy of the constituents in this order, with "
        "normalise: none in the data set."
    )
    width: Count = Field(64, description="Features that describe a constituent inside the network.")
    heads: Count = Field(4, description="Heads of each attention, which share the width.")
    blocks: Count = Field(3, description="Blocks of attention between constituents.")
    class_blocks: Count = Field(
        1, description="Blocks in which one vector for the jet looks at the constituents."
    )
    embedding_units: list[Count] = Field(
        [64], description="Units of the layers of each constituent before those of the width."
    )
    pair_units: list[Count] = Field(
        [16], description="Units of the layers of each pair before those that give a bias a head."
    )
    units: list[Count] = Field([], description="Units of the dense layers at the end.")
    activation: Activation = Field("gelu", description="Activation of the hidden layers.")

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> Self:
        check_heads(self.heads, self.width)
        return self

    def named_channels(self) -> dict[str, list[str]]:
        """Name the channels that options ask for, by option."""
        return {"four_vectors": self.four_vectors}

    def unscaled_options(self) -> tuple[str, ...]:
        """Name the options whose channels mean something only as they are, not normalised."""
        return ("four_vectors",)
