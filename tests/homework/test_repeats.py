"""Prompts that repeat a given by hand are found, those that differ from it too, and others are left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from grader.homework.files import assignment_ids, load_assignment, read_assignment
from grader.homework.repeats import repeats
from tests.gradebook.folders import call

TEXT = """\
[assignment]
id = "hw"
[[questions]]
id = "q1"
prompt = '''
PROMPT
'''
[questions.given]
X = [[2, 3, 4], [3, -1, 5]]
F = [[0, 3], [1, -2]]
zero = [[0, 0, 0], [0, 0, 0]]
row = [4, -2, 6.5]
image = [28, 24, 1]
rate = 0.15
count = 1500
three = 3
half = 0.5
[questions.compute]
O = "X * 2"
[questions.parts]
O = 1
"""


def found(prompt: str) -> list[tuple[str, tuple[tuple[int, ...], ...]]]:
    read = read_assignment(TEXT.replace("PROMPT", prompt).encode(), "hw.toml")
    return [(each.given, each.differs) for each in repeats(read)]


@pytest.mark.parametrize(
    ("prompt", "given"),
    [
        ("X = [[2, 3, 4], [3, -1, 5]]", ["X"]),
        ("[ [2,3,4] , [3,−1,5] ]", ["X"]),
        ("X = 2  3  4      F = 0  3\n    3 -1  5          1 -2", ["X", "F"]),
        (r"$\begin{bmatrix} 2 & 3 & 4 \\ 3 & -1 & 5 \end{bmatrix}$", ["X"]),
        ("X = [2 3 4; 3 -1 5]", ["X"]),
        ("|  2 | 3 | 4 |\n| 3 | -1 | 5 |", ["X"]),
        ("the row (4, -2, 6.5)", ["row"]),
        ("an image of 28x24x1", ["image"]),
        ("an image of 28 × 24 × 1", ["image"]),
        ("the rate 0.15, and 1500 images", ["rate", "count"]),
    ],
)
def test_a_given_that_is_spelled_out(prompt: str, given: list[str]) -> None:
    assert found(prompt) == [(name, ()) for name in given]


@pytest.mark.parametrize(
    ("prompt", "differs"),
    [
        ("X = [[2, 3, 4], [3, 1, 5]]", [("X", ((1, 1),))]),
        ("2  3  4\n3 -1  6", [("X", ((1, 2),))]),
    ],
)
def test_a_given_that_was_changed_and_its_prompt_was_not(prompt: str, differs: list[object]) -> None:
    assert found(prompt) == differs


@pytest.mark.parametrize(
    "prompt",
    [
        "X = {{ X }}, rate {{ rate }}, {{ image }}",
        "3 filters 3x3, half of it (0.5), 2 3 4",
        "(a) 1 (b) 2 (c) 3, then 0.1500001 and 11500 and v1500 and 0.15.2",
        "another [[9, 8, 7], [6, 5, 4]] and [[0, 0, 1], [0, 0, 1]]",
        "0 0 0",
        "[[2, 3], [3, -1]]",
    ],
)
def test_what_is_no_given_is_left_alone(prompt: str) -> None:
    assert found(prompt) == []


PIECES = (
    "[[2, 3, 4], [3, -1, 5]]",
    "[[0, 3], [1, -2]]",
    "(4, -2, 6.5)",
    "28x24x1",
    "0.15",
    "1500",
    " ",
    "2 3 4\n",
    "3 -1 5\n",
)


@given(
    st.text(alphabet="0123456789[](),;x -.&\\\n|e+{}", max_size=200)
    | st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join)
)
def test_any_prompt_is_looked_through(prompt: str) -> None:
    givens = tomli.loads(TEXT)["questions"][0]["given"]
    names = [name for name, _ in found(prompt.replace("{{", "{"))]
    assert set(names) <= givens.keys()
    assert len(set(names)) == len(names), "each given is named once"


def test_lint_says_it_in_every_format(tmp_path: Path) -> None:
    (tmp_path / "hw").mkdir()
    text = TEXT.replace("PROMPT", "[[2, 3, 4], [3, 1, 5]]").replace("O = 1", 'O = {points = 1, prompt = "by 0.15"}')
    (tmp_path / "hw" / "assignment.toml").write_text(text, "utf-8")
    lines = [
        "q1: this prompt repeats X by hand, and the two differ at [1, 1]: write {{ X }}",
        "q1.O: this prompt repeats rate by hand: write {{ rate }}",
    ]
    said = call("lint", "hw", "--keys", tmp_path).stdout
    assert all(f"  {line}\n" in said for line in lines)
    assert all(f"- {line}\n" in call("lint", "hw", "--keys", tmp_path, "--format", "markdown").stdout for line in lines)
    written = json.loads(call("lint", "hw", "--keys", tmp_path, "--format", "json").stdout)["assignments"][0]
    assert written["prompts"] == [
        {"question": "q1", "part": None, "given": "X", "differs": [[1, 1]]},
        {"question": "q1", "part": "O", "given": "rate", "differs": []},
    ]
    parts = sum(len(part["collisions"]) for part in written["parts"])
    assert written["findings"] >= 2 + parts


def test_no_shipped_prompt_repeats_a_given() -> None:
    keys = Path("answer_keys")
    assert assignment_ids(keys)
    assert [each for id in assignment_ids(keys) for each in repeats(load_assignment(keys / id))] == []
