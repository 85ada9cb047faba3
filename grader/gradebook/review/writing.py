"""DIR/review.toml as it is written: what waits for a person, ready to be filled in, and every mark by people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring

from grader.gradebook.database import Database, PersonMark, SubmissionRow
from grader.gradebook.run.course import Course
from grader.homework.assignment import Assignment, Part
from grader.homework.checks import plain
from grader.homework.files import read_assignment
from grader.reports.sanitise import escaped_in_toml, unisolated, visible

HEADING = """\
# Marks by people. Fill in points (and, if you like, comment and who) and run the same `grader batch` again.
# To overrule the machine on any other part, add a table with assignment, student, part, points, who and why.
# A mark belongs to the submission that was read: when that changes, the part is asked again.
"""
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
        self.course = course
        self.database = database
        self._parts: dict[str, Mapping[str, Part]] = {}
        self._rubrics: dict[tuple[str, str], str] = {}
        self._forms: dict[tuple[str, str], str] = {}

    def lines(self) -> Iterator[str]:
        """The file, piece by piece."""
        yield HEADING
        some = any(self.database.people())
        rows = self.database.connection.execute(
            "SELECT s.assignment, s.student, s.digest, w.question, w.part, w.answer, w.said FROM submissions s"
            " JOIN waiting w ON w.submission = s.id WHERE s.standing = '' ORDER BY s.path, w.place"
        )
        for assignment, student, digest, question, part, answer, said in rows:
            old = self._old(assignment, student, question, part) if some else []
            if any(one.digest == digest and one.points is not None for one in old):
                continue
            yield self._waiting(assignment, student, digest, f"{question}.{part}", answer, said, old)
        if some:
            yield from self._given()

    def part(self, assignment: str, name: str) -> Part | None:
        """The part as the assignment asks it; None where it is asked no more."""
        if assignment not in self._parts:
            known = self.course.assignments.get(assignment)
            found = read_assignment(known.data, assignment) if known and not known.broken else None
            self._parts[assignment] = _parts(found) if found else {}
        return self._parts[assignment].get(name)

    def _old(self, assignment: str, student: str, question: str, part: str) -> list[PersonMark]:
        where = "assignment = ? AND student = ? AND question = ? AND part = ?"
        return list(self.database.people(where, (assignment, student, question, part)))

    def _waiting(
        self, assignment: str, student: str, digest: str, name: str, answer: str, said: str, old: list[PersonMark]
    ) -> str:
        draft = next((one for one in old if one.digest == digest), None)
        outdated = [one for one in old if one.digest != digest and one.points is not None]
        if not old and not said:
            head, form = self._head(assignment, student, name, digest), self._form(assignment, name)
            return f"{head}answer = {text(answer)}\n{form}"
        lines = [
            self._head(assignment, student, name, digest),
            self._answer(assignment, name, answer, said),
            _outdated(outdated),
            self._blank(assignment, name),
            *_words(draft, always=("comment", "who")),
        ]
        return "".join(lines)

    def _head(self, assignment: str, student: str, name: str, digest: str) -> str:
        return (
            f'\n[[review]]\nassignment = "{assignment}"\nstudent = {text(student)}\npart = "{name}"\n'
            f'submission = "{digest}"\n'
        )

    def _blank(self, assignment: str, name: str) -> str:
        part = self.part(assignment, name)
        return f'points = ""  # from 0 to {plain(part.points)}\n' if part else 'points = ""\n'

    def _form(self, assignment: str, name: str) -> str:
        """What stands under an answer about which nothing is known."""
        key = (assignment, name)
        if key not in self._forms:
            blank = self._rubric(assignment, name) + self._blank(assignment, name)
            self._forms[key] = blank + "".join(_words(None, always=("comment", "who")))
        return self._forms[key]

    def _rubric(self, assignment: str, name: str) -> str:
        key = (assignment, name)
        if key not in self._rubrics:
            part = self.part(assignment, name)
            lines = [f"{plain(line.points)}: {line.text}" for line in part.rubric] if part else []
            self._rubrics[key] = "".join(f"# {visible(line)}\n" for line in lines)
        return self._rubrics[key]

    def _given(self) -> Iterator[str]:
        """Every mark that counts, and those that wait to be confirmed because the submission changed."""
        for one in self.database.people():
            name = f"{one.question}.{one.part}"
            row = self.database.current(one.assignment, one.student)
            if one.points is None and row is not None and (row.digest != one.digest or self._waits(row, one)):
                continue
            head = self._head(one.assignment, one.student, name, one.digest)
            # What was judged stays beside the mark: who corrects it need not look elsewhere.
            judged = row is not None and row.digest == one.digest
            found = self.database.waiting(row.id, one.question, one.part) if row is not None and judged else None
            asked = self._answer(one.assignment, name, *found) if found else ""
            points = f"points = {one.points}\n" if one.points is not None else 'points = ""\n'
            yield "".join([head, asked, points, *_words(one)])
            if row is not None and row.digest != one.digest and not self._asked_again(row, one):
                yield "".join(
                    [
                        self._head(one.assignment, one.student, name, row.digest),
                        _outdated([one]),
                        self._blank(one.assignment, name),
                        *_words(None, always=("who", "why")),
                    ]
                )

    def _waits(self, row: SubmissionRow, one: PersonMark) -> bool:
        return self.database.waiting(row.id, one.question, one.part) is not None

    def _answer(self, assignment: str, name: str, answer: str, said: str) -> str:
        """What the student wrote, the rubric, and what the machine says of it."""
        remark = f"said = {text(unisolated(said))}\n" if said else ""
        return f"answer = {text(answer)}\n{self._rubric(assignment, name)}{remark}"

    def _asked_again(self, row: SubmissionRow, one: PersonMark) -> bool:
        """Whether the changed submission's part stands in the file already."""
        where = "assignment = ? AND student = ? AND question = ? AND part = ?"
        others = list(self.database.people(where, (one.assignment, one.student, one.question, one.part)))
        if any(other.digest == row.digest for other in others) or self._waits(row, one):
            return True
        return one != [other for other in others if other.points is not None][-1]


def _parts(assignment: Assignment) -> dict[str, Part]:
    return {f"{one.id}.{name}": part for one in assignment.questions for name, part in one.parts.items()}


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
