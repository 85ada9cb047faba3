"""The causes that an assignment may give credit for: ids of misconceptions and slips, and their kinds."""

from __future__ import annotations

from grader.errors import AuthorError, Place
from grader.homework.assignment import Assignment
from grader.marking.diagnosis.slips import SLIP_IDS
from grader.messages import sentence
from grader.messages.names import all_near
from grader.misconceptions.registry import misconceptions

KINDS = ("misconception", "slip")


def check_credit_for(assignment: Assignment) -> None:
    """Check that every cause that earns credit is one that can be diagnosed.

    Raises:
        AuthorError: for an unknown id or kind, with question, part and the nearest known ones.
    """
    known = {*KINDS, *(row.id for row in misconceptions()), *SLIP_IDS}
    for question in assignment.questions:
        for name, part in question.parts.items():
            for cause in part.credit_for:
                if cause not in known:
                    near = all_near(cause, sorted(known))
                    said = sentence(
                        "expected the id or kind of a misconception or slip in credit_for, received {cause!r}{meant}",
                        cause=cause,
                        meant=f": did you mean {' or '.join(near)}?" if near else "",
                    )
                    raise AuthorError(said, Place(question=question.id, name=name))
