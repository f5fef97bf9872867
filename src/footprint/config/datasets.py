"""Data sets: what is selected from which samples, and how it becomes inputs and targets."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from footprint.config.base import Name, Names, Strict, Task, shorthand
from footprint.config.baselines import (
    Baseline,
    check_baselines,
    spectators_of,
    usual_baselines,
)
from footprint.config.derived import Derivation
from footprint.config.formulas import Formula, variables
from footprint.config.inputs import Channels, Input
from footprint.config.splits import SplitEither, SplitFractions
from footprint.config.weights import FLAT, Weights
from footprint.errors import suggest

FEWEST_CLASSES = 2
SAMPLE = "sample"
"""As a target's array: the sample an event comes from, its classes being sample names."""


class Target(Strict):
    """What networks learn: classes of a value, or the value itself."""

    array: Name = Field(
        description="Array of the events, or `sample` for the sample an event comes from."
    )
    kind: Literal["value", "direction", "position"] = Field(
        "value",
        description="`direction`: a unit vector, judged by the opening angle; `position`: several "
        "coordinates, judged by the distance.",
    )
    classes: dict[Name, int | float | Name | list[int | float | Name]] | None = Field(
        None,
        description="Class names with their values (several in a list); names of samples "
        "where the array is `sample`. Without classes the target is continuous.",
    )
    log: bool = Field(False, description="Networks learn log10 of a continuous target.")
    relative: bool = Field(
        False,
        description="Quote bias and resolution of a value also relative to the truth, as is usual "
        "for energies.",
    )
    label: str | None = Field(None, description="Symbol on figures, such as `$X_{max}$`.")
    baselines: dict[Name, Baseline] = Field(
        default_factory=usual_baselines,
        description="Simple methods to stand beside the networks in every table.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.classes is not None and len(self.classes) < FEWEST_CLASSES:
            msg = f"classes needs at least two classes, found {list(self.classes)}"
            raise ValueError(msg)
        if self.classes is not None and self.log:
            msg = "log is for continuous targets, this one has classes: remove one of the two"
            raise ValueError(msg)
        if self.classes is not None and (self.kind != "value" or self.relative):
            found = "relative" if self.relative else f"kind {self.kind}"
            msg = f"{found} is for continuous targets, this one has classes: remove one of the two"
            raise ValueError(msg)
        if self.kind != "value" and (self.log or self.relative):
            msg = f"a {self.kind} has several coordinates, neither log nor relative has a meaning"
            raise ValueError(msg)
        check_baselines(self.baselines, self.kind, list(self.classes or ()))
        if self.array == SAMPLE and self.classes is None:
            msg = "array 'sample' needs classes: {<class>: <name of a sample>, ...}"
            raise ValueError(msg)
        values = self.class_values().values()
        flat = [value for group in values for value in group]
        if len(flat) != len(set(flat)):
            msg = f"classes share a value, each value belongs to one class: {self.classes}"
            raise ValueError(msg)
        return self

    @property
    def task(self) -> Task:
        """Name what learning it is."""
        if self.classes is not None:
            return "classification"
        return "regression" if self.kind == "value" else self.kind

    def class_values(self) -> dict[str, list[int | float | str]]:
        """List each class's values."""
        return {
            name: list(value) if isinstance(value, list) else [value]
            for name, value in (self.classes or {}).items()
        }


class Dataset(Strict):
    """Selected, split and normalised events of one or several samples."""

    samples: Annotated[Names, Field(min_length=1)] = Field(
        description="Samples, shuffled together."
    )
    selection: Formula | None = Field(
        None, description="Keep events that pass this formula over arrays of one value per event."
    )
    inputs: Annotated[
        dict[
            Name,
            Annotated[Input, shorthand(list, lambda given: {"channels": given}, Channels | Input)],
        ],
        Field(min_length=1),
    ] = Field(description="Inputs of the networks by name.")
    targets: dict[Name, Target] = Field(
        {},
        description="What can be learnt from the data set; a generator of an input needs none.",
    )
    spectators: Names = Field(
        [], description="Further arrays kept beside, for bins and baselines; never an input."
    )
    derived: dict[Name, Derivation] = Field(
        {},
        description="Arrays computed from those of the events, to be used like them by the names "
        "`<name>` and `<name>_<feature>`.",
    )
    split: SplitEither = Field(
        default_factory=SplitFractions,
        description="Shares of training, validation and test, or the split a set was published "
        "with.",
    )
    weights: Weights | None = Field(None, description="How much each event counts.")

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        twice = set(self.inputs) & set(self.targets)
        if twice:
            msg = f"{sorted(twice)} are inputs and targets: give them different names"
            raise ValueError(msg)
        self._check_derived()
        leaks = self.seen_by_networks() & {target.array for target in self.targets.values()}
        if leaks:
            msg = f"{sorted(leaks)} are learnt and among the inputs: the truth would leak"
            raise ValueError(msg)
        for name, target in self.targets.items():
            self._check_baselines(name, target)
        self._check_flattening()
        self._check_only_test()
        return self

    def arrays(self) -> dict[str, str]:
        """List the arrays of the events that the data set is made of, with the key that asks."""
        asked = self.asked()
        derived = self.derived_arrays()
        needed = {array: key for array, key in asked.items() if array not in derived}
        for name, derivation in self.derived.items():
            for option, array in derivation.sources().items():
                needed.setdefault(array, f"derived.{name}.{option}")
        return needed

    def split_arrays(self) -> dict[str, str]:
        """List the arrays that decide the split, with the key that asks."""
        named = {
            "together": self.split.together,
            "published": getattr(self.split, "published", None),
        }
        return {array: f"split.{key}" for key, array in named.items() if array is not None}

    def seen_by_networks(self) -> set[str]:
        """Name the arrays that inputs hold, and those that derived ones among them come from."""
        channels = [channel for entry in self.inputs.values() for channel in entry.channels]
        seen = {array for channel in channels for array in channel.arrays()}
        used = {name for array, name in self.derived_arrays().items() if array in seen}
        return seen.union(*(self.derived[name].sources().values() for name in used))

    def derived_arrays(self) -> dict[str, str]:
        """List the arrays that are derived from those of the events, with their derivation."""
        return {array: name for name, entry in self.derived.items() for array in entry.arrays(name)}

    def asked(self) -> dict[str, str]:
        """List the arrays, derived or not, that the data set uses, with the key that asks."""
        asked = {
            array: f"inputs.{name}"
            for name, entry in self.inputs.items()
            for channel in entry.channels
            for array in channel.arrays()
        }
        for name, target in self.targets.items():
            if target.array != SAMPLE:
                asked.setdefault(target.array, f"targets.{name}.array")
        for name in self.spectators:
            asked.setdefault(name, "spectators")
        for name, key in self.split_arrays().items():
            asked.setdefault(name, key)
        if self.weights is not None and self.weights.array is not None:
            asked.setdefault(self.weights.array, "weights.array")
        for name in variables(self.selection) if self.selection is not None else ():
            asked.setdefault(name, "selection")
        return asked

    def _check_baselines(self, name: str, target: Target) -> None:
        for label, baseline in target.baselines.items():
            for feature in spectators_of(baseline):
                if feature not in self.spectators:
                    msg = (
                        f"baseline '{label}' of target '{name}' uses '{feature}', which is not "
                        f"among spectators; {suggest(feature, self.spectators)}"
                    )
                    raise ValueError(msg)

    def _check_flattening(self) -> None:
        flatten = self.weights.flatten if self.weights else None
        if flatten is None:
            return
        if flatten.array not in self.spectators:
            msg = (
                f"weights.flatten.array is '{flatten.array}', which is not among spectators, where "
                f"the flattened spectrum can be seen; {suggest(flatten.array, self.spectators)}"
            )
            raise ValueError(msg)
        classified = {name: entry for name, entry in self.targets.items() if entry.classes}
        if flatten.target not in classified:
            msg = (
                f"weights.flatten.target is '{flatten.target}', which is no target with classes; "
                f"{suggest(flatten.target, classified)}"
            )
            raise ValueError(msg)
        goals = [FLAT, *classified[flatten.target].class_values()]
        if flatten.to not in goals:
            msg = (
                f"weights.flatten.to is '{flatten.to}', expected '{FLAT}' or a class of target "
                f"'{flatten.target}'; {suggest(flatten.to, goals)}"
            )
            raise ValueError(msg)

    def _check_only_test(self) -> None:
        for sample in self.split.only_test:
            if sample not in self.samples:
                msg = (
                    f"split.only_test names '{sample}', which is not among the data set's samples; "
                    f"{suggest(sample, self.samples)}"
                )
                raise ValueError(msg)
        if set(self.split.only_test) == set(self.samples):
            msg = (
                f"split.only_test names all samples, {self.samples}: leave out those that are "
                f"learnt from"
            )
            raise ValueError(msg)

    def _check_derived(self) -> None:
        seen: dict[str, str] = {}
        for name, derivation in self.derived.items():
            for array in derivation.arrays(name):
                if array in seen:
                    msg = (
                        f"derived.{name} and derived.{seen[array]} both make '{array}': give one "
                        f"of them another name"
                    )
                    raise ValueError(msg)
                seen[array] = name
