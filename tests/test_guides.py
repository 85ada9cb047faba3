"""The guides: their lists are current, and every example of the student's guide is read as its comment says."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli

from grader.answers import plain, read_answer
from grader.answers.spec import AnswerSpec
from grader.homework.dates import moment
from grader.homework.files import read_assignment
from grader.homework.policy import NO_EXTENSION, standing
from grader.homework.solution import solve
from scripts import guide, made_tables

ROOT = Path(__file__).resolve().parents[1]
STUDENTS = (ROOT / "docs" / "students.md").read_text("utf-8")
AUTHORS = guide.GUIDE.read_text("utf-8")
BLOCKS = "".join(re.findall(r"```toml\n(.*?)```", STUDENTS, re.DOTALL))
TABLES = re.findall(r"```toml\n(.*?)```", AUTHORS, re.DOTALL)
EXAMPLES = tomli.loads(BLOCKS, parse_float=Decimal)


def spec(name: str) -> AnswerSpec:
    kind = name.partition("_")[0]
    return AnswerSpec(kind, rank=2 if kind == "array" else 0, symbols=("w", "d"), choices=("yes", "no"))


def comment(name: str) -> str:
    """What the guide says behind an example, without the reason."""
    after = BLOCKS[BLOCKS.index(f"{name} = ") :].partition("\n" + name.partition("_")[0] + "_")[0]
    found = re.search(r"#\s*([^#\n]*)$", after.split("\n\n")[0].strip(), re.MULTILINE)
    return found[1].partition(":")[0].strip() if found else ""


def test_there_are_examples_of_every_kind_that_is_read() -> None:
    assert {name.partition("_")[0] for name in EXAMPLES} == {
        "number", "shape", "shapes", "array", "formula", "choice", "text"
    }  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_read_as_its_comment_says(name: str) -> None:
    readings = read_answer(EXAMPLES[name], spec(name))
    assert not readings.blank
    said = comment(name)
    if not said or "blank" in said:
        return
    other: Any = tomllib.loads(f"x = {said}", parse_float=Decimal)["x"] if said.startswith("[") else said
    if name.startswith("shapes"):
        other = said.split("; ")
    assert plain(readings) == plain(read_answer(other, spec(name)))


def test_the_lists_of_the_author_s_guide_are_current() -> None:
    assert guide.main(["--check"]) == 0, "run `python scripts/guide.py`"
    changed = AUTHORS.replace("| `conv-flip` |", "| `conv-flop` |")
    assert changed != AUTHORS
    assert made_tables.current(changed, guide.LISTS, "scripts/guide.py") == AUTHORS


def test_a_list_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected <!-- kinds: made by"):
        made_tables.current("", {"kinds": guide.kinds}, "scripts/guide.py")


def test_every_finding_of_lint_is_explained() -> None:
    assert set(guide.FINDINGS) == set(guide.SAID) | set(guide.REPEATED) | set(guide.DOUBTED)


def test_the_examples_of_the_author_s_guide_are_assignments() -> None:
    assert len(TABLES) == 6
    parts = []
    for example in TABLES:
        if "[[questions]]" not in example:
            continue
        solved = solve(read_assignment(f'[assignment]\nid = "x"\n{example}'.encode(), "x.toml"))
        parts.append([name for question in solved for name in question.parts])
    assert parts == [
        ["O", "params"],
        ["shapes"],
        ["O", "Z", "shape"],
        ["size", "act", "shared", "layers"],
        ["kept", "table", "upsampled", "kernel", "padding"],
    ]


def test_late_work_costs_what_the_author_s_guide_says() -> None:
    [example] = [each for each in TABLES if "[assignment.policy]" in each]
    question = "[[questions]]\nid = 'q'\ncompute = {n = '3 * 7'}\nparts = {n = 8}"
    policy = read_assignment(f'[assignment]\nid = "x"\n{example}\n{question}'.encode(), "x.toml").policy
    rows = re.findall(r"^\| (\d) March, (\d\d:\d\d:\d\d) \| ([\d.]+): (.*?) \|$", AUTHORS, re.MULTILINE)
    assert len(rows) == 4
    for day, time, points, said in rows:
        when = datetime.fromisoformat(f"2026-03-0{day}T{time}+03:30")
        found = standing(policy, NO_EXTENSION, when, 0)
        assert 8 * (1 - found.deduction) == Decimal(points)
        assert (found.closes == when) == ("the last moment" in said)
    moved = policy.replaced(due=moment(datetime(2026, 3, 1, 23, 59), policy.zone))
    assert moved == policy, "the same time without its offset, as the guide says"
