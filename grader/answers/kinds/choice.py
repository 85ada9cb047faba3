"""One of the author's options."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from grader.answers.comparison import EXACT, Comparison, ToleranceLimits
from grader.answers.kinds.base import FormField, PartFields, UnfitPartError, Worded, register
from grader.answers.option_words import normal
from grader.answers.options import lettered, option_from, with_letter
from grader.answers.phrases import is_blank
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown


def check_choices(part: PartFields) -> None:
    """Require at least two options that differ by more than letter case and quotes.

    Raises:
        UnfitPartError: with the field at fault.
    """
    choices = part.choices
    if len(choices) < 2 or len(set(choices)) < len(choices) or not all(map(str.strip, choices)):
        said = sentence("expected at least two different choices, received {received}", received=listed(choices))
        raise UnfitPartError(said, "choices")
    alike = next((pair for pair in combinations(choices, 2) if normal(pair[0]) == normal(pair[1])), None)
    if alike is not None:
        said = sentence(
            "expected choices that differ by more than letter case and quotes, received {received}",
            received=listed(alike),
        )
        raise UnfitPartError(said, "choices")


class ChoiceKind(Worded):
    """One option; the author writes the right one, or it is computed."""

    name = "choice"
    machine = True
    may_be_computed = True
    fields = frozenset({"choices", "answer", "penalty"})
    blank = "''"

    def check(self, part: PartFields) -> None:
        """Require at least two different options; the answer, if the author wrote one, is among them.

        Raises:
            UnfitPartError: with the field at fault.
        """
        check_choices(part)
        if part.answer is not None and part.answer not in part.choices:
            said = sentence(
                "expected an answer among the choices {choices}, received {received}",
                choices=listed(part.choices),
                received=shown(part.answer),
            )
            raise UnfitPartError(said, "answer")

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The option as the author spells it; blank for a blank answer."""
        return Readings.of(self.name, None if is_blank(raw) else option_from(raw, spec.choices))

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare the option with the key."""
        return Comparison(((),), frozenset({()} if value == key else ()), EXACT)

    def labelled(self, value: Any, choices: Sequence[str]) -> Any:
        """The option after its letter."""
        return with_letter(value, choices)

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """The options, for a template."""
        return sentence("one of {choices}", choices=lettered(spec.choices))

    def instruction(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """Write one letter."""
        return sentence("the letter of one option, such as 'B'")

    def form_field(self, spec: AnswerSpec) -> FormField:
        """A radio button for each option."""
        return FormField("radio", options=spec.choices)


register(ChoiceKind())
