"""Read what people filled in in DIR/review.toml, check it, and store it for good."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.errors import StudentError
from grader.gradebook.database import Database, PersonMark
from grader.gradebook.review.apply import answer_digest
from grader.gradebook.review.file import ReviewFile, digest_of
from grader.gradebook.review.points import check_points, read_points
from grader.gradebook.review.remarks import Key, Remarks
from grader.gradebook.run.course import Course, CourseAssignment
from grader.homework.assignment import Assignment, Part
from grader.homework.checks import plain
from grader.homework.files import read_assignment, read_submission
from grader.messages import Sentence, sentence
from grader.messages.names import listed, nearest, shown

FIELDS = (
    "assignment",
    "student",
    "part",
    "submission",
    "answer",
    "said",
    "points",
    "comment",
    "who",
    "why",
    "outdated",
)
LONGEST = 10_000
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Reader:
    """Reads what people wrote into one review file."""

    def __init__(self, course: Course, database: Database, path: Path) -> None:
        """Nothing is read yet."""
        self.course = course
        self.database = database
        self.file = ReviewFile(path)
        self._assignments: dict[str, Assignment] = {}
        self.begun = not database.empty
        """Whether this folder was graded before; if not, the review file may come from another one."""
        self.some = any(True for _ in database.people())
        self.said: list[Sentence] = []
        """Warnings: accepted entries that may not be what was meant."""

    def take(self) -> str:
        """Store every mark that was filled in since the file was written; return the digest of the file as it is now.

        Raises UsageError, and keeps nothing, where an entry cannot be meant as it is written.
        """
        digest = digest_of(self.file.path)
        if digest and digest != self.database.note("review"):
            digest, marks, remarks = self._read_file()
            self.database.put_people(marks)
            self.database.put_remarks(remarks)
        check_points(self.course, self.database, self._read, self.file.name)
        return digest

    def _read_file(self) -> tuple[str, list[PersonMark], Mapping[Key, str]]:
        """The file's digest, marks and comments. It is read table by table, because most of it is still blank."""
        for tables in (self.file.tables, self.file.whole):
            remarks = Remarks(self.course, self.database)
            digest = hashlib.sha256()
            self.said.clear()
            try:
                marks = list(self._marks(remarks.collected(tables(digest.update))))
            except (ValueError, RecursionError):
                continue  # a file that cannot be divided is read at once
            return digest.hexdigest(), marks, remarks.lines
        raise AssertionError("a file that is read at once is read or refused")

    def _entries(self, documents: Iterable[dict[str, Any]]) -> Iterator[Any]:
        for values in documents:
            entries = values.pop("review", [])
            if values or not isinstance(entries, list):
                name = next(iter(values), "review")
                said = sentence("expected only [[review]] tables, received {name}", name=shown(name))
                raise self.file.refused(said)
            yield from entries

    def _marks(self, documents: Iterable[dict[str, Any]]) -> Iterator[PersonMark]:
        seen: dict[tuple[str, ...], PersonMark] = {}
        for index, entry in enumerate(self._entries(documents)):
            if not isinstance(entry, dict):
                raise self.file.refused(sentence("expected [[review]] tables, received {entry}", entry=shown(entry)))
            mark = self._entry(index, entry)
            if mark is None:
                continue
            if seen.setdefault(mark[:5], mark) != mark:
                said = sentence(
                    "a second mark for {part} of {student}", part=entry["part"], student=shown(mark.student)
                )
                raise self.file.refused(said, index, "points")
            yield mark

    def _entry(self, index: int, entry: Mapping[str, Any]) -> PersonMark | None:
        for name in entry:
            if name not in FIELDS:
                said = sentence("unknown field {name}; allowed: {allowed}", name=shown(name), allowed=listed(FIELDS))
                raise self.file.refused(said, index, name)
        texts = {name: self._words(index, entry, name) for name in ("comment", "who", "why")}
        written = entry.get("points", "")
        if written == "" and not any(texts.values()):
            self._emptied(index, entry)
            return None
        if (kept := self._kept(index, entry, texts)) is not None:
            return kept if kept.answer else self._bound(kept, entry)
        assignment = self._assignment(index, entry)
        question, name, part = self._part(index, entry, assignment)
        student = self._words(index, entry, "student")
        points = None if written == "" else self._points(index, written, part, f"{question}.{name}")
        digest = self._words(index, entry, "submission")
        mark = PersonMark(assignment.id, student, question, name, digest, points, **texts)
        mark = mark._replace(digest=self._submission(index, mark))
        waits = bool({"answer", "said"} & set(entry)) or self._waits(assignment.id, student, question, name)
        if points is None and not waits:
            said = sentence(
                "{file}: {part} of {student} has words and no points: it changes nothing yet",
                file=self.file.name,
                part=f"{question}.{name}",
                student=shown(student),
            )
            self.said.append(said)
        if part.machine and points is not None and not (texts["who"] and texts["why"]) and not waits:
            missing = "why" if texts["who"] else "who"
            said = sentence(
                "expected {missing} beside the points of {part}, which a machine marks: who decided, and why",
                missing=missing,
                part=f"{question}.{name}",
            )
            raise self.file.refused(said, index, "points")
        return self._bound(mark, entry)

    def _bound(self, mark: PersonMark, entry: Mapping[str, Any]) -> PersonMark:
        """The mark with the digest of the answer: from the submission, or else from the entry itself."""
        row = self.database.current(mark.assignment, mark.student)
        written = entry.get("answer")
        if row is not None and row.digest == mark.digest:
            try:
                submission = read_submission(self.database.content(row.id), row.file)
            except StudentError:
                return mark
            written = submission.answers.get(mark.question, {}).get(mark.part)
        return mark._replace(answer=answer_digest(written))

    def _waits(self, assignment: str, student: str, question: str, part: str) -> bool:
        """Whether a part of the student's submission needs a person."""
        rows = self.database.rows_of(assignment, student)
        return any(self.database.waiting(row.id, question, part) is not None for row in rows)

    def _before(self, index: int, entry: Mapping[str, Any]) -> Iterator[PersonMark]:
        """Marks stored before for the part and submission that the entry names."""
        names = [self._words(index, entry, name) for name in ("submission", "assignment", "student", "part")]
        where = "digest = ? AND assignment = ? AND student = ? AND question || '.' || part = ?"
        return self.database.people(where, names)

    def _emptied(self, index: int, entry: Mapping[str, Any]) -> None:
        """Warn that a mark stays though its points were deleted: the file may be an older copy."""
        for one in self._before(index, entry) if self.some else ():
            if one.points is not None:
                said = sentence(
                    "{file}: {part} of {student} has no points any more, and the mark of {points} stays: write other "
                    "points to change it",
                    file=self.file.name,
                    part=f"{one.question}.{one.part}",
                    student=shown(one.student),
                    points=one.points,
                )
                self.said.append(said)

    def _kept(self, index: int, entry: Mapping[str, Any], texts: Mapping[str, str]) -> PersonMark | None:
        """The stored mark, if the entry repeats it: it was valid then, whatever has changed since."""
        written = entry.get("points", "")
        points = None if written == "" else read_points(written)
        for one in self._before(index, entry):
            if (None if one.points is None else Decimal(one.points)) == points and texts == {
                name: getattr(one, name) for name in texts
            }:
                return one
        return None

    def _words(self, index: int, entry: Mapping[str, Any], name: str) -> str:
        value = entry.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST:
            said = sentence(
                "expected {name} as text in quotes of at most {limit:,} characters, received {received}",
                name=name,
                limit=LONGEST,
                received=shown(value),
            )
            raise self.file.refused(said, index, name)
        return value.strip()

    def _assignment(self, index: int, entry: Mapping[str, Any]) -> Assignment:
        id = self._words(index, entry, "assignment")
        known = self.course.assignments.get(id)
        if known is None or known.broken:
            said = sentence(
                "expected one of the assignments {allowed}, received {id}",
                allowed=listed(self.course.assignments),
                id=shown(id),
            )
            raise self.file.refused(said, index, "assignment")
        return self._read(known)

    def _read(self, known: CourseAssignment) -> Assignment:
        if known.id not in self._assignments:
            self._assignments[known.id] = read_assignment(known.data, known.id)
        return self._assignments[known.id]

    def _part(self, index: int, entry: Mapping[str, Any], assignment: Assignment) -> tuple[str, str, Part]:
        written = self._words(index, entry, "part")
        parts = {f"{question.id}.{name}": question for question in assignment.questions for name in question.parts}
        if written not in parts:
            guess = nearest(written, parts)
            said = sentence(
                "unknown part {part}: did you mean {nearest}? asked: {allowed}",
                part=shown(written),
                nearest=shown(guess or next(iter(parts))),
                allowed=listed(parts),
            )
            raise self.file.refused(said, index, "part")
        question = parts[written]
        name = written.removeprefix(f"{question.id}.")
        return question.id, name, question.parts[name]

    def _points(self, index: int, written: Any, part: Part, name: str) -> str:
        points = read_points(written)
        if points is None or not 0 <= points <= part.points or points != round(points, 2):
            said = sentence(
                "expected points of {part} from 0 to {most} with at most 2 decimals, received {received}",
                part=name,
                most=plain(part.points),
                received=shown(written),
            )
            raise self.file.refused(said, index, "points")
        return plain(points)

    def _submission(self, index: int, mark: PersonMark) -> str:
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
            raise self.file.refused(said, index, "student")
        if known or (_DIGEST.fullmatch(mark.digest) and not self.begun):
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
            raise self.file.refused(said, index, "submission")
        if not rows:
            named = shown(mark.student)
            said = sentence(
                "expected a student whose submission to {assignment} was marked, received {student}",
                assignment=mark.assignment,
                student=f"{named} with submission {shown(mark.digest)}" if mark.digest else named,
            )
            raise self.file.refused(said, index, "submission" if mark.digest else "student")
        return rows[0].digest
