"""The parts of the review file that are the same for every student: the heading, rubrics, and blanks for points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.gradebook.run.course import Course
from grader.homework.checks import plain
from grader.reports.sanitise import visible

HEADING = """\
# Marks by people. Fill in points (and, if you like, comment and who) and run the same `grader batch` again.
# To overrule the machine on any other part, add a table with assignment, student, part, points, who and why.
# A mark belongs to the answer that was read: when that changes, the part is asked again. Equal answers stand together.
"""


class Forms:
    """The rubrics and blanks of a course's parts, each made once."""

    def __init__(self, course: Course) -> None:
        """Nothing is read yet."""
        self.course = course
        self._rubrics: dict[tuple[str, str], str] = {}

    def blank(self, assignment: str, name: str) -> str:
        """The line in which points are filled in."""
        part = self.course.parts(assignment).get(name)
        return f'points = ""  # from 0 to {plain(part.points)}\n' if part else 'points = ""\n'

    def rubric(self, assignment: str, name: str) -> str:
        """The rubric of a part as comments."""
        key = (assignment, name)
        if key not in self._rubrics:
            part = self.course.parts(assignment).get(name)
            lines = [f"{plain(line.points)}: {line.text}" for line in part.rubric] if part else []
            self._rubrics[key] = "".join(f"# {visible(line)}\n" for line in lines)
        return self._rubrics[key]

    def comments(self, assignments: Iterable[str]) -> Iterator[str]:
        """The comments that the grader itself writes for these assignments."""
        yield from HEADING.splitlines()
        for assignment in assignments:
            for name in self.course.parts(assignment):
                yield from self.rubric(assignment, name).splitlines()
                yield self.blank(assignment, name).strip().partition("  ")[2]
