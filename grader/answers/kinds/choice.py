"""One of the author's choices."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from grader.answers.blanks import is_blank
from grader.answers.characters import fold
from grader.answers.comparison import Comparison
from grader.answers.kinds.base import FormField, PartFields, UnfitPartError, Worded, register
from grader.answers.phrases import ANSWERS
from grader.answers.refusal import described, quoted, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.tolerance import EXACT, Tolerance
from grader.answers.values import Readings
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown


class ChoiceKind(Worded):
    """One choice, written by the author as the answer."""

    name = "choice"
    machine = True
    fields = frozenset({"choices", "answer"})
    blank = "''"

    def check(self, part: PartFields) -> None:
        """At least two different choices, the answer among them.

        Raises:
            UnfitPartError: with the field at fault.
        """
        choices = part.choices
        if len(choices) < 2 or len(set(choices)) < len(choices) or not all(map(str.strip, choices)):
            said = sentence("expected at least two different choices, received {received}", received=listed(choices))
            raise UnfitPartError(said, "choices")
        alike = next((pair for pair in combinations(choices, 2) if _normal(pair[0]) == _normal(pair[1])), None)
        if alike is not None:
            said = sentence(
                "expected choices that differ by more than letter case and quotes, received {received}",
                received=listed(alike),
            )
            raise UnfitPartError(said, "choices")
        if part.answer not in choices:
            said = sentence(
                "expected an answer among the choices {choices}, received {received}",
                choices=listed(choices),
                received="none" if part.answer is None else shown(part.answer),
            )
            raise UnfitPartError(said, "answer")

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The choice as the author spells it; blank where nothing was answered."""
        return Readings.of(self.name, None if is_blank(raw) else choice_from(raw, spec))

    def compare(self, value: Any, key: Any, tolerance: Tolerance | None) -> Comparison:
        """The choice with the key."""
        return Comparison(((),), frozenset({()} if value == key else ()), EXACT)

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """The choices, for a template."""
        return sentence("one of {choices}", choices=", ".join(shown(choice) for choice in spec.choices))

    def form_field(self, spec: AnswerSpec) -> FormField:
        """A button for each choice."""
        return FormField("radio", options=spec.choices)


CHOICE = register(ChoiceKind())


def choice_from(raw: object, spec: AnswerSpec) -> str:
    """One of the choices, letter case, quotes and Markdown apart; yes and no in Persian, too.

    Raises:
        UnreadableError: none of the choices.
    """
    allowed = ", ".join(spec.choices)
    if isinstance(raw, bool) or not isinstance(raw, (str, int)):
        raise unreadable("expected one of {allowed}, received {received}", allowed=allowed, received=described(raw))
    word = _normal(str(raw)[:1000])
    choices = {_normal(choice): choice for choice in reversed(spec.choices)}
    if word not in choices:
        word = ANSWERS.get(word, {"true": "yes", "false": "no"}.get(word, word))
    if word not in choices:
        raise unreadable("expected one of {allowed}, received {received}", allowed=allowed, received=quoted(str(raw)))
    return choices[word]


def _normal(text: str) -> str:
    return " ".join(fold(text).strip(" .!*_\"'()\n\t").casefold().split())
