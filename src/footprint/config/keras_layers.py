"""Names and arguments of Keras' layers, read from its sources without importing it.

Importing Keras takes seconds and a backend; a misspelt layer must be found before any job starts.
"""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from footprint.errors import suggest


@cache
def layer_sources() -> dict[str, str]:
    """Map each public layer to the module that defines it; empty where Keras is not installed."""
    root = _keras_folder()
    if root is None:
        return {}
    tree = ast.parse((root / "layers" / "__init__.py").read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if (alias.asname or alias.name)[0].isupper()
    }


def _keras_folder() -> Path | None:
    spec = find_spec("keras")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


@cache
def layer_arguments(name: str) -> tuple[str, ...]:
    """List the arguments that a layer's constructor names."""
    root = _keras_folder()
    module = layer_sources().get(name)
    if root is None or module is None:
        return ()
    path = root.joinpath(*module.split(".")[1:]).with_suffix(".py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name == "__init__":
                    names = [arg.arg for arg in (*item.args.args, *item.args.kwonlyargs)]
                    return (*names[1:], *COMMON_ARGUMENTS)
    return ()


COMMON_ARGUMENTS = ("name", "dtype", "trainable")


def parse_layer(entry: str | dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Split an entry of a ``layers:`` list into the layer's name and its arguments.

    A single value stands for the layer's first argument.

    Raises
    ------
    ValueError
        Not a name, nor one name with arguments.
    """
    if isinstance(entry, str):
        return entry, {}
    if len(entry) != 1:
        msg = f"a layer is one name with its arguments, found {sorted(entry)}"
        raise ValueError(msg)
    name, given = next(iter(entry.items()))
    if given is None:
        return name, {}
    if isinstance(given, dict):
        return name, given
    arguments = layer_arguments(name)
    return name, {arguments[0] if arguments else "units": given}


def check_layer(entry: str | dict[str, Any]) -> str | dict[str, Any]:
    """Refuse layers and arguments that Keras does not have; Lambda layers too.

    Raises
    ------
    ValueError
        With the nearest right name.
    """
    name, arguments = parse_layer(entry)
    known = layer_sources()
    if known and name not in known:
        msg = f"Keras has no layer '{name}'; {_brief(suggest(name, known))}"
        raise ValueError(msg)
    if name == "Lambda":
        msg = "Lambda layers cannot be loaded safely again: put the function in a model file"
        raise ValueError(msg)
    allowed = layer_arguments(name)
    for argument in arguments:
        if allowed and argument not in allowed:
            msg = f"layer {name} has no argument '{argument}'; {suggest(argument, allowed)}"
            raise ValueError(msg)
    return entry


def _brief(hint: str) -> str:
    question, mark, _ = hint.partition("?")
    return question + mark if mark else "names are those of the Keras reference"
