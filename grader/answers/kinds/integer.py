"""One whole number: a count or a size."""

from __future__ import annotations

from typing import Any

from grader.answers.kinds.base import register
from grader.answers.kinds.number import OneNumber
from grader.answers.spec import AnswerSpec
from grader.formula.arithmetic import is_number
from grader.messages import Sentence, sentence


class IntegerKind(OneNumber):
    """A whole number, compared exactly; students may write `-` for 0."""

    name = "integer"

    def infers(self, value: Any) -> bool:
        """A Python int."""
        return isinstance(value, int) and not isinstance(value, bool)

    def form(self, value: Any) -> Any:
        """The number as an int.

        Raises:
            ValueError: not one whole number.
        """
        if not is_number(value):
            raise ValueError("not one number")
        if value != int(value):
            raise ValueError("not a whole number")
        return int(value)

    def counts(self, value: Any) -> bool:
        """A whole number is a count."""
        return True

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, for a template."""
        return sentence("an integer")

    def instruction(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, with an example."""
        return sentence("an integer, such as '73,856'")


register(IntegerKind())
