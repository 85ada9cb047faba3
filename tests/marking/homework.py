"""Small assignments written as TOML, solved and marked through the public door."""

from __future__ import annotations

from typing import Any

from grader.homework.assignment import Assignment
from grader.homework.files import check_names, read_assignment, read_submission
from grader.homework.solution import solve
from grader.marking.marker import Marker
from grader.marking.report import PartReport, QuestionReport, SubmissionReport

HEADER = """\
[assignment]
id = "small"
title = "Small"
{header}
"""


def assignment(questions: str, header: str = "") -> Assignment:
    """An assignment of the questions given; `[[questions]]` and the id q are put in front where there are none."""
    if "[[questions]]" not in questions:
        questions = '[[questions]]\nid = "q"\n' + questions
    return read_assignment((HEADER.format(header=header) + questions).encode(), "assignment.toml")


def graded(homework: Assignment, answers: str) -> SubmissionReport:
    """The report on a submission; answers without a table are those of question q."""
    if "[answers" not in answers:
        answers = "[answers.q]\n" + answers
    data = ('assignment = "small"\nstudent = "student-01"\n' + answers).encode()
    submission = read_submission(data, "submission.toml")
    check_names(submission, homework, "submission.toml", data)
    return Marker(solve(homework)).mark(submission)


def question(homework: Assignment, answers: str) -> QuestionReport:
    report = graded(homework, answers)
    assert len(report.questions) == 1
    return report.questions[0]


def parts(homework: Assignment, answers: str) -> dict[str, PartReport]:
    return {part.id: part for part in question(homework, answers).parts}


def verdicts(homework: Assignment, answers: str) -> dict[str, str]:
    return {name: part.verdict for name, part in parts(homework, answers).items()}


def outcome(homework: Assignment, answers: str) -> dict[str, tuple[str, float]]:
    """Verdict and marks of every part."""
    return {name: (part.verdict, float(part.score)) for name, part in parts(homework, answers).items()}


def one(key: str, answer: str, part: str = "1", given: str = "", kind: str | None = None) -> PartReport:
    """The report on one part y with this formula as key."""
    text = f"[questions.given]\n{given}\n[questions.compute]\ny = '''{key}'''\n[questions.parts]\ny = {part}\n"
    report = parts(assignment(text), f"y = {answer}")["y"]
    assert kind in (None, report.kind)
    return report


def said(part: PartReport) -> str:
    """The whole message, as it is printed."""
    return " ".join(map(str, part.message))


def value_of(key: str, given: str = "") -> Any:
    homework = assignment(
        f"[questions.given]\n{given}\n[questions.compute]\ny = '''{key}'''\n[questions.parts]\ny = 1\n"
    )
    return solve(homework).questions["q"].parts["y"]
