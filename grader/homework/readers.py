"""How one value of a document is checked and read: text, numbers, choices, lists, tables; each with its JSON Schema.

The last ones are shared by several documents: ids, points, shares and other bounded numbers.

A reader does not stop at the first error: it appends refusals, and the caller that reads the whole document reports the
one that comes first in the file.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.messages import Sentence, sentence
from grader.messages.names import described, shown

if TYPE_CHECKING:
    from grader.homework.tables import Table

KeyPath = tuple[str | int, ...]
JsonSchema = dict[str, Any]


class Refusal(NamedTuple):
    """One error in a document: the message, and the key path to it."""

    said: Sentence
    path: KeyPath


class RefusedError(ValueError):
    """An invalid value in a document: the message, and the key path from the checked table."""

    def __init__(self, said: Sentence, *at: str | int) -> None:
        """Store the message; the caller that checks the table knows the keys above it."""
        super().__init__(str(said))
        self.said = said
        self.at = at


def refused(error: RefusedError, path: KeyPath) -> Refusal:
    """The refusal of a failed check at a path; deep in a document, the message begins with the field's name."""
    if not error.at and (path[:1] == ("assignment",) or len(path) > 4):
        return Refusal(sentence("{field}: {said}", field=str(path[-1]), said=error.said), path)
    return Refusal(error.said, path + error.at)


class Reader(ABC):
    """What a field of a table may hold."""

    @abstractmethod
    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """The value as the grader stores it; errors are appended to `found`."""

    @abstractmethod
    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """The JSON Schema; tables are added to `definitions`."""


def _not_a(expected: Sentence, value: Any, path: KeyPath) -> Refusal:
    """The refusal of a value of another type."""
    return Refusal(
        sentence(
            "expected {name} as {expected}, received {received}",
            name=path[-1] if path and isinstance(path[-1], str) else sentence("each entry"),
            expected=expected,
            received=described(value),
        ),
        path,
    )


class Text(Reader):
    """A text; `check` may refuse one by RefusedError, and `schema` says in JSON Schema which."""

    def __init__(self, check: Callable[[str], object] | None = None, **schema: Any) -> None:
        """Keep the check and its schema."""
        self.check = check
        self.written = schema

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """The text as it is."""
        if not isinstance(value, str):
            found.append(_not_a(sentence("text in quotes"), value, path))
        elif self.check is not None:
            try:
                self.check(value)
            except RefusedError as error:
                found.append(refused(error, path))
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """A string."""
        del definitions
        return self.written | {"type": "string"}


class Whole(Reader):
    """An integer between two bounds, both included."""

    def __init__(self, least: int, most: int) -> None:
        """Keep the bounds."""
        self.least = least
        self.most = most

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """The integer as it is."""
        if isinstance(value, bool) or not isinstance(value, int):
            found.append(_not_a(sentence("an integer"), value, path))
        elif not self.least <= value <= self.most:
            bounds = sentence("an integer from {least} to {most}", least=self.least, most=self.most)
            found.append(_not_a(bounds, value, path))
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An integer with its bounds."""
        del definitions
        return {"maximum": self.most, "minimum": self.least, "type": "integer"}


class Flag(Reader):
    """True or false."""

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """The truth value as it is."""
        if not isinstance(value, bool):
            found.append(_not_a(sentence("true or false"), value, path))
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """A truth value."""
        del definitions
        return {"type": "boolean"}


class OneOf(Reader):
    """One of some words."""

    def __init__(self, words: Iterable[str]) -> None:
        """Keep the words in their order."""
        self.words = tuple(words)

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """The word as it is."""
        if value not in self.words:
            *first, last = map(repr, self.words)
            said = sentence(
                "expected {name} as one of {allowed}, received {received}",
                name=str(path[-1]),
                allowed=f"{', '.join(first)} or {last}" if first else last,
                received=described(value),
            )
            found.append(Refusal(said, path))
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An enumeration."""
        del definitions
        return {"enum": list(self.words), "type": "string"}


class Checked(Reader):
    """A value that a function accepts: it returns the value to store, or raises RefusedError."""

    def __init__(self, check: Callable[[Any], Any], schema: JsonSchema) -> None:
        """Keep the function, and the schema of what it accepts."""
        self.check = check
        self.written = schema

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """What the function returns."""
        try:
            return self.check(value)
        except RefusedError as error:
            found.append(refused(error, path))
            return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """The schema that was given."""
        del definitions
        return dict(self.written)


class CheckedNames(Checked):
    """A table with arbitrary names, checked by a function."""

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """What the function returns for a table."""
        if isinstance(value, dict):
            return super().read(value, path, found)
        found.append(_not_a(sentence("a table"), value, path))
        return value


class ListOf(Reader):
    """A list with at least `least` entries, all read by one reader."""

    def __init__(self, entry: Reader, least: int = 0) -> None:
        """Keep the reader of the entries."""
        self.entry = entry
        self.least = least

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """The list of entries read."""
        if not isinstance(value, list):
            found.append(_not_a(sentence("a list"), value, path))
            return value
        if len(value) < self.least:
            found.append(Refusal(sentence("expected at least one of {name}, received none", name=str(path[-1])), path))
        return [self.entry.read(each, (*path, index), found) for index, each in enumerate(value)]

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An array."""
        made: JsonSchema = {"items": self.entry.schema(definitions), "type": "array"}
        return made | ({"minItems": self.least} if self.least else {})


class Names(Reader):
    """A table with arbitrary names, whose values are read by one reader; `otherwise` refuses anything else."""

    def __init__(self, entry: Reader | None, otherwise: Callable[[str, Any], Sentence] | None = None) -> None:
        """Store the reader of the values; None accepts any value unchanged."""
        self.entry = entry
        self.otherwise = otherwise

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """The table of values read."""
        if not isinstance(value, dict):
            refusal = _not_a(sentence("a table"), value, path)
            said = refusal.said if self.otherwise is None else self.otherwise(str(path[-1]), value)
            found.append(Refusal(said, path))
            return value
        if self.entry is None:
            return dict(value)
        return {name: self.entry.read(each, (*path, name), found) for name, each in value.items()}

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An object with any properties."""
        inner = True if self.entry is None else self.entry.schema(definitions)
        return {"additionalProperties": inner, "type": "object"}


class TableOf(Reader):
    """A table of known fields; with `alone`, a bare value for that field is also accepted, such as a part's points."""

    def __init__(self, table: type[Table], alone: str | None = None) -> None:
        """Store the class of the table, and the field that may be given alone."""
        self.table = table
        self.alone = alone

    def read(self, value: Any, path: KeyPath, found: list[Refusal]) -> Any:
        """The table, if nothing in it is wrong."""
        if self.alone is not None and _is_number(value):
            value = {self.alone: value}
        if isinstance(value, dict):
            return self.table.read_into(value, path, found)
        if self.alone is None:
            found.append(_not_a(sentence("a table"), value, path))
        else:
            said = sentence("expected points or a table, received {received}", received=described(value))
            found.append(Refusal(said, path))
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """A reference to the table's schema."""
        self.table.define(definitions)
        reference = {"$ref": f"#/$defs/{self.table.__name__}"}
        if self.alone is None:
            return reference
        return {"anyOf": [self.table.fields[self.alone].reader.schema(definitions), reference]}


def _is_number(value: Any) -> bool:
    """Whether a value may be meant as points: a number, not a truth value."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
MAX_POINTS = 1_000_000
MAX_DECIMALS = 10


def check_id(value: str, *at: str | int) -> str:
    """An id: letters, digits, - and _."""
    if not ID.fullmatch(value):
        raise RefusedError(
            sentence("expected an id of letters, digits, - and _ (at most 100), received {id}", id=shown(value)), *at
        )
    return value


def _number(value: Any) -> Decimal:
    """A finite number small enough to add and print."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise RefusedError(sentence("expected a number, received {received}", received=described(value)))
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise RefusedError(sentence("expected a finite number, received {received}", received=described(value)))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and (exponent < -30 or number.adjusted() > 30):
        raise RefusedError(
            sentence("expected a number of at most 30 digits, received {received}", received=described(value))
        )
    return number


def _points(value: Any) -> Decimal:
    number = _number(value)
    exponent = number.as_tuple().exponent
    if not 0 <= number <= MAX_POINTS or (isinstance(exponent, int) and exponent < -MAX_DECIMALS):
        raise RefusedError(
            sentence(
                "expected points from 0 to {most:,} with at most {decimals} decimals, received {received}",
                most=MAX_POINTS,
                decimals=MAX_DECIMALS,
                received=described(value),
            )
        )
    return number


def _share(value: Any) -> Decimal:
    number = _number(value)
    if not 0 <= number <= 1:
        raise RefusedError(sentence("expected a share from 0 to 1, received {received}", received=described(value)))
    return number


def _positive(value: Any) -> Decimal:
    number = _number(value)
    if number <= 0:
        raise RefusedError(sentence("expected a number above 0, received {received}", received=described(value)))
    return number


ID_TEXT = Text(check_id, pattern=f"^{ID.pattern}$")
POINTS = Checked(_points, {"maximum": MAX_POINTS, "minimum": 0, "type": "number"})
SHARE = Checked(_share, {"maximum": 1, "minimum": 0, "type": "number"})
POSITIVE = Checked(_positive, {"exclusiveMinimum": 0, "type": "number"})
TEXT = Text()
