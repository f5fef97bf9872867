"""What all models of the configuration share: no unknown keys, hints towards the right ones."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic import model_validator as validator
from pydantic_core import PydanticCustomError

from footprint.errors import suggest

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]
"""A name that may become a folder, a file, an HDF5 data set and a wildcard alike."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, lt=1)]


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


def one_of(key: str, known: Mapping[str, Any]) -> BeforeValidator:
    """Check the key that says which kind of thing follows, and hint at the nearest kind.

    Parameters
    ----------
    key
        The deciding key, such as ``generator``.
    known
        The kinds there are.
    """

    def check(data: Any) -> Any:
        if isinstance(data, Mapping) and key in data and data[key] not in known:
            raise PydanticCustomError(
                "unknown_kind",
                "unknown {what} '{found}'; {hint}",
                {
                    "what": key,
                    "found": str(data[key]),
                    "hint": suggest(str(data[key]), known),
                },
            )
        return data

    return BeforeValidator(check)


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
