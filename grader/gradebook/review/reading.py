"""Reading DIR/review.toml: what people have filled in is checked, and stored for good."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from grader.errors import StudentError, UsageError
from grader.gradebook.database import Database, PersonMark
from grader.gradebook.review.apply import answer_digest, submitted_answer
from grader.gradebook.review.checks import LONGEST_TEXT, check_points, points_given, read_points, reading_given
from grader.gradebook.review.document import RemarkKey, Remarks, Tables, digest_of, read_whole, refused, tables
from grader.gradebook.review.writing import WORDS_OF_A_MARK, own_comments
from grader.gradebook.run.course import Course
from grader.homework.assignment import Part
from grader.messages import Sentence, sentence
from grader.messages.names import listed, nearest, shown
from grader.structs import Struct

FIELDS = ("assignment", "student", "part", "submission", "answer", "said", "points", *WORDS_OF_A_MARK, "outdated")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Entry:
    """One `[[review]]` table as it was written, and the errors that point to its fields."""

    def __init__(self, file: Path, index: int, written: Any) -> None:
        """Check that the fields are known and that texts are texts.

        Raises UsageError where they are not.
        """
        self.file = file
        self.index = index
        if not isinstance(written, dict):
            raise refused(file, sentence("expected [[review]] tables, received {entry}", entry=shown(written)))
        self.fields: Mapping[str, Any] = written
        for name in written:
            if name not in FIELDS:
                said = sentence("unknown field {name}; allowed: {allowed}", name=shown(name), allowed=listed(FIELDS))
                raise self.refused(said, name)
        self.words = {name: self.text(name) for name in WORDS_OF_A_MARK}
        self.points = written.get("points", "")

    def refused(self, said: Sentence, field: str) -> UsageError:
        """An error about a field."""
        return refused(self.file, said, self.index, field)

    def text(self, name: str) -> str:
        """A field's text.

        Raises UsageError where it is not a text, or too long.
        """
        value = self.fields.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            said = sentence(
                "expected {name} as text in quotes of at most {limit:,} characters, received {received}",
                name=name,
                limit=LONGEST_TEXT,
                received=shown(value),
            )
            raise self.refused(said, name)
        return value.strip()

    def about(self, digest: str) -> tuple[str, list[str]]:
        """An SQL condition, with values, for the marks of the entry's part in the submission with this digest."""
        where = "digest = ? AND assignment = ? AND student = ? AND question || '.' || part = ?"
        return where, [digest, *(self.text(name) for name in ("assignment", "student", "part"))]

    def repeats(self, mark: PersonMark) -> bool:
        """Whether the entry is equal to a stored mark."""
        points = None if self.points == "" else read_points(self.points)
        known = None if mark.points is None else Decimal(mark.points)
        return points == known and all(getattr(mark, name) == text for name, text in self.words.items())


class ReviewReader(Struct, eq=False):
    """Reads what people wrote into one review file."""

    course: Course
    database: Database
    file: Path
    said: list[Sentence] = field(default_factory=list)
    """Warnings: accepted entries that may not be what was meant."""

    def take(self) -> str:
        """Store every mark that was filled in since the file was written; return the digest of the file as it is now.

        Raises UsageError, and stores nothing, if an entry is invalid.
        """
        digest = digest_of(self.file)
        if digest and digest != self.database.note("review"):
            try:  # table by table, because most of the file is still blank
                with self.file.open("rb") as stream:
                    marks, remarks = self._read(tables(stream))
            except (ValueError, RecursionError):  # it cannot be split, or is invalid
                marks, remarks = self._read(read_whole(self.file))
            with self.database.transaction():
                self.database.replace_people(marks)
            self.database.put_remarks(remarks)
        check_points(self.course, self.database, self.file.name)
        return digest

    def _read(self, found: Tables) -> tuple[list[PersonMark], Mapping[RemarkKey, str]]:
        """The file's marks and comments."""
        self.said.clear()
        remarks = Remarks(own_comments(self.course, self.database), self.database.remarks())
        return list(self._marks(self._entries(found, remarks))), remarks.lines

    def _marks(self, entries: Iterable[Any]) -> Iterator[PersonMark]:
        seen: dict[tuple[str, ...], PersonMark] = {}
        for index, written in enumerate(entries):
            entry = Entry(self.file, index, written)
            mark = self._mark(entry)
            if mark is None:
                continue
            if seen.setdefault(mark[:5], mark) != mark:
                said = sentence("a second mark for {part} of {student}", part=mark.name, student=shown(mark.student))
                raise entry.refused(said, "points")
            yield mark

    def _entries(self, found: Tables, remarks: Remarks) -> Iterator[Any]:
        """All entries; their comments are collected on the way."""
        for values, text in found:
            entries = values.pop("review", [])
            if values or not isinstance(entries, list):
                name = next(iter(values), "review")
                said = sentence("expected only [[review]] tables, received {name}", name=shown(name))
                raise refused(self.file, said)
            if text:  # otherwise the file could not be split, and comments cannot be assigned
                remarks.collect(entries, text)
            yield from entries

    def _mark(self, entry: Entry) -> PersonMark | None:
        """The mark that an entry gives; None for one that is still blank."""
        if entry.points == "" and not any(entry.words.values()):
            self._emptied(entry)
            return None
        kept = next(filter(entry.repeats, self._before(entry)), None)
        if kept is not None:  # it was valid when it was stored, whatever has changed since
            return kept if kept.answer else self._bound(kept, entry)
        if any(entry.repeats(one) for one in self._overtaken(entry, entry.text("submission"))):
            return None
        assignment = entry.text("assignment")
        parts = self.course.parts(assignment)
        if not parts:
            said = sentence(
                "expected one of the assignments {allowed}, received {id}",
                allowed=listed(self.course.assignments),
                id=shown(assignment),
            )
            raise entry.refused(said, "assignment")
        part = self._part(entry, parts)
        question, _, name = entry.text("part").partition(".")
        points = self._points(entry, assignment, part)
        mark = PersonMark(
            assignment, entry.text("student"), question, name, entry.text("submission"), points, **entry.words
        )
        mark = mark._replace(digest=self._submission(entry, mark))
        self._check_words(entry, mark, part)
        self._check_overtaken(entry, mark)
        return self._bound(mark, entry)

    def _part(self, entry: Entry, parts: Mapping[str, Part]) -> Part:
        written = entry.text("part")
        if written not in parts:
            guess = nearest(written, parts)
            said = sentence(
                "unknown part {part}: did you mean {nearest}? asked: {allowed}",
                part=shown(written),
                nearest=shown(guess or next(iter(parts))),
                allowed=listed(parts),
            )
            raise entry.refused(said, "part")
        return parts[written]

    def _points(self, entry: Entry, assignment: str, part: Part) -> str | None:
        """The points that are given, None where there are none; a reading in their place has to be unambiguous."""
        reading, name = entry.words["reading"], entry.text("part")
        points = None if entry.points == "" else points_given(name, part, entry.points)
        if isinstance(points, Sentence):
            raise entry.refused(points, "points")
        if reading and points is not None:
            said = sentence("expected points or reading, received both for {part}", part=name)
            raise entry.refused(said, "reading")
        found = reading_given(name, self.course.spec(assignment, name), reading) if reading else ""
        if isinstance(found, Sentence):
            raise entry.refused(found, "reading")
        return points

    def _check_words(self, entry: Entry, mark: PersonMark, part: Part) -> None:
        """Warn of words without points; a mark that overrides the automatic one needs a name and a reason."""
        rows = self.database.rows_of(mark.assignment, mark.student)
        waits = bool({"answer", "said"} & set(entry.fields)) or any(
            self.database.waiting(row.id, mark.question, mark.part) is not None for row in rows
        )
        if waits:
            return
        if not mark.settles:
            said = sentence(
                "{file}: {part} of {student} has words and no points: it changes nothing yet",
                file=self.file.name,
                part=mark.name,
                student=shown(mark.student),
            )
            self.said.append(said)
        elif mark.points is not None and part.machine and not (mark.who and mark.why):
            said = sentence(
                "expected {missing} beside the points of {part}, which a machine marks: who decided, and why",
                missing="why" if mark.who else "who",
                part=mark.name,
            )
            raise entry.refused(said, "points")

    def _check_overtaken(self, entry: Entry, mark: PersonMark) -> None:
        """Refuse a mark where somebody gave another one elsewhere since the file was written: neither was seen."""
        if not any(self._overtaken(entry, mark.digest)):
            return
        now = next(self.database.people(*entry.about(mark.digest)), mark)
        said = sentence(
            "{part} of {student} was marked elsewhere, with {points} points, since this file was written, and is "
            "changed here too: write what was given there, or leave points, comment, who and why as they were",
            part=mark.name,
            student=shown(mark.student),
            points=now.points or "-",
        )
        raise entry.refused(said, "points")

    def _overtaken(self, entry: Entry, digest: str) -> Iterator[PersonMark]:
        """What the file said when it was written, if the mark was given elsewhere since."""
        return islice(self.database.overtaken(*entry.about(digest)), 1)

    def _bound(self, mark: PersonMark, entry: Entry) -> PersonMark:
        """The mark with the digest of the answer: from the submission, or else from the entry itself."""
        row = self.database.current(mark.assignment, mark.student)
        if row is not None and row.digest == mark.digest:
            try:
                return mark._replace(answer=submitted_answer(self.database.content(row.id), mark.question, mark.part))
            except StudentError:
                return mark
        return mark._replace(answer=answer_digest(entry.fields.get("answer")))

    def _before(self, entry: Entry) -> Iterator[PersonMark]:
        """Marks stored before for the part and submission that the entry names."""
        return self.database.people(*entry.about(entry.text("submission")))

    def _emptied(self, entry: Entry) -> None:
        """Warn that a mark stays though its points were deleted: the file may be an older copy."""
        for one in self._before(entry):
            if one.points is not None and not any(self._overtaken(entry, one.digest)):
                said = sentence(
                    "{file}: {part} of {student} has no points any more, and the mark of {points} stays: write other "
                    "points to change it",
                    file=self.file.name,
                    part=one.name,
                    student=shown(one.student),
                    points=one.points,
                )
                self.said.append(said)

    def _submission(self, entry: Entry, mark: PersonMark) -> str:
        """The digest of the submission that was read: as written in the entry, or else the current one."""
        own = (mark.assignment, mark.student)
        rows = [row for row in self.database.rows_of(*own) if not row.standing]
        known = (
            any(row.digest == mark.digest for row in rows)
            or self.database.was_submitted(mark.digest, *own)
            or any(self.database.people("digest = ? AND assignment = ? AND student = ?", (mark.digest, *own)))
        )
        if rows and rows[0].status == "rejected" and mark.digest in ("", rows[0].digest):
            said = sentence(
                "the submission of {student} to {assignment} could not be graded, so no part of it can be marked: "
                "correct the file first",
                student=shown(mark.student),
                assignment=mark.assignment,
            )
            raise entry.refused(said, "student")
        # In a folder that was not graded before, the review file may come from another one.
        if known or (_DIGEST.fullmatch(mark.digest) and not self.database.count()):
            return mark.digest
        if rows and mark.digest:
            said = sentence(
                "the submission of {student} to {assignment} that was marked is {digest}, received {received}: "
                "leave the line out to mean that one",
                student=shown(mark.student),
                assignment=mark.assignment,
                digest=rows[0].digest,
                received=shown(mark.digest),
            )
            raise entry.refused(said, "submission")
        if not rows:
            named = shown(mark.student)
            said = sentence(
                "expected a student whose submission to {assignment} was marked, received {student}",
                assignment=mark.assignment,
                student=f"{named} with submission {shown(mark.digest)}" if mark.digest else named,
            )
            raise entry.refused(said, "submission" if mark.digest else "student")
        return rows[0].digest
