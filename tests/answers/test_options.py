"""Options as students name them; every expected value is what a careful person reads."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import read_answer
from grader.answers.option_sets import options_from
from grader.answers.options import lettered, option_from
from grader.answers.pairs import pairs_from
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

SIZES = ("5x5", "7x7", "14x14")
WORDS = ("pooling has weights", "convolution shares weights", "bias is per channel", "dropout has weights")


@pytest.mark.parametrize(
    ("written", "index"),
    [
        *[
            (one, 1)
            for one in ("B", "b", "b)", "(b)", "B.", "B. 7x7", "7 x 7", "7×7", "(7, 7)", "ب", "Option B", "گزینه ب")
        ],
        *[([7, 7], 1), ("**b**", 1), ("A", 0), ("الف", 0), ("c: the padding adds two", 2)],
    ],
)
def test_an_option_by_letter_text_or_number(written: Any, index: int) -> None:
    assert option_from(written, SIZES) == SIZES[index]


@pytest.mark.parametrize(
    ("written", "choice"),
    [
        *[
            (one, "no")
            for one in ("No", "no.", False, "false", "No, because the stride is two", "خیر", "nein", "Нет", "否")
        ],
        *[(one, "yes") for one in ("Yes", True, "true", "بله", "oui", "sí", "да", "是", "yes: both do")],
    ],
)
def test_yes_and_no_in_many_languages(written: Any, choice: str) -> None:
    assert option_from(written, ("yes", "no")) == choice


@pytest.mark.parametrize("written", ["D", "7", "B. 5x5", "A, B", "a or b", "perhaps", "6x6", "", "x" * 5_000, 3.5])
def test_what_names_no_option_or_two_is_not_guessed(written: Any) -> None:
    with pytest.raises(UnreadableError, match=r"expected one"):
        option_from(written, SIZES)


def test_letters_that_are_options_themselves_are_texts() -> None:
    assert option_from("b", ("b", "a", "c")) == "b"


@pytest.mark.parametrize(
    "written", ["B, C", "b c", "BC", "B and C", ["B", "C"], "convolution shares weights; bias is per channel", "C+B"]
)
def test_several_options(written: Any) -> None:
    assert options_from(written, WORDS) == WORDS[1:3]


@pytest.mark.parametrize("written", ["none", "None", "هیچکدام", []])
def test_no_option_is_an_answer(written: Any) -> None:
    assert options_from(written, WORDS) == ()


def test_a_piece_that_names_no_option_is_said() -> None:
    with pytest.raises(UnreadableError) as caught:
        options_from("B, Q", WORDS[:2])
    assert str(caught.value) == (
        "expected some of pooling has weights, convolution shares weights, or none, received 'B, Q'"
    )


@pytest.mark.parametrize(
    "written",
    [
        "a-2, b-1",
        "a: 2; b: 1",
        "a = 2\nb = 1",
        "a2, b1",
        "b->1, a->2",
        "a-7x7, b-5x5",
        {"a": "2", "b": 1},
        ["a-2", "b-1"],
        "a-۲, b-۱",
    ],
)
def test_pairs(written: Any) -> None:
    assert pairs_from(written, ("a", "b"), SIZES) == ("7x7", "5x5")


@pytest.mark.parametrize("written", ["a-4", "c-1", "a-1, a-2", "one, two", "a-0"])
def test_pairs_that_are_not_asked(written: str) -> None:
    with pytest.raises(UnreadableError):
        pairs_from(written, ("a", "b"), SIZES)


def test_a_blank_pair_is_left_open() -> None:
    assert pairs_from("a-, b-1", ("a", "b"), SIZES) == (None, "5x5")


@given(st.text(max_size=60))
def test_no_text_does_more_than_name_options(written: str) -> None:
    for read in (lambda: {option_from(written, WORDS)}, lambda: set(options_from(written, WORDS))):
        try:
            assert read() <= set(WORDS)
        except UnreadableError:
            continue


@given(st.lists(st.sampled_from(WORDS), unique=True))
def test_what_is_shown_is_read_back(ticked: list[str]) -> None:
    assert set(options_from("; ".join(ticked) or "none", WORDS)) == set(ticked)


def test_letters_run_on() -> None:
    assert lettered(SIZES) == "A. 5x5; B. 7x7; C. 14x14"


@pytest.mark.parametrize(
    "written",
    ["(b)", "b)", "B)", "В", "选B", "选 B", "B选项", "**B)** 29x29x32", "[x] B", "- [x] B", "- B", "☑ B", "B."],
)
def test_options_that_are_letters(written: str) -> None:
    assert option_from(written, ("A", "B", "C", "D")) == "B"
    assert option_from(written, ("C", "B", "A")) == "B"


@pytest.mark.parametrize(
    "written", ["MaxPool", "max pool", "max_pooling", "the max pooling", "Max-Pooling", "- max pooling"]
)
def test_words_of_an_option_however_they_are_joined(written: str) -> None:
    assert option_from(written, ("max pooling", "average pooling")) == "max pooling"


@pytest.mark.parametrize("written", ["pooling", "max", "mean pooling", "max pooling or average pooling", "maximal"])
def test_words_of_no_option_or_of_two(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("max pooling", "average pooling", "max unpooling"))


@pytest.mark.parametrize("written", ["1e99999999999", "-1e-99999999999", "9" * 300, "1e999 x 2"])
def test_a_number_out_of_bounds_is_no_option(written: str) -> None:
    for read in (option_from, options_from):
        with pytest.raises(UnreadableError):
            read(written, SIZES)


@pytest.mark.parametrize("length", [300, 2_000, 20_000])
@pytest.mark.parametrize("unit", ["\t", "a,", "a-1,", "-", "because ", "[x] ", "no, ", "b) ", "a=", ")→{w"])
def test_long_texts_are_read_in_time(unit: str, length: int) -> None:
    text = (unit * length)[:length]
    choices, items = tuple(f"option number {place}" for place in range(26)), tuple("abcdefghij")
    started = perf_counter()
    for read in (option_from, options_from):
        with suppress(UnreadableError):
            read(text, choices)
    for raw in (text, [text] * 5, {"a": text}):
        with suppress(UnreadableError):
            pairs_from(raw, items, choices)
    assert perf_counter() - started < 10  # a hundred times what it takes: only what does not end is caught


@pytest.mark.parametrize("unit", ["[x] ", "(("])
def test_many_brackets_are_no_fault_of_the_grader(unit: str) -> None:
    for spec in (AnswerSpec("number"), AnswerSpec("number", unit="MB"), AnswerSpec("integer", counts=True)):
        with pytest.raises(UnreadableError, match="expected a number"):
            read_answer(unit * 2_000, spec)


@pytest.mark.parametrize("unit", ["(1) ", "{2} (3) "])
def test_many_factors_in_brackets_are_numbers_if_anything(unit: str) -> None:
    for spec in (AnswerSpec("number"), AnswerSpec("number", unit="MB"), AnswerSpec("integer", counts=True)):
        (reading,) = read_answer(unit * 2_000, spec).all
        assert reading.value.value >= 1


CHANGES = ("It increases", "It decreases", "It does not change")
RATES = ("0.1", "0.01", "1")
NORMS = ("L2 regularization", "Dropout, also called DO", "Larger network")


@pytest.mark.parametrize(
    ("written", "choices", "choice"),
    [
        *[(one, SIZES, "7x7") for one in (r"\boxed{B}", r"$B$", "[B]", "B ✓", "I choose B", "Ans: (B)", r"\textbf{b}")],
        *[(one, SIZES, "7x7") for one in ("(14 - 2)/2 + 1 = 7 → B", "(14 - 2)/2 + 1 = 7, so 7x7", "the answer is b.")],
        *[(one, ("True", "False"), "False") for one in ("It is false", "the statement is false", "not true", "F.")],
        *[(one, CHANGES, "It decreases") for one in ("decreases", "the size decreases", "decreases, since s = 2")],
        *[(one, CHANGES, "It does not change") for one in ("doesn't change", "does not change")],
        *[(one, RATES, "0.1") for one in (".1", "1/10", "10^-1", "lr = 0.1", "0,1", "10^{-1}", "10%")],
        ("L2", NORMS, "L2 regularization"),
        ("300x300x3x100 + 100", ("27,000,001", "27,000,100"), "27,000,100"),
        (r"\frac{W-F}{S}+1", ("(W - F)/S + 1", "(W + F)/S + 1"), "(W - F)/S + 1"),
    ],
)
def test_an_option_among_words_latex_and_steps(written: str, choices: tuple[str, ...], choice: str) -> None:
    assert option_from(written, choices) == choice


@pytest.mark.parametrize(
    ("written", "choices"),
    [
        *[
            (one, SIZES)
            for one in (
                "not B",
                "B is wrong",
                "7x7 is wrong",
                "half 7x7",
                "A -> B",
                "maybe B",
                "7x7 not 5x5",
                "5x5 → 7x7",
            )
        ],
        *[(one, CHANGES) for one in ("it never decreases", "it increases then decreases", "decrease or increase")],
        *[(one, RATES) for one in ("-0.1", "> 0.1", "0.1 or 0.01", "10")],
        *[(one, ("max pooling", "no pooling")) for one in ("no max pooling", "pooling", "no")],
    ],
)
def test_words_that_turn_an_option_are_not_read_over(written: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, choices)


@pytest.mark.parametrize(
    "written",
    [
        "all but C",
        "everything except C",
        "Both A and B",
        "Options A and B",
        "A, B are correct",
        "A, B are true; C is false",
        "A: true, B: true, C: false",
        "a) true b) true c) false",
        "A ✓ B ✓ C ✗",
        "TTF",
        "T, T, F",
        "A B",
        "(a)\n(b)",
        "- A\n- B",
        "A. L2 regularization\nB. Dropout, also called DO",
        "[x] L2 regularization\n[x] Dropout, also called DO",
        "dropout, also called do; L2 regularization",
    ],
)
def test_several_options_in_lines_clauses_and_exceptions(written: str) -> None:
    assert options_from(written, NORMS) == NORMS[:2]


@pytest.mark.parametrize("written", ["not A", "A is false", "A or B", "A. Larger network", "A to C", "none but A"])
def test_what_does_not_say_which_options_are_ticked(written: str) -> None:
    with pytest.raises(UnreadableError):
        options_from(written, NORMS)


FILTERS = ("edges", "smoothing", "salt and pepper noise")


@pytest.mark.parametrize(
    "written",
    [
        "a1 b2 c3",
        "a) 1 b) 2 c) 3",
        "(a,1), (b,2), (c,3)",
        "| a | 1 |\n| b | 2 |\n| c | 3 |",
        "a ↔ 1, b ↔ 2, c ↔ 3",
        "1-a, 2-b, 3-c",
        "1, 2, 3",
        "1 2 3",
        [1, 2, 3],
        "Sobel: edges\nGaussian: smoothing\nMedian: salt and pepper noise",
        "Sobel = 1, Gaussian = 2, Median = 3",
        "(a) edges; (b) smoothing; (c) salt and pepper noise",
        "edges, smoothing, salt and pepper noise",
    ],
)
def test_pairs_in_tables_by_texts_and_in_the_order_of_the_items(written: Any) -> None:
    read = read_answer(
        written,
        AnswerSpec("matching", choices=FILTERS, items=("a", "b", "c"), item_texts=("Sobel", "Gaussian", "Median")),
    )
    assert read.value == FILTERS


@pytest.mark.parametrize("written", ["b a c", "b, a, c", "1, 2", "1, 2, 3, 1", "a, b"])
def test_letters_that_may_be_items_or_choices_are_not_guessed(written: str) -> None:
    with pytest.raises(UnreadableError):
        pairs_from(written, ("a", "b", "c"), FILTERS)


LONG = "(" * 3_000


@pytest.mark.parametrize("kind", ["choice", "choices", "matching"])
def test_a_text_of_which_only_the_beginning_could_be_read_is_refused(kind: str) -> None:
    items = ("p", "q") if kind == "matching" else ()
    spec = AnswerSpec(kind, choices=("one", "two"), items=items, item_texts=items)
    for text in ("a" + " " * 10 + "x" * 2_000, "p-1, q-2" + "," * 2_000 + "q-1", LONG + "1"):
        with pytest.raises(UnreadableError, match=f"in at most 2,000 characters, received {len(text):,}"):
            read_answer(text, spec)


@pytest.mark.parametrize("text", ["[", "[[[", "{", "(", "]", "(("])
def test_brackets_that_do_not_close_are_no_empty_answer(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_answer(text, AnswerSpec("choices", choices=("one", "two")))
