"""Assignments: what is read, and the exact sentence for each thing that is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.homework.documents import assignment, author_error

FIELDS = (
    "points, prompt, note, kind, unit, tolerance, credit, credit_for, choices, labels, items, answer, accepts, "
    "example, penalty, rubric"
)


def test_everything_is_read() -> None:
    read = assignment()
    question = read.questions[0]
    assert (read.id, read.points, read.shape_order, read.carried) == ("hw", Decimal("14.5"), "HWC", 1)
    assert question.given == {"X": [[2, 3.5, 4], [3, 1, 5]], "per": 1}
    assert [type(number) for number in question.given["X"][0]] == [int, float, int]
    assert question.symbols == {"w": (2, 9)}
    assert list(question.parts) == ["O", "dX", "like", "why"]
    assert question.parts["O"].points == 4
    tolerance = question.parts["dX"].tolerance
    assert tolerance is not None and tolerance.relative == Decimal("0.001")
    assert question.accept[0].given == {"per": 2}


def test_nothing_can_be_changed() -> None:
    with pytest.raises(AttributeError, match="cannot be changed"):
        assignment().title = "other"  # type: ignore[misc]


def test_a_part_may_be_worth_nothing_and_points_may_be_left_out() -> None:
    assert assignment(("O = 4", "O = 0"), ("points = 14.5\n", "")).points is None


def test_a_computed_formula_may_have_its_text_as_answer() -> None:
    read = assignment(("O = 4", "R = {points = 4, answer = '3w'}"))
    assert read.questions[0].parts["R"].answer == "3w"


def test_a_formula_may_have_an_answer_alone() -> None:
    read = assignment(("O = 4", "free = {points = 4, kind = 'formula', answer = '3w'}"))
    assert read.questions[0].parts["free"].kind == "formula"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "points = 4.5",
            "pionts = 4.5",
            f"line 27: q4.dX: unknown field 'pionts' in a part: did you mean 'points'? allowed: {FIELDS}",
        ),
        ("points = 4.5, ", "", "line 27: q4.dX: the field 'points' is missing in a part"),
        (
            "title = ",
            "titel = ",
            "line 3: unknown field 'titel' in [assignment]: did you mean 'title'? "
            "allowed: id, title, prompt, note, points, shape_order, carried, variants, policy",
        ),
        (
            "[[questions]]",
            "[[question]]",
            "line 7: unknown field 'question' in the file: did you mean 'questions'? allowed: assignment, questions",
        ),
        (
            "[[questions.accept]]",
            "[[questions.zzz]]",
            "line 31: q4: unknown field 'zzz' in a question; "
            "allowed: id, title, prompt, note, given, compute, shape_order, symbols, parts, accept, vary",
        ),
        (
            "relative = 1e-3",
            "relativ = 1e-3",
            "line 27: q4.dX: unknown field 'relativ' in a tolerance: did you mean 'relative'? "
            "allowed: relative, absolute, decimals, significant",
        ),
        (
            'text = "bilinear"',
            'txt = "bilinear"',
            "line 29: q4.why: unknown field 'txt' in a line of a rubric: did you mean 'text'? allowed: points, text",
        ),
        (
            'name = "FLOPs"',
            'nam = "FLOPs"',
            "line 32: q4: unknown field 'nam' in an accepted convention: did you mean 'name'? allowed: name, given",
        ),
        (
            "points = 14.5",
            "points = 15.50",
            "line 4: expected parts of 15.5 points in all, as the assignment says, received 14.5",
        ),
        (
            "points = 14.5",
            "points = 13",
            "line 4: expected parts of 13 points in all, as the assignment says, received 14.5",
        ),
        ('"hw"', '"../hw"', "line 2: id: expected an id of letters, digits, - and _ (at most 100), received '../hw'"),
        ('"HWC"', '"WHC"', "line 5: expected shape_order as one of 'HWC' or 'CHW', received 'WHC'"),
        ('id = "q4"\n', "", "line 7: question 1: the field 'id' is missing in a question"),
        ("per = 1", "per = 1e400", "line 15: q4.per: expected a finite number, received 1E+400"),
        (
            "relative = 1e-3",
            "decimals = 31",
            "line 27: q4.dX: expected decimals as an integer from 0 to 30, received 31",
        ),
        (
            "relative = 1e-3",
            "decimals = true",
            "line 27: q4.dX: expected decimals as an integer, received true",
        ),
        (
            "[questions.given]",
            "[questions.givens]",
            "line 13: q4: unknown field 'givens' in a question: did you mean 'given'? "
            "allowed: id, title, prompt, note, given, compute, shape_order, symbols, parts, accept, vary",
        ),
        ("per = 1", "per = nan", "line 15: q4.per: expected a finite number, received NaN"),
        (
            "per = 1",
            "per = 2026-01-02",
            "line 15: q4.per: expected a number, text, true, false, list or table, received 2026-01-02",
        ),
        ('"3 * w"', "5", "line 20: q4.R: expected R as text in quotes, received 5"),
        ("R = ", "X = ", "line 20: q4.X: 'X' is both given and computed"),
        ("w = [", "per = [", "line 23: q4.per: the symbol 'per' is also given or computed"),
        (
            "R = ",
            "lambda = ",
            "line 20: q4.lambda: 'lambda' is a reserved word of formulas: choose another name, such as 'lambda_'",
        ),
        ("R = ", "R-1 = ", "line 20: q4.R-1: expected a name of letters, digits and _, received 'R-1'"),
        (
            "[2, 9]",
            "[9, 2]",
            "line 23: q4.w: expected two integers, the lower one first, such as [2, 9], received 9, 2",
        ),
        (
            "[2, 9]",
            "[2, 9.5]",
            "line 23: q4.w: expected two integers, the lower one first, such as [2, 9], received 2, 9.5",
        ),
        (
            "[2, 9]",
            "[4, 4]",
            "line 23: q4.w: expected a range of several values for the symbol 'w', received 4, 4: "
            "every formula of it would be compared at one point",
        ),
        (
            '["yes", "no"]',
            '["no", "yes", "No"]',
            "line 28: q4.like: expected choices that differ by more than letter case and quotes, received no, No",
        ),
        (
            '["yes", "no"]',
            '["no", "Max  pooling", "max pooling."]',
            "line 28: q4.like: expected choices that differ by more than letter case and quotes, "
            "received Max  pooling, max pooling.",
        ),
        (
            "{points = 0.5, ",
            "{points = 3, text = 'a'}, {points = 2.5, ",
            "line 29: q4.why: expected a rubric of at most 5 points, as the part has, received 5.5",
        ),
        ("O = 4", "OO = 4", "line 26: q4.OO: the part 'OO' is not computed: did you mean 'O'? computed: O, dX, R"),
        ("O = 4", 'O = "4"', "line 26: q4.O: expected points or a table, received '4'"),
        ("O = 4", "O = true", "line 26: q4.O: expected points or a table, received true"),
        (
            "O = 4",
            "O = -4",
            "line 26: q4.O: points: expected points from 0 to 1,000,000 with at most 10 decimals, received -4",
        ),
        ("O = 4", "O = inf", "line 26: q4.O: points: expected a finite number, received Infinity"),
        (
            "O = 4",
            "O = 1e999999999",
            "line 26: q4.O: points: expected a number of at most 30 digits, received 1E+999999999",
        ),
        ("relative = 1e-3", "relative = 0", "line 27: q4.dX: relative: expected a number above 0, received 0"),
        ("relative = 1e-3", "relative = nan", "line 27: q4.dX: relative: expected a finite number, received NaN"),
        (
            "{relative = 1e-3}",
            "{}",
            "line 27: q4.dX: tolerance: expected relative, absolute, decimals or significant in the tolerance",
        ),
        ("relative = 1e-3", "relative = 1", "line 27: q4.dX: expected a relative tolerance below 1, received 1"),
        (
            'answer = "no"',
            'answer = "on"',
            "line 28: q4.like: expected an answer among the choices yes, no, received 'on'",
        ),
        (', answer = "no"', "", "line 28: q4.like: expected an answer among the choices yes, no, received none"),
        ('["yes", "no"]', '["no"]', "line 28: q4.like: expected at least two different choices, received no"),
        ('kind = "choice", ', "", "line 28: q4.like: choices need kind = 'choice'"),
        ('kind = "text", ', "", "line 29: q4.why: a rubric needs kind = 'text'"),
        (
            'credit = "all"',
            "credit_for = {gap-side = 2}",
            "line 27: q4.dX: gap-side: expected a share from 0 to 1, received 2",
        ),
        ('title = "One homework"', "carried = 1.5", "line 3: carried: expected a share from 0 to 1, received 1.5"),
        (
            "{per = 2}",
            "{pre = 2}",
            "line 33: q4: 'pre' is not a given of the question: did you mean 'per'? given: X, per",
        ),
        (
            "like = {",
            "O-2 = {kind = 'text', points = 0}\nlike = {pionts = 0, ",
            f"line 29: q4.like: unknown field 'pionts' in a part: did you mean 'points'? allowed: {FIELDS}",
        ),
        ("why = {", "R = {", "line 29: q4.R: a part of kind 'text' is not computed, but compute has 'R'"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_name(old: str, new: str, said: str) -> None:
    assert author_error((old, new)) == f"hw.toml: {said}"


@pytest.mark.parametrize(
    ("symbols", "name", "product"),
    [
        ("w = [2, 9]\nd = [2, 9]", "wd", "w*d"),
        ("w = [2, 9]\nd = [2, 9]", "dw", "d*w"),
        ("w = [2, 9]\nk_1 = [2, 9]", "wk1", "w*k_1"),
        ("alpha = [2, 9]\nw = [2, 9]", "walpha", "w*alpha"),
    ],
)
def test_a_part_whose_name_spells_a_product_of_symbols(symbols: str, name: str, product: str) -> None:
    said = author_error(("w = [2, 9]", symbols), ('R = "3 * w"', f'{name} = "3 * w"'), ("O = 4", f"{name} = 4"))
    assert said.endswith(f"the part '{name}' reads as the product {product} of symbols: choose another name")
    assert f"q4.{name}: " in said


@pytest.mark.parametrize(("symbols", "name"), [("w = [2, 9]", "wd"), ("w = [2, 9]", "R"), ("w = [2, 9]", "w2")])
def test_other_names_beside_symbols(symbols: str, name: str) -> None:
    read = assignment(("w = [2, 9]", symbols), ('R = "3 * w"', f'{name} = "3 * w"'), ("O = 4", f"{name} = 4"))
    assert name in read.questions[0].parts


def test_two_questions_with_one_id() -> None:
    second = '[[questions]]\nid = "q4"\n[questions.parts]\nt = {points = 0, kind = "text"}\n'
    said = author_error(("given = {per = 2}\n", "given = {per = 2}\n" + second))
    assert said == "hw.toml: line 35: q4: the question id 'q4' occurs twice"


def test_the_first_of_several_errors_is_said() -> None:
    assert author_error(("points = 4.5", "pionts = 4.5"), ("per = 1", "per = inf")).startswith(
        "hw.toml: line 15: q4.per"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "per = 1",
            'per = "1"',
            "line 15: q4.per: a number among the givens has no quotes: write 1, received '1'",
        ),
        (
            "per = 1",
            'per = [[1, "-2.5e3"]]',
            "line 15: q4.per: a number among the givens has no quotes: write -2.5e3, received '-2.5e3'",
        ),
        (
            "per = 1",
            "per = '9/4'",
            "line 15: q4.per: a fraction is computed: write 9/4 in [questions.compute], received the given '9/4'",
        ),
    ],
)
def test_a_number_in_quotes_is_no_number(old: str, new: str, said: str) -> None:
    assert author_error((old, new)) == f"hw.toml: {said}"


def test_words_and_names_of_layers_stay_texts() -> None:
    read = assignment(
        ("per = 1", 'per = {type = "relu", name = "1"}\nmode = "same"'), ("given = {per = 2}", "given = {}")
    )
    assert read.questions[0].given["per"] == {"type": "relu", "name": "1"}
