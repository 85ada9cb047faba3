"""A submission keeps every answer, as it was written, when its student's name goes."""

from __future__ import annotations

import tomllib

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

GONE = "student-07"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), min_size=1, max_size=30)
COMMENTS = st.sampled_from(["", "# student-07 wrote this\n", "\n", "  # [answers]\n"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # the first characters take long to draw
@given(TEXTS, TEXTS, COMMENTS, COMMENTS, st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
def test_another_name_changes_no_answer(
    student: str, answer: str, first: str, second: str, after: bool, number: float
) -> None:
    from grader.service.course.forget import without_name

    head = tomli_w.dumps({"student": student})
    other = f'assignment = "x"\nnote = """\nstudent = "a"\n# {GONE}\n"""\n'
    tail = second + tomli_w.dumps({"answers": {"q1": {"a": answer, "b": number, "student": "b"}}})
    data = (first + (other + head if after else head + other) + tail).encode()
    made = tomllib.loads(without_name(data, "forgotten-1").decode())
    assert made == {**tomllib.loads(data.decode()), "student": "forgotten-1"}


def test_numbers_stay_as_they_were_written_and_comments_go() -> None:
    from grader.service.course.forget import without_name

    data = b"# student-07\nstudent = 'student-07' # me\nassignment = \"x\"\n[answers.q1]\n# mine\na = 1.50\n"
    assert without_name(data, "n") == b'student = "n"\nassignment = "x"\n[answers.q1]\na = 1.50\n'


@pytest.mark.parametrize("head", ["student = 'student-07'", 'student="student-07" # me', '"student" = "student-07"'])
def test_lines_that_end_in_crlf_stay_as_they_were_written(head: str) -> None:
    from grader.service.course.forget import without_name

    tail = "assignment = 'x'\r\n\r\n[answers.q4]\r\nZ = 10.50\r\nO = [[10.0, 3.00],[9,18]]\r\nN = nan\r\n"
    made = without_name(f"# mine\r\n{head}\r\n{tail}# end".encode(), "n")
    if head.startswith("student"):
        assert made == f'student = "n"\r\n{tail}'.encode()
    assert b"10.50" in made and b"3.00" in made and b"nan" in made


LAID_OUT = r"""assignment   =  "x"
STUDENT  # mine

  # student-07
answers.q1.b = [
    [1.50, 2],   # by student-07
    # and more

    [3,4.0],
]#
[answers.q2]
c = '''
# no comment, student-07 wrote
"student" = "student-07" '''
d = 'C# "' # one
e = "a # \" # b" # two
[answers.q3]
student = "student-07"
"""
WITHOUT_NAME = r"""assignment   =  "x"
student = "n"

answers.q1.b = [
    [1.50, 2],

    [3,4.0],
]
[answers.q2]
c = '''
# no comment, student-07 wrote
"student" = "student-07" '''
d = 'C# "'
e = "a # \" # b"
[answers.q3]
student = "student-07"
"""
QUOTES = '''f = """a "" # \\" b # """"'''


@pytest.mark.parametrize(
    "student",
    [
        '"student" = "student-07"',
        "'student'='student-07'",
        'student = """\nstudent-07"""',
        "student = '''student-07'''",
    ],
)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_what_is_written_in_another_way_is_not_laid_out_anew(student: str, bom: str) -> None:
    from grader.service.course.forget import without_name

    text, wanted = LAID_OUT.replace("STUDENT", student) + f"{QUOTES} # three\n", f"{WITHOUT_NAME}{QUOTES}\n"
    assert without_name((bom + text).encode(), "n").decode() == bom + wanted
    assert tomllib.loads(wanted) == {**tomllib.loads(text), "student": "n"}


def test_a_document_of_many_comments_takes_no_longer_than_it_is_long() -> None:
    from grader.service.course.forget import without_name

    data = b"student = 'student-07'\n" + b"#\n" * 200_000 + b"[answers.q1]\n" + b"a = 1 #\n"
    assert without_name(data, "n") == b'student = "n"\n[answers.q1]\na = 1\n'
