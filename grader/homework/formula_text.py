"""A symbolic answer as text that a student could have written, for the committed key.

Arithmetic is copied from the formulas; the result of an operation is fitted by a polynomial in the symbols and checked
at fresh points.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from grader.errors import AuthorError
from grader.formula.arithmetic import is_number
from grader.formula.graph import Graph
from grader.formula.substitution import Substitution
from grader.formula.tree import Binary, Call, Constant, Expression, Name, Sequence, Unary

_FUNCTIONS = frozenset({"sqrt", "exp", "log", "floor", "ceil"})
_MAX_DEGREE = 4
_MAX_TERMS = 220
_MAX_TEXT = 2_000
_TRIES, _ENOUGH = 200, 12
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "**": 4}

NestedText = Any
"""A text, or nested lists of texts."""


def formula_text(graph: Graph, name: str, ranges: Mapping[str, tuple[int, int]]) -> NestedText | None:
    """The text (or nested lists of texts) of a symbolic node; None when none is found.

    The formulas' own text is used unless a polynomial is shorter.

    >>> formula_text(Graph("q", {}, {"R": "w*d - w + 1"}, {"w": None, "d": None}), "R", {"w": (2, 9), "d": (2, 9)})
    'w*d - w + 1'
    >>> formula_text(Graph("q", {}, {"R": "(w - 1)*2 - 2*0 + 1*(3 - 1) + 0 + 1"}, {"w": None}), "R", {"w": (2, 9)})
    '2*w + 1'
    """
    written = _written(graph, graph.nodes[name].expression)
    if written is not None and (
        max(map(len, _flat(written))) > _MAX_TEXT or not says_the_same(written, graph, name, ranges)
    ):
        written = None
    fitted = _fitted(graph, name, ranges)
    if written is None or fitted is None:
        return fitted or written
    return fitted if len("".join(_flat(fitted))) < len("".join(_flat(written))) else written


def says_the_same(text: NestedText, graph: Graph, name: str, ranges: Mapping[str, tuple[int, int]]) -> bool:
    """Whether a text, or nested lists of texts, read like a student's, has the node's values at sample points.

    Raises:
        UnreadableError: a text is not a formula in the symbols.
    """
    from grader.answers import parse_formula

    stream = random.Random(2)
    formulas = [parse_formula(one, tuple(ranges), ()) for one in _flat(text)]
    compared = 0
    for _ in range(_TRIES):
        point = {symbol: stream.randint(low, high) for symbol, (low, high) in ranges.items()}
        try:
            values = _numbers(graph.evaluate(Substitution(givens=point)).value(name))
            read = np.array([float(formula.evaluate(point)) for formula in formulas])
        except (AuthorError, ArithmeticError, ValueError, TypeError):
            continue
        if values.shape != read.shape or not np.allclose(values, read, rtol=1e-9, atol=1e-12):
            return False
        compared += 1
        if compared == _ENOUGH:
            return True
    return compared > 0


def _numbers(value: Any) -> np.ndarray[Any, Any]:
    """The numbers of a nested value, flattened; rows may differ in length."""
    return np.array([float(leaf) for leaf in _leaves(value)])


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list | tuple | np.ndarray):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _nested(like: Any, texts: Iterator[str]) -> NestedText:
    """The texts, nested like a value."""
    if isinstance(like, list | tuple | np.ndarray):
        return [_nested(item, texts) for item in like]
    return next(texts)


def _flat(text: NestedText) -> list[str]:
    return [inner for item in text for inner in _flat(item)] if isinstance(text, list) else [text]


def _written(graph: Graph, expression: Expression) -> NestedText | None:
    if isinstance(expression, Sequence):
        items = [_written(graph, item) for item in expression.items]
        return None if not items or any(item is None for item in items) else items
    if isinstance(expression, Name) and expression.id in graph.nodes:
        return _written(graph, graph.nodes[expression.id].expression)
    found = _scalar(graph, expression)
    return found[0] if found else None


def _scalar(graph: Graph, expression: Expression) -> tuple[str, int] | None:
    """Text and binding strength (5 for an atom), or None for anything but plain arithmetic."""
    match expression:
        case Constant(value=value) if is_number(value):
            return (str(value), 5)
        case Name(id=name) if name in graph.nodes:
            return _scalar(graph, graph.nodes[name].expression)
        case Name(id=name) if name in graph.symbols:
            return (name, 5)
        case Name(id=name) if is_number(graph.givens.get(name)):
            value = graph.givens[name]
            return (str(value), 5 if value >= 0 else 3)
        case Unary(operator=sign, operand=operand) if sign != "not":
            inner = _scalar(graph, operand)
            return inner and (f"{sign}{_inside(inner, 3)}", 3)
        case Binary(operator=symbol, left=left, right=right) if symbol in _STRENGTH:
            one, other = _scalar(graph, left), _scalar(graph, right)
            return one and other and _joined(symbol, one, other)
        case Call(function=function, arguments=(argument,), keywords=()) if function in _FUNCTIONS:
            inner = _scalar(graph, argument)
            return inner and (f"{function}({inner[0]})", 5)
        case Call(function=function) if function in _KNOWN:
            return _known(graph, expression)
    return None


_KNOWN = {
    "conv_output_size": "floor(({size} + 2*{padding} - {dilation}*({kernel_size} - 1) - 1)/{stride}) + 1",
    "conv_transpose_output_size": (
        "({size} - 1)*{stride} - 2*{padding} + {dilation}*({kernel_size} - 1) + {output_padding} + 1"
    ),
    "conv2d_parameter_count": "{out_channels}*({in_channels}*{kernel_size}^2/{groups} + {bias})",
    "linear_parameter_count": "{out_features}*({in_features} + {bias})",
    "densenet_channels": "{in_channels} + {layers}*{growth_rate}",
    "he_std": "sqrt(2/{fan_in})",
    "xavier_std": "sqrt(2/({fan_in} + {fan_out}))",
    "sigmoid": "1/(1 + exp(-{input}))",
    "tanh": "(exp({input}) - exp(-{input}))/(exp({input}) + exp(-{input}))",
    "elu_grad_input": "{grad_output}*{alpha}*exp({input})",
    "sigmoid_grad_input": "{grad_output}*exp(-{input})/(1 + exp(-{input}))^2",
    "tanh_grad_input": "{grad_output}*4/(exp({input}) + exp(-{input}))^2",
}
"""Operations with a closed formula (elu: for negative input); the text is checked against the values."""


def _known(graph: Graph, call: Call) -> tuple[str, int] | None:
    """The formula of an operation with its arguments substituted."""
    texts: dict[str, Any] = {}
    arguments = [_scalar(graph, argument) for argument in call.arguments]
    named = {name: _scalar(graph, value) for name, value in call.keywords}
    if any(text is None for text in (*arguments, *named.values())):
        return None
    texts = graph.library.bind(call.function, tuple(arguments), named)
    if texts.pop("ceil_mode", False):
        return None
    inside = {
        name: text[0] if isinstance(text, tuple) and text[1] == 5 else _bracketed(text) for name, text in texts.items()
    }
    return (_KNOWN[call.function].format(**inside), 1)


def _bracketed(text: Any) -> str:
    return f"({text[0]})" if isinstance(text, tuple) else str(int(text) if isinstance(text, bool) else text)


def _joined(symbol: str, one: tuple[str, int], other: tuple[str, int]) -> tuple[str, int]:
    strength = _STRENGTH[symbol]
    left = _inside(one, strength + (symbol == "**"))
    right = _inside(other, strength + (symbol in ("-", "/", "//", "*")))
    written = {"**": "^"}.get(symbol, symbol)
    space = " " if symbol in "+-" or symbol == "//" else ""
    return (f"{left}{space}{written}{space}{right}", strength)


def _inside(text: tuple[str, int], strength: int) -> str:
    return text[0] if text[1] >= strength else f"({text[0]})"


def _fitted(graph: Graph, name: str, ranges: Mapping[str, tuple[int, int]]) -> NestedText | None:
    stream = random.Random(1)
    points: list[dict[str, int]] = []
    values: list[np.ndarray[Any, Any]] = []
    shapes: list[Any] = []

    def sample(count: int) -> None:
        for _ in range(20 * count):
            if len(points) >= count:
                return
            point = {symbol: stream.randint(low, high) for symbol, (low, high) in ranges.items()}
            try:
                value = graph.evaluate(Substitution(givens=point)).value(name)
                numbers = _numbers(value)
            except (AuthorError, ValueError, TypeError):  # a point where the formula is undefined is no evidence
                continue
            if not values:
                shapes.append(value)
            if not values or numbers.shape == values[0].shape:
                points.append(point)
                values.append(numbers)

    sample(_ENOUGH)
    if not values:
        return None
    texts = []
    for cell in range(len(values[0])):
        symbols = _relevant(graph, name, cell, points, ranges, stream)
        text = _fit_cell(symbols, cell, points, values, sample)
        if text is None:
            return None
        texts.append(text)
    return _nested(shapes[0], iter(texts))


def _relevant(
    graph: Graph,
    name: str,
    cell: int,
    points: list[dict[str, int]],
    ranges: Mapping[str, tuple[int, int]],
    stream: random.Random,
) -> list[str]:
    """The symbols that a cell depends on, found by varying one at a time."""
    found = []
    for symbol, (low, high) in ranges.items():
        for point in points[:_ENOUGH]:
            moved = {**point, symbol: stream.randint(low, high)}
            try:
                one, other = (
                    _numbers(graph.evaluate(Substitution(givens=at)).value(name))[cell] for at in (point, moved)
                )
            except (AuthorError, ValueError, TypeError, IndexError):
                continue
            if one != other:
                found.append(symbol)
                break
    return found


def _fit_cell(
    symbols: list[str],
    cell: int,
    points: list[dict[str, int]],
    values: list[np.ndarray[Any, Any]],
    sample: Callable[[int], None],
) -> str | None:
    for degree in range(_MAX_DEGREE + 1):
        terms = [term for size in range(degree + 1) for term in combinations_with_replacement(symbols, size)]
        if len(terms) > _MAX_TERMS:
            return None
        count = 2 * len(terms) + 10
        sample(count)
        if len(points) < count:
            return None
        matrix = np.array([[float(np.prod([point[s] for s in term])) for term in terms] for point in points])
        target = np.array([value[cell] for value in values])
        half = len(terms) + 5
        solution = np.linalg.lstsq(matrix[:half], target[:half], rcond=None)[0]
        exact = [Fraction(float(coefficient)).limit_denominator(10_000) for coefficient in solution]
        predicted = matrix @ np.array([float(coefficient) for coefficient in exact])
        if np.allclose(predicted, target, rtol=1e-9, atol=1e-9):
            return _polynomial(terms, exact)
    return None


def _polynomial(terms: list[tuple[str, ...]], coefficients: list[Fraction]) -> str:
    """The polynomial's text, highest degree first, but a positive term before a leading negative one: D + M - F*D."""
    text = ""
    pairs = [pair for pair in zip(terms, coefficients, strict=True) if pair[1]]
    pairs.sort(key=lambda pair: (-len(pair[0]), pair[0]))
    if pairs and pairs[0][1] < 0:
        pairs.sort(key=lambda pair: pair[1] < 0)
    for term, coefficient in pairs:
        size = abs(coefficient)
        factors = "*".join(term)
        if not term:
            body = str(size)
        elif size == 1:
            body = factors
        elif size.numerator == 1:
            body = f"{factors}/{size.denominator}"
        else:
            body = f"{size.numerator}*{factors}" + (f"/{size.denominator}" if size.denominator != 1 else "")
        sign = "-" if coefficient < 0 else "+"
        text += (f" {sign} " if text else "-" * (sign == "-")) + body
    return text or "0"
