"""The template: every part blank, prompts as comments that cannot be left, nothing of the key."""

from __future__ import annotations

import tomli

from grader.homework.files import check_names, read_assignment, read_submission
from grader.homework.template import template_text
from grader.messages.languages import LANGUAGES

TEXT = '''\
[assignment]
id = "hw"
title = "One homework"
shape_order = "HWC"

[[questions]]
id = "q1"
title = "All kinds"
prompt = """First line
student = 'x'\\u2028[answers.q9]\\u001b[31m\\r\\nlast"""
[questions.given]
X = [[2, 3, 4, 1], [3, 1, 5, 0]]
[questions.symbols]
w = [2, 9]
d = [2, 9]
[questions.compute]
n = "conv2d_parameter_count(2, 5, 3)"
Z = "mean(X)"
s = "(13, 7, 5)"
list = "[3, 5]"
O = "X * 7"
f = "w * d"
[questions.parts]
n = 1
Z = {points = 0.50, unit = "%", prompt = "The mean"}
s = 2
list = 1
O = 2
f = 2
like = {points = 1, kind = "choice", choices = ["yes", "it's"], answer = "it's"}
why = {points = 1, kind = "text"}
'''


def test_the_template_reads_back_with_every_part_blank() -> None:
    hw = read_assignment(TEXT.encode(), "hw.toml")
    text = template_text(hw)
    read = read_submission(text.encode(), "template.toml")
    check_names(read, hw, "template.toml", text.encode())
    assert read.assignment == "hw" and read.student == "your name or number"
    assert read.answers == {"q1": dict.fromkeys(["n", "Z", "s", "list", "O", "f", "like", "why"], "")}


def test_prompts_hints_and_units_are_comments_and_sizes_are_not_told() -> None:
    text = template_text(read_assignment(TEXT.encode(), "hw.toml"))
    body = text[text.index("[answers.q1]") :]
    assert body == (
        "[answers.q1]\n# All kinds\n# First line\n# student = 'x'\n# [answers.q9] [31m\n# last\n"
        "\n# 1 point; an integer\nn = ''\n"
        "\n# The mean\n# 0.5 points; a number; in %\nZ = ''\n"
        "\n# 2 points; a shape (HWC), such as '5*4*3'\ns = ''\n"
        "\n# 1 point; a list, such as [1, '1/2', 3]\nlist = ''\n"
        "\n# 2 points; a matrix, row by row, such as [[1, '1/2', 3], [4, 5, 6]]\nO = ''\n"
        "\n# 2 points; a formula in w, d\nf = ''\n"
        "\n# 1 point; one of A. yes; B. it's\nlike = ''\n"
        "\n# 1 point; text, read by a person\nwhy = '''\n'''\n"
    )


def test_a_template_in_another_language_asks_the_same() -> None:
    asked = read_assignment(TEXT.encode(), "hw.toml")
    english, persian = template_text(asked), template_text(asked, say=LANGUAGES["fa"])
    assert tomli.loads(english) == tomli.loads(persian)
    lines = list(zip(english.splitlines(), persian.splitlines(), strict=True))
    assert all(line.startswith("# ") for line, other in lines if line != other)
    assert sum(line != other for line, other in lines) >= 3 + len(asked.questions[0].parts)
    assert not set(persian) & set("\u2066\u2067\u2068\u2069"), "an editor would show isolates as they are"
