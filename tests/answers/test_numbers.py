"""Numbers that stand literally in the five papers, and those that people type, with the digits as written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.errors import UnreadableError

NUMBER = AnswerSpec("number")
COUNT = AnswerSpec("integer", counts=True)
PERCENT = AnswerSpec("number", unit="%")


def read(raw: object, wanted: AnswerSpec = NUMBER) -> tuple[object, int | None, int | None] | None:
    value = read_answer(raw, wanted).value
    if value is None:
        return None
    assert isinstance(value, Number)
    return value.value, value.decimals, value.significant


# What the text is worth, the place of its last digit, the number of its significant digits.
PAPERS = [
    ("4736", 4736, 0, 4),
    ("73856", 73856, 0, 5),
    ("6554624", 6554624, 0, 7),
    ("120,422,400", 120422400, 0, 7),
    ("73,856", 73856, 0, 5),
    ("0.25", Fraction(1, 4), 2, 2),
    ("-1.6", Fraction(-8, 5), 1, 2),
    ("(-1.6)", Fraction(-8, 5), 1, 2),
    ("-1 - (1.6) = -2.6", Fraction(-13, 5), 1, 2),
    (r"\frac{9}{4}", Fraction(9, 4), None, None),
    (r"-\frac{1}{4}", Fraction(-1, 4), None, None),
    (r"$\frac{13}{4}$", Fraction(13, 4), None, None),
    (r"\frac{1}{2} (3) = \frac{3}{2}", Fraction(3, 2), None, None),
    ("1/2 (3) = 3/2", Fraction(3, 2), None, None),
    ("1/2(-2+1+3) = 1", 1, 0, 1),
    ("1/4", Fraction(1, 4), None, None),
    (r"\rightarrow \sim 2.87 \times 10^{-5}", Fraction(287, 10**7), 7, 3),
    ("∼ 2.87 × 10^{-5}", Fraction(287, 10**7), 7, 3),
    (r"\|δ(i)\| = (0.9)^{100} \|δ(L)\| → ∼ 2.87 × 10^{-5}", Fraction(287, 10**7), 7, 3),
    ("= 0.102", Fraction(102, 1000), 3, 3),
    (r"\sqrt{\frac{2}{192}} = 0.102", Fraction(102, 1000), 3, 3),
    ("σ = √(2/192) = 0.102", Fraction(102, 1000), 3, 3),
    ("تقریباً 90٪", Fraction(9, 10), 2, 1),
    ("۰.۹۵ درصد", Fraction(95, 10000), 4, 2),
    ("حدود 120 میلیون", 120_000_000, -6, 2),
    ("حدود 12.4 میلیون", 12_400_000, -5, 3),
    (r"24 \times 3 + 32 = 32 + 72 = 104", 104, 0, 3),
    ("12,443,648 = 10,035,200 + 2,408,448", 12443648, 0, 8),
    ("(28 - 3 + 2) / 2 + 1 = 14", 14, 0, 2),
    ("(1 + 3 × 3 × 64) × 128 = 73,856", 73856, 0, 5),
    ("(1+2-10+8)/4=0.25", Fraction(1, 4), 2, 2),
    ("Z = (10+3+18+9)/4 = 10", 10, 0, 1),
    ("GAP = 10", 10, 0, 1),
    ("**36928**", 36928, 0, 5),
    ("**0**", 0, 0, 1),
    ("۱47584", 147584, 0, 6),
    ("a = 4.04", Fraction(404, 100), 2, 3),
    ("dLoss/db = 1", 1, 0, 1),
]

TYPED = [
    (120, 120, 0, 2),
    (-7, -7, 0, 1),
    (Decimal("10.0"), 10, 1, 3),
    (Decimal("0.10"), Fraction(1, 10), 2, 2),
    (Decimal("2.87e-5"), Fraction(287, 10**7), 7, 3),
    (Decimal("1e3"), 1000, -3, 1),
    ("10.0", 10, 1, 3),
    ("0.10", Fraction(1, 10), 2, 2),
    ("2.87e-5", Fraction(287, 10**7), 7, 3),
    ("2.87 * 10^-5", Fraction(287, 10**7), 7, 3),
    ("2.87 x 10**-5", Fraction(287, 10**7), 7, 3),
    ("2.87·10⁻⁵", Fraction(287, 10**7), 7, 3),
    ("10^-5", Fraction(1, 10**5), 5, 1),
    ("≈ 0.102", Fraction(102, 1000), 3, 3),
    ("approximately 0.102", Fraction(102, 1000), 3, 3),
    ("~0.102", Fraction(102, 1000), 3, 3),
    ("0.333...", Fraction(1, 3), None, None),
    ("0.(3)", Fraction(1, 3), None, None),
    (r"0.\overline{3}", Fraction(1, 3), None, None),
    ("0.1(6)", Fraction(1, 6), None, None),
    ("3.14...", Fraction(157, 50), 2, 3),
    ("0,5", Fraction(1, 2), 1, 1),
    ("1,5", Fraction(3, 2), 1, 2),
    ("12,34", Fraction(617, 50), 2, 4),
    ("0,102", Fraction(51, 500), 3, 3),
    ("1 234", 1234, 0, 4),
    ("1.234.567", 1234567, 0, 7),
    ("1.234,56", Fraction(30864, 25), 2, 6),
    ("1 1/2", Fraction(3, 2), None, None),
    (r"3\frac{1}{2}", Fraction(7, 2), None, None),
    ("2½", Fraction(5, 2), None, None),
    ("2.87 × 10−5", Fraction(287, 10**7), 7, 3),
    ("5 E-2", Fraction(1, 20), 2, 1),
    ("1.2 Mio", 1_200_000, -5, 2),
    ("0.5 GFLOPs", 500_000_000, -8, 1),
    ("2.5 B", 2_500_000_000, -8, 2),
    ("seven", 7, 0, 1),
    ("5 apples", 5, 0, 1),
    ("156 (5*5*6+6)", 156, 0, 3),
    ("9/4 (2.25)", Fraction(9, 4), None, None),
    ("0 (no learnable parameters)", 0, 0, 1),
    ("np.float64(0.5)", Fraction(1, 2), 1, 1),
    ("Fraction(9, 4)", Fraction(9, 4), None, None),
    ("tensor(10., grad_fn=<MeanBackward0>)", 10, 0, 2),
    ("1/6 ≈ 0.17", Fraction(1, 6), None, None),
    ("0.4 or 0.40", Fraction(2, 5), 2, 2),
    (".5", Fraction(1, 2), 1, 1),
    ("−2", -2, 0, 1),
    ("+3", 3, 0, 1),
    ("- 2", -2, 0, 1),
    ("۲/۲۵", Fraction(2, 25), None, None),
    ("٢٫٢٥", Fraction(9, 4), 2, 3),
    ("۱٬۲۳۴", 1234, 0, 4),
    ("73،856", 73856, 0, 5),
    ("1\u202f234\u00a0567", 1234567, 0, 7),
    ("1'234", 1234, 0, 4),
    ("1_234", 1234, 0, 4),
    ("1,234.5", Fraction(2469, 2), 1, 5),
    ("\u200f\u202b14\u202c", 14, 0, 2),
    ("90%", Fraction(9, 10), 2, 1),
    ("٪90", Fraction(9, 10), 2, 1),
    ("\frac{9}{4}", Fraction(9, 4), None, None),
    ("-\frac14", Fraction(-1, 4), None, None),
    ("3 \times 4", 12, None, None),
    ("3 imes 4", 12, None, None),
    ("-(1/4)", Fraction(-1, 4), None, None),
    ("½", Fraction(1, 2), None, None),
    ("6*7", 42, None, None),
    ("24x3 + 32", 104, None, None),
    ("2^10", 1024, None, None),
    ("sqrt(16)", 4, None, None),
    (r"10{,}035{,}200", 10035200, 0, 6),
    ("104 channels", 104, 0, 3),
    ("12.4 million MACs", 12_400_000, -5, 3),
    ("12.4M", 12_400_000, -5, 3),
    ("9/4 = 2.25", Fraction(9, 4), 2, 3),
    ("2.25 = 9/4", Fraction(9, 4), None, None),
    ("5 thousand", 5000, -3, 1),
    ("`42`", 42, 0, 2),
    ("14.", 14, 0, 2),
    ("[10]", 10, 0, 1),
    ("(32,)", 32, 0, 2),
    ("answer: 10", 10, 0, 1),
]


@pytest.mark.parametrize(("raw", "value", "decimals", "significant"), [*PAPERS, *TYPED])
def test_numbers_keep_value_and_digits(raw: object, value: object, decimals: int, significant: int) -> None:
    assert read(raw) == (value, decimals, significant)


@pytest.mark.parametrize("raw", [r"\sqrt{\frac{2}{192}}", "√(2/192)", "sqrt(2/192)", "(2/192)^(1/2)", "√{2/192}"])
def test_roots_are_floats_without_a_last_digit(raw: str) -> None:
    value, decimals, significant = read(raw) or (None, 0, 0)
    assert value == pytest.approx(0.10206207261596577, rel=1e-15)
    assert (decimals, significant) == (None, None)


@pytest.mark.parametrize("raw", ["90%", "90", "تقریباً 90٪", "90 percent", "۹۰ درصد", 90, "%90"])
def test_percent_where_percent_is_the_unit(raw: object) -> None:
    assert read(raw, PERCENT) == (90, 0, 1)


@pytest.mark.parametrize("raw", ["", " ", "\t\n", "-", "–", [], "?", "N/A", "I don't know", "___", "TODO"])
def test_blank(raw: object) -> None:
    assert read_answer(raw, NUMBER).blank


@pytest.mark.parametrize("raw", ["-", "none", "No parameters.", "پارامتری ندارد", "صفر", "بدون پارامتر", 0, "0"])
def test_words_for_zero_where_a_count_is_asked(raw: object) -> None:
    assert read(raw, COUNT) == (0, 0, 1)


def test_an_empty_text_is_blank_where_a_count_is_asked() -> None:
    assert read_answer("", COUNT).blank


AMBIGUOUS = [
    ("1,234,5", "12345", "the 3 numbers 1 and 234 and 5"),
    ("98 = 56", "98", "56"),
    ("3 + 4 = 7 = 8", "7", "8"),
    ("1/2/3", "(1/2)/3", "1/(2/3)"),
    ("0x10", "the hexadecimal number 0x10", "the product 0 * 10"),
    ("2 3", "the product 2 * 3", "two values, 2 3"),
]


@pytest.mark.parametrize(("raw", "first", "second"), AMBIGUOUS)
def test_two_readings_are_refused_with_both(raw: str, first: str, second: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(raw)
    assert str(caught.value) == f"expected one reading, received '{raw}', which can be read as {first} or as {second}"


REFUSED = [
    ("…", "expected a number, received '…'"),
    (True, "expected a number, received the boolean true"),
    ([1, 2], "expected a number, received a list of 2"),
    ({"a": 1}, "expected a number, received a table"),
    ("nan", "expected a finite number, received 'nan'"),
    ("-inf", "expected a finite number, received '-inf'"),
    (Decimal("nan"), "expected a finite number, received NaN"),
    (Decimal("inf"), "expected a finite number, received Infinity"),
    ("1e400", "expected an exponent between -300 and 300, received '400'"),
    ("1e999999999", "expected an exponent between -300 and 300, received '999999999'"),
    (Decimal("1e400"), "expected at most 300 digits and an exponent between -300 and 300, received 1E+400"),
    (Decimal("1e999999999"), "expected at most 300 digits and an exponent between -300 and 300, received 1E+999999999"),
    ("9" * 10_000, "expected at most 300 digits, received 10000"),
    (10**400, "expected a number of at most 300 digits, received an integer of more than 75 digits"),
    ("9**9**9**9", "expected a number, received '9**9**9**9', which has no value"),
    ("1/0", "expected a number, received '1/0', which has no value"),
    ("sqrt(-1)", "expected a number, received 'sqrt(-1)', which has no value"),
    ("half of 28", "expected a number or a calculation, received the word 'half' at character 1"),
    (">= 156", "expected one value, received a comparison or a range in '>= 156'"),
    ("!= 156", "expected one value, received a comparison or a range in '!= 156'"),
    ("10 ≠ 3 = 4", "expected one value, received a comparison or a range in '10 ≠ 3 = 4'"),
    ("0.4 or 0.5", "expected one number, received several in '0.4 or 0.5'"),
    ("x = 5, y = 6", "expected one number, received several in 'x = 5, y = 6'"),
    ("x = 5\ny = 6", r"expected one number, received several in 'x = 5\ny = 6'"),
    ("\x1b[m", r"expected a number, received '\x1b[m'"),
    ("5 dozen", "expected a number or a calculation, received the word 'dozen' at character 3"),
    ("-" * 20_000, f"expected a number, received '{'-' * 80}…'"),
    ("-" * 20_001, "expected a number of at most 20000 characters, received 20001"),
]


@pytest.mark.parametrize(("raw", "message"), REFUSED, ids=range(len(REFUSED)))
def test_refusals_say_expected_and_received(raw: object, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(raw)
    assert str(caught.value) == message


SEVERAL = [
    ("2,125", NUMBER, [2125, Fraction(17, 8)]),
    ("1.796", NUMBER, [Fraction(449, 250), 1796]),
    ("۸/۲۵", NUMBER, [Fraction(8, 25), Fraction(33, 4)]),
    ("14 (2)", NUMBER, [14, 28]),
    ("- 156", COUNT, [-156, 156]),
    ("1.796", COUNT, [1796]),
    ("14x14", COUNT, [196, 14]),
]


@pytest.mark.parametrize(("raw", "spec", "values"), SEVERAL)
def test_the_most_natural_reading_comes_first(raw: str, spec: AnswerSpec, values: list[object]) -> None:
    readings = read_answer(raw, spec).all
    assert [reading.value.value for reading in readings] == values  # type: ignore[union-attr]
    assert readings[0].natural


def test_a_paper_that_uses_one_decimal_mark_keeps_to_it() -> None:
    for mark, value in ((",", Fraction(17, 8)), (".", 2125)):
        readings = read_answer("2,125", AnswerSpec("number", decimal=mark)).all
        assert [reading.value.value for reading in readings] == [value]  # type: ignore[union-attr]


@pytest.mark.parametrize(("bare", "text"), [(Decimal("1.796"), "1.796"), (Decimal("0.50"), "0.50"), (156, "156")])
@pytest.mark.parametrize("spec", [NUMBER, COUNT, PERCENT])
def test_a_bare_value_and_its_text_are_read_alike(bare: object, text: str, spec: AnswerSpec) -> None:
    assert read_answer(bare, spec) == read_answer(text, spec)
