"""Jets as derivations of data sets find them in the events: checked, and in their own frame."""

from collections.abc import Mapping, Sequence

from footprint.config.jet_features import InFrame, OfConstituents
from footprint.files.hdf5 import Array
from footprint.jets.steps import STEPS, Coordinates, relative, stepped

Shape = tuple[int, ...]


def constituents_of(config: OfConstituents, events: Mapping[str, Shape]) -> int:
    """Find out how many constituents the events have room for.

    Raises
    ------
    ValueError
        The arrays of constituents differ in shape, or those of jets have several values.
    """
    found = {array: events[array] for array in config.sources().values()}
    room = events[config.px]
    expected = {
        array: () if option in config.of_jets() else room
        for option, array in config.sources().items()
    }
    if found != expected or len(room) != 1:
        msg = (
            f"its arrays have shapes {found} an event: expected one axis of constituents, the same "
            f"for all of them, and one value for each jet_ array"
        )
        raise ValueError(msg)
    return room[0]


def in_frame(config: InFrame, sources: Mapping[str, Array], steps: Sequence[str]) -> Coordinates:
    """Place constituents relative to their jet's axis and take those steps that move them."""
    found = relative(
        sources["px"],
        sources["py"],
        sources["pz"],
        sources.get("jet_eta"),
        sources.get("jet_phi"),
    )
    moves = [step for step in steps if step in STEPS]
    towards = None
    if config.finds_subjets(moves):
        from footprint.jets.subjets import second_from_first  # FastJet costs a second

        px, py, pz, energy = (found.of(sources[key]) for key in ("px", "py", "pz", "energy"))
        towards = second_from_first(found, (px, py, pz, energy), config.subjet_radius)
    return stepped(found, moves, towards)
