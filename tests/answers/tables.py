"""What tests of readings check on each answer of a table."""

from __future__ import annotations

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.errors import UnreadableError


def bare(value: object) -> object:
    """A reading's value with bare numbers in lists."""
    if isinstance(value, tuple):
        return [bare(inner) for inner in value]
    return value.value if isinstance(value, Number) else value


def first(written: object, spec: AnswerSpec) -> object:
    """The most natural value of an answer."""
    return bare(read_answer(written, spec).value)


def readings(written: object, spec: AnswerSpec) -> list[tuple[object, bool]]:
    """Every value that an answer may mean, and whether it is a natural one."""
    return [(bare(one.value), one.natural) for one in read_answer(written, spec).all]


def refused(written: object, spec: AnswerSpec, because: str = "") -> None:
    """Check that an answer is not read, and that the reason begins so and quotes what was written."""
    with pytest.raises(UnreadableError) as caught:
        read_answer(written, spec)
    reason = str(caught.value)
    assert reason.startswith(because), reason
    if because and isinstance(written, str):
        assert f"'{written}'" in reason, reason
