"""What is typed, as a file and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from grader import grade
from grader.errors import StudentError
from grader.homework.files import read_submission
from grader.homework.submission import Key
from grader.service.forms.previews import Previewer
from grader.service.forms.typed import submission_bytes, typed_of
from tests.service.forms.samples import ROOT, SUBMISSIONS, assignment_of, comparable, loaded

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    "'\"\\\r\n\t \0\x07\x1b\x7f\u2028\ufeff#=[]{}ab1٫۱\u202e", max_size=30
)
NAMES = st.text("abcQ1-_", min_size=1, max_size=5) | st.sampled_from(["پ", "a b", "x.y", '"'])


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, TEXTS, max_size=3), max_size=3))
def test_what_was_typed_is_in_the_file_and_comes_back(answers: dict[str, dict[str, str]]) -> None:
    data = submission_bytes("hw", "student-01", None, answers)
    wanted = {question: {part: lines(text) for part, text in parts.items()} for question, parts in answers.items()}
    assert tomli.loads(data.decode())["answers" if answers else "student"] == (wanted or "student-01")
    assert typed_of(data) == wanted
    assert submission_bytes("hw", "student-01", None, typed_of(data)) == data


@given(TEXTS.filter(lambda text: text.strip() != "" and len(text.strip()) < 50))
def test_a_student_of_any_name_is_named(student: str) -> None:
    document = read_submission(submission_bytes("hw", student, None, {}), "x.toml")
    assert document.student == student.strip()


def test_the_file_is_one_that_a_person_would_write() -> None:
    zone = timezone(timedelta(hours=3, minutes=30))
    at = datetime(2026, 3, 1, 23, 59, 0, 123456, zone)
    answers = {"q1": {"O": "1 2\r\n3 4", "f": r"\frac{n}{2}", "why": "It doesn't.\nNo.", "b": "", "q": "it's"}}
    assert submission_bytes("hw", "student-01", at, answers, "v2").decode() == (
        "assignment = 'hw'\n"
        "student = 'student-01'\n"
        "variant = 'v2'\n"
        "submitted_at = 2026-03-01T23:59:00+03:30\n"
        "\n"
        "[answers.q1]\n"
        "O = '''\n1 2\n3 4'''\n"
        "f = '\\frac{n}{2}'\n"
        "why = '''\nIt doesn't.\nNo.'''\n"
        "b = ''\n"
        'q = "it\'s"\n'
    )
    utc = submission_bytes("hw", "s", datetime(2026, 3, 1, tzinfo=UTC), {})
    assert read_submission(utc, "x").submitted_at == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a\ud800b", "q1.a: expected text, received half a character"),
        ("x" * 100_001, "q1.a: expected an answer of at most 100,000 characters, received 100,001"),
        ("," * 99_998, "at most 100,000 lines, commas, points and brackets are read, received 100,005"),
    ],
)
def test_what_no_file_can_hold_is_refused(written: str, said: str) -> None:
    with pytest.raises(StudentError) as refused:
        submission_bytes("hw", "s", None, {"q1": {"a": written}})
    assert str(refused.value.said) == said


def test_numbers_and_lists_of_a_file_become_what_a_person_types() -> None:
    data = (
        b"assignment = 'hw'\nstudent = 's'\n[answers.q1]\n"
        b"a = 0.50\nb = [1, '1/2', 3]\nc = [[1, 2], [3.5, 4]]\nd = 1e-5\ne = '9/4'\nf = []\ng = {x = 2, y = 1}\n"
    )
    assert typed_of(data)["q1"] == {
        "a": "0.50",
        "b": "1, 1/2, 3",
        "c": "1, 2\n3.5, 4",
        "d": "0.00001",
        "e": "9/4",
        "f": "[]",
        "g": "x-2, y-1",
    }


@pytest.mark.parametrize("path", SUBMISSIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_submission_has_the_same_report_after_it_went_through_a_page(path: Path) -> None:
    id = assignment_of(path)
    if id is None:
        pytest.skip("no submission to a shipped assignment")
    data = path.read_bytes()
    document = read_submission(data, path.name)
    assignment = loaded(id, alone=isinstance(document, Key))
    previewer = Previewer.of(assignment.solution.of_student(document.student)[1])
    try:
        before = grade(assignment, data)
    except StudentError as refused:
        pytest.skip(f"check refuses it: {refused.said}")
    typed = typed_of(data, previewer.specs)
    written = submission_bytes(id, document.student, document.submitted_at, typed, document.variant)
    assert comparable(grade(assignment, written)) == comparable(before)
