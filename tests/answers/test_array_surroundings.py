"""What stands around an array or between its entries: signs, factors, functions, words, joints.

A careful person multiplies by a factor, drops a label, and asks about everything else: never is a sign dropped, never
is it given to one cell only, and never are entries calculated with one another.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.answers.values import Number
from grader.errors import UnreadableError

PAIR = AnswerSpec("array", rank=1, axes=(2,))
MATRIX = AnswerSpec("array", rank=2, axes=(2, 3))
FOUR = AnswerSpec("array", rank=1, counts=True, axes=(4,))
LATEX = r"\begin{bmatrix}1&2&3\\4&5&6\end{bmatrix}"


def values(value: object) -> object:
    """The bare values of a reading."""
    if isinstance(value, tuple):
        return [values(inner) for inner in value]
    return value.value if isinstance(value, Number) else value


def natural(raw: object, spec: AnswerSpec) -> object:
    return values(read_answer(raw, spec).value)


NEGATED = [
    *("-(1, 2)", "- (1, 2)", "−(1, 2)", "-{1, 2}", "-⟨1, 2⟩", "-[1 2]", "-[1; 2]", "(-1)(1, 2)", "-1·(1,2)"),
    *("-tensor([1., 2.])", "-np.array([1, 2])", "g = -(1, 2)", "∇L = -(1, 2)", r"\nabla L = -(1, 2)", "g: -[1, 2]"),
    *(r"-\left(1, 2\right)", r"-\left[1, 2\right]", "-(1, 2)^T", "[1, 2] * -1", "[1, 2]·(-1)", "-([1,2])", "-1*[1, 2]"),
]


@pytest.mark.parametrize("raw", NEGATED)
def test_a_sign_before_a_list_changes_every_entry(raw: str) -> None:
    assert natural(raw, PAIR) == [-1, -2]


NEGATED_MATRIX = [
    *("-([[1,2,3],[4,5,6]])", "-tensor([[1., 2., 3.], [4., 5., 6.]])", "-{{1,2,3},{4,5,6}}", "-(1 2 3; 4 5 6)"),
    *("-((1,2,3),(4,5,6))", "G = -[[1,2,3],[4,5,6]]", "-½ [[2,4,6],[8,10,12]]", "-(1/2)[[2,4,6],[8,10,12]]"),
    *(f"-{LATEX}", f"G = -{LATEX}", r"- 1/2 * [[2,4,6],[8,10,12]]", "[[1,2,3],[4,5,6]]*(-1)"),
]


@pytest.mark.parametrize("raw", NEGATED_MATRIX)
def test_a_sign_before_a_matrix_changes_every_entry(raw: str) -> None:
    assert natural(raw, MATRIX) == [[-1, -2, -3], [-4, -5, -6]]


THOUSANDTHS = [
    *("1e-3*[1,2]", "[1,2]*1e-3", "1e-3 * [1 2]", "10⁻³ [1, 2]", "[1,2]e-3", "10^-3 * [1, 2]", "(1, 2)·10^{-3}"),
    *("10**-3 * [1, 2]", "10⁻³ · (1, 2)", "[1, 2] x 10^-3", r"10^{-3} \cdot \begin{bmatrix} 1 & 2 \end{bmatrix}"),
    *(r"\begin{bmatrix} 1 & 2 \end{bmatrix} \times 10^{-3}", r"10^{-3}\begin{pmatrix}1\\2\end{pmatrix}"),
]


@pytest.mark.parametrize("raw", THOUSANDTHS)
def test_a_power_of_ten_is_a_factor_of_every_entry(raw: str) -> None:
    assert natural(raw, PAIR) == [Fraction(1, 1000), Fraction(2, 1000)]


def test_the_common_factor_that_matlab_prints_is_read() -> None:
    assert natural("1.0e+03 *\n\n    1.2000    2.3000    0\n    4.5000    6.7000    1", MATRIX) == [
        [1200, 2300, 0],
        [4500, 6700, 1000],
    ]


def test_a_factor_shifts_the_last_digit_written_whatever_its_sign() -> None:
    entries = read_answer("-0.001*[1.5, 2.5]", PAIR).value
    assert isinstance(entries, tuple)
    assert [entry.decimals for entry in entries if isinstance(entry, Number)] == [4, 4]


def test_a_factor_of_zero_leaves_zeros() -> None:
    assert natural("0*[1, 2]", PAIR) == [0, 0]


ACTING = [
    *("np.exp([1, 2])", "exp(1, 2)", "relu([1, 2])", "softmax [1, 2]", "log [1,2]", "sum of [1, 2]", "negative [1, 2]"),
    *("[1,2] squared", "[1, 2] (transposed)", "[1, 2] flipped", "[1, 2] rotated", "[1, 2] (before relu)", "[1, 2] %"),
    *("minus [1, 2]", "[1, 2] (in units of 10)", "[1, 2] + 1", "1 - [1, 2]", "2**[1, 2]", "w - [1, 2]", "det [1, 2]"),
    *("max(1, 2)", "(1,2)+1", "[1, 2] (x 10^-3)", "[1,2] rounded to 2 decimals"),
]


@pytest.mark.parametrize("raw", ACTING)
def test_a_function_or_word_that_acts_on_a_list_asks(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, PAIR)


HARMLESS = [
    *(
        "softmax = [1, 2]",
        "after softmax: [1, 2]",
        "max pooling gives [1, 2]",
        "w = np.array([1, 2])",
        "[1, 2] (softmax)",
    ),
    *("the weights are w = [1, 2].", "mean pooling: [1, 2]", "[1, 2] after max pooling", "torch.tensor([1, 2])"),
    *("2) [1, 2]", "a) [1, 2]", "2) (1, 2)"),
]


@pytest.mark.parametrize("raw", HARMLESS)
def test_words_that_describe_a_list_are_dropped(raw: str) -> None:
    assert natural(raw, PAIR) == [1, 2]


OUTSIDE = [
    *(f"{LATEX}+1", f"1+{LATEX}", f"{LATEX}^{{-1}}", f"{LATEX}^2", f"{LATEX}-1", f"1-{LATEX}", f"I - 2{LATEX}"),
    *(rf"\exp(-1){LATEX}", rf"\ln 2 {LATEX}", f"softmax({LATEX})", rf"x {LATEX}"),
]


@pytest.mark.parametrize("raw", OUTSIDE)
def test_what_stands_outside_a_latex_matrix_is_not_given_to_one_cell(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, MATRIX)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            f"O = {LATEX}",
            f"The result is {LATEX}.",
            f"{LATEX} (max pooling)",
            rf"\[ {LATEX} \]",
            rf"\Rightarrow {LATEX}",
        ),
        *(f"$$O = X*W = {LATEX}$$", rf"\left({LATEX}\right)", rf"{LATEX}, \text{{max pooling}}", f"so {LATEX}"),
        *(f"a) {LATEX}", f"2) {LATEX}", f"• {LATEX}", f"{LATEX} // ok", f"{LATEX} since padding is 1", f"{LATEX} !"),
    ],
)
def test_labels_and_words_outside_a_latex_matrix_are_dropped(raw: str) -> None:
    assert natural(raw, MATRIX) == [[1, 2, 3], [4, 5, 6]]


def test_a_symbolic_factor_that_has_a_value_is_read() -> None:
    assert natural(rf"\frac{{\pi}}{{2}} {LATEX}", MATRIX) == [
        [pytest.approx(1.5707963267948966 * column) for column in row] for row in ([1, 2, 3], [4, 5, 6])
    ]


def test_brackets_of_the_first_and_the_last_cell_stay() -> None:
    raw = r"\begin{bmatrix} (1+1)*3 & 2 & 3 \\ 4 & 5 & 2*(1+2) \end{bmatrix}"
    assert natural(raw, MATRIX) == [[6, 2, 3], [4, 5, 6]]


JOINED = [
    *("64 - 64 - 128 - 256", "64x64x128x256", "64:64:128:256"),
    *("(64,64)-(128,256)", "(x1,y1)=(64,64), (x2,y2)=(128,256)", "total 64-64-128-256 = -384"),
]


@pytest.mark.parametrize("raw", JOINED)
def test_entries_joined_by_another_sign_ask(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, FOUR)


@pytest.mark.parametrize("raw", ["0-0.5", "0 – 0.5", "0 - 0.5", "2,5 / 3,5", "stride=(2,2), padding=(1,1)"])
def test_a_pair_joined_by_another_sign_asks(raw: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(raw, PAIR)


def test_rows_with_commas_may_be_divided_by_slashes() -> None:
    assert natural("6,8,1 / 3,4,2", MATRIX) == [[6, 8, 1], [3, 4, 2]]


@pytest.mark.parametrize(("raw", "read"), [("64 + 64 + 128 + 256 = 512", [512]), ("64-64-128", [-128])])
def test_a_sum_and_another_number_of_entries_stay_a_calculation(raw: str, read: list[int]) -> None:
    assert natural(raw, FOUR) == read


def test_a_matrix_of_another_shape_is_no_list_of_the_entries_asked() -> None:
    assert natural("[[1,2,3],[1,2,3]]", AnswerSpec("array", rank=2, axes=(3, 1))) == [[1, 2, 3], [1, 2, 3]]


def test_two_numbers_in_brackets_are_no_entry() -> None:
    with pytest.raises(UnreadableError):
        read_answer("(0,1) & (2,3)", AnswerSpec("array", rank=2, axes=(1, 2)))


def test_names_that_share_a_number_are_in_the_order_written() -> None:
    assert natural("conv1 = 156, pool1 = 0, conv2 = 2416, fc = 5", FOUR) == [156, 0, 2416, 5]


@pytest.mark.parametrize("raw", [r"\begin{bmatrix} 2(a-b) & 2(b-a) \end{bmatrix}", "2(a-b), 2(b-a)"])
def test_formulas_in_a_row_keep_their_brackets(raw: str) -> None:
    first, last = read_answer(raw, AnswerSpec("formula", rank=1, symbols=("a", "b"), axes=(2,))).value
    assert (first.evaluate({"a": 5, "b": 2}), last.evaluate({"a": 5, "b": 2})) == (6, -6)
