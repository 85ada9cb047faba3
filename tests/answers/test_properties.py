"""Properties over drawn answers; the judges are Python's Fraction, Decimal and values built beside the text."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.answers import guess_spec, parse_formula, plain, read_answer, shown
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.errors import UnreadableError

NUMBER = AnswerSpec("number")
WANTED = [
    NUMBER,
    AnswerSpec("integer", counts=True),
    AnswerSpec("number", unit="%"),
    AnswerSpec("shape"),
    AnswerSpec("shapes"),
    AnswerSpec("array", rank=1),
    AnswerSpec("array", rank=2),
    AnswerSpec("array", rank=3),
    AnswerSpec("formula", symbols=("w", "d", "alpha"), names=("R1",)),
    AnswerSpec("formula", rank=2, symbols=("w", "d")),
    AnswerSpec("choice", choices=("yes", "no")),
    AnswerSpec("text"),
]
PERSIAN = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")
ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")


def number(raw: object) -> Number:
    value = read_answer(raw, NUMBER).value
    assert isinstance(value, Number)
    return value


@given(st.fractions(max_denominator=10**6))
def test_every_fraction_reads_back(value: Fraction) -> None:
    assert number(str(value)).value == value
    assert number(rf"\frac{{{value.numerator}}}{{{value.denominator}}}").value == value


@given(st.integers(-(10**12), 10**12), st.integers(1, 8))
def test_a_decimal_keeps_its_digits(digits: int, decimals: int) -> None:
    text = f"{Decimal(digits).scaleb(-decimals):.{decimals}f}"
    read = number(text)
    assert (read.value, read.decimals) == (Fraction(digits, 10**decimals), decimals)
    assert read.significant == max(len(str(abs(digits))), 1)
    typed = number(Decimal(text))
    assert (typed.value, typed.decimals, typed.significant) == (read.value, read.decimals, read.significant)


@given(st.integers(0, 10**15))
def test_thousands_separators_change_nothing(value: int) -> None:
    plain_text = number(str(value))
    for separator in (",", "٬", "'", "\u202f", "\u00a0", "_"):
        assert number(f"{value:,}".replace(",", separator)).value == plain_text.value == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4))
def test_persian_and_arabic_digits_change_nothing(value: Decimal) -> None:
    text = f"{value:f}"
    latin = number(text)
    for digits in (PERSIAN, ARABIC):
        other = number(text.translate(digits).replace("-", "−"))
        assert (other.value, other.decimals, other.significant) == (latin.value, latin.decimals, latin.significant)


@given(
    st.lists(st.integers(1, 9999), min_size=2, max_size=6), st.sampled_from([" * ", "x", "×", ", ", r" \times ", " "])
)
def test_a_shape_reads_back(sizes: list[int], separator: str) -> None:
    for raw in (
        separator.join(map(str, sizes)),
        f"({separator.join(map(str, sizes))})",
        f"a = {separator.join(map(str, sizes))}",
    ):
        assert read_answer(raw, AnswerSpec("shape")).value == tuple(sizes)


@st.composite
def grids(draw: st.DrawFn) -> list[list[Fraction]]:
    rows, columns = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    cell = st.fractions(-99, 99, max_denominator=20)
    return draw(st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=rows, max_size=rows))


def latex(value: Fraction) -> str:
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


WRITERS: list[Callable[[list[list[Fraction]]], object]] = [
    lambda grid: [[str(cell) for cell in row] for row in grid],
    lambda grid: "\n".join(" ".join(map(str, row)) for row in grid),
    lambda grid: "\n".join("\t".join(map(str, row)) for row in grid),
    lambda grid: "[" + "; ".join(", ".join(map(str, row)) for row in grid) + "]",
    lambda grid: str([[str(cell) for cell in row] for row in grid]),
    lambda grid: r"\begin{pmatrix}" + r" \\ ".join(" & ".join(map(latex, row)) for row in grid) + r"\end{pmatrix}",
    lambda grid: "\n".join("  ".join(map(latex, row)) for row in grid),
    lambda grid: "\n".join(f"g({i},{j}) = {cell}" for i, row in enumerate(grid) for j, cell in enumerate(row)),
    lambda grid: ", ".join(f"w_{{{i}{j}}} = {cell}" for i, row in enumerate(grid, 1) for j, cell in enumerate(row, 1)),
]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(grids(), st.sampled_from(WRITERS))
def test_a_matrix_reads_back_from_every_notation(grid: list[list[Fraction]], write: Callable[..., object]) -> None:
    answer = read_answer(write(grid), AnswerSpec("array", rank=2))
    assert isinstance(answer.value, tuple)
    assert [[cell.value for cell in row] for row in answer.value] == grid  # type: ignore[union-attr]
    assert [
        [cell.value for cell in row] for row in read_answer(shown(answer), AnswerSpec("array", rank=2)).value
    ] == grid  # type: ignore[union-attr]


SYMBOLS = {"w": Fraction(3), "d": Fraction(7, 2), "g_0": Fraction(-5), "alpha": Fraction(2, 3)}
SPELLED = {"w": ["w"], "d": ["d", "{d}"], "g_0": ["g_0", "g0", "g_{0}"], "alpha": ["alpha", "α", r"\alpha "]}


def pair(texts: tuple[str, Fraction], more: tuple[str, Fraction], operator: str) -> tuple[str, Fraction]:
    (a, x), (b, y) = texts, more
    if operator == "+":
        return f"({a} + {b})", x + y
    if operator == "-":
        return f"[{a} - ({b})]", x - y
    if operator == "implicit":
        return f"({a})({b})", x * y
    if operator == "/" and y:
        return rf"\frac{{{a}}}{{{b}}}", x / y
    return f"({a}) · ({b})", x * y


leaves = st.one_of(
    st.sampled_from([(form, SYMBOLS[name]) for name, forms in SPELLED.items() for form in forms]),
    st.integers(0, 99).map(lambda value: (str(value), Fraction(value))),
    st.sampled_from([("2w", Fraction(6)), ("wd", Fraction(21, 2)), ("w^2", Fraction(9)), ("-w**2", Fraction(-9))]),
)
expressions = st.recursive(
    leaves,
    lambda inner: st.builds(pair, inner, inner, st.sampled_from(["+", "-", "*", "/", "implicit"])),
    max_leaves=12,
)


@given(expressions)
def test_a_printed_formula_has_the_value_it_was_printed_from(drawn: tuple[str, Fraction]) -> None:
    text, value = drawn
    formula = parse_formula(text, tuple(SYMBOLS), ())
    assert formula.evaluate(SYMBOLS) == pytest.approx(value, rel=1e-12)  # type: ignore[arg-type]


numbers_shown = st.one_of(
    st.integers(-(10**9), 10**9),
    st.fractions(-1000, 1000, max_denominator=999),
    st.decimals(-1000, 1000, places=3, allow_nan=False),
).map(str)
SHOWN: list[tuple[AnswerSpec, st.SearchStrategy[object]]] = [
    (AnswerSpec("number"), numbers_shown),
    (AnswerSpec("integer", counts=True), st.integers(0, 10**12)),
    (AnswerSpec("shape", axes=(3,), order="HWC"), st.lists(st.integers(2, 999), min_size=3, max_size=3)),
    (
        AnswerSpec("shapes", axes=(2, 3)),
        st.lists(st.lists(st.integers(2, 999), min_size=3, max_size=3), min_size=2, max_size=2),
    ),
    (
        AnswerSpec("array", rank=2, axes=(2, 3)),
        st.lists(st.lists(numbers_shown, min_size=3, max_size=3), min_size=2, max_size=2),
    ),
    (AnswerSpec("array", rank=1, axes=(4,)), st.lists(numbers_shown, min_size=4, max_size=4)),
    (AnswerSpec("formula", symbols=("w", "d")), st.sampled_from(["w*d + 1", "2w - d", "(w + 1)^2/3"])),
    (AnswerSpec("choice", choices=("yes", "no")), st.sampled_from(["yes", "no"])),
]


@pytest.mark.parametrize(("spec", "drawn"), SHOWN, ids=[spec.kind + str(spec.rank) for spec, _ in SHOWN])
@settings(max_examples=60)
@given(st.data())
def test_what_is_shown_is_read_back_the_same(
    spec: AnswerSpec, drawn: st.SearchStrategy[object], data: st.DataObject
) -> None:
    first = read_answer(data.draw(drawn), spec)
    again = read_answer(shown(first), spec)
    assert plain(again) == plain(first)


hostile = st.text(
    st.one_of(st.characters(), st.sampled_from(list("0123456789.,/=*^()[]{}\\&;|-+ \t\nxwde%≈→_$'")), ), max_size=80
)  # fmt: skip
PIECES = r"\frac { } \begin{array} \end{array} & \\ 10^ -5 w_ 12 = x None ( ) , / ** 1e9 √ میلیون % g(0,1) ⌊ [ ] | ;"
pieces = st.lists(st.sampled_from([*PIECES.split(), " ", "\t", "\n", "\f", "\b"]), max_size=25).map("".join)
toml = st.recursive(
    st.one_of(hostile, pieces, st.booleans(), st.integers(), st.decimals(), st.dates(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=10,
)


@settings(max_examples=400)
@given(toml, st.sampled_from(WANTED))
def test_nothing_but_an_unreadable_error_is_ever_raised(raw: object, wanted: AnswerSpec) -> None:
    try:
        answer = read_answer(raw, wanted)
    except UnreadableError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 600
    else:
        shown(answer)
        plain(answer)
    guess_spec(raw)


FLOODS = {
    "digits": "1" * 10**6,
    "signs": "-" * 10**6,
    "brackets": "(" * 10**6,
    "spaces": "1" + " " * 10**6 + "2",
    "commas": "1," * 10**6,
    "equations": "a=" * 10**6,
    "fractions": r"\frac" * 10**5,
    "lines": "1\n" * 49_000,
    "cells": "sqrt(2) " * 12_000,
    "rule": "|" + "-" * 99_000 + "x",
    "powers": "2^" * 900,
    "closers": "]" + " " * 99_000 + "x",
    "labels": "w_1 = 3, " * 11_000,
    "letters": "wd" * 900 + "q",
    "options": "array(" + ",a=1" * 24_000 + ")",
    "nested lists": "[[[1]], " * 14_000,
    "groups": "[[1]]," * 16_000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_ends(name: str) -> None:
    for wanted in WANTED:
        try:
            read_answer(FLOODS[name], wanted)
        except UnreadableError as error:
            assert len(str(error)) < 600


@pytest.mark.parametrize("text", ["1," * 10_000, "(" * 20_000, "filters " * 2_500, "\t" * 20_000, "1 or " * 4_000])
@pytest.mark.parametrize(
    "spec",
    [
        AnswerSpec("integer", counts=True),
        AnswerSpec("number"),
        AnswerSpec("shape", order="HWC", axes=(3,)),
        AnswerSpec("shapes", order="HWC", axes=(4, 3)),
        AnswerSpec("array", rank=2, axes=(2, 2)),
    ],
)
def test_long_texts_are_refused_in_time_and_in_words(text: str, spec: AnswerSpec) -> None:
    started = time.perf_counter()
    try:
        read_answer(text, spec)
    except UnreadableError as error:
        assert len(str(error)) < 1000
    assert time.perf_counter() - started < 10  # thirty times what the longest takes
