"""Marks for options: one of them, several, matched ones, computed ones, and what a wrong one costs."""

from __future__ import annotations

import pytest

from grader.errors import AuthorError
from grader.homework.solution import solve
from grader.homework.template import template_text
from grader.reports.report import Report
from tests.marking.homework import assignment, graded, outcome, parts, question, said

OPTIONS = """
[questions.given]
n = 32
[questions.compute]
size = "conv_output_size(n, 5)"
[questions.parts]
size = {points = 1, kind = "choice", choices = [27, 28, 32]}
act = {points = 2, kind = "choice", choices = ["ReLU", "sigmoid", "tanh"], answer = "ReLU", penalty = 0.25}
all = {points = 2, kind = "choices", choices = ["p", "qq", "rr", "ss"], answer = ["qq", "rr"]}
each = {points = 2, kind = "choices", choices = ["pp", "qq", "rr", "ss"], answer = ["qq", "rr"], credit = "options"}
empty = {points = 1, kind = "choices", choices = ["one", "two"], answer = []}
[questions.parts.match]
points = 3
kind = "matching"
items = {a = "max", b = "conv", c = "dense"}
choices = ["no", "shared", "own"]
answer = {a = 1, b = "shared", c = 2}
"""


def test_right_options() -> None:
    answers = "size = 'b'\nact = 'A'\nall = 'B, C'\neach = 'qq; rr'\nempty = 'none'\nmatch = 'a-1, b-2, c-2'"
    found = outcome(assignment(OPTIONS), answers)
    assert found == {
        "size": ("correct", 1.0),
        "act": ("correct", 2.0),
        "all": ("correct", 2.0),
        "each": ("correct", 2.0),
        "empty": ("correct", 1.0),
        "match": ("correct", 3.0),
    }


@pytest.mark.parametrize("written", ["b, c only", "F T T F", "f, t, t, f"])
def test_other_ways_to_tick_two_of_four(written: str) -> None:
    assert outcome(assignment(OPTIONS), f"all = '{written}'")["all"] == ("correct", 2.0)


@pytest.mark.parametrize("written", ["(b) (c)", "(B)(C)", "b) c)", "b. c.", "[B] [C]", "b c", "B, C"])
def test_letters_one_beside_the_other_are_all_ticked(written: str) -> None:
    assert outcome(assignment(OPTIONS), f"all = '{written}'")["all"] == ("correct", 2.0)
    assert outcome(assignment(OPTIONS), f"all = '{written} d'")["all"][0] != "correct"


def test_wrong_options() -> None:
    answers = "size = '27'\nall = 'B'\neach = 'B, D'\nempty = 'A'\nmatch = 'a-1, b-2, c-3'"
    found = outcome(assignment(OPTIONS), answers)
    assert found == {
        "size": ("wrong", 0.0),
        "act": ("missing", 0.0),
        "all": ("wrong", 0.0),
        "each": ("partial", 1.0),
        "empty": ("wrong", 0.0),
        "match": ("partial", 2.0),
    }
    assert said(parts(assignment(OPTIONS), answers)["each"]) == "2 of 4 options are judged right."


def test_a_wrong_choice_costs_and_a_question_is_never_below_nothing() -> None:
    report = question(assignment(OPTIONS), "act = 'tanh'")
    assert float(next(part.score for part in report.parts if part.id == "act")) == -0.5
    assert report.score == 0
    assert float(question(assignment(OPTIONS), "act = 'tanh'\nsize = 28").score) == 0.5


def test_a_computed_choice_must_be_one_of_them() -> None:
    with pytest.raises(AuthorError, match=r"expected exactly one of the choices 27, 29 to equal the computed 28"):
        solve(assignment(OPTIONS.replace("[27, 28, 32]", "[27, 29]")))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('y = {points = 1, kind = "choices", choices = ["a1", "b1"]}', "expected the right choices as a list"),
        ('y = {points = 1, kind = "choices", choices = ["a1", "b1"], answer = ["c1"]}', "expected an answer among"),
        ('y = {points = 1, kind = "choice", choices = ["a1", "b1"]}', "expected an answer among the choices"),
        ('y = {points = 1, kind = "choice", choices = ["A1", "a1"], answer = "a1"}', "differ by more than letter case"),
        ('y = {points = 1, kind = "matching", choices = ["a1", "b1"], answer = {}}', "at least two items"),
        ('y = {points = 1, kind = "text", items = {a = "x", b = "y"}}', "items does not go with"),
    ],
)
def test_an_author_s_mistakes(line: str, message: str) -> None:
    with pytest.raises(AuthorError, match=message):
        solve(assignment(f"[questions.parts]\n{line}\n"))


def test_reports_letter_the_options() -> None:
    homework = assignment(OPTIONS)
    report = Report.of(graded(homework, "act = 'tanh'\neach = 'B, D'\nmatch = 'a-1, b-3, c-2'"), solve(homework))
    for text in (report.to_markdown(), report.to_html()):
        for shown in ("C. tanh", "B. qq", "D. ss", "1. no", "3. own", "2. shared"):
            assert shown in text


def test_a_wrong_option_of_a_computed_choice_is_named() -> None:
    homework = """
[questions.given]
layer = {type = "conv2d", out_channels = 32, kernel_size = 7, stride = 2}
[questions.compute]
volume = "output_shape((16, 64, 64), layer)"
size = "conv_output_size(32, 5, 1, 2)"
[questions.parts]
volume = {points = 1, kind = "choice", choices = ["32x29x29", "16x29x29", "32x28x28"]}
size = {points = 1, kind = "choice", choices = [28, 32, 30, 57]}
"""
    named = {"volume = 'C'": "shape-no-plus1", "volume = 'b'": "shape-depth-cin", "size = 28": "shape-pad-ignored"}
    for answers, id in named.items():
        found = parts(assignment(homework), answers)[answers.split(" ")[0]]
        assert (found.verdict, [one.id for one in found.diagnoses]) == ("wrong", [id])
    assert parts(assignment(homework), "size = 57")["size"].diagnoses == ()


def test_a_page_and_a_template_show_items_and_options() -> None:
    homework = assignment(OPTIONS)
    page = Report.of(graded(homework, ""), solve(homework)).to_html()
    for shown in ("a: max", "3. own", "C. tanh", "A. 27"):
        assert shown in page
    template = template_text(homework)
    assert "# a: max\n# b: conv\n# c: dense\n" in template
    assert "# 2 points; one of A. ReLU; B. sigmoid; C. tanh\n" in template
