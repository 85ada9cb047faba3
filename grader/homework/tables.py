"""Tables of a document as frozen Python objects: fields declared once, with a reader, a description and a default.

Everything that is wrong with a table is collected; the first in the file is reported, with its line, question and name.
A table's digest says whether its content has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import partial
from importlib import import_module
from typing import Any, ClassVar, NamedTuple, Self, dataclass_transform

from grader.errors import Place
from grader.homework.names import unknown_field
from grader.homework.readers import JsonSchema, KeyPath, Reader, Refusal, RefusedError, refused
from grader.messages import Sentence, sentence
from grader.messages.names import shown

_REQUIRED: Any = object()
"""Marks a field without a default, which must be written."""


class Field(NamedTuple):
    """One field: how it is read, what editors say of it, and what it is when it is not written."""

    reader: Reader
    description: str
    default: Any
    factory: Callable[[], Any] | None
    silent: bool = False
    """Whether neither keys nor automatic marks depend on it."""

    @property
    def required(self) -> bool:
        """Whether it must be written."""
        return self.default is _REQUIRED and self.factory is None

    def absent(self) -> Any:
        """Its value when it is not written."""
        return self.default if self.factory is None else self.factory()


def field(
    reader: Reader,
    description: str,
    *,
    default: Any = _REQUIRED,
    factory: Callable[[], Any] | None = None,
    silent: bool = False,
) -> Any:
    """Declare a field of a table; without `default` and `factory` it must be written.

    Digests leave out a `silent` field: changing it makes no key stale.
    """
    return Field(reader, description, default, factory, silent)


class RefusedTableError(ValueError):
    """An invalid table of a document, with all that is wrong with it."""

    def __init__(self, refusals: list[Refusal]) -> None:
        """Keep all refusals."""
        super().__init__("; ".join(str(each.said) for each in refusals))
        self.refusals = refusals


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Table:
    """A table of a document: no unknown field, no silent conversion, no change after reading.

    A subclass declares its fields with `field(...)` and what messages call it as `label`; its docstring is the
    description in the JSON Schema. `check` says what must fit together between fields.
    """

    label: ClassVar[Sentence] = sentence("the file")
    fields: ClassVar[Mapping[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        """Collect the fields, those of the base classes first."""
        own = {name: each for name, each in vars(cls).items() if isinstance(each, Field)}
        for name in own:
            delattr(cls, name)
        cls.fields = {**cls.fields, **own}

    def __init__(self, **values: Any) -> None:
        """A table with these values; TypeError for a field that is unknown or missing. Values are not checked."""
        unknown = [name for name in values if name not in self.fields]
        missing = [name for name, each in self.fields.items() if each.required and name not in values]
        if unknown or missing:
            raise TypeError(f"{type(self).__name__}: unknown fields {unknown}, missing fields {missing}")
        for name, each in self.fields.items():
            self.__dict__[name] = values[name] if name in values else each.absent()

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """The table that a document holds.

        Raises RefusedTableError with everything that is wrong.
        """
        found: list[Refusal] = []
        table = cls.read_into(values, (), found)
        if table is None:
            raise RefusedTableError(found)
        return table

    @classmethod
    def read_into(cls, values: Mapping[str, Any], path: KeyPath, found: list[Refusal]) -> Self | None:
        """The table at a path, or None and what is wrong with it in `found`."""
        before = len(found)
        unknown = [name for name in values if name not in cls.fields]
        found.extend(Refusal(cls.refuse_unknown(name, values[name]), (*path, name)) for name in unknown)
        read: dict[str, Any] = {}
        for name, each in cls.fields.items():
            if name in values:
                read[name] = each.reader.read(values[name], (*path, name), found)
            elif each.required and not unknown:  # otherwise the unknown field is probably this one, misspelt
                said = sentence("the field {name!r} is missing in {table}", name=name, table=cls.label)
                found.append(Refusal(said, (*path, name)))
        if len(found) > before:
            return None
        table = cls(**read)
        try:
            table.check()
        except RefusedError as error:
            found.append(refused(error, path))
            return None
        return table

    @classmethod
    def refuse_unknown(cls, name: str, value: Any) -> Sentence:
        """The message about an unknown field of the table."""
        del value
        return unknown_field(name, cls.label, cls.fields)

    def check(self) -> None:
        """Check what must fit together between fields.

        Raises RefusedError with the keys from this table on.
        """

    def replaced(self, **values: Any) -> Self:
        """The same table with other values in some fields; they are not checked."""
        return type(self)(**{**self.__dict__, **values})

    @classmethod
    def define(cls, definitions: dict[str, JsonSchema]) -> None:
        """Add the table's JSON Schema to the definitions, under the name of its class."""
        if cls.__name__ not in definitions:
            definitions[cls.__name__] = {}
            definitions[cls.__name__] = cls.schema(definitions)

    @classmethod
    def schema(cls, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """The table's JSON Schema, from its fields."""
        properties: dict[str, JsonSchema] = {}
        for name, each in cls.fields.items():
            shown = each.reader.schema(definitions) | {"description": each.description}
            if "$ref" not in shown:
                shown["title"] = name.replace("_", " ").title()
            if not each.required and each.factory is None and each.default is not None:
                shown["default"] = each.default if isinstance(each.default, str | bool) else _number(each.default)
            properties[name] = shown
        required = [name for name, each in cls.fields.items() if each.required]
        return {
            "additionalProperties": False,
            "description": " ".join((cls.__doc__ or "").split()),
            "properties": properties,
            **({"required": required} if required else {}),
            "title": cls.__name__,
            "type": "object",
        }

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: tables are immutable."""
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed after reading")

    def __eq__(self, other: object) -> bool:
        """Tables of one kind with equal values are equal."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment] # values may be lists

    def __repr__(self) -> str:
        """The values by their names."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


def _number(value: Any) -> int | float:
    """A default as JSON holds it."""
    return int(value) if value == int(value) else float(value)


def first_refusal(
    problem: RefusedTableError, values: Mapping[str, Any], text: str, file: str
) -> tuple[Sentence, Place]:
    """The refusal that comes first in the file, and its place; the arguments of a GraderError."""
    from grader.homework.lines import Lines

    lines = Lines(text)
    line, _, refusal = min(
        ((lines.of(each.path) or 1, index, each) for index, each in enumerate(problem.refusals)),
        key=lambda found: found[:2],
    )
    question, name = _names(refusal.path, values)
    return refusal.said, Place(file=file, line=line, question=question, name=name)


def whole_refusal(error: RefusedError, values: Mapping[str, Any], text: str, file: str) -> tuple[Sentence, Place]:
    """The same for tables that are each valid but do not fit together; fields of the header are in [assignment]."""
    from grader.homework.lines import Lines

    path = error.at if error.at[:1] == ("questions",) else ("assignment", *error.at)
    question, name = _names(path, values)
    return error.said, Place(file, Lines(text).of(path), None, question, name)


def _names(path: KeyPath, values: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The question's id and the name in it, as far as the path and the document give them."""
    words: list[str] = []
    if path[:1] == ("questions",) and len(path) > 1:
        own = _at(values, (*path[:2], "id"))
        inside = path[2:4] if path[2:3] in (("parts",), ("compute",), ("given",), ("symbols",)) else ()
        words = [own if isinstance(own, str) else f"question {int(path[1]) + 1}", *map(str, inside[1:])]
    plain = [word if word.isprintable() and len(word) <= 100 else shown(word) for word in words]
    return (plain[0] if plain else None), (plain[1] if len(plain) > 1 else None)


def _at(values: Any, path: KeyPath) -> Any:
    """The value at a path of the document, or None."""
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def digest(table: Table, without: Collection[str] = ()) -> str:
    """`sha256:` and the digest of a document's content, whatever its comments, white space, line ends and defaults.

    The order of questions and parts changes the digest, because a key has the same order; the order of other tables
    does not. Fields named in `without` are left out.
    """
    import json

    content = json.dumps(canonical(table, without), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{sha256(content)}"


def sha256(text: str) -> str:
    """The SHA-256 of an ASCII text, by Python's own code where it has any: `hashlib` loads OpenSSL, which is slow."""
    for module in ("_sha2", "_sha256"):  # since Python 3.12, and before
        with suppress(ImportError):
            return str(import_module(module).sha256(text.encode("ascii")).hexdigest())
    import hashlib

    return hashlib.sha256(text.encode("ascii")).hexdigest()


def canonical(value: Any, without: Collection[str] = ()) -> Any:
    """Plain JSON values: tables without defaults, parts as pairs, decimals without trailing zeros."""
    plain = partial(canonical, without=without)
    if isinstance(value, Table):
        written = {
            name: entry
            for name, entry in vars(value).items()
            if name not in without and not _absent(value, name, entry)
        }
        return {
            name: [[part, plain(table)] for part, table in entry.items()] if name == "parts" else plain(entry)
            for name, entry in written.items()
        }
    if isinstance(value, Mapping):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, Decimal):
        return str(value.normalize())
    return value


def _absent(table: Table, name: str, entry: Any) -> bool:
    """Whether a field has its default, or no key depends on it."""
    declared = table.fields[name]
    return declared.silent or (not declared.required and bool(entry == declared.absent()))
