"""An option that something is done with, that a verdict or a condition follows, or that another one is joined to."""

from __future__ import annotations

import pytest

from grader.answers import read_answer
from grader.answers.options import option_from
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError
from tests.answers.tables import refused

FUNCTIONS = ("ReLU", "Sigmoid", "Tanh", "Softmax")
ONE = AnswerSpec("choice", choices=FUNCTIONS)
SENTENCES = ("The output shrinks", "The output grows", "The output stays the same")


@pytest.mark.parametrize(
    "written",
    [
        *["1 - sigmoid", "1-sigmoid", "2*sigmoid", "2 sigmoid - 1", "sigmoid^2", "d/dx sigmoid", "sigmoid'", "!B"],
        *["scaled sigmoid", "shifted sigmoid", "swish sigmoid", "sigmoid linear unit", "sigmoid-weighted unit"],
        *["B as well as C", "B, as well as C", "B, no C", "B, wait no", "B, if the range is (0, 1)", "B, sometimes"],
        *["A: no, B: yes", "ReLU: no, Sigmoid: yes", "A: wrong. B: right", "A:no B:no", "A. Wrong, B", "D. False: B"],
    ],
)
def test_an_option_that_is_changed_or_doubted_is_not_chosen(written: str) -> None:
    refused(written, ONE)


@pytest.mark.parametrize(
    "written",
    [
        *["the sigmoid activation", "sigmoid (0-1)", "B, since 1 - sigmoid is as steep", "B: no bias is needed", "B!"],
        *["I'd go with B", "I would say B", "I think it's B", "its B", "correct: B", "c'est B", "es la B", "opción B"],
        *["我选B", "故选B", "گزینه ب درست است", "Richtig ist B", "B\n\nReason: its range is (0, 1).", "opt. B"],
    ],
)
def test_an_option_among_words_that_change_nothing_is_read(written: str) -> None:
    assert read_answer(written, ONE).value == "Sigmoid"


@pytest.mark.parametrize(
    "written", ["The output shrinks and grows", "The output shrinks, then grows", "The output shrinks if s > 1"]
)
def test_a_sentence_that_goes_on_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, SENTENCES)


@pytest.mark.parametrize("written", ["two of 7 7x7", "3@7x7", "7x7+1", "2*(7x7)", "-7x7", "64 maps of 7x7", "64 7x7"])
def test_a_size_with_other_numbers_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("5x5", "7x7", "7x7x32"))


@pytest.mark.parametrize("written", ["a 7x7 map", "the output is 7x7", "(14/2) x (14/2) = 7x7", "7x7 since p = 3"])
def test_a_size_among_words_is_read(written: str) -> None:
    assert option_from(written, ("5x5", "7x7", "7x7x32")) == "7x7"


@pytest.mark.parametrize("written", ["yes, if padding is 1, otherwise no", "yes, sometimes", "yes unless s = 2"])
def test_a_yes_under_a_condition_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, ("yes", "no"))


@pytest.mark.parametrize(
    ("written", "choice"),
    [
        *[(one, "yes") for one in ("yep", "Yeah", "stimmt", "是的", "that's true", "correcto", "صح", "yes, it does")],
        *[(one, "no") for one in ("nope", "不对", "اشتباه", "it doesn't", "stimmt nicht", "no, no bias", "not at all")],
    ],
)
def test_yes_and_no_as_they_are_spoken(written: str, choice: str) -> None:
    assert option_from(written, ("yes", "no")) == choice


OPTIMIZERS = ("SGD", "SGD with momentum", "Adam")
CHANGES = ("increases", "does not change", "not enough information")


@pytest.mark.parametrize(
    "written",
    ["similar to Adam", "a variant of Adam", "avoid Adam", "Adam fails", "predecessor of Adam", "can use Adam"],
)
def test_a_thing_that_is_only_compared_with_an_option_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, OPTIMIZERS)


@pytest.mark.parametrize("written", ["Adam optimizer", "I would use Adam", "best is Adam", "Adam, not SGD"])
def test_an_option_that_is_recommended_is_chosen(written: str) -> None:
    assert option_from(written, OPTIMIZERS) == "Adam"


@pytest.mark.parametrize(
    "written",
    ["enough information", "it stops increasing", "can increase", "unlikely to increase", "does not change much"],
)
def test_a_statement_without_the_denial_of_an_option_or_with_a_limit_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, CHANGES)


@pytest.mark.parametrize(("written", "place"), [("it increases", 0), ("doesn't change", 1), ("not enough info", 2)])
def test_a_short_form_of_a_statement_is_read(written: str, place: int) -> None:
    assert option_from(written, CHANGES) == CHANGES[place]


def test_without_may_be_abbreviated() -> None:
    assert option_from("w/o bias", ("with bias", "without bias")) == "without bias"


def test_a_word_of_two_options_names_neither() -> None:
    with pytest.raises(UnreadableError):
        option_from("bias", ("with bias", "without bias", "both"))
