"""Credit is given for causes that can be named."""

from __future__ import annotations

import pytest

from grader.errors import AuthorError
from grader.homework.assignment import Assignment
from grader.marking.diagnosis.diagnoser import check_credit_for


def assignment(cause: str) -> Assignment:
    part = {"points": 1, "credit_for": {cause: 0.5}}
    question = {"id": "q1", "given": {"x": 2}, "compute": {"y": "x + 1"}, "parts": {"y": part}}
    return Assignment.read({"id": "a", "title": "", "questions": [{**question, "title": "", "prompt": ""}]})


@pytest.mark.parametrize("cause", ["gap-side", "misconception", "slip", "copied", "transposed", "one-entry"])
def test_a_known_cause(cause: str) -> None:
    check_credit_for(assignment(cause))


def test_an_unknown_cause_is_refused_with_the_nearest() -> None:
    with pytest.raises(AuthorError) as caught:
        check_credit_for(assignment("gap-sid"))
    assert str(caught.value) == (
        "q1.y: expected the id or kind of a misconception or slip in credit_for, received 'gap-sid'"
        ": did you mean gap-side or gap-sum?"
    )
