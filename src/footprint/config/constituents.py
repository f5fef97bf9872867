"""Networks for jets: sets and lists of constituents."""

from typing import Annotated, Literal

from pydantic import Field

from footprint.config.base import Count, Fraction, Name, Names, Strict
from footprint.config.family import Family

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
