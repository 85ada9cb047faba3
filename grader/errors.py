"""Errors, sorted by the reader who can mend them: the author, the student, the caller, us.

Every error is data first (a sentence with its fields, and where it happened); its text is built here and only here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from grader.messages import Sentence, sentence


@dataclass(frozen=True)
class Place:
    """Where something is wrong; what is not known stays None."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    question: str | None = None
    name: str | None = None

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
        """The same, to be said in any language."""
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
    """Something that can be said in one sentence to the person who can mend it."""

    def __init__(self, said: Sentence, place: Place | None = None) -> None:
        """Keep what is said and where; the text is derived."""
        super().__init__(said, place)
        self.said = said
        self.place = place or Place()

    def __str__(self) -> str:
        """`place: sentence`, or the sentence alone."""
        place = str(self.place)
        return f"{place}: {self.said}" if place else str(self.said)

    @property
    def located(self) -> Sentence:
        """What is said, behind its place."""
        return sentence("{place}: {said}", place=self.place.said, said=self.said) if str(self.place) else self.said

    def at(self, **known: str | int | None) -> GraderError:
        """The same error with the places filled in that were not known yet."""
        missing = {key: value for key, value in known.items() if getattr(self.place, key) is None}
        return type(self)(self.said, replace(self.place, **missing))  # type: ignore[arg-type]


class AuthorError(GraderError):
    """The assignment or its key is wrong: the instructor mends it."""


class StudentError(GraderError):
    """The submission as a document cannot be graded: the student mends it."""


class UnreadableError(GraderError):
    """One answer cannot be read as its kind: the part is `unreadable`, the rest of the submission is graded."""


class UsageError(GraderError):
    """The command was called wrongly: the caller mends it."""


class FaultError(GraderError):
    """Our own fault: never a student's zero."""
