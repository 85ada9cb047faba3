"""An instructor's formula, from text to tree: parsed by the standard `ast` module, never compiled, never run."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Several
from functools import partial
from itertools import count

from grader.errors import AuthorError, Place
from grader.formula.tree import Binary, Call, Constant, Expression, Index, Name, Sequence, Slice, Unary
from grader.messages import sentence
from grader.patterns import pattern

MAX_LENGTH = 4_000
MAX_DEPTH = 100
MAX_CURED = 300
"""The longest formula, in characters, for which a correction is searched."""

_DECIMAL_COMMA = pattern(r"(?<![\w.,])\d+,\d+(?![\w.,])")
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
}
_UNARY: dict[type[ast.unaryop], str] = {ast.UAdd: "+", ast.USub: "-", ast.Not: "not"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_REFUSED: dict[type[ast.AST], str] = {
    ast.BitXor: "^ (a power is **)",
    ast.Attribute: "attributes (a dot after a name)",
    ast.Lambda: "lambda",
    ast.Compare: "in, is",
    ast.IfExp: "if ... else",
    ast.ListComp: "comprehensions",
    ast.GeneratorExp: "comprehensions",
    ast.SetComp: "comprehensions",
    ast.DictComp: "comprehensions",
    ast.Dict: "dictionaries",
    ast.Set: "sets",
    ast.JoinedStr: "formatted strings",
    ast.NamedExpr: "assignments",
    ast.Starred: "a star before an argument",
}


def parse(text: str, question: str | None = None, name: str | None = None) -> Expression:
    """The tree of a formula.

    Args:
        text: the formula, at most 4,000 characters and nested at most 100 levels deep.
        question: its question, for messages.
        name: the name it computes, for messages.

    Raises:
        AuthorError: for anything that is not part of the language, with question, name and column.

    >>> parse("conv2d(X, F)").function
    'conv2d'
    """
    place = Place(question=question, name=name)
    try:
        return _parse(text, place)
    except AuthorError as error:
        raise _with_cure(error, text) from None


def _with_cure(error: AuthorError, text: str) -> AuthorError:
    """The error with the formula that was probably meant, where a valid one is found."""
    from grader.formula.cures import cure

    meant = cure(text, lambda tried: _parse(tried, Place())) if len(text) <= MAX_CURED else None
    if meant is None:
        return error
    return AuthorError(sentence("{said}; write {formula}", said=error.said, formula=meant), error.place)


def _parse(text: str, place: Place) -> Expression:
    question, name = place.question, place.name
    if len(text) > MAX_LENGTH:
        said = sentence(
            "expected a formula of at most {limit} characters, received {length}", limit=MAX_LENGTH, length=len(text)
        )
        raise AuthorError(said, place)
    try:
        parsed = ast.parse(" ".join(text.splitlines()).strip(), mode="eval")
    except SyntaxError as error:
        column = (error.offset or 1) + len(text) - len(text.lstrip())
        said = sentence("expected a formula, received {text!r}: {reason}", text=text[:80], reason=error.msg)
        raise AuthorError(said, Place(question=question, name=name, column=column)) from None
    except (MemoryError, RecursionError):
        raise _too_deep(place) from None
    except ValueError:
        raise AuthorError(sentence("expected a formula, received text with a null character"), place) from None
    strings = [
        node.value for node in ast.walk(parsed) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    if text.count("#") != sum(string.count("#") for string in strings):
        # lines are joined, so that a comment would swallow the lines after it
        said = sentence("comments (#) are not part of the formula language: write them above the formula")
        raise AuthorError(said, Place(question=question, name=name, column=text.index("#") + 1))
    comma = _DECIMAL_COMMA.search(text) if isinstance(parsed.body, ast.Tuple) else None
    if comma is not None and not text.lstrip().startswith("("):
        said = sentence(
            "{received} can be read in two ways: a decimal has a point, {decimal}, and a list has brackets, {several}",
            received=comma.group(),
            decimal=comma.group().replace(",", "."),
            several=f"[{comma.group().replace(',', ', ')}]",
        )
        raise AuthorError(said, Place(question=question, name=name, column=comma.start() + 1))
    return _Reader(place).read(parsed.body, 0)


def _too_deep(place: Place) -> AuthorError:
    said = sentence("expected a formula nested at most {limit} levels deep, received a deeper one", limit=MAX_DEPTH)
    return AuthorError(said, place)


class _Reader:
    """Turns the nodes of `ast` into ours, numbering them in preorder."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.numbers: Iterator[int] = count()

    def refuse(self, node: ast.AST, what: str) -> AuthorError:
        column = getattr(node, "col_offset", 0) + 1
        said = sentence(
            "{what} is not part of the formula language (names, numbers, lists, + - * / // % ** @, comparisons, "
            "and, or, not, indexing, calls)",
            what=what,
        )
        return AuthorError(said, Place(question=self.place.question, name=self.place.name, column=column))

    def read(self, node: ast.AST, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise _too_deep(self.place)
        at = (next(self.numbers), getattr(node, "col_offset", 0) + 1)
        below = depth + 1
        match node:
            case ast.Constant(value=value):
                return Constant(*at, self.constant(node, value))
            case ast.Name(id=name):
                return Name(*at, name)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return Sequence(*at, tuple(self.read(item, below) for item in items), isinstance(node, ast.Tuple))
            case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
                return Unary(*at, _UNARY[type(sign)], self.read(operand, below))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
                return Binary(*at, _BINARY[type(operator)], self.read(left, below), self.read(right, below))
            case ast.BoolOp(op=operator, values=values):
                parts = [partial(self.read, value, below) for value in values]
                return self.joined(at, "and" if isinstance(operator, ast.And) else "or", parts, depth)
            case ast.Compare(ops=operators) if all(type(each) in _COMPARISONS for each in operators):
                return self.comparison(node, at, depth)
            case ast.Call():
                return self.call(node, at, below)
            case ast.Subscript(value=base, slice=index):
                indices = index.elts if isinstance(index, ast.Tuple) else [index]
                return Index(*at, self.read(base, below), tuple(self.read(item, below) for item in indices))
            case ast.Slice(lower=start, upper=stop, step=step):
                bounds = [None if bound is None else self.read(bound, below) for bound in (start, stop, step)]
                return Slice(*at, *bounds)
        refused = node.op if isinstance(node, ast.BinOp | ast.UnaryOp) else node
        raise self.refuse(node, _REFUSED.get(type(refused), type(refused).__name__))

    def joined(
        self, at: tuple[int, int], symbol: str, parts: Several[Callable[[], Expression]], depth: int
    ) -> Expression:
        """Several parts joined by one operator, read from left to right."""
        if depth + len(parts) > MAX_DEPTH:
            raise _too_deep(self.place)
        *before, last = parts
        left = before[0]() if len(before) == 1 else self.joined((next(self.numbers), at[1]), symbol, before, depth)
        return Binary(*at, symbol, left, last())

    def comparison(self, node: ast.Compare, at: tuple[int, int], depth: int) -> Expression:
        """`a < b`, or a chain `a < b < c`, which is `a < b and b < c`."""
        operands = [node.left, *node.comparators]
        for middle in operands[1:-1]:
            if not isinstance(middle, ast.Name | ast.Constant):  # it would be computed twice
                raise self.refuse(middle, "a chain of comparisons around a formula (write a < b and b < c)")
        symbols = [_COMPARISONS[type(each)] for each in node.ops]

        def read(place: int, at: tuple[int, int]) -> Expression:
            left, right = operands[place : place + 2]
            return Binary(*at, symbols[place], self.read(left, depth + 1), self.read(right, depth + 1))

        if len(symbols) == 1:
            return read(0, at)

        def numbered(place: int) -> Expression:
            return read(place, (next(self.numbers), at[1]))

        return self.joined(at, "and", [partial(numbered, place) for place in range(len(symbols))], depth)

    def constant(self, node: ast.AST, value: object) -> int | float | str | bool | None:
        if isinstance(value, float) and not math.isfinite(value):
            raise self.refuse(node, "a number too large for a float")
        if value is None or isinstance(value, int | float | str):
            return value
        raise self.refuse(node, f"{value!r}")

    def call(self, node: ast.Call, at: tuple[int, int], depth: int) -> Call:
        if not isinstance(node.func, ast.Name):
            raise self.refuse(node.func, _REFUSED.get(type(node.func), "calling a value"))
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.refuse(keyword.value, "two stars before an argument")
        arguments = tuple(self.read(argument, depth) for argument in node.args)
        keywords = tuple((str(item.arg), self.read(item.value, depth)) for item in node.keywords)
        return Call(*at, node.func.id, arguments, keywords)
