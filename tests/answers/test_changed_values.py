"""Values that other words, labels or signs change: what is asked about, and what is still read."""

from __future__ import annotations

from typing import Any

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError
from tests.answers.tables import first, refused
from tests.answers.test_sayings import COUNT, MATRIX, NUMBER, PAIR, SET, SHAPE, by_kind

THREE = AnswerSpec("array", 1, axes=(3,))


@by_kind("spec", "value")
@pytest.mark.parametrize(
    "form",
    [
        *["it cannot be {v}", "it can't be {v}", "{v} is impossible", "{v} can't be right", "{v} doesn't work"],
        *["wrong answer: {v}", "wrong: {v}", "incorrect {v}", "ignore {v}", "old answer: {v}", "crossed out: {v}"],
        *["beyond {v}", "under {v}", "above {v}", "exceeds {v}", "almost {v}", "sauf {v}", "außer {v}", "salvo {v}"],
        *["excepto {v}", "tous sauf {v}", "alle außer {v}", "todos menos {v}", "جز {v}", "همه به جز {v}", "除了{v}"],
    ],
)
def test_a_value_that_is_ruled_out_is_not_the_answer(spec: AnswerSpec, value: str, form: str) -> None:
    refused(form.format(v=value), spec)


@pytest.mark.parametrize(
    "form",
    [
        *["{v} then ReLU", "{v}, then average", "{v} and add the bias", "{v} apply ReLU", "{v} needs ReLU"],
        *["{v} with rows swapped", "{v} with all signs flipped", "{v} with opposite signs", "{v} still to be scaled"],
        *["{v} @ W", "{v}K", "{v} x batch", "{v} in binary", "{v} (base 8)", "{v}.transpose()", "{v}, dann ReLU"],
    ],
)
def test_a_list_with_a_step_left_is_asked_about(form: str) -> None:
    for spec, value in ((PAIR, "[1, 2]"), (MATRIX, "[[1, 2], [3, 4]]")):
        refused(form.format(v=value), spec)


@pytest.mark.parametrize(
    "form", ["{v} after adding the bias", "{v} with the kernel flipped", "{v} (then no padding is needed)"]
)
def test_what_describes_a_matrix_does_not_change_it(form: str) -> None:
    assert first(form.format(v="[[1, 2], [3, 4]]"), MATRIX) == [[1, 2], [3, 4]]


@pytest.mark.parametrize("call", ["np.array({v}).T", "tensor({v}).T", "array({v})^T", "np.array({v})'"])
def test_a_printed_matrix_is_transposed(call: str) -> None:
    assert first(call.format(v="[[1, 2], [3, 4]]"), MATRIX) == [[1, 3], [2, 4]]


@pytest.mark.parametrize(
    "written",
    [
        *["second row: 1, 2; first row: 3, 4", "سطر دوم: ۱ ۲\nسطر اول: ۳ ۴", "zweite Zeile: 1 2\nerste Zeile: 3 4"],
        *["first column: 1, 2; second column: 3, 4", "ستون اول: ۱ ۲\nستون دوم: ۳ ۴", "[[1, 2], [3, 4]] (columns)"],
        *["[[1, 2], [3, 4]] column by column", "column-major: [[1,2],[3,4]]"],
    ],
)
def test_rows_out_of_order_and_columns_are_asked_about(written: str) -> None:
    refused(written, MATRIX)


@pytest.mark.parametrize("written", ["first row: 1, 2; second row: 3, 4", "سطر اول: ۱ ۲\nسطر دوم: ۳ ۴"])
def test_rows_in_order_are_read(written: str) -> None:
    assert first(written, MATRIX) == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "written",
    [
        *["سوم: ۵، دوم: ۲، اول: ۱", "drittens 5, zweitens 2, erstens 1", "dritte: 5, zweite: 2, erste: 1"],
        *["troisième: 5, deuxième: 2, premier: 1", "tercero: 5, segundo: 2, primero: 1"],
    ],
)
def test_entries_go_by_ordinals_in_each_language(written: str) -> None:
    assert first(written, THREE) == [1, 2, 5]


@pytest.mark.parametrize(
    "written",
    [
        *["c: 1, b: 2, a: 5", "پ: ۱، ب: ۲، الف: ۵", "III: 1, II: 2, I: 5", "blue 1, green 2, red 5"],
        *["last: 1, middle: 2, first: 5", "right: 1, middle: 2, left: 5"],
    ],
)
def test_letters_and_places_out_of_order_are_asked_about(written: str) -> None:
    refused(written, THREE)


@pytest.mark.parametrize(
    "written", ["a: 1, b: 2, c: 5", "الف: ۱، ب: ۲، پ: ۵", "I: 1, II: 2, III: 5", "left: 1, middle: 2, right: 5"]
)
def test_letters_and_places_in_order_are_read(written: str) -> None:
    assert first(written, THREE) == [1, 2, 5]


@pytest.mark.parametrize(
    ("spec", "written"),
    [
        *[(NUMBER, "0.5 for training; 0.7 for testing"), (NUMBER, "0.5 when training and 0.7 when testing")],
        *[(COUNT, "156 with bias, 150 with no bias"), (SHAPE, "28x28x6 with stride 1, 14x14x6 with stride 2")],
        *[(SHAPE, "28x28x6 if padding 0, 32x32x6 if padding 2"), (SHAPE, "28x28x6 with stride 2 it is 14x14x6")],
        *[(NUMBER, "0.5 for p=1, 0.7 for p=2"), (COUNT, "۱۵۶ با بایاس و ۱۵۰ بدون بایاس")],
        *[(COUNT, "156 (+6 biases)"), (COUNT, "156 (plus 6 for bias)"), (COUNT, "156 (+ bias)")],
    ],
)
def test_two_values_in_two_cases_are_asked_about(spec: AnswerSpec, written: str) -> None:
    refused(written, spec)


@pytest.mark.parametrize(
    ("spec", "written", "read"),
    [
        *[(NUMBER, "0.5, because a is 1 and b is 2", 0.5), (COUNT, "156 for 6 filters of 5x5 and 1 bias each", 156)],
        *[(COUNT, "156 (5*5*6 + 6)", 156), (SHAPE, "28x28x6 for 6 filters and stride 1", [28, 28, 6])],
        *[(SHAPE, "28x28x6 with 5x5 kernels, with stride 1", [28, 28, 6])],
    ],
)
def test_a_remark_with_other_numbers_is_no_second_value(spec: AnswerSpec, written: str, read: Any) -> None:
    assert first(written, spec) == read


@pytest.mark.parametrize(
    "written",
    [
        *["[1, 3] interval", "بین ۱ و ۳", "between 1 and 3", "1, probably 3", "1, 3 (1-based)", "1, 3 missing"],
        *["ℝ∖{1, 3}", "excluding 1, 3"],
    ],
)
def test_a_set_that_is_only_described_is_asked_about(written: str) -> None:
    refused(written, SET)


@pytest.mark.parametrize(
    ("spec", "written", "read"),
    [
        *[(NUMBER, "[1] 0.5", 0.5), (PAIR, "[1] 1 2", [1, 2]), (SET, "[1] 0 2 5", [0, 2, 5])],
        *[(PAIR, "1 and 2, respectively", [1, 2]), (NUMBER, "0.5。", 0.5), (NUMBER, "menos 0,5", -0.5)],
    ],
)
def test_vectors_of_r_and_closing_words_are_read(spec: AnswerSpec, written: str, read: Any) -> None:
    assert first(written, spec) == read


SHAPES = AnswerSpec("shapes", axes=(2,))
CUBE = AnswerSpec("array", 3, axes=(2, 2, 2))
EIGHT = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]


@pytest.mark.parametrize(
    "names", [("layer {}", "1", "2"), ("{}", "first", "second"), ("{}", "a", "b"), ("لایه {}", "اول", "دوم")]
)
@pytest.mark.parametrize("between", [", ", "\n", "; "])
def test_shapes_are_read_in_the_order_of_their_names_only(names: tuple[str, str, str], between: str) -> None:
    one, two = names[0].format(names[1]), names[0].format(names[2])
    assert first(f"{one}: 28x28x6{between}{two}: 14x14x6", SHAPES) == [[28, 28, 6], [14, 14, 6]]
    refused(f"{two}: 28x28x6{between}{one}: 14x14x6", SHAPES)


@pytest.mark.parametrize("written", ["output: 28x28x6, input: 14x14x6", "last: 28x28x6, first: 14x14x6"])
def test_shapes_by_unusual_names_are_asked_about(written: str) -> None:
    refused(written, SHAPES)


def test_shapes_by_the_names_of_their_layers_or_axes_are_read() -> None:
    for written in ("conv: 28x28x6, pool: 14x14x6", "conv 2: 28x28x6, pool 1: 14x14x6", "۲۸×۲۸×۶ سپس ۱۴×۱۴×۶"):
        assert first(written, SHAPES) == [[28, 28, 6], [14, 14, 6]]
    assert first("h = 1, w = 2, d = 5", THREE) == [1, 2, 5]


@pytest.mark.parametrize(
    "between", [" or ", " vs ", " not ", ", then ", " becomes ", "; if padded ", " یا ", " oder ", " instead of "]
)
def test_two_matrices_of_which_one_is_meant_are_no_array_of_both(between: str) -> None:
    refused(f"[[1, 2], [3, 4]]{between}[[5, 6], [7, 8]]", CUBE)


@pytest.mark.parametrize("between", [" and ", ", ", "\n", " و "])
def test_two_matrices_are_an_array_of_both(between: str) -> None:
    assert first(f"[[1, 2], [3, 4]]{between}[[5, 6], [7, 8]]", CUBE) == EIGHT


@pytest.mark.parametrize("name", ["", "ans"])
def test_the_matrices_that_matlab_prints_go_by_number(name: str) -> None:
    printed = "{name}(:,:,{one}) =\n\n     1     2\n     3     4\n\n\n{name}(:,:,{two}) =\n\n     5     6\n     7     8"
    assert first(printed.format(name=name, one=1, two=2), CUBE) == EIGHT
    refused(printed.format(name=name, one=2, two=1), CUBE)


@pytest.mark.parametrize(
    "written",
    [
        *["B: [[1, 2], [3, 4]], A: [[5, 6], [7, 8]]", "right: [[1, 2], [3, 4]], left: [[5, 6], [7, 8]]"],
        *["last channel: [[1, 2], [3, 4]], first channel: [[5, 6], [7, 8]]"],
    ],
)
def test_matrices_by_unusual_names_are_asked_about(written: str) -> None:
    refused(written, CUBE)


@by_kind("spec", "value", "read")
@pytest.mark.parametrize(
    "form", ["برابر {v}", "مقدار آن برابر است با {v}", "خروجی لایه برابر با {v} می‌باشد", "حاصل برابر {v} است."]
)
def test_what_is_equal_in_persian_is_read(spec: AnswerSpec, value: str, read: Any, form: str) -> None:
    assert first(form.format(v=value), spec) == read


@by_kind("spec", "value")
@pytest.mark.parametrize("form", ["ده برابر {v}", "مقدار آن دو برابر {v} است", "برابر {v} نیست", "تقریبا سه برابر {v}"])
def test_times_in_persian_is_not_equal(spec: AnswerSpec, value: str, form: str) -> None:
    refused(form.format(v=value), spec)


@pytest.mark.parametrize("written", ["0.5η", "0.5 η", "0.5 lr", "0.5 plus bias", "۰٫۵ به اضافه بایاس"])
def test_a_symbol_or_what_is_added_behind_a_number_is_asked_about(written: str) -> None:
    refused(written, NUMBER)


@pytest.mark.parametrize(
    "written", ["28x28 mit 6 Kanälen", "28x28 avec 6 canaux", "۲۸×۲۸ با ۶ کانال", "۲۸×۲۸ (۶ کانال)"]
)
def test_a_size_with_its_channels_is_read(written: str) -> None:
    assert first(written, SHAPE) == [28, 28, 6]


def test_lettered_lines_out_of_order_are_asked_about() -> None:
    assert first(["a) 1", "b) 2"], PAIR) == first("a) 1\nb) 2", PAIR) == [1, 2]
    for written in (["b) 1", "a) 2"], "b) 1\na) 2", ["(ب) ۱", "(الف) ۲"]):
        with pytest.raises(UnreadableError):
            read_answer(written, PAIR)
    with pytest.raises(UnreadableError):
        read_answer(["b) 28x28x6", "a) 14x14x6"], SHAPES)


def test_an_entry_that_is_struck_out_is_not_read() -> None:
    assert first(["~~3~~ 1", "2"], PAIR) == [1, 2]
    with pytest.raises(UnreadableError):
        read_answer(["~~1~~", "2"], PAIR)


@pytest.mark.parametrize(
    ("spec", "written", "read"),
    [
        *[(PAIR, "[3-2, 4-2] = [1, 2]", [1, 2]), (PAIR, "y = [0+1, 1+1] = [1, 2]", [1, 2])],
        *[(SET, "x = 0, x = 2 and x = 5", [0, 2, 5]), (SET, "(array([0, 2, 5]),)", [0, 2, 5])],
    ],
)
def test_a_list_of_sums_and_the_values_of_one_unknown_are_read(spec: AnswerSpec, written: str, read: Any) -> None:
    assert first(written, spec) == read


@pytest.mark.parametrize(
    ("spec", "written"),
    [(PAIR, "[1, 2] = [1, 3]"), (SET, "x = 0, y = 2, x = 5"), (SHAPE, "28x28x6, after pooling 14x14x6")],
)
def test_two_lists_and_two_unknowns_are_asked_about(spec: AnswerSpec, written: str) -> None:
    refused(written, spec)


def test_the_order_of_axes_in_front_of_a_shape_counts() -> None:
    assert first("CHW 6x28x28", SHAPE) == [28, 28, 6]
    assert first("CHW 28x28x6", SHAPE) != [28, 28, 6]


@by_kind("spec", "value", "read")
@pytest.mark.parametrize("form", ["ب) {v}", "(الف) {v}", "b) {v}"])
def test_the_letter_of_a_part_in_front_is_dropped(spec: AnswerSpec, value: str, read: Any, form: str) -> None:
    assert first(form.format(v=value), spec) == read
