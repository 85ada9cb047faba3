"""Answers copied from somebody with another variant: found in nearly every simulated paper, in hardly an honest one."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import run
from grader.homework.keys import key_entries
from grader.homework.solution import Solution, open_solution
from grader.homework.submission import Submission
from grader.marking.marker import Marker
from grader.variants.copied import Copied, Copies

ASSIGNMENT = """
[assignment]
id = "varied"
variants = {count = 12, seed = "autumn"}

[[questions]]
id = "q1"
given = {X = [[1, 2, 0, 3], [0, 1, -2, 1], [2, -1, 1, 0], [3, 1, 0, 2]], F = [[1, -1], [2, 1]]}
compute = {O = "conv2d(X, F)", R = "relu(O)", Z = "max_pool2d(R, 2, stride=1)", s = "sum(Z)"}
parts = {O = 4, R = 1, Z = 2, s = 1}
vary = {X = {integers = [-3, 5]}, F = {integers = [-2, 3]}}

[[questions]]
id = "q2"
given = {size = 28, conv = {type = "conv2d", in_channels = 3, out_channels = 6, kernel_size = 5}}
compute = {a = "output_shape([3, size, size], conv)", n = "prod(a)"}
parts = {a = 2, n = 1}
vary = {size = {choose = [24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50]}}

[[questions]]
id = "q3"
given = {B = [[0, 1, 0, 1], [1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1]], K = [[1, 0], [0, 1]]}
compute = {M = "conv2d(B, K)"}
parts = {M = 1}
vary = {B = {integers = [0, 1]}}
"""
MIRRORED = """
[assignment]
id = "varied"
variants = {count = 2, seed = "autumn"}

[[questions]]
id = "q1"
given = {X = [[1, 2, 0, 3], [0, 1, -2, 1], [2, -1, 1, 0], [3, 1, 0, 2]], F = [[1, -1], [2, 1]]}
compute = {O = "conv2d(X, F)"}
parts = {O = 4}
vary = {F = {choose = [[[1, -1], [2, 3]], [[3, 2], [-1, 1]]]}}
"""
"""The filter of one variant is that of the other one, rotated: who rotates it has the other's right answer."""


@pytest.fixture(scope="module")
def solution(tmp_path_factory: pytest.TempPathFactory) -> Solution:
    return opened(tmp_path_factory.mktemp("keys") / "varied", ASSIGNMENT)


@pytest.fixture(scope="module")
def copies(solution: Solution) -> Copies:
    return Copies(Marker(solution))


def opened(folder: Path, text: str) -> Solution:
    """An assignment with its variants drawn."""
    folder.mkdir()
    (folder / "assignment.toml").write_text(text, encoding="utf-8")
    assert run(["keys", "build", str(folder)]) == 0
    return open_solution(folder)


def looked_at(copies: Copies, student: str, answers: dict[str, Any]) -> tuple[Copied, ...]:
    submission = Submission(assignment="varied", student=student, answers=answers)
    return copies.of(submission, copies.marker.mark(submission))


def spoiled(entry: Any, share: float, chance: random.Random) -> Any:
    """Answers in which this share of the numbers is off."""
    if isinstance(entry, dict):
        return {name: spoiled(inner, share, chance) for name, inner in entry.items()}
    if isinstance(entry, list):
        return [spoiled(inner, share, chance) for inner in entry]
    if isinstance(entry, int | float) and chance.random() < share:
        return entry + chance.choice([-10, -3, -2, -1, 1, 2, 3, 10, -entry, entry])
    return entry


def papers(solution: Solution, count: int, name: str) -> Iterator[tuple[str, str, dict[str, Any], random.Random]]:
    """Students with their variant and its key."""
    assert solution.variants is not None
    for number in range(count):
        student = f"{name}-{number:04d}"
        own = solution.variants.own(student)
        yield student, own, key_entries(solution.variant(own)), random.Random(student)


def test_papers_copied_from_a_neighbour_are_found(solution: Solution, copies: Copies):
    found = 0
    for student, own, _, chance in papers(solution, 200, "student"):
        assert solution.variants is not None
        other = chance.choice([id for id in solution.variants.ids if id != own])
        answers = spoiled(key_entries(solution.variant(other)), 0.1, chance)
        shown = looked_at(copies, student, answers)
        assert all(one.variant == other for one in shown)
        found += bool(shown)
    assert found >= 190


def test_honest_papers_with_wrong_numbers_are_not_suspected(solution: Solution, copies: Copies):
    shares = (0.0, 0.1, 0.3, 0.6, 0.9, 1.0)
    shown, right = [], 0
    for student, _, key, chance in papers(solution, 500, "honest"):
        answers = spoiled(key, chance.choice(shares), chance)
        shown.append(looked_at(copies, student, answers))
        right += answers == key
    assert sum(map(bool, shown)) == 0
    assert right < 150


def test_honest_papers_with_guessed_matrices_are_not_suspected(solution: Solution, copies: Copies):
    shown = []
    for student, _, _, chance in papers(solution, 500, "guess"):
        matrix = [[chance.randint(-6, 9) for _ in range(3)] for _ in range(3)]
        shown.append(looked_at(copies, student, {"q1": {"O": matrix, "s": chance.randint(1, 60)}}))
    assert sum(map(bool, shown)) <= 1


def test_guesses_among_few_values_are_not_suspected(solution: Solution, copies: Copies):
    """With values from 0 to 2, four entries of nine agree with one of eleven other keys more often than not."""
    for student, _, _, chance in papers(solution, 200, "few"):
        matrix = [[chance.randint(0, 2) for _ in range(3)] for _ in range(3)]
        assert looked_at(copies, student, {"q3": {"M": matrix}}) == ()


def test_a_known_mistake_of_ones_own_is_no_copy(tmp_path: Path):
    solution = opened(tmp_path / "varied", MIRRORED)
    copies = Copies(Marker(solution))
    for student, own, _, _ in papers(solution, 6, "student"):
        (other,) = {"v01", "v02"} - {own}
        key = key_entries(solution.variant(other))["q1"]
        submission = Submission(assignment="varied", student=student, answers={"q1": key})
        (part,) = copies.marker.mark(submission).parts
        assert [one.id for one in part.diagnoses] == ["conv-flip"]
        assert looked_at(copies, student, {"q1": key}) == ()


def test_what_is_said_names_the_variant_and_the_entries(solution: Solution, copies: Copies):
    assert solution.variants is not None
    other = next(id for id in solution.variants.ids if id != solution.variants.own("student-01"))
    answers = {"q1": {"O": key_entries(solution.variant(other))["q1"]["O"]}}
    (one,) = looked_at(copies, "student-01", answers)
    wrong = [entry for row in answers["q1"]["O"] for entry in row]
    assert (one.question, one.part, one.of) == ("q1", "O", 9)
    assert str(one.said) == f"equals the right answer to {other} ({one.entries} of 9 entries)"
    assert 4 <= one.entries <= len(wrong)


def test_entries_of_zero_and_one_repeated_number_say_nothing(copies: Copies):
    assert looked_at(copies, "student-01", {"q1": {"O": [[0] * 3] * 3, "Z": [[5] * 2] * 2}}) == ()


def test_three_entries_are_too_few(solution: Solution, copies: Copies):
    assert solution.variants is not None
    other = next(id for id in solution.variants.ids if id != solution.variants.own("student-01"))
    key = key_entries(solution.variant(other))["q1"]["O"]
    flat = [entry for row in key for entry in row]
    kept = [entry if place < 3 else 97 + 13 * place for place, entry in enumerate(flat)]
    answers = {"q1": {"O": [kept[0:3], kept[3:6], kept[6:9]]}}
    assert looked_at(copies, "student-01", answers) == ()
