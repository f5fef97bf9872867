"""What all readers of jets have in common, and samples read from JetClass files."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Count, Name, Positive, Strict, shorthand
from footprint.config.downloads import ReadSample
from footprint.config.formulas import Formula, variables
from footprint.config.jet_arrays import FOUR_MOMENTUM, IN_FILES, JETS
from footprint.errors import suggest

REST = "rest"
LABEL = "label"
RESERVED = ("event_id", "sample", "constants")


class JetOptions(Strict):
    """Which jets to keep, and how much of each."""

    most_constituents: Count = Field(
        200, le=10_000, description="Keep so many constituents of a jet, those of largest pT."
    )
    fewest_constituents: int = Field(
        0, ge=0, description="Leave out jets with fewer constituents; 0 keeps those without any."
    )
    cut: Formula | None = Field(
        None,
        description="Keep jets that pass this formula over the arrays of one value a jet, such as "
        "`(jet_pt > 300) & (abs(jet_eta) < 2)`.",
    )
    not_finite: Literal["refuse", "leave_out"] = Field(
        "refuse",
        description="Jets with constituents whose momentum or energy is NaN or infinite: stop, or "
        "leave them out and count them in the log.",
    )
    units: dict[Name, str] = Field(
        {}, description="Units of the arrays of one's own; others are pure numbers."
    )
    descriptions: dict[Name, str] = Field({}, description="One line on each of them.")
    memory_MB: Positive = Field(
        100.0, description="Size of the blocks that are read at once, and of those written."
    )

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the arrays in the event file."""
        raise NotImplementedError

    def check_names(self, own: Iterable[Name], standard: Iterable[str]) -> None:
        """Refuse names that are taken, and names in units, descriptions or cut that are not there.

        Raises
        ------
        ValueError
            With the key and the nearest right name.
        """
        own, taken = list(own), {*standard, *RESERVED}
        for name in own:
            if name in taken or own.count(name) > 1:
                msg = f"'{name}' is already what an array of jets is called: use another name"
                raise ValueError(msg)
        for key in ("units", "descriptions"):
            for name in getattr(self, key):
                if name not in own:
                    msg = f"{key} names '{name}', which is not an array of one's own; "
                    raise ValueError(msg + suggest(name, own))
        many = {name for name in self.kept if name.startswith("constituent_")}
        known = [name for name in self.kept if name not in many]
        for name in variables(self.cut) if self.cut else ():
            if name not in known:
                what = "has many values a jet" if name in many else "is not an array of the jets"
                msg = f"cut: '{name}' {what}; {suggest(name, known)}"
                raise ValueError(msg)


class LabelValues(Strict):
    """Which jets belong to a class: one-hot branches, values of a number, or all the rest."""

    branches: list[str] = Field([], description="One-hot branches; short: one or a list of names.")
    values: list[int] = Field(
        [], description="Values of `label_branch`; short: one or a list of integers."
    )
    first: int | None = Field(None, description="Smallest value of a range, with `last`.")
    last: int | None = Field(None, description="Largest value of that range, included.")
    rest: bool = Field(False, description="Jets of no other class; short: `rest`.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        in_range = self.first is not None and self.last is not None
        given = [bool(self.branches), bool(self.values), in_range, self.rest]
        if sum(given) != 1 or (self.first is None) != (self.last is None):
            msg = (
                "a class needs one of: branches (label_QCD), values (28), a range "
                "{first: 161, last: 187}, or rest"
            )
            raise ValueError(msg)
        if self.first is not None and self.last is not None and self.first > self.last:
            msg = f"a range goes from {self.first} to {self.last}, expected the smaller first"
            raise ValueError(msg)
        return self

    @property
    def numbers(self) -> tuple[int, ...]:
        """All values of `label_branch` that belong to the class."""
        if self.first is not None and self.last is not None:
            return tuple(range(self.first, self.last + 1))
        return tuple(self.values)


def _label_values(data: Any) -> Any:
    if data == REST:
        return {"rest": True}
    if isinstance(data, Mapping) or not isinstance(data, str | int | list):
        return data
    several = data if isinstance(data, list) else [data]
    return {"branches" if all(isinstance(v, str) for v in several) else "values": several}


def check_labels(labels: Mapping[str, Any]) -> None:
    """Refuse more than one class for the rest.

    Raises
    ------
    ValueError
        With the names of the classes.
    """
    rest = [name for name, rule in labels.items() if rule.rest]
    if len(rest) > 1:
        msg = f"labels: {rest} are all '{REST}', one class takes what no other does"
        raise ValueError(msg)


class JetClassOptions(JetOptions):
    """Which part of JetClass files to read, of the first or the second generation."""

    tree: str = Field("tree", description="Name of the TTree.")
    labels: dict[
        Name, Annotated[LabelValues, shorthand(object, _label_values, LabelValues | str | int)]
    ] = Field(
        {},
        description="Classes, numbered in this order in array `label`: the one-hot branches of "
        "JetClass ({top: [label_Tbqq, label_Tbl], qcd: label_QCD}) or values of JetClass-II's "
        "`jet_label` ({qcd: {first: 161, last: 187}, other: rest}). Jets of no class are left out.",
    )
    label_branch: str = Field("jet_label", description="Branch that holds a number for a class.")
    constituent_branches: dict[Name, str] = Field(
        {},
        description="Further arrays `constituent_<name>`: name, then the branch, such as "
        "{charge: part_charge, d0: part_d0val, is_electron: part_isElectron}.",
    )
    branches: dict[Name, str] = Field(
        {}, description="Further arrays of one value a jet: our name, then branch or formula."
    )
    spectator_branches: dict[Name, str] = Field(
        {},
        description="The same for generator truth, such as aux_genpart_pt, which networks must "
        "not learn from: no input may use these arrays.",
    )

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the arrays in the event file."""
        return (*self.standard, *self.branches, *self.spectator_branches)

    @property
    def standard(self) -> tuple[str, ...]:
        """Of these, the names that are not the user's own."""
        label = (LABEL,) if self.labels else ()
        constituents = (f"constituent_{name}" for name in self.constituent_branches)
        return (*FOUR_MOMENTUM, *constituents, *JETS, *IN_FILES, *label)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_labels(self.labels)
        kinds = {bool(rule.branches) for rule in self.labels.values() if not rule.rest}
        if len(kinds) > 1:
            msg = "labels mixes branches (JetClass) and values (JetClass-II): use one of the two"
            raise ValueError(msg)
        self._check_shared_values()
        for key in ("branches", "constituent_branches"):
            for name, formula in getattr(self, key).items():
                if "aux_" in formula:
                    msg = (
                        f"{key}.{name}: '{formula}' is generator truth of JetClass, which networks "
                        f"must not learn from: name it under spectator_branches"
                    )
                    raise ValueError(msg)
        self.check_names([*self.branches, *self.spectator_branches], self.standard)
        return self

    def _check_shared_values(self) -> None:
        seen: dict[str | int, str] = {}
        for name, rule in self.labels.items():
            members: list[str | int] = [*rule.branches, *rule.numbers]
            for value in members:
                if seen.setdefault(value, name) != name:
                    msg = f"labels: {value} belongs to '{seen[value]}' and '{name}': choose one"
                    raise ValueError(msg)


class JetClassFiles(ReadSample):
    """A sample of jets read from files of JetClass or JetClass-II."""

    can_stream: ClassVar[bool] = True

    reader: Literal["jetclass"] = Field(description="Which reader understands the files.")
    options: JetClassOptions = Field(
        default_factory=JetClassOptions, description="Options of the reader."
    )

    @property
    def arrays(self) -> tuple[str, ...]:
        """What is kept of each jet."""
        return self.options.kept

    @property
    def truth(self) -> tuple[str, ...]:
        """Of these, what no input of a network may use."""
        return (*((LABEL,) if self.options.labels else ()), *self.options.spectator_branches)
