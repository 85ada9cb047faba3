"""Arrays in every notation of the papers; no two axes of one length, but where the paper's own matrix has them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from grader.answers import plain, read_answer, shown
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

VECTOR = AnswerSpec("array", rank=1)
MATRIX = AnswerSpec("array", rank=2)
COUNTS = AnswerSpec("array", rank=1, counts=True)
GRID = [[0, 0.75, 0.5], [1, -2, 0.25]]

MATRICES = [
    [[0, "3/4", "1/2"], ["1", -2, Decimal("0.25")]],
    ["0 3/4 1/2", "1 -2 1/4"],
    "0\t3/4\t1/2\n1\t-2\t1/4",
    "$0$\t$\\frac{3}{4}$\t$\\frac{1}{2}$\n1\t-2\t\\frac{1}{4}",
    r"0 \frac{3}{4} \frac{1}{2}" "\n" r"1 -2 \frac{1}{4}",
    "\n0  3/4  1/2\n1 -2   1/4\n",
    "0, 3/4, 1/2\n1, -2, 1/4",
    "(0, 3/4, 1/2)\n(1, -2, 1/4)",
    "0\t3/4\t1/2\t\n1\t-2\t1/4\t",
    "O11=0 O12=3/4 O13=1/2 O21=1 O22=-2 O23=1/4",
    "0,3/4,1/2\n1,-2,1/4",
    "| 0 | 3/4 | 1/2 |\n|---|:---:|---|\n| 1 | -2 | 1/4 |",
    "[[0, 3/4, 1/2], [1, -2, 1/4]]",
    "[0 3/4 1/2; 1 -2 1/4]",
    "[0, 3/4, 1/2; 1, -2, 1/4]",
    "[0 3/4 1/2]\n[1 -2 1/4]",
    "((0, 3/4, 1/2), (1, -2, 1/4))",
    "O = [[0, 3/4, 1/2], [1, -2, 1/4]]",
    "dX =\n0 3/4 1/2\n1 -2 1/4",
    "0 3/4 1/2 ; 1 -2 1/4",
    r"\begin{bmatrix} 0 & \frac{3}{4} & \frac{1}{2} \\ 1 & -2 & \frac{1}{4} \end{bmatrix}",
    r"\begin{array}{c|cc} \hline 0 & 3/4 & 1/2 \\ \hline 1 & -2 & 1/4 \\ \hline \end{array}",
    "\begin{array}{ccc} 0 & \frac{3}{4} & 1/2 \\\\ 1 & -2 & 1/4 \\end{array}",
    r"$$O = \left[ \begin{matrix} 0 & 3/4 & 1/2 \\ 1 & -2 & 1/4 \end{matrix} \right]$$",
    "۰ ۳/۴ ۱/۲\n۱ −۲ ۱/۴",
    "g(0,0)=0, g(0,1)=3/4, g(0,2)=1/2, g(1,0)=1, g(1,1)=-2, g(1,2)=1/4",
    "O_{11} = 0\nO_{12} = 3/4\nO_{13} = 1/2\nO_{21} = 1\nO_{22} = 4 - 6 = -2\nO_{23} = 0.25",
    ["w11 = 0", "w12 = 1/2 (3/2) = 3/4", "w13 = 1/2", "w21 = 1", "w22 = -2", "w23 = 1/4"],
    "w_23 = 1/4; w_11 = 0; w_12 = 3/4; w_13 = 1/2; w_21 = 1; w_22 = -2",
    r"\frac{\partial L}{\partial w_{11}} = 0"
    "\n∂L/∂w12 = 3/4\n∂L/∂w13 = 1/2\n"
    r"\partial w_{21} = 1"
    "\ndL/dw_22 = -2\ndL/dw[2][3] = 1/4",
]


@pytest.mark.parametrize("raw", MATRICES, ids=range(len(MATRICES)))
def test_one_matrix_in_every_notation(raw: object) -> None:
    assert plain(read_answer(raw, MATRIX)) == GRID


def test_the_matrices_of_the_papers() -> None:
    laplacian = "0\t20\t-70\t20\t0\n0\t30\t-60\t30\t0\n0\t30\t-60\t30\t0\n0\t30\t-60\t30\t0\n0\t20\t-70\t20\t0"
    middle = [0, 30, -60, 30, 0]
    border = [0, 20, -70, 20, 0]
    assert plain(read_answer(laplacian, MATRIX)) == [border, middle, middle, middle, border]
    one_by_one = ", ".join(f"g({i},{j})={[border, middle][0 < i < 4][j]}" for i in range(5) for j in range(5))
    assert read_answer(one_by_one, MATRIX).value is not None
    assert plain(read_answer(one_by_one, MATRIX)) == [border, middle, middle, middle, border]
    gradient = read_answer("0    3/4   3/4\n1/4  1/2   1/4\n1/4 -1/4  -1/2", MATRIX)
    assert shown(gradient) == "  0   3/4   3/4\n1/4   1/2   1/4\n1/4  -1/4  -1/2"


VECTORS = [
    ("-1, 5, 3, 0", [-1, 5, 3, 0]),
    ("-1 5 3 0", [-1, 5, 3, 0]),
    ("(-1, 5, 3, 0)", [-1, 5, 3, 0]),
    ("-1\n5\n3\n0", [-1, 5, 3, 0]),
    ([-1, "5", Decimal("3.0"), 0], [-1, 5, 3, 0]),
    ("dLoss/dw_1 = -1\ndLoss/dw_2 = 5\ndLoss/dw_4 = 0\ndLoss/dw_3 = 3", [-1, 5, 3, 0]),
    ("a = 4.04\nb = 2.04\nc = -4.04", [4.04, 2.04, -4.04]),
    ("a=4.04 b=2.04 c=-4.04", [4.04, 2.04, -4.04]),
    (["a = 4.04", "b = 2.04"], [4.04, 2.04]),
    (["9,633,792", "14,450,688"], [9633792, 14450688]),
    ("9,633,792\n14,450,688\n512", [9633792, 14450688, 512]),
    ("9,633,792, 14,450,688", [9633792, 14450688]),
    ("9633792 14450688", [9633792, 14450688]),
    ("1\t\t3", [1, None, 3]),
    ([1, "", " ", "-"], [1, None, None, None]),
    ("1,5", [1, 5]),
    (7, [7]),
    ([[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]),
]


@pytest.mark.parametrize(("raw", "cells"), VECTORS)
def test_vectors(raw: object, cells: object) -> None:
    assert plain(read_answer(raw, VECTOR)) == cells


def test_a_dash_is_zero_where_counts_are_asked_and_blank_elsewhere() -> None:
    raw = [4736, "-", "پارامتری ندارد", ""]
    assert plain(read_answer(raw, COUNTS)) == [4736, 0, 0, None]
    assert plain(read_answer([4736, "-"], VECTOR)) == [4736, None]


def test_ranks() -> None:
    assert plain(read_answer(5, MATRIX)) == [[5]]
    assert plain(read_answer("1 2 3", MATRIX)) == [[1, 2, 3]]
    assert plain(read_answer([1, 2, 3], MATRIX)) == [1, 2, 3]
    blocks = "1 2 3\n4 5 6\n\n7 8 9\n0 1 2"
    assert plain(read_answer(blocks, AnswerSpec("array", rank=3))) == [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [0, 1, 2]]]
    nested = [[[[1, "1/2", 3]], [[4, 5, 6]]]]
    assert plain(read_answer(nested, AnswerSpec("array", rank=4))) == [[[[1, 0.5, 3]], [[4, 5, 6]]]]


@pytest.mark.parametrize(
    ("raw", "rank"),
    [
        ("[[[1,2],[3,4]],[[5,6],[7,8]]]", 3),
        ("[[[1, 2],\n  [3, 4]],\n\n [[5, 6],\n  [7, 8]]]", 3),
        ("[[1,2],[3,4]], [[5,6],[7,8]]", 3),
        ("X = [[1,2],[3,4]]; [[5,6],[7,8]]", 3),
        ("array([[[1., 2.],\n        [3., 4.]],\n\n       [[5., 6.],\n        [7., 8.]]], dtype=float32)", 3),
        ("{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}", 3),
        ("1 2\n3 4\n\n5 6\n7 8", 3),
    ],
)
def test_an_array_of_matrices_as_text(raw: str, rank: int) -> None:
    assert plain(read_answer(raw, AnswerSpec("array", rank=rank))) == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]


def test_four_deep_as_text() -> None:
    wanted = AnswerSpec("array", rank=4)
    assert plain(read_answer("[[[[1,2],[3,4]]],[[[5,6],[7,8]]]]", wanted)) == [[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]]]
    assert plain(read_answer("[[[[1,2],[3,4]]]]", wanted)) == [[[[1, 2], [3, 4]]]]


@pytest.mark.parametrize("raw", ["np.array([[1, 2], [3, 4]])", "tensor([[1., 2.],\n        [3., 4.]])"])
def test_what_a_program_printed(raw: str) -> None:
    assert plain(read_answer(raw, MATRIX)) == [[1, 2], [3, 4]]


def test_a_missing_label_is_a_blank_cell() -> None:
    assert plain(read_answer("w_11 = 1, w_12 = 2, w_13 = 3, w_21 = 4, w_23 = 6", MATRIX)) == [[1, 2, 3], [4, None, 6]]


@pytest.mark.parametrize("raw", [[], "", "-", [["", "-"], [" ", ""]], "- -\n- -", ["", ""]])
def test_an_array_of_blanks_is_blank(raw: object) -> None:
    assert read_answer(raw, MATRIX).blank


def test_digits_are_kept_in_cells() -> None:
    value = read_answer("0.10 2.50", VECTOR).value
    assert isinstance(value, tuple)
    assert [(c.value, c.decimals, c.significant) for c in value] == [(Fraction(1, 10), 2, 2), (Fraction(5, 2), 2, 3)]  # type: ignore[union-attr]


REFUSED = [
    ([[1, 2], [3]], "expected rows of equal length, received 2 cells in row 0 and 1 cell in row 1, counted from zero"),
    (
        "1 2 3\n4 5 6\n7 8",
        "expected rows of equal length, received 3 cells in row 0 and 2 cells in row 2, counted from zero",
    ),
    (
        [[1, 2], 3],
        "expected rows of equal length, received 2 cells in row 0 and a single value in row 1, counted from zero",
    ),
    ([[1, "abc"]], "expected a number, received 'abc', in entry (0, 1), counted from zero"),
    ("1 2\n3\tabc", "expected a number, received 'abc', in entry (1, 1), counted from zero"),
    ([[1, True]], "expected a number, received the boolean true, in entry (0, 1), counted from zero"),
    ([[1, datetime.date(2024, 5, 1)]], "expected a number, received a date, in entry (0, 1), counted from zero"),
    ([[[1, {}]]], "expected a number, received a table, in entry (0, 0, 1), counted from zero"),
    ([[1, Decimal("nan")]], "expected a finite number, received NaN, in entry (0, 1), counted from zero"),
    ([[[[[[[[[1]]]]]]]]], "expected at most 8 levels of lists, received more"),
    ([[0] * 10_001], "expected at most 10000 cells, received more"),
    ("w11 = 1\nw12 = 2\nw11 = 3", "expected every label once, received 'w11' twice"),
    ("w_1000000_1 = 1\nw_1_1 = 2", "expected labels with 2 indices, received 'w_1000000_1'"),
    ("g(0,0) = 1\ng(9999,1) = 2", "expected labels up to 1000, received 'g(9999,1)'"),
    (
        "3 4 5\n2 1 -3\t\t2 0\n4 -2 0\t\t-3 1",
        "expected cells divided by tabs or by spaces, received both in '2 1 -3\\t\\t2 0': write one matrix alone",
    ),
    (
        "1,234",
        "expected one reading, received '1,234', which can be read as 1234 or as the 2 numbers 1 and 234",
    ),
    (
        "1 000 2 000",
        "expected one reading, received '1 000 2 000', which can be read as thousands divided by spaces "
        "or as the 4 numbers 1 and 000 and 2 and 000",
    ),
    ("128,256, 512", "expected one reading, received '128,256, 512', which can be read as 2 numbers or as 3 numbers"),
]


@pytest.mark.parametrize(("raw", "message"), REFUSED, ids=range(len(REFUSED)))
def test_refusals_say_where(raw: object, message: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_answer(raw, MATRIX)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "raw",
    [
        "1 2\n3 4",
        "1;2\n3;4",
        "(1 2; 3 4)",
        "1/4 * [[4, 8], [12, 16]]",
        r"\frac12\begin{pmatrix} 2 & 4 \\ 6 & 8 \end{pmatrix}",
        r"\begin{bmatrix} 2 & 4 \\ 6 & 8 \end{bmatrix} / 2",
        "[1 3; 2 4]^T",
        "|1 2|\n|3 4|",
        "| | |\n|-|-|\n|1|2|\n|3|4|",
        "1) 1 2\n2) 3 4",
        "• 1 2\n• 3 4",
        "(0,0): 1\n(0,1): 2\n(1,0): 3\n(1,1): 4",
        "O_{1,1} = 1, O_{1,2} = 2, O_{2,1} = 3, O_{2,2} = 4",
        "1,0 2,0\n3,0 4,0",
        "tensor([[[1., 2.],\n         [3., 4.]]], grad_fn=<Conv>)",
        "[[np.float64(1.0), 2], [Fraction(6, 2), 4]]",
        [[[1, 2], [3, 4]]],
    ],
)
def test_forms_of_a_matrix(raw: object) -> None:
    assert plain(read_answer(raw, AnswerSpec("array", rank=2, axes=(2, 2)))) == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "raw",
    [
        "0,2; 0,3; 0,5",
        "0,2 0,3 0,5",
        "0.2 and 0.3 and 0.5",
        "p1: 0.2, p2: 0.3, p3: 0.5",
        [[Decimal("0.2"), Decimal("0.3"), Decimal("0.5")]],
        "[0.2, 0.3, 0.5]^T",
        "20%, 30%, 50%",
        "0.2\n0.3\n0.5",
    ],
)
def test_forms_of_a_list(raw: object) -> None:
    assert plain(read_answer(raw, AnswerSpec("array", rank=1, axes=(3,)))) == [0.2, 0.3, 0.5]


def test_labels_are_read_never_dropped() -> None:
    spec = AnswerSpec("array", rank=1, axes=(2,), labels=("theta", "v"))
    assert plain(read_answer("v = 0.909, θ = 0.091", spec)) == [0.091, 0.909]
    assert plain(read_answer("theta, v: 0.091 0.909", spec)) == [0.091, 0.909]
    with pytest.raises(UnreadableError, match="expected the labels theta, v, each once, received 'w'"):
        read_answer("w = 0.909, θ = 0.091", spec)


def test_a_transposed_matrix_stays_a_mistake() -> None:
    assert plain(read_answer([[1], [2]], AnswerSpec("array", rank=2, axes=(1, 2)))) == [[1], [2]]
    assert plain(read_answer([5, 6], AnswerSpec("array", rank=2, axes=(1, 2)))) == [[5, 6]]
    assert plain(read_answer(5, AnswerSpec("array", rank=2, axes=(1, 1)))) == [[5]]


@pytest.mark.parametrize("raw", ["1,200 2,300\n4,500 6,700", "1.200 2.300\n4.500 6.700"])
def test_thousands_or_decimals_are_two_readings(raw: str) -> None:
    readings = read_answer(raw, AnswerSpec("array", rank=2, axes=(2, 2))).all
    values = {float(reading.value[0][0].value) for reading in readings}  # type: ignore[index, union-attr]
    assert values == {1.2, 1200}
    assert [reading.natural for reading in readings] == [True, False]


@pytest.mark.parametrize("blank", ["?", "-"])
@pytest.mark.parametrize("axes", [None, (4,)])
def test_of_as_many_lines_as_there_are_names_each_is_an_entry(blank: str, axes: tuple[int, ...] | None) -> None:
    spec = AnswerSpec("array", 1, labels=("C1", "S2", "C3", "F4"), axes=axes)
    value = read_answer(f"156\n{blank}\n30 840\n850", spec).value
    assert isinstance(value, tuple)
    assert [entry and entry.value for entry in value] == [156, None, 30840, 850]  # type: ignore[union-attr]
