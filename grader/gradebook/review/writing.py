"""DIR/review.toml as it is written: what waits for a person, ready to be filled in, and every mark by people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring

from grader.gradebook.database import Database, PersonMark, SubmissionRow
from grader.gradebook.review.apply import answer_digest
from grader.gradebook.review.remarks import HEAD, HEADING, Key, blank, rubric
from grader.gradebook.run.course import Course
from grader.messages.isolates import unisolated
from grader.reports.sanitise import escaped_in_toml

_SHOWN = 20_000


def text(written: str) -> str:
    r"""A text as TOML, over several lines where it has them; nothing in it is live or reorders a line.

    >>> print(text('a "b"'))
    "a \"b\""
    """
    written = written[:_SHOWN]
    if "\n" not in written:
        return escaped_in_toml(encode_basestring(written))
    inner = written.replace("\\", "\\\\").replace('"', '\\"')
    return '"""\n' + escaped_in_toml(inner) + '"""'


class Writer:
    """Writes the review file from what is in the database."""

    def __init__(self, course: Course, database: Database) -> None:
        """Nothing is written yet."""
        self.database = database
        self.course = course
        self._remarks = database.remarks()

    def lines(self) -> Iterator[str]:
        """The file, piece by piece."""
        yield HEADING
        yield self._remark(HEAD)
        some = any(self.database.people())
        for assignment in self.database.assignments():
            rows = self.database.waiting_in(assignment, list(self.course.parts(assignment)))
            for student, digest, name, answer, said, *_ in rows:
                old = self._old(assignment, student, name) if some else []
                found = answer_digest(answer) if old else ""
                if any(one.points is not None and (one.digest == digest or one.answer == found) for one in old):
                    continue
                yield self._waiting(assignment, student, digest, name, answer, said, old)
        if some:
            yield from self._given()

    def _old(self, assignment: str, student: str, name: str) -> list[PersonMark]:
        """The marks that people gave a student for a part, to whichever submission."""
        return [one for one in self.database.people_of(assignment, student) if one.name == name]

    def _remark(self, key: Key) -> str:
        """The comments of an entry; if there are several entries with its key, the first one has them."""
        found = self._remarks.pop(key, "")
        return f"{found}\n" if found else ""

    def _waiting(
        self, assignment: str, student: str, digest: str, name: str, answer: str, said: str, old: list[PersonMark]
    ) -> str:
        draft = next((one for one in old if one.digest == digest), None)
        outdated = [one for one in old if one.digest != digest and one.points is not None]
        lines = [
            self._head(assignment, student, name, digest),
            self._answer(assignment, name, answer, said),
            _outdated(outdated),
            blank(self.course.parts(assignment).get(name)),
            *_words(draft, always=("comment", "who")),
        ]
        return "".join(lines)

    def _head(self, assignment: str, student: str, name: str, digest: str) -> str:
        return (
            f'\n[[review]]\n{self._remark((assignment, student, name))}assignment = "{assignment}"\n'
            f'student = {text(student)}\npart = "{name}"\nsubmission = "{digest}"\n'
        )

    def _given(self) -> Iterator[str]:
        """All marks, and a new entry for each that must be confirmed because the answer changed."""
        for one in self.database.people():
            row = self.database.current(one.assignment, one.student)
            same = row is not None and row.digest == one.digest
            found = self.database.waiting(row.id, one.question, one.part) if row is not None else None
            if one.points is None and row is not None and (not same or found is not None):
                continue
            # What was judged stays beside the mark: who corrects it need not look elsewhere.
            judged = found is not None and (same or one.answer == answer_digest(found[0]))
            asked = self._answer(one.assignment, one.name, *found) if found and judged else ""
            points = f"points = {one.points}\n" if one.points is not None else 'points = ""\n'
            yield "".join([self._head(one.assignment, one.student, one.name, one.digest), asked, points, *_words(one)])
            if row is not None and not same and found is None and not self._settled(row, one):
                yield "".join(
                    [
                        self._head(one.assignment, one.student, one.name, row.digest),
                        _outdated([one]),
                        blank(self.course.parts(one.assignment).get(one.name)),
                        *_words(None, always=("who", "why")),
                    ]
                )

    def _settled(self, row: SubmissionRow, one: PersonMark) -> bool:
        """Whether the part of the changed submission has a mark by a person, or another entry asks for one."""
        others = self._old(one.assignment, one.student, one.name)
        if row.given(one.name) or any(other.digest == row.digest for other in others):
            return True
        return one != [other for other in others if other.points is not None][-1]

    def _answer(self, assignment: str, name: str, answer: str, said: str) -> str:
        """What the student wrote, the rubric, and what the machine says of it."""
        remark = f"said = {text(unisolated(said))}\n" if said else ""
        return f"answer = {text(answer)}\n{rubric(self.course.parts(assignment).get(name))}{remark}"


def _words(mark: PersonMark | None, always: tuple[str, ...] = ()) -> list[str]:
    known = {} if mark is None else {"comment": mark.comment, "who": mark.who, "why": mark.why}
    names = [name for name in ("comment", "who", "why") if known.get(name) or name in always]
    return [f"{name} = {text(known.get(name, ''))}\n" for name in names]


def _outdated(marks: Sequence[PersonMark]) -> str:
    """What was given to earlier submissions: a table, or a list of them."""
    written = [_given_before(one) for one in marks]
    if len(written) > 1:
        return f"outdated = [{', '.join(written)}]\n"
    return f"outdated = {written[0]}\n" if written else ""


def _given_before(mark: PersonMark) -> str:
    said = {"comment": mark.comment, "who": mark.who, "why": mark.why}
    words = "".join(f", {name} = {text(value.replace(chr(10), ' '))}" for name, value in said.items() if value)
    return f"{{points = {mark.points}{words}}}"
