"""What stands beside the first option of an answer: a reason, another option, or words of a longer option."""

from __future__ import annotations

import pytest

from grader.answers.options import option_from
from grader.errors import UnreadableError

DROPOUT = ("It reduces overfitting", "It adds parameters", "It speeds up training", "None of the above")
OPTIMIZERS = ("SGD", "SGD with momentum", "Adam")


@pytest.mark.parametrize(
    "written",
    [
        *[
            "A, or B",
            "A, or maybe B",
            "A (or B)",
            "A, B or C",
            "A, but could be B",
            "A; maybe C",
            "A. or C",
            "A, C too",
        ],
        *["A, and C", "A (and C)", "A - or B", "A, possibly D", "A: or B", "It reduces overfitting, or B", "A, B, C"],
        *[
            "A, B, but not C",
            "A, B, not C",
            "A, B; never D",
            "A, sorry B",
            "A, I mean B",
            "A, correction: B",
            "A, scratch that, B",
            "A, B also works",
            "A (B too)",
        ],
        *["B, or something else", "A. It reduces overfitting, or C", "a, oder b", "B) or C", "A, perhaps it speeds up"],
    ],
)
def test_a_second_option_is_not_taken_for_a_reason(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, DROPOUT)


@pytest.mark.parametrize(
    "written",
    [
        *["True, or false", "true (or false)", "True, but false for even n", "Yes, and no", "yes, but also no"],
        *["True: no, False", "True - wait, false", "mostly true", "partially true", "almost true", "fast wahr"],
    ],
)
def test_true_and_false_at_once_is_not_guessed(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("True", "False"))


@pytest.mark.parametrize("written", ["3, or 5", "3 (or 5)", "3, maybe 5", "3 or 5"])
def test_a_second_number_is_not_guessed(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("2", "3", "5"))


@pytest.mark.parametrize(
    ("written", "index"),
    [
        *[
            ("A, B is wrong because it adds none", 0),
            ("A (B and C are wrong)", 0),
            ("A, not B", 0),
            ("A, but not B", 0),
        ],
        *[("A. B adds parameters.", 0), ("B, and a larger kernel adds more", 1), ("A, but slowly", 0)],
        *[("B, this is also a reason", 1), ("A, which also has no weights", 0)],
        *[("B, because a layer has weights", 1), ("C - the mask is cheap", 2), ("B (i.e. B)", 1)],
    ],
)
def test_a_reason_may_speak_of_other_options(written: str, index: int) -> None:
    assert option_from(written, DROPOUT) == DROPOUT[index]


@pytest.mark.parametrize(
    ("written", "choice"),
    [
        *[("No, and no padding helps", "no"), ("Yes, no padding needed", "yes"), ("No. It has none, yes.", "no")],
        *[
            ("no (it would be yes with padding)", "no"),
            ("i think no", "no"),
            ("No - false", "no"),
            ("Yes, it has no bias", "yes"),
        ],
    ],
)
def test_a_reason_after_yes_or_no(written: str, choice: str) -> None:
    assert option_from(written, ("yes", "no")) == choice


@pytest.mark.parametrize("written", ["Sure, no problem", "it has no bias"])
def test_a_no_inside_a_sentence_is_not_an_answer(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("yes", "no"))


@pytest.mark.parametrize(
    "written",
    [
        *["SGD with momentum", "SGD (with momentum)", "SGD, with momentum", "SGD + momentum", "SGD momentum"],
        *["sgd w/ momentum", "SGD - with momentum", "SGD: with momentum", "B. SGD, with momentum"],
        *["SGD, with momentum, because it is faster", "sgd plus momentum", "SGD (with momentum) since it is faster"],
    ],
)
def test_an_option_that_begins_with_another_is_read_to_its_end(written: str) -> None:
    assert option_from(written, OPTIMIZERS) == OPTIMIZERS[1]


@pytest.mark.parametrize(
    "written", ["SGD", "plain SGD", "A", "SGD (no momentum)", "SGD, not Adam", "sgd, without momentum"]
)
def test_the_shorter_option_is_read_by_itself(written: str) -> None:
    assert option_from(written, OPTIMIZERS) == OPTIMIZERS[0]


@pytest.mark.parametrize(
    "written",
    [
        *["SGD, momentum 0.9", "A. SGD, with momentum", "SGD w/ momentum 0.9", "SGD or SGD with momentum"],
        *["SGD without momentum or Adam", "SGD, or Adam"],
    ],
)
def test_the_shorter_option_with_words_of_the_longer_one_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, OPTIMIZERS)


@pytest.mark.parametrize("written", ["non-convex", "quasi-convex", "semi convex", "nicht convex", "nearly convex"])
def test_a_word_that_changes_an_option_is_not_dropped(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("convex", "concave"))


@pytest.mark.parametrize("written", ["strictly convex", "Convex, since the Hessian is positive", "a convex function"])
def test_other_words_around_an_option_are_dropped(written: str) -> None:
    assert option_from(written, ("convex", "concave")) == "convex"


@pytest.mark.parametrize("written", ["O(n*n)", "O(n)*O(n)", "O(n) + O(n^2)", "2O(n)"])
def test_a_formula_that_contains_an_option_is_not_that_option(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("O(n)", "O(n^2)", "O(n log n)"))


@pytest.mark.parametrize("written", ["O(n)", "linear: O(n)", "O( n )", "it takes O(n) steps", "O(n), not O(n^2)"])
def test_a_formula_in_a_sentence(written: str) -> None:
    assert option_from(written, ("O(n)", "O(n^2)", "O(n log n)")) == "O(n)"
