"""Formulas over branches in uproot's language, for TTree and RNTuple alike.

uproot evaluates expressions over a TTree itself, but not yet over an RNTuple. Here branches are
read by their names and the formulas evaluated afterwards with uproot's own interpreter, so both
behave the same, and a faulty formula is never mistaken for a faulty file.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np
import uproot
from numpy.typing import NDArray
from uproot.language.python import python_language

from footprint.errors import ConfigError
from footprint.ingest.columns import form_of
from footprint.ingest.tree import nearest

HOW = (
    "use branches, arithmetic, functions such as sqrt and log10, comparisons in brackets joined by "
    "& and |"
)
_COMPUTING = (
    *(ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.keyword),
    *(ast.Name, ast.Attribute, ast.Constant, ast.Subscript, ast.Slice, ast.Tuple, ast.List),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context),
)
"""What a formula is made of. Python knows more, by which it could run any program."""


@dataclass(frozen=True)
class Formulas:
    """The formulas that may be written over the branches of one tree.

    Attributes
    ----------
    branches
        Names of the branches there are.
    aliases
        Names for formulas.
    where
        The tree and its file, for messages.
    """

    branches: frozenset[str]
    aliases: Mapping[str, str]
    where: str

    def __post_init__(self) -> None:
        for alias in self.aliases:
            if alias in self.branches:
                msg = (
                    f"the alias '{alias}' is also a branch of {self.where}: give the alias "
                    f"another name, so that it is clear which of the two is meant"
                )
                raise ConfigError(msg)

    def branches_of(self, formula: str, within: tuple[str, ...] = ()) -> set[str]:
        """Name the branches that a formula needs, through all aliases.

        Parameters
        ----------
        formula
            Name of a branch, or a formula.
        within
            Aliases on the way to this formula.

        Raises
        ------
        ConfigError
            Not a formula, an unknown name, or aliases that go round in a circle.
        """
        needed: set[str] = set()
        for name in self._names_in(formula):
            if name in within:
                msg = f"aliases go round in a circle: {' -> '.join((*within, name))}"
                raise ConfigError(msg)
            if name in self.aliases:
                needed |= self.branches_of(self.aliases[name], (*within, name))
            elif name in self.branches:
                needed.add(name)
            else:
                raise self._unknown(name, formula)
        return needed

    def _names_in(self, formula: str) -> list[str]:
        if formula not in self.branches and formula not in self.aliases:
            _check_computes(formula)
        try:
            names: list[str] = python_language.free_symbols(
                formula, self.branches, self.aliases, self.where, ""
            )
        except uproot.KeyInFileError as error:
            raise self._unknown(str(error.key), formula) from None
        except (SyntaxError, TypeError, ValueError, RecursionError) as error:
            said = str(error).splitlines()[0]
            msg = f"cannot read the formula '{formula}': {said}; {HOW}"
            raise ConfigError(msg) from error
        return names

    def _unknown(self, name: str, formula: str) -> ConfigError:
        used = "" if name == formula else f" (in '{formula}')"
        hint = nearest(name, self.branches | set(self.aliases))
        function = name.rpartition(".")[2]
        if function in python_language.functions:
            hint = f"the function is called '{function}'"
        return ConfigError(f"{self.where} has no branch '{name}'{used}; {hint}")

    def evaluate(self, formulas: Sequence[str], columns: Mapping[str, Any]) -> dict[str, Any]:
        """Evaluate formulas over some entries.

        Parameters
        ----------
        formulas
            What to compute.
        columns
            Awkward arrays of the branches needed, one element an entry.

        Returns
        -------
        dict of str to Awkward array, NumPy array or number
            By formula.

        Raises
        ------
        ConfigError
            A formula does not fit the branches' types.
        """
        try:
            return self._compute(formulas, columns)
        except Exception as error:
            if len(formulas) > 1:
                for formula in formulas:
                    self.evaluate([formula], columns)
            types = {name: str(columns[name].type) for name in self.branches_of(formulas[0])}
            said = " ".join(str(error).split())[:300]
            msg = (
                f"the formula '{formulas[0]}' cannot be evaluated over {self.where}: "
                f"{type(error).__name__}: {said}. Types of its branches: {types}"
            )
            raise ConfigError(msg) from error

    def _compute(self, formulas: Sequence[str], columns: Mapping[str, Any]) -> dict[str, Any]:
        tree = object()
        context = {
            "branches": [_Branch(name, tree) for name in columns],
            "is_primary": True,
            "is_cut": False,
        }
        with np.errstate(all="ignore"):
            result: dict[str, Any] = python_language.compute_expressions(
                tree,
                columns,
                [(formula, context) for formula in formulas],
                set(columns),
                self.aliases,
                self.where,
                "",
            )
        return result


@dataclass(frozen=True)
class _Branch:
    """What uproot's interpreter asks a branch for."""

    name: str
    parent: object

    @property
    def cache_key(self) -> str:
        return self.name


def per_entry(values: Any, label: str, count: int) -> ak.Array:
    """Give each entry its value: numbers are repeated, other lengths refused."""
    if not isinstance(values, ak.Array | np.ndarray) or values.ndim == 0:
        return ak.Array(np.full(count, values))
    if len(values) != count:
        msg = f"{label} gives {len(values)} values for {count} entries, expected one each"
        raise ConfigError(msg)
    return values if isinstance(values, ak.Array) else ak.Array(values)


def passing(values: Any, cut: str, count: int) -> NDArray[np.bool_]:
    """Evaluate the cut to one boolean per entry."""
    entries = per_entry(values, f"the cut '{cut}'", count)
    form = form_of(entries)
    if form.axes or form.kind != "b" or form.optional:
        msg = (
            f"the cut '{cut}' gives {form.words} for each entry, expected one bool: compare "
            f"branches that have one value per entry, such as (nMuon >= 2) & (MET_pt > 30)"
        )
        raise ConfigError(msg)
    kept: NDArray[np.bool_] = ak.to_numpy(entries)
    return kept


def _check_computes(formula: str) -> None:
    """Refuse what is more than arithmetic with branches and functions.

    A formula that cannot be read at all is left to uproot's interpreter to complain about.

    Raises
    ------
    ConfigError
        With what was found.
    """
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    texts = {  # names of branches that are no names in Python: get("...")
        id(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "get" and node.args
    }
    for node in ast.walk(tree):  # what branches with text are compared with: Type == 'GG'
        if isinstance(node, ast.Compare) and {*map(type, node.ops)} <= {ast.Eq, ast.NotEq}:
            texts |= {id(side) for side in (node.left, *node.comparators)}
    for node in ast.walk(tree):
        text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        # Dots stand in the names of branches, and reach into anything else.
        reaching = isinstance(node, ast.Attribute) and not _is_name(node)
        calling = isinstance(node, ast.Call) and not _is_name(node.func)
        if (
            not isinstance(node, _COMPUTING)
            or reaching
            or calling
            or (text and id(node) not in texts)
        ):
            found = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
            msg = f"the formula '{formula}' has '{found[:80]}', which computes nothing; {HOW}"
            raise ConfigError(msg)


def _is_name(node: ast.expr) -> bool:
    """Tell whether this is a name with dots: a.b.c."""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_name(node.value))
