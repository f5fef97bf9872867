"""What all models of the configuration share: no unknown keys, hints towards the right ones."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic import model_validator as validator
from pydantic_core import PydanticCustomError

from footprint.errors import suggest

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]
"""A name that may become a folder, a file, an HDF5 data set and a wildcard alike."""


def _distinct(names: list[str]) -> list[str]:
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        msg = f"{', '.join(twice)} listed more than once: name each once"
        raise ValueError(msg)
    return names


Names = Annotated[
    list[Name], AfterValidator(_distinct), Field(json_schema_extra={"uniqueItems": True})
]
"""A list of names that says none of them twice."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(gt=0)]
Task = Literal["classification", "regression", "direction", "position"]
"""What can be learnt: classes, a value, a unit vector, a point."""
DistributionTask = Literal["generation", "density"]
"""What can be learnt of a whole distribution: to draw from it, or its value everywhere as well."""
DISTRIBUTIONS: tuple[DistributionTask, ...] = ("generation", "density")
Fraction = Annotated[float, Field(ge=0, lt=1)]


class Meaning(NamedTuple):
    """Unit and meaning of an array."""

    units: str
    description: str


class Strict(BaseModel):
    """A part of the configuration that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @validator(mode="before")
    @classmethod
    def _only_known_keys(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            for key in data:
                if key not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_key",
                        "unknown key '{key}'; {hint}",
                        {"key": str(key), "hint": suggest(str(key), cls.model_fields)},
                    )
        return data


def one_of(key: str, known: Mapping[str, Any], part: str | None = None) -> BeforeValidator:
    """Check the key that says which kind of thing follows, and hint at the nearest kind.

    Parameters
    ----------
    key
        The deciding key, such as ``generator``.
    known
        The kinds there are.
    part
        What needs the key, for messages; without it the key may be missing.
    """

    def check(data: Any) -> Any:
        found = value_of(data, key)
        if (found is None and part is None) or (isinstance(found, str) and found in known):
            return data
        if found is None:
            msg = f"a {part} needs '{key}:' ({', '.join(known)})"
            raise ValueError(msg)
        text = found if isinstance(found, str) else json.dumps(found, default=str)
        raise PydanticCustomError(
            "unknown_kind",
            "unknown {what} '{found}'; {hint}",
            {"what": key, "found": text, "hint": suggest(text, known)},
        )

    return BeforeValidator(check)


def known(where: str, name: str, names: Mapping[str, Any] | list[str]) -> None:
    """Refuse a name that is not among others, with the nearest one."""
    if name not in names:
        msg = f"{where}: no '{name}'; {suggest(name, names)}"
        raise ValueError(msg)


def value_of(data: Any, key: str) -> Any:
    """Get a key of a mapping or of a model; None where there is none, whatever the data are."""
    return data.get(key) if isinstance(data, Mapping) else getattr(data, key, None)


def shorthand(accepts: type, expand: Callable[[Any], Any], either: Any) -> BeforeValidator:
    """Let a short form stand for a mapping: values of a type are expanded, others left alone.

    Parameters
    ----------
    accepts, expand
        Type of the short form, and what it stands for.
    either
        Short and long form as a type, for the JSON schema.
    """
    return BeforeValidator(
        lambda data: expand(data) if isinstance(data, accepts) else data,
        json_schema_input_type=either,
    )
