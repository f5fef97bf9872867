"""Names and arguments of Keras' layers and of what they are given, read from its sources.

Importing Keras takes seconds and a backend; a misspelt layer must be found before any job starts.
"""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from footprint.errors import suggest


@cache
def sources(kind: str) -> dict[str, tuple[str, str]]:
    """Map each public name of a part of Keras to the module that defines it and its name there.

    Parameters
    ----------
    kind
        ``layers``, ``initializers``, ``regularizers``, ``constraints`` or ``activations``.

    Returns
    -------
    dict of str to (str, str)
        Empty where Keras is not installed.
    """
    root = _keras_folder()
    if root is None:
        return {}
    tree = ast.parse((root / kind / "__init__.py").read_text(encoding="utf-8"))
    found = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if (alias.asname or alias.name) not in NOT_TO_BE_NAMED
    }
    aliases = {alias: found[name] for alias, name in ALIASES.items() if name in found}
    return found | aliases


NOT_TO_BE_NAMED = {"get", "serialize", "deserialize", "Initializer", "Regularizer", "Constraint"}
ALIASES = {"normal": "RandomNormal", "uniform": "RandomUniform", "one": "Ones", "zero": "Zeros"}
"""Further names that Keras takes for initializers."""


def _keras_folder() -> Path | None:
    spec = find_spec("keras")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def layer_arguments(name: str) -> tuple[str, ...]:
    """List the arguments that a layer's constructor names."""
    own = constructor_arguments("layers", name)
    return (*own, *COMMON_ARGUMENTS) if own else ()


@cache
def constructor_arguments(kind: str, name: str) -> tuple[str, ...]:
    """List the arguments that the constructor of a public class of Keras names."""
    root = _keras_folder()
    module, original = sources(kind).get(name, (None, None))
    if root is None or module is None:
        return ()
    path = root.joinpath(*module.split(".")[1:]).with_suffix(".py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == original:
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name == "__init__":
                    names = [arg.arg for arg in (*item.args.args, *item.args.kwonlyargs)]
                    return tuple(names[1:])
    return ()


COMMON_ARGUMENTS = ("name", "dtype", "trainable")


PARTS = {
    "_initializer": "initializers",
    "_regularizer": "regularizers",
    "_constraint": "constraints",
    "activation": "activations",
}
"""What an argument with such an ending takes: the name of something else that Keras has."""


def parse_layer(entry: str | dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Split an entry of a ``layers:`` list into the layer's name and its arguments.

    A single value stands for the layer's first argument.

    Raises
    ------
    ValueError
        Not a name, nor one name with arguments.
    """
    return _parse("a layer", "layers", entry)


def parse_part(argument: str, given: Any) -> tuple[str, str, dict[str, Any]] | None:
    """Split what an argument is given, `L2` or `L1L2: {l1: 0.01}`, into kind, name and arguments.

    Returns
    -------
    tuple of str, str and dict, or None
        None where the argument takes a plain value.

    Raises
    ------
    ValueError
        Not a name, nor one name with arguments.
    """
    ends = (kind for ending, kind in PARTS.items() if argument.endswith(ending))
    kind = next(ends, None)
    if kind is None or given is None:
        return None
    if not isinstance(given, str if kind == "activations" else str | dict):
        msg = f"{argument} is a name of Keras, such as {EXAMPLES[kind]}, found {given!r}"
        raise ValueError(msg)  # noqa: TRY004, pydantic passes ValueErrors on
    return kind, *_parse(argument, kind, given)


EXAMPLES = {
    "initializers": "he_normal or {Constant: 0.1}",
    "regularizers": "{L2: 0.01}",
    "constraints": "{MaxNorm: 3}",
    "activations": "relu",
}


def _parse(what: str, kind: str, entry: str | dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    if len(entry) != 1:
        msg = f"{what} is one name with its arguments, found {sorted(entry)}"
        raise ValueError(msg)
    name, given = next(iter(entry.items()))
    if given is None:
        return name, {}
    if isinstance(given, dict):
        return name, given
    arguments = constructor_arguments(kind, name)
    return name, {arguments[0] if arguments else "units": given}


def check_layer(entry: str | dict[str, Any]) -> str | dict[str, Any]:
    """Refuse layers, arguments and parts that Keras does not have; Lambda layers too.

    Raises
    ------
    ValueError
        With the nearest right name.
    """
    name, arguments = parse_layer(entry)
    known = [layer for layer in sources("layers") if layer[0].isupper()]
    if known and name not in known:
        msg = f"Keras has no layer '{name}'; {_brief(suggest(name, known))}"
        raise ValueError(msg)
    if name == "Lambda":
        msg = "Lambda layers cannot be loaded safely again: put the function in a model file"
        raise ValueError(msg)
    _check_arguments(f"layer {name}", arguments, layer_arguments(name))
    for argument, given in arguments.items():
        part = parse_part(argument, given)
        if part is not None:
            _check_part(f"layer {name}: {argument}", *part)
    return entry


def _check_part(where: str, kind: str, name: str, arguments: dict[str, Any]) -> None:
    known = sources(kind)
    if known and name not in known:
        msg = f"{where} has no choice '{name}'; {_brief(suggest(name, known))}"
        raise ValueError(msg)
    _check_arguments(f"{where} {name}", arguments, constructor_arguments(kind, name))


def _check_arguments(where: str, arguments: dict[str, Any], allowed: tuple[str, ...]) -> None:
    for argument in arguments:
        if allowed and argument not in allowed:
            msg = f"{where} has no argument '{argument}'; {suggest(argument, allowed)}"
            raise ValueError(msg)


def _brief(hint: str) -> str:
    question, mark, _ = hint.partition("?")
    return question + mark if mark else "names are those of the Keras reference"
