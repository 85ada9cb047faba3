"""Through the whole marking: the wrong number of every case of the catalogue is answered with the rule's id."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli

from grader.homework.assignment import Assignment
from grader.homework.solution import solve
from grader.homework.submission import Submission
from grader.marking.marker import Marker
from grader.marking.report import PartReport
from grader.misconceptions.registry import misconceptions

FILES = sorted((Path(__file__).parents[1] / "misconceptions" / "cases").glob("*.toml"))


def fires() -> list[Any]:
    found = []
    for file in FILES:
        for row in tomli.loads(file.read_text(encoding="utf-8"))["rule"]:
            for number, case in enumerate(row["fires"]):
                found.append(pytest.param(row["id"], case, id=f"{row['id']}-{number}"))
    return found


def answer(value: Any, symbols: bool) -> Any:
    """A wrong value of a case as a student writes it."""
    if isinstance(value, list):
        return [answer(item, symbols) for item in value]
    if isinstance(value, str) and value.startswith("(") and "," in value:
        return value
    return value if isinstance(value, str) else (str(value) if symbols else value)


def marked(case: dict[str, Any], given: Any) -> PartReport:
    question = {
        "id": "q1",
        "title": "",
        "prompt": "",
        "given": case["given"],
        "compute": case["compute"],
        "symbols": {name: tuple(ends) for name, ends in case.get("symbols", {}).items()},
        "parts": {case["part"]: {"points": 1}},
    }
    order = case.get("shape_order", "CHW")
    assignment = Assignment.read({"id": "a", "title": "", "shape_order": order, "questions": [question]})
    submission = Submission(assignment="a", student="student-01", answers={"q1": {case["part"]: given}})
    return Marker(solve(assignment)).mark(submission).questions[0].parts[0]


def test_there_are_cases() -> None:
    assert len(fires()) > len(misconceptions())


@pytest.mark.parametrize(("id", "case"), fires())
def test_the_rule_is_named(id: str, case: dict[str, Any]) -> None:
    part = marked(case, answer(case["wrong"], bool(case.get("symbols"))))
    named = [diagnosis.id for diagnosis in part.diagnoses]
    assert part.verdict in ("wrong", "partial"), (part.verdict, part.message)
    assert id in named, named
