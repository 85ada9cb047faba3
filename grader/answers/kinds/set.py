"""A set: entries in any order, each as often as in the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.answers.comparison import (
    EXACT,
    WITHIN_RELATIVE,
    Allowance,
    AnswerVector,
    Comparison,
    ToleranceLimits,
    Vector,
    encoded_numbers,
    tolerance_rule,
)
from grader.answers.kinds.array import encoded_entries
from grader.answers.kinds.base import FormField, Numbers, Points, register
from grader.answers.phrases import is_blank
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number, Readings, Value, number_like, value_text
from grader.core.support.inputs import Array
from grader.formula.arithmetic import as_array, plain
from grader.messages import Sentence, sentence


class SetKind(Numbers):
    """A list of numbers, labels or coordinates whose order does not count."""

    name = "set"
    chance_free = True
    ordered = False

    def infers(self, value: Any) -> bool:
        """Never inferred, as a list looks the same: the author names this kind."""
        return False

    def form(self, value: Any) -> Any:
        """A list of numbers, or of tuples where the entries are coordinates.

        Raises:
            ValueError: not a list of numbers or of rows of numbers.
        """
        if isinstance(value, list | tuple) and not len(value):
            return []
        array = as_array(value)
        if array.ndim not in (1, 2):
            raise ValueError("not a list of numbers or of coordinates")
        entries = array.tolist()
        return entries if array.ndim == 1 else [tuple(entry) for entry in entries]

    def counts(self, value: Any) -> bool:
        """Whether every entry is a whole number."""
        return all(
            isinstance(size, int) for entry in value for size in (entry if isinstance(entry, tuple) else [entry])
        )

    def read(self, raw: object, spec: AnswerSpec) -> Readings:
        """The entries; blank for a blank answer, and empty for `none` or empty brackets."""
        from grader.answers.sets import set_readings

        return Readings.among(self.name, () if raw != [] and is_blank(raw) else set_readings(raw, spec))

    def axes(self, value: Any) -> tuple[int, ...]:
        """How many entries there are."""
        return (len(value),)

    def asked(self, value: Any) -> tuple[int, ...]:
        """How many numbers each coordinate has; the number of entries is not given away."""
        return (len(value[0]),) if len(value) and isinstance(value[0], tuple) else ()

    def fits(self, value: Any, right: Any) -> bool:
        """A set of any size can replace another."""
        return True

    def cells(self, value: Any) -> dict[tuple[int, ...], Any]:
        """Every entry by its place in the list."""
        return {(index,): entry for index, entry in enumerate(value)}

    def compare(self, value: Any, key: Any, tolerance: ToleranceLimits | None) -> Comparison:
        """Match every entry of the key with an answer's entry that is not matched yet."""
        allowance, left = Allowance(tolerance), list(value)
        right = set()
        for cell, entry in self.cells(key).items():
            found = next((at for at, one in enumerate(left) if _same(one, entry, allowance)), None)
            if found is not None:
                right.add(cell)
                del left[found]
        rule = tolerance_rule(tolerance) if tolerance else EXACT if self.counts(key) else WITHIN_RELATIVE
        return Comparison(tuple(self.cells(key)), frozenset(right), rule, surplus=len(left))

    def substitute(self, value: Any, right: Any, point: Mapping[str, Any]) -> Any:
        """The entries as a graph list: those of the key in its order, then the others."""
        example = right[0] if len(right) else 0
        entries = [
            [number_like(one, 0.0) for one in entry]
            if isinstance(entry, tuple)
            else number_like(entry, 0.0 if isinstance(example, list | tuple | np.ndarray) else plain(example))
            for entry in value
        ]
        order = [plain(entry) for entry in right]
        return sorted(entries, key=lambda entry: (order.index(entry) if entry in order else len(order), entry))

    def encode(self, values: Sequence[Any], rank: int) -> Vector | None:
        """A cell for each number, sorted; None for coordinates and for the empty set."""
        entries = self.form(values[0])
        if len(values) != 1 or not entries or isinstance(entries[0], tuple):
            return None
        return encoded_entries([sorted(entries)], 1)

    def encode_entry(self, value: Any) -> Array | None:
        """None: the entries of a set have no order."""
        return None

    def encode_reading(self, value: Any, key: Any, spec: AnswerSpec, points: Points) -> AnswerVector | None:
        """The numbers, sorted."""
        if not value or any(isinstance(entry, tuple) for entry in value):
            return None
        ordered = tuple(sorted(value, key=lambda number: float(number.value)))
        return encoded_numbers(self.cells(ordered), self.axes(ordered), spec.counts)

    def show(self, value: Value) -> str:
        """The entries in braces."""
        assert isinstance(value, tuple)
        return f"{{{', '.join(_text(entry) for entry in value)}}}"

    def texts(self, value: object, leaf: Callable[[object], str]) -> list[str] | None:
        """The entries in braces, on one line."""
        if not isinstance(value, list | tuple):
            return None
        shown = [
            f"({', '.join(map(leaf, entry))})" if isinstance(entry, list | tuple) else leaf(entry) for entry in value
        ]
        return [f"{{{', '.join(shown)}}}"]

    def hint(self, spec: AnswerSpec, shape_order: str) -> Sentence:
        """What to write, for a template."""
        if spec.labels:
            return sentence("a set out of {labels}, in any order, or 'none'", labels=", ".join(spec.labels))
        if spec.axes:
            return sentence("a set of coordinates in any order, such as '(0, 2), (1, 1)', or 'none'")
        return sentence("a set in any order, such as '0, 2, 5', or 'none'")

    def form_field(self, spec: AnswerSpec) -> FormField:
        """One line."""
        return FormField("text", placeholder="0, 2, 5")


def _same(entry: Any, key: Any, allowance: Allowance) -> bool:
    if isinstance(key, tuple):
        numbers = entry if isinstance(entry, tuple) else (entry,)
        return len(numbers) == len(key) and all(allowance.right(*pair) for pair in zip(numbers, key, strict=True))
    return isinstance(entry, Number) and allowance.right(entry, key)


def _text(entry: Any) -> str:
    return f"({', '.join(map(value_text, entry))})" if isinstance(entry, tuple) else value_text(entry)


register(SetKind())
