"""The tree of an instructor's formula: the part of Python's grammar that remains once everything unsafe is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.structs import Struct


class Expression(Struct):
    """Common to all: `position` in preorder and the `column` (from 1) in the formula's text."""

    position: int
    column: int

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The expressions directly inside."""
        return ()

    def with_parts(self, _parts: tuple[Expression, ...]) -> Expression:
        """The same expression with other `parts`."""
        return self

    @property
    def spelling(self) -> str:
        """How it is written, in one form for all that are written alike, wherever they are."""
        raise NotImplementedError

    def walk(self) -> Iterator[Expression]:
        """This expression and all inside it, in preorder."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Constant(Expression):
    """A number, a string, True, False or None."""

    value: int | float | str | bool | None

    @property
    def spelling(self) -> str:
        """The value."""
        return repr(self.value)


class Name(Expression):
    """A given, a symbol, or an earlier name."""

    id: str

    @property
    def spelling(self) -> str:
        """The name."""
        return self.id


class Sequence(Expression):
    """A list or a tuple."""

    items: tuple[Expression, ...]
    is_tuple: bool

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The items."""
        return self.items

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """With other items."""
        return replace(self, items=parts)

    @property
    def spelling(self) -> str:
        """The items in brackets."""
        inside = _listed(self.items)
        return f"({inside},)" if self.is_tuple else f"[{inside}]"


class Unary(Expression):
    """A sign or `not` before an expression; `operator` is +, - or not."""

    operator: str
    operand: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The operand."""
        return (self.operand,)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """With another operand."""
        return replace(self, operand=parts[0])

    @property
    def spelling(self) -> str:
        """In parentheses."""
        space = " " if self.operator == "not" else ""
        return f"({self.operator}{space}{self.operand.spelling})"


class Binary(Expression):
    """Two expressions joined by an operator of `grader.formula.operators`."""

    operator: str
    left: Expression
    right: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Left, then right."""
        return (self.left, self.right)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """With another left and right."""
        return replace(self, left=parts[0], right=parts[1])

    @property
    def spelling(self) -> str:
        """In parentheses."""
        return f"({self.left.spelling} {self.operator} {self.right.spelling})"


class Call(Expression):
    """A call to an operation or helper; `keywords` are (name, expression) pairs."""

    function: str
    arguments: tuple[Expression, ...]
    keywords: tuple[tuple[str, Expression], ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The arguments, then those given by name."""
        return (*self.arguments, *(value for _, value in self.keywords))

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """With other arguments, under the same names."""
        count = len(self.arguments)
        named = tuple((name, part) for (name, _), part in zip(self.keywords, parts[count:], strict=True))
        return replace(self, arguments=parts[:count], keywords=named)

    @property
    def spelling(self) -> str:
        """The arguments in parentheses."""
        named = [f"{name}={value.spelling}" for name, value in self.keywords]
        return f"{self.function}({', '.join([*(each.spelling for each in self.arguments), *named])})"


class Slice(Expression):
    """`start:stop:step` inside an index; each may be absent."""

    start: Expression | None
    stop: Expression | None
    step: Expression | None

    @property
    def parts(self) -> tuple[Expression, ...]:
        """Those that are present."""
        return tuple(part for part in (self.start, self.stop, self.step) if part is not None)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """With other bounds where there are some."""
        left = list(parts)
        start, stop, step = (None if each is None else left.pop(0) for each in (self.start, self.stop, self.step))
        return replace(self, start=start, stop=stop, step=step)

    @property
    def spelling(self) -> str:
        """The bounds, with colons between them."""
        return ":".join("" if each is None else each.spelling for each in (self.start, self.stop, self.step))


class Index(Expression):
    """`base[i]`, `base[i, j]`, `base[1:3]`; several indices are one tuple."""

    base: Expression
    indices: tuple[Expression, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        """The base, then the indices."""
        return (self.base, *self.indices)

    def with_parts(self, parts: tuple[Expression, ...]) -> Expression:
        """With another base and other indices."""
        return replace(self, base=parts[0], indices=parts[1:])

    @property
    def spelling(self) -> str:
        """The indices in brackets."""
        return f"{self.base.spelling}[{_listed(self.indices)}]"


def _listed(expressions: tuple[Expression, ...]) -> str:
    return ", ".join(each.spelling for each in expressions)


def names(expression: Expression) -> set[str]:
    """The names that an expression reads.

    >>> from grader.formula.parse import parse
    >>> sorted(names(parse("conv2d(X, F) + bias[0]")))
    ['F', 'X', 'bias']
    """
    return {part.id for part in expression.walk() if isinstance(part, Name)}


def same(one: Expression, other: Expression) -> bool:
    """Whether two expressions are written alike, wherever they are."""
    return one.spelling == other.spelling
