"""The tree of an instructor's formula: the part of Python's grammar that remains once everything unsafe is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from grader.structs import Struct

Site: TypeAlias = tuple[str, int]
"""One place in a question's formulas: the name computed, and the position in its tree (preorder)."""


class Expression(Struct):
    """Common to all: `position` in preorder and the `column` (from 1) in the formula's text."""

    position: int
    column: int

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The expressions directly inside."""
        return ()

    def walk(self) -> Iterator[Expression]:
        """This expression and all inside it, in preorder."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Constant(Expression):
    """A number, a string, True, False or None."""

    value: int | float | str | bool | None


class Name(Expression):
    """A given, a symbol, or an earlier name."""

    id: str


class Sequence(Expression):
    """A list or a tuple."""

    items: tuple[Expression, ...]
    is_tuple: bool

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The items."""
        return self.items


class Unary(Expression):
    """A sign or `not` before an expression; `operator` is +, - or not."""

    operator: str
    operand: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The operand."""
        return (self.operand,)


class Binary(Expression):
    """Two expressions joined by an operator of `grader.formula.operators`."""

    operator: str
    left: Expression
    right: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Left, then right."""
        return (self.left, self.right)


class Call(Expression):
    """A call of an operation or helper; `keywords` are (name, expression) pairs."""

    function: str
    arguments: tuple[Expression, ...]
    keywords: tuple[tuple[str, Expression], ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The arguments, then those given by name."""
        return (*self.arguments, *(value for _, value in self.keywords))


class Slice(Expression):
    """`start:stop:step` inside an index; each may be absent."""

    start: Expression | None
    stop: Expression | None
    step: Expression | None

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Those that are present."""
        return tuple(part for part in (self.start, self.stop, self.step) if part is not None)


class Index(Expression):
    """`base[i]`, `base[i, j]`, `base[1:3]`; several indices are one tuple."""

    base: Expression
    indices: tuple[Expression, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The base, then the indices."""
        return (self.base, *self.indices)


def names(expression: Expression) -> set[str]:
    """The names that an expression reads.

    >>> from grader.formula.parse import parse
    >>> sorted(names(parse("conv2d(X, F) + bias[0]")))
    ['F', 'X', 'bias']
    """
    return {part.id for part in expression.walk() if isinstance(part, Name)}


def same(one: Expression, other: Expression) -> bool:
    """Whether two expressions are written alike, wherever they are."""
    if type(one) is not type(other) or len(one.parts) != len(other.parts):
        return False
    if _label(one) != _label(other):
        return False
    return all(same(left, right) for left, right in zip(one.parts, other.parts, strict=True))


def _label(expression: Expression) -> object:
    """What distinguishes an expression from others of its class, apart from its parts."""
    match expression:
        case Constant(value=value):
            return (type(value), value)
        case Name(id=name):
            return name
        case Sequence(is_tuple=is_tuple):
            return is_tuple
        case Unary(operator=operator) | Binary(operator=operator):
            return operator
        case Call(function=function, keywords=keywords):
            return (function, tuple(name for name, _ in keywords))
        case Slice(start=start, stop=stop, step=step):
            return (start is None, stop is None, step is None)
    return None
