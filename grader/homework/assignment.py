"""The assignment as data: givens, formulas, and the parts that are asked."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from grader.answers.kinds import KINDS, KindName
from grader.homework.checks import check_assignment, check_fields, check_question
from grader.homework.fields import Id, Points, PointsWritten, Positive, RefusedError, Share, Strict
from grader.messages import sentence
from grader.messages.names import described, shown


class Tolerance(Strict):
    """How far a right answer may be off; where several limits stand, any of them suffices."""

    relative: Positive | None = Field(None, description="share of the key's value, such as 1e-3")
    absolute: Positive | None = Field(None, description="distance from the key's value")
    decimals: int | None = Field(None, ge=0, le=30, description="half a unit of this decimal place")
    significant: int | None = Field(None, ge=1, le=30, description="half a unit of this significant digit")

    @model_validator(mode="after")
    def _sets_a_limit(self) -> Self:
        if not self.model_fields_set or all(getattr(self, name) is None for name in type(self).model_fields):
            raise RefusedError(sentence("expected relative, absolute, decimals or significant in the tolerance"))
        if self.relative is not None and self.relative >= 1:
            raise RefusedError(
                sentence("expected a relative tolerance below 1, received {received}", received=self.relative),
                "relative",
            )
        return self


class RubricLine(Strict):
    """One thing that a person looks for in a free text."""

    points: Points = Field(description="points that this line is worth")
    text: str = Field(description="what to look for")


def _points_alone(value: Any) -> Any:
    """A part written as a bare number: its points."""
    return {"points": value} if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else value


class Part(Strict):
    """One thing that is asked."""

    points: Points = Field(description="points for a right answer")
    prompt: str = Field("", description="what is asked, printed in the template")
    kind: KindName | None = Field(None, description="inferred from the key; given for choice and text")
    unit: str | None = Field(None, description='printed in the template; with "%", 90 and 90% are the same')
    tolerance: Tolerance | None = Field(None, description="replaces the usual tolerance")
    credit: Literal["entries", "all"] | None = Field(None, description="marks entry by entry, or all or nothing")
    credit_for: dict[str, Share] = Field(
        default_factory=dict, description="share of the points that a diagnosed answer earns, by id or by kind"
    )
    choices: list[str] = Field(default_factory=list, description="what can be chosen, for kind choice")
    answer: str | None = Field(None, description="the right choice, or the right formula")
    rubric: list[RubricLine] = Field(default_factory=list, description="what a person looks for, for kind text")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        check_fields(self)
        return self

    @property
    def machine(self) -> bool:
        """Whether a machine marks it."""
        return self.kind is None or KINDS[self.kind].machine


def _given(value: Any) -> Any:
    """Givens as the graph computes with them: decimals as floats; nothing infinite, no dates."""
    if not isinstance(value, dict):
        return value
    return {name: _plain(entry, name) for name, entry in value.items()}


def _plain(value: Any, *at: str | int) -> Any:
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, list):
        return [_plain(entry, *at, index) for index, entry in enumerate(value)]
    if isinstance(value, dict):
        return {str(name): _plain(entry, *at, str(name)) for name, entry in value.items()}
    if isinstance(value, (float, Decimal)):
        if math.isfinite(number := float(value)):
            return number
        raise RefusedError(sentence("expected a finite number, received {received}", received=described(value)), *at)
    raise RefusedError(
        sentence("expected a number, text, true, false, list or table, received {received}", received=described(value)),
        *at,
    )


def _ranges(value: Any) -> Any:
    """Symbols with the integers that they are sampled from: two integers, the lower one first."""
    if not isinstance(value, dict):
        return value
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


_Range = Annotated[list[int], Field(min_length=2, max_length=2)]
Given = Annotated[dict[str, Any], BeforeValidator(_given, json_schema_input_type=dict[str, Any])]
Symbols = Annotated[dict[str, tuple[int, int]], BeforeValidator(_ranges, json_schema_input_type=dict[str, _Range])]
PartField = Annotated[Part, BeforeValidator(_points_alone, json_schema_input_type=PointsWritten | Part)]


class Convention(Strict):
    """Another convention that is as right, for a whole question: some givens are replaced."""

    name: str = Field(description="such as: FLOPs instead of MACs")
    given: Given = Field(description="the givens that this convention replaces")


class Question(Strict):
    """A small graph of formulas over givens, and the names in it that are asked."""

    id: Id = Field(description="letters, digits, - and _")
    title: str = Field("", description="one line, printed in the report")
    prompt: str = Field("", description="what is asked, printed in the template")
    given: Given = Field(default_factory=dict, description="numbers, arrays, strings, booleans, layer tables")
    compute: dict[str, str] = Field(default_factory=dict, description='name = "formula", as in the solution')
    symbols: Symbols = Field(default_factory=dict, description="letters of formulas and the integers they stand for")
    parts: dict[str, PartField] = Field(description="the names that are asked, in order: points, or a table")
    accept: list[Convention] = Field(default_factory=list, description="conventions that are as right")

    @model_validator(mode="after")
    def _names_fit_together(self) -> Self:
        check_question(self)
        return self


class Header(Strict):
    """The table [assignment]."""

    id: Id = Field(description="letters, digits, - and _; the name of the folder")
    title: str = Field("", description="one line, printed in the report")
    points: Points | None = Field(None, description="when given, the parts must add up to it")
    shape_order: Literal["HWC", "CHW"] = Field("CHW", description="how shapes are written, in givens and answers")
    carried: Share = Field(
        Decimal(1),
        description="share of the points that an answer with a carried error earns",
        json_schema_extra={"default": 1},
    )


class Assignment(Header):
    """A whole assignment: the header and its questions."""

    questions: list[Question] = Field(min_length=1, description="the questions, in order")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        check_assignment(self)
        return self


class AssignmentDocument(Strict):
    """The file assignment.toml: the table [assignment] and the tables [[questions]]."""

    assignment: Header = Field(description="what holds for the whole assignment")
    questions: list[Question] = Field(min_length=1, description="the questions, in order")
