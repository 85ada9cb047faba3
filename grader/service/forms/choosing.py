"""The values of buttons and boxes: texts that are read as the option beside them.

A chosen option becomes an answer in text, like any other. Each text is tested by reading it, so that an option whose
text is the letter of another option is never taken for that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from grader.answers import read_answer
from grader.answers.options import letter
from grader.answers.spec import AnswerSpec, FormField
from grader.errors import UnreadableError
from grader.structs import Struct

NONE = "none"
"""What is written for none of the options."""
_JOINS = (", ", "; ", "\n")


class Choosing(Struct):
    """The text of each option of each item, and the separator between the texts of an answer.

    An answer is the texts of everything chosen, joined.
    """

    values: tuple[tuple[str, ...], ...]
    join: str

    def written(self, chosen: Sequence[str]) -> str:
        """The answer for a choice of options."""
        return self.join.join(text for text in chosen if text)


def choosing(field: FormField, spec: AnswerSpec) -> Choosing | None:
    """How the options of a field are written; None if a text field is needed."""
    if not field.options:
        return None
    spellings = tuple(_pairs(spec)) if field.items else ((_options(spec),),)
    for join in _JOINS:
        for values in spellings:
            found = Choosing(values, join)
            if _is_told_apart(found, field, spec):
                return found
    return None


def chosen(field: FormField, spec: AnswerSpec, written: str) -> list[list[int]] | None:
    """For each item the indices of the options that an answer names; None for an answer that cannot be read so.

    The index after the last option means none of them.
    """
    value = _value(written, spec)
    if value is None:
        return None
    if field.items:
        return [[] if option is None else [spec.choices.index(option)] for option in value]
    if isinstance(value, tuple):
        return [[spec.choices.index(option) for option in value] or [len(spec.choices)]]
    return [[spec.choices.index(value)]]


def _options(spec: AnswerSpec) -> tuple[str, ...]:
    """The text of each option: its letter, else its own text."""
    return tuple(
        next((text for text in (letter(at), choice) if _names(_value(text, spec), choice)), choice)
        for at, choice in enumerate(spec.choices)
    )


def _names(value: Any, choice: str) -> bool:
    return bool(value in (choice, (choice,)))


def _pairs(spec: AnswerSpec) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The texts of each item's options: by number, else by their own text."""
    for pattern in ("{item}-{number}", "{item}: {choice}", "{text}: {choice}"):
        yield tuple(
            tuple(
                pattern.format(item=item, text=text, number=at + 1, choice=choice)
                for at, choice in enumerate(spec.choices)
            )
            for item, text in zip(spec.items, spec.item_texts or spec.items, strict=True)
        )


def _is_told_apart(found: Choosing, field: FormField, spec: AnswerSpec) -> bool:
    """Whether each option alone, and all together, are read back correctly."""
    if field.items:
        every = [[at] * len(spec.items) for at in range(len(spec.choices))]
        mixed = [[(at + shift) % len(spec.choices) for at in range(len(spec.items))] for shift in range(2)]
        return all(
            _value(found.written([row[at] for row, at in zip(found.values, places, strict=True)]), spec)
            == tuple(spec.choices[at] for at in places)
            for places in [*every, *mixed]
        )
    (values,) = found.values
    alone = all(_names(_value(text, spec), choice) for text, choice in zip(values, spec.choices, strict=True))
    if field.input == "radio" or not alone:
        return alone
    return all(
        _value(found.written([values[at] for at in places]), spec) == tuple(spec.choices[at] for at in places)
        for count in range(2, len(values) + 1)
        for places in [range(count), range(len(values) - count, len(values))]
    )


def _value(written: str, spec: AnswerSpec) -> Any:
    try:
        return read_answer(written, spec).value
    except UnreadableError:
        return None
