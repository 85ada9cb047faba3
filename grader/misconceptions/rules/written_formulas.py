"""Mistakes in formulas that are written out: brackets, weights of a mean, limits, unit prefixes, ratios."""

from __future__ import annotations

from typing import Any

from grader.formula.arithmetic import binary, is_number
from grader.formula.substitution import Alternatives, NotApplicableError, Occurrence
from grader.formula.tree import Binary, Call, Constant, Expression, same
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs
from grader.misconceptions.support.formulas import Subexpression, meaning, operands, resolved

_LARGEST_PREFIX = 5


def _sum_in(part: Subexpression) -> Binary:
    expression = part.expression
    if not isinstance(expression, Binary) or expression.operator not in ("+", "-"):
        raise NotApplicableError
    return expression


@misconception(
    id="brackets-left-out",
    operations=("*", "/"),
    equals="only one term of a sum is multiplied or divided, as if there were no brackets",
    repair="Put the sum in brackets: the factor or the divisor belongs to all of its terms.",
    general=True,
)
def _one_term(occurrence: Occurrence) -> Any:
    """`(a + b) c` as a + b c or a c + b; in a quotient, only for a sum in the dividend."""
    left, right = operands(occurrence)
    sides = [(left, occurrence.arguments[1])]
    if occurrence.operation == "*":
        sides.append((right, occurrence.arguments[0]))
    found = []
    for part, other in sides:
        if isinstance(part.expression, Binary) and part.expression.operator in ("+", "-"):
            inner = _sum_in(part)
            first, second = (meaning(occurrence.evaluation, Subexpression(part.node, one)) for one in inner.parts)
            found.append(binary(inner.operator, first, binary(occurrence.operation, second, other)))
            found.append(binary(inner.operator, binary(occurrence.operation, first, other), second))
    needs(found)
    return Alternatives(tuple(found))


@misconception(
    id="weights-exchanged",
    operations=("+", "-"),
    equals="the two weights of a mean are exchanged",
    repair="Check which of the two numbers each weight belongs to.",
    general=True,
)
def _weights(occurrence: Occurrence) -> Any:
    """A weighted mean c a + (1 - c) b, such as a moving average, with its weights exchanged."""
    first, second = (_weighted(occurrence, part) for part in operands(occurrence))
    for weight, value in first:
        for other, rest in second:
            if abs(weight + other - 1) < 1e-12 and weight != other:
                return binary(occurrence.operation, binary("*", other, value), binary("*", weight, rest))
    raise NotApplicableError


def _weighted(occurrence: Occurrence, part: Subexpression) -> list[tuple[Any, Any]]:
    """The ways of reading a product as a weight between 0 and 1 times a value: none, one or two."""
    expression = part.expression
    if not isinstance(expression, Binary) or expression.operator != "*":
        raise NotApplicableError
    values = [meaning(occurrence.evaluation, Subexpression(part.node, side)) for side in expression.parts]
    pairs = [(values[0], values[1]), (values[1], values[0])]
    return [(weight, value) for weight, value in pairs if is_number(weight) and 0 < weight < 1]


@misconception(
    id="limit-left-out",
    operations=("max", "min"),
    equals="the limit is left out: numbers beyond it are kept as they are",
    repair="Take the larger, or the smaller, of the two numbers, as the formula says.",
    general=True,
)
def _unlimited(occurrence: Occurrence) -> Any:
    """The x of `max(0, x)`, without the limit."""
    expression = occurrence.expression
    needs(isinstance(expression, Call) and len(expression.arguments) == 2 and len(occurrence.arguments) == 2)
    assert isinstance(expression, Call)
    kept = [
        value
        for value, written in zip(occurrence.arguments, expression.arguments, strict=True)
        if not isinstance(written, Constant)
    ]
    needs(len(kept) == 1)
    return kept[0]


@misconception(
    id="prefix-other-base",
    operations="/",
    equals="kilo, mega or giga is taken as a power of 1024 in place of 1000, or the other way round",
    repair="Divide by powers of 1000 for KB, MB and GB, by powers of 1024 for KiB, MiB and GiB.",
)
def _other_base(occurrence: Occurrence) -> Any:
    """The quotient with all its divisors that are powers of 1000 or 1024 exchanged, as in `x/1024/1024`."""
    part, changed = Subexpression(occurrence.site.node, occurrence.expression), 1
    divided: Any = None
    while isinstance(part.expression, Binary) and part.expression.operator == "/":
        divisor = meaning(occurrence.evaluation, Subexpression(part.node, part.expression.right))
        power = next((n for n in range(1, _LARGEST_PREFIX) if divisor in (1000**n, 1024**n)), None)
        if power is None or not _plain(part.expression.right):
            break
        changed *= 1024**power if divisor == 1000**power else 1000**power
        part = Subexpression(part.node, part.expression.left)
        divided = meaning(occurrence.evaluation, part)
    needs(divided is not None)
    return binary("/", divided, changed)


def _plain(expression: Expression) -> bool:
    """Whether an expression consists of numbers only, without names."""
    return all(isinstance(part, Constant | Binary) for part in expression.walk())


@misconception(
    id="ratio-inverted",
    operations="+",
    equals="the ratio is inverted",
    repair="Check which of the two is to be given as a share of the other.",
    general=True,
)
def _inverted(occurrence: Occurrence) -> Any:
    """For the formula 1/n + 1/k^2 of the relative cost of a separable convolution, not other sums of reciprocals."""
    node = occurrence.evaluation.graph.nodes.get(occurrence.site.node)
    needs(node is not None and node.expression is occurrence.expression)
    divisors = [_divisor(resolved(occurrence.evaluation, part)) for part in operands(occurrence)]
    needs([_is_square(one) for one in divisors].count(True) == 1)
    right = occurrence.right()
    needs(is_number(right) and 0 < right < 1)
    return binary("/", 1, right)


def _divisor(part: Subexpression) -> Expression:
    match part.expression:
        case Binary(operator="/", left=Constant(value=1), right=divisor):
            return divisor
    raise NotApplicableError


def _is_square(expression: Expression) -> bool:
    match expression:
        case Binary(operator="**", right=Constant(value=2)):
            return True
        case Binary(operator="*", left=left, right=right):
            return same(left, right)
    return False
