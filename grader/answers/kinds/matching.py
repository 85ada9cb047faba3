"""Items, each to match with one of the author's options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.answers.comparison import EXACT, Comparison, ToleranceLimits
from grader.answers.kinds.base import FormField, PartFields, UnfitPartError, Worded, register
from grader.answers.kinds.choice import check_choices
from grader.answers.phrases import is_blank
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings
from grader.core.support.inputs import Cell
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown


class MatchingKind(Worded):
    """A choice for each item; every item is worth the same."""

    name = "matching"
    machine = True
    fields = frozenset({"choices", "answer", "items"})
    blank = "''"
    chance_free = True

    def check(self, part: PartFields) -> None:
        """Require items, options, and one option for each item.

        Raises:
            UnfitPartError: with the field at fault.
        """
        check_choices(part)
        if len(part.items) < 2:
            said = sentence(
                "expected at least two items to match, such as {example}, received {received}",
                example="items = {a = '...', b = '...'}",
                received=len(part.items),
            )
            raise UnfitPartError(said, "items")
        if not isinstance(part.answer, dict) or set(part.answer) != set(part.items):
            said = sentence("expected an answer for each of the items {items}", items=listed(part.items))
            raise UnfitPartError(said, "answer")
        for choice in part.answer.values():
            if _choice(choice, part.choices) is None:
                said = sentence(
                    "expected an answer among the choices {choices}, received {received}",
                    choices=listed(part.choices),
                    received=shown(choice),
                )
                raise UnfitPartError(said, "answer")

    def key(self, part: PartFields) -> Any:
        """The right option of each item, in the order of the items."""
        return tuple(_choice(part.answer[item], part.choices) for item in part.items)

    def key_text(self, key: Any) -> Any:
        """The right options in the order of the items."""
        return list(key)

    def axes(self, value: Any) -> tuple[int, ...]:
        """One entry for each item."""
        return (len(value),)

    def cells(self, value: Any) -> dict[Cell, Any]:
        """The options by the places of their items."""
        return {(index,): choice for index, choice in enumerate(value)}

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The option of each item; blank for a blank answer."""
        from grader.answers.pairs import pairs_from

        if is_blank(raw):
            return Readings(self.name)
        found = pairs_from(raw, spec.items, spec.choices, spec.item_texts)
        return Readings.of(self.name, found if any(found) else None)

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Compare item by item."""
        right = {(index,) for index, choice in enumerate(key) if value[index] == choice}
        return Comparison(tuple((index,) for index in range(len(key))), frozenset(right), EXACT)

    def by_entries(self, rank: int) -> bool:
        """Every right item earns its share."""
        return True

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """One option per line."""
        return [leaf(entry) for entry in value] if isinstance(value, list | tuple) else None

    def labelled(self, value: Any, choices: Sequence[str]) -> Any:
        """The options after their numbers."""
        if not isinstance(value, list | tuple):
            return value
        return [f"{choices.index(option) + 1}. {option}" if option in choices else option for option in value]

    def show(self, value: Any) -> str:
        """The options in the order of the items."""
        return "; ".join("-" if choice is None else choice for choice in value)

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """How pairs are written, for a template."""
        numbered = "; ".join(f"{number}. {choice}" for number, choice in enumerate(spec.choices, 1))
        return sentence("pairs such as {example!r}, of {choices}", example=_example(spec), choices=numbered)

    def instruction(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """Write pairs."""
        return sentence("pairs such as '{example}'", example=_example(spec))

    def form_field(self, spec: AnswerSpec) -> FormField:
        """A choice of options for each item."""
        return FormField("radio", options=spec.choices, items=spec.items)


def _example(spec: AnswerSpec) -> str:
    return ", ".join(f"{item}-{number}" for item, number in zip(spec.items, (2, 1), strict=False))


def _choice(written: object, choices: Any) -> str | None:
    """The option that the author names, by its number from 1 or by its text."""
    text = str(written)
    if text in choices:
        return text
    return choices[int(text) - 1] if text.isdecimal() and 1 <= int(text) <= len(choices) else None


register(MatchingKind())
