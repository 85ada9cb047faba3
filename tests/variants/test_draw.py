"""Variants of an assignment: the same everywhere, as telling as the base, and each student marked under theirs."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader import grade, load_assignment
from grader.answers.values import nested_cells
from grader.cli.main import run
from grader.errors import AuthorError, StudentError
from grader.homework.files import read_assignment
from grader.homework.solution import solve
from grader.marking.marker import QuestionMarker
from grader.variants.named import fully_named

COUNT = 6
HEADER = """\
[assignment]
id = "hw"
variants = {count = 6, seed = "autumn"}

"""
VARY = """\
[questions.vary]
X = {integers = [-3, 5]}
F = {integers = [-2, 3], zeros = 1}
keep = ["O[0, 0] != Z"]

"""
QUESTION = """\
[[questions]]
id = "q"
prompt = "X = {{ X }}"

[questions.given]
X = [[2, 3, 4], [3, 1, 5], [4, -1, -2]]
F = [[0, 3], [1, -2]]
pool = {type = "max_pool2d", kernel_size = 2}
size = 28

[questions.compute]
O = "conv2d(X, F)"
Z = "global_avg_pool(O)"
dX = "conv2d_grad_input([[1, 0], [0, 2]], X, F)"
side = "size - 1"

"""
PARTS = """\
[questions.parts]
O = 4
Z = 1
dX = 4
side = 1
"""
TEXT = HEADER + QUESTION + VARY + PARTS


def place(tmp_path: Path, text: str = TEXT) -> Path:
    """A folder of keys that holds one assignment."""
    folder = tmp_path / "answer_keys" / "hw"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assignment.toml").write_text(text, encoding="utf-8")
    return folder.parent


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keys = place(tmp_path_factory.mktemp("course"))
    assert run(["keys", "build", str(keys)]) == 0
    return keys


def drawn(keys: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = tomllib.loads((keys / "hw" / "variants.toml").read_text())["variants"]
    return found


def alone(variant: Mapping[str, Any]) -> str:
    """The assignment with the numbers of a variant and without variants: another way to them."""
    text = QUESTION + PARTS
    for name, old in (("X", "[[2, 3, 4], [3, 1, 5], [4, -1, -2]]"), ("F", "[[0, 3], [1, -2]]")):
        text = text.replace(f"{name} = {old}", f"{name} = {variant['given']['q'][name]}")
    return '[assignment]\nid = "hw"\n\n' + text


def own(student: str) -> str:
    """The variant of a student by its definition: zeros before a number are left out."""
    found = hmac.new(b"autumn", f"hw\0{student.replace('-0', '-')}".encode(), hashlib.sha256).digest()
    return f"v{int.from_bytes(found) % COUNT + 1:02d}"


# -- drawing -----------------------------------------------------------------------------------------------------------


def test_the_same_bytes_are_drawn_again_and_others_from_another_seed(course: Path, tmp_path: Path) -> None:
    before = (course / "hw" / "variants.toml").read_bytes()
    again = place(tmp_path / "again")
    other = place(tmp_path / "other", TEXT.replace("autumn", "spring"))
    assert run(["keys", "build", str(again)]) == run(["keys", "build", str(other)]) == 0
    assert (again / "hw" / "variants.toml").read_bytes() == before
    assert drawn(other) != drawn(course)


def test_variants_stay_in_their_ranges_and_differ_in_every_key(course: Path) -> None:
    found = drawn(course)
    assert list(found) == [f"v{number:02d}" for number in range(1, COUNT + 1)]
    for variant in found.values():
        given = variant["given"]["q"]
        assert given.keys() == {"X", "F"}
        assert all(-3 <= entry <= 5 for row in given["X"] for entry in row)
        assert sorted(entry == 0 for row in given["F"] for entry in row) == [False, False, False, True]
        assert variant["answers"]["q"]["O"][0][0] != variant["answers"]["q"]["Z"]
    for one, other in itertools.combinations(found.values(), 2):
        assert all(one["answers"]["q"][part] != other["answers"]["q"][part] for part in ("O", "Z", "dX"))


def test_keys_are_what_the_numbers_give(course: Path) -> None:
    for variant in drawn(course).values():
        x, f, key = *(variant["given"]["q"][name] for name in "XF"), variant["answers"]["q"]
        o = [[sum(f[a][b] * x[i + a][j + b] for a in range(2) for b in range(2)) for j in range(2)] for i in range(2)]
        assert key["O"] == o
        assert key["Z"] == sum(map(sum, o)) / 4


def test_every_variant_shows_and_names_what_the_base_does(course: Path, tmp_path: Path) -> None:
    base = lint(place(tmp_path / "base", alone({"given": {"q": tomllib.loads(QUESTION)["questions"][0]["given"]}})))
    names = named(QUESTION + PARTS)
    assert names["Z"]
    for id, variant in drawn(course).items():
        found = lint(place(tmp_path / id, alone(variant)))
        for part, mine in found.items():
            assert set(mine["invisible"]) <= set(base[part]["invisible"])
            assert all(
                any(set(group) <= set(known) for known in base[part]["collisions"]) for group in mine["collisions"]
            )
            assert set(mine["swallowed"]) <= set(base[part]["swallowed"])
        own_names = named(alone(variant).partition("\n\n")[2])
        assert {part: found - own_names[part] for part, found in names.items()} == {part: set() for part in names}


def lint(keys: Path) -> dict[str, Any]:
    from click.testing import CliRunner

    from grader.cli.lint import lint as command

    text = CliRunner().invoke(command, ["hw", "--keys", str(keys), "--format", "json"]).stdout
    return {part["part"]: part for part in json.loads(text)["assignments"][0]["parts"]}


def named(text: str) -> dict[str, set[str]]:
    solved = solve(read_assignment(f'[assignment]\nid = "hw"\n\n{text}'.encode(), "hw.toml")).questions["q"]
    marker = QuestionMarker(solved)
    return {id: fully_named(marker, part) for id, part in solved.parts.items()}


def test_keys_check_finds_an_edited_number(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = Path(shutil.copytree(course, tmp_path / "answer_keys"))
    assert run(["keys", "check", str(keys)]) == 0
    file = keys / "hw" / "variants.toml"
    before = drawn(keys)["v01"]["answers"]["q"]["Z"]
    file.write_text(file.read_text().replace(f"Z = {before}", "Z = 99.5", 1))
    capsys.readouterr()
    assert run(["keys", "check", str(keys)]) == 1
    assert f"v01.q.Z: computed {before}, committed 99.5" in capsys.readouterr().out
    file.unlink()
    assert run(["keys", "check", str(keys)]) == 1
    assert "hw/variants.toml is missing: run `grader keys build`" in capsys.readouterr().out


# -- who gets which, and how it is marked ------------------------------------------------------------------------------


def right(keys: Path, variant: str) -> dict[str, Any]:
    return {"q": drawn(keys)[variant]["answers"]["q"] | {"side": 27}}


def test_a_student_is_marked_under_their_own_variant(course: Path) -> None:
    loaded = load_assignment(course / "hw")
    for number in range(1, 9):
        student = f"student-{number:02d}"
        report = grade(loaded, {"student": student, "answers": right(course, own(student))})
        assert report.variant is not None
        assert (report.variant.id, report.score) == (own(student), 10)
        assert json.loads(report.to_json())["variant"] == own(student)
    neighbour = next(id for id in drawn(course) if id != own("student-01"))
    copied = grade(loaded, {"student": "student-01", "answers": right(course, neighbour)})
    assert copied.score < 4


def test_another_declared_variant_is_said_and_not_marked(course: Path) -> None:
    loaded = load_assignment(course / "hw")
    mine = own("student-01")
    other = next(id for id in drawn(course) if id != mine)
    answers = right(course, other)
    report = grade(loaded, {"student": "student-01", "variant": other, "answers": answers})
    assert report.variant is not None
    assert report.variant.id == mine
    assert report.score == grade(loaded, {"student": "student-01", "answers": answers}).score
    assert report.staff_note is not None
    assert str(report.staff_note).startswith(
        f"declares variant {other}, but 'student-01' has {mine}: marked under {mine}"
    )
    assert str(report.staff_note).endswith(f"under {other} it would be 10")
    assert json.loads(report.to_json())["declared_variant"] == other
    same = grade(loaded, {"student": "student-01", "variant": mine, "answers": right(course, mine)})
    assert (same.staff_note, same.score) == (None, 10)


def test_the_declared_variant_counts_where_nobody_is_named(course: Path) -> None:
    loaded = load_assignment(course / "hw")
    report = grade(loaded, {"student": "your name or number", "variant": "v03", "answers": right(course, "v03")})
    assert report.score == 10
    key = grade(loaded, course / "hw" / "key.toml")
    assert key.variant is not None
    assert (key.variant.id, key.score) == ("base", 10)


@pytest.mark.parametrize(("variant", "keys"), [("v07", True), ("V01", True), ("v01", False)])
def test_a_variant_that_does_not_exist_is_refused(variant: str, keys: bool, course: Path, tmp_path: Path) -> None:
    folder = course if keys else place(tmp_path, HEADER.replace("variants", "# variants") + QUESTION + PARTS)
    with pytest.raises(StudentError) as caught:
        grade(load_assignment(folder / "hw"), {"student": "s", "variant": variant})
    known = f"unknown variant '{variant}': those of hw are v01 to v06"
    assert str(caught.value.said) == (known if keys else "hw has no variants, received variant = 'v01'")


def test_other_spellings_of_a_student_have_the_same_variant(course: Path) -> None:
    variants = load_assignment(course / "hw").solution.variants
    assert variants is not None
    assert {variants.own(name) for name in ("Ada 12", "ada  12", "ADA ۱۲")} == {own("ada 12")}
    counts = [sum(variants.own(f"s{n}") == id for n in range(1, 1201)) for id in variants.ids]
    assert all(150 < count < 250 for count in counts)


def test_the_table_of_students_is_safe_to_open(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = tmp_path / "students.csv"
    roster.write_text("student\nstudent-01\n=cmd\na\x1b[31m\n", encoding="utf-8")
    for format, cell in (("csv", f"'=cmd,{own('=cmd')}"), ("terminal", own("=cmd")), ("json", f'"{own("=cmd")}"')):
        arguments = ["variants", "hw", "--keys", str(course), "--roster", str(roster), "--format", format]
        assert run(arguments) == 0
        out = capsys.readouterr().out
        assert own("student-01") in out
        assert cell in out
        assert "\x1b" not in out


def test_a_template_asks_the_numbers_of_its_student(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["template", "hw", "--keys", str(course), "--student", "student-01"]) == 0
    text = capsys.readouterr().out
    written = tomllib.loads(text)
    assert (written["student"], written["variant"]) == ("student-01", own("student-01"))
    rows = drawn(course)[own("student-01")]["given"]["q"]["X"]
    assert all(
        " ".join(map(str, row)).split() in [line.strip("# X=").split() for line in text.splitlines()] for row in rows
    )


def test_variants_are_stale_when_a_number_changes_and_not_when_a_prompt_does(course: Path, tmp_path: Path) -> None:
    keys = Path(shutil.copytree(course, tmp_path / "answer_keys"))
    file = keys / "hw" / "assignment.toml"
    file.write_text(TEXT.replace("X = {{ X }}", "Now X = {{ X }}").replace("O = 4", "O = {points = 4, prompt = 'O'}"))
    assert grade(keys / "hw", {"student": "student-01"}).score == 0
    file.write_text(TEXT.replace("size = 28", "size = 30"))
    with pytest.raises(AuthorError, match="drawn from another state of the assignment: run `grader keys build`"):
        grade(keys / "hw", {"student": "student-01"})
    (keys / "hw" / "variants.toml").unlink()
    with pytest.raises(AuthorError, match="the variants are not drawn yet: run `grader keys build`"):
        grade(keys / "hw", {"student": "student-01"})


def test_a_class_has_its_marks_in_one_column(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = Path(shutil.copytree(course, tmp_path / "answer_keys"))
    students = [f"student-{number:02d}" for number in range(1, 13)]
    (tmp_path / "in").mkdir()
    for student in students:
        declared = "v01" if student == "student-12" else own(student)
        answers = {part: value for part, value in right(keys, own(student))["q"].items() if part != "Z"}
        lines = [f"{part} = {json.dumps(value)}" for part, value in answers.items()]
        head = f'assignment = "hw"\nstudent = "{student}"\nvariant = "{declared}"\n\n[answers.q]\n'
        (tmp_path / "in" / f"{student}.toml").write_text(head + "\n".join(lines) + "\n")
    arguments = ["batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--keys", str(keys), "--jobs", "1"]
    assert run(arguments) == 0
    table = (tmp_path / "out" / "results.csv").read_text()
    assert table.count("9.00,10.00") + table.count('"9.00","10.00"') == len(students)
    assert ("declares variant v01" in table) == (own("student-12") != "v01")
    capsys.readouterr()
    assert run(arguments) == 0
    assert "0 marked now, 12 unchanged" in capsys.readouterr().out
    (keys / "hw" / "assignment.toml").write_text(TEXT.replace("autumn", "winter"))
    assert run(["keys", "build", str(keys)]) == 0
    run(arguments)
    assert (tmp_path / "out" / "results.csv").read_text().count("9.00,10.00") < 6


def test_entries_of_the_variants_are_numbers(course: Path) -> None:
    entries = [
        entry
        for variant in drawn(course).values()
        for value in variant["answers"]["q"].values()
        for entry in nested_cells(value).values()
    ]
    assert all(isinstance(entry, int | float) for entry in entries)
