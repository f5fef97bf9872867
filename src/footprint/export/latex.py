"""LaTeX for papers: tables of the summary, and one macro for each number."""

import re
from collections.abc import Iterator, Mapping, Sequence

from footprint.errors import DataError
from footprint.evaluation.metrics import Metrics, NetworkValue, Value
from footprint.evaluation.rounding import NOTHING, measured
from footprint.evaluation.summary import Row, Section
from footprint.evaluation.summary_methods import cell

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    '"': "''",
    "–": "--",  # noqa: RUF001 - the dash of an empty cell
}
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_POWER = re.compile(r"(?<=[A-Za-z])\^?(-?\d+)(?![\d(])")
_TIMES = re.compile(r" × 10\^(-?\d+)")  # noqa: RUF001 - as rounding writes it
_SPREAD = re.compile(r"^(.*) \((± .*)\)$")
_UNIT = re.compile(r"^(.*) \[([^\[\]]*)\]$")


def escaped(text: str) -> str:
    """Write text so that LaTeX prints it as it is, on one line."""
    return _letters(" ".join(text.split()))


def _letters(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)


def unit(units: str) -> str:
    """Typeset a unit outside of mathematics: ``g/cm2`` becomes ``g/cm$^{2}$``."""
    pieces = _POWER.split(units)  # what lies between powers, and powers
    return "".join(
        f"$^{{{piece}}}$" if number % 2 else _letters(piece) for number, piece in enumerate(pieces)
    )


def number(text: str) -> str:
    """Write a number as the summary does (value ± error) for use in mathematics."""
    found = text.replace(" ± ", r" \pm ").replace("(± ", r"(\pm ").replace("> ", r"> ")
    return _TIMES.sub(lambda power: rf" \times 10^{{{power[1]}}}", found)


def table(section: Section) -> str:
    """Write the methods of one target as a table of booktabs; the best numbers are bold."""
    columns = "l" + "r" * len(section.columns)
    head = " & ".join(["method", *(_heading(column.heading) for column in section.columns)])
    lines = [
        "% needs \\usepackage{booktabs}",
        f"\\begin{{tabular}}{{{columns}}}",
        "\\toprule",
        rf"{head} \\",
        "\\midrule",
    ]
    kind = None
    for row in section.rows:
        if kind is not None and row.kind != kind:
            lines.append("\\addlinespace")
        kind = row.kind
        lines.append(_row(row))
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", ""])


def _heading(heading: str) -> str:
    found = _UNIT.match(heading)
    return f"{escaped(found[1])} [{unit(found[2])}]" if found else escaped(heading)


def _row(row: Row) -> str:
    name = escaped(row.method.replace("_", " "))
    cells = [_cell(text, best=best) for text, best in zip(row.cells, row.best, strict=True)]
    return " & ".join([name + (" (oracle)" if row.kind == "oracle" else ""), *cells]) + r" \\"


def _cell(text: str, *, best: bool) -> str:
    if text == NOTHING:
        return "--"
    found = _SPREAD.match(text)
    body = f"${number(text)}$"
    if found:
        spread = found[2].replace("± ", r"\pm ")
        body = f"${number(found[1])}$ $({spread})$"
    return rf"{{\boldmath{body}}}" if best else body


def macro_name(*parts: str) -> str:
    """Join words to a name that LaTeX allows, of letters alone: digits are spelt out.

    Raises
    ------
    DataError
        No letter or digit is left.
    """
    words = [word for part in parts for word in re.split(r"[^A-Za-z0-9]+", part) if word]
    spelt = ["".join(_DIGITS[int(c)] if c.isdigit() else c for c in word) for word in words]
    name = "".join(word[0].upper() + word[1:] for word in spelt)
    if not name:
        msg = f"no name for LaTeX can be made of {parts}: it needs a letter or a digit"
        raise DataError(msg)
    return name[0].lower() + name[1:]


def numbers(found: Sequence[Metrics]) -> str:
    r"""Write a macro for each number of all experiments, and for its unit where it has one.

    ``\massCnnAccuracy`` is value ± error (± spread over seeds) of a network, ``...Ensemble...`` of
    the mean of its trainings, ``...Linear...`` of the baseline ``linear`` and ``...MinusLinear...``
    the difference to it; the target stands after the experiment where that has several. Spread and
    unit have macros of their own, ending in ``Spread`` and ``Unit``.

    Raises
    ------
    DataError
        Two numbers have the same name, or there are none.
    """
    if not found:
        msg = "no metrics given: there are no numbers to write"
        raise DataError(msg)
    experiments = [metrics.experiment for metrics in found]
    known: dict[str, str] = {}
    lines = ["% One macro a result, value and error; use them in text and mathematics alike."]
    for metrics in found:
        target = [metrics.target] if experiments.count(metrics.experiment) > 1 else []
        lines.append(f"% {metrics.experiment}, {metrics.target}, {metrics.events} test events")
        for parts, text in _numbers(metrics):
            name = macro_name(metrics.experiment, *target, *parts)
            about = f"{' '.join(parts)} of {metrics.experiment}, {metrics.target}"
            if name in known:
                msg = f"\\{name} would be both {known[name]} and {about}: rename one of them"
                raise DataError(msg)
            known[name] = about
            lines.append(rf"\newcommand{{\{name}}}{{{text}}}")
    return "\n".join(lines) + "\n"


def _numbers(metrics: Metrics) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in metrics.metrics.items():
        yield (name,), _math(cell(value))
        if value.spread is not None:
            yield (name, "spread"), _math(measured(value.spread, None))
        if value.unit:
            yield (name, "unit"), unit(value.unit)
    yield from _of("ensemble", metrics.ensemble)
    for label, values in metrics.baselines.items():
        yield from _of(label, values)
    for label, differences in metrics.differences.items():
        for name, apart in differences.items():
            yield ("minus", label, name), _math(measured(apart.value, apart.error))


def _of(
    label: str, values: Mapping[str, Value | NetworkValue]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in values.items():
        yield (label, name), _math(cell(value))


def _math(text: str) -> str:
    return "--" if text == NOTHING else rf"\ensuremath{{{number(text)}}}"
