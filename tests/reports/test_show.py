"""Values as people write them."""

from __future__ import annotations

import sys
import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.sanitise import cut_lines, escaped_in_json, harmless, shorten, visible
from grader.reports.show import lines, number, one_line


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (9 / 4, "9/4"),
        (-1 / 3, "-1/3"),
        (269 / 3, "269/3"),
        (0.102, "0.102"),
        (0.9, "0.9"),
        (1 / 192**0.5, "0.07216878365"),
        (2.87e-5, "2.87e-05"),
        (1e-13, "1e-13"),
        (0.0, "0"),
        (-0.0, "0"),
        (1e300, "1e+300"),
        (120422400, "120422400"),
        (Fraction(333, 1000), "0.333"),
        (float("inf"), "inf"),
        (10**4000, "an integer of over 3,000 digits"),
    ],
)
def test_number(value: float, shown: str) -> None:
    assert number(value) == shown


@given(st.integers(-999, 999), st.integers(1, 1000))
def test_a_simple_fraction_is_exact_in_what_is_shown(top: int, bottom: int) -> None:
    assert abs(Fraction(number(top / bottom)) - Fraction(top, bottom)) <= Fraction(1, 10**9) * max(1, abs(top))


def test_lines_of_each_kind() -> None:
    assert lines([[14, 15, 32], [7]], "shapes") == ["14 × 15 × 32", "7"]
    assert lines([14, 15], "shape") == ["14 × 15"]
    assert lines([1.5, None, 20]) == ["3/2  ·  20"]
    assert lines([[["a", "bb"]], [["c", "d"]]]) == ["[0]", "a  bb", "[1]", "c  d"]
    assert lines([1, [2]]) == ["[1, [2]]"]
    assert lines([]) == [""]
    assert lines("x\x1b") == ["x\\x1b"]


def test_long_values_are_cut_and_say_so() -> None:
    assert lines([[1, 2]] * 30)[-1] == "… (30 rows)"
    assert lines([list(range(40))])[0].endswith("(40 columns)")
    assert lines([[1]] * 30, "shapes")[-1] == "… (30 shapes)"
    assert one_line(list(range(100))).endswith("58, 59, … (100 entries)]")


def test_a_deep_value_is_cut() -> None:
    deep: object = 1
    for _ in range(900):
        deep = [deep]
    assert one_line(deep).startswith("[[[[")
    assert len(one_line(deep)) < 40


def test_what_is_shown_as_it_is_has_nothing_that_is_obeyed_or_invisible() -> None:
    unsafe = {"Cc", "Cf", "Zl", "Zp", "Cs"}
    for character in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(character) in unsafe and character not in "\u200c\u200d":
            assert not harmless(f"a{character}b")
            assert not harmless(f"\u200c{character}")
        elif harmless(character):
            assert visible(character) == escaped_in_json(character) == character
    assert harmless("a می‌گیرد 1,5")


def test_sanitise() -> None:
    assert visible("a\x1b[0m\n\t\u202e\u200c") == "a\\x1b[0m\\n\\t\\u202e\u200c"
    assert shorten("abc", 3) == "abc"
    assert cut_lines("a\nb\n", "end\n", 100) == "a\nb\nend\n"
    cut = cut_lines("line\n" * 100, "end\n", 300)
    assert len(cut) <= 300
    assert cut.endswith("end\n")
    assert "of 100 lines are left out" in cut
