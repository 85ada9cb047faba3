"""Tables of documents: declared once, read whole, reported completely, never changed."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from grader.homework.readers import POINTS, TEXT, ListOf, Names, OneOf, RefusedError, TableOf, Whole
from grader.homework.tables import RefusedTableError, Table, field
from grader.messages import Sentence, sentence


class Inner(Table):
    """An inner table."""

    label: ClassVar[Sentence] = sentence("an inner table")

    points: Decimal = field(POINTS, "points")
    word: str = field(OneOf(("left", "right")), "a side", default="left")


class Outer(Table):
    """An outer table
    in two lines."""

    name: str = field(TEXT, "a name")
    count: int | None = field(Whole(1, 9), "how many", default=None)
    inner: dict[str, Inner] = field(Names(TableOf(Inner, alone="points")), "inner tables", factory=dict)
    rows: list[str] = field(ListOf(TEXT, least=1), "rows", factory=list)

    def check(self) -> None:
        """A rule between fields."""
        if self.name == "forbidden":
            raise RefusedError(sentence("that name is taken"), "name")


class Longer(Outer):
    """The same with one field more."""

    more: str = field(TEXT, "more", default="")


def refusals(values: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...]]]:
    with pytest.raises(RefusedTableError) as raised:
        Outer.read(values)
    return [(str(each.said), each.path) for each in raised.value.refusals]


def test_what_is_not_written_has_its_default() -> None:
    assert Outer.read({"name": "a"}) == Outer(name="a", count=None, inner={}, rows=[])
    first, second = Outer(name="a"), Outer(name="a")
    first.inner["x"] = Inner(points=Decimal(1))
    assert second.inner == {}, "each table has a value of its own"


def test_a_table_may_be_written_as_the_field_that_stands_alone() -> None:
    assert Outer.read({"name": "a", "inner": {"x": 2}}) == Outer.read({"name": "a", "inner": {"x": {"points": 2}}})


def test_everything_that_is_wrong_is_found() -> None:
    assert refusals({"name": 1, "count": True, "inner": {"x": {"points": -1, "word": "up"}, "y": "z"}, "rows": []}) == [
        ("expected name as text in quotes, received 1", ("name",)),
        ("expected count as an integer, received true", ("count",)),
        ("expected points from 0 to 1,000,000 with at most 10 decimals, received -1", ("inner", "x", "points")),
        ("expected word as one of 'left' or 'right', received 'up'", ("inner", "x", "word")),
        ("expected points or a table, received 'z'", ("inner", "y")),
        ("expected at least one of rows, received none", ("rows",)),
    ]


def test_a_misspelt_field_is_not_missing_as_well() -> None:
    assert [path for _, path in refusals({"nam": "a"})] == [("nam",)]
    assert refusals({}) == [("the field 'name' is missing in the file", ("name",))]


def test_rules_between_fields_are_checked_when_every_field_is_right() -> None:
    assert refusals({"name": "forbidden"}) == [("that name is taken", ("name",))]
    assert [path for _, path in refusals({"name": "forbidden", "count": 10})] == [("count",)]


def test_a_table_does_not_change_and_survives_a_process() -> None:
    table = Outer.read({"name": "a"})
    with pytest.raises(AttributeError, match=r"Outer\.name cannot be changed"):
        table.name = "b"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(table)) == table
    assert table.replaced(name="b") == Outer(name="b") != table
    with pytest.raises(TypeError, match="unknown fields \\['nam'\\], missing fields \\['name'\\]"):
        Outer(nam="a")  # type: ignore[call-arg]


def test_fields_of_a_base_come_first() -> None:
    assert list(Longer.fields) == ["name", "count", "inner", "rows", "more"]


def test_the_schema_says_what_the_table_takes() -> None:
    definitions: dict[str, Any] = {}
    schema = Outer.schema(definitions)
    assert schema["description"] == "An outer table in two lines."
    assert schema["required"] == ["name"]
    assert schema["properties"]["count"] == {
        "maximum": 9,
        "minimum": 1,
        "type": "integer",
        "description": "how many",
        "title": "Count",
    }
    assert definitions["Inner"]["properties"]["word"]["default"] == "left"
    one, other = schema["properties"]["inner"]["additionalProperties"]["anyOf"]
    assert (one["type"], other) == ("number", {"$ref": "#/$defs/Inner"})
