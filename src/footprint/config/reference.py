"""Documentation from the models: the JSON schema, and the tables of keys in config/README.md.

``python -m footprint.config.reference`` writes both; a test keeps them in step with the models.
"""

import json
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from footprint.config.study import Study
from footprint.files.atomic import write_text

START = "<!-- The tables below are written by `make schema`. -->"
FOLDER = Path(__file__).parents[3] / "config"


def schema() -> str:
    """JSON schema of a study, for editors that check YAML while it is written."""
    return json.dumps(Study.model_json_schema(), indent=1, ensure_ascii=False) + "\n"


def tables() -> str:
    """Markdown tables of all keys, a section for each part of a study."""
    sections = []
    for model in _models():
        doc = (model.__doc__ or "").strip()
        rows = "\n".join(_row(name, field) for name, field in model.model_fields.items())
        head = "| key | value | default | meaning |\n|---|---|---|---|"
        text = re.sub(r"\n\s+", "\n", doc)
        sections.append(f"## {model.__name__}\n\n{text}\n\n{head}\n{rows}\n")
    return "\n".join(sections)


def readme(current: str) -> str:
    """Replace the tables at the end of config/README.md by those of the models."""
    introduction, _, _ = current.partition(START)
    return f"{introduction}{START}\n\n{tables()}"


def _models() -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {}

    def visit(model: type[BaseModel]) -> None:
        if model in found:
            return
        found[model] = None
        for field in model.model_fields.values():
            for inner in _models_in(field.annotation):
                visit(inner)

    visit(Study)
    return list(found)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    if get_origin(annotation) is Literal:
        return
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _row(name: str, field: FieldInfo) -> str:
    kind = _words(field.annotation).replace("|", "\\|")
    meaning = (field.description or "").replace("|", "\\|").replace("\n", " ")
    return f"| `{name}` | {kind} | {_default(field)} | {meaning} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined or isinstance(value, BaseModel):
        return "its defaults"
    if isinstance(value, dict):
        numbers = all(isinstance(entry, int | float) for entry in value.values())
        entries = [f"{key}: {entry:g}" if numbers else str(key) for key, entry in value.items()]
        return f"`{', '.join(entries)}`" if entries else "none"
    if value is None:
        return "none"
    return f"`{json.dumps(value, default=_plain)}`"


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, BaseModel) else str(value)


NAMES = {str: "text", int: "integer", float: "number", bool: "true or false", Any: "anything"}


def _words(annotation: Any) -> str:
    """Word a type as a physicist would."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in NAMES or origin is None:
        link = f"[{annotation.__name__}](#{annotation.__name__.lower()})"
        return NAMES.get(annotation, link)
    if origin is Annotated:
        return _words(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in {Union, types.UnionType}:
        words = [_words(argument) for argument in arguments if argument is not type(None)]
        return " or ".join(dict.fromkeys(words))
    keys = f"mapping of {'integer' if _words(arguments[0]) == 'integer' else 'name'} to"
    container = {list: "list of", tuple: "list of", dict: keys}.get(origin, str(annotation))
    return f"{container} {_words(arguments[-1])}" if arguments else container


def write() -> None:
    """Write the schema and the tables into the repository."""
    path = FOLDER / "README.md"
    write_text(FOLDER / "schema.json", schema())
    write_text(path, readme(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    write()
