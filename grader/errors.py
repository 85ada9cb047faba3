"""Errors, by who can fix them: the author, the student, the caller, or us.

An error is data (a sentence with its fields, and a place); its text is built here and nowhere else.
"""

from __future__ import annotations

from dataclasses import replace

from grader.messages import Sentence, sentence
from grader.structs import Struct


class Place(Struct):
    """Where something is wrong; None for unknown fields."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    question: str | None = None
    name: str | None = None
    givens: tuple[str, ...] = ()
    """The givens passed to a failing call, one of which may be the cause."""
    path: tuple[str | int, ...] = ()
    """The key path from the question (or from [assignment]) to the text with the error."""
    below: int = 0
    """The line in that text, from 0."""

    def __str__(self) -> str:
        """Text such as `paper.toml: line 6: q4.dX: column 3`."""
        names = ".".join(word for word in (self.question, self.name) if word)
        words = [
            self.file,
            f"line {self.line}" if self.line is not None else None,
            names or None,
            f"column {self.column}" if self.column is not None else None,
        ]
        return ": ".join(word for word in words if word)

    @property
    def said(self) -> str | Sentence:
        """The same as a sentence, for any language."""
        names = ".".join(word for word in (self.question, self.name) if word)
        words: list[str | Sentence | None] = [
            self.file,
            sentence("line {line}", line=self.line) if self.line is not None else None,
            names or None,
            sentence("column {column}", column=self.column) if self.column is not None else None,
        ]
        known = [word for word in words if word]
        place = known[0] if known else ""
        for inner in known[1:]:
            place = sentence("{place}: {said}", place=place, said=inner)
        return place


class GraderError(Exception):
    """A problem that one sentence explains to the person who can fix it."""

    def __init__(self, said: Sentence, place: Place | None = None) -> None:
        """Store the sentence and the place; the text is derived from them."""
        super().__init__(said, place)
        self.said = said
        self.place = place or Place()

    def __str__(self) -> str:
        """`place: sentence`, or the sentence alone."""
        place = str(self.place)
        return f"{place}: {self.said}" if place else str(self.said)

    @property
    def located(self) -> Sentence:
        """The place, then the sentence."""
        return sentence("{place}: {said}", place=self.place.said, said=self.said) if str(self.place) else self.said

    def at(self, **known: str | int | None) -> GraderError:
        """The same error with unknown parts of its place filled in."""
        missing = {key: value for key, value in known.items() if getattr(self.place, key) is None}
        return type(self)(self.said, replace(self.place, **missing))  # type: ignore[arg-type]


class AuthorError(GraderError):
    """The assignment or its key is wrong: the instructor can fix it."""


class StudentError(GraderError):
    """The submission cannot be graded as a document: the student can fix it."""


class UnreadableError(GraderError):
    """One answer cannot be read as its kind: the part is `unreadable`, the rest of the submission is graded."""


class UsageError(GraderError):
    """The command was called wrongly: the caller can fix it."""


class FaultError(GraderError):
    """A fault of the grader: never counted as a student's zero."""
