"""A class with variants: one column of marks, the facility per variant, and copied answers, unseen by students."""

import json
import random
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from jsonschema import Draft202012Validator

from grader import grade
from grader.cli.main import run
from grader.homework.keys import key_entries
from grader.homework.solution import open_solution
from tests.variants.test_copied import ASSIGNMENT, opened, spoiled

STUDENTS = 96


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Students of twelve variants: every tenth copied from a neighbour, and variant v01 is made harder on purpose."""
    base = tmp_path_factory.mktemp("class")
    (base / "keys").mkdir()
    solution = opened(base / "keys" / "varied", ASSIGNMENT)
    assert solution.variants is not None
    keys = {id: key_entries(solution.variant(id)) for id in solution.variants.ids}
    (base / "papers").mkdir()
    for number in range(STUDENTS):
        student, chance = f"student-{number:02d}", random.Random(number)
        own = solution.variants.own(student)
        other = chance.choice([id for id in keys if id != own])
        answers = keys[other] if number % 10 == 0 else spoiled(keys[own], 0.9 if own == "v01" else 0.05, chance)
        document = {"assignment": "varied", "student": student, "answers": answers}
        (base / "papers" / f"{student}.toml").write_text(tomli_w.dumps(document), encoding="utf-8")
    arguments = ["--out", str(base / "out"), "--keys", str(base / "keys"), "--jobs", "1"]
    assert run(["batch", str(base / "papers"), *arguments]) in (0, 1)
    return base / "out"


@pytest.fixture(scope="module")
def section(results: Path) -> dict[str, Any]:
    document = json.loads((results / "class.json").read_text(encoding="utf-8"))
    schema = files("grader.reports.schemas").joinpath("class.schema.json").read_text(encoding="utf-8")
    Draft202012Validator(json.loads(schema)).validate(document)
    found: dict[str, Any] = document["assignments"][0]
    return found


def test_every_copied_paper_is_listed_and_no_other(section: dict[str, Any]):
    assert {one["student"] for one in section["copied"]} == {f"student-{n:02d}" for n in range(0, STUDENTS, 10)}
    assert all(one["entries"] <= one["of"] for one in section["copied"])


def test_students_see_nothing_of_it(results: Path):
    for name in ("reports/varied/student-00.json", "pages/varied/student-00.html", "pages/varied/student-00.md"):
        text = (results / name).read_text(encoding="utf-8")
        assert "right answer to" not in text
        assert "copied" not in text


def test_the_variant_that_was_made_harder_is_warned_of(section: dict[str, Any]):
    assert {one["variant"] for one in section["variants"] if one["differs"]} == {"v01"}
    whole = [one for one in section["variants"] if one["part"] is None]
    assert [one["variant"] for one in whole] == [f"v{n:02d}" for n in range(1, 13)]
    assert sum(one["students"] for one in whole) == STUDENTS
    for one in section["variants"]:
        low, high = one["interval"]
        assert low <= one["facility"] <= high


def test_the_page_says_both(results: Path):
    page = (results / "class.html").read_text(encoding="utf-8")
    assert "The variants are not equally hard" in page
    assert "Answers that equal the key of another variant" in page
    assert "equals the right answer to" in page


def test_marks_stand_in_one_column(results: Path, section: dict[str, Any]):
    assert section["marks"]["students"] == STUDENTS
    rows = (results / "results.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == STUDENTS + 1


def test_an_assignment_without_variants_says_nothing_of_them(tmp_path: Path):
    folder = tmp_path / "keys" / "varied"
    folder.parent.mkdir()
    text = "\n".join(line for line in ASSIGNMENT.splitlines() if not line.startswith(("variants", "vary")))
    folder.mkdir()
    (folder / "assignment.toml").write_text(text, encoding="utf-8")
    assert open_solution(folder).variants is None
    (tmp_path / "papers").mkdir()
    paper = {"assignment": "varied", "student": "student-01", "answers": {"q1": {"s": 3}}}
    (tmp_path / "papers" / "one.toml").write_text(tomli_w.dumps(paper), encoding="utf-8")
    run(
        ["batch", str(tmp_path / "papers"), "--out", str(tmp_path / "out"), "--keys", str(folder.parent), "--jobs", "1"]
    )
    section = json.loads((tmp_path / "out" / "class.json").read_text(encoding="utf-8"))["assignments"][0]
    assert "variants" not in section
    assert "copied" not in section


def test_a_page_from_python_shows_the_numbers_of_the_students_own_variant(tmp_path: Path):
    text = ASSIGNMENT.replace('id = "q2"\n', 'id = "q2"\nprompt = "An image of side {{ size }}."\n')
    solution = opened(tmp_path / "varied", text)
    assert solution.variants is not None
    for student in ("student-01", "student-02", "student-03"):
        drawn = solution.variants.givens[solution.variants.own(student)]["q2"]["size"]
        page = grade(tmp_path / "varied", {"student": student, "answers": {}}).to_html()
        assert f'An image of side <bdi dir="ltr">{drawn}</bdi>.' in page
