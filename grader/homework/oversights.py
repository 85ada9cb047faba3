"""What an author may have overlooked in a valid assignment, or not have meant in its policy.

Nothing here changes a key or a mark. In a policy, right answers may be shown too early, and days may earn nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

from grader.formula.library import Library
from grader.formula.parse import parse
from grader.formula.row_wise import SCAN
from grader.formula.tree import Binary, Call, Expression, Name, Sequence
from grader.homework.assignment import Assignment, Question
from grader.homework.dates import zone_named
from grader.homework.policy import Policy
from grader.messages import Sentence, sentence
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.homework.solution import Solution

COLOURS = 3
"""The channels of a colour image: their position reveals a shape's axis order."""


def oversights(assignment: Assignment) -> Iterator[Sentence]:
    """Unused givens, free-text parts without a rubric, and shapes that seem to be in the other axis order."""
    for question in assignment.questions:
        formulas = [parse(text) for text in question.compute.values()]
        yield from _unused(question, formulas)
        for name, part in question.parts.items():
            if not part.machine and not part.rubric:
                yield sentence("{part}: this text has no rubric for who marks it", part=f"{question.id}.{name}")
        order = assignment.order_of(question)
        for given in doubtful_shapes(question, order, formulas):
            yield sentence(
                "{given} = {shape}: is this shape in the other order? shape_order is {order}",
                given=f"{question.id}.{given}",
                shape=str(question.given[given]),
                order=order,
            )


def doubtful_shares(solution: Solution) -> Iterator[Sentence]:
    """Percentage keys below 1: the author may have computed a fraction and forgotten the factor 100."""
    for question in solution.questions.values():
        for name, part in question.parts.items():
            value = part.value
            if part.part.unit == "%" and type(value) in (int, float) and 0 < abs(value) <= 1:
                yield sentence(
                    "{part}: its key is {value}%; where a share is computed, multiply it by 100",
                    part=f"{question.question.id}.{name}",
                    value=f"{value:.4g}",
                )


def doubtful_sizes(solution: Solution) -> Iterator[Sentence]:
    """Keys that look like a shape with a quotient in it, such as (64, 96/4, 64/4): they are arrays of numbers."""
    for question in solution.questions.values():
        for name, part in question.parts.items():
            written = question.question.compute.get(name)
            if part.part.kind is None and written and _has_a_quotient(parse(written)) and _sizes(part.value):
                yield sentence(
                    '{part}: its key is a list of numbers; for a shape, write kind = "shape", or // for a quotient',
                    part=f"{question.question.id}.{name}",
                )


def _has_a_quotient(written: Expression) -> bool:
    """Whether a formula is a tuple, as shapes are written, in which something is divided."""
    divided = (part for part in written.walk() if isinstance(part, Binary))
    return isinstance(written, Sequence) and written.is_tuple and any(part.operator == "/" for part in divided)


def _sizes(value: Any) -> bool:
    """Whether a list or an array of one axis could be the sizes of a shape."""
    numbers = value.tolist() if hasattr(value, "tolist") else value
    each = numbers if isinstance(numbers, list | tuple) else [numbers]
    return all(type(size) in (int, float) and size >= 1 and size == int(size) for size in each)


def _unused(question: Question, formulas: list[Expression]) -> Iterator[Sentence]:
    """Givens that no formula uses; in a question without formulas they are for its readers."""
    read = {part.id for formula in formulas for part in formula.walk() if isinstance(part, Name)}
    for name in question.given if formulas else ():
        if name not in read:
            yield sentence("{given}: no formula uses this given", given=f"{question.id}.{name}")


def doubtful_shapes(question: Question, order: str, formulas: list[Expression]) -> list[str]:
    """The givens used as an input shape with a 3 where the other axis order has the channels."""
    library = Library(order)
    found = []
    for call in (part for formula in formulas for part in formula.walk() if isinstance(part, Call)):
        shape = _input_shape(call, library)
        if isinstance(shape, Name) and _in_other_order(question.given.get(shape.id), order):
            found.append(shape.id)
    return list(dict.fromkeys(found))


def _input_shape(call: Call, library: Library) -> Expression | None:
    """The argument of a call that is the shape of an input."""
    if call.function == SCAN.name:
        return call.arguments[1] if len(call.arguments) > 1 else dict(call.keywords).get("start")
    names = library.arguments(call.function) if call.function in library else None
    if names is None or "input_shape" not in names:
        return None
    place = names.index("input_shape")
    return call.arguments[place] if place < len(call.arguments) else dict(call.keywords).get("input_shape")


def _in_other_order(shape: Any, order: str) -> bool:
    if not isinstance(shape, list) or len(shape) != 3 or any(type(size) is not int for size in shape):
        return False
    channels, elsewhere = (shape[0], shape[2]) if order == "CHW" else (shape[2], shape[0])
    return bool(elsewhere == COLOURS != channels)


Check = Literal["early", "worthless", "offset"]


class Doubt(Struct):
    """A possible mistake: the field, what is written there, and what it conflicts with."""

    check: Check
    field: str
    written: str
    meets: str


def doubts(policy: Policy) -> Iterator[Doubt]:
    """The possible mistakes, in the order of the fields; a due moment in the past is not one."""
    for name in ("opens", "due"):
        written = getattr(policy, name)
        if policy.zone is not None and written is not None:
            yield from _offset(name, written, policy.zone)
    if policy.late is not None and policy.late.per_day:
        day = ceil(1 / Fraction(policy.late.per_day))
        if day <= policy.late.at_most:
            yield Doubt("worthless", "late", str(policy.late.at_most), str(day))
    counts = policy.due is not None or policy.attempts is not None
    if policy.feedback == "at_once" and policy.reveal != "never" and counts:
        yield Doubt("early", "reveal", policy.reveal, policy.feedback)


def _offset(name: str, written: datetime, zone: str) -> Iterator[Doubt]:
    """A written offset that is not the zone's at that time."""
    own = written.astimezone(zone_named(zone))
    if own.utcoffset() != written.utcoffset():
        yield Doubt("offset", name, written.isoformat(), own.isoformat())
