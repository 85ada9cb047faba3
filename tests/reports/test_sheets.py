"""Sheets of the shipped assignments, in every text format: what stands on them, and what never does."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grader.answers import read_answer
from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.cli.main import run
from grader.messages.languages import LANGUAGES
from grader.reports.sheets.formats import SHEET_FORMATS
from grader.reports.sheets.sheet import Option, Sheet, SheetPart, SheetQuestion
from grader.reports.sheets.sheet_format import SheetFormat, register
from tests.reports.pages import HOSTILE, Elements

ROOT = Path(__file__).parents[2]
KEYS = ROOT / "answer_keys"
ASSIGNMENTS = sorted(path.parent.name for path in KEYS.glob("*/assignment.toml"))
TEXT_FORMATS = [name for name, each in SHEET_FORMATS.items() if each.text]

COURSE = """\
[assignment]
id = "tiny"
title = "A tiny homework"
points = 7

[[questions]]
id = "q1"
title = "Sums"
prompt = "The number $a$ is 7919."
[questions.given]
a = 7919
b = [[1, 2, 3], [4, 5, 6]]
[questions.compute]
hidden = "a * 3"
s = "a + 0.25"
t = "b * 31.5"
[questions.parts]
s = {points = 2.5, unit = "cm", prompt = "Add a *quarter*."}
t = {points = 2, credit = "all"}
[questions.parts.why]
points = 1
kind = "text"
prompt = "Why?"
rubric = [{points = 1, text = "because of the distributive law"}]
[questions.parts.best]
points = 1
kind = "choice"
choices = ["the first one", "the second one"]
answer = "the second one"
[questions.parts.pairs]
points = 0.5
kind = "matching"
items = {a = "item one", b = "item two"}
choices = ["option one", "option two"]
answer = {a = "option two", b = "option one"}
[[questions.accept]]
name = "halves of it"
given = {a = 3959.5}
"""
KEY_TEXTS = ("7919.25", "31677", "31.5", "63/2", "94.5", "189/2", "157.5", "126", "23757", "distributive", "halves")


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one assignment; it is the current folder."""
    monkeypatch.delenv("GRADER_KEYS", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "answer_keys" / "tiny"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(COURSE)
    return tmp_path


def made(folder: Path, *arguments: str) -> str:
    """The text of the sheet that the command writes."""
    out = folder / "sheet.out"
    assert run(["sheet", *arguments, "--out", str(out)]) == 0
    return out.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_a_sheet_asks_everything_and_tells_nothing_of_the_key(tiny: Path, name: str, lang: str) -> None:
    text = made(tiny, "tiny", "--format", name, "--lang", lang)
    for asked in (
        "A tiny homework",
        "Sums",
        "7919",
        "Why?",
        "the first one",
        "the second one",
        "item one",
        "option two",
    ):
        assert asked in text
    assert [shown for shown in KEY_TEXTS if shown in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_has_no_element_that_an_author_or_a_student_wrote(text: str, lang: str) -> None:
    option = Option("A", text)
    part = SheetPart("p", Decimal(1), text, unit=text, items=(option,), options=(option,))
    question = SheetQuestion("1", "q1", text, Decimal(1), text, (part,))
    sheet = Sheet("odd", text, text, Decimal(1), (question,), (), student=text, variant=text)
    elements = Elements(SHEET_FORMATS["html"].write(sheet, LANGUAGES[lang]).decode())
    assert not {"script", "img", "iframe", "object", "form", "input"} & {tag for tag, _ in elements.found}
    assert len(elements.all("style")) == 1
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)
    assert all((link["href"] or "").startswith(("http", "mailto", "data:,")) for link in elements.all("link"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_a_solution_tells_all_and_says_for_whom_it_is(tiny: Path, name: str, lang: str) -> None:
    text = made(tiny, "tiny", "--format", name, "--lang", lang, "--solution")
    for told in ("31677/4", "189", "23757", "because of the distributive law", "halves of it"):
        assert told in text
    assert ("Not for students" if lang == "en" else "به دانشجویان ندهید") in text


@pytest.mark.parametrize("name", TEXT_FORMATS)
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_shipped_sheet_has_every_part_and_no_rubric(tmp_path: Path, assignment: str, name: str) -> None:
    document = tomllib.loads((KEYS / assignment / "assignment.toml").read_text(encoding="utf-8"))
    text = made(tmp_path, assignment, "--keys", str(KEYS), "--format", name, "--lang", "fa")
    plain = re.sub(r"\\(?=[\W_])", "", text)
    for question in document["questions"]:
        for part, table in question["parts"].items():
            assert part in plain
            for line in table.get("rubric", []) if isinstance(table, dict) else []:
                assert line["text"][:40] not in plain


def test_points_are_in_the_digits_of_the_language(tiny: Path) -> None:
    assert "2.5 points" in made(tiny, "tiny", "--format", "markdown")
    persian = made(tiny, "tiny", "--format", "markdown", "--lang", "fa")
    assert "۲٫۵ نمره" in persian
    assert "سؤال ۱" in persian
    assert "7919" in persian  # as the author wrote it: what is given is not rewritten


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [(("q1", "q2a", "q4"), ("۱", "۲a", "۴")), (("pool", "relu2"), ("۱", "۲")), (("q1", "bonus"), ("۱", "۲"))],
)
def test_questions_have_the_numbers_of_their_ids(ids: tuple[str, ...], numbers: tuple[str, ...], tiny: Path) -> None:
    question = "\n[[questions]]\nid = '{}'\n[questions.parts.why]\npoints = 1\nkind = 'text'\n"
    text = "[assignment]\nid = 'tiny'\n" + "".join(map(question.format, ids))
    (tiny / "answer_keys" / "tiny" / "assignment.toml").write_text(text)
    text = re.sub("[\u2066-\u2069]", "", made(tiny, "tiny", "--lang", "fa", "--format", "markdown"))
    assert tuple(re.findall(r"سؤال (\S+)", text)) == numbers


def test_a_sheet_names_its_student(tiny: Path) -> None:
    assert "student-07" in made(tiny, "tiny", "--student", "student-07")


@pytest.mark.usefixtures("tiny")
def test_a_sheet_is_printed_without_a_file(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["sheet", "tiny", "--format", "markdown"]) == 0
    assert capfdbinary.readouterr().out.decode().startswith("# A tiny homework\n")


def test_a_roster_makes_a_file_for_each_student(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny / "students.csv").write_text("name,student id\nOne,student-01\nTwo,../../x\nOne again,student-01\n,\n")
    assert run(["sheet", "tiny", "--roster", "students.csv", "--out", "sheets", "--format", "markdown"]) == 0
    files = sorted(path.name for path in (tiny / "sheets").iterdir())
    assert files == ["student-01.md", "x-9cdf6a50100a862e.md"]
    assert "student-01" in (tiny / "sheets" / "student-01.md").read_text()
    assert capsys.readouterr().out.count("written: ") == 2


VARYING = """\
[assignment]
id = "varying"
variants = {count = 6, seed = "autumn"}

[[questions]]
id = "q1"
prompt = "X = {{ X }} is convolved with F = {{ F }}."
[questions.given]
X = [[2, 3, 4], [3, 1, 5], [4, -1, -2]]
F = [[0, 3], [1, -2]]
[questions.compute]
O = "conv2d(X, F)"
[questions.parts]
O = 2
[questions.vary]
X = {integers = [-3, 5]}
"""


def matrix(rows: list[list[float]]) -> str:
    return " \\\\ ".join(" & ".join(f"{entry:g}" for entry in row) for row in rows)


def test_a_student_gets_the_numbers_that_their_template_names(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tiny / "answer_keys" / "varying"
    folder.mkdir()
    (folder / "assignment.toml").write_text(VARYING)
    assert run(["keys", "build", str(folder)]) == 0
    drawn = tomllib.loads((folder / "variants.toml").read_text())["variants"]
    students = [f"student-{number:02d}" for number in range(12)]
    (tiny / "roster.csv").write_text("\n".join(["student id", *students]))
    assert run(["sheet", "varying", "--roster", "roster.csv", "--out", "sheets", "--format", "markdown"]) == 0
    seen = set()
    for student in students:
        capsys.readouterr()
        assert run(["template", "varying", "--student", student]) == 0
        variant = tomllib.loads(capsys.readouterr().out)["variant"]
        sheet = (tiny / "sheets" / f"{student}.md").read_text()
        assert f"Variant: `{variant}`" in sheet
        assert matrix(drawn[variant]["given"]["q1"]["X"]) in sheet
        solution = made(tiny, "varying", "--student", student, "--solution", "--format", "markdown")
        assert matrix(drawn[variant]["answers"]["q1"]["O"]) in solution
        assert matrix(drawn[variant]["answers"]["q1"]["O"]) not in sheet
        seen.add(variant)
    assert len(seen) > 2
    capsys.readouterr()
    assert "variant" not in made(tiny, "varying", "--format", "markdown").lower()
    said = "grader: warning: varying has variants, and each student is marked under one of them: this is the base, use "
    assert capsys.readouterr().err == f"{said}--student\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--roster", "r.csv"], "--roster makes a file for each student: expected --out FOLDER"),
        (
            ["--roster", "r.csv", "--student", "x", "--out", "y"],
            "--student names one student and --roster many: expected one of them",
        ),
        (["--student", "x" * 201], "expected a student of at most 200 characters, received 201"),
        (["--roster", "r.csv", "--out", "y"], "r.csv: no such file or folder"),
        (["--format", "docx"], "invalid value for '--format': 'docx' is not one of 'html', 'markdown'"),
        (["--lang", "de"], "invalid value for '--lang': 'de' is not one of 'en', 'fa'"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    tiny: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    del tiny
    assert run(["sheet", "tiny", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"grader: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.machine])
@pytest.mark.parametrize("rank", [0, 1, 2])
def test_the_examples_of_an_instruction_are_read_as_its_kind(name: str, rank: int) -> None:
    kind = KINDS[name]
    if rank and name not in ("array", "formula"):
        return
    symbols = ("w", "d") if name == "formula" else ()
    spec = AnswerSpec(name, rank=rank, symbols=symbols, choices=("one", "two", "three"), items=("a", "b"), order="HWC")
    said = str(kind.instruction(spec, "HWC"))
    _, such_as, examples = said.partition("such as ")
    assert such_as or (name, rank) == ("array", 0)
    found: list[Any] = re.findall(r"'[^']+'|\d[\d.]*", examples)
    if rank or name == "shapes":
        found = [re.search(r"\[.*\]", examples)[0]]  # type: ignore[index]
    for example in found:
        value = tomllib.loads(f"x = {example}")["x"]
        assert not read_answer(value, spec).blank or value == "none"


def test_a_format_that_lacks_something_is_refused() -> None:
    class Incomplete(SheetFormat):
        name = "odt"

    with pytest.raises(TypeError, match="Incomplete cannot be registered: it lacks about, ending, write"):
        register(Incomplete)  # type: ignore[type-abstract]

    class Taken(SheetFormat):
        name, about, ending = "html", "another page", ".html"

        def write(self, *_: Any) -> bytes:
            return b""

    with pytest.raises(ValueError, match="two formats of sheets are called 'html'"):
        register(Taken)
