"""A decision as the form of the marking page posts it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from starlette.datastructures import FormData

from grader.gradebook.review.queue import WantedDecision
from grader.homework.assignment import Part


class TypedDecision(NamedTuple):
    """What was typed and ticked, and the group with its version that it is about."""

    key: str
    version: str
    points: str
    ticks: tuple[str, ...]
    comment: str
    again: str
    who: str
    reading: str
    asked: str
    """The digest of what the page showed of the part; empty if the form does not say it."""

    @classmethod
    def of(cls, form: FormData) -> TypedDecision:
        """The contents of a form; missing fields are empty."""
        ticks = tuple(tick for tick in form.getlist("tick") if isinstance(tick, str))
        fields = {name: text_of(form, name) for name in ("version", "points", "comment", "again", "who", "asked")}
        reading = text_of(form, "reading") or text_of(form, "read_as")
        return cls(key=text_of(form, "group"), ticks=ticks, reading=reading, **fields)

    def points_of(self, part: Part) -> str:
        """The points: as typed, or else the sum of the ticks."""
        if self.points.strip() or not self.ticks:
            return self.points
        worth = lines_of(part)
        ticked = (int(tick) for tick in set(self.ticks) if tick.isdecimal() and len(tick) < 4)
        return str(sum((worth[line] for line in ticked if line < len(worth)), Decimal(0)))

    def wanted(self, assignment: str, name: str, part: Part) -> WantedDecision:
        """The decision about a part (`question.part`); unchecked."""
        points = self.points_of(part)
        return WantedDecision(
            assignment, name, self.key, self.version, points, self.words, self.who, self.reading, self.asked
        )

    @property
    def words(self) -> str:
        """The comment: as typed, or else the one that was chosen."""
        return self.comment if self.comment.strip() else self.again


def text_of(form: FormData, name: str) -> str:
    """A field as text; empty where there is none, or a file."""
    value: Any = form.get(name, "")
    return value if isinstance(value, str) else ""


def lines_of(part: Part) -> list[Decimal]:
    """What each tick is worth: the lines of the rubric, or all points."""
    return [line.points for line in part.rubric] or [part.points]
