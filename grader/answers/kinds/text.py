"""Free text, which a person marks."""

from __future__ import annotations

from typing import Any

from grader.answers.comparison import Comparison, ToleranceLimits
from grader.answers.kinds.base import FormField, PartFields, Worded, register
from grader.answers.phrases import is_blank
from grader.answers.refusal import described, unreadable
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings
from grader.messages import Sentence, sentence


class TextKind(Worded):
    """Text, never marked automatically; the author may give a rubric."""

    name = "text"
    machine = False
    fields = frozenset({"rubric"})
    blank = "'''\n'''"

    def check(self, part: PartFields) -> None:
        """Accept every part."""

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The text, lists of lines joined; blank for a blank answer."""
        return Readings.of(self.name, None if is_blank(raw) else _text(raw, spec))

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Nothing is right until a person has read it."""
        return Comparison(((),))

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """That a person reads it, for a template."""
        return sentence("text, read by a person")

    def form_field(self, spec: AnswerSpec) -> FormField:
        """Several lines."""
        return FormField("textarea", rows=8)


register(TextKind())


def _text(raw: object, spec: AnswerSpec) -> str | None:
    if isinstance(raw, list) and all(isinstance(item, str) for item in raw):
        raw = "\n".join(raw)
    if isinstance(raw, bool) or not isinstance(raw, str):
        raise unreadable("expected a {kind}, received {received}", kind=spec.kind, received=described(raw))
    return raw.strip()
