"""The first steps of the verdict, credit by entries, conventions, and the sums."""

from __future__ import annotations

import pytest

import grader
from grader.homework.tables import digest
from grader.marking import question
from tests.marking.homework import assignment, graded, one, outcome, parts, said
from tests.marking.homework import question as question_report

ALL = """
[questions.given]
a = 3
M = [[0, 2, 0], [0.5, 0, 4]]
[questions.compute]
count = "a * 4"
number = "a / 8"
size = "(a, 2 * a, 5)"
sizes = "[size, (7, 9)]"
matrix = "M + 0"
R = "w + 2 * d"
[questions.symbols]
w = [2, 9]
d = [1, 4]
[questions.parts]
count = 1
number = 1
size = 1
sizes = 2
matrix = 3
R = 1
pick = {points = 1, kind = "choice", choices = ["yes", "no"], answer = "no"}
why = {points = 2, kind = "text", rubric = [{points = 2, text = "because"}]}
"""
RIGHT = """
count = 12
number = 0.375
size = "3x6x5"
sizes = ["3x6x5", "7x9"]
matrix = [[0, 2, 0], [0.5, 0, 4]]
R = "w + 2d"
pick = "no"
why = "It is so."
"""


def changed(name: str, answer: str | None) -> str:
    lines = [line for line in RIGHT.splitlines() if not line.startswith(f"{name} =")]
    return "\n".join(lines if answer is None else [*lines, f"{name} = {answer}"])


def test_everything_right() -> None:
    report = graded(assignment(ALL), RIGHT)
    assert [(part.id, part.kind, part.verdict) for part in report.parts] == [
        ("count", "integer", "correct"),
        ("number", "number", "correct"),
        ("size", "shape", "correct"),
        ("sizes", "shapes", "correct"),
        ("matrix", "array", "correct"),
        ("R", "formula", "correct"),
        ("pick", "choice", "correct"),
        ("why", "text", "pending"),
    ]
    assert (report.score, report.max_score, report.pending_points) == (10, 12, 2)
    assert (report.status, report.earned_all) == ("needs_review", True)
    assert (report.assignment, report.student, report.grader) == ("small", "student-01", grader.__version__)
    assert report.key_digest == digest(assignment(ALL))


MACHINE = ("count", "number", "size", "sizes", "matrix", "R", "pick", "why")


@pytest.mark.parametrize("name", MACHINE)
@pytest.mark.parametrize("answer", [None, "''", "'   '", "'—'", "'\\u00a0\\u200c'"])
def test_blank_is_missing_before_all_else(name: str, answer: str | None) -> None:
    if answer is not None and "\\u" in answer:
        answer = '"' + answer.strip("'") + '"'
    if answer == "'—'" and name in ("count", "matrix", "why"):
        return  # a dash is 0 where a count is asked; a text is a text
    part = parts(assignment(ALL), changed(name, answer))[name]
    assert (part.verdict, part.score, part.read) == ("missing", 0, None)


def test_a_dash_is_zero_where_a_count_is_asked_and_blank_elsewhere() -> None:
    assert one("5 - 5", "'-'").verdict == "correct"
    assert one("7", "'-'").verdict == "wrong"
    assert one("0.5", "'-'").verdict == "missing"
    assert one("[140, 0, 0, 1760]", "[140, '-', '-', 1760]").verdict == "correct"


@pytest.mark.parametrize("name", MACHINE[:6])
@pytest.mark.parametrize(
    "answer",
    ["nan", "inf", "-inf", "'nan'", "'inf'", "'∞'", "true", "2026-03-01", "12:00:00", "{x = 1}", "'no idea at all'"],
)
def test_what_cannot_be_read_waits_for_a_person(name: str, answer: str) -> None:
    report = graded(assignment(ALL), changed(name, answer))
    part = next(part for part in report.parts if part.id == name)
    assert (part.verdict, part.score, part.read) == ("unreadable", 0, None)
    assert said(part)
    assert report.status == "needs_review"
    assert report.pending_points == 2 + part.max_score
    assert not report.earned_all
    assert report.score == 10 - part.max_score


@pytest.mark.parametrize("answer", ["2026-03-01", "{x = 1}", "[[1, 2], [3]]", "'maybe'", "3"])
def test_a_choice_that_is_none_is_unreadable(answer: str) -> None:
    part = parts(assignment(ALL), changed("pick", answer))["pick"]
    assert (part.verdict, part.score) == ("unreadable", 0)


def test_a_choice() -> None:
    assert parts(assignment(ALL), changed("pick", "true"))["pick"].verdict == "wrong"  # a boolean is yes or no
    assert parts(assignment(ALL), changed("pick", "false"))["pick"].verdict == "correct"
    assert parts(assignment(ALL), changed("pick", "'yes'"))["pick"].verdict == "wrong"
    assert parts(assignment(ALL), changed("pick", "' No '"))["pick"].verdict == "correct"


def test_both_readings_of_what_is_ambiguous_are_said() -> None:
    part = parts(assignment(ALL), changed("number", "'98 = 56'"))["number"]
    assert part.verdict == "unreadable"
    assert "98 or as 56" in said(part)
    assert part.submitted == "98 = 56"


def test_an_unreadable_cell_makes_the_part_unreadable_and_a_blank_one_is_a_wrong_entry() -> None:
    part = parts(assignment(ALL), changed("matrix", "[[0, 2, 0], [0.5, 'x?', 4]]"))["matrix"]
    assert (part.verdict, part.score) == ("unreadable", 0)
    part = parts(assignment(ALL), changed("matrix", "[[0, 2, 0], ['', 0, 4]]"))["matrix"]
    assert part.entries is not None
    assert (part.verdict, part.entries.wrong) == ("partial", ((1, 0),))
    # five right, zero would get three: (5 - 3) / (6 - 3) of 3
    assert float(part.score) == 2.0


@pytest.mark.parametrize(
    "answer", ["[]", "[[]]", "[[[]]]", "[[0, 2], [0.5, 0, 4]]", "[0, [2, 0]]", "[" * 90 + "1" + "]" * 90]
)
def test_odd_lists_earn_nothing_and_break_nothing(answer: str) -> None:
    part = parts(assignment(ALL), changed("matrix", answer))["matrix"]
    assert part.verdict in ("unreadable", "missing", "wrong")
    assert part.score == 0


def test_a_fault_of_ours_is_never_a_zero_of_the_student(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(question.World, "compared", broken)
    report = graded(assignment(ALL), RIGHT)
    assert {part.verdict for part in report.parts if part.id != "why"} == {"error"}
    assert (report.status, report.pending_points, report.earned_all) == ("needs_review", 12, False)
    for part in report.parts:
        assert "Traceback" not in said(part)


def test_a_wrong_shape_is_wrong_though_entries_fit() -> None:
    part = parts(assignment(ALL), changed("matrix", "[[0, 2, 0]]"))["matrix"]
    assert (part.verdict, part.score) == ("wrong", 0)
    assert "2 x 3" in said(part)
    assert "1 x 3" in said(part)


def test_shapes_in_a_list() -> None:
    part = parts(assignment(ALL), changed("sizes", "['3x6x5', '9x7']"))["sizes"]
    assert part.entries is not None
    assert (part.verdict, float(part.score), part.entries.wrong) == ("partial", 0.0, ((1,),))
    part = parts(assignment(ALL), changed("sizes", "['3x6x5']"))["sizes"]
    assert (part.verdict, part.score) == ("wrong", 0)
    part = parts(assignment(ALL), changed("sizes", "['(None, 3, 6, 5)', '(1, 7, 9)']"))["sizes"]
    assert part.verdict == "correct"


# --------------------------------------------------------------------------------------------------------- conventions

MACS = """
[questions.given]
per = 1
n = 1000003
[questions.compute]
first = "per * n"
second = "per * n * 3"
total = "first + second"
[questions.parts]
first = 1
second = 1
total = 2
[[questions.accept]]
name = "FLOPs instead of MACs"
given = {per = 2}
[[questions.accept]]
name = "three of each"
given = {per = 3}
"""


@pytest.mark.parametrize(
    ("answers", "convention", "marks"),
    [
        ((1000003, 3000009, 4000012), None, (1, 1, 2)),
        ((2000006, 6000018, 8000024), "FLOPs instead of MACs", (1, 1, 2)),
        ((3000009, 9000027, 12000036), "three of each", (1, 1, 2)),
        # first under one, second under the other: the same convention holds for the whole question; the one that
        # earns most gives second and what is carried from both
        ((1000003, 6000018, 8000024), "FLOPs instead of MACs", (0, 1, 2)),
        ((2000006, 3000009, 4000012), None, (0, 1, 2)),
        ((5, 6, 7), None, (0, 0, 0)),
    ],
)
def test_one_convention_for_the_whole_question(
    answers: tuple[int, int, int], convention: str | None, marks: tuple[int, int, int]
) -> None:
    text = "\n".join(f"{name} = {answer}" for name, answer in zip(("first", "second", "total"), answers, strict=True))
    report = question_report(assignment(MACS), text)
    assert report.convention == convention
    assert tuple(part.score for part in report.parts) == marks


def test_errors_are_carried_under_a_convention() -> None:
    report = question_report(assignment(MACS), "first = 2000006\nsecond = 6000010\ntotal = 8000016")
    assert report.convention == "FLOPs instead of MACs"
    assert [part.verdict for part in report.parts] == ["correct", "wrong", "carried"]
    assert report.parts[2].carried_from == ("second",)


def test_what_is_expected_is_expected_under_the_convention() -> None:
    report = question_report(assignment(MACS), "first = 2000006\nsecond = 1\ntotal = 2")
    assert report.convention == "FLOPs instead of MACs"
    assert [part.expected for part in report.parts] == [2000006, 6000018, 8000024]


def test_a_convention_of_one_question_does_not_hold_in_the_next() -> None:
    text = '[[questions]]\nid = "q1"\n' + MACS + '\n[[questions]]\nid = "q2"\n' + MACS.split("[[questions.accept]]")[0]
    right = "first = 2000006\nsecond = 6000018\ntotal = 8000024\n"
    report = graded(assignment(text), f"[answers.q1]\n{right}[answers.q2]\n{right}")
    assert [entry.convention for entry in report.questions] == ["FLOPs instead of MACs", None]
    assert [part.verdict for part in report.questions[1].parts] == ["wrong", "wrong", "carried"]


def test_nothing_answered() -> None:
    report = graded(assignment(ALL), "[answers]")
    assert {part.verdict for part in report.parts} == {"missing"}
    assert (report.score, report.pending_points, report.status, report.earned_all) == (0, 0, "graded", False)
    for part in report.parts:
        if part.kind != "text":
            assert part.entries is not None
            assert (part.entries.correct, len(part.entries.wrong)) == (0, part.entries.total)


def test_entries_of_a_scalar_a_shape_and_a_list_of_shapes() -> None:
    homework = assignment(ALL)
    wrong = "count = 13\nnumber = 0.4\nsize = '3x6x6'\nsizes = ['3x6x6', '7x8']\nR = 'w'\npick = 'yes'"
    found = parts(homework, wrong)
    for name in ("count", "number", "size", "R", "pick"):
        entries = found[name].entries
        assert entries is not None
        assert (entries.total, entries.correct, entries.wrong) == (1, 0, ((),)), name
    assert found["sizes"].entries is not None
    assert (found["sizes"].entries.total, found["sizes"].entries.wrong) == (2, ((0,), (1,)))


def test_the_same_paper_twice_gives_the_same_report() -> None:
    assert graded(assignment(ALL), RIGHT) == graded(assignment(ALL), RIGHT)


def test_each_verdict_of_the_design_but_error() -> None:
    mixed = {
        "count": "13",
        "number": "'98 = 56'",
        "matrix": "[[0, 2, 0], [0.5, 1, 4]]",
        "size": "'4x6x5'",
        "sizes": "['4x6x5', '7x9']",
        "R": None,
    }
    kept = [line for line in RIGHT.splitlines() if line.split(" =")[0] not in mixed]
    answers = [f"{name} = {answer}" for name, answer in mixed.items() if answer is not None]
    assert outcome(assignment(ALL), "\n".join([*kept, *answers])) == {
        "count": ("wrong", 0.0),
        "number": ("unreadable", 0.0),
        "size": ("wrong", 0.0),
        "sizes": ("carried", 2.0),
        "matrix": ("partial", 2.0),
        "R": ("missing", 0.0),
        "pick": ("correct", 1.0),
        "why": ("pending", 0.0),
    }
