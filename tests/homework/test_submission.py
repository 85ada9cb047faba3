"""Submissions as documents: what is read, and the exact sentence for what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from grader.errors import StudentError
from grader.homework.files import check_names, read_submission
from grader.homework.submission import Key
from tests.homework.documents import SUBMISSION, assignment, changed, student_error


def test_answers_keep_their_digits() -> None:
    read = read_submission(SUBMISSION.encode(), "paper.toml")
    assert (read.assignment, read.student, read.submitted_at) == ("hw", "student-01", None)
    assert str(read.answers["q4"]["O"][0][0]) == "1.50"


@pytest.mark.parametrize("data", [SUBMISSION.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + SUBMISSION.encode()])
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(data: bytes) -> None:
    assert read_submission(data, "paper.toml") == read_submission(SUBMISSION.encode(), "paper.toml")


def test_answers_may_be_absent() -> None:
    assert read_submission(b"assignment = 'hw'\nstudent = 's'", "paper.toml").answers == {}


def test_the_moment_of_submission() -> None:
    def moment(text: str) -> datetime | None:
        return read_submission(f"submitted_at = {text}\n{SUBMISSION}".encode(), "paper.toml").submitted_at

    assert moment("2026-03-01T23:59:00Z") == datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    assert moment("2026-03-01") == datetime(2026, 3, 1)


def test_a_decimal_of_any_size_is_one_answer_among_others() -> None:
    read = read_submission((SUBMISSION + "a = 1e999999999\nb = 1e99999999999999999999\nc = nan").encode(), "paper.toml")
    assert read.answers["q4"]["a"] == Decimal("1e999999999")
    assert read.answers["q4"]["b"] == "1e99999999999999999999"


def test_a_digest_makes_a_key_and_a_copied_key_stays_readable() -> None:
    text = changed(SUBMISSION, ('"student-01"', '"key"\ndigest = "sha256:00"'))
    read = read_submission(text.encode(), "key.toml")
    assert isinstance(read, Key) and read.digest == "sha256:00"
    copied = read_submission(text.replace('"key"', '"student-01"').encode(), "paper.toml")
    assert copied.student == "student-01" and copied.answers == read.answers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty: expected assignment, student and [answers.…]"),
        ("# nothing\n", "the file is empty: expected assignment, student and [answers.…]"),
        ("assignment = 'hw'", "line 1: the field 'student' is missing in the file"),
        ("student = 's'", "line 1: the field 'assignment' is missing in the file"),
        ("assignment = 4\nstudent = 's'", "line 1: expected assignment as text in quotes, received 4"),
        (
            "assignment = 'hw'\nstudent = 401",
            "line 2: expected student as text in quotes, such as student = 'student-01', received 401",
        ),
        ("assignment = 'hw'\nstudent = ' '", "line 2: expected a student, received an empty text"),
        (
            f"assignment = 'hw'\nstudent = '{'s' * 201}'",
            "line 2: expected a student of at most 200 characters, received 201",
        ),
        (
            "assignment = 'hw'\nstudent = 's'\nsubmitted_at = 'today'",
            "line 3: expected a date and time without quotes, such as 2026-03-01T23:59:00+03:30, received 'today'",
        ),
        (
            "assignment = 'hw'\nstudent = 's'\n[answer.q4]",
            "line 3: unknown field 'answer' in the file: did you mean 'answers'? "
            "allowed: assignment, student, submitted_at, answers, variant",
        ),
        (
            "assignment = 'hw'\nstudent = 's'\n[q4]\nO = 1",
            "line 3: unknown table [q4]: the answers to a question belong in a table such as [answers.q4]",
        ),
        (
            '{"assignment": "hw"}',
            "line 1: expected TOML, received what looks like JSON: `grader template` makes a file to fill in",
        ),
        (
            "assignment = 'hw'\nstudent = 's'\n[answers]\nO = 1",
            "line 4: expected the answers in a table of their question, such as [answers.q1], received O = 1",
        ),
        (
            "assignment = 'hw'\nstudent = 's'\nanswers = 1",
            "line 3: expected answers as a table, received 1",
        ),
        (
            "assignment = 'hw'\nstudent = 's'\n\"a\\u001b[31m\" = 1",
            "line 3: unknown field 'a\\x1b[31m' in the file; "
            "allowed: assignment, student, submitted_at, answers, variant",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(text: str, said: str) -> None:
    assert student_error(text) == f"paper.toml: {said}"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("dx = 1", "line 6: unknown part 'dx': did you mean 'dX'? parts of 'q4': O, dX, like, why"),
        ("zzz = 1", "line 6: unknown part 'zzz'; parts of 'q4': O, dX, like, why"),
        ("rows = 1", "line 6: unknown part 'rows': it belongs to question 'q5'; parts of 'q4': O, dX, like, why"),
        ("[answers.q44]\nO = 1", "line 6: unknown question 'q44': did you mean 'q4'? asked: q4, q5"),
        ("[answers.laplacian]", "line 6: unknown question 'laplacian'; asked: q4, q5"),
        ('"\\u001b[2J" = 1', "line 6: unknown part '\\x1b[2J'; parts of 'q4': O, dX, like, why"),
    ],
)
def test_an_unknown_question_or_part_is_named_with_the_nearest(more: str, said: str) -> None:
    second = '[[questions]]\nid = "q5"\n[questions.parts]\nrows = {points = 0, kind = "text"}\n'
    asked = assignment(("given = {per = 2}\n", "given = {per = 2}\n" + second))
    data = (SUBMISSION + more).encode()
    with pytest.raises(StudentError) as caught:
        check_names(read_submission(data, "paper.toml"), asked, "paper.toml", data)
    assert str(caught.value) == f"paper.toml: {said}"


def test_known_names_are_let_through() -> None:
    check_names(read_submission(SUBMISSION.encode(), "paper.toml"), assignment(), "paper.toml")
