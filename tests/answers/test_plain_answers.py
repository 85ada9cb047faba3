"""A plain answer is read as by the modules that read everything, whatever the part asks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.answers import read_answer
from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.answers.values import Readings
from grader.errors import UnreadableError

run_of_digits = st.lists(st.integers(0, 9).map(str), max_size=10).map("".join)
wholes = st.integers(0, 10**6).map(str) | run_of_digits
parts = st.just("") | run_of_digits.map(".{}".format)
written = st.tuples(st.sampled_from(["", "", "", "-", "+", "−", "- "]), wholes, parts).map("".join)
decimals = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**6), 10**6), st.integers(-2, 6)
) | wholes.filter(bool).map(Decimal)
others = st.booleans() | st.sampled_from(["", "-", "1,5", "1e3", "1/2", " 7", "٣", "1_000", "0x10"])
numbers = written | st.integers(-(10**10), 10**10) | decimals | others
asked = st.fixed_dictionaries(
    {
        "counts": st.booleans(),
        "unit": st.sampled_from([None, None, "%", "MB", "ms", "m^2", "parameters"]),
        "decimal": st.sampled_from([None, None, ".", ","]),
    }
)
PLAIN = {"counts": False, "unit": None, "decimal": None}


def outcome(read: Any, raw: object, spec: AnswerSpec) -> object:
    """The readings, or the message of the refusal."""
    try:
        return read(raw, spec)
    except UnreadableError as error:
        return str(error)


def check(raw: object, spec: AnswerSpec) -> Readings | None:
    """The plain reading, which must be what the rest of the road finds."""
    kind = KINDS[spec.kind]
    plain = kind.read_plain(raw, spec)
    with patch.object(type(kind), "read_plain", return_value=None):
        read = outcome(read_answer, raw, spec)
    assert plain is None or plain == read
    assert outcome(read_answer, raw, spec) == read
    return plain


@settings(max_examples=400, deadline=None)
@given(kind=st.sampled_from(["number", "integer"]), raw=numbers, spec=asked)
@example("number", "0", {**PLAIN, "counts": True, "decimal": ","})
@example("number", "-0", {**PLAIN, "counts": True})
@example("number", "2.125", PLAIN)
@example("number", Decimal("2.125"), PLAIN)
@example("number", Decimal("2.00e2"), PLAIN)
@example("number", "0.125", {**PLAIN, "decimal": ","})
@example("integer", "2.0", {**PLAIN, "counts": True})
@example("integer", "120", {**PLAIN, "counts": True, "unit": "MB"})
def test_a_plain_number(kind: str, raw: object, spec: dict[str, Any]) -> None:
    check(raw, AnswerSpec(kind, **spec))


@st.composite
def tables(draw: st.DrawFn) -> tuple[object, tuple[int, ...]]:
    """An array as lists or as lines, and the shape that is asked for: mostly its own."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    cell = draw(st.sampled_from([st.integers(-99, 99), st.integers(-999, 999).map(str), written, numbers]))
    table = [[draw(cell) for _ in range(columns)] for _ in range(rows)]
    own = (rows, columns)
    axes = draw(st.sampled_from([own, own, own, (columns, rows), (rows * columns,), (rows, columns, 1)]))
    form = draw(st.sampled_from(["lists", "lines", "lines", "row", "ragged", "column", "deep"]))
    if form == "lists":
        return table, axes
    if form == "row":
        return table[0], draw(st.sampled_from([(columns,), axes]))
    if form == "column":
        return [row[0] for row in table], draw(st.sampled_from([(rows,), (rows, 1), axes]))
    if form == "deep":
        return [table, table], (2, rows, columns)
    if form == "ragged":
        return [*table, table[0][:-1]], (rows + 1, columns)
    between = draw(st.sampled_from([" ", "\t", "  ", ", ", "; "]))
    first, last = draw(st.sampled_from([("", ""), ("", ""), ("", "\t"), ("\t", ""), (" ", " "), ("", " \t")]))
    lines = [first + between.join(map(str, row)) + last for row in table]
    lines[0] = lines[0].replace(between, draw(st.sampled_from([between, between, "\t", "\t\t", " \t"])), 1)
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"])), axes


@settings(max_examples=600, deadline=None)
@given(table=tables(), spec=asked)
@example(("100 200\n300 400", (2, 2)), PLAIN)
@example(("1 234\n5 678", (2, 2)), {**PLAIN, "counts": True})
@example(("1 234 5\n5 678 6", (2, 3)), {**PLAIN, "counts": True})
@example(("1\t2\n3\t4\n", (2, 2)), PLAIN)
@example((["1", "2"], (2,)), PLAIN)
@example((["1 2", "3 4"], (2, 2)), PLAIN)
@example(("1\t\t2\n3\t4", (2, 2)), PLAIN)
@example(("1 2\t3", (1, 3)), PLAIN)
@example(("1\t2\t\n3\t4\n", (2, 2)), PLAIN)
@example(([[0.5, 1]], (1, 2)), PLAIN)
def test_a_plain_array(table: tuple[object, tuple[int, ...]], spec: dict[str, Any]) -> None:
    raw, axes = table
    check(raw, AnswerSpec("array", len(axes), axes=axes, **spec))


@settings(max_examples=500, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 300) | st.integers(0, 10**7), min_size=1, max_size=5),
    between=st.sampled_from(["x", " x ", "*", " * ", ", ", ",", "X", "×", " "]),
    last=st.sampled_from([None, None, "x", " * ", ", "]),
    around=st.sampled_from(["", "", "()", "[]", "(", ")"]),
    axes=st.sampled_from(["own", "own", 1, 2, 3, 4, None]),
    order=st.sampled_from(["", "HWC", "CHW"]),
    listed=st.booleans(),
)
@example([0, 10], "x", None, "", "own", "", False)
@example([1, 7, 7], "x", None, "", "own", "HWC", False)
@example([64, 128, 256], ", ", None, "()", "own", "HWC", False)
@example([1, 256], ",", None, "", "own", "HWC", False)
@example([1, 256], ", ", None, "", "own", "HWC", False)
@example([7, 7], "x", None, "", 1, "HWC", False)
@example([64, 28, 27], ", ", "x", "()", "own", "HWC", False)
@example([28, 27, 64], "x", ", ", "()", "own", "CHW", False)
def test_a_plain_shape(
    sizes: list[int],
    between: str,
    last: str | None,
    around: str,
    axes: str | int | None,
    order: str,
    listed: bool,
) -> None:
    text = between.join(map(str, sizes[:-1])) + (between if last is None else last) + str(sizes[-1])
    raw: object = sizes if listed else around[:1] + (text if sizes[:-1] else str(sizes[0])) + around[1:]
    count = len(sizes) if axes == "own" else axes
    check(raw, AnswerSpec("shape", axes=None if count is None else (int(count),), order=order))


@pytest.mark.parametrize(
    ("raw", "spec"),
    [
        ("14", AnswerSpec("number")),
        (14, AnswerSpec("integer", counts=True)),
        (Decimal("-0.50"), AnswerSpec("number")),
        ("7x7x32", AnswerSpec("shape", axes=(3,), order="HWC")),
        ("(7, 7, 32)", AnswerSpec("shape", axes=(3,), order="HWC")),
        ([7, 7, 32], AnswerSpec("shape", axes=(3,), order="HWC")),
        ([[1, -2], [3, 0]], AnswerSpec("array", 2, axes=(2, 2))),
        ("0\t20\n-70\t20\n", AnswerSpec("array", 2, axes=(2, 2))),
        ([["1", "0.5"]], AnswerSpec("array", 2, axes=(1, 2))),
        ([1, 2, 3], AnswerSpec("array", 1, axes=(3,))),
        ([[0] * 100] * 100, AnswerSpec("array", 2, axes=(100, 100))),
        ("1 234\n5 678", AnswerSpec("array", 2, axes=(2, 2))),
        ("0.125", AnswerSpec("number")),
        ("7x7", AnswerSpec("shape", axes=(2,))),
        ([1, 7], AnswerSpec("shape", axes=(2,))),
    ],
)
def test_these_are_plain(raw: object, spec: AnswerSpec) -> None:
    assert check(raw, spec) is not None


@pytest.mark.parametrize(
    ("raw", "spec"),
    [
        ("0.28", AnswerSpec("number", unit="%")),
        ("2.125", AnswerSpec("number")),
        ("9/4", AnswerSpec("number")),
        (True, AnswerSpec("number")),
        ("7x7", AnswerSpec("shape", axes=(3,))),
        ([[1, 2], [3]], AnswerSpec("array", 2, axes=(2, 2))),
        ([1, 2], AnswerSpec("array", 1, axes=(2,), labels=("a", "b"))),
        ([[1, "x"]], AnswerSpec("array", 2, axes=(1, 2))),
        (0.5, AnswerSpec("number")),
        ([1, 2], AnswerSpec("array", 1)),
        ([[1, 2], [3, 4]], AnswerSpec("array", 1, axes=(2, 2))),
        ([[1, 2], [3, 4]], AnswerSpec("array", 2, axes=(2, 2), unasked=((0, 0),))),
        ([0] * 10_001, AnswerSpec("array", 1, axes=(10_001,))),
        ([1, 2], AnswerSpec("array", 2, axes=(2, 2))),
        (["12", "34"], AnswerSpec("array", 2, axes=(2, 2))),
        ("1\u00a0234\n5\u00a0678", AnswerSpec("array", 2, axes=(2, 2))),
        ("1\t\t2\n3\t4", AnswerSpec("array", 2, axes=(2, 2))),
        ("1 2\t3", AnswerSpec("array", 2, axes=(1, 3))),
        (7, AnswerSpec("shape", axes=(1,))),
        ([7], AnswerSpec("shape", axes=(1,))),
        ([7, "7"], AnswerSpec("shape", axes=(2,))),
        ([True, 7], AnswerSpec("shape", axes=(2,))),
        ([0, 7], AnswerSpec("shape", axes=(2,))),
        ([7, 10**6], AnswerSpec("shape", axes=(2,))),
        ("(7x7", AnswerSpec("shape", axes=(2,))),
        ("7x7)", AnswerSpec("shape", axes=(2,))),
        ("(7, 7", AnswerSpec("shape", axes=(2,))),
        ("7, 7", AnswerSpec("shape", axes=(2,))),
        ("(64, 7x7)", AnswerSpec("shape", axes=(3,), order="HWC")),
        ("7x7", AnswerSpec("shape", axes=(2,), symbols=("n",))),
    ],
)
def test_these_are_not(raw: object, spec: AnswerSpec) -> None:
    assert check(raw, spec) is None


def test_a_whole_number_is_an_integer_however_many_zeros_it_has() -> None:
    number = read_answer("2.0", AnswerSpec("number")).value
    assert (type(number.value), number.value, number.decimals) == (int, 2, 1)  # type: ignore[union-attr]
