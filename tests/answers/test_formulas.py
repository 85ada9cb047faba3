"""Formulas by students: the papers' own, implicit products, spellings, bounds."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from grader.answers import parse_formula, plain, read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

SYMBOLS = ("w", "d", "M", "N", "D", "F", "k", "alpha", "x", "g_0", "g1", "x0", "x1", "w1", "w2")
NAMES = ("R1", "R2", "k_effective")
POINT = {"w": 5, "d": 3, "M": 17, "N": 19, "D": 2, "F": 4, "k": 7, "alpha": Fraction(3, 10), "x": 2}
POINT |= {"g_0": 11, "g1": 13, "x0": 23, "x1": 29, "w1": 31, "w2": 37, "R1": 41, "R2": 43, "k_effective": 47}

PAPERS = [
    ("wd - w - 2d + 3", 5 * 3 - 5 - 6 + 3),
    ("R1 = wd - w - 2d + 3", 5 * 3 - 5 - 6 + 3),
    ("3(wd - d + 1)", 3 * (15 - 3 + 1)),
    ("R_2 = R_1 + [w + (w-1)(d-1) - 1]", 41 + 5 + 4 * 2 - 1),
    ("R3 = R2 + [(w+1) + (w+1-1)(d+1-1) - 1] = 3(wd - d + 1)", 3 * (15 - 3 + 1)),
    ("M - DF + D", 17 - 8 + 2),
    ("(F-1)(D-1)+F", 3 * 1 + 4),
    ("3+(3-1)*(D-1)", 3 + 2),
    ("2F^2", 32),
    ("g0x0 + g1x1", 11 * 23 + 13 * 29),
    ("g_{0}x_{0} + g_1 x_1", 11 * 23 + 13 * 29),
    (r"\frac{1}{4} w_1", Fraction(31, 4)),
    (r"\frac{\partial L}{\partial f} = \frac{w_1}{4}", Fraction(31, 4)),
    ("1/4 w1", Fraction(31, 4)),
    ("w1/4", Fraction(31, 4)),
    ("α", Fraction(3, 10)),
    (r"\alpha", Fraction(3, 10)),
]

TYPED = [
    ("2 sqrt(w) sqrt(w)", pytest.approx(10)),
    (r"\sqrt{w - 1}", 2),
    ("√(F)", 2),
    ("sqrt F", 2),
    ("w**2", 25),
    ("w²", 25),
    ("-w^2", -25),
    ("(-w)^2", 25),
    ("2^-d", Fraction(1, 8)),
    ("2^d^D", 512),
    ("2^{d}", 8),
    ("10 - 3 - 2", 5),
    ("8 / 4 * 2", 4),
    ("{w - 1}[d - 1]", 8),
    ("⌊M/2⌋ + ⌈M/2⌉", 17),
    (r"\lfloor \frac{M}{2} \rfloor", 8),
    ("floor(M/2)", 8),
    ("M // 2", 8),
    ("ceil(M / 2)", 9),
    ("abs(w - M)", 12),
    ("max(w, d, 4)", 5),
    ("w · d × 2", 30),
    ("w \times d", 15),
    ("k_effective + k", 54),
    ("keffective", 47),
    ("wdk", 105),
    ("w1w2", 31 * 37),
    ("1/2 w", Fraction(5, 2)),
    ("0.1 w", Fraction(1, 2)),
    ("1,024 w", 5120),
    ("**wd**", 15),
    ("--w", 5),
    ("w - -d", 8),
    ("wd ≈ 15", 15),
]


@pytest.mark.parametrize(("text", "value"), [*PAPERS, *TYPED])
def test_values(text: str, value: object) -> None:
    assert parse_formula(text, SYMBOLS, NAMES).evaluate(POINT) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["αe^x", "alpha e^x", r"\alpha e^{x}", "alpha exp(x)", "α·exp x", "exp(x) α", "alpha*e**x"]
)
def test_one_exponential_in_every_spelling(text: str) -> None:
    formula = parse_formula(text, ("alpha", "x"), ())
    assert formula.evaluate({"alpha": 0.3, "x": 2}) == pytest.approx(0.3 * math.exp(2), rel=1e-15)
    assert formula.names == {"alpha", "x"}


def test_a_declared_letter_goes_before_a_constant() -> None:
    assert parse_formula("2e", ("e",), ()).evaluate({"e": 5}) == 10
    assert parse_formula("2e3", ("e3",), ()).evaluate({"e3": 5}) == 10
    assert parse_formula("2π", ("x",), ()).evaluate({}) == pytest.approx(2 * math.pi)


def test_letters_are_told_apart_by_case_and_longest_names_win() -> None:
    assert parse_formula("Dd", ("D", "d"), ()).evaluate({"D": 3, "d": 5}) == 15
    assert parse_formula("abc", ("a", "ab", "bc", "c"), ()).names == {"ab", "c"}
    assert parse_formula("abc", ("a", "ab", "bc"), ()).names == {"a", "bc"}


def test_names_and_steps_are_known() -> None:
    formula = parse_formula("R1 + floor(w/2)", SYMBOLS, NAMES)
    assert (formula.names, formula.stepped, formula.text) == ({"R1", "w"}, True, "R1 + floor(w/2)")
    assert not parse_formula("R1 + w/2", SYMBOLS, NAMES).stepped


@pytest.mark.parametrize(
    "text", ["1/(w-w)", "sqrt(-w)", "log(0 w)", "9**9**9**9", "9^9^9^9^9", "exp(exp(exp(w)))", "(-2)^(1/2)"]
)
def test_an_undefined_value_is_an_arithmetic_or_value_error(text: str) -> None:
    formula = parse_formula(text, SYMBOLS, NAMES)
    with pytest.raises((ArithmeticError, ValueError)):
        formula.evaluate(POINT)


REFUSED = [
    ("q + 1", "expected the names w, d, R1, received 'q' at character 1"),
    ("wd + r1x", "expected the names w, d, R1, received 'r1x' at character 6; the nearest is R1"),
    ("W - 1", "expected the names w, d, R1, received 'W' at character 1; the nearest is w"),
    ("wd3", "expected the names w, d, R1, received 'wd3' at character 1; the nearest is w"),
    ("w - ", "expected a number, a name or a bracket, received the end of 'w -'"),
    ("(w - 1", "expected ), received the end of '(w - 1'"),
    ("(w - 1]", "expected ), received ']' at character 7"),
    ("w - 1)", "expected an operator, received ')' at character 6"),
    ("w ! 2", "expected numbers, names and operators, received '!' at character 3"),
    ("w.__class__", "expected numbers, names and operators, received '.' at character 2"),
    ("w 2", "expected one reading, received 'w 2', which can be read as the product w * 2 or as two values, w 2"),
    ("w/2d", "expected one reading, received 'w/2d', which can be read as (w/2) * d or as w/(2 * d)"),
    ("1/wd", "expected one reading, received '1/wd', which can be read as (1/w) * d or as 1/(w * d)"),
    ("(" * 61 + "w" + ")" * 61, "expected at most 60 levels of brackets and powers, received more"),
    ("2^" * 61 + "2", "expected at most 60 levels of brackets and powers, received more"),
    ("-" * 20_000, "expected a formula of at most 2000 characters, received 20000"),
    ("{" * 60 + "w" + "}" * 60, "expected at most 50 levels of braces, received more"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=range(len(REFUSED)))
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_formula(text, ("w", "d"), ("R1",))
    assert str(caught.value) == message


def test_2000_signs_are_no_recursion() -> None:
    assert parse_formula("-" * 1999 + "w", ("w",), ()).evaluate({"w": 3}) == -3
    assert parse_formula("+".join("w" * 1000), ("w",), ()).evaluate({"w": 3}) == 3000


def test_arrays_of_formulas() -> None:
    wanted = AnswerSpec("formula", rank=2, symbols=("w1", "w2", "w3"))
    for raw in (
        [["w1/4", "1/4 w2", "w_3"], ["0", 1, ""]],
        "w1/4\t1/4 w2\tw_3\n0\t1\t-",
        "w1/4  1/4 w2  w_3\n0  1  -",
        r"\begin{array}{ccc} w1/4 & 1/4 w2 & w_3 \\ 0 & 1 & - \end{array}",
    ):
        assert plain(read_answer(raw, wanted)) in (
            [["w1/4", "1/4 w2", "w_3"], ["0", "1", None]],
            [["w1/4", "1/4 w2", "w_3"], ["0", "1", None]],
        )
    vector = AnswerSpec("formula", rank=1, symbols=("g0", "g1", "x0", "x1"))
    assert plain(read_answer("g0x0 + g1x1, g0 x1", vector)) == ["g0x0 + g1x1", "g0 x1"]
    assert plain(read_answer(["dw_0 = g0x0 + g1x1", "dw_1 = g0 x1"], vector)) == ["g0x0 + g1x1", "g0 x1"]
    with pytest.raises(UnreadableError, match=r"in entry \(0, 1\), counted from zero"):
        read_answer([["w1", "q"]], wanted)


def test_of_cases_the_values_are_read() -> None:
    text = r"f'(x) = \begin{cases} 1 & x > 0 \\ \alpha e^x & x \leq 0 \end{cases}"
    value = read_answer(text, AnswerSpec("formula", rank=1, symbols=("alpha", "x"))).value
    assert isinstance(value, tuple)
    assert [cell.evaluate({"alpha": 0.5, "x": 0}) for cell in value] == [1, 0.5]  # type: ignore[union-attr]


def test_a_number_is_a_formula() -> None:
    assert read_answer(104, AnswerSpec("formula")).value.evaluate({}) == 104  # type: ignore[union-attr]
    assert read_answer("-", AnswerSpec("formula")).blank


CHOICE = AnswerSpec("choice", choices=("yes", "No"))


@pytest.mark.parametrize(
    ("raw", "choice"),
    [("Yes.", "yes"), (" NO ", "No"), ("بله", "yes"), ("خیر", "No"), ("**yes**", "yes")],
)
def test_choices(raw: object, choice: str) -> None:
    assert read_answer(raw, CHOICE).value == choice


def test_an_unknown_choice_is_answered_with_the_choices() -> None:
    with pytest.raises(UnreadableError) as caught:
        read_answer("perhaps", CHOICE)
    assert str(caught.value) == "expected one of yes, No, received 'perhaps'"


def test_text() -> None:
    assert read_answer(" it is linear \n", AnswerSpec("text")).value == "it is linear"
    assert read_answer(["one", "two"], AnswerSpec("text")).value == "one\ntwo"
    assert read_answer("  ", AnswerSpec("text")).blank
    with pytest.raises(UnreadableError, match="expected a text, received a table"):
        read_answer({}, AnswerSpec("text"))
