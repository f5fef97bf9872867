"""LaTeX for papers: tables of the summary, and one macro for each number."""

import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from footprint.errors import DataError
from footprint.evaluation.marks import MEANING, UNDEFINED
from footprint.evaluation.metrics import Metrics, NetworkValue, Value
from footprint.evaluation.rounding import NOTHING, measured
from footprint.evaluation.summary import Row, Section
from footprint.evaluation.summary_methods import apart, cell

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
WIDEST = 96
"""Letters that fit on a page of two columns of text."""
SPACE = 3
"""Letters as wide as what is left between two columns."""
HEADING = 13
"""Letters on a line of a column's heading."""
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_POWER = re.compile(r"(?<=[A-Za-z])\^?(-?\d+)(?![\d(])")
_TIMES = re.compile(r" × 10\^(-?\d+)")  # noqa: RUF001 - as rounding writes it
_SPREAD = re.compile(r"^(.*) \((± .*)\)$")
_CONFIDENCE = re.compile(r" \((\d+) %\)$")
_MARK = re.compile(rf" \((?:{'|'.join(MEANING)})\)$|^{UNDEFINED}$")
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
    """Write a number as the summary does for use in mathematics: value ± error, limit or mark."""
    found = text.replace(" (± ", r"\ (\pm ").replace("± ", r"\pm ")
    found = _CONFIDENCE.sub(lambda level: rf"\ ({level[1]}\,\%)", found)
    found = _MARK.sub(lambda mark: rf"\mbox{{{mark[0]}}}", found)
    return _TIMES.sub(lambda power: rf" \times 10^{{{power[1]}}}", found)


def table(section: Section) -> str:
    """Write the methods of one target as a table of booktabs; the best numbers are bold.

    The spread over seeds has a line of its own below a network's numbers. What is wider than a
    page is set as several tables below one another, the methods in each. Below them stands what
    the marks mean, as wide as the text around.
    """
    blocks = _blocks(section)
    lines = ["% needs \\usepackage{booktabs}"]
    for number, block in enumerate(blocks):
        lines += (["\\par\\medskip"] if number else []) + _block(section, block)
    if section.notes:
        legend = "; ".join(_note(note) for note in section.notes)
        lines.append(rf"\par\smallskip{{\footnotesize {legend}.\par}}")
    return "\n".join([*lines, ""])


def _blocks(section: Section) -> list[range]:
    """Part the columns into as few blocks of about as many columns as fit on a page."""
    count = len(section.columns)
    methods = max(len(row.method) for row in section.rows)
    widths = [_width(section, place) for place in range(count)]
    for number in range(1, count + 1):
        size = -(-count // number)
        blocks = [range(start, min(start + size, count)) for start in range(0, count, size)]
        if all(methods + sum(widths[place] for place in block) <= WIDEST for block in blocks):
            return blocks
    return [range(place, place + 1) for place in range(count)]


def _width(section: Section, place: int) -> int:
    """Count the letters of a column, with those that the space before it is wide."""
    heading = section.columns[place].heading
    cells = (_SPREAD.sub(r"\1", row.cells[place]) for row in section.rows)
    return SPACE + max(map(len, (*wrap(heading, HEADING), *cells)), default=0)


def _block(section: Section, places: Sequence[int]) -> list[str]:
    headings = [_heading(section.columns[place].heading) for place in places]
    lines = [
        f"\\begin{{tabular}}{{l{'r' * len(places)}}}",
        "\\toprule",
        rf"{' & '.join(['method', *headings])} \\",
        "\\midrule",
    ]
    kind = None
    for row in section.rows:
        if kind is not None and row.kind != kind:
            lines.append("\\addlinespace")
        kind = row.kind
        lines += _lines(row, places)
    return [*lines, "\\bottomrule", "\\end{tabular}"]


def _note(note: str) -> str:
    """Typeset an explanation; what it explains stands before the colon."""
    sign, colon, rest = note.partition(": ")
    return escaped(sign) + colon + escaped(rest)


def _heading(heading: str) -> str:
    """Typeset a heading over as many lines as it needs, its unit on the last."""
    found = _UNIT.match(heading)
    name = heading if found is None else found[1]
    lines = [escaped(line) for line in wrap(" ".join(name.split()), HEADING)]
    lines += [] if found is None else [f"{{}}[{unit(found[2])}]"]
    if len(lines) == 1:
        return lines[0]
    stacked = r"\\".join(lines)
    return rf"\begin{{tabular}}[b]{{@{{}}r@{{}}}}{stacked}\end{{tabular}}"


def _lines(row: Row, places: Sequence[int]) -> Iterator[str]:
    """Write a method's line, and one more if its numbers have spreads."""
    name = escaped(row.method.replace("_", " ")) + (" (oracle)" if row.kind == "oracle" else "")
    found = [(_SPREAD.match(row.cells[place]), row.cells[place]) for place in places]
    cells = [
        _cell(text if spread is None else spread[1], best=row.best[place])
        for place, (spread, text) in zip(places, found, strict=True)
    ]
    yield " & ".join([name, *cells]) + r" \\"
    if any(spread is not None for spread, _ in found):
        below = ["" if spread is None else f"$({number(spread[2])})$" for spread, _ in found]
        yield " & ".join([r"\quad spread over seeds", *below]) + r" \\"


def _cell(text: str, *, best: bool) -> str:
    if text == NOTHING:
        return "--"
    body = f"${number(text)}$"
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
            yield (name, "spread"), _math(measured(float(f"{value.spread:.2g}"), None))
        if value.unit:
            yield (name, "unit"), unit(value.unit)
    yield from _of("ensemble", metrics.ensemble)
    for label, values in metrics.baselines.items():
        yield from _of(label, values)
    for label, differences in metrics.differences.items():
        for name, difference in differences.items():
            yield ("minus", label, name), _math(apart(difference))


def _of(
    label: str, values: Mapping[str, Value | NetworkValue]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in values.items():
        yield (label, name), _math(cell(value))


def _math(text: str) -> str:
    return "--" if text == NOTHING else rf"\ensuremath{{{number(text)}}}"
