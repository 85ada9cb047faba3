"""The small assignment that these tests share, and how they change it."""

from __future__ import annotations

import pytest

from grader.errors import AuthorError, StudentError
from grader.homework.assignment import Assignment
from grader.homework.files import read_assignment, read_submission

ASSIGNMENT = """\
[assignment]
id = "hw"
title = "One homework"
points = 14.5
shape_order = "HWC"

[[questions]]
id = "q4"
title = "Convolution"
prompt = \"\"\"Find O,
then dX.\"\"\"

[questions.given]
X = [[2, 3.5, 4], [3, 1, 5]]
per = 1

[questions.compute]
O = "conv2d(X, X)"
dX = "conv2d(O, X)"
R = "3 * w"

[questions.symbols]
w = [2, 9]

[questions.parts]
O = 4
dX = {points = 4.5, prompt = "The gradient", credit = "all", tolerance = {relative = 1e-3}}
like = {points = 1, kind = "choice", choices = ["yes", "no"], answer = "no"}
why = {points = 5, kind = "text", rubric = [{points = 0.5, text = "bilinear"}]}

[[questions.accept]]
name = "FLOPs"
given = {per = 2}
"""

SUBMISSION = """\
assignment = "hw"
student = "student-01"

[answers.q4]
O = [[1.50, 2]]
"""


def assignment(*changes: tuple[str, str]) -> Assignment:
    """The assignment with texts replaced; each must stand in it."""
    return read_assignment(changed(ASSIGNMENT, *changes).encode(), "hw.toml")


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, f"{old!r} does not stand in the document"
        text = text.replace(old, new, 1)
    return text


def author_error(*changes: tuple[str, str]) -> str:
    with pytest.raises(AuthorError) as caught:
        assignment(*changes)
    return str(caught.value)


def student_error(data: bytes | str) -> str:
    with pytest.raises(StudentError) as caught:
        read_submission(data.encode() if isinstance(data, str) else data, "paper.toml")
    return str(caught.value)
