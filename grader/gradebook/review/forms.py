"""The parts of the review file that are the same for every student: the heading, rubrics, and blanks for points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.gradebook.run.course import Course
from grader.homework.assignment import Part
from grader.homework.checks import plain
from grader.reports.sanitise import visible

HEADING = """\
# Marks by people. Fill in points (and, if you like, comment and who) and run the same `grader batch` again.
# To overrule the machine on any other part, add a table with assignment, student, part, points, who and why.
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
    yield from HEADING.splitlines()
    for assignment in assignments:
        for part in course.parts(assignment).values():
            yield from rubric(part).splitlines()
            yield blank(part).strip().partition("  ")[2]
