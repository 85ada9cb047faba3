"""What lint finds: parts at which no known mistake is tried, values that are computed again; one line a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.homework.files import load_assignment
from grader.homework.solution import solve
from grader.marking.diagnosis.lint import PartLint, lint
from grader.reports.linting import SAID, AssignmentLint, markdown, terminal
from tests.marking.homework import assignment

KEYS = Path(__file__).parents[2] / "answer_keys"


def linted(compute: str, parts: str, given: str = "") -> dict[str, PartLint]:
    text = f"[questions.given]\n{given}\n[questions.compute]\n{compute}\n[questions.parts]\n{parts}\n"
    return {found.part: found for found in lint(solve(assignment(text)))}


IMAGE = "X = [[2, 3, 4], [3, 1, 5], [4, -1, -2]]\nF = [[0, 3], [1, -2]]\nW = [[1, 2], [3, 5]]"


def test_a_part_at_which_no_known_mistake_is_tried() -> None:
    found = linted('O = "conv2d(X, F)"\nfree = "17 + 0"', "O = 1\nfree = 1", IMAGE)
    assert found["O"].tried > 0
    assert "untried" not in {finding.check for finding in found["O"].findings}
    assert found["free"].tried == 0
    assert [finding.check for finding in found["free"].findings] == ["untried"]


def test_mistakes_of_arithmetic_are_known_mistakes() -> None:
    found = linted('O = "conv2d(X, F)"\nmean = "sum(O)/9"', "O = 1\nmean = 1", IMAGE)
    assert found["mean"].tried > 0
    assert "untried" not in {finding.check for finding in found["mean"].findings}


@pytest.mark.parametrize(
    ("compute", "again"),
    [
        ('O = "conv2d(X, F)"\nZ = "global_avg_pool(conv2d(X, F))"', ("O",)),
        ('O = "conv2d(X, F)"\nZ = "global_avg_pool(conv2d(X, F, stride=1, padding=0))"', ("O",)),  # by its value
        ('O = "conv2d(X, F)"\nstep = "conv2d(X, F)"\nZ = "global_avg_pool(step)"', ("O",)),
        ('O = "shape(zeros((14, 15, 32)))"\nZ = "14 * 15 * 32"', ()),
        ('O = "14 * 15 * 32"\nZ = "14 * 15 * 32 * 10 + 10"', ("O",)),
        ('O = "7 * 32"\nZ = "224 * 10"', ()),  # a given number is no computation
        ('t = "sgd_momentum(X, X, X, lr=0.1, momentum=0.9)"\nO = "t[0]"\nZ = "relu(t[0])"', ("O",)),
        ('O = "conv2d(X, F)"\nZ = "global_avg_pool(O)"', ()),
        ('O = "conv2d(X, F)"\nstep = "relu(O)"\nZ = "global_avg_pool(step)"', ()),
        ('O = "conv2d(X, W)"\nZ = "relu(O) + conv2d(X, F)"', ()),
        ('O = "2 + 2"\nZ = "(2 * 2) * 7.5"', ()),  # 4 is small: equal by coincidence
    ],
)
def test_what_an_earlier_part_holds_is_computed_again(compute: str, again: tuple[str, ...]) -> None:
    found = linted(compute, "O = 1\nZ = 1", IMAGE)
    assert found["Z"].recomputed == again
    assert found["O"].recomputed == ()


def test_the_findings_that_are_counted_are_the_lines_that_are_printed() -> None:
    for folder in sorted(KEYS.iterdir()):
        solution = solve(load_assignment(folder))
        one = AssignmentLint(solution.assignment.id, tuple(lint(solution)))
        for text, item in ((terminal([one]), "  "), (markdown([one]), "- ")):
            head, *lines = text.splitlines()
            assert f"{one.count} finding" in head
            assert sum(line.startswith(item) for line in lines) == one.count


def test_nothing_found_is_no_finding() -> None:
    found = linted('n = "conv2d_parameter_count(3, 17, 5)"', "n = 1")["n"]
    one = AssignmentLint("small", (found,))
    assert found.findings == ()
    assert terminal([one]).startswith("small: 0 findings in 1 part\n\nEach of the ")


def test_every_finding_says_something() -> None:
    found = linted('O = "conv2d(X, F)"\nfree = "17 + 0"', "O = 1\nfree = 1", IMAGE)["free"]
    one = AssignmentLint("small", (found,))
    assert terminal([one]).splitlines()[2] == "  q.free: no known mistake is tried here: only slips are told apart"
    assert set(SAID) == {"untried", "invisible", "collision", "swallowed", "accident", "recomputed"}
