"""Comments in the review file: those that the grader writes, and those that people write, kept with their entries."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from grader.gradebook.database import Database
from grader.gradebook.run.course import Course
from grader.homework import lines as document_lines
from grader.homework.assignment import Part
from grader.homework.checks import plain
from grader.reports.sanitise import visible

RemarkKey = tuple[str, str, str]
HEAD: RemarkKey = ("", "", "")
"""The key of comments above the first entry."""

REVIEW_HEADING = """\
# Marks by people. Fill in points (and, if you like, comment and who) and run the same `grader batch` again.
# To overrule the machine on any other part, add a table with assignment, student, part, points, who and why.
# An answer that the machine cannot read: reading = "0.5" in place of points says how to read it, and it is marked so.
# A mark belongs to the answer that was read: when that changes, the part is asked again. Equal answers stand together.
"""


def blank(part: Part | None) -> str:
    """The line in which points are filled in."""
    return 'points = ""\n' if part is None else f'points = ""  # from 0 to {plain(part.points)}\n'


def rubric(part: Part | None) -> str:
    """The rubric of a part as comments."""
    lines = [f"{plain(line.points)}: {line.text}" for line in part.rubric] if part else []
    return "".join(f"# {visible(line)}\n" for line in lines)


def comments(course: Course, assignments: Iterable[str]) -> Iterator[str]:
    """The comments that the grader itself writes for these assignments."""
    yield from REVIEW_HEADING.splitlines()
    for assignment in assignments:
        for part in course.parts(assignment).values():
            yield from rubric(part).splitlines()
            yield blank(part).strip().partition("  ")[2]


class Remarks:
    """The comments that people wrote into one review file, by assignment, student and part."""

    def __init__(self, course: Course, database: Database) -> None:
        """Nothing is read yet."""
        self._own = own_comments(course, database)
        self._before = database.remarks()
        self.lines: dict[RemarkKey, str] = {}
        """Comments by entry; empty if they were removed."""

    def collect(self, entries: Iterable[Any], text: str) -> None:
        """Take the comments from the text of some entries."""
        found = comments_besides(self._own, text)
        for key in [key for entry in entries if (key := _key(entry)) is not None] or [HEAD]:
            if found or key in self._before:
                said = [self.lines.get(key, ""), *found]
                self.lines[key] = "\n".join(filter(None, said))
                found = []


def comments_besides(known: Container[str], text: str) -> list[str]:
    r"""The comments of a table that are not among the known ones.

    >>> comments_besides({"# 1: known"}, "# 1: known\npoints = 2  # generous\nanswer = '# no comment'\n")
    ['# generous']
    """
    lines = (line[line.index("#") :].rstrip() for line in text.splitlines() if "#" in line)
    if all(line in known for line in lines):
        return []
    found = (comment.rstrip() for comment in document_lines.comments(text))
    return [comment for comment in found if comment not in known]


def own_comments(course: Course, database: Database) -> set[str]:
    """Comments that the grader wrote, including those of the last run, as rubrics may have changed since."""
    known = set(database.note("comments").splitlines())
    return known.union(comments(course, database.assignments() or course.assignments))


def keep_own_comments(course: Course, database: Database) -> None:
    """Remember the comments that the grader wrote into the review file."""
    database.put_note("comments", "\n".join(sorted(set(comments(course, database.assignments())))))


def _key(entry: Any) -> RemarkKey | None:
    if not isinstance(entry, dict):
        return None
    names = [entry.get(name) for name in ("assignment", "student", "part")]
    assignment, student, part = (str(name or "").strip() for name in names)
    return assignment, student, part
