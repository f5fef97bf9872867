"""Samples read from npz archives: a published convention, one's own list of members, or both."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Count, Name, Names, Positive, Strict
from footprint.config.downloads import ReadSample
from footprint.config.jet_arrays import FOUR_MOMENTUM
from footprint.config.npz_conventions import CONVENTIONS
from footprint.config.npz_jets import OF_JETS
from footprint.config.npz_members import SPLIT, NpzArray, NpzConstant, StationGrid
from footprint.errors import suggest

TEST, OUTSIDE = "published_test", "outside_range"
TEST_SPLIT = "test"
RESERVED = ("event_id", "sample", "constants", TEST, OUTSIDE)
STATIONS = ("station_x", "station_y", "station_z")
GRID_AXES = 2

DERIVED = {
    "signal": ("traces",),
    "lg_energy": ("energy",),
    "energy": ("lg_energy",),
    "zenith": ("axis",),
    "azimuth": ("axis",),
    "stations_hit": ("signal",),
    "jets": tuple(FOUR_MOMENTUM),
}
"""What can be computed, from which arrays; in this order."""
SINGLE = ("lg_energy", "energy", "zenith", "azimuth", "stations_hit")
"""Of these, what is one number for each event."""

ConventionName = Literal[
    "airshowers_mnist",
    "airshowers_book",
    "pd4ml_airshower",
    "observatory_npz",
    "pd4ml_top",
    "toptag_4vectors",
    "toptag_images",
]
Quantity = Literal["signal", "lg_energy", "energy", "zenith", "azimuth", "stations_hit", "jets"]
Range = tuple[float, float]


def makes(quantity: str) -> tuple[str, ...]:
    """Name the arrays that computing one of `DERIVED` brings."""
    return OF_JETS if quantity == "jets" else (quantity,)


@dataclass(frozen=True)
class NpzContents:
    """All that is read from an archive, the convention's part and the user's own together.

    Attributes
    ----------
    arrays, constants
        Our names and the members they come from.
    derive
        Arrays to compute, in the order of computing.
    stations, grid
        Layout of the stations where the archive has no positions, and the axes of the stations.
    ranges
        Between which values single numbers are expected.
    splits
        Names of the published splits, in order; none where a member holds all events.
    test_events
        The last so many events of a file are the published test split.
    test_files
        Pattern of the names of files that hold nothing but the published test split.
    events
        Events of the published file.
    """

    arrays: dict[str, NpzArray]
    constants: dict[str, NpzConstant]
    derive: tuple[str, ...]
    stations: StationGrid | None
    grid: tuple[int, ...]
    ranges: dict[str, Range]
    splits: tuple[str, ...]
    test_events: int
    test_files: str | None
    events: int | None

    @property
    def computed(self) -> tuple[str, ...]:
        """Names of the arrays that computing brings or changes."""
        return tuple(array for name in self.derive for array in makes(name))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all arrays and constants that come out."""
        published = self.test_events or self.test_files or TEST_SPLIT in self.splits
        flags = [TEST] if published else []
        flags += [OUTSIDE] if self.ranges else []
        positions = STATIONS if self.stations else ()
        return tuple(
            dict.fromkeys([*self.arrays, *self.computed, *flags, *self.constants, *positions])
        )


class NpzOptions(Strict):
    """Which members of an npz archive to read, and what they mean."""

    convention: ConventionName | None = Field(
        None,
        description="A public set, whose members, units and padding are known: the 14x14 "
        "tutorial's `airshowers_mnist.npz`, the book's `airshowers.npz`, pd4ml's Airshower, "
        "files `showers-A<mass>-<i>.npz` of the published generator; pd4ml's Top, and the "
        "top-tagging tutorial's files `4vectors_*.npz` and `images_*.npz`.",
    )
    arrays: dict[Name, NpzArray] = Field(
        {}, description="Arrays of the events by our name, beside or in place of the convention's."
    )
    constants: dict[Name, NpzConstant] = Field(
        {}, description="What is the same for all events, by our name."
    )
    derive: list[Quantity] | None = Field(
        None,
        description="Arrays to compute: signal [VEM] from traces, lg_energy from energy [EeV] or "
        "the reverse, zenith and azimuth [deg] from axis, stations_hit from signal; jets: "
        "constituents that are filled up with energy 0 sorted by falling pT, NaN where there is "
        "none, their number and sum. Without it, the convention's.",
    )
    keep: Names | None = Field(
        None, description="Keep these alone, of all arrays and constants there would be."
    )
    grid: Annotated[list[Count], Field(min_length=1)] | None = Field(
        None, description="Axes of the stations, such as [9, 9]. Without it, the convention's."
    )
    stations: StationGrid | None = Field(
        None, description="Where the stations stand. Without it, as the convention knows it."
    )
    ranges: dict[Name, Range] | None = Field(
        None,
        description="Smallest and largest value expected of arrays of one number; events outside "
        "are kept, counted in the log and marked in `outside_range`. Without it, the "
        "convention's.",
    )
    splits: Names | None = Field(
        None,
        description="Published splits, put in place of `{split}` in the members' names, in their "
        "order. Events of `test` are marked in `published_test`. Without it, the convention's.",
    )
    read_splits: Names | None = Field(
        None, description="Read only these of the splits; events keep their numbers."
    )
    test_events: int | None = Field(
        None,
        ge=0,
        description="The last so many events of each file are the published test split, marked in "
        "`published_test`; 0 for none. Without it, the convention's.",
    )
    test_files: str | None = Field(
        None,
        description="Pattern of the names of files that are the published test split, marked in "
        "`published_test`. Without it, the convention's.",
    )
    most_constituents: Count = Field(
        200, description="Constituents that `jets` keeps, those of the highest pT."
    )
    memory_MB: Positive = Field(100.0, description="Size of the blocks that are read at once.")

    @property
    def contents(self) -> NpzContents:
        """The convention's part and the user's own together."""
        base = CONVENTIONS.get(self.convention or "")
        grid = self.grid or (list(base.grid) if base else [])
        wanted = self.derive if self.derive is not None else (base.derive if base else ())
        arrays = {**(base.arrays(grid) if base else {}), **self.arrays}
        constants = {**(base.constants(grid) if base else {}), **self.constants}
        stations = self.stations or (base.stations if base else None)
        if set(STATIONS) & set(constants):
            stations = self.stations
        ranges = self.ranges if self.ranges is not None else (base.ranges if base else {})
        test = self.test_events if self.test_events is not None else base and base.test_events
        splits = self.splits if self.splits is not None else (base.splits if base else ())
        return NpzContents(
            arrays=arrays,
            constants=constants,
            derive=tuple(name for name in DERIVED if name in wanted and name not in arrays),
            stations=stations,
            grid=tuple(grid),
            ranges=dict(ranges),
            splits=tuple(splits),
            test_events=test or 0,
            test_files=self.test_files or (base.test_files if base else None),
            events=base.events if base else None,
        )

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the arrays and constants in the event file."""
        return self.contents.names if self.keep is None else tuple(self.keep)

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        contents = self.contents
        if not contents.arrays:
            msg = f"needs 'convention:' ({', '.join(CONVENTIONS)}) or 'arrays:', or both"
            raise ValueError(msg)
        for name in RESERVED:
            if name in contents.arrays or name in contents.constants:
                msg = f"'{name}' is what Footprint itself calls something: use another name"
                raise ValueError(msg)
        events = {*contents.arrays, *contents.computed}
        twice = events & {*contents.constants, *(STATIONS if contents.stations else ())}
        if twice:
            msg = f"{sorted(twice)} are arrays of the events and constants: choose one"
            raise ValueError(msg)
        for name in self.keep or ():
            if name not in contents.names:
                msg = f"keep names '{name}', which is not read; {suggest(name, contents.names)}"
                raise ValueError(msg)
        if not events & set(self.kept):
            msg = f"keep leaves no array of the events: {self.keep}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _quantities_are_there(self) -> Self:
        contents = self.contents
        known = list(contents.arrays)
        for name in contents.derive:
            for source in DERIVED[name]:
                if source not in known:
                    msg = (
                        f"derive: '{name}' is computed from '{source}', which is not among the "
                        f"arrays; {suggest(source, known)}"
                    )
                    raise ValueError(msg)
            known += makes(name)
        single = [n for n in known if n in SINGLE and n in contents.derive]
        single += [n for n, array in contents.arrays.items() if not array.shape]
        for name, (low, high) in contents.ranges.items():
            if name not in single:
                msg = f"ranges: '{name}' is no array of one number; {suggest(name, single)}"
                raise ValueError(msg)
            if not low < high:
                msg = f"ranges: '{name}' goes from {low} to {high}, expected the smaller first"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _splits_and_stations_fit(self) -> Self:
        contents = self.contents
        for name, member in {**contents.arrays, **contents.constants}.items():
            in_splits = SPLIT in member.member
            if in_splits and not contents.splits:
                msg = f"'{name}' is read from '{member.member}', so 'splits:' must name the splits"
                raise ValueError(msg)
            if contents.splits and not in_splits and name in contents.arrays:
                msg = f"with splits, '{member.member}' of '{name}' needs {SPLIT} in its name"
                raise ValueError(msg)
        said = {
            "test_events": contents.test_events,
            "test_files": contents.test_files,
            f"splits {list(contents.splits)}": contents.splits,
        }
        several = [key for key, value in said.items() if value]
        if len(several) > 1:
            msg = f"{several[0]} and {several[1]} both say which events are test"
            raise ValueError(msg)
        for name in self.read_splits or ():
            if name not in contents.splits:
                msg = f"read_splits: no split '{name}'; {suggest(name, contents.splits)}"
                raise ValueError(msg)
        if contents.stations and len(contents.grid) != GRID_AXES:
            msg = f"stations need 'grid: [<along x>, <along y>]', found {list(contents.grid)}"
            raise ValueError(msg)
        return self


class NpzFiles(ReadSample):
    """A sample read from npz archives, such as the public sets of air showers."""

    reader: Literal["npz"] = Field(description="Which reader understands the files.")
    options: NpzOptions = Field(description="Options of the reader.")

    @property
    def arrays(self) -> tuple[str, ...]:
        """What is kept of each event, and of all events alike."""
        return self.options.kept
