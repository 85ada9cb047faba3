"""The assignment as data: givens, formulas, and the parts asked for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from grader.answers.kinds import KINDS
from grader.homework.checks import check_assignment, check_fields, check_question
from grader.homework.givens import GIVEN
from grader.homework.policy import Policy
from grader.homework.readers import (
    ID_TEXT,
    POINTS,
    POSITIVE,
    SHARE,
    TEXT,
    Checked,
    CheckedNames,
    ListOf,
    Names,
    OneOf,
    RefusedError,
    TableOf,
    Whole,
)
from grader.homework.tables import Table, field
from grader.homework.vary import VARY, VariantsHeader, Vary
from grader.messages import Sentence, sentence
from grader.messages.names import described, shown

ASKED = "what is asked: Markdown with LaTeX between dollars; {{ X }} shows the given or step X"
NOTE = "for authors alone, never shown to students"


class Tolerance(Table):
    """How far a right answer may be off; meeting any one of several limits is enough."""

    label: ClassVar[Sentence] = sentence("a tolerance")

    relative: Decimal | None = field(POSITIVE, "share of the key's value, such as 1e-3", default=None)
    absolute: Decimal | None = field(POSITIVE, "distance from the key's value", default=None)
    decimals: int | None = field(Whole(0, 30), "half a unit of this decimal place", default=None)
    significant: int | None = field(Whole(1, 30), "half a unit of this significant digit", default=None)

    def check(self) -> None:
        """Require at least one limit, and none that lets everything pass."""
        if all(getattr(self, name) is None for name in self.fields):
            raise RefusedError(sentence("expected relative, absolute, decimals or significant in the tolerance"))
        if self.relative is not None and self.relative >= 1:
            raise RefusedError(
                sentence("expected a relative tolerance below 1, received {received}", received=self.relative),
                "relative",
            )


class RubricLine(Table):
    """One thing that a person looks for in a free-text answer."""

    label: ClassVar[Sentence] = sentence("a line of a rubric")

    points: Decimal = field(POINTS, "points that this line is worth")
    text: str = field(TEXT, "what to look for")


_SIZES = {"type": "array", "items": {"type": "integer"}}
_OPTION = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}, _SIZES]}


def _option(value: Any) -> str:
    """A choice as text: a number as written, a shape as 28x28x6."""
    if isinstance(value, list) and value and all(type(size) is int for size in value):
        return "x".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Decimal):
        return str(value)
    raise RefusedError(sentence("expected text, received {received}", received=described(value)))


def _answer(value: Any) -> str | list[str] | dict[str, str]:
    """A choice as text, several as a list of them, matched ones as a table."""
    if isinstance(value, dict):
        return {str(name): _option(entry) for name, entry in value.items()}
    if isinstance(value, list) and not (value and all(type(size) is int for size in value)):
        return [_option(entry) for entry in value]
    return _option(value)


OPTION = Checked(_option, _OPTION)
ANSWER = Checked(
    _answer,
    {
        "anyOf": [
            *_OPTION["anyOf"],
            {"type": "array", "items": _OPTION},
            {"type": "object", "additionalProperties": _OPTION},
        ]
    },
)


def _example(value: Any) -> str:
    """A right answer as a formula: a number, a list, or a text that is itself a formula."""
    if isinstance(value, list):
        return f"[{', '.join(map(_example, value))}]"
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise RefusedError(
            sentence(
                "expected a number, a list or a formula as example, received {received}", received=described(value)
            )
        )
    return str(value)


EXAMPLE = Checked(_example, {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "array"}]})


class Part(Table):
    """One part of a question."""

    label: ClassVar[Sentence] = sentence("a part")

    points: Decimal = field(POINTS, "points for a right answer")
    prompt: str = field(TEXT, ASKED, default="")
    note: str = field(TEXT, NOTE, default="", silent=True)
    kind: str | None = field(OneOf(KINDS), "inferred from the key; given for choice and text", default=None)
    unit: str | None = field(TEXT, 'printed in the template; with "%", 90 and 90% are the same', default=None)
    tolerance: Tolerance | None = field(TableOf(Tolerance), "replaces the usual tolerance", default=None)
    credit: Literal["entries", "all", "options"] | None = field(
        OneOf(("entries", "all", "options")),
        "marks entry by entry, option by option, or all or nothing",
        default=None,
    )
    credit_for: Mapping[str, Decimal] = field(
        Names(SHARE), "share of the points that a diagnosed answer earns, by id or by kind", factory=dict
    )
    choices: list[str] = field(ListOf(OPTION), "what can be chosen: texts, numbers or shapes", factory=list)
    labels: list[str] = field(ListOf(TEXT), "the names of a list's entries, which an answer may use", factory=list)
    items: Mapping[str, str] = field(Names(TEXT), "the items to match with choices, for kind matching", factory=dict)
    answer: str | list[str] | dict[str, str] | None = field(
        ANSWER, "the right choice or choices, or the right formula", default=None
    )
    accepts: str | None = field(
        TEXT, "the condition for a right answer, if there are many: a formula in the part's own name", default=None
    )
    example: Any = field(EXAMPLE, "one right answer, for a part with accepts that is not computed", default=None)
    penalty: Decimal | None = field(SHARE, "share of the points that a wrong choice costs", default=None)
    rubric: list[RubricLine] = field(
        ListOf(TableOf(RubricLine)), "what a person looks for, for kind text", factory=list
    )

    def check(self) -> None:
        """Require that the part has only fields that its kind takes, and that they fit it."""
        check_fields(self)

    @property
    def machine(self) -> bool:
        """Whether it is marked automatically."""
        return self.kind is None or KINDS[self.kind].machine


def _ranges(value: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Symbols with the integers that they are sampled from: two integers, the lower one first."""
    for name, ends in value.items():
        if isinstance(ends, (list, tuple)) and len(ends) == 2 and ends[0] == ends[1]:
            raise RefusedError(
                sentence(
                    "expected a range of several values for the symbol {name!r}, received {received}: "
                    "every formula of it would be compared at one point",
                    name=name,
                    received=", ".join(map(shown, ends)),
                ),
                name,
            )
        whole = isinstance(ends, (list, tuple)) and all(type(end) is int for end in ends)
        if not whole or len(ends) != 2 or ends[0] > ends[1] or max(map(abs, ends)) > 10**9:
            raise RefusedError(
                sentence(
                    "expected two integers, the lower one first, such as [2, 9], received {received}",
                    received=", ".join(map(shown, ends)) if isinstance(ends, (list, tuple)) else shown(ends),
                ),
                name,
            )
    return {name: tuple(ends) for name, ends in value.items()}


_RANGE = {"items": {"type": "integer"}, "maxItems": 2, "minItems": 2, "type": "array"}
SYMBOLS = CheckedNames(_ranges, {"additionalProperties": _RANGE, "type": "object"})


class Convention(Table):
    """Another accepted convention for a whole question: some givens are replaced."""

    label: ClassVar[Sentence] = sentence("an accepted convention")

    name: str = field(TEXT, "such as: FLOPs instead of MACs")
    given: Mapping[str, Any] = field(GIVEN, "the givens that this convention replaces")


class Question(Table):
    """A small graph of formulas over givens, and the names in it that are asked for."""

    label: ClassVar[Sentence] = sentence("a question")

    id: str = field(ID_TEXT, "letters, digits, - and _")
    title: str = field(TEXT, "one line, printed in the report", default="")
    prompt: str = field(TEXT, ASKED, default="")
    note: str = field(TEXT, NOTE, default="", silent=True)
    given: dict[str, Any] = field(GIVEN, "numbers, arrays, strings, booleans, layer tables", factory=dict)
    compute: dict[str, str] = field(Names(TEXT), 'name = "formula", as in the solution', factory=dict)
    shape_order: Literal["HWC", "CHW"] | None = field(
        OneOf(("HWC", "CHW")), "replaces the assignment's shape_order", default=None
    )
    symbols: dict[str, tuple[int, int]] = field(
        SYMBOLS, "the letters in formulas, and the integers they are compared at", factory=dict
    )
    parts: dict[str, Part] = field(
        Names(TableOf(Part, alone="points")), "the names that are asked for, in order: points, or a table"
    )
    accept: list[Convention] = field(
        ListOf(TableOf(Convention)), "other conventions that are accepted as right", factory=list
    )
    vary: Vary | None = field(VARY, "what differs between the variants of the assignment", default=None)

    def check(self) -> None:
        """Require usable names with one meaning each, and a key for every part."""
        check_question(self)


class Header(Table):
    """The table [assignment]."""

    label: ClassVar[Sentence] = sentence("[assignment]")

    id: str = field(ID_TEXT, "letters, digits, - and _; the name of the folder")
    title: str = field(TEXT, "one line, printed in the report", default="")
    prompt: str = field(TEXT, "what holds for all questions: Markdown with LaTeX between dollars", default="")
    note: str = field(TEXT, NOTE, default="", silent=True)
    points: Decimal | None = field(POINTS, "if given, the parts must add up to it", default=None)
    shape_order: Literal["HWC", "CHW"] = field(
        OneOf(("HWC", "CHW")), "how shapes are written, in givens and answers", default="CHW"
    )
    carried: Decimal = field(SHARE, "share of the points that an answer with a carried error earns", default=Decimal(1))
    variants: VariantsHeader | None = field(
        TableOf(VariantsHeader), "how many variants are drawn, and from which seed", default=None
    )
    policy: Policy = field(
        TableOf(Policy), "when it may be handed in, how often, and what is shown", factory=Policy, silent=True
    )


QUESTIONS = ListOf(TableOf(Question), least=1)


class Assignment(Header):
    """A whole assignment: the header and its questions."""

    questions: list[Question] = field(QUESTIONS, "the questions, in order")

    def check(self) -> None:
        """Require unique question ids, and part points that add up."""
        check_assignment(self)

    def order_of(self, question: Question) -> str:
        """The axis order of shapes in a question."""
        return question.shape_order or self.shape_order


class AssignmentDocument(Table):
    """The file assignment.toml: the table [assignment] and the tables [[questions]]."""

    assignment: Header = field(TableOf(Header), "settings of the whole assignment")
    questions: list[Question] = field(QUESTIONS, "the questions, in order")

    def whole(self) -> Assignment:
        """The assignment, unchecked."""
        return Assignment(**vars(self.assignment), questions=self.questions)
