"""Readings as MathML: numbers, shapes, matrices and formulas as understood, not as typed.

A reading is a tree already, so it is rendered directly and not by way of LaTeX: what is shown is what is marked, in
time linear in its length.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from markupsafe import Markup, escape

from grader.answers.kinds import Kind
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number, number_text
from grader.reports.sanitise import text_lines, visible

_MOST_CELLS = 200
MOST_STEPS = 300
"""Larger arrays and longer formulas are shown as text."""
_TEXT = 2_000
_BLANK = "<mi>·</mi>"
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_FENCES = {"floor": ("⌊", "⌋"), "int": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "abs": ("|", "|")}
_NUMBER = re.compile(r"(-?)(?:(\d+)/(\d+)|([\d.]+)(?:e([+-]?\d+))?)")


def reading_html(value: Any, kind: Kind, spec: AnswerSpec) -> Markup:
    """A reading as a `math` element; as text if it is not mathematics or too large.

    >>> from grader.answers.kinds import KINDS
    >>> print(reading_html((14, 7), KINDS["shape"], AnswerSpec("shape")))
    <math dir="ltr"><mn>14</mn><mo>×</mo><mn>7</mn></math>
    """
    if not (kind.computed and kind.machine) or sum(1 for _ in _leaves(value)) > _MOST_CELLS:
        return _as_text(value, kind, spec)
    written = _shapes(value) if kind.sizes else _set(value) if not kind.ordered else _array(value)
    if written is None:
        return _as_text(value, kind, spec)
    return Markup(f'<math dir="ltr">{written}</math>')


def rows_html(value: Any, kind: Kind, names: Sequence[str]) -> tuple[tuple[str, Markup], ...]:
    """The entries of a list one by one, each with its name; none for what is no list, or too large.

    >>> from grader.answers.kinds import KINDS
    >>> [(name, str(html)) for name, html in rows_html(((5, 4), None), KINDS["shapes"], ["conv"])]
    [('conv', '<math dir="ltr"><mn>5</mn><mo>×</mo><mn>4</mn></math>'), ('', '<math dir="ltr"><mi>·</mi></math>')]
    """
    if not isinstance(value, tuple) or sum(1 for _ in _leaves(value)) > _MOST_CELLS:
        return ()
    rows = [_sizes(entry) if kind.sizes and entry is not None else _leaf(entry) for entry in value]
    if None in rows:
        return ()
    every = [*names, *[""] * (len(rows) - len(names))]
    return tuple((name, Markup(f'<math dir="ltr">{row}</math>')) for name, row in zip(every, rows, strict=False))


def _as_text(value: Any, kind: Kind, spec: AnswerSpec) -> Markup:
    """The reading as its kind's text, an option after its letter, line by line."""
    named = kind.labelled(list(value) if isinstance(value, tuple) else value, spec.choices) if spec.choices else value
    text = kind.show(tuple(named) if isinstance(named, list) else named) if named is not None else "-"
    lines = text_lines(text, _TEXT)
    direction = "ltr" if kind.computed else "auto"
    shown = Markup("<br>").join(Markup('<bdi dir="{}">{}</bdi>').format(direction, line) for line in lines)
    return Markup('<span class="m">{}</span>').format(shown) if kind.computed else shown


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _rank(value: Any) -> int:
    return 1 + max(map(_rank, value), default=0) if isinstance(value, tuple) else 0


# -- arrays, sets, shapes ---------------------------------------------------------------------------------------------


def _array(value: Any) -> str | None:
    """A number or formula, a row in brackets, a matrix; None for more axes."""
    rank = _rank(value)
    if rank == 0:
        return _leaf(value)
    cells = [value] if rank == 1 else value if rank == 2 else None
    if cells is None:
        return None
    return _table(cells, "[", "]")


def _table(rows: Sequence[Sequence[Any]], opened: str, closed: str) -> str | None:
    written = []
    for row in rows:
        leaves = [_leaf(leaf) for leaf in row]
        if None in leaves:
            return None
        written.append("<mtr>" + "".join(f"<mtd>{leaf}</mtd>" for leaf in leaves) + "</mtr>")
    return f"<mrow><mo>{opened}</mo><mtable>{''.join(written)}</mtable><mo>{closed}</mo></mrow>"


def _set(value: Any) -> str | None:
    """Entries in braces, coordinates in brackets."""
    entries = [_listed(entry, "(", ")") if isinstance(entry, tuple) else _leaf(entry) for entry in value]
    return None if None in entries else _joined(entries, "{", "}")


def _listed(values: Sequence[Any], opened: str, closed: str) -> str | None:
    leaves = [_leaf(leaf) for leaf in values]
    return None if None in leaves else _joined(leaves, opened, closed)


def _joined(written: Sequence[str | None], opened: str, closed: str) -> str:
    inside = "<mo>,</mo>".join(map(str, written))
    return f"<mrow><mo>{opened}</mo>{inside}<mo>{closed}</mo></mrow>"


def _shapes(value: Any) -> str | None:
    """Sizes with product signs; of a list of shapes, each in a row of its own."""
    if not any(isinstance(row, tuple) or row is None for row in value):
        return _sizes(value)
    rows = [_BLANK if row is None else _sizes(row) for row in value]
    if None in rows:
        return None
    return f"<mtable>{''.join(f'<mtr><mtd>{row}</mtd></mtr>' for row in rows)}</mtable>"


def _sizes(sizes: Sequence[Any]) -> str | None:
    written = [_inner(size, _PRODUCT + 1) for size in sizes]
    return None if None in written else "<mo>×</mo>".join(map(str, written))


# -- leaves -----------------------------------------------------------------------------------------------------------


def _leaf(leaf: Any) -> str | None:
    """A number, a formula, or the mark of a blank cell; None for what cannot be rendered."""
    return _inner(leaf, _SUM)


def _inner(leaf: Any, loosest: int) -> str | None:
    """A leaf, in brackets if it binds less tightly than its place requires."""
    if leaf is None:
        return _BLANK
    if isinstance(leaf, Number):
        return _number(number_text(leaf))
    if isinstance(leaf, int | float | Fraction):
        return _constant(leaf)
    program = getattr(leaf, "program", None)
    if program is None or len(program) > MOST_STEPS:
        return None
    return _fenced(_formula(program), loosest)


def _number(text: str) -> str:
    """A number as its digits, a fraction with its bar, a power of ten."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return f"<mn>{escape(visible(text))}</mn>"
    sign, above, below, digits, exponent = found.groups()
    shown = f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>" if below else f"<mn>{digits}</mn>"
    if exponent:
        shown += f"<mo>×</mo><msup><mn>10</mn>{_number(str(int(exponent)))}</msup>"
    return f"<mrow><mo>−</mo>{shown}</mrow>" if sign else f"<mrow>{shown}</mrow>" if exponent else shown


def _constant(value: Any) -> str:
    if value == math.pi or value == math.e:
        return "<mi>π</mi>" if value == math.pi else "<mi>e</mi>"
    if isinstance(value, Fraction) and value.denominator != 1:
        rest = value.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        return _number(repr(float(value)) if rest == 1 and value.denominator < 10**9 else f"{value}")
    return _number(str(value) if isinstance(value, int | Fraction) else repr(value))


# -- formulas ---------------------------------------------------------------------------------------------------------

MathPiece = tuple[str, int]
"""MathML, and how tightly it binds."""


def _fenced(piece: MathPiece, loosest: int) -> str:
    """A piece, in round brackets if it binds less tightly than required."""
    written, binds = piece
    return written if binds >= loosest else f"<mrow><mo>(</mo>{written}<mo>)</mo></mrow>"


def _formula(program: Sequence[tuple[str, object, int]]) -> MathPiece:
    """A program in postfix order as one piece, without recursion."""
    stack: list[MathPiece] = []
    for action, what, takes in program:
        if action == "constant":
            written = _constant(what)
            stack.append((written, _ATOM if written.startswith(("<mn", "<mi")) else _SUM))
        elif action == "name":
            stack.append((_name(str(what)), _ATOM))
        else:
            inside = stack[len(stack) - takes :]
            del stack[len(stack) - takes :]
            stack.append(_applied(action, inside))
    return stack.pop()


def _name(name: str) -> str:
    """A symbol; the part after an underscore is a subscript."""
    first, _, index = name.partition("_")
    if first and index:
        return f"<msub><mi>{escape(visible(first))}</mi><mi>{escape(visible(index))}</mi></msub>"
    return f"<mi>{escape(visible(name))}</mi>"


def _applied(action: str, inside: list[MathPiece]) -> MathPiece:
    """An operation on its operands."""
    if action in ("+", "-"):
        left, right = _fenced(inside[0], _SUM), _fenced(inside[1], _SUM if action == "+" else _PRODUCT)
        return f"{left}<mo>{'+' if action == '+' else '−'}</mo>{right}", _SUM
    if action == "negate":
        return f"<mrow><mo>−</mo>{_fenced(inside[0], _PRODUCT)}</mrow>", _SUM
    if action == "*":
        return f"{_fenced(inside[0], _PRODUCT)}<mo>·</mo>{_fenced(inside[1], _PRODUCT)}", _PRODUCT
    if action in ("/", "//"):
        quotient = f"<mfrac><mrow>{inside[0][0]}</mrow><mrow>{inside[1][0]}</mrow></mfrac>"
        return (quotient, _PRODUCT) if action == "/" else (f"<mrow><mo>⌊</mo>{quotient}<mo>⌋</mo></mrow>", _ATOM)
    if action in ("^", "pow"):
        return f"<msup><mrow>{_fenced(inside[0], _ATOM)}</mrow><mrow>{inside[1][0]}</mrow></msup>", _POWER
    if action == "sqrt":
        return f"<msqrt><mrow>{inside[0][0]}</mrow></msqrt>", _ATOM
    opened, closed = _FENCES.get(action, ("(", ")"))
    called = "" if action in _FENCES else f"<mi>{escape(action)}</mi>"
    return f"<mrow>{called}{_joined([written for written, _ in inside], opened, closed)}</mrow>", _ATOM
