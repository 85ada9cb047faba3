"""Several of the author's options, or none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from grader.answers.comparison import EXACT, Comparison, ToleranceLimits
from grader.answers.kinds.base import FormField, PartFields, UnfitPartError, Worded, register
from grader.answers.kinds.choice import check_choices
from grader.answers.options import lettered, with_letter
from grader.answers.phrases import is_blank
from grader.answers.spec import AnswerSpec
from grader.answers.values import Reading, Readings
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown


class ChoicesKind(Worded):
    """The set of right options, possibly empty; a blank answer counts as missing, not as an empty set."""

    name = "choices"
    machine = True
    fields = frozenset({"choices", "answer", "penalty"})
    blank = "''"

    def check(self, part: PartFields) -> None:
        """Require at least two different options, and an answer that lists some of them.

        Raises:
            UnfitPartError: with the field at fault.
        """
        check_choices(part)
        if not isinstance(part.answer, list):
            said = sentence("expected the right choices as a list, such as answer = ['a', 'b'], received none")
            raise UnfitPartError(said, "answer")
        for choice in part.answer:
            if choice not in part.choices:
                said = sentence(
                    "expected an answer among the choices {choices}, received {received}",
                    choices=listed(part.choices),
                    received=shown(choice),
                )
                raise UnfitPartError(said, "answer")

    def key(self, part: PartFields) -> Any:
        """The right options, in the order of the question."""
        return tuple(choice for choice in part.choices if choice in part.answer)

    def key_text(self, key: Any) -> Any:
        """The right options as a list, or `none`."""
        return list(key) or "none"

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The ticked options in the order of the question; blank for a blank answer."""
        from grader.answers.option_sets import options_from

        if raw != [] and is_blank(raw):
            return Readings(self.name)
        return Readings(self.name, (Reading(options_from(raw, spec.choices)),))

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare the ticked options with the right ones, as sets."""
        return Comparison(((),), frozenset({()} if set(value) == set(key) else ()), EXACT)

    def partial_share(self, value: Any, key: Any, part: PartFields) -> Fraction | None:
        """The share of options rightly ticked or rightly left, each worth the same."""
        if part.credit != "options":
            return None
        return Fraction(len(part.choices) - len(set(value) ^ set(key)), len(part.choices))

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """One option per line."""
        return [leaf(entry) for entry in value] or ["none"] if isinstance(value, list | tuple) else None

    def labelled(self, value: Any, choices: Sequence[str]) -> Any:
        """The options after their letters."""
        return [with_letter(option, choices) for option in value] if isinstance(value, list | tuple) else value

    def show(self, value: Any) -> str:
        """The options, with the separator that the reader expects."""
        return "; ".join(value) or "none"

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """The options, for a template."""
        return sentence("some of {choices}; such as 'A, B', or 'none'", choices=lettered(spec.choices))

    def instruction(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """Write letters."""
        return sentence("the letters of the options that hold, such as 'A, B', or 'none'")

    def form_field(self, spec: AnswerSpec) -> FormField:
        """A check box for each option."""
        return FormField("checkbox", options=spec.choices)


register(ChoicesKind())
