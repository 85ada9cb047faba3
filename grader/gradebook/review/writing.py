"""Writing DIR/review.toml: an entry to fill in for every answer that waits for a person, and every mark by people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring

from grader.gradebook.database import Database, PersonMark, SubmissionRow
from grader.gradebook.database.schema import WaitingAnswer
from grader.gradebook.review.apply import answer_digest, counting
from grader.gradebook.review.document import HEAD, RemarkKey
from grader.gradebook.run.course import Course
from grader.homework.assignment import Part
from grader.homework.checks import plain
from grader.messages.isolates import unisolated
from grader.reports.sanitise import escaped_in_toml, visible

_SHOWN = 20_000
WORDS_OF_A_MARK = ("reading", "comment", "who", "why")
"""The words of a mark, in their order in an entry."""
REVIEW_HEADING = """\
# Marks by people. Fill in points (and, if you like, comment and who) and run the same `grader batch` again.
# To overrule the machine on any other part, add a table with assignment, student, part, points, who and why.
# An answer that the machine cannot read: reading = "0.5" in place of points says how to read it, and it is marked so.
# A mark belongs to the answer that was read: when that changes, the part is asked again. Equal answers stand together.
"""


def text(written: str) -> str:
    r"""A text as a TOML string, multi-line if it has several lines; control and direction characters are escaped.

    >>> print(text('a "b"'))
    "a \"b\""
    """
    written = written[:_SHOWN]
    if "\n" not in written:
        return escaped_in_toml(encode_basestring(written))
    inner = written.replace("\\", "\\\\").replace('"', '\\"')
    return '"""\n' + escaped_in_toml(inner) + '"""'


class Writer:
    """Writes the review file from the contents of the database."""

    def __init__(self, course: Course, database: Database) -> None:
        """Nothing is written yet."""
        self.database = database
        self.course = course
        self._remarks = database.remarks()

    def lines(self) -> Iterator[str]:
        """The text of the file, piece by piece."""
        yield REVIEW_HEADING
        yield self._remark(HEAD)
        some = any(self.database.people())
        for assignment in self.database.assignments():
            places = {name: place for place, name in enumerate(self.course.parts(assignment))}
            # Parts that the assignment no longer has come last.
            names = self.database.waiting_parts(assignment)
            for _, question, _, part in sorted((places.get(one, len(places)), *one.partition(".")) for one in names):
                for one in self.database.waiting_answers(assignment, f"{question}.{part}"):
                    asked = PersonMark(assignment, one.student, question, part, one.digest, None)
                    yield self._waiting(asked, one, some)
        if some:
            yield from self._given()

    def _waiting(self, asked: PersonMark, one: WaitingAnswer, some: bool) -> str:
        """The entry in which a person marks an answer; empty if the answer already has a mark."""
        old = self._old(asked) if some else []
        if counting(old, one.digest, answer_digest(one.answer)) is not None:
            return ""
        draft = next((each for each in old if each.digest == one.digest), asked)
        outdated = [each for each in old if each.digest != one.digest and each.settles]
        return self._entry(draft, (one.answer, one.said), outdated, always=("comment", "who"))

    def _old(self, mark: PersonMark) -> list[PersonMark]:
        """The marks that people gave this student for this part, in any submission."""
        return [one for one in self.database.people_of(mark.assignment, mark.student) if one.name == mark.name]

    def _remark(self, key: RemarkKey) -> str:
        """The comments that the old file had above an entry; of several entries with one key, the first gets them."""
        found = self._remarks.pop(key, "")
        return f"{found}\n" if found else ""

    def _entry(
        self,
        one: PersonMark,
        asked: tuple[str, str] | None = None,
        outdated: Sequence[PersonMark] = (),
        points: str | None = None,
        always: Sequence[str] = (),
    ) -> str:
        """An entry: the student's answer with the automatic remark on it, earlier marks, the points and the words.

        Without `points` there is a blank to fill in. The words named in `always` are written even if they are empty.
        """
        part = self.course.parts(one.assignment).get(one.name)
        lines = [
            f"\n[[review]]\n{self._remark((one.assignment, one.student, one.name))}",
            f'assignment = "{one.assignment}"\nstudent = {text(one.student)}\npart = "{one.name}"\n',
            f'submission = "{one.digest}"\n',
            f"answer = {text(asked[0])}\n{rubric(part)}" if asked else "",
            f"said = {text(unisolated(asked[1]))}\n" if asked and asked[1] else "",
            _outdated(outdated),
            blank(part) if points is None else f"points = {points}\n",
            *(
                f"{name} = {text(getattr(one, name))}\n"
                for name in WORDS_OF_A_MARK
                if getattr(one, name) or name in always
            ),
        ]
        return "".join(lines)

    def _given(self) -> Iterator[str]:
        """The entries of all marks, and a new entry for each mark to be confirmed because the answer has changed."""
        for one in self.database.people():
            row = self.database.current(one.assignment, one.student)
            same = row is not None and row.digest == one.digest
            found = self.database.waiting(row.id, one.question, one.part) if row is not None else None
            if not one.settles and row is not None and (not same or found is not None):
                continue
            # The marked answer is written with its mark, so that the mark can be corrected in place.
            judged = found is not None and (same or one.answer == answer_digest(found[0]))
            yield self._entry(one, found if judged else None, points='""' if one.points is None else one.points)
            if row is not None and not same and found is None and not self._settled(row, one):
                asked = one._replace(digest=row.digest, comment="", who="", why="", reading="")
                yield self._entry(asked, outdated=[one], always=("who", "why"))

    def _settled(self, row: SubmissionRow, one: PersonMark) -> bool:
        """Whether the changed submission already has a person's mark for the part, or another entry asks for it."""
        others = self._old(one)
        if row.given(one.name) or any(other.digest == row.digest for other in others):
            return True
        return one != [other for other in others if other.settles][-1]


def _outdated(marks: Sequence[PersonMark]) -> str:
    """The marks for earlier submissions, as one TOML table or a list of tables."""
    written = []
    for one in marks:
        words = ((name, getattr(one, name).replace("\n", " ")) for name in WORDS_OF_A_MARK)
        said = [] if one.points is None else [f"points = {one.points}"]
        said += [f"{name} = {text(word)}" for name, word in words if word]
        written.append(f"{{{', '.join(said)}}}")
    several = f"[{', '.join(written)}]" if len(written) > 1 else "".join(written)
    return f"outdated = {several}\n" if written else ""


# -- comments that the grader writes -----------------------------------------------------------------------------------


def blank(part: Part | None) -> str:
    """The line in which points are filled in."""
    return 'points = ""\n' if part is None else f'points = ""  # from 0 to {plain(part.points)}\n'


def rubric(part: Part | None) -> str:
    """The rubric of a part as comments."""
    lines = [f"{plain(line.points)}: {line.text}" for line in part.rubric] if part else []
    return "".join(f"# {visible(line)}\n" for line in lines)


def own_comments(course: Course, database: Database) -> set[str]:
    """Comments that the grader wrote, including those of the last run, as rubrics may have changed since."""
    known = set(database.note("comments").splitlines())
    return known.union(_comments(course, database.assignments() or course.assignments))


def keep_own_comments(course: Course, database: Database) -> None:
    """Remember the comments that the grader wrote into the review file."""
    database.put_note("comments", "\n".join(sorted(set(_comments(course, database.assignments())))))


def _comments(course: Course, assignments: Iterable[str]) -> Iterator[str]:
    yield from REVIEW_HEADING.splitlines()
    for assignment in assignments:
        for part in course.parts(assignment).values():
            yield from rubric(part).splitlines()
            yield blank(part).strip().partition("  ")[2]
