"""Lists whose entries are joined otherwise than by commas: chains, ranges, intervals, points, mixed shares, names."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.answers.spec import AnswerSpec
from tests.answers.tables import first, readings, refused

FOUR = AnswerSpec("array", 1, counts=True, axes=(4,))
PAIR = AnswerSpec("array", 1, axes=(2,))
TRIPLE = AnswerSpec("array", 1, axes=(3,))
SHARES = AnswerSpec("array", 1, axes=(3,), unit="%")
MATRIX = AnswerSpec("array", 2, axes=(2, 2))
HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    "written",
    [
        *["64-64-128-256", "64–64–128–256", "64—64—128—256", "[64-64-128-256]", "(64-64-128-256)"],
        *["64/64/128/256", "64→64→128→256", "64 -> 64 -> 128 -> 256", "64 > 64 > 128 > 256"],
        *["64_64_128_256", "۶۴-۶۴-۱۲۸-۲۵۶"],
    ],
)
def test_a_chain_of_as_many_numbers_as_are_asked(written: str) -> None:
    assert first(written, FOUR) == [64, 64, 128, 256]


@pytest.mark.parametrize(
    "written",
    ["64-64-128", "64-64+128-256", "64x64x128x256", "64 -64 -128 -256", "64 - 64 - 128 - 256", "64:64:128:256"],
)
def test_other_chains_are_no_list_of_four(written: str) -> None:
    assert_not_read_as([64, 64, 128, 256], written, FOUR)


def assert_not_read_as(values: list[int], written: str, spec: AnswerSpec) -> None:
    """Check that an answer is refused, or read as something else."""
    try:
        found = first(written, spec)
    except Exception:
        return
    assert found != values


@pytest.mark.parametrize(
    "written",
    [
        *["0 to 0.5", "from 0 to 0.5", "between 0 and 0.5", "von 0 bis 0,5", "zwischen 0 und 0,5", "de 0 à 0,5"],
        *["entre 0 y 0,5", "از ۰ تا ۰٫۵", "بین ۰ و ۰٫۵", "从0到0.5", "0 से 0.5", "من 0 إلى 0.5", "0 ile 0,5 arasında"],
        *["[0,0.5)", "(0, 0.5]", "[0, 1/2)", "]0, 0.5[", "[0 ; 0,5[", "$[0, 0.5)$", "\\left[0, \\frac12\\right)"],
        *["0 ≤ x ≤ 0.5", "0 < x < 0.5", "0 <= y < 0.5", "x ∈ [0, 0.5)", "x in [0, 0.5)", "range [0, 0.5)"],
        *["0–0.5", "0..0.5", "0 … 0.5", "0 ~ 0.5", "range: 0 to 0.5"],
    ],
)
def test_the_ends_of_an_interval(written: str) -> None:
    assert first(written, PAIR) == [0, HALF]


def test_the_ends_of_an_interval_in_the_order_written() -> None:
    assert first("0.5 to 0", PAIR) == [HALF, 0]
    refused("outside [0, 0.5]", PAIR)
    refused("0 - 0.5", PAIR)  # a difference, or a range


@pytest.mark.parametrize(
    "written",
    [
        "P(1, 2)",
        "P(1,2)",
        "P = (1, 2)",
        "point (1, 2)",
        "the point (1,2)",
        "point P(1, 2)",
        "Punkt (1|2)",
        "(1|2)",
        "A(1;2)",
    ],
)
def test_the_coordinates_of_a_point(written: str) -> None:
    assert first(written, PAIR) == [1, 2]


@pytest.mark.parametrize(
    "written",
    [
        "f(1, 2)",
        "max(1, 2)",
        "min(1, 2)",
        "sin(1, 2)",
        "P(1|2)",
        "-P(1, 2)",
        "2(1, 2)",
        "2P(1,2)",
        "d(1, 2)",
        "exp(1, 2)",
    ],
)
def test_a_call_is_no_point(written: str) -> None:
    refused(written, PAIR)


@pytest.mark.parametrize("written", ["np.exp([1,2])", "sqrt([1,4])", "torch.relu([1,2])"])
def test_a_function_of_a_list_is_named_as_the_reason(written: str) -> None:
    refused(written, PAIR, "expected the values themselves")


@pytest.mark.parametrize(
    "word", ["sec", "sine of", "silu", "argmax", "factorial", "reciprocal", "opposite", "square", "mod"]
)
def test_what_acts_on_a_number_acts_on_a_list(word: str) -> None:
    refused(f"{word} [1, 2]", PAIR)


@pytest.mark.parametrize("written", ["[1, 3] = [1, 2]", "(1, 2) = (2, 1)", "x = [1, 2] = [1, 2.7]", "[1,2]=[1,4]"])
def test_two_lists_that_are_said_to_be_equal_and_are_not(written: str) -> None:
    refused(written, PAIR, "expected one answer")


@pytest.mark.parametrize(
    ("written", "values"),
    [
        *[("[1, 2] = [1, 2]", [1, 2]), ("x = (1, 2)", [1, 2]), ("[2, 4]/2 = [1, 2]", [1, 2])],
        *[("(1, 2) + (0, 1) = (1, 3)", [1, 3]), ("[1/2, 1] = [0.5, 1]", [HALF, 1]), ("[1.0, 2.0] = [1, 2]", [1, 2])],
    ],
)
def test_chains_of_lists_that_agree(written: str, values: list[object]) -> None:
    assert first(written, PAIR) == values


@pytest.mark.parametrize("written", ["20%, 0.3, 50%", ["20%", "0.3", "50%"], "20%; 0,3; 50%"])
def test_a_share_among_percentages_may_be_one(written: object) -> None:
    assert ([20, 30, 50], False) in readings(written, SHARES)


@pytest.mark.parametrize(
    "written",
    [
        *["y1=10, x1=20, y2=30, x2=40", "(y1, x1, y2, x2) = (10, 20, 30, 40)", "ymin=10, xmin=20, ymax=30, xmax=40"],
        *["x2=10, y2=20, x1=30, y1=40", "y1: 10, x1: 20, y2: 30, x2: 40", "xmax=10, ymax=20, xmin=30, ymin=40"],
    ],
)
def test_names_in_an_unusual_order_are_asked_about(written: str) -> None:
    refused(written, FOUR, "expected the entries in the order asked for")


@pytest.mark.parametrize(
    "written", ["y = 1, x = 2", "(y, x) = (1, 2)", "column 1, row 2", "upper: 1, lower: 2", "max = 1, min = 2"]
)
def test_a_pair_of_names_in_an_unusual_order(written: str) -> None:
    refused(written, PAIR)


@pytest.mark.parametrize(
    "written",
    [
        *["x1=10, y1=20, x2=30, y2=40", "(x1, y1, x2, y2) = (10, 20, 30, 40)", "xmin=10, ymin=20, xmax=30, ymax=40"],
        *["x1=10, x2=20, y1=30, y2=40", "a = 10, b = 20, c = 30, d = 40", "w=10, b=20, v=30, c=40"],
    ],
)
def test_names_in_a_usual_order_are_read(written: str) -> None:
    assert first(written, FOUR) == [10, 20, 30, 40]


@pytest.mark.parametrize(
    "written", ["column 1: 10, 3; column 2: 9, 18", "columns: (10, 3), (9, 18)", "Spalte 1: 10 3\nSpalte 2: 9 18"]
)
def test_columns_are_not_read_as_rows(written: str) -> None:
    refused(written, MATRIX)


@pytest.mark.parametrize(
    ("unit", "written", "value"),
    [
        ("bits", "0,25 Bit", 0.25),
        ("bits", "0.25 Bits", 0.25),
        ("bits", "1 nat", 1.4426950408889634),
        ("nats", "1 nat", 1),
    ],
)
def test_units_of_information(unit: str, written: str, value: float) -> None:
    assert float(first(written, AnswerSpec("number", unit=unit))) == pytest.approx(value, rel=1e-12)  # type: ignore[arg-type]
