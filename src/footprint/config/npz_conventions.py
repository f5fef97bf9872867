"""Conventions of public sets: which member of the archive is what, in which unit.

The air showers were all made by one program (Walz, Erdmann, Glombitza, Astropart. Phys. 97 (2018)
46): times in s, positions in m with the ground at 1400 m, upward axes, stations in the order of
`mgrid`, so that the first axis of a grid runs along x. The jets are described in `npz_jets`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from footprint.config.npz_jets import pd4ml_top, tutorial_four_vectors, tutorial_images
from footprint.config.npz_members import NpzArray, NpzConstant, StationGrid

GROUND_M = 1400.0
NS = 1e9
"""Nanoseconds in a second."""
ENERGIES_EEV = (10**0.5, 100.0)
LG_ENERGIES = (18.5, 20.0)
OF_THE_AXIS = ("zenith", "azimuth")


@dataclass(frozen=True)
class Convention:
    """What one public set holds.

    Attributes
    ----------
    grid
        Axes of the stations.
    arrays, constants
        Function of the grid that gives our arrays and the members they are read from.
    derive
        Arrays that are computed from these.
    stations
        The published layout, where the archive itself has no positions.
    ranges
        Between which values the arrays were simulated.
    splits
        Published splits in the members' names, in order.
    test_events
        The last so many are the published test split.
    test_files
        Pattern of the names of files that hold nothing but the published test split.
    events
        How many the published file has.
    """

    grid: tuple[int, ...]
    arrays: Callable[[list[int]], dict[str, NpzArray]]
    derive: tuple[str, ...]
    constants: Callable[[list[int]], dict[str, NpzConstant]] = lambda _: {}
    stations: StationGrid | None = None
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    splits: tuple[str, ...] = ()
    test_events: int = 0
    test_files: str | None = None
    events: int | None = None


def _signal(grid: list[int]) -> NpzArray:
    text = "total signal of each station"
    return NpzArray(member="signal", shape=grid, units="VEM", description=text)


def _time(member: str, grid: list[int], silent: float | None = None) -> NpzArray:
    text = "arrival of the first particles at each station"
    return NpzArray(
        member=member, shape=grid, units="ns", scale=NS, silent=silent, description=text
    )


def _traces(member: str, grid: list[int], silent: float | None = None) -> NpzArray:
    text = "signal of each station in 80 bins of 25 ns"
    return NpzArray(member=member, shape=[*grid, 80], units="VEM", silent=silent, description=text)


def _axis() -> NpzArray:
    text = "upward unit vector along the shower's axis"
    return NpzArray(member="showeraxis", shape=[3], unit_vector=True, description=text)


def _core() -> NpzArray:
    text = "where the axis meets the ground, from the array's centre"
    return NpzArray(member="showercore", shape=[2], take=[0, 1], units="m", description=text)


def _lg_energy() -> NpzArray:
    return NpzArray(member="logE", description="log10 of the energy in eV")


def _xmax(member: str) -> NpzArray:
    text = "slant depth of the shower's maximum"
    return NpzArray(member=member, units="g/cm2", positive=True, description=text)


def _positions(member: str, grid: list[int]) -> dict[str, NpzConstant]:
    return {
        f"station_{name}": NpzConstant(
            member=member,
            shape=grid,
            take=column,
            units="m",
            centred=name == "z",
            description=f"{name} of each station from the array's centre",
        )
        for column, name in enumerate("xyz")
    }


def _tutorial(grid: list[int]) -> dict[str, NpzArray]:
    text = "energy of the primary particle"
    energy = NpzArray(member="energy", units="EeV", positive=True, description=text)
    return {
        "signal": _signal(grid),
        "arrival_time": _time("time", grid),
        "axis": _axis(),
        "core": _core(),
        "energy": energy,
    }


def _book(grid: list[int]) -> dict[str, NpzArray]:
    return {
        "signal": _signal(grid),
        "arrival_time": _time("time", grid),
        "axis": _axis(),
        "core": _core(),
        "lg_energy": _lg_energy(),
    }


def _pd4ml(grid: list[int]) -> dict[str, NpzArray]:
    return {
        "traces": _traces("X_{split}_0", grid, silent=-1),
        "arrival_time": _time("X_{split}_1", grid, silent=-1),
        "xmax": _xmax("y_{split}"),
    }


def _generator(grid: list[int]) -> dict[str, NpzArray]:
    maximum = NpzArray(
        member="showermax",
        shape=[3],
        units="m",
        offset=[0, 0, -GROUND_M],
        description="point of the shower's maximum, from the array's centre on the ground",
    )
    mass = NpzArray(member="mass", type="int16", positive=True, description="mass number A")
    return {
        "traces": _traces("signal", grid),
        "arrival_time": _time("time", grid),
        "axis": _axis(),
        "core": _core(),
        "shower_maximum": maximum,
        "lg_energy": _lg_energy(),
        "xmax": _xmax("Xmax"),
        "mass_number": mass,
    }


CONVENTIONS = {
    "airshowers_mnist": Convention(
        grid=(14, 14),
        arrays=_tutorial,
        derive=("lg_energy", *OF_THE_AXIS, "stations_hit"),
        stations=StationGrid(layout="cartesian", spacing_m=750),
        ranges={"energy": ENERGIES_EEV},
        test_events=20_000,
        events=100_000,
    ),
    "airshowers_book": Convention(
        grid=(9, 9),
        arrays=_book,
        derive=("energy", *OF_THE_AXIS, "stations_hit"),
        stations=StationGrid(layout="offset", spacing_m=1500),
        ranges={"lg_energy": LG_ENERGIES},
        test_events=20_000,
        events=200_000,
    ),
    "pd4ml_airshower": Convention(
        grid=(9, 9),
        arrays=_pd4ml,
        derive=("signal", "stations_hit"),
        constants=lambda grid: _positions("X_{split}_2", grid),
        splits=("train", "test"),
        events=100_000,
    ),
    "observatory_npz": Convention(
        grid=(9, 9),
        arrays=_generator,
        derive=("signal", "energy", *OF_THE_AXIS, "stations_hit"),
        constants=lambda grid: _positions("detector", grid),
        ranges={"lg_energy": LG_ENERGIES},
    ),
    "pd4ml_top": Convention(grid=(), arrays=pd4ml_top, derive=("jets",), splits=("train", "test")),
    "toptag_4vectors": Convention(
        grid=(), arrays=tutorial_four_vectors, derive=("jets",), test_files="*test*"
    ),
    "toptag_images": Convention(grid=(), arrays=tutorial_images, derive=(), test_files="*test*"),
}
